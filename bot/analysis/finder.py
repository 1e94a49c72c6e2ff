"""Which definition gives a stated figure: the declared variants, vendors' bundles, kindred figures and other days.

The simplest come first: one rule changed, or a vendor's whole bundle, over the days that were asked about. Only where
none of those gives the figure, other usual days are tried, and last two rules at once. How many were tried belongs to
the answer, for the more that are tried the likelier one fits by chance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

from bot.analysis.definitions import PLAIN, Counted, Definition, Variant, counted, trimmed, usual
from bot.analysis.measure import Analyst
from bot.analysis.windows import months_later, previous
from bot.metrics import catalogue
from bot.metrics.terms import Policy
from bot.metrics.vendors import UNTIL_CANCELLED, VENDORS
from bot.types import Amount, Definitions, Grain, Metric, Query, Unit, Window

ASKED_FOR = frozenset({"n", "brackets", "compared", "goal", "order_number", "did", "day", "cap", "months", "times"})
"""Variants that ask for another thing rather than define the same one otherwise: they stay as asked."""
OTHER_DAYS = {"grace_days": ("7", "14", "60", "90", UNTIL_CANCELLED)}
"""Values that tools commonly have where a metric declares one number of days for all."""
RATHER = {"grace_days": (UNTIL_CANCELLED,), "split": (), "basis": (), "method": ("stripe_like", "events")}
"""What of a rule is tried together with another rule; the rules that are not named: all of it."""
POLICIES = frozenset(Policy.__dataclass_fields__)
"""The rules on who is a customer when; each costs a population of its own."""
TELLS = {"money": (Unit.MONEY,), "points": (Unit.POINTS, Unit.SHARE)}
"""What the unit of a stated figure can be told of; a bare number can be anything."""
KINDRED: dict[str, tuple[str, ...]] = {
    "churn_rate": ("gross_revenue_churn", "net_revenue_churn"),
    "gross_revenue_churn": ("churn_rate", "net_revenue_churn"),
    "net_revenue_churn": ("gross_revenue_churn", "churn_rate"),
    "retention_rate": ("grr", "nrr"),
    "nrr": ("grr", "retention_rate"),
    "grr": ("nrr", "retention_rate"),
    "n_day_retention": ("unbounded_retention",),
    "unbounded_retention": ("n_day_retention",),
    "repeat_purchase_rate": ("returning_customer_rate", "second_purchase_rate"),
    "win_back_rate": ("reactivation_rate",),
    "reactivation_rate": ("win_back_rate",),
    "mrr": ("arr",),
    "arr": ("mrr",),
}
"""Metric → figures that go by the same word elsewhere."""
COUNTS: dict[str, tuple[tuple[str, Variant], ...]] = {
    "churned_customers": (
        ("churn_rate", (("method", "events"),)),
        ("churn_rate", (("include_early", "true"),)),
    ),
}
"""A count → the shares whose part is that count under a rule which the count itself does not have."""


@dataclass(frozen=True, slots=True)
class Search:
    """What was tried for one stated figure: those that give it, the simplest first, and the nearest of all."""

    amount: Amount
    tried: tuple[Counted, ...]
    fits: tuple[Counted, ...]
    nearest: Counted | None


def fits(amount: Amount, one: Counted) -> bool:
    """Whether the figure, rounded as the amount was, is the amount: 4.4 % is [4.35 %, 4.45 %)."""
    bounds = bounds_of(amount, one)
    return bounds is not None and one.exact is not None and bounds[0] <= one.exact < bounds[1]


def bounds_of(amount: Amount, one: Counted) -> tuple[Fraction, Fraction] | None:
    """The half-open range of figures that are told as this amount; None where it counts something else."""
    unit = Unit.COUNT if one.definition.take == "part" else catalogue()[one.definition.metric].unit
    scale = 1
    if amount.unit == "percent":
        if unit not in (Unit.SHARE, Unit.RATIO):
            return None
        scale = 100
    elif unit not in TELLS.get(amount.unit, tuple(Unit)):
        return None
    elif unit is Unit.SHARE and amount.value > 1:  # "churn of 4.4": a share is told in percent
        scale = 100
    middle, half = Fraction(Decimal(str(amount.value))), Fraction(Decimal(str(amount.to))) / 2
    return (middle - half) / scale, (middle + half) / scale


def search(
    analyst: Analyst, asked: Query, ours: Definition, amount: Amount, named: Definition | None = None, *, dated: bool
) -> Search:
    """Looks for the definitions of our figure that give the amount.

    `named` is the definition of the tool that the figure is said to come from; `dated` is True where the question
    names its days.
    """
    tried: dict[Definition, Counted] = {}
    for stage in stages(analyst, ours, named, dated=dated):
        new = [one for one in stage if one not in tried]
        tried.update((one.definition, one) for one in counted(analyst, asked, tuple(new)))
        found = tuple(one for one in tried.values() if fits(amount, one))
        if found:
            return Search(amount, tuple(tried.values()), found, found[0])
    return Search(amount, tuple(tried.values()), (), _nearest(amount, tuple(tried.values())))


def _nearest(amount: Amount, tried: Sequence[Counted]) -> Counted | None:
    def distance(one: Counted) -> Fraction:
        bounds = bounds_of(amount, one)
        assert bounds is not None
        assert one.exact is not None
        return abs((bounds[0] + bounds[1]) / 2 - one.exact)

    possible = [one for one in tried if one.exact is not None and bounds_of(amount, one) is not None]
    return min(possible, key=distance, default=None)


def stages(
    analyst: Analyst, ours: Definition, named: Definition | None = None, *, dated: bool
) -> Iterator[list[Definition]]:
    """What is tried, stage by stage, each only where those before gave nothing."""
    metric, definitions = catalogue()[ours.metric], analyst.company.definitions
    given = [] if named is None else [named]
    yield list(dict.fromkeys([ours, *given, *others(ours, definitions), *_kindred(ours)]))
    alike = [one for _, one in bundles(ours, definitions) if not _policies(one) - _policies(ours)]
    days = other_days(analyst, ours.window, metric, dated=dated)
    yield [replace(one, window=window) for window in days for one in dict.fromkeys([ours, *(given or alike)])]
    yield _pairs(ours, metric, definitions)


def others(ours: Definition, definitions: Definitions) -> list[Definition]:
    """Every definition one rule away, and every vendor's."""
    metric = catalogue()[ours.metric]
    singles = [one for _, one in _singles(ours, metric, definitions)]
    return list(dict.fromkeys([*(one for _, one in bundles(ours, definitions)), *singles, *_counts(ours)]))


