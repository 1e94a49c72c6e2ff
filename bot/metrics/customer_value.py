"""What a customer has brought so far, and whether members and referred customers bring more than others like them."""

from __future__ import annotations

from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bot.errors import BadData
from bot.metrics.commerce import BUYER_DIMENSIONS, ORDERS, of_buyers, purchases, takings
from bot.metrics.declare import metric
from bot.metrics.expressions import during, flag, local_month, money
from bot.metrics.invitations import referred
from bot.metrics.ledger import LEDGER, entries
from bot.metrics.loyalty import MEMBER_DIMENSIONS, of_members
from bot.metrics.matched import like_for_like, with_strata
from bot.metrics.population import standing
from bot.metrics.tables import Tables, per
from bot.metrics.terms import Policy
from bot.types import Grain, Shape, Unit, Window, instant

VALUE_DIMENSIONS = (*BUYER_DIMENSIONS, "cohort")


def worth(t: Tables, basis: str) -> ir.Table:
    """The takings with `worth`, millionths: their revenue, or what is left of it after the goods' cost."""
    rows = takings(t)
    if basis == "margin" and not t.has("orders", "cost"):
        raise BadData("missing_column", table="orders", column="cost")
    return rows.mutate(worth=rows.micros if basis == "revenue" else rows.micros - rows.cost_micros.fill_null(0))


def _so_far(t: Tables, window: Window, by: tuple[str, ...], form: str, months: str, basis: str) -> ir.Table:
    """One row per customer of the form's base: began (day), seen_until (day, exclusive), orders, worth."""
    first = purchases(t).filter(lambda p: p.number == 1)
    if form == "cohort":
        until = cast(Any, first.bought + ibis.interval(months=int(months))).cast("date")
        base = first.filter(during(first.occurred_at, window) & (until <= ibis.literal(t.as_of, type="date")))
    else:
        until = ibis.literal(window.end, type="date")
        base = first.filter(first.occurred_at < window.last)
    base = base.select(buyer="account_id", began="bought", seen_until=until)
    rows = worth(t, basis)
    joined = base.inner_join(rows, base.buyer == rows.account_id)
    joined = joined.filter(joined.bought < joined.seen_until)
    each = joined.group_by(joined.buyer.name("account_id"), "began", "seen_until").agg(
        worth=joined.worth.sum(), orders=flag(joined.micros >= 0).sum()
    )
    return of_buyers(t, each, by, window)


def customers_worth(
    t: Tables, window: Window, *, form: str = "lifetime", months: str = "6", basis: str = "revenue"
) -> ir.Table:
    """The customers behind the value so far: their first order, orders, and what they brought."""
    frame = _so_far(t, window, (), form, months, basis)
    return frame.select("account_id", "orders", first_order=frame.began, brought=money(frame.worth))


@metric(
    unit=Unit.MONEY,
    good="up",
    shape=Shape.RATIO,
    entity="customer",
    needs=ORDERS,
    by=VALUE_DIMENSIONS,
    parts="averages",
    window=Grain.YEAR,
    variants={"form": ("lifetime", "cohort"), "months": ("6", "3", "12"), "basis": ("revenue", "margin")},
    companions=("aov", "repeat_purchase_rate"),
    people=customers_worth,
)
def clv_historical(
    t: Tables,
    window: Window,
    by: tuple[str, ...] = (),
    *,
    form: str = "lifetime",
    months: str = "6",
    basis: str = "revenue",
) -> ir.Table:
    """What a customer has brought so far, on average, those who never came back included.

    Formula: net revenue of all customers up to the period's end / customers who first bought by then; form "cohort"
    takes those who first bought in the period, and what each brought in the months since. Basis "margin" takes off
    the cost of the goods, where it is known. `age_days` says how long they have been customers on average.
    At risk: customers with a counted order; of a cohort, those whose months are over. Credits that name no order are
    taken off. Nothing is predicted, and the cost of winning a customer is not taken off.
    Example: 2026-Q3, the finger-count company: 440 of 4.
    Source: Shopify and retention practice, cumulative revenue per acquired customer.
    """
    frame = _so_far(t, window, by, form, months, basis)
    age = cast(Any, frame.seen_until).delta(frame.began, unit="day")
    return per(frame, by).agg(part=money(frame.worth.sum().fill_null(0)), whole=frame.count(), age_days=age.mean())


def _joined(t: Tables, window: Window) -> ir.Table:
    """Who is a member at the window's start: account_id, member (1), or 0 for those who join in the window."""
    rows = entries(t, window.last)
    first = rows.group_by(joiner=rows.account_id).agg(joined=rows.occurred_at.min())
    return first.select("joiner", member=flag(first.joined < window.first))


def _members_and_others(t: Tables, frame: ir.Table, by: tuple[str, ...], window: Window) -> ir.Table:
    """The frame with treated (1 a member since before the window, 0 none by its end) and strata; joiners are out."""
    joins = _joined(t, window)
    joined = frame.left_join(joins, frame.account_id == joins.joiner)
    joined = joined.filter(joined.joiner.isnull() | (joined.member == 1))
    joined = joined.mutate(treated=flag(joined.member == 1)).drop("joiner", "member")
    return with_strata(t, of_members(t, joined, by, window))


