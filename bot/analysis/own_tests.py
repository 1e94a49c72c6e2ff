"""What our own finished tests say of the effect of a message, beside what is assumed where there are none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.analysis.experiment import all_days, assigned, by_campaign, is_over, pooled
from bot.analysis.frozen import Frozen, with_arms
from bot.analysis.measure import Analyst, measure
from bot.errors import ForPerson
from bot.types import Evidence, Intent, Query, filters

HORIZON = "90"


@dataclass(frozen=True)
class Effect:
    """The difference that a message makes to the share of accounts with an outcome, with its 95 % interval."""

    value: float
    low: float
    high: float
    campaigns: tuple[str, ...] = ()
    """The tests it comes from; none: it is assumed."""


@dataclass(frozen=True)
class Own:
    """A campaign approved here, with its people, and the objective of its message."""

    frozen: Frozen
    objective: str
    read_on: date


def moderated(assumed: Effect, tests: Sequence[Mapping[str, Any]]) -> Effect:
    """What tests found, drawn to what was assumed by as much as they leave open; the assumption where there are none.

    The assumption counts as one more test, its interval as that of a normal one. Each row of the tests has campaign,
    value and interval; a small test has a wide interval and so moves little.
    Source: Gelman et al. 2013, "Bayesian Data Analysis", 2.5: the normal mean with a normal prior.
    """
    if not tests:
        return assumed
    found = pooled([{"value": assumed.value, "interval": (assumed.low, assumed.high)}, *tests])
    low, high = found["interval"]
    return Effect(found["value"], low, high, tuple(dict.fromkeys(str(one["campaign"]) for one in tests)))


def finished(
    analyst: Analyst, outcome: str, campaigns: Sequence[str], own: Sequence[Own]
) -> tuple[list[Mapping[str, Any]], list[Evidence]]:
    """The differences of those of these tests that are over and were drawn fairly, as rows of `uplift`, and what
    measured them: campaigns of the data, and those approved here (`own`) by the arms that the approval froze."""
    rows, evidence = _of(analyst, outcome, campaigns) if campaigns else ([], [])
    for one in own:
        if analyst.as_of >= one.read_on:
            more, measured = _of(with_arms(analyst, one.frozen), outcome, (one.frozen.campaign,))
            rows, evidence = [*rows, *more], [*evidence, *measured]
    return rows, evidence


def _of(analyst: Analyst, outcome: str, campaigns: Sequence[str]) -> tuple[list[Mapping[str, Any]], list[Evidence]]:
    query = Query(
        Intent.VALUE, "uplift", all_days(analyst), variant=(("horizon_days", HORIZON), ("outcome", outcome)),
        filters=filters({"campaign": list(campaigns)}),
    )  # fmt: skip
    try:
        evidence = measure(analyst, query, role="companion")
        arms = by_campaign(assigned(analyst, analyst.settled(query), "").rows)
    except ForPerson:
        return [], []
    over = {name for name, (held, treated) in arms.items() if held and is_over([*held, *treated])}
    rows = [row for row in evidence.rows if row["campaign"] in over and _is_sized(row)]
    return rows, [evidence] if rows else []


def _is_sized(row: Mapping[str, Any]) -> bool:
    """Whether both arms were large enough, and not all alike, for an interval."""
    low, high = row.get("interval") or (0.0, 0.0)
    return bool(low < high)