def bundles(ours: Definition, definitions: Definitions) -> list[tuple[str, Definition]]:
    """(vendor, the definition as the vendor counts) for each vendor whose way is known; what was asked for stays."""
    metric = catalogue()[ours.metric]
    kept = {name: value for name, value in ours.variant if name in ASKED_FOR or name == "split"}
    return [
        (vendor, replace(ours, variant=trimmed(metric, tuple({**known[ours.metric], **kept}.items()), definitions)))
        for vendor, known in VENDORS.items()
        if ours.metric in known
    ]


def vendors_of(one: Definition, definitions: Definitions) -> list[str]:
    """Who counts just so."""
    return [
        vendor for vendor, bundle in bundles(one, definitions) if bundle.variant == one.variant and one.take == "value"
    ]


def _singles(ours: Definition, metric: Metric, definitions: Definitions) -> list[tuple[str, Definition]]:
    """(rule, ours with this rule changed), over all values that the metric declares and that tools commonly have."""
    used = {**usual(metric, definitions), **dict(ours.variant)}
    found = []
    for name, declared in metric.variants.items():
        if name in ASKED_FOR:
            continue
        for value in (*declared, *OTHER_DAYS.get(name, ())):
            if value not in (used[name], "*"):
                changed = trimmed(metric, tuple({**used, name: value}.items()), definitions)
                found.append((name, replace(ours, variant=changed)))
    return found


def _pairs(ours: Definition, metric: Metric, definitions: Definitions) -> list[Definition]:
    """Ours with two rules changed at once: not with two on who is a customer, which go together at vendors only."""
    singles = []
    for name, one in _singles(ours, metric, definitions):
        value = {**usual(metric, definitions), **dict(one.variant)}[name]
        if value in RATHER.get(name, (value,)):
            singles.append((name, value))
    return [
        replace(ours, variant=trimmed(metric, tuple({**dict(ours.variant), **dict(two)}.items()), definitions))
        for two in combinations(singles, 2)
        if two[0][0] != two[1][0] and not {two[0][0], two[1][0]} <= POLICIES
    ]


def _policies(one: Definition) -> set[str]:
    return {name for name, _ in one.variant} & POLICIES


def _kindred(ours: Definition) -> list[Definition]:
    """The figures that go by the same word elsewhere, with those of our rules that they have."""
    known = catalogue()
    found = []
    for name in KINDRED.get(ours.metric, ()):
        if name in known and known[name].shape in PLAIN:
            rules = tuple(pair for pair in ours.variant if pair[0] in known[name].variants)
            found.append(replace(ours, metric=name, variant=rules))
    return found


def _counts(ours: Definition) -> list[Definition]:
    return [
        replace(ours, metric=name, variant=tuple(sorted({**dict(ours.variant), **dict(rules)}.items())), take="part")
        for name, rules in COUNTS.get(ours.metric, ())
    ]


def other_days(analyst: Analyst, window: Window, metric: Metric, *, dated: bool) -> list[Window]:
    """Windows that another report may mean: trailing days, the period before, the month, quarter and year around.

    Where the question names no days, also what tools show when one opens them: the last 30 days, the month to date.
    """
    plain = replace(window, grain=Grain.RANGE, name="range", complete=True)
    last = window.end.replace(day=1)
    year = (window.end - timedelta(days=1)).replace(month=1, day=1)
    found = [previous(window), replace(plain, start=window.end - timedelta(days=30)), replace(plain, start=year)]
    found += [replace(plain, start=months_later(last, -months), end=last) for months in (1, 3, 12)]
    if not dated:
        today = analyst.as_of
        starts = (today - timedelta(days=30), today.replace(day=1), today - timedelta(days=1))
        found += [replace(plain, start=start, end=today) for start in starts]
    first, seen, kept = analyst.first_day(metric), {(window.start, window.end)}, []
    for one in found:
        if first <= one.start < one.end <= analyst.as_of and (one.start, one.end) not in seen:
            seen.add((one.start, one.end))
            kept.append(one)
    return kept
