"""What is behind a number: is it so, since when, where, and what else moved then. One look at everything on record.

Each finding has its own chance of error, told with it; a group is named with at most 5 % over all that was tried.
Association, never cause.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from bot.analysis.began import Began, began
from bot.analysis.compare import Comparison, compare
from bot.analysis.early_use import Kept, early_use
from bot.analysis.explain import NO_DRIVERS, Explanation, split_change
from bot.analysis.happenings import caused, happened
from bot.analysis.intervals import difference
from bot.analysis.measure import Analyst, measure, measure_all
from bot.analysis.place import Place, place_of
from bot.analysis.usual import Usual, Z, usual
from bot.analysis.windows import baseline_of, default_window, months_later, previous
from bot.analysis.witnesses import LEAVING, Moved, Said, beside, payments, reasons
from bot.errors import BadQuestion, ForPerson
from bot.metrics import catalogue
from bot.types import Evidence, Grain, Query, Shape, Window

MONTHS = 12
"""Complete months looked through when no period is named and the last one shows nothing."""
HEADLINES = ("churn_rate", "activation_rate", "csat", "active_users", "mrr", "new_customers")
"""Figures among which the one that moved most is looked for when none is named."""
PERIODS = 8
"""Earlier changes from which it is told how much a figure moves by itself."""
DAYS_AROUND = 14
"""Days before a beginning in which what happened may belong to it."""
CLEAR = 0.05
WOULD_TELL = ("tickets", "events")
NOT_SPLIT = (*NO_DRIVERS, "campaign", "step")
"""Dimensions in which a change is not looked for: beside those of no explanation, those that ask for another figure."""


@dataclass(frozen=True)
class Investigation:
    """All that was found; parts that could not be looked at are None or empty.

    `real` is whether the change is more than noise, also of a figure that has no interval, and `moved` how it compares
    with the usual ones there. `looks` is how many periods were looked through to choose this one, `quiet` the last
    period where the question named none and that one showed nothing, `year` the same two periods a year before, in the
    place if there is one, and `lacking` the tables that would tell more and that the company does not have.
    """

    explanation: Explanation
    real: bool
    looks: int
    quiet: Comparison | None
    moved: Usual | None
    place: Place | None
    began: Began | None
    year: tuple[Evidence, Evidence] | None
    tenure: Evidence | None
    said: Sequence[Said]
    payments: tuple[float, tuple[Evidence, Evidence]] | None
    beside: Sequence[Moved]
    happened: Evidence | None
    caused: Evidence | None
    kept: tuple[Evidence, Sequence[Kept]] | None
    lacking: tuple[str, ...]

    @property
    def comparison(self) -> Comparison:
        return self.explanation.comparison


def investigate(analyst: Analyst, query: Query) -> Investigation:
    """The metric of the query in its period; without a period the last one, or the month that moved most of twelve."""
    metric = analyst.metric(query.metric)
    if metric.shape not in (Shape.SHARE, Shape.RATIO, Shape.LEVEL) or metric.keys:
        raise BadQuestion("cannot_explain", metric=metric.name)
    query, looks, quiet = _chosen(analyst, replace(query, by=()))
    comparison = compare(analyst, query)
    explanation = split_change(analyst, comparison, tuple(name for name in metric.by if name not in NOT_SPLIT))
    main = comparison.main.query
    assert main.window is not None
    moved = _usual_moves(analyst, main, comparison)
    real = _is_real(comparison, moved, analyst.company.definitions.small_sample)
    place = place_of(explanation, looks) if real else None
    where = place.filters if place else ()
    here = replace(main, filters=tuple(sorted({**dict(main.filters), **dict(where)}.items())), baseline=None)
    start = None
    if real:
        start = began(analyst, here, main.window, comparison.baseline.query.window, rising=(comparison.change or 0) > 0)
        start = start if start and start.p <= CLEAR else None
    first, last = _around(main.window, start)
    events, lacking = happened(analyst, first, last)
    campaigns = [row["id"] for row in events.rows if row["kind"] == "campaign"] if events else []
    leaving = metric.name in LEAVING
    before = comparison.baseline.query.window
    assert before is not None
    return Investigation(
        explanation,
        real,
        looks,
        quiet,
        moved,
        place,
        start,
        _year_before(analyst, here, comparison) if real else None,
        next((one for one in explanation.drivers if one.query.by == ("tenure",)), None),
        reasons(analyst, main, before, where) if leaving else (),
        payments(analyst, main, before) if metric.name == "churn_rate" else None,
        beside(analyst, main, where) if real else (),
        events,
        caused(analyst, campaigns, first, last) if campaigns else None,
        early_use(analyst, main) if leaving else None,
        (*lacking, *(table for table in WOULD_TELL if not analyst.company.has(table))),
    )


def _is_real(comparison: Comparison, moved: Usual | None, small: int) -> bool:
    """Whether a change is clear, and of bases large enough to speak of one."""
    rows = (comparison.main.rows[0], comparison.baseline.rows[0])
    if comparison.direction not in ("up", "down") or min(row.get("whole", small) for row in rows) < small:
        return False
    return moved is None or moved.outside


def loudest(analyst: Analyst, query: Query) -> tuple[Query, int]:
    """(the query about the figure that moved most in its period, by its own noise; how many were looked at)."""
    if query.window is None:
        zone = analyst.company.definitions.zone
        query = replace(query, window=default_window(Grain.MONTH, analyst.as_of, zone))
    found: list[tuple[float, Query]] = []
    for name in HEADLINES:
        asked = replace(query, metric=name, variant=())
        try:
            comparison = compare(analyst, asked)
            strength = _strength(analyst, comparison)
        except ForPerson:
            continue
        if strength is not None and (query.claim is None or query.claim == comparison.direction):
            found.append((abs(strength), replace(asked, window=comparison.main.query.window)))
    if not found:
        raise BadQuestion("nothing_to_investigate")
    return max(found, key=lambda one: one[0])[1], len(found)


def _strength(analyst: Analyst, comparison: Comparison) -> float | None:
    """How many standard errors (or usual moves) a change is away from none."""
    if comparison.change is None:
        return None
    if comparison.interval is not None:
        low, high = comparison.interval
        return Z * (low + high) / (high - low) if high > low else 0.0
    moved = _usual_moves(analyst, comparison.main.query, comparison)
    return moved.z if moved else None


def _usual_moves(analyst: Analyst, query: Query, comparison: Comparison) -> Usual | None:
    """How a change without an interval compares with the changes of the periods before it."""
    if comparison.interval is not None or comparison.change is None or query.window is None:
        return None
    windows = [query.window]
    for _ in range(PERIODS + 1):
        windows.append(previous(windows[-1]))
    first = analyst.first_day(catalogue()[query.metric or ""])
    windows = [one for one in windows if one.start >= first]
    try:
        sides = measure_all(analyst, query, windows, ids=[""] * len(windows), roles=["baseline"] * len(windows))
    except ForPerson:
        return None
    values = [one.rows[0]["value"] for one in sides]
    if any(value is None for value in values):
        return None
    changes = [now - then for now, then in pairwise(values)]
    return usual(changes[1:], changes[0]) if changes else None


def _chosen(analyst: Analyst, query: Query) -> tuple[Query, int, Comparison | None]:
    """(the query with its period, how many periods were looked at, the last period where it showed nothing)."""
    metric = catalogue()[query.metric or ""]
    if query.window is not None:
        return query, 1, None
    if metric.window in (Grain.YEAR, Grain.DAY, Grain.RANGE):  # of a day or a trailing year: told by months
        zone = analyst.company.definitions.zone
        query = replace(query, window=default_window(Grain.MONTH, analyst.as_of, zone))
    last = compare(analyst, query)
    moved = _usual_moves(analyst, last.main.query, last)
    claimed = query.claim in (None, last.direction)
    if last.direction in ("up", "down") and claimed and (moved is None or moved.outside):
        return replace(query, window=last.main.query.window), 1, None
    month = _sharpest(analyst, last.main.query, query.claim)
    if month is None or month == last.main.query.window:
        return replace(query, window=last.main.query.window), 1, None
    return replace(query, window=month), MONTHS, last


def _sharpest(analyst: Analyst, query: Query, claim: str | None) -> Window | None:
    """The month of the last twelve complete ones whose change is least like noise, in the direction that is claimed."""
    end = analyst.as_of.replace(day=1)
    first = analyst.first_day(catalogue()[query.metric or ""])
    starts = [months_later(end, -n) for n in range(MONTHS + 1, 0, -1)]
    starts = [day for day in starts if day >= first]
    zone = analyst.company.definitions.zone
    months = [Window(day, months_later(day, 1), Grain.MONTH, zone, "month") for day in starts]
    if len(months) < 3:
        return None
    trend = Window(months[0].start, end, Grain.MONTH, zone)
    try:
        rows = measure(analyst, replace(query, window=trend, baseline=None)).rows
    except ForPerson:
        return None
    if len(rows) != len(months) or any(row["value"] is None for row in rows):
        return None
    changes = [now["value"] - then["value"] for then, now in pairwise(rows)]
    spread = (sum(one**2 for one in changes) / len(changes)) ** 0.5 or 1.0
    strengths = []
    for month, then, now, change in zip(months[1:], rows, rows[1:], changes, strict=False):
        strength = change / spread
        if "interval" in now and now["whole"] and then["whole"] and 0 <= now["part"] <= now["whole"]:
            low, high = difference(now["part"], now["whole"], then["part"], then["whole"])
            strength = (low + high) / (high - low) if high > low else 0.0
        if claim is None or (strength > 0) == (claim == "up"):
            strengths.append((abs(strength), month))
    return max(strengths, key=lambda one: one[0])[1] if strengths else None


def _around(window: Window, start: Began | None) -> tuple[date, date]:
    """The days whose events may belong to the change: from two weeks before its earliest start to the window's end."""
    first = min(start.earliest, window.start) if start else window.start
    return first - timedelta(days=DAYS_AROUND), window.end - timedelta(days=1)


def _year_before(analyst: Analyst, here: Query, comparison: Comparison) -> tuple[Evidence, Evidence] | None:
    """The same two periods a year before: what the season does by itself."""
    windows = [comparison.main.query.window, comparison.baseline.query.window]
    earlier = [baseline_of(replace(here, baseline="last_year"), one) for one in windows if one is not None]
    first = analyst.first_day(catalogue()[here.metric or ""])
    if len(earlier) != 2 or any(one is None or one.start < first for one in earlier):
        return None
    try:
        now, then = measure_all(
            analyst, here, [one for one in earlier if one], ids=("", ""), roles=("baseline", "baseline")
        )
    except ForPerson:
        return None
    if now.rows[0]["value"] is None or then.rows[0]["value"] is None:
        return None
    return now, then
