"""Buyers without a contract: what BG/NBD and Gamma-Gamma expect of each, and how well that did before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from bot.metrics import value_models
from bot.metrics.commerce import purchases
from bot.metrics.dimensions import with_dimensions
from bot.metrics.expressions import flag, ratio
from bot.metrics.kaplan_meier import Z
from bot.metrics.tables import Tables
from bot.metrics.value_models import Array, Fit
from bot.types import Window

WEEK_DAYS = 7
MONTH_WEEKS = 365.25 / 84
HELD_WEEKS = 26
"""What the back-test forgets and then expects: half a year."""
FEWEST_CUSTOMERS = 200
FEWEST_MONTHS = 6
HIGHEST = 0.99
"""Order values above this quantile count as the value at it: one huge order tells little of the next."""
DECILE = 0.1
STEP = 1e-3


def buyers(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """One row per buyer before the window's end: account_id, the dimensions, and its orders in three numbers.

    frequency (orders after the first), recency and age (weeks from the first order to the last, and to the end),
    worth (mean of the repeat orders). The same as they were 26 weeks before the end, named early_...; and what came
    in those weeks: held (orders), held_value. Early columns are null for who had not bought by then.
    """
    orders = purchases(t)
    orders = orders.filter(orders.occurred_at < window.last)
    first = orders.group_by(buyer="account_id").agg(began=orders.bought.min(), ended=orders.bought.max())
    joined = orders.inner_join(first, orders.account_id == first.buyer)
    cut = window.end - timedelta(days=HELD_WEEKS * WEEK_DAYS)
    again, early = joined.bought > joined.began, joined.bought < ibis.literal(cut)

    def weeks(last: ir.Value) -> ir.Value:
        return ratio(last.delta(joined.began.min(), unit="day"), WEEK_DAYS)

    people = joined.group_by("account_id").agg(
        frequency=joined.count() - 1,
        recency=weeks(joined.ended.max()),
        age=ratio(ibis.literal(window.end).delta(joined.began.min(), unit="day") - 1, WEEK_DAYS),
        worth=joined.net_amount.mean(where=again),
        early_frequency=flag(early).sum() - 1,
        early_recency=weeks(joined.bought.max(where=early)),
        early_age=ratio(ibis.literal(cut).delta(joined.began.min(), unit="day") - 1, WEEK_DAYS),
        early_worth=joined.net_amount.mean(where=again & early),
        held=flag(~early).sum(),
        held_value=joined.net_amount.sum(where=~early).fill_null(0.0),
    )
    return t.narrow(with_dimensions(t, people, t.dimensions(by), window)).select("account_id", *by, *COLUMNS)


COLUMNS = (
    "frequency", "recency", "age", "worth", "early_frequency", "early_recency", "early_age", "early_worth", "held",
    "held_value",
)  # fmt: skip


def enough(frame: pd.DataFrame) -> bool:
    """Whether there are the customers and the months that a model needs."""
    return len(frame) >= FEWEST_CUSTOMERS and float(frame["age"].max()) >= FEWEST_MONTHS * MONTH_WEEKS


@dataclass(frozen=True)
class Model:
    """How often buyers buy and when they stop (`buying`), and what an order of theirs is worth (`spending`)."""

    buying: Fit
    spending: Fit

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Model:
        """Fitted to the columns frequency, recency, age and worth."""
        alike = frame.groupby(["frequency", "recency", "age"]).size().reset_index(name="many")
        repeated = frame[(frame["frequency"] > 0) & (frame["worth"] > 0)]
        worth = np.minimum(repeated["worth"], repeated["worth"].quantile(HIGHEST))
        return cls(
            value_models.bgnbd(alike["frequency"], alike["recency"], alike["age"], alike["many"]),
            value_models.gamma_gamma(repeated["frequency"], worth),
        )

    def orders(self, frame: pd.DataFrame, weeks: float, parameters: tuple[float, ...] | None = None) -> Array:
        """Orders of each buyer expected in the coming weeks."""
        x, recency, age = frame["frequency"], frame["recency"], frame["age"]
        return value_models.expected_purchases(weeks, x, recency, age, *(parameters or self.buying.parameters))

    def worth(self, frame: pd.DataFrame, parameters: tuple[float, ...] | None = None) -> Array:
        """What an order of each buyer is expected to be worth."""
        own = frame["worth"].fillna(0.0)
        return value_models.expected_worth(frame["frequency"], own, *(parameters or self.spending.parameters))

    def alive(self, frame: pd.DataFrame) -> Array:
        """The probability that each buyer has not stopped for good."""
        return value_models.still_buying(frame["frequency"], frame["recency"], frame["age"], *self.buying.parameters)

    def sure(self, told: Callable[[tuple[float, ...], tuple[float, ...]], float]) -> tuple[float, float]:
        """The 95 % interval of a positive figure of both sets of parameters: what is not known of these.

        By the delta method on the logarithms; what chance will do to each buyer is not in it.
        """
        middle, variance = told(self.buying.parameters, self.spending.parameters), 0.0
        for place, fit in enumerate((self.buying, self.spending)):
            slopes = []
            for one in range(len(fit.parameters)):
                moved = [list(self.buying.parameters), list(self.spending.parameters)]
                moved[place][one] *= np.exp(STEP)
                slopes.append((np.log(told(tuple(moved[0]), tuple(moved[1]))) - np.log(middle)) / STEP)
            variance += float(np.array(slopes) @ fit.covariance @ np.array(slopes))
        spread = float(np.exp(Z * np.sqrt(max(variance, 0.0))))
        return middle / spread, middle * spread


@dataclass(frozen=True)
class Tested:
    """Half a year told from before it, for those who had bought by then: orders and value per buyer, and what came.

    `error` is the mean absolute error of a buyer's orders; `lift` what the tenth told to be worth most brought in,
    over what all brought on average.
    """

    n: int
    orders: float
    came: float
    value: float
    value_came: float
    error: float
    lift: float | None


def back_test(frame: pd.DataFrame) -> Tested | None:
    """The held-out half year; None where too little lies before it."""
    then = frame[frame["early_frequency"].fillna(-1) >= 0]
    early = pd.DataFrame({
        name: then[f"early_{name}"].astype(float) for name in ("frequency", "recency", "age", "worth")
    })  # fmt: skip
    if not enough(early) or (early["frequency"] > 0).sum() < FEWEST_CUSTOMERS * DECILE:
        return None
    model = Model.of(early)
    orders = np.asarray(model.orders(early, float(HELD_WEEKS)), float)
    value = orders * np.asarray(model.worth(early), float)
    came, brought = then["held"].to_numpy(float), then["held_value"].to_numpy(float)
    best = np.argsort(-value, kind="stable")[: max(1, round(len(value) * DECILE))]
    mean = float(brought.mean())
    return Tested(
        len(then), float(orders.mean()), float(came.mean()), float(value.mean()), mean,
        float(np.abs(orders - came).mean()), float(brought[best].mean()) / mean if mean > 0 else None,
    )  # fmt: skip


def each(frame: pd.DataFrame, weeks: float, factor: float) -> pd.DataFrame:
    """The frame with what is expected of each buyer: alive, expected_orders, expected_value (times `factor`)."""
    model = Model.of(frame)
    orders: Any = model.orders(frame, weeks)
    return frame.assign(
        alive=model.alive(frame), expected_orders=orders, expected_value=orders * model.worth(frame) * factor
    )
