"""Orders: what counts as a purchase, who buys again, and how often."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bot.errors import BadData
from bot.metrics.currency import converted
from bot.metrics.declare import metric
from bot.metrics.dimensions import with_dimensions
from bot.metrics.expressions import during, earliest, flag, local_day, local_month, micros, money
from bot.metrics.tables import UNKNOWN, Tables, owned, per
from bot.types import Grain, Shape, Unit, Window, instant

ORDERS = ("orders.customer_id", "orders.occurred_at", "orders.net_amount")
BUYER_DIMENSIONS = ("country", "channel", "language", "size", "industry", "category")
HORIZONS = ("90", "30", "60", "180", "365")

customer_metric = partial(metric, entity="customer", needs=ORDERS, by=BUYER_DIMENSIONS, window=Grain.YEAR)
"""A metric of the customers who buy, told of a year."""


def takings(t: Tables) -> ir.Table:
    """Every order of a known customer that moved money: account_id, order_id, occurred_at, bought (local day),
    micros, cost_micros (null where unknown) and category; below zero are credits that name no order.

    Fully refunded orders are out. Amounts are in the company's currency.
    """
    orders = converted(t, "orders", owned(t, "orders"), "net_amount", "refund", "cost")
    refunded = orders.refund.fill_null(0.0) > 0
    orders = orders.filter((orders.net_amount != 0) | ~refunded)
    orders = orders.filter(orders.customer_id.notnull() & orders.net_amount.notnull())
    return orders.select(
        "account_id", "order_id", "occurred_at", bought=local_day(orders.occurred_at, t.definitions.zone),
        micros=micros(orders.net_amount), cost_micros=micros(orders.cost), category=orders.category.fill_null(UNKNOWN),
    )  # fmt: skip


def purchases(t: Tables) -> ir.Table:
    """Orders that count: account_id (the customer), order_id, occurred_at, bought (local day), net_amount, micros,
    cost_micros, category, and number (1 for the customer's first, and so on).

    Cancelled and fully refunded orders are out; orders of one customer on one day are one purchase
    where the company merges them, with the category of the first of them.
    """
    if "purchases" not in t.frames:
        orders = _by_day(t, takings(t))
        life = ibis.window(group_by="account_id", order_by=["occurred_at", "order_id"])
        t.frames["purchases"] = orders.mutate(net_amount=money(orders.micros), number=ibis.row_number().over(life) + 1)
    return t.frames["purchases"]


def _by_day(t: Tables, orders: ir.Table) -> ir.Table:
    """Takings that are purchases; those of one customer on one day are one where the company merges them."""
    orders = orders.filter(orders.micros >= 0)
    if not t.definitions.merge_same_day_orders:
        return orders
    return orders.group_by("account_id", "bought").agg(
        order_id=orders.order_id.min(), occurred_at=orders.occurred_at.min(), micros=orders.micros.sum(),
        cost_micros=orders.cost_micros.sum(), category=earliest(orders.category, orders.occurred_at),
    )  # fmt: skip


def of_buyers(t: Tables, frame: ir.Table, by: tuple[str, ...], window: Window) -> ir.Table:
    """The frame with the dimensions of its customers, without test accounts, after the question's filters.

    `category` is that of the customer's first purchase unless the frame has one of its own, `cohort` the month of
    the first purchase; tier, bands and segments are those at the window's start.
    """
    names = t.dimensions(by)
    if "category" in names and not t.has("orders", "category"):
        raise BadData("missing_column", table="orders", column="category")
    missing = tuple(name for name in ("category", "cohort") if name in names and name not in frame.columns)
    if missing:
        first = purchases(t).filter(lambda p: p.number == 1)
        month = local_month(first.occurred_at, t.definitions.zone)
        known = first.select(buyer="account_id", category="category", cohort=month).select("buyer", *missing)
        frame = frame.left_join(known, frame.account_id == known.buyer).drop("buyer")
        if "category" in missing:
            frame = frame.mutate(category=frame.category.fill_null(UNKNOWN))
    return t.narrow(with_dimensions(t, frame, names, window))


def repeat_buyers(t: Tables, window: Window, **variant: Any) -> ir.Table:
    """The people behind repeat purchase: one row per customer who bought again, with their orders."""
    frame = _buyers(t, window, (), **variant)
    again = frame.filter(frame.again == 1)
    return again.select("account_id", orders=again.orders)


def returning_buyers(t: Tables, window: Window) -> ir.Table:
    """The people behind returning customers: buyers of the period with two or more orders so far."""
    return repeat_buyers(t, window, form="returning")


def second_buyers(t: Tables, window: Window, *, horizon_days: str = "90", order_number: str = "1") -> ir.Table:
    """The people behind the second purchase: those of the cohort who bought on, with their orders in the horizon."""
    frame = of_buyers(t, _followed(t, window, int(order_number), int(horizon_days)), (), window)
    return frame.filter(frame.again == 1).select("account_id", "orders")


def buyers_of(t: Tables, window: Window, **_: Any) -> ir.Table:
    """The customers of the period, with their orders in it: the same under each variant."""
    frame = _buyers(t, window, ())
    return frame.select("account_id", "orders")


def _followed(t: Tables, window: Window, n: int, days: int) -> ir.Table:
    """Customers whose n-th purchase fell in the window and whose horizon is over: account_id, orders (the n-th and
    those of the horizon after it), again (1 when they bought on within it)."""
    bought = purchases(t)
    mature = instant(t.as_of - timedelta(days=days), t.definitions.zone)
    rung = bought.filter((bought.number == n) & during(bought.occurred_at, window) & (bought.occurred_at < mature))
    rung = rung.select(buyer="account_id", reached="occurred_at")
    later = bought.inner_join(rung, bought.account_id == rung.buyer)
    later = later.filter((later.number > n) & (later.occurred_at > later.reached))
    soon = later.filter(later.occurred_at < later.reached + ibis.interval(days=days))
    back = soon.group_by(came=soon.account_id).agg(more=soon.count())
    joined = rung.left_join(back, rung.buyer == back.came)
    more = joined.more.fill_null(0)
    return joined.select(account_id=joined.buyer, orders=more + 1, again=flag(more > 0))


def _buyers(
    t: Tables, window: Window, by: tuple[str, ...], *, form: str = "in_period", horizon_days: str = "90"
) -> ir.Table:
    """One row per customer of the form's base: orders, and again (1 when they bought again)."""
    if form == "cohort":
        return of_buyers(t, _followed(t, window, 1, int(horizon_days)), by, window)
    orders = takings(t)
    # A window begins and ends with a day, so that what is merged by days can be cut before.
    so_far = orders.occurred_at < window.last
    orders = orders.filter(
        (during(orders.occurred_at, window) if form == "in_period" else so_far) & (orders.micros >= 0)
    )
    days, merged = orders.bought, t.definitions.merge_same_day_orders
    counts = orders.group_by("account_id").agg(
        orders=days.nunique() if merged else orders.count(),
        # Two days are seen by the first and the last of them, at half the cost of a count.
        again=flag(days.min() < days.max() if merged else orders.count() > 1),
        here=flag(during(orders.occurred_at, window)).max(),
    )
    base = counts.filter(counts.here > 0) if form == "returning" else counts
    return of_buyers(t, base.select("account_id", "orders", "again"), by, window)


@customer_metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.SHARE,
    variants={"form": ("in_period", "lifetime", "returning", "cohort"), "horizon_days": HORIZONS},
    companions=("purchase_frequency", "clv_historical"),
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
    "cohort" how many first-time buyers of the period came back within the horizon, once it is over.
    At risk: customers with a counted order; cancelled and fully refunded orders never; same-day orders are one; orders
    without a customer are nobody's. A subscription's automatic orders count unless the company leaves them out.
    Example: 2026-Q3, the finger-count company: 2 of 4.
    Source: Shopify, returning customer rate (form "returning"); retention practice for the others.
    """
    frame = _buyers(t, window, by, form=form, horizon_days=horizon_days)
    return per(frame, by).agg(part=frame.again.sum(), whole=frame.count())


@customer_metric(
    unit=Unit.SHARE, good="up", shape=Shape.SHARE, companions=("repeat_purchase_rate",), people=returning_buyers
)
def returning_customer_rate(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Customers of the period who have bought twice or more so far, as a share of the customers of the period.

    Formula: customers of the period with two or more orders up to its end / customers of the period. It looks back
    outside the period and is therefore higher than repeat_purchase_rate.
    At risk: customers with a counted order in the period, as for repeat_purchase_rate.
    Example: 2026-Q3, the finger-count company: 3 of 4.
    Source: Shopify, returning customer rate.
    """
    frame = _buyers(t, window, by, form="returning")
    return per(frame, by).agg(part=frame.again.sum(), whole=frame.count())


@customer_metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.SHARE,
    variants={"horizon_days": HORIZONS, "order_number": ("1", "2", "3")},
    companions=("repeat_purchase_rate", "time_between_purchases"),
    people=second_buyers,
)
def second_purchase_rate(
    t: Tables, window: Window, by: tuple[str, ...] = (), *, horizon_days: str = "90", order_number: str = "1"
) -> ir.Table:
    """First-time buyers who bought a second time within the horizon; by `order_number`, any step of the ladder.

    Formula: customers whose n-th purchase fell in the period and who bought again within the horizon of it / customers
    whose n-th purchase fell in the period. The ladder stands beside it: how many of them made one, two, three, or four
    and more purchases, counted from that one to the end of the horizon.
    At risk: customers whose horizon is over; purchases as for repeat_purchase_rate.
    Example: 2026-Q3, the finger-count company, horizon_days=30: 1 of 3.
    Source: retention practice, repeat purchase by cohort of first purchase.
    """
    frame = of_buyers(t, _followed(t, window, int(order_number), int(horizon_days)), by, window)
    return per(frame, by).agg(
        part=frame.again.sum(),
        whole=frame.count(),
        one=flag(frame.orders == 1).sum(),
        two=flag(frame.orders == 2).sum(),
        three=flag(frame.orders == 3).sum(),
        four_or_more=flag(frame.orders >= 4).sum(),
    )


@customer_metric(
    unit=Unit.RATIO, good="up", shape=Shape.RATIO, companions=("repeat_purchase_rate", "aov"), people=buyers_of
)
def purchase_frequency(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Orders of the period per customer who ordered in it.

    Formula: orders in the period / customers with at least one order in the period.
    At risk: customers with a counted order; the longer the period, the higher the figure.
    Example: 2026-Q3, the finger-count company: 7 of 4.
    Source: retention practice.
    """
    frame = _buyers(t, window, by)
    return cast(ir.Table, per(frame, by).agg(part=frame.orders.sum(), whole=frame.count()))
