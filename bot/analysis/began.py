"""When a change began: the change point of a metric's days or weeks around the period asked about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from statistics import fmean

from bot.analysis.changepoint import FEWEST, Stretch, in_levels, in_shares
from bot.analysis.measure import Analyst, measure
from bot.analysis.windows import steps
from bot.errors import ForPerson
from bot.metrics import catalogue
from bot.types import Evidence, Grain, Query, Shape, Window

SHORT_DAYS = 10
"""Periods up to this long are told by days, longer ones by weeks."""
DAYS_BEFORE = 35
WEEKS_BEFORE = 5
WEEKS_AFTER = 3


@dataclass(frozen=True)
class Began:
    """The stretch in which a metric ran differently: `[start, end)`, its start in `[earliest, latest]` with 95 %.

    `end` is None while it lasts. `before` and `inside` are figures of the steps; `p` is the chance of such a stretch.
    """

    series: Evidence
    step: Grain
    start: date
    earliest: date
    latest: date
    end: date | None
    before: float
    inside: float
    p: float
    flow: bool
    """True for what is held, not done: the figures are what it moved by a step."""


def began(analyst: Analyst, query: Query, window: Window, before: Window | None, *, rising: bool) -> Began | None:
    """The change point between the period before and some weeks after the window; None where that is too short."""
    metric = catalogue()[query.metric or ""]
    span = _span(analyst, window, before, analyst.first_day(metric))
    asked = replace(query, window=span, by=(), baseline=None)
    try:
        series = measure(analyst, asked)
    except ForPerson:
        return None
    rows = list(series.rows)
    days = [one.start for one in steps(span)]
    if len(rows) != len(days) or len(rows) < FEWEST:
        return None
    flow = metric.window is Grain.DAY and metric.shape is Shape.LEVEL
    found: Stretch | None
    if metric.shape is not Shape.LEVEL and series.parts == "counts" and all(0 <= r["part"] <= r["whole"] for r in rows):
        found = in_shares([row["part"] for row in rows], [row["whole"] for row in rows], rising=rising)
    else:
        values = [row["value"] for row in rows]
        if any(one is None for one in values):
            return None
        if flow:
            values, days = [now - then for then, now in pairwise(values)], days[1:]
        elif span.grain is Grain.DAY:
            values = _by_weekday(values, days, window.start)
        found = in_levels(values, rising=rising)
    if found is None:
        return None
    end = days[found.last] if found.last < len(days) else None
    return Began(
        replace(series, role="driver"), span.grain, days[found.first], days[found.earliest], days[found.latest], end,
        found.outside, found.inside, found.p, flow,
    )  # fmt: skip


def _span(analyst: Analyst, window: Window, before: Window | None, first: date) -> Window:
    """The steps looked at: days for a short period, else weeks, from the period before to some weeks after it."""
    zone = analyst.company.definitions.zone
    if window.days <= SHORT_DAYS:
        start = max(window.start - timedelta(days=DAYS_BEFORE), first)
        return Window(start, min(window.end, analyst.as_of), Grain.DAY, zone)
    monday = analyst.company.definitions.week_start
    start = _week_of(window.start, monday) - timedelta(weeks=WEEKS_BEFORE)
    if before is not None and before.end == window.start:
        start = _week_of(before.start + timedelta(days=6), monday)
    earliest = _week_of(first + timedelta(days=6), monday)
    last = min(_week_of(window.end + timedelta(days=6), monday) + timedelta(weeks=WEEKS_AFTER),
        _week_of(analyst.as_of, monday))  # fmt: skip
    return Window(max(start, earliest), max(last, max(start, earliest) + timedelta(weeks=1)), Grain.WEEK, zone)


def _week_of(day: date, monday: int) -> date:
    return day - timedelta(days=(day.weekday() - monday) % 7)


def _by_weekday(values: list[float], days: list[date], since: date) -> list[float]:
    """Each day over what its weekday was before the period: Sundays are not a fall."""
    usual = {}
    for weekday in range(7):
        before = [v for v, day in zip(values, days, strict=True) if day.weekday() == weekday and day < since]
        usual[weekday] = fmean(before) if before else 0.0
    return [v / usual[d.weekday()] if usual[d.weekday()] else 1.0 for v, d in zip(values, days, strict=True)]
