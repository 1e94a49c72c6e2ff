"""Whether the last complete period of a metric is unusual against its own past.

Judged are complete periods only, and of a metric that follows people for some days only those whose days are over.
Days are held against the same weekday before, and whatever stands out against the periods before against the same time
a year earlier too, where the data goes back so far. `limits` says how, and by which sources.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from bot.analysis.limits import Kind, Limits, Point, firm, limits
from bot.analysis.measure import Analyst, measure, measure_all
from bot.analysis.split import AVERAGED
from bot.analysis.windows import default_window, months_later
from bot.errors import BadQuestion
from bot.metrics import catalogue
from bot.types import Evidence, Filters, Grain, Intent, Metric, Query, Shape, Unit, Window

HISTORY: Mapping[Grain, int] = {Grain.DAY: 26, Grain.WEEK: 26, Grain.MONTH: 24}
"""Earlier periods that a figure is held against; of days, those of the same weekday."""
A_YEAR: Mapping[Grain, tuple[int, ...]] = {Grain.DAY: (52,), Grain.WEEK: (51, 52, 53), Grain.MONTH: (12,)}
"""How many steps back the same time of the year lies; holidays move by a week."""
FEWEST_OF_A_YEAR = 6
"""Periods before the one a year earlier from which it is told what that one did."""
WARNING = 2.0
"""Sigmas that a figure of a year earlier was off for a season to be seen in it: Shewhart's warning limits."""
JUDGED = (Shape.SHARE, Shape.RATIO, Shape.LEVEL)
FOLLOWED = ("horizon_days", "n")
"""Variants that say for how many days people are followed after the period."""
ANSWERED_DAYS = {"first_response_time": 7}
"""Metric → the days after which what is counted has been answered, near enough."""
Series = Mapping[date, Point]


@dataclass(frozen=True)
class Judged:
    """One figure against its limits; `segment` is the value of each dimension it is broken down by.

    `most` is how many periods, itself included, it is the highest (or lowest) of; 0 where that says nothing.
    """

    segment: Filters
    row: Mapping[str, Any]
    before: Mapping[str, Any]
    limits: Limits
    firm: bool
    most: int

    @property
    def unusual(self) -> bool:
        return self.limits.outside and self.firm

    @property
    def up(self) -> bool:
        return self.limits.z > 0


@dataclass(frozen=True)
class Look:
    """A metric's past up to its last complete period, and how that is judged, a figure for each segment."""

    evidence: Evidence
    window: Window
    judged: tuple[Judged, ...]


def may_be_told(metric: Metric) -> bool:
    """Whether the metric is one figure a period."""
    return metric.shape in JUDGED and not metric.keys


def may_be_judged(metric: Metric) -> bool:
    """Whether each of its figures is of its own period alone, and not of all there is."""
    return may_be_told(metric) and metric.window is not Grain.RANGE


def grain_of(metric: Metric) -> Grain:
    """The period by which a metric is judged: the week, but the month where it is usually told of longer times."""
    return Grain.MONTH if metric.window in (Grain.QUARTER, Grain.YEAR) else Grain.WEEK


def last_complete(analyst: Analyst, query: Query, grain: Grain) -> Window:
    """The last period of the grain that is over, and settled: the days are over for which its people are followed."""
    definitions = analyst.company.definitions
    day = analyst.as_of - timedelta(days=settled_after(catalogue()[query.metric or ""], query))
    return default_window(grain, day, definitions.zone, definitions.week_start)


def settled_after(metric: Metric, query: Query) -> int:
    """Days after its end until a period's figure stays; of milestones of their own the longest that is offered."""
    days = [ANSWERED_DAYS.get(metric.name, 0)]
    for name in FOLLOWED:
        offered = metric.variants.get(name, ())
        chosen = dict(query.variant).get(name, *offered[:1])
        days += [int(chosen)] if chosen and chosen.isdigit() else [int(one) for one in offered if one.isdigit()]
    return max(days)


