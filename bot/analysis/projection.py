"""Customers and MRR carried forward month by month, with the interval that their own past allows. Pure arithmetic.

Each month of age loses its own share of customers, new ones join at age nought, and what those who stay pay grows:

    customers(age + 1) = customers(age) x (1 - hazard(age));    customers(0) = new customers
    mrr(age + 1) = mrr(age) x (1 - hazard(age)) x growth;       mrr(0) = new customers x what a new one pays

The middle is this with every rate at its mean. The interval comes from carrying it forward many times, always with
the same seed, with rates drawn: how far a month lies from its mean, and how little is known of the mean itself.

Sources: the life tables of actuaries for the hazard, as in Kaplan and Meier (1958); a month's count is drawn by the
Poisson-gamma mixture (Greenwood and Yule 1920), whose variance is that of chance and what is seen beyond it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

Array: TypeAlias = Any
"""A vector or matrix of floats; NumPy's own types say no more."""

PATHS = 1000
RECENT = 12
"""Months whose rates are taken to go on: a whole year, so that every season is in them once."""
FEWEST_MONTHS = 6
FEWEST_CUSTOMERS = 20
HELD_OUT = 6
WEIGHT = 20.0
"""A hazard of an age few have reached is drawn to that of all ages, as if so many more had been seen at it."""
SURE = {"low": 0.025, "high": 0.975, "low_80": 0.1, "high_80": 0.9}
"""Where the 95 % and the 80 % interval of the paths begin and end."""


@dataclass(frozen=True)
class History:
    """What happened: rows are months, columns ages in months. Counts and amounts as `metrics.panel` defines them.

    `customers` and `mrr` have one row more than the others: the state that the projection starts from.
    """

    months: tuple[date, ...]
    """The first days of the months that are over, and of the one after them."""
    customers: Array
    mrr: Array
    stayed: Array
    kept: Array
    churned: Array
    came: Array
    came_mrr: Array

    @classmethod
    def of(cls, frame: pd.DataFrame, months: tuple[date, ...]) -> History:
        """From the rows of a panel, whose `first` is the number of the month."""
        ages = int(frame["age"].max()) + 1 if len(frame) else 1
        size = len(months)

        def table(column: str) -> Array:
            found = np.zeros((size, ages))
            np.add.at(found, (frame["first"].to_numpy(int), frame["age"].to_numpy(int)), frame[column].to_numpy(float))
            return found

        past = slice(0, size - 1)
        return cls(
            months,
            table("customers"),
            table("mrr"),
            *(table(name)[past] for name in ("stayed", "kept", "churned")),
            *(table(name)[past].sum(axis=1) for name in ("came", "came_mrr")),
        )

    def until(self, month: int) -> History:
        """What was known when only so many months were over."""
        past, state = slice(0, month), slice(0, month + 1)
        return History(
            self.months[state],
            self.customers[state],
            self.mrr[state],
            *(getattr(self, name)[past] for name in ("stayed", "kept", "churned", "came", "came_mrr")),
        )

    @property
    def over(self) -> int:
        """How many months are over."""
        return len(self.months) - 1


@dataclass(frozen=True)
class Rate:
    """A rate of a month: its mean, and relative variances: of a month about the mean, and of the mean itself."""

    mean: float
    month: float
    level: float


@dataclass(frozen=True)
class Rates:
    """All that a projection goes on with. `leaving` is how recent months left against the hazards, near 1."""

    hazard: Array
    leaving: Rate
    lost: float
    """Of those who stop paying, the share that is lost; the others paused."""
    new: Rate
    brings: Rate
    growth: Rate
    churn: float
    """The share of customers lost a month, over the recent months."""
    months: int


@dataclass(frozen=True)
class Change:
    """What is supposed to be different: factors, and new customers a month beside those who come anyway."""

    churn: float = 1.0
    new: float = 1.0
    more: float = 0.0
    price: float = 1.0


@dataclass(frozen=True)
class Course:
    """Months ahead: customers and MRR at the end of each, and customers lost in each; one row a path."""

    customers: Array
    mrr: Array
    lost: Array
    began: Array
    """Customers at the start of each month."""


