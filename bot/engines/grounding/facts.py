"""What the Evidence of an answer says: every figure, measured or told from two of them, that prose may state."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations, pairwise
from typing import Any, Literal, TypeAlias

from bot.analysis.split import WHOLES
from bot.analysis.windows import months_in, step_after
from bot.metrics import catalogue
from bot.types import Evidence, Shape, Unit, Window
from bot.types.metrics import Parts

Kind: TypeAlias = Literal["share", "points", "money", "count", "hours", "days", "months", "plain", "times", "any"]
KINDS: Mapping[Unit, Kind] = {
    Unit.SHARE: "share", Unit.MONEY: "money", Unit.POINTS: "plain", Unit.COUNT: "count", Unit.RATIO: "plain",
    Unit.HOURS: "hours", Unit.DAYS: "days", Unit.MONTHS: "months",
}  # fmt: skip
"""Units whose figures have a written form of their own; scores are plain numbers."""
PARTS: Mapping[Parts, Kind] = {"counts": "count", "money": "money", "averages": "any"}
EFFECTS = ("effect", "rate_effect", "mix_effect")
BOUNDED = ("interval", "bounds")
JUDGED = ("verdict", "match")
"""Columns that say what is thought of a row: no group of customers."""
ANNOTATIONS = "annotations"
"""The subject of evidence of what happened on a day."""
MOST_COMPARED = 60
"""Values of one metric that are compared each with each; of more, neighbours and the ends."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure with what it is of: shares between 0 and 1, differences of shares in points (0 to 100)."""

    value: float
    kind: Kind
    metric: str | None
    windows: tuple[Window, ...] = ()
    """The periods it is of; none: it is of no one period."""
    where: frozenset[tuple[str, str]] = frozenset()
    """(dimension, value) of the row and of the filters."""
    how: Literal[
        "measured", "difference", "change", "ratio", "share of", "sum", "more", "setting", "lower", "upper"
    ] = "measured"
    than: frozenset[tuple[str, str]] = frozenset()
    """Of what is told from two: those of the second."""


def facts(evidence: Sequence[Evidence]) -> list[Fact]:
    """All that the evidence holds, and what two figures of one metric give: difference, change, ratio, share, sum."""
    before = {one.query.metric: _windows(one, {}) for one in evidence if one.role == "baseline"}
    values: dict[str | None, list[Fact]] = {}
    counts: dict[str | None, list[Fact]] = {}
    found = []
    for one in evidence:
        earlier = before.get(one.query.metric, ())
        found += [*_measured(one, earlier), *_totals(one), *_pooled(one)]
        values.setdefault(one.query.metric, []).extend(_values(one, earlier))
        counts.setdefault(one.query.metric, []).extend(_counts(one, earlier))
    return [*found, *_told_from_two(values), *_more(counts)]


def _measured(evidence: Evidence, earlier: tuple[Window, ...]) -> Iterator[Fact]:
    """Each figure of the rows and of the question; `earlier` is the period that drivers are compared with."""
    for row in evidence.rows:
        base = Fact(0.0, "any", evidence.query.metric, _windows(evidence, row), _where(evidence, row))
        for column, cell in row.items():
            of = replace(base, windows=earlier) if column.startswith("baseline_") else base
            if isinstance(cell, str) and day_of(cell) is None and evidence.query.subject != ANNOTATIONS:
                yield from (replace(base, value=number) for number in _written(cell))
            for number, at in _cells(column, cell, of):
                if _is_number(number):
                    yield from _of_column(evidence, column, replace(at, value=float(number)))
    settings = dict(evidence.query.variant)
    if evidence.query.metric is not None:  # what was not chosen is the first of its values
        settings = {name: values[0] for name, values in catalogue()[evidence.query.metric].variants.items()} | settings
    for value in settings.values():
        if value.replace(".", "", 1).isdigit():
            yield Fact(float(value), "any", evidence.query.metric, how="setting")
    for amount in evidence.query.amounts:
        yield Fact(amount.value / 100 if amount.unit == "percent" else amount.value, "any", None, how="setting")
    yield Fact(float(len(evidence.rows)), "count", evidence.query.metric, (), _where(evidence, {}))
    for window in dict.fromkeys(window for row in ({}, *evidence.rows) for window in _windows(evidence, row)):
        yield Fact(float(window.days), "days", None, how="setting")
        yield Fact(float(months_in(window)), "months", None, how="setting")


def _cells(column: str, cell: Any, fact: Fact) -> list[tuple[Any, Fact]]:
    """The numbers of a cell with what they are: the two of an interval are its bounds."""
    if column in BOUNDED and isinstance(cell, (list, tuple)) and len(cell) == 2:
        return [(cell[0], replace(fact, how="lower")), (cell[1], replace(fact, how="upper"))]
    return [(one, fact) for one in (cell if isinstance(cell, (list, tuple)) else [cell])]


