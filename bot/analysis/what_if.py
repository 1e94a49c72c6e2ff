"""What a change of churn, of new customers or of price would be worth: the same projection, with one rate changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from bot.analysis.projection import PATHS, Change, History, Rates, course
from bot.types import Amount

Lever: TypeAlias = Literal["churn_rate", "retention_rate", "new_customers", "arpa"]
LEVERS: tuple[Lever, ...] = ("churn_rate", "retention_rate", "new_customers", "arpa")
SHARES = ("churn_rate", "retention_rate")
Reading: TypeAlias = Literal["relative", "points", "plain"]


@dataclass(frozen=True)
class Supposed:
    """One reading of what is supposed: the rate as it is and as it would be, and the change that makes it so."""

    reading: Reading
    before: float
    after: float
    change: Change


def readings(
    past: History, known: Rates, lever: Lever, amount: Amount, way: Literal["up", "down"] | None
) -> tuple[list[Supposed], bool]:
    """The readings of an amount, and whether one more had to be left out because no such rate can be.

    A percentage of a share may be of the share itself or points of it: both are given. `way` is where the rate goes;
    without one a step has its own sign, and any other amount is what the rate would be. Of a share a bare number is
    a factor ("half the churn").
    """
    now = base(past, known, lever)
    size = amount.value / 100 if amount.unit in ("percent", "points") else amount.value
    signed = -abs(size) if way == "down" else abs(size) if way == "up" else size
    found: list[tuple[Reading, float]]
    if way is None and not amount.step:
        found = [("plain", now * size if lever in SHARES and amount.unit == "number" else size)]
    elif lever in SHARES:
        both: list[tuple[Reading, float]] = [("relative", now * (1 + signed)), ("points", now + signed)]
        found = both[1:] if amount.unit == "points" else both
        if amount.unit == "number":
            found = [("plain", now * size)]
    else:
        found = [("plain", now * (1 + signed) if amount.unit == "percent" else now + signed)]
    highest = 1.0 if lever in SHARES else float("inf")
    possible = [(name, after) for name, after in found if 0 <= after <= highest]
    return [Supposed(name, now, after, _change(known, lever, now, after)) for name, after in possible], len(
        possible
    ) < len(found)


def base(past: History, known: Rates, lever: Lever) -> float:
    """A rate as it is: a month's churn or retention, new customers a month, what a customer pays a month."""
    customers = past.customers[-1].sum()
    paid = float(past.mrr[-1].sum() / customers) if customers else 0.0
    rates: dict[Lever, float] = {
        "churn_rate": known.churn,
        "retention_rate": 1 - known.churn,
        "new_customers": known.new.mean,
        "arpa": paid,
    }
    return rates[lever]


def _change(known: Rates, lever: Lever, now: float, after: float) -> Change:
    if lever in SHARES:
        churn = after if lever == "churn_rate" else 1 - after
        # Every age leaves in proportion, so that the share of all becomes what is supposed.
        return Change(churn=churn / known.churn if known.churn else 1.0)
    if lever == "new_customers":
        return Change(more=after - now)
    return Change(price=after / now if now else 1.0)


@dataclass(frozen=True)
class Effect:
    """One figure as things are (`base`) and as supposed (`value`); the interval is of their difference."""

    figure: str
    base: float
    value: float
    low: float
    high: float

    @property
    def change(self) -> float:
        return self.value - self.base


def effects(past: History, known: Rates, months: int, change: Change, margin: float | None) -> list[Effect]:
    """Customers and MRR after the months, revenue (and gross margin) over them, and a customer's lifetime value."""
    mean, other = (course(past, known, months, one) for one in (None, change))
    drawn, supposed = (course(past, known, months, one, paths=PATHS) for one in (None, change))

    def told(figure: str, of: Any, factor: float = 1.0) -> Effect:
        apart = (of(supposed) - of(drawn)) * factor
        low, high = np.quantile(apart, (0.025, 0.975))
        return Effect(figure, float(of(mean)[0]) * factor, float(of(other)[0]) * factor, float(low), float(high))

    found = [
        told("customers", lambda one: one.customers[:, -1]),
        told("mrr", lambda one: one.mrr[:, -1]),
        told("revenue", lambda one: one.mrr.sum(axis=1)),
    ]
    if margin is not None:
        found.append(told("margin", lambda one: one.mrr.sum(axis=1), margin))
    worth = _worth(past, known, change, 1.0 if margin is None else margin)
    return [*found, worth] if worth else found


def _worth(past: History, known: Rates, change: Change, margin: float) -> Effect | None:
    """Lifetime value by the simple formula, ARPA x margin / monthly churn; None where nobody would leave."""
    if not known.churn or not change.churn:
        return None
    brings = base(past, known, "arpa") * margin
    now, then = brings / known.churn, brings * change.price / (known.churn * change.churn)
    variance = known.leaving.level
    shape = 1 / max(variance, 1e-12)
    levels = np.random.default_rng(0).gamma(shape, 1 / shape, PATHS) if variance > 1e-12 else np.ones(PATHS)
    low, high = np.quantile((then - now) / levels, (0.025, 0.975))
    return Effect("clv", now, then, float(low), float(high))


def beside(past: History, known: Rates, months: int, change: Change) -> list[dict[str, float]]:
    """Each month's end: customers and MRR as supposed and as things are."""
    one, two = (course(past, known, months, which) for which in (change, None))
    return [
        {
            "customers": float(one.customers[0, month]),
            "customers_base": float(two.customers[0, month]),
            "mrr": float(one.mrr[0, month]),
            "mrr_base": float(two.mrr[0, month]),
        }
        for month in range(months)
    ]