def look(analyst: Analyst, query: Query, grain: Grain, *, id: str = "e1") -> Look:
    """The last complete period judged, for each segment of `query.by`. Raises BadQuestion, and as measuring does.

    Everything comes from one measurement; only what stands out is held against a year earlier, by a second one.
    """
    metric = analyst.metric(query.metric)
    if not may_be_judged(metric):
        raise BadQuestion("alert_not_judged", metric=metric.name)
    window = last_complete(analyst, query, grain)
    query = replace(query, intent=Intent.TREND, baseline=None, window=None)
    evidence = _measured(analyst, query, window, HISTORY[grain], id)
    told = series(evidence)
    small = analyst.company.definitions.small_sample
    found = judged(evidence, told, window.start, grain, small)
    if any(one.unusual for one in found):
        year = A_YEAR[grain]
        then = _measured(analyst, query, _back(window, grain, year[0]), HISTORY[grain] + len(year) - 1, id)
        more = series(then)
        told = {segment: {**more.get(segment, {}), **own} for segment, own in told.items()}
        found = judged(evidence, told, window.start, grain, small)
    return Look(evidence, window, found)


def _measured(analyst: Analyst, query: Query, last: Window, before: int, id: str) -> Evidence:
    """The periods before the last and itself as one Evidence with a row a period; those the data has in full."""
    metric, grain = catalogue()[query.metric or ""], last.grain
    first = analyst.first_day(metric)
    windows = [one for n in range(before, -1, -1) if (one := _back(last, grain, n)).start >= first]
    if not windows:
        raise BadQuestion("period_before_data", start=last.start, first=first)
    if grain is not Grain.DAY and len(windows) > 1:
        return measure(analyst, replace(query, window=replace(last, start=windows[0].start, name="")), id=id)
    query = analyst.settled(replace(query, window=last))
    sides = measure_all(analyst, query, windows, ids=[id] * len(windows), roles=["main"] * len(windows))
    rows = tuple({"period": side.query.window.start, **row} for side in sides if side.query.window for row in side.rows)
    spanned = replace(last, start=windows[0].start, grain=Grain.DAY)
    return replace(
        sides[-1], query=replace(query, window=spanned), rows=rows, columns=("period", *sides[-1].columns)
    )  # fmt: skip


def _back(window: Window, grain: Grain, steps: int) -> Window:
    """The period so many steps before; of days, the same weekday so many weeks before."""
    if grain is Grain.MONTH:
        return replace(window, start=months_later(window.start, -steps), end=months_later(window.end, -steps))
    return replace(window, start=window.start - timedelta(weeks=steps), end=window.end - timedelta(weeks=steps))


def series(evidence: Evidence) -> dict[Filters, dict[date, Point]]:
    """The points of each segment of a trend, by the first day of their period; where nothing is defined, no point.

    A count that has no row was nothing; before its first one the segment was not there.
    """
    kind, by = kind_of(evidence), evidence.query.by
    found: dict[Filters, dict[date, Point]] = {}
    for row in evidence.rows:
        point = _point(kind, evidence, row)
        if point is not None:
            found.setdefault(_segment(evidence, row), {})[_day(row["period"])] = point
    if by and kind is Kind.COUNT:
        days = sorted({day for own in found.values() for day in own})
        for own in found.values():
            began = min(own)
            own.update({day: Point(0.0) for day in days if day > began and day not in own})
    return found


def _segment(evidence: Evidence, row: Mapping[str, Any]) -> Filters:
    return tuple((name, (str(row[name]),)) for name in evidence.query.by)


def _day(period: Any) -> date:
    return date.fromisoformat(period) if isinstance(period, str) else period


