"""What else moved in the same days: the reasons given, failed payments, tickets, answers to them, ratings.

Each is held against its own past, or against the days before, so that what did not move can be ruled out with a number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.analysis.chance import two_sided
from bot.analysis.intervals import difference
from bot.analysis.measure import Analyst, Role, measure_all
from bot.analysis.usual import Usual, Z, usual
from bot.analysis.windows import previous
from bot.errors import ForPerson
from bot.metrics import catalogue
from bot.types import Evidence, Filters, Intent, Query, Window

SUPPORT = ("ticket_volume", "first_response_time", "csat")
"""Metrics of support that are looked at beside any other."""
LEAVING = ("churn_rate", "churned_customers", "retention_rate", "churn_by_type", "gross_revenue_churn",
    "net_revenue_churn", "grr", "nrr", "mrr", "arr")  # fmt: skip
"""Metrics that fall or rise with customers who leave: those have reasons and ways to leave."""
BEFORE = 5
"""Earlier periods from which the usual range of a witness is told."""
ERROR = 0.05


@dataclass(frozen=True)
class Moved:
    """A figure beside the one that is looked into, now and as it usually is; `clear` if it is out of its usual range.

    `among` says that it was told among the customers of the place, `p` is corrected for all figures beside it.
    """

    metric: str
    evidence: Evidence
    now: float
    usual: Usual
    among: bool
    p: float

    @property
    def clear(self) -> bool:
        return self.p <= ERROR


@dataclass(frozen=True)
class Said:
    """A reason to leave: how many of those who gave one gave it, now and before, and the change with its interval.

    `p` is corrected for the number of reasons.
    """

    reason: str
    now: tuple[float, float]
    before: tuple[float, float]
    interval: tuple[float, float]
    p: float
    evidence: tuple[Evidence, Evidence]

    @property
    def clear(self) -> bool:
        return self.p <= ERROR


def beside(analyst: Analyst, query: Query, where: Filters) -> list[Moved]:
    """The figures of support in the query's window against the periods before, among the customers of the place."""
    assert query.window is not None
    windows = [query.window]
    for _ in range(BEFORE):
        windows.append(previous(windows[-1]))
    told = [_moved(analyst, query, name, where, windows) for name in SUPPORT if name != query.metric]
    found = [one for one in told if one is not None]
    return [replace(one, p=min(1.0, one.p * len(found))) for one in found]


def _moved(analyst: Analyst, query: Query, name: str, where: Filters, windows: list[Window]) -> Moved | None:
    metric = catalogue()[name]
    passing = tuple(one for one in {**dict(query.filters), **dict(where)}.items() if one[0] in metric.by)
    among = bool(where) and {name for name, _ in where} <= set(metric.by)
    asked = Query(Intent.VALUE, name, windows[0], filters=passing if among or not where else _known(query, name))
    try:
        settled = analyst.settled(asked)
        first = analyst.first_day(metric)
        windows = [one for one in windows if one.start >= first]
        roles: list[Role] = ["driver"]
        roles.extend("baseline" for _ in windows[1:])
        sides = measure_all(analyst, settled, windows, ids=[""] * len(windows), roles=roles)
    except ForPerson:
        return None
    values = [one.rows[0]["value"] for one in sides if len(one.rows) == 1]
    if len(values) != len(windows) or any(one is None for one in values):
        return None
    if name == "ticket_volume":  # months are not equally long
        values = [value / one.days for value, one in zip(values, windows, strict=True)]
    told = usual(values[1:], values[0])
    if told is None:
        return None
    now = sides[0].rows[0]["value"]
    if name == "ticket_volume":
        told = replace(told, low=told.low * windows[0].days, high=told.high * windows[0].days)
    rows = tuple({"period": one.start.isoformat(), **side.rows[0]} for one, side in zip(windows, sides, strict=True))
    evidence = replace(sides[0], rows=rows, columns=("period", *sides[0].columns))
    return Moved(name, evidence, now, told, among, told.p)


def _known(query: Query, name: str) -> Filters:
    """The filters of the question that another metric has too."""
    return tuple(one for one in query.filters if one[0] in catalogue()[name].by)


def reasons(analyst: Analyst, query: Query, baseline: Window, where: Filters) -> list[Said]:
    """The reasons of those who left in the window and in the baseline, those that rose most surely first."""
    sides = _two(analyst, query, "churn_reasons", baseline, where)
    if sides is None:
        return []
    counts = [{str(row["reason"]): (row["part"], row["whole"]) for row in one.rows} for one in sides]
    wholes = [max((whole for _, whole in one.values()), default=0) for one in counts]
    if not all(wholes):
        return []
    found = []
    names = sorted({*counts[0], *counts[1]})
    for name in names:
        part, before = (one.get(name, (0, 0))[0] for one in counts)
        low, high = difference(part + 0.5, wholes[0] + 1, before + 0.5, wholes[1] + 1)
        middle, half = (low + high) / 2, (high - low) / 2
        p = min(1.0, two_sided(Z * middle / half) * len(names)) if half else 1.0
        found.append(Said(name, (part, wholes[0]), (before, wholes[1]), (low, high), p, sides))
    return sorted(found, key=lambda one: (one.p, -one.now[0]))


def payments(analyst: Analyst, query: Query, baseline: Window) -> tuple[float, tuple[Evidence, Evidence]] | None:
    """(what customers lost to failed payments add to the change of the churn rate, its two measurements)."""
    sides = _two(analyst, query, "churn_by_type", baseline, ())
    if sides is None:
        return None
    shares = [_share(one.rows, "involuntary") for one in sides]
    return None if None in shares else ((shares[0] or 0.0) - (shares[1] or 0.0), sides)


def _share(rows: Sequence[Mapping[str, Any]], kind: str) -> float | None:
    whole = max((row["whole"] for row in rows), default=0)
    part = sum(row["part"] for row in rows if row["type"] == kind)
    return part / whole if whole else None


def _two(
    analyst: Analyst, query: Query, name: str, baseline: Window, where: Filters
) -> tuple[Evidence, Evidence] | None:
    """A keyed metric in both windows, among the customers of the question and the place."""
    assert query.window is not None
    passing = {**dict(query.filters), **dict(where)}
    known = catalogue()[name].by
    asked = Query(
        Intent.VALUE, name, query.window, filters=tuple(sorted(one for one in passing.items() if one[0] in known)),
        exclude=tuple(one for one in query.exclude if one[0] in known),
    )  # fmt: skip
    try:
        first, second = measure_all(
            analyst, analyst.settled(asked), (query.window, baseline), ids=("", ""), roles=("driver", "baseline")
        )
    except ForPerson:
        return None
    return first, second
