"""Recency, frequency, money: scores of a year's customers, and the segment of each of the 125 triples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bot.metrics.commerce import ORDERS, of_buyers, purchases, takings
from bot.metrics.declare import metric
from bot.metrics.dimensions import with_dimensions
from bot.metrics.expressions import during, flag, money
from bot.metrics.quantiles import quantiles
from bot.metrics.shares import named, shares
from bot.metrics.tables import Tables, without
from bot.types import Grain, Shape, Unit, Window

QUINTILES = {"q1": 0.2, "q2": 0.4, "q3": 0.6, "q4": 0.8}
FEW_ORDERS = (1, 2, 3, 4)
"""Where orders take too few values for quintiles, the score is their number: 1, 2, 3, 4, and 5 for more."""

FEWEST_KINDS = 5
"""With fewer different numbers of orders than scores, quintiles say nothing."""

Rule = Callable[[Any, Any, Any], Any]
RULES: Sequence[tuple[str, Rule]] = (
    ("cant_lose", lambda r, f, m: (r == 1) & (f == 5) & (m == 5)),
    ("champions", lambda r, f, m: (r >= 4) & (f >= 4) & (m >= 4)),
    ("loyal", lambda r, f, m: (r >= 3) & (f >= 4)),
    ("at_risk", lambda r, f, m: (r <= 2) & (f >= 3) & (m >= 3)),
    ("potential_loyalist", lambda r, f, m: (r >= 4) & (f >= 2) & (f <= 3)),
    ("new", lambda r, f, m: (r >= 4) & (f == 1)),
    ("needs_attention", lambda r, f, m: (r == 3) & (f >= 2) & (f <= 3)),
    ("lapsing_low_value", lambda r, f, m: (r <= 2) & (f >= 3) & (m <= 2)),
    ("about_to_sleep", lambda r, f, m: (r == 3) & (f == 1)),
    ("hibernating", lambda r, f, m: (r == 2) & (f <= 2)),
    ("lost", lambda r, f, m: (r == 1) & (f <= 2)),
)
"""Segment → its rule over the three scores, in the order in which they are tried; the first that holds counts."""


def scored(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """One row per customer with an order in the window: recency_days, orders, revenue, r, f, m, score, segment.

    The cut points are those of all customers the asker may see, whatever the question filters.
    """
    rows = takings(t)
    rows = rows.filter(during(rows.occurred_at, window))
    bought = purchases(t)
    bought = bought.filter(during(bought.occurred_at, window))
    spent = rows.group_by(payer=rows.account_id).agg(revenue_micros=rows.micros.sum())
    each = bought.group_by("account_id").agg(orders=bought.count(), last_order=bought.bought.max())
    each = each.inner_join(spent, each.account_id == spent.payer).drop("payer")
    recency = cast(Any, ibis.literal(window.end, type="date")).delta(each.last_order, unit="day")
    each = with_dimensions(t, each.mutate(recency_days=recency), (), window)
    for column, name in (("recency_days", "r"), ("orders", "f"), ("revenue_micros", "m")):
        cuts = quantiles(each, (), column, {f"{name}_{q}": share for q, share in QUINTILES.items()})
        each = each.cross_join(cuts.select(*(f"{name}_{q}" for q in QUINTILES)))
    each = each.cross_join(each.agg(kinds=each.orders.nunique()))
    marks = {name: [each[f"{name}_{q}"] for q in QUINTILES] for name in "rfm"}
    r = 5 - _above(each.recency_days, marks["r"])
    q1, q2, q3, q4 = marks["f"]
    few = (each.kinds < FEWEST_KINDS) | (q1 == q2) | (q2 == q3) | (q3 == q4)
    f = few.ifelse(1 + _above(each.orders, FEW_ORDERS), 1 + _above(each.orders, marks["f"]))
    m = 1 + _above(each.revenue_micros, marks["m"])
    found = each.select("account_id", "recency_days", "orders", "revenue_micros", r=r, f=f, m=m)
    found = found.mutate(
        score=found.r * 100 + found.f * 10 + found.m,
        segment=ibis.cases(*((rule(found.r, found.f, found.m), name) for name, rule in RULES[:-1]), else_=RULES[-1][0]),
    )
    return of_buyers(t, found, by, window)


def _above(value: ir.Value, marks: Sequence[Any]) -> Any:
    """How many of the marks the value exceeds: equal values get one score, whoever has them."""
    total: Any = 0
    for mark in marks:
        total = total + flag(value > mark)
    return total


def roster(t: Tables, window: Window) -> ir.Table:
    """The scored customers: recency in days, orders, revenue, the three scores, and the segment."""
    frame = scored(t, window)
    return frame.select(
        "account_id", "segment", "score", "r", "f", "m", "recency_days", "orders", revenue=money(frame.revenue_micros)
    )


@metric(
    unit=Unit.SHARE,
    good="context",
    shape=Shape.SHARE,
    entity="customer",
    needs=ORDERS,
    by=("country", "channel", "language", "size", "industry"),
    window=Grain.YEAR,
    keys=("segment",),
    companions=("repeat_purchase_rate", "clv_historical"),
    people=roster,
)
def rfm(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """The period's customers by how lately, how often and for how much they bought, in eleven segments.

    Formula: customers of the segment / customers with an order in the period. R is the days since the last order, F
    the orders, M the net revenue; each is scored 1 to 5 by quintile, 5 is best, and equal values get one score. Where F
    has fewer than five values, or its quintiles coincide, F is the number of orders (5 for five and more). The first
    that holds: cant_lose R1 F5 M5; champions R4-5 F4-5 M4-5; loyal R3-5 F4-5; at_risk R1-2 F3-5 M3-5;
    potential_loyalist R4-5 F2-3; new R4-5 F1; needs_attention R3 F2-3; lapsing_low_value R1-2 F3-5 M1-2;
    about_to_sleep R3 F1; hibernating R2 F1-2; lost R1 F1-2.
    At risk: customers with a counted order in the period: twelve months, or a full season at least. The scores are
    relative to all customers the asker may see. Of little use under 500 customers or where all pay one price.
    Example: 2026-Q3, the finger-count company, segment=new: 1 of 4.
    Source: Bloomreach, RFM segmentation; maps of other vendors differ in detail.
    """
    by = without(by, "segment")
    frame = scored(t, window, by)
    return shares(frame, by, "segment", named([name for name, _ in RULES], "segment", t["orders"]))