def kind_of(evidence: Evidence) -> Kind:
    """How chance spreads the figures of a metric."""
    if evidence.shape is Shape.SHARE and evidence.parts == "counts":
        return Kind.SHARE
    if evidence.unit is Unit.COUNT and evidence.shape is Shape.LEVEL:
        return Kind.COUNT
    return Kind.SCORE if evidence.unit in (Unit.POINTS, Unit.SCORE) else Kind.AMOUNT


def _point(kind: Kind, evidence: Evidence, row: Mapping[str, Any]) -> Point | None:
    if row["value"] is None or (kind is Kind.SHARE and not row["whole"]):
        return None
    if kind is Kind.COUNT:
        return Point(float(row["value"]))
    of_many = kind is Kind.SHARE or (evidence.parts == "counts" and evidence.unit in AVERAGED)
    many = row.get("whole", row.get("n")) if of_many else 0.0
    return Point(float(row["value"]), float(many or 0.0))


def judged(
    evidence: Evidence, told: Mapping[Filters, Series], day: date, grain: Grain, small: int
) -> tuple[Judged, ...]:
    """How the period that begins on a day is judged, a figure for each segment that has one and enough of a past."""
    rows = {(_day(row["period"]), _segment(evidence, row)): row for row in evidence.rows}
    kind, stock = kind_of(evidence), is_stock(catalogue()[evidence.query.metric or ""])
    found = []
    for segment, points in told.items():
        if day not in points:
            continue
        limit = _limits(kind, points, day, grain, stock=stock, looks=len(told))
        if limit is None:
            continue
        before = list(_before(points, day, grain))
        last = max((one for one in points if one < day), default=day)
        values = [points[one].value for one in before]
        found.append(
            Judged(
                segment, rows.get((day, segment), {"period": day, "value": 0}), rows.get((last, segment), {"value": 0}),
                limit, firm(kind, points[day], limit, small), 0 if stock else _most(values, points[day].value, limit.z),
            )
        )  # fmt: skip
    return tuple(found)


def is_stock(metric: Metric) -> bool:
    """Whether the figure is of an instant, and so carries its past along."""
    return metric.window is Grain.DAY and metric.shape is Shape.LEVEL


def _limits(kind: Kind, points: Series, day: date, grain: Grain, *, stock: bool, looks: int) -> Limits | None:
    """The limits by the periods before; of what is beyond them, those that also allow what a year earlier did."""
    past = [points[one] for one in _before(points, day, grain)]
    plain = limits(kind, past, points[day], stock=stock, looks=looks)
    if plain is None or not plain.outside:
        return plain
    seasons = [1.0]
    for then in (_day_back(day, grain, steps) for steps in A_YEAR[grain]):
        if then in points:
            earlier = [points[one] for one in _before(points, then, grain)]
            found = limits(kind, earlier, points[then], stock=stock, fewest=FEWEST_OF_A_YEAR)
            seen = found is not None and abs(found.z) > WARNING and found.expected > 0
            seasons += [points[then].value / found.expected] if found and seen else []
    season = max(seasons) if plain.z > 0 else min(seasons)
    allowed = limits(kind, past, points[day], stock=stock, season=season, looks=looks)
    assert allowed is not None  # the same past told the plain ones
    return allowed if allowed.z * plain.z > 0 else replace(allowed, z=0.0)


def _before(points: Series, day: date, grain: Grain) -> Iterator[date]:
    """The periods before a day that belong to its past and have a figure, the oldest first."""
    for steps in range(HISTORY[grain], 0, -1):
        if (then := _day_back(day, grain, steps)) in points:
            yield then


def _day_back(day: date, grain: Grain, steps: int) -> date:
    return months_later(day, -steps) if grain is Grain.MONTH else day - timedelta(weeks=steps)


def _most(before: Sequence[float], now: float, z: float) -> int:
    """Of how many periods up to now the figure is the highest, or the lowest; 0 where it is not of all of them."""
    beyond = all(one < now for one in before) if z > 0 else all(one > now for one in before)
    return len(before) + 1 if beyond else 0
