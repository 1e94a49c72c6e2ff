"""Three signs together: do customers stay longer, spend more an order, and come back sooner?"""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from bot.metrics.baskets import gaps
from bot.metrics.commerce import ORDERS, of_buyers, purchases
from bot.metrics.customers import SUBSCRIPTIONS
from bot.metrics.declare import metric
from bot.metrics.expressions import during, flag, money, ratio
from bot.metrics.population import standing
from bot.metrics.present import before
from bot.metrics.quantiles import quantiles
from bot.metrics.tables import Tables, beside, per
from bot.metrics.terms import Policy
from bot.types import Grain, Shape, Unit, Window

DAYS_A_MONTH = 30.436875
SIGNS = 3
DIMENSIONS = ("country", "channel", "language", "size", "industry")


def _lifetime(t: Tables, window: Window, by: tuple[str, ...]) -> ir.Table:
    """Months a customer stays at the period's rate of churn: value is null where nobody left; rate, n."""
    frame = standing(t, window, by, Policy.of(t.definitions), "start", "kept_end")
    lost = flag((frame.start == 1) & (frame.kept_end == 0))
    sums = per(frame, by).agg(lost=lost.sum(), n=frame.start.sum())
    months = ratio(sums.n, sums.lost) * ratio(ibis.literal(window.days), ibis.literal(DAYS_A_MONTH))
    return sums.select(*by, "n", value=months, rank=-ratio(sums.lost, sums.n))


def _order_value(t: Tables, window: Window, by: tuple[str, ...]) -> ir.Table:
    bought = purchases(t)
    frame = of_buyers(t, bought.filter(during(bought.occurred_at, window)), by, window)
    sums = per(frame, by).agg(n=frame.count(), spent=frame.micros.sum())
    value = money(ratio(sums.spent, sums.n))
    return sums.select(*by, "n", value=value, rank=value)


def _gap(t: Tables, window: Window, by: tuple[str, ...]) -> ir.Table:
    placed = gaps(t)
    seen = of_buyers(t, placed.filter(during(placed.occurred_at, window) & (placed.gap > 0)), by, window)
    found = quantiles(seen, by, "gap")
    return found.select(*by, "n", "value", rank=-found.value)


SIGN: dict[str, tuple[Any, str]] = {
    "lifetime": (_lifetime, "months"),
    "order_value": (_order_value, "money"),
    "order_gap": (_gap, "days"),
}
"""Sign → how it is measured, and its unit."""


@metric(
    unit=Unit.COUNT,
    good="up",
    shape=Shape.VERDICT,
    entity="customer",
    needs=(*SUBSCRIPTIONS, *ORDERS),
    by=DIMENSIONS,
    parts="money",
    window=Grain.YEAR,
    companions=("churn_rate", "aov", "time_between_purchases"),
)
def retention_triad(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Three trends at once: customers stay longer, an order brings more, and the next one comes sooner.

    Formula: each sign in the period against the period before: lifetime, 1 / churn rate in months; order_value, net
    revenue per order; order_gap, median days between orders. `better` is 1 for a sign that improved. The row verdict
    counts them: 3 is consistent with working retention, 2 is mixed, 0 or 1 is not; none where a sign is undefined.
    At risk: customers paying at the start; counted orders. Trends of three figures are an association: no cause.
    Example: 2026-10, the finger-count company, sign=verdict: 1.
    Source: retention practice: lifetime, order value and time between purchases read together.
    """
    earlier = before(window)
    rows = []
    for sign, (measured, unit) in SIGN.items():
        now = measured(t, window, by)
        then = measured(t, earlier, by)
        then = then.select(*by, before=then.value, rank_before=then["rank"])
        joined = beside(now, then, by)
        better = (joined["rank"] > joined.rank_before).ifelse(1, 0)
        better = (joined["rank"].isnull() | joined.rank_before.isnull()).ifelse(ibis.null("int64"), better)
        rows.append(
            joined.select(
                *by, "n", "before", sign=ibis.literal(sign), value=joined.value.cast("float64"),
                better=better.cast("int64"), unit=ibis.literal(unit),
            )
        )  # fmt: skip
    signs = ibis.union(*(one.select(*by, "sign", "value", "before", "n", "better", "unit") for one in rows))
    told = per(signs, by).agg(good=signs.better.sum().fill_null(0), known=signs.better.count())
    verdict = told.select(
        *by,
        sign=ibis.literal("verdict"),
        value=(told.known == SIGNS).ifelse(told.good.cast("float64"), ibis.null("float64")),
        before=ibis.null("float64"),
        n=told.known.cast("int64"),
        better=ibis.null("int64"),
        unit=ibis.literal("count"),
    )
    return ibis.union(signs, verdict)