def _of_column(evidence: Evidence, column: str, fact: Fact) -> Iterator[Fact]:
    """A cell as the fact that its column makes it."""
    # The rows of a verdict may each have a unit of their own.
    kind = "any" if evidence.shape is Shape.VERDICT else KINDS.get(evidence.unit, "plain")
    level = evidence.shape in (Shape.LEVEL, Shape.FLOW)  # whose drivers have the value as their part
    parts: Kind = kind if level else PARTS[evidence.parts]
    if column in ("value", *BOUNDED):
        yield replace(fact, kind=kind)
        if evidence.shape is Shape.VERDICT:  # whose value may be a difference
            yield _as_difference(fact, fact.value, kind)
    elif column.removeprefix("baseline_") in ("part", "whole"):
        yield replace(fact, kind=parts)
    elif column in EFFECTS:
        yield replace(_as_difference(fact, fact.value, kind), windows=())
    else:
        yield replace(fact, kind="count" if column == "n" else "any")


def _written(cell: str) -> Iterator[float]:
    """The figures in a name or a text of the data: "4-7", "B2B 4.91%", "2"."""
    for found in re.findall(r"\d+(?:[.,]\d+)*", cell):
        plain = found.replace(",", "") if re.fullmatch(r"\d{1,3}(,\d{3})+", found) else found.replace(",", ".")
        if plain.count(".") <= 1:
            yield float(plain)


def _as_difference(base: Fact, number: float, kind: Kind) -> Fact:
    if kind == "share":
        return replace(base, value=100 * number, kind="points", how="difference")
    return replace(base, value=number, kind=kind, how="difference")


def _is_number(cell: Any) -> bool:
    return isinstance(cell, (int, float)) and not isinstance(cell, bool)


