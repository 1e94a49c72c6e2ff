"""What is bought, and after how long: order value, the gaps between orders, spend along a customer's orders."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

import ibis
import ibis.expr.types as ir
import pandas as pd

from bot.metrics.commerce import BUYER_DIMENSIONS, ORDERS, buyers_of, of_buyers, purchases
from bot.metrics.declare import Asked, metric
from bot.metrics.expressions import during, flag, money, ratio
from bot.metrics.kaplan_meier import curve, median
from bot.metrics.quantiles import quantiles
from bot.metrics.tables import Tables, beside, per
from bot.types import Grain, Shape, Unit, Window

GAPS = {"value": 0.5, "p75": 0.75}
LAST_STEP = 5
"""Orders from this number on are told together."""
FEWEST_GAPS = 2
"""Fewest gaps that say what is usual for a customer: one less than orders."""
USUAL_GAP_ORDERS = 3
"""Fewest orders that give a customer a usual gap of their own."""


@metric(
    unit=Unit.MONEY,
    good="up",
    shape=Shape.RATIO,
    entity="order",
    needs=ORDERS,
    by=BUYER_DIMENSIONS,
    parts="averages",
    window=Grain.YEAR,
    companions=("purchase_frequency", "repeat_purchase_rate"),
    people=buyers_of,
)
def aov(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """What an order brings on average, with the median beside it.

    Formula: net revenue of the orders of the period / orders of the period; net of discounts and refunds, without tax
    and shipping as the company's data has it; n is the customers who ordered.
    At risk: counted orders; fully refunded ones never; credits that name no order take nothing off.
    Example: 2026-Q3, the finger-count company: 380 of 7.
    Source: Shopify, average order value; net of refunds here.
    """
    bought = purchases(t)
    frame = of_buyers(t, bought.filter(during(bought.occurred_at, window)), by, window)
    sums = per(frame, by).agg(
        part=money(frame.micros.sum().fill_null(0)), whole=frame.count(), n=frame.account_id.nunique()
    )
    middle = quantiles(frame, by, "net_amount", {"median": 0.5}).select(*by, "median")
    return beside(sums, middle, by).select(*by, "part", "whole", "n", "median")


def gaps(t: Tables) -> ir.Table:
    """Purchases with the days since the same customer's one before (null for the first) and until the next."""
    bought = purchases(t)
    life = ibis.window(group_by="account_id", order_by="number")
    placed = bought.mutate(before=bought.bought.lag().over(life), after=bought.bought.lead().over(life),
                           next_at=bought.occurred_at.lead().over(life))  # fmt: skip
    return placed.mutate(gap=cast(Any, placed.bought).delta(placed.before, unit="day"))


def own_gaps(t: Tables, moment: datetime, share: float) -> ir.Table:
    """Customers with at least two gaps between their purchases before an instant, and the gap that they keep to.

    Columns: account_id, orders, last_order_at, last_day, usual_gap (the quantile of their own gaps in days).
    """
    orders = gaps(t).filter(lambda o: o.occurred_at < moment)
    usual = quantiles(orders, ("account_id",), "gap", {"usual_gap": share})
    usual = usual.filter(usual.n >= FEWEST_GAPS).select(buyer="account_id", usual_gap="usual_gap")
    each = orders.group_by("account_id").agg(
        orders=orders.count(), last_order_at=orders.occurred_at.max(), last_day=orders.bought.max()
    )
    return each.inner_join(usual, each.account_id == usual.buyer).drop("buyer")


def usual_gaps(t: Tables, window: Window) -> ir.Table:
    """Customers with at least three orders by the period's end: orders, their mean gap in days, their last order."""
    bought = purchases(t)
    bought = of_buyers(t, bought.filter(bought.occurred_at < window.last), (), window)
    each = bought.group_by("account_id").agg(
        orders=bought.count(), first_order=bought.bought.min(), last_order=bought.bought.max()
    )
    each = each.filter(each.orders >= USUAL_GAP_ORDERS)
    days = cast(Any, each.last_order).delta(each.first_order, unit="day")
    return each.select("account_id", "orders", "last_order", mean_gap_days=ratio(days, each.orders - 1))


