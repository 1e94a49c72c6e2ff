"""Evidence → a chart block: a line for a trend, bars for a breakdown. Pure.

Slack's chart carries no mark: a period in which something is on record has a sign in its label, and what it was stands
under the chart, with what the chart leaves out. Every number of it stands in the table too.

Source: docs.slack.dev/reference/block-kit/blocks/data-visualization-block.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.language import Language
from bot.slack import limits
from bot.slack.limits import Block
from bot.slack.tables import cell, line_of, tabled, too_small
from bot.types import Answer, Evidence, Grain, Shape, Unit, Window

DRAWN = (Shape.SHARE, Shape.RATIO, Shape.LEVEL)
"""Shapes whose rows are one number each."""
FEWEST_PERIODS, FEWEST_GROUPS = 3, 2
MOST_NOTES = 6
MARK = "▲"
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart block, and the lines that are said under it."""

    block: Block
    under: tuple[str, ...]


def chart(answer: Answer, language: Language) -> Chart | None:
    """The chart of the rows that the table shows; None where there is no shape to see."""
    shown = tabled(answer)
    if shown is None or shown.role != "main" or shown.shape not in DRAWN:
        return None
    drawn = _trend(shown, answer, language) if "period" in shown.columns else _groups(shown, answer, language)
    return Chart(drawn.block(shown, language), tuple(drawn.under)) if drawn else None


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What a chart shows: its points by series, and what is said under it."""

    kind: str
    categories: Sequence[str]
    series: Mapping[str, Sequence[float]]
    under: Sequence[str]

    def block(self, evidence: Evidence, language: Language) -> Block:
        """The chart itself."""
        points = {
            name: [{"label": label, "value": value} for label, value in zip(self.categories, values, strict=True)]
            for name, values in self.series.items()
        }
        return {
            "type": limits.CHART,
            "title": _title(evidence, language),
            "chart": {
                "type": self.kind,
                "series": [{"name": name, "data": data} for name, data in points.items()],
                "axis_config": {"categories": list(self.categories), "y_label": _axis(evidence, language)},
            },
        }


def _trend(evidence: Evidence, answer: Answer, language: Language) -> _Drawn | None:
    """A line, or one for each of the largest groups that have a value in every period."""
    by = [name for name in evidence.query.by if name in evidence.columns]
    periods = list(dict.fromkeys(str(row["period"]) for row in evidence.rows))
    lines: dict[str, dict[str, float]] = {}
    for row in evidence.rows:
        if (value := _value(evidence, row)) is not None:
            lines.setdefault(_label(evidence, by, row, language), {})[str(row["period"])] = value
    full = {name: line for name, line in lines.items() if not by or len(line) == len(periods)}
    kept = [one for one in periods if all(one in line for line in full.values())]
    shown = kept[-limits.CHART_POINTS :]
    names = list(full)[: limits.CHART_SERIES]
    if not names or len(shown) < FEWEST_PERIODS:
        return None
    ends = dict(zip(periods, [*periods[1:], _end(evidence)], strict=True))
    known = {one: _notes(answer, one, ends[one], language) for one in shown}
    told = {one: _period(evidence, one, ends[one], language) for one in shown}
    groups = dict.fromkeys(_label(evidence, by, row, language) for row in evidence.rows) if by else {}
    missing = [_period(evidence, one, ends[one], language) for one in periods if one not in kept]
    under = [
        *[note for notes in known.values() for note in notes][:MOST_NOTES],
        *_left_out([*missing, *(one for one in groups if one not in names)], language),
        *_cut(len(shown), len(kept), language),
    ]
    metric = evidence.query.metric or ""
    return _Drawn(
        "line",
        [f"{MARK} {told[one]}" if known[one] else told[one] for one in shown],
        {name or language.say("choice_metric", metric=metric): [full[name][one] for one in shown] for name in names},
        under,
    )


def _groups(evidence: Evidence, answer: Answer, language: Language) -> _Drawn | None:
    """Bars in the order of the text."""
    by = [name for name in evidence.query.by if name in evidence.columns] or [
        name for name in evidence.columns[:1] if isinstance(evidence.rows[0].get(name), str)
    ]
    lines, rows = answer.text.splitlines(), {_label(evidence, by, row, language): row for row in evidence.rows}
    if not by or len(rows) < len(evidence.rows):
        return None
    spoken = {label: line_of(label, lines) for label in rows}
    ordered = sorted(rows, key=lambda label: len(lines) if (at := spoken[label]) is None else at)
    values = {label: value for label in ordered if (value := _value(evidence, rows[label])) is not None}
    shown = dict(list(values.items())[: limits.CHART_POINTS])
    if len(shown) < FEWEST_GROUPS:
        return None
    missing = [label for label in ordered if label not in values]
    under = [*_left_out(missing, language), *_cut(len(shown), len(values), language)]
    name = language.say("choice_metric", metric=evidence.query.metric)
    return _Drawn("bar", list(shown), {name: list(shown.values())}, under)


# --- pieces -----------------------------------------------------------------------------------


def _value(evidence: Evidence, row: Row) -> float | None:
    """A row's number as the axis counts it; None for one that the table does not show either."""
    value = row.get("value")
    if not isinstance(value, int | float) or too_small(evidence, row):
        return None
    return round(value * 100, 1) if evidence.unit is Unit.SHARE else round(value, 2)


