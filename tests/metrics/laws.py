"""The laws that the numbers of one company hold among themselves, whatever its data: said once, tried in many places.

A law is a set of cases to measure and a check of what they told; it yields a sentence for each time it is broken.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from bot.metrics import catalogue
from bot.metrics.tables import Tables
from bot.types import Window

Case = tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]
"""(metric, by, variant)"""
Sums = Mapping[tuple[Case, tuple[str, ...]], tuple[float, float]]
"""(case, segment) → (part, whole), or (value, n), or (effect, n) of a flow that has signs."""
LEAST = 1e-6


def case(metric: str, *by: str, **variant: str) -> Case:
    return metric, by, tuple(sorted(variant.items()))


def sums_of(t: Tables, window: Window, one: Case, number: int = 0) -> ir.Table:
    """The rows of a case as every engine can give them: number, segment (words joined by |), part, whole."""
    metric, by, variant = one
    frame = catalogue()[metric](t, window, by, **dict(variant))
    whole = next(name for name in ("whole", "n") if name in frame.columns)
    part = next(name for name in ("part", "effect", "value") if name in frame.columns)
    keys = [name for name in catalogue()[metric].keys if name in frame.columns and name not in by]
    segment = [frame[name].cast("string").fill_null("-") for name in (*by, *keys)]
    return frame.select(
        number=ibis.literal(number),
        segment=ibis.literal("|").join(segment) if segment else ibis.literal(""),
        part=frame[part].cast("float64"),
        whole=frame[whole].cast("float64"),
    )


def read(cases: Sequence[Case], rows: Sequence[Sequence[Any]]) -> Sums:
    """What the rows of `sums_of` say, by case and segment; nothing is zero."""
    return {
        (cases[int(number)], tuple(segment.split("|")) if segment else ()): (float(part or 0), float(whole or 0))
        for number, segment, part, whole in rows
    }


@dataclass(frozen=True)
class Law:
    cases: tuple[Case, ...]
    broken: Callable[[Sums], Iterator[str]]


def one(told: Sums, wanted: Case, *segment: str) -> tuple[float, float]:
    return told.get((wanted, segment), (0.0, 0.0))


def segments(told: Sums, wanted: Case) -> Iterator[tuple[tuple[str, ...], float, float]]:
    for (found, segment), (part, whole) in told.items():
        if found == wanted:
            yield segment, part, whole


def same(left: float, right: float) -> bool:
    return abs(left - right) <= LEAST * max(1.0, abs(left), abs(right))


def adds_up(wanted: Case, to: Callable[[Sums, str], float]) -> Callable[[Sums], Iterator[str]]:
    """The parts of the rows of each first segment add up to something told of it."""

    def broken(told: Sums) -> Iterator[str]:
        sums: dict[str, float] = defaultdict(float)
        for segment, part, _ in segments(told, wanted):
            sums[segment[0]] += part
        for name, total in sums.items():
            if not same(total, to(told, name)):
                yield f"{wanted} of {name}: {total} against {to(told, name)}"

    return broken


def to_their_whole(wanted: Case) -> Callable[[Sums], Iterator[str]]:
    def whole(told: Sums, name: str) -> float:
        return next(whole for segment, _, whole in segments(told, wanted) if segment[0] == name)

    return adds_up(wanted, whole)


def related(
    left: Case, right: Case, holds: Callable[[tuple[float, float], tuple[float, float]], bool]
) -> Callable[[Sums], Iterator[str]]:
    """What two cases tell of the same segment."""

    def broken(told: Sums) -> Iterator[str]:
        for segment in {segment for case_, segment in told if case_ in (left, right)}:
            first, second = one(told, left, *segment), one(told, right, *segment)
            if not holds(first, second):
                yield f"{segment}: {left} tells {first}, {right} tells {second}"

    return broken


def pair(left: Case, right: Case, holds: Callable[[tuple[float, float], tuple[float, float]], bool]) -> Law:
    return Law((left, right), related(left, right, holds))


def _column_zero(basis: str) -> Law:
    wanted = case("cohort_retention", basis=basis)

    def broken(told: Sums) -> Iterator[str]:
        for (cohort, age), part, whole in segments(told, wanted):
            if age == "0" and not (part == whole if basis == "active" else 0 <= part <= whole):
                yield f"cohort {cohort}: {part} of {whole} at age 0"

    return Law((wanted,), broken)


def _closes(bridge: Case, end: Case, total: Callable[[tuple[float, float]], float]) -> Law:
    def broken(told: Sums) -> Iterator[str]:
        effects: dict[tuple[str, ...], float] = defaultdict(float)
        for segment, effect, _ in segments(told, bridge):
            effects[segment[:-1]] += effect
        for segment in {*effects, *(found for found, _, _ in segments(told, end))}:
            if not same(effects[segment], total(one(told, end, *segment))):
                yield f"{bridge} of {segment} sums to {effects[segment]}, {end} is {one(told, end, *segment)}"

    return Law((bridge, end), broken)


def _lifecycle(told: Sums) -> Iterator[str]:
    wanted, active = case("lifecycle_counts", "country"), case("active_users", "country")
    counts: dict[str, float] = defaultdict(float)
    for (country, kind), value, n in segments(told, wanted):
        counts[country] += value if kind != "dormant" else 0
        if n != one(told, active, country)[0]:
            yield f"{country}: n {n}, active users {one(told, active, country)[0]}"
    for country, total in counts.items():
        if total != one(told, active, country)[0]:
            yield f"{country}: new, current and resurrected are {total} of {one(told, active, country)[0]}"


BY = ("country", "plan")
SUBSCRIBED: Mapping[str, Law] = {
    "the MRR bridge closes": _closes(case("mrr_movements", "country"), case("mrr", "country"), lambda row: row[0]),
    "the MRR bridge by events closes": _closes(
        case("mrr_movements", "country", method="events"), case("mrr", "country"), lambda row: row[0]
    ),
    "the customers' bridge closes": _closes(
        case("growth_decomposition", "country"), case("mrr", "country"), lambda row: row[1]
    ),
    "GRR is at most NRR and all": pair(
        case("grr", *BY), case("nrr", *BY), lambda gross, net: gross[0] <= min(gross[1], net[0]) + LEAST
    ),
    "NRR and net revenue churn are all": pair(
        case("nrr", *BY),
        case("net_revenue_churn", *BY),
        lambda kept, lost: same(kept[0] + lost[0], kept[1]) and same(kept[1], lost[1]),
    ),
    "GRR and gross revenue churn are all": pair(
        case("grr", *BY),
        case("gross_revenue_churn", *BY),
        lambda kept, lost: same(kept[0] + lost[0], kept[1]) and same(kept[1], lost[1]),
    ),
    "ARR is twelve times MRR": pair(
        case("mrr", *BY), case("arr", *BY), lambda month, year: same(12 * month[0], year[0]) and month[1] == year[1]
    ),
    "ARPA is MRR over its customers": pair(
        case("mrr", *BY), case("arpa", *BY), lambda level, each: same(level[0], each[0]) and level[1] == each[1]
    ),
    **{
        f"who stayed and who left are all {policy}": pair(
            case("churn_rate", *BY, **policy),
            case("retention_rate", *BY, **policy),
            lambda left, stayed: left[0] + stayed[0] == left[1] == stayed[1],
        )
        for policy in ({}, {"pause_policy": "churn"}, {"free_policy": "active"}, {"recognition": "request"})
    },
    "the kinds of churn are the churn": Law(
        (case("churn_by_type", "country"), case("churn_rate", "country")),
        adds_up(case("churn_by_type", "country"), lambda told, name: one(told, case("churn_rate", "country"), name)[0]),
    ),
    "churned customers are the part of the churn rate": pair(
        case("churn_rate", *BY), case("churned_customers", *BY), lambda rate, count: rate[0] == count[0]
    ),
    "the first period of a cohort of active people is the cohort": _column_zero("active"),
    "the first period of a cohort of payers is inside the cohort": _column_zero("paying"),
}
"""Laws of subscriptions and of activity, which small companies can be tried on."""

ACTIVE: Mapping[str, Law] = {
    "on a day or later is never rarer than on it": pair(
        case("n_day_retention", "country", n="7"),
        case("unbounded_retention", "country", n="7"),
        lambda on, later: on[0] <= later[0] and on[1] == later[1],
    ),
    "the new, the current and the resurrected are the active": Law(
        (case("lifecycle_counts", "country"), case("active_users", "country")), _lifecycle
    ),
    "the states of inactivity are everybody": Law(
        (case("inactivity_state", "country"),), to_their_whole(case("inactivity_state", "country"))
    ),
}

BOUGHT: Mapping[str, Law] = {
    "the tiers are all members": Law(
        (case("tier_distribution", "country"),), to_their_whole(case("tier_distribution", "country"))
    ),
    "the segments of RFM are all buyers": Law((case("rfm", "country"),), to_their_whole(case("rfm", "country"))),
    "what arrived and what came back is at most what was sent": pair(
        case("delivery_rate", "country"),
        case("bounce_rate", "country"),
        lambda arrived, back: arrived[0] + back[0] <= arrived[1] == back[1],
    ),
}
LAWS: Mapping[str, Law] = {**SUBSCRIBED, **ACTIVE, **BOUGHT}


def beyond(told: Sums) -> Iterator[str]:
    """Shares of counts whose part does not lie between nothing and the whole."""
    for ((metric, by, variant), segment), (part, whole) in told.items():
        if is_share(metric) and not 0 <= part <= whole + LEAST:
            yield f"{metric} {by} {variant} {segment}: {part} of {whole}"


def is_share(metric: str) -> bool:
    known = catalogue()[metric]
    return known.unit.name == "SHARE" and known.shape.name in ("SHARE", "GRID") and known.parts == "counts"


def apart(told: Sums, whole: Case, parts: Case) -> Iterator[str]:
    """Where the segments of a breakdown do not add up to the whole."""
    sums: dict[tuple[str, ...], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for segment, part, size in segments(told, parts):
        mine = sums[segment[len(parts[1]) :]]
        mine[0], mine[1] = mine[0] + part, mine[1] + size
    for segment in {*sums, *(found for found, _, _ in segments(told, whole))}:
        total = one(told, whole, *segment)
        if not all(same(mine, its) for mine, its in zip(sums[segment], total, strict=True)):
            yield f"{parts} {segment}: segments give {tuple(sums[segment])}, the whole is {total}"
