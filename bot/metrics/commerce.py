"""Orders: who buys again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from bot.metrics.declare import metric
from bot.metrics.dimensions import with_dimensions
from bot.metrics.expressions import flag, local_day
from bot.metrics.tables import Tables, owned, per
from bot.types import Grain, Shape, Unit, Window, instant

ORDERS = ("orders.customer_id", "orders.occurred_at", "orders.net_amount")
BUYER_DIMENSIONS = ("country", "market", "channel", "language", "size", "industry")


def purchases(t: Tables) -> ir.Table:
    """Orders that count: account_id (the customer), order_id, occurred_at, bought (local day), net_amount.

    Cancelled and fully refunded orders are out; orders of one customer on one day are one purchase
    where the company merges them.
    """
    orders = owned(t, "orders")
    refunded = orders.refund.fill_null(0.0) > 0
    orders = orders.filter((orders.net_amount > 0) | ((orders.net_amount == 0) & ~refunded))
    orders = orders.filter(orders.customer_id.notnull())
    bought = local_day(orders.occurred_at, t.definitions.zone)
    orders = orders.select("account_id", "order_id", "occurred_at", "net_amount", bought=bought)
    if t.definitions.merge_same_day_orders:
        return orders.group_by("account_id", "bought").agg(
            order_id=orders.order_id.min(),
            occurred_at=orders.occurred_at.min(),
            net_amount=orders.net_amount.sum(),
        )
    return orders


def repeat_buyers(t: Tables, window: Window, **variant: Any) -> ir.Table:
    """The people behind repeat purchase: one row per customer who bought again, with their orders."""
    frame = _buyers(t, window, (), **variant)
    again = frame.filter(frame.again == 1)
    return again.select("account_id", orders=again.orders)


def _buyers(
    t: Tables, window: Window, by: tuple[str, ...], *, form: str = "in_period", horizon_days: str = "90"
) -> ir.Table:
    """One row per customer of the form's base: orders, and again (1 when they bought again)."""
    orders = purchases(t)
    inside = (orders.occurred_at >= window.first) & (orders.occurred_at < window.last)
    orders = orders.filter(orders.occurred_at < window.last) if form != "cohort" else orders
    counts = orders.group_by("account_id").agg(
        ever=orders.count(),
        here=flag(inside).sum(),
        first_day=orders.bought.min(),
        first_here=orders.occurred_at.min(),
    )
    if form == "cohort":
        days = int(horizon_days)
        first = counts.filter((counts.first_here >= window.first) & (counts.first_here < window.last))
        mature = instant(t.as_of - timedelta(days=days), t.definitions.zone)
        first = first.filter(first.first_here < mature)
        known = first.select("account_id", "first_here", began=first.first_day)
        later = orders.inner_join(known, "account_id")
        later = later.filter((later.bought > later.began) | (later.occurred_at > later.first_here))
        soon = later.filter(later.occurred_at < later.first_here + ibis.interval(days=days))
        back = soon.group_by(came=soon.account_id).agg(orders=soon.count())
        joined = known.left_join(back, known.account_id == back.came)
        base = joined.select("account_id", orders=joined.orders.fill_null(0) + 1)
        base = base.mutate(again=flag(base.orders > 1))
    else:
        many = counts.here if form == "in_period" else counts.ever
        base = counts.filter(counts.ever > 0 if form == "lifetime" else counts.here > 0)
        base = base.select("account_id", orders=many, again=flag(many > 1))
    return t.narrow(with_dimensions(t, base, t.dimensions(by), window))


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.SHARE,
    entity="customer",
    needs=ORDERS,
    by=BUYER_DIMENSIONS,
    window=Grain.YEAR,
    variants={
        "form": ("in_period", "lifetime", "returning", "cohort"),
        "horizon_days": ("90", "30", "60", "180", "365"),
    },
    people=repeat_buyers,
)
def repeat_purchase_rate(
    t: Tables,
    window: Window,
    by: tuple[str, ...] = (),
    *,
    form: str = "in_period",
    horizon_days: str = "90",
) -> ir.Table:
    """Customers who bought at least twice, as a share of those who bought.

    Formula: customers with two or more orders in the period / customers with one or more; "lifetime" counts all
    orders up to the period's end, "returning" asks how many buyers of the period ever bought before or again,
    "cohort" how many first-time buyers of the period came back within the horizon.
    At risk: customers with a counted order; cancelled and fully refunded orders never; same-day orders are one.
    Example: 2026-Q3, the finger-count company: 2 of 4.
    Source: Shopify, returning customer rate (form "returning"); retention practice for the others.
    """
    frame = _buyers(t, window, by, form=form, horizon_days=horizon_days)
    return per(frame, by).agg(part=frame.again.sum(), whole=frame.count())
