"""How customers buy, and what they are worth: orders, deliveries, tiers, bands."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from bot.metrics.bands import frequency_bands, value_bands
from bot.metrics.baskets import own_gaps
from bot.metrics.ledger import tiers
from bot.metrics.segments.declare import segment
from bot.metrics.segments.frames import YEAR_DAYS, before, bought, kept, paying, real, since, top, until, worth
from bot.metrics.tables import UNKNOWN, Tables

USUAL = 0.9
"""Later than nine in ten of its own gaps is later than usual."""


@segment("deliveries.used_at")
def delivered_but_unused(t: Tables, day: date) -> ir.Table:
    """Accounts that used none of their last three deliveries (`unused_deliveries`); skipped ones are not counted."""
    rows = before(t, "deliveries", "sent_at", day)
    rows = rows.filter(rows.skipped_at.isnull() | (rows.skipped_at >= until(t, day)))
    order = ibis.window(group_by="account_id", order_by=[rows.sent_at.desc(), rows.delivery_id.desc()])
    last = rows.mutate(place=ibis.row_number().over(order))
    last = last.filter(last.place < t.definitions.unused_deliveries)
    unused = last.used_at.isnull() | (last.used_at >= until(t, day))
    counted = last.group_by("account_id").agg(unused=unused.ifelse(1, 0).sum(), last_sent_at=last.sent_at.max())
    return real(t, counted.filter(counted.unused == t.definitions.unused_deliveries), day)


@segment("orders")
def past_usual_purchase_interval(t: Tables, day: date) -> ir.Table:
    """Customers whose last order is longer ago than nine in ten of their own gaps; from three orders on."""
    frame = own_gaps(t, until(t, day), USUAL)
    passed = ibis.literal(day).delta(frame.last_day, unit="day")
    late = frame.mutate(days_since=passed).filter(ibis._.days_since > ibis._.usual_gap)
    return real(t, late.select("account_id", "last_order_at", "orders", "days_since", "usual_gap"), day)


@segment("orders")
def one_time_buyers(t: Tables, day: date) -> ir.Table:
    """Customers with one counted order ever."""
    frame = bought(t, day)
    return frame.filter(frame.orders == 1)


@segment("orders")
def repeat_customers(t: Tables, day: date) -> ir.Table:
    """Customers with two or more counted orders."""
    frame = bought(t, day)
    return frame.filter(frame.orders >= 2)


@segment("accounts.account_id", "subscriptions|orders", better_with=("subscriptions", "orders"))
def loyal(t: Tables, day: date) -> ir.Table:
    """Customers who have paid for a year or more (`long_term_days`), or ordered 4 times in one (`loyal_orders`)."""
    parts = []
    if t.has("subscriptions"):
        frame = kept(t, day)
        parts.append(frame.filter(frame.since < since(t, day, t.definitions.long_term_days)).select("account_id"))
    if t.has("orders"):
        buyers = bought(t, day, YEAR_DAYS)
        parts.append(buyers.filter(buyers.orders >= t.definitions.loyal_orders).select("account_id"))
    found = (ibis.union(*parts) if len(parts) > 1 else parts[0]).distinct()
    if not t.has("subscriptions"):
        return found
    worth_now = paying(t, day).select(payer="account_id", mrr="mrr")
    return found.left_join(worth_now, found.account_id == worth_now.payer).drop("payer")


@segment("accounts.account_id", "subscriptions|orders", better_with=("subscriptions",))
def vip(t: Tables, day: date) -> ir.Table:
    """The tenth of all customers worth most (`vip_share`): by MRR, or by a year's orders where nobody subscribes."""
    return _valued(t, top(worth(t, day), t.definitions.vip_share))


@segment("accounts.country", "subscriptions|orders", better_with=("subscriptions", "accounts.region"))
def high_value_in_region(t: Tables, day: date) -> ir.Table:
    """The tenth of the customers worth most in their own region, or country where no region is known (`vip_share`)."""
    accounts = t["accounts"]
    place = accounts.country.fill_null(UNKNOWN)
    if t.has("accounts", "region"):
        place = ibis.coalesce(accounts.region, place)
    lives = accounts.select(known="account_id", region=place)
    frame = worth(t, day)
    frame = frame.inner_join(lives, frame.account_id == lives.known).drop("known")
    return _valued(t, top(frame, t.definitions.vip_share, "region"))


def _valued(t: Tables, frame: ir.Table) -> ir.Table:
    """The value under the name that tells what it is."""
    return frame.rename(mrr="value") if t.has("subscriptions") else frame.rename(revenue="value")


@segment("loyalty_ledger.tier")
def loyalty_tier(t: Tables, day: date) -> ir.Table:
    """Members of the loyalty programme, with the tier they hold."""
    return real(t, tiers(t, until(t, day)), day)


@segment("orders")
def aov_band(t: Tables, day: date) -> ir.Table:
    """Buyers of the last year, with the band of their average order (`order_value_bands`)."""
    return value_bands(t, day)


@segment("orders")
def purchase_frequency_band(t: Tables, day: date) -> ir.Table:
    """Buyers of the last year, with the band of their number of orders (`purchase_frequency_bands`)."""
    return frequency_bands(t, day)