@metric(
    unit=Unit.RATIO,
    good="up",
    shape=Shape.RATIO,
    entity="customer",
    needs=(*ORDERS, *LEDGER),
    by=MEMBER_DIMENSIONS,
    parts="averages",
    window=Grain.YEAR,
    keys=("type",),
    companions=("loyalty_participation", "repeat_purchase_rate"),
)
def member_uplift(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Members against non-members like them: how often they buy again, what an order brings, how many leave.

    Formula: figure of the members / figure of the others of the same month of first purchase (or first payment) and
    the same country, weighted as the members are; `difference` is the one less the other. Types: repeat_rate, share of
    earlier customers who bought in the period; aov, revenue per order of theirs in it; churn_rate, share of customers
    paying at its start who left.
    At risk: members since before the period and customers who are none by its end; members whose month and country
    have no others are left out (`alone`). Who joins is keener to begin with: an association, never the
    programme's effect, which only a test can show.
    Example: 2026-10-15..2026-10-31, the finger-count company, type=repeat_rate: 1 of 0.5.
    Source: retention practice; matching by stratum.
    """
    bought = purchases(t)
    zone = t.definitions.zone
    first = bought.filter((bought.number == 1) & (bought.occurred_at < window.first))
    first = first.select("account_id", month=local_month(first.occurred_at, zone))
    here = bought.filter(during(bought.occurred_at, window))
    here = here.group_by(buyer=here.account_id).agg(orders=here.count(), spent=here.micros.sum())
    known = first.left_join(here, first.account_id == here.buyer)
    known = known.select("account_id", "month", orders=known.orders.fill_null(0), spent=known.spent.fill_null(0))
    known = _members_and_others(t, known, by, window)
    one = ibis.literal(1, type="int64")
    again = like_for_like(known.mutate(amount=flag(known.orders > 0), base=one), by)
    baskets = like_for_like(known.mutate(amount=known.spent, base=known.orders).filter(lambda k: k.base > 0), by)
    baskets = baskets.mutate(**{name: money(baskets[name]) for name in ("part", "whole", "difference")})
    rows = [again.mutate(type=ibis.literal("repeat_rate")), baskets.mutate(type=ibis.literal("aov"))]
    if t.has("subscriptions"):
        bare, _ = t.apart(*t.dimensions(by))
        paying = standing(bare, window, (), Policy.of(t.definitions), "start", "kept_end", "since")
        paying = paying.filter(paying.start == 1)
        paying = paying.select(
            "account_id", month=local_month(paying.since, zone), base=one, amount=flag(paying.kept_end == 0)
        )
        left = like_for_like(_members_and_others(t, paying, by, window), by)
        rows.append(left.mutate(type=ibis.literal("churn_rate")))
    columns = [*by, "type", "part", "whole", "difference", "n", "others", "alone"]
    return ibis.union(*(one_type.select(columns) for one_type in rows))


@metric(
    unit=Unit.RATIO,
    good="up",
    shape=Shape.RATIO,
    entity="customer",
    needs=("referrals.referrer_id", "referrals.referee_id", *ORDERS),
    by=MEMBER_DIMENSIONS,
    parts="averages",
    window=Grain.YEAR,
    variants={"basis": ("revenue", "margin", "retention")},
    companions=("referral_rate", "clv_historical"),
)
def referred_value_ratio(t: Tables, window: Window, by: tuple[str, ...] = (), *, basis: str = "revenue") -> ir.Table:
    """What referred customers have brought so far, against other customers of the same month and country.

    Formula: value of the referred customers won in the period / value of the others won in the same months and
    countries, weighted as the referred are. Value is net revenue up to as-of per customer, or margin; basis
    "retention" is the share of those who first paid in the period who are still customers.
    At risk: customers whose first purchase (or payment) fell in the period; the referred whose month and country have
    no others are left out (`alone`). Who comes by a friend differs from others: an association, no effect.
    Example: 2026-10, the finger-count company: 100 of 50.
    Source: Schmitt, Skiera and Van den Bulte, Journal of Marketing 75 (2011): at least 1.16 at one bank.
    """
    zone = t.definitions.zone
    one = ibis.literal(1, type="int64")
    if basis == "retention":
        bare, _ = t.apart(*t.dimensions(by))
        to_date = Window(window.start, t.as_of, Grain.RANGE, zone)
        paying = standing(bare, to_date, (), Policy.of(t.definitions), "since", "kept_end")
        paying = paying.filter(during(paying.since, window))
        won = paying.select(
            "account_id", month=local_month(paying.since, zone), base=one, amount=flag(paying.kept_end == 1)
        )
    else:
        first = purchases(t).filter(lambda p: p.number == 1)
        first = first.filter(during(first.occurred_at, window))
        first = first.select(buyer="account_id", month=local_month(first.occurred_at, zone))
        rows = worth(t, basis)
        rows = rows.filter(rows.occurred_at < instant(t.as_of, zone))
        joined = first.inner_join(rows, first.buyer == rows.account_id)
        won = joined.group_by(joined.buyer.name("account_id"), "month").agg(amount=joined.worth.sum())
        won = won.mutate(base=one)
    came = referred(t)
    marked = won.left_join(came, won.account_id == came.referee)
    marked = marked.mutate(treated=flag(marked.referee.notnull())).drop("referee")
    found = like_for_like(with_strata(t, of_members(t, marked, by, window)), by)
    if basis == "retention":
        return found
    return found.mutate(**{name: money(found[name]) for name in ("part", "whole", "difference")})
