"""A model of risk that is learned: a weighted sum of features, written out so that any engine computes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeAlias, cast

import ibis
import ibis.expr.types as ir

from bot.metrics.risk_features import Named

FARTHEST = 3.0
"""Standard deviations from the mean beyond which a value says no more."""
Told: TypeAlias = Literal["up", "down", "turns", "unclear"]
Way: TypeAlias = Literal["later", "folds"]
Reason: TypeAlias = Literal["enough", "few_lost", "not_judged", "worse"]


@dataclass(frozen=True)
class Feature:
    """What one feature adds to the score of an account, against the mean customer of the days it was learned on.

    A number adds `weight` for each standard deviation (`spread`) above the mean, or `missing` where it is not known;
    of words each level adds its own. `told`: "up" or "down" where more of it goes with more or less risk, both by
    itself and among customers alike in everything else, and beyond chance; "turns" where the two say opposite things.
    """

    column: str
    name: str
    mean: float = 0.0
    spread: float = 1.0
    weight: float = 0.0
    known: float = 0.0
    missing: float = 0.0
    levels: tuple[tuple[str, float], ...] = ()
    told: Told = "unclear"
    told_levels: tuple[str, ...] = ()
    """Levels that may be named as going with more risk."""

    @property
    def sayable(self) -> bool:
        """Whether it may be named as going with the risk of somebody."""
        return bool(self.told_levels) or self.told in ("up", "down")

    def adds(self, frame: ir.Table) -> ir.Value:
        """What it adds to the score of each row."""
        value = cast(Any, frame[self.column])
        if self.levels:
            cases = [(value == level, ibis.literal(weight)) for level, weight in self.levels]
            return ibis.cases(*cases, else_=ibis.literal(self.missing))
        distance = (value.cast("float64") - self.mean) * self.spread**-1
        held = ibis.greatest(ibis.least(distance, FARTHEST), -FARTHEST)
        return cast(ir.Value, value.isnull().ifelse(self.missing, held * self.weight + self.known))


@dataclass(frozen=True)
class Model:
    """A logistic regression: the risk is 1 / (1 + exp(-(intercept + what the features add)))."""

    horizon: int
    intercept: float
    features: tuple[Feature, ...]
    named: Named
    taught: int
    """Customers times days that it was learned from."""
    base: float
    """The share of them that was lost."""

    def risk(self, frame: ir.Table) -> ir.Value:
        """The probability of each row of `risk_features.known`."""
        score: Any = ibis.literal(self.intercept)
        for feature in self.features:
            score = score + feature.adds(frame)
        return cast(ir.Value, ibis.literal(1.0) * ((score * -1.0).exp() + 1.0) ** -1)


@dataclass(frozen=True)
class Fifth:
    """A fifth of the customers by their score: how many were lost, and how many were to be expected."""

    customers: int
    lost: int
    expected: float
    low: float
    high: float
    """Of the share lost, 95 %."""

    @property
    def fits(self) -> bool:
        """Whether what was expected lies in the interval of what was seen."""
        return self.low <= self.expected / self.customers <= self.high


@dataclass(frozen=True)
class Judged:
    """How well a score told who was lost, on outcomes that it was not learned from."""

    way: Way
    """A later period, or five parts of one picture each told by the other four."""
    day: date
    until: date
    customers: int
    lost: int
    expected: float
    auc: float
    auc_interval: tuple[float, float]
    top: int
    """Customers of the tenth with the highest scores."""
    top_lost: int
    top_interval: tuple[float, float]
    fifths: tuple[Fifth, ...]
    rule_auc: float | None = None
    """Of the plain score on the same customers."""

    @property
    def base(self) -> float:
        return self.lost / self.customers

    @property
    def precision(self) -> float:
        """The share of the highest tenth that was lost."""
        return self.top_lost / self.top

    @property
    def lift(self) -> float:
        """How many times the base rate that is."""
        return self.precision / self.base

    @property
    def held(self) -> float:
        """The share of all that were lost which the highest tenth holds."""
        return self.top_lost / self.lost

    @property
    def fits(self) -> int:
        """The fifths whose expected loss lies within the interval of the loss seen."""
        return sum(one.fits for one in self.fifths)


@dataclass(frozen=True)
class Refused:
    """A column that no score may be learned from, and why."""

    name: str
    reason: Literal["barred", "outcome_name", "only_leavers", "separates", "later"]
    figure: float | None = None


@dataclass(frozen=True)
class Driver:
    """One feature of the model: odds for a standard deviation more (or a level), with all else equal and by itself."""

    name: str
    level: str | None
    odds: float
    interval: tuple[float, float]
    alone: float
    told: Told


@dataclass(frozen=True)
class Card:
    """What anybody who uses a score should know of it."""

    used: Literal["model", "rule"]
    reason: Reason
    horizon: int
    lost: int
    """Customers whose loss it could be learned from."""
    needed: int
    rows: int
    """Customers times days, over the days it was learned on."""
    days: int
    learned_from: date | None = None
    learned_until: date | None = None
    renewed_on: date | None = None
    """The day from which a newer one is learned."""
    drift: float | None = None
    """How far today's scores lie from those it was learned on: population stability index."""
    judged: Judged | None = None
    refused: tuple[Refused, ...] = ()
    drivers: tuple[Driver, ...] = ()


@dataclass(frozen=True)
class Learned:
    """A card, and the model it is of where one could be fitted."""

    card: Card
    model: Model | None = None

    @property
    def scoring(self) -> Model | None:
        """The model, where it is what scores."""
        return self.model if self.card.used == "model" else None


Learner: TypeAlias = Callable[[int, date], Learned | None]
"""(horizon in days, day of the score) → what was learned from outcomes known by then."""