def rates(past: History, recent: int = RECENT) -> Rates:
    """The rates of the recent months; hazards are of all months, brought to the level of the recent ones."""
    recent = min(recent, past.over)
    late = slice(past.over - recent, past.over)
    at, stops = past.customers[:-1], past.customers[:-1] - past.stayed
    seen, stopped = at.sum(axis=0), stops.sum(axis=0)
    everywhere = stopped.sum() / seen.sum() if seen.sum() else 0.0
    hazard = (stopped + WEIGHT * everywhere) / (seen + WEIGHT)
    expected = (at[late] * hazard).sum(axis=1)
    found = stops[late].sum(axis=1)
    leaving = _rate(found, expected, chance=True)
    each = np.divide(past.mrr[:-1], at, out=np.zeros_like(at), where=at > 0)
    carried = (each * past.stayed)[late].sum(axis=1)
    months = np.ones(recent)
    all_stops, began = stops[late].sum(), at[late].sum()
    churned = past.churned[late].sum()
    return Rates(
        hazard,
        leaving,
        churned / all_stops if all_stops else 1.0,
        _rate(past.came[late], months),
        _rate(past.came_mrr[late], past.came[late]),
        _rate(past.kept[late].sum(axis=1), carried),
        churned / began if began else 0.0,
        recent,
    )


def _rate(part: Array, whole: Array, *, chance: bool = False) -> Rate:
    """part / whole over the months. Where `chance`, the part is a count, and its chance about the mean is left out.

    Half against half tells whether the level itself moved: then less is known of it than its mean error says.
    """
    if whole.sum() <= 0 or part.sum() <= 0:
        return Rate(float(part.sum() / whole.sum()) if whole.sum() > 0 else 0.0, 0.0, 0.0)
    mean = float(part.sum() / whole.sum())
    seen = whole > 0
    ratio, weight = part[seen] / whole[seen] / mean, whole[seen] / whole[seen].sum()
    months = len(ratio)
    spread = float(np.sum(weight * (ratio - 1) ** 2)) * months / max(months - 1, 1)
    half = months // 2
    earlier, later = (
        float(part[seen][one].sum() / whole[seen][one].sum()) / mean if half else 1.0
        for one in (slice(0, half), slice(half, None))
    )
    apart = ((later - earlier) / 2) ** 2
    level = max(spread / months, apart)
    if chance:
        spread = max(0.0, spread - float(np.mean(1 / np.maximum(mean * whole[seen], 1e-9))))
    return Rate(mean, spread, level)


def course(past: History, known: Rates, months: int, change: Change | None = None, *, paths: int = 0) -> Course:
    """The months ahead. Without `paths`, one path with every rate at its mean; else so many with rates drawn.

    The same draws serve every change, so that what two courses differ by is the change alone.
    """
    drawn = _drawn(past, known, months, paths) if paths else _mean(months)
    return _carried(past, known, months, change or Change(), drawn)


@dataclass(frozen=True)
class _Draws:
    """Factors on the rates: of each path, and of each month of it."""

    leaving: Array
    new: Array
    brings: Array
    growth: Array


def _mean(months: int) -> _Draws:
    one = np.ones((1, months))
    return _Draws(one, one, one, one)


def _drawn(past: History, known: Rates, months: int, paths: int) -> _Draws:
    chance = np.random.default_rng(0)
    base = _carried(past, known, months, Change(), _mean(months))
    stops = np.maximum(base.lost[0] / max(known.lost, 1e-9), 1e-9)

    def factor(rate: Rate, more: Array | float = 0.0) -> Array:
        level = _gamma(chance, np.full((paths, 1), rate.level))
        return level * _gamma(chance, np.broadcast_to(rate.month + more, (paths, months)))

    return _Draws(factor(known.leaving, 1 / stops), factor(known.new), factor(known.brings), factor(known.growth))


def _gamma(chance: np.random.Generator, variance: Array) -> Array:
    """Draws with the mean 1 and this variance; 1 where it is none."""
    shape = 1 / np.maximum(variance, 1e-12)
    return np.where(variance > 1e-12, chance.gamma(shape, 1 / shape), 1.0)