def _where(evidence: Evidence, row: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    named = {
        (column, cell)
        for column, cell in row.items()
        if isinstance(cell, str) and day_of(cell) is None and column not in JUDGED
    }
    limits_said = (*evidence.query.filters, *evidence.query.exclude)
    passing = {(name, value) for name, values in limits_said for value in values}
    limits = {(one.dimension, value) for one in evidence.rights for value in one.values}
    return frozenset(named | passing | limits)


def _windows(evidence: Evidence, row: Mapping[str, Any]) -> tuple[Window, ...]:
    """The period of a row: its own in a trend, else that of the question."""
    if evidence.shape is Shape.ROSTER:  # each account has days of its own
        return ()
    window, period = evidence.query.window, day_of(row.get("period"))
    if period is None or window is None:
        return () if window is None else (window,)
    return (replace(window, start=period, end=min(step_after(period, window.grain), window.end)),)


def day_of(cell: Any) -> date | None:
    """The day that a cell holds, also as the text of a document; None where it holds none."""
    if isinstance(cell, date):
        return date(cell.year, cell.month, cell.day)
    if isinstance(cell, str) and len(cell) >= 10:  # YYYY-MM-DD
        try:
            return date.fromisoformat(cell[:10])
        except ValueError:
            return None
    return None


def quotable(evidence: Iterable[Evidence]) -> set[tuple[str, tuple[str, str] | None]]:
    """(words, where) of what is on record of a day, as somebody wrote it down; it is quoted, and no claim of ours."""
    rows = [row for one in evidence if one.query.subject == ANNOTATIONS for row in one.rows]
    return {(str(row["what"]), ("country", row["country"]) if row["country"] else None) for row in rows}


def days(evidence: Iterable[Evidence]) -> set[date]:
    """Every day that the evidence names: cells, the ends of its periods, the day up to which data was read."""
    found = set()
    for one in evidence:
        found |= {one.as_of, one.as_of - timedelta(days=1)}
        if one.query.window is not None:
            found |= {one.query.window.start, one.query.window.end, one.query.window.end - timedelta(days=1)}
        found |= {day for row in one.rows for cell in row.values() if (day := day_of(cell)) is not None}
    return found


def _values(evidence: Evidence, earlier: tuple[Window, ...]) -> Iterator[Fact]:
    """The value of each row; of drivers, which hold the parts of a share, the share in both periods."""
    kind = KINDS.get(evidence.unit, "plain")
    parts = (
        () if evidence.shape in (Shape.LEVEL, Shape.FLOW) else (("part", "whole"), ("baseline_part", "baseline_whole"))
    )
    for row in evidence.rows:
        base = Fact(0.0, kind, evidence.query.metric, _windows(evidence, row), _where(evidence, row))
        if _is_number(row.get("value")):
            yield replace(base, value=float(row["value"]))
            continue
        for part, whole in parts:
            if _is_number(row.get(part)) and row.get(whole):
                of = base.windows if part == "part" else earlier
                yield replace(base, value=float(row[part]) / float(row[whole]), windows=of)


def _counts(evidence: Evidence, earlier: tuple[Window, ...]) -> Iterator[Fact]:
    """What the shares of the rows are the shares of, in both periods."""
    for row in evidence.rows:
        base = Fact(0.0, PARTS[evidence.parts], evidence.query.metric, _windows(evidence, row), _where(evidence, row))
        for column, of in (("part", base.windows), ("baseline_part", earlier)):
            if _is_number(row.get(column)):
                yield replace(base, value=float(row[column]), windows=of)


def _more(counts: Mapping[str | None, list[Fact]]) -> Iterator[Fact]:
    """By how many more or fewer there were in one period than in another."""
    for alike in counts.values():
        for first, second in _pairs(alike):
            if first.where == second.where and first.windows != second.windows:
                both = first.windows + second.windows
                yield replace(first, value=first.value - second.value, windows=both, how="more")


def _told_from_two(values: Mapping[str | None, list[Fact]]) -> Iterator[Fact]:
    for alike in values.values():
        yield from alike
        for first, second in _pairs(alike):
            # What differs in period and in group is no comparison that anyone means.
            if first.kind == second.kind and (first.windows == second.windows or first.where == second.where):
                yield from _compared(first, second)
                yield from _compared(second, first)


def _pairs(alike: list[Fact]) -> Iterator[tuple[Fact, Fact]]:
    if len(alike) <= MOST_COMPARED:
        yield from combinations(alike, 2)
        return
    yield from pairwise(alike)
    ends = (alike[0], alike[-1], max(alike, key=lambda one: one.value), min(alike, key=lambda one: one.value))
    yield from combinations(ends, 2)


def _compared(first: Fact, second: Fact) -> Iterator[Fact]:
    both = replace(first, windows=first.windows + second.windows, where=first.where | second.where, than=second.where)
    yield _as_difference(both, first.value - second.value, first.kind)
    if second.value:
        yield replace(both, value=first.value / second.value - 1, kind="share", how="change")
        yield replace(both, value=first.value / second.value, kind="times", how="ratio")
        if first.metric in WHOLES and first.windows == second.windows and second.where < first.where:
            yield replace(first, value=first.value / second.value, kind="share", how="share of")


def _totals(evidence: Evidence) -> Iterator[Fact]:
    """Each row's share of the sum of its column, the sum itself, the mean of a trend; of people what they sum to."""
    base = Fact(0.0, "any", evidence.query.metric, (), _where(evidence, {}), "sum")
    if evidence.shape is Shape.ROSTER:
        for column in evidence.columns:
            yield replace(base, value=sum(number for _, number in _column(evidence, column)))
        return
    unit = KINDS.get(evidence.unit, "plain")
    values = [number for _, number in _column(evidence, "value")]
    if "period" in evidence.columns and values:
        yield replace(base, value=sum(values) / len(values), kind=unit)
    for column in ("part", "value", "n", "effect"):
        numbers = _column(evidence, column)
        total = sum(number for _, number in numbers)
        if len(numbers) < 2 or not total or (column == "value" and unit == "share"):
            continue
        money = evidence.parts == "money" or evidence.unit is Unit.MONEY
        whole = replace(base, value=total, kind="money" if money and column != "n" else "count")
        yield _as_difference(base, total, unit) if column == "effect" else whole
        for row, number in numbers:
            windows, where = _windows(evidence, row), _where(evidence, row)
            yield Fact(number / total, "share", evidence.query.metric, windows, where, "share of")


def _column(evidence: Evidence, name: str) -> list[tuple[Mapping[str, Any], float]]:
    return [(row, float(row[name])) for row in evidence.rows if _is_number(row.get(name))]


def _pooled(evidence: Evidence) -> Iterator[Fact]:
    """All cohorts of a grid at one age together: those that are old enough are its rows."""
    if evidence.shape is not Shape.GRID:
        return
    kind: Kind = "money" if evidence.parts == "money" else "count"
    for age in {row.get("age") for row in evidence.rows}:
        cells = [row for row in evidence.rows if row.get("age") == age]
        part, whole = (sum(float(row.get(name) or 0) for row in cells) for name in ("part", "whole"))
        base = Fact(0.0, kind, evidence.query.metric, (), _where(evidence, {}), "sum")
        yield from (replace(base, value=part), replace(base, value=whole))
        if whole:
            yield replace(base, value=part / whole, kind="share")
