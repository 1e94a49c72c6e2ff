"""Evidence → a table block: breakdowns, trends, drivers and rosters, in the reader's own forms. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.errors import OurFault
from bot.language import Language, one_line
from bot.slack import limits
from bot.slack.limits import NOTHING, Block
from bot.types import Answer, Definitions, Evidence, Grain, Intent, Shape, Unit, Window

INNER = ("rate_effect", "mix_effect", "drivers")
"""Columns of a receipt that a reader of the answer does not need."""
ESTIMATED = ("n", "left", "censored", "entered", "error", "firm", "chi2", "p")
"""Those of a curve: what its estimate was made from. The file has them."""
SIGNED = ("effect",)
MONEY = ("mrr", "amount", "expected_loss")
SHARES = ("risk",)
UNKNOWN = "unknown"
"""What metrics call a value that the data does not know."""
REST = "other"
"""What they call the small groups that are put together."""
RECORD = "annotations"
"""What evidence is about that tells what happened on which day: events, which the text names."""
SMALL_SAMPLE = Definitions().small_sample
AGES = (0, 1, 3, 6, 9, 12, 18, 24, 36, 48, 60, 120)
"""The ages that have a column where there are more of them than so many: the picture and the file have them all."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table block, and the label of each row as the text would begin its line; `also` are those of further lines
    that its rows say, `ages` how many columns of how many ages it has, where those are not all."""

    block: Block
    labels: tuple[str, ...]
    also: tuple[str, ...] = ()
    ages: tuple[int, int] | None = None


def table(answer: Answer, language: Language) -> Table | None:
    """The table of the first evidence with several rows: the main one, else what drives it."""
    if answer.intent is Intent.WEEKLY:
        return _of_the_week(answer, language)
    chosen = tabled(answer)
    if chosen is None:
        return None
    if chosen.shape in (Shape.GRID, Shape.CURVE) and "age" in chosen.columns:
        return _of_ages(answer, chosen, language)
    columns, rows, leads = _grid(chosen, language)
    block: Block = {
        "type": "table",
        "rows": [
            [_raw(_title(chosen, name, language)) for name in columns],
            *[[_raw(c) for c in row] for row in rows],
        ],
        "column_settings": [
            {"align": "right" if _is_number(chosen, name) else "left", "is_wrapped": True} for name in columns
        ],
    }
    labels = tuple(", ".join(row[at] for at in leads) for row in rows) if leads else ()
    return Table(block, labels or tuple(NOTHING for _ in rows))


def tabled(answer: Answer) -> Evidence | None:
    """The evidence that is shown row by row."""
    several = [e for e in answer.evidence if len(e.rows) > 1 and e.query.subject != RECORD]
    return next((e for role in ("main", "driver") for e in several if e.role == role), None)


def line_of(label: str, lines: list[str]) -> int | None:
    """Which line of a text begins with this label."""
    start = re.compile(rf"^\W*{re.escape(label)}\s?:\s", re.IGNORECASE)
    return next((at for at, line in enumerate(lines) if start.match(line)), None)


def _of_the_week(answer: Answer, language: Language) -> Table | None:
    """A row a metric: the week, the one before, the usual; each stands for the line that says the same."""
    rows, labels = [], []
    for finding in answer.findings:
        if finding.key not in ("weekly_line", "weekly_money_line"):
            continue
        told = finding.values
        name = language.say("cell_metric", metric=told["metric"])
        money = finding.key == "weekly_money_line"
        figure, usual = ("cell_money", "cell_money") if money else ("cell_figure", "cell_number")
        forms = {"value": figure, "before": figure, "base": usual}
        labels.append(name)
        rows.append([
            name,
            *(language.say(form, value=told[one], unit=told["unit"], currency=told["currency"])
              for one, form in forms.items()),
        ])  # fmt: skip
    if not rows:
        return None
    window = answer.queries[0].window if answer.queries else None
    grain = "" if window is None or window.grain is Grain.WEEK else f"_{window.grain}"
    head = [language.say(f"weekly_column_{one}{grain}") for one in ("week", "before", "base")]
    head = [language.say("weekly_column_metric"), *head]
    sides = [{"align": "left" if at == 0 else "right", "is_wrapped": True} for at in range(len(head))]
    block: Block = {
        "type": "table",
        "rows": [[_raw(cell) for cell in row] for row in (head, *rows)],
        "column_settings": sides,
    }
    return Table(block, tuple(labels))


def _of_ages(answer: Answer, evidence: Evidence, language: Language) -> Table | None:
    """A row a group, or else a cohort, and a column an age; none where all of it is one row, which the text says."""
    groups = [name for name in evidence.query.by if name in evidence.columns and name not in ("cohort", "age")]
    leads = groups or [name for name in evidence.columns if name == "cohort"]
    if not leads:
        return None
    every = sorted({int(row["age"]) for row in evidence.rows})
    ages = every if len(every) <= len(AGES) else [one for one in AGES if one in every]
    found: dict[tuple[str, ...], dict[int, list[Mapping[str, Any]]]] = {}
    for row in evidence.rows:
        group = tuple(_lead(evidence, name, row, language) for name in leads)
        found.setdefault(group, {}).setdefault(int(row["age"]), []).append(row)
    steps = dict(evidence.query.variant).get("steps", "month")
    form = f"cell_age_{steps if steps in ('week', '30_days') else 'month'}"
    head = [*(_title(evidence, name, language) for name in leads), *(language.say(form, n=one) for one in ages)]
    rows = [
        [*group, *(_together(evidence, cells.get(one, []), language) for one in ages)] for group, cells in found.items()
    ]
    named = [{"align": "left", "is_wrapped": "cohort" not in leads} for _ in leads]
    block: Block = {
        "type": "table",
        "rows": [[_raw(one) for one in row] for row in (head, *rows)],
        "column_settings": [*named, *({"align": "right", "is_wrapped": False} for _ in ages)],
    }
    lines = _lines_of(answer, language)
    spoken = [lines.get(" · ".join(group), [NOTHING]) for group in found]
    return Table(
        block, tuple(one[0] for one in spoken), tuple(line for one in spoken for line in one[1:]),
        None if ages == every else (len(ages), len(every)),
    )  # fmt: skip


def _together(evidence: Evidence, rows: Sequence[Mapping[str, Any]], language: Language) -> str:
    """The share of a group at an age: as it was estimated, where that is firm, or over all of its cohorts."""
    if not rows or not rows[0].get("firm", True):
        return NOTHING
    one = rows[0]
    if len(rows) > 1:
        whole = sum(row["whole"] for row in rows)
        one = {"value": sum(row["part"] for row in rows) / whole if whole else None, "whole": whole}
    return cell(evidence, "value", one, language)


def _lines_of(answer: Answer, language: Language) -> dict[str, list[str]]:
    """Group → how each line begins that tells of it."""
    found: dict[str, list[str]] = {}
    for one in answer.findings:
        if one.key.startswith(("curve_line", "grid_line")) and one.values.get("label"):
            begins = language.say(one.key, **one.values).partition(":")[0].strip()
            found.setdefault(str(one.values["label"]), []).append(begins)
    return found


def _lead(evidence: Evidence, name: str, row: Mapping[str, Any], language: Language) -> str:
    """What names a row: a cohort by its month with its year, or by its first day."""
    if name != "cohort" or dict(evidence.query.variant).get("steps", "month") not in ("month", "30_days"):
        return cell(evidence, name, row, language)
    return language.say("cell_month", value=date.fromisoformat(str(row["cohort"])))


def labelled(evidence: Evidence, language: Language) -> list[str]:
    """The rows as lines, "Spain: count 9, of 110, churn rate 8.2%", for where no table can stand."""
    columns, rows, leads = _grid(evidence, language)
    lines = []
    for row in rows:
        label = ", ".join(row[at] for at in leads)
        said = [
            f"{_title(evidence, name, language).lower()} {row[at]}"
            for at, name in enumerate(columns)
            if at not in leads and name not in ("interval", "bounds") and row[at] != NOTHING
        ]
        lines.append(f"{label}: {', '.join(said)}" if label else ", ".join(said))
    return lines


def _grid(evidence: Evidence, language: Language) -> tuple[list[str], list[list[str]], list[int]]:
    """The columns a reader needs, their cells as text, and which of them name the row."""
    inner = (*INNER, *ESTIMATED) if evidence.shape is Shape.CURVE else INNER
    told = [name for name in evidence.columns if name not in inner and _told(evidence, name)]
    columns = told[: limits.TABLE_COLUMNS]
    rows = [[cell(evidence, name, row, language) for name in columns] for row in evidence.rows]
    return columns, rows, [at for at, name in enumerate(columns) if not _is_number(evidence, name)]


def _told(evidence: Evidence, name: str) -> bool:
    return any(row.get(name) is not None for row in evidence.rows)


def _is_number(evidence: Evidence, name: str) -> bool:
    values = [row[name] for row in evidence.rows if row.get(name) is not None]
    return all(isinstance(v, int | float | list | tuple) and not isinstance(v, bool) for v in values)


def _raw(text: str) -> Block:
    return {"type": "raw_text", "text": one_line(text) or NOTHING}


def _title(evidence: Evidence, name: str, language: Language) -> str:
    if name == "bounds":
        title = language.say("column_interval")
    elif name in evidence.query.by:
        title = language.name("dimensions", name)
    elif name == "value" and evidence.query.metric:
        title = language.name("metrics", evidence.query.metric)
    elif f"column_{name}" in language.keys:
        title = language.say(f"column_{name}")
    else:
        try:
            title = language.name("dimensions", name)
        except OurFault:
            title = name.replace("_", " ")
    return title[:1].upper() + title[1:]


def cell(evidence: Evidence, name: str, row: Mapping[str, Any], language: Language) -> str:
    """One cell as its reader writes it; a sign for nothing where there is nothing to say."""
    value = row.get(name)
    if value is None or ((name == "value" or isinstance(value, list | tuple)) and too_small(evidence, row)):
        return NOTHING
    if value == REST and language.value_name(name, REST) == REST:
        return language.say("other_value_label")
    form, more = _form(evidence, name, value)
    return language.say(form, **{"value": value, **more}) if form else str(value)


def too_small(evidence: Evidence, row: Mapping[str, Any]) -> bool:
    """A rate on a small base says little: its row shows counts alone."""
    whole = row.get("whole")
    return evidence.unit is Unit.SHARE and isinstance(whole, int | float) and whole < SMALL_SAMPLE


def _form(evidence: Evidence, name: str, value: Any) -> tuple[str, dict[str, Any]]:
    """The sentence that writes such a value, and what that sentence needs beside it."""
    unit: dict[str, Any] = {"unit": evidence.unit.value, "currency": evidence.currency}
    if isinstance(value, list | tuple):  # a dimension may be called "interval" too
        return "cell_interval", unit
    if name in ("value", "baseline_value"):
        return "cell_figure", unit
    if name in SHARES and isinstance(value, int | float):
        return "cell_figure", {"unit": Unit.SHARE.value, "currency": None}
    if name in SIGNED and evidence.unit is Unit.SHARE:
        return "cell_points", {}
    if _is_money(evidence, name) and isinstance(value, int | float):
        return "cell_money", unit
    return _form_of_type(evidence, name, value)


def _form_of_type(evidence: Evidence, name: str, value: Any) -> tuple[str, dict[str, Any]]:
    match value:
        case str() if name == "period":
            return _form_of_step(date.fromisoformat(value), evidence.query.window)
        case str() if value == UNKNOWN:
            return "unknown_value_label", {}
        case str():
            return "cell_value", {"dimension": name}
        case date() if name == "on":
            return "cell_dated", {}
        case date():
            return "cell_day", {}
        case bool():
            return "", {}
    return "cell_number", {}


def _form_of_step(first: date, window: Window | None) -> tuple[str, dict[str, Any]]:
    """A step of a trend by its first day; a month that is not over is told as such, as in the text."""
    if window is None or window.grain is not Grain.MONTH:
        return "cell_day", {"value": first}
    if (first.year, first.month) == (window.end.year, window.end.month) and window.end.day > 1:
        return "cell_window", {"window": Window(first, window.end, Grain.MONTH, complete=False)}
    return "cell_month", {"value": first}


def _is_money(evidence: Evidence, name: str) -> bool:
    parts = name in ("part", "whole") and evidence.parts == "money"
    moved = name in SIGNED and evidence.unit is Unit.MONEY
    return evidence.currency is not None and (name in MONEY or parts or moved)