def _label(evidence: Evidence, by: Sequence[str], row: Row, language: Language) -> str:
    return " · ".join(cell(evidence, name, row, language) for name in by)


def _title(evidence: Evidence, language: Language) -> str:
    """The metric and its period; without the period, which the headline says too, where that would be cut."""
    metric, window = evidence.query.metric or "", evidence.query.window
    whole = language.say("choice_window", metric=metric, window=window) if window else ""
    return whole if 0 < len(whole) <= limits.CHART_TITLE else language.say("choice_metric", metric=metric)


def _axis(evidence: Evidence, language: Language) -> str:
    if evidence.unit is Unit.SHARE:
        return "%"
    if evidence.unit is Unit.MONEY and evidence.currency:
        return evidence.currency
    return language.name("units", evidence.unit.value)


def _end(evidence: Evidence) -> str:
    window = evidence.query.window
    return window.end.isoformat() if window else date.max.isoformat()


def _period(evidence: Evidence, start: str, end: str, language: Language) -> str:
    """The name of a step of a trend, as short as it may be: a week or a day by its first day. A longer one would be cut
    on a narrow screen, and with it the mark or the year."""
    day, grain = date.fromisoformat(start), evidence.query.window.grain if evidence.query.window else Grain.DAY
    if grain is Grain.MONTH:
        return language.say("slack_chart_month", value=day)
    if grain.months:
        until = date.fromisoformat(end)
        return language.say("cell_window", window=Window(day, until, grain, name=grain.value))
    return language.say("cell_day", value=day)


def _notes(answer: Answer, start: str, end: str, language: Language) -> list[str]:
    """What is on record in `[start, end)`."""
    rows = [row for one in answer.evidence if one.shape is Shape.VERDICT for row in one.rows if "what" in row]
    found = []
    for row in rows:
        if start <= str(row.get("day")) < end:
            values = {"mark": MARK, "day": date.fromisoformat(str(row["day"])), "what": row["what"]}
            place = language.value_name("country", str(row["country"])) if row.get("country") else ""
            key = "slack_chart_note_where" if place else "slack_chart_note"
            found.append(language.say(key, place=place, **values))
    return found


def _left_out(labels: Sequence[str], language: Language) -> Iterator[str]:
    if labels:
        yield language.say("slack_chart_small", labels=list(labels))


def _cut(shown: int, of: int, language: Language) -> Iterator[str]:
    if shown < of:
        yield language.say("slack_chart_cut", n=shown, all=of)