def _carried(past: History, known: Rates, months: int, change: Change, drawn: _Draws) -> Course:
    paths, ages = len(drawn.leaving), past.customers.shape[1]
    reached = np.zeros((paths, ages + months))
    paid = np.zeros_like(reached)
    reached[:, :ages], paid[:, :ages] = past.customers[-1], past.mrr[-1]
    hazard = np.concatenate([known.hazard, np.full(months, beyond(known.hazard, past))])
    told: dict[str, list[Array]] = {"customers": [], "mrr": [], "lost": [], "began": []}
    for month in range(months):
        leaving = drawn.leaving[:, month, None] * known.leaving.mean * change.churn
        stop = np.clip(hazard * leaving, 0.0, 1.0)
        new = drawn.new[:, month] * known.new.mean * change.new + change.more
        told["began"].append(reached.sum(axis=1))
        told["lost"].append((reached * stop).sum(axis=1) * known.lost)
        growth = drawn.growth[:, month, None] * known.growth.mean
        reached = _older(reached * (1 - stop), new)
        paid = _older(paid * (1 - stop) * growth, new * drawn.brings[:, month] * known.brings.mean)
        told["customers"].append(reached.sum(axis=1))
        told["mrr"].append(paid.sum(axis=1) * change.price)
    return Course(**{name: np.stack(found, axis=1) for name, found in told.items()})


def _older(those: Array, new: Array) -> Array:
    """Everybody a month older, the oldest together, and new ones at age nought."""
    moved = np.roll(those, 1, axis=1)
    moved[:, -1] += moved[:, 0]
    moved[:, 0] = new
    return moved


def beyond(hazard: Array, past: History) -> float:
    """The hazard of ages that nobody has reached: that of the oldest year that was seen."""
    seen = past.customers[:-1].sum(axis=0)[-RECENT:]
    return float((hazard[-RECENT:] * seen).sum() / seen.sum()) if seen.sum() else float(hazard[-1])


LEVELS = ("customers", "mrr", "arr")
"""Figures of a month's end; those of its course are added up, or averaged over its customers."""
YEAR = 12


def monthly(one: Course, figure: str) -> Array:
    """A figure of each month, one row a path: a level at its end, what was lost in it, or the share that was."""
    if figure == "churn_rate":
        return np.divide(one.lost, one.began, out=np.zeros_like(one.lost), where=one.began > 0)
    if figure == "arr":
        return one.mrr * YEAR
    return {"customers": one.customers, "mrr": one.mrr, "revenue": one.mrr, "churned_customers": one.lost}[figure]


def overall(one: Course, figure: str, first: int) -> Array:
    """A figure of the months from `first` on as one, one a path: the last level, the sum, or the mean monthly share."""
    if figure in LEVELS:
        return monthly(one, figure)[:, -1]
    if figure == "churn_rate":
        began = one.began[:, first:].sum(axis=1)
        return np.divide(one.lost[:, first:].sum(axis=1), began, out=np.zeros_like(began), where=began > 0)
    return monthly(one, figure)[:, first:].sum(axis=1)


def came(past: History) -> Course:
    """The course that the months that are over took: one path."""
    began = past.customers[:-1].sum(axis=1)
    months = (past.customers[1:].sum(axis=1), past.mrr[1:].sum(axis=1), past.churned.sum(axis=1), began)
    return Course(*(one[None, :] for one in months))


def bounds(drawn: Array) -> dict[str, float]:
    """The 95 % and the 80 % interval of a figure, from its paths."""
    return {name: float(np.quantile(drawn, share)) for name, share in SURE.items()}


@dataclass(frozen=True)
class BackTest:
    """What would have been told before the held-out months, beside what came: one row a month, and all as one.

    Rows: period, value (as it would have been told), interval, actual, inside.
    """

    rows: tuple[dict[str, Any], ...]
    told: float
    actual: float

    @property
    def inside(self) -> int:
        return sum(row["inside"] for row in self.rows)


def back_test(past: History, figure: str, held_out: int = HELD_OUT) -> BackTest | None:
    """Forget the last months, project them, and compare; None where too little is left to project from."""
    before = past.over - held_out
    if before < FEWEST_MONTHS or past.customers[before].sum() < FEWEST_CUSTOMERS:
        return None
    then = past.until(before)
    known = rates(then)
    mean, drawn = course(then, known, held_out), monthly(course(then, known, held_out, paths=PATHS), figure)
    told, actual = monthly(mean, figure)[0], monthly(came(past), figure)[0][before:]
    rows = []
    for month in range(held_out):
        sure = bounds(drawn[:, month])
        rows.append({
            "period": past.months[before + month].isoformat(), "value": float(told[month]),
            "interval": [sure["low"], sure["high"]], "actual": float(actual[month]),
            "inside": bool(sure["low"] <= actual[month] <= sure["high"]),
        })  # fmt: skip
    whole = overall(came(past), figure, before)
    return BackTest(tuple(rows), float(overall(mean, figure, 0)[0]), float(whole[0]))