def _with_survival(frame: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """One row a segment: the figures of the gaps, and the median wait with those who still wait censored."""
    rows = []
    groups = frame.groupby(list(asked.by), sort=True, dropna=False) if asked.by else [((), frame)]
    for _, waits in groups:
        row = waits.iloc[0].drop(["age", "left", "censored"]).to_dict()
        counted = waits[["age", "left", "censored"]].dropna().astype("float64")
        row["survival_median"] = median(curve(counted)) if len(counted) else None
        rows.append(row)
    columns = [name for name in frame.columns if name not in ("age", "left", "censored")]
    return pd.DataFrame(rows, columns=[*columns, "survival_median"])


@metric(
    unit=Unit.DAYS,
    good="down",
    shape=Shape.LEVEL,
    entity="customer",
    needs=ORDERS,
    by=(*BUYER_DIMENSIONS, "cohort"),
    window=Grain.YEAR,
    finish=_with_survival,
    companions=("purchase_frequency", "second_purchase_rate"),
    people=usual_gaps,
)
def time_between_purchases(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Days between one order of a customer and the next: the median, with mean and 75th percentile beside it.

    Formula: median of the gaps in days whose later order falls in the period; n is the pairs of orders.
    `survival_median` is the Kaplan-Meier median wait after every order up to the period's end, those who have not
    ordered again censored there: it counts one-time buyers too, which have no gap.
    At risk: customers with two counted orders; gaps of no day are none. A base that grows shortens the gaps seen,
    for young customers can have short ones only: compare by cohort.
    Example: 2026-Q3, the finger-count company: 35.
    Source: Kaplan and Meier (1958) for those who still wait; retention practice.
    """
    placed = gaps(t)
    seen = of_buyers(t, placed.filter(placed.occurred_at < window.last), by, window)
    found = quantiles(seen.filter(during(seen.occurred_at, window) & (seen.gap > 0)), by, "gap", GAPS)
    again = (seen.next_at < window.last).fill_null(False)
    until = again.ifelse(seen.after, ibis.literal(window.end, type="date"))
    waits = seen.select(*by, again=flag(again), age=cast(Any, until).delta(seen.bought, unit="day"))
    waits = waits.filter(waits.age > 0)
    ages = waits.group_by([*by, "age"]).agg(left=waits.again.sum(), censored=(1 - waits.again).sum())
    joined = beside(found, ages, by) if by else found.left_join(ages, ibis.literal(True))
    return joined.select(*by, "value", "n", "mean", "p75", "age", "left", "censored")


@metric(
    unit=Unit.MONEY,
    good="context",
    shape=Shape.RATIO,
    entity="order",
    needs=ORDERS,
    by=BUYER_DIMENSIONS,
    parts="averages",
    window=Grain.YEAR,
    keys=("step",),
    variants={"form": ("in_period", "cohort")},
    companions=("aov", "second_purchase_rate"),
    people=buyers_of,
)
def spend_by_order_number(t: Tables, window: Window, by: tuple[str, ...] = (), *, form: str = "in_period") -> ir.Table:
    """What a customer's first, second, third, fourth and later orders bring on average.

    Formula: net revenue of the orders with the number / their count, the number being the order's place among all
    orders of its customer. Form "cohort" follows those who first ordered in the period through all their orders to
    date; otherwise the orders of the period count, and later numbers are those of customers who stayed.
    At risk: counted orders, as for aov.
    Example: 2026-Q3, the finger-count company, step=1: 180 of 3.
    Source: retention practice; the survivor effect is why one cohort is followed.
    """
    bought = purchases(t)
    if form == "cohort":
        first = bought.filter((bought.number == 1) & during(bought.occurred_at, window)).select("account_id")
        bought = bought.semi_join(first, "account_id")
    else:
        bought = bought.filter(during(bought.occurred_at, window))
    named = (bought.number < LAST_STEP).ifelse(bought.number.cast("string"), f"{LAST_STEP}+")
    frame = of_buyers(t, bought.mutate(step=named), by, window)
    return frame.group_by([*by, "step"]).agg(
        part=money(frame.micros.sum()), whole=frame.count(), n=frame.account_id.nunique()
    )
