"""Growth of recurring revenue among those who already paid, and what it came from."""

from __future__ import annotations

from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bot.metrics.customers import ACCOUNT_DIMENSIONS
from bot.metrics.declare import metric
from bot.metrics.expressions import flag, micros, money, ratio
from bot.metrics.movements import within
from bot.metrics.population import standing
from bot.metrics.revenue import MRR, POLICIES
from bot.metrics.tables import UNKNOWN, Tables, beside, owned, per, without
from bot.metrics.terms import Policy, holds, terms
from bot.types import Shape, Unit, Window

UPSELL = ("seats", "tier", "upsell")
"""Causes that are more of the same product: price rises, ended discounts and other products are not."""
OTHER = "cross_sell"


def grown(t: Tables, window: Window, **policy: Any) -> ir.Table:
    """The people behind expansion: one row per account that pays more at the end than at the start.

    Columns: account_id, mrr (at the end), mrr_start, gained.
    """
    more = _growing(t.apart("cause")[0], window, (), Policy.of(t.definitions, **policy))
    return more.select(
        "account_id",
        mrr=money(more.end_micros),
        mrr_start=money(more.start_micros),
        gained=money(more.end_micros - more.start_micros),
    )


@metric(
    unit=Unit.MONEY,
    good="up",
    shape=Shape.LEVEL,
    needs=MRR,
    by=("cause", *ACCOUNT_DIMENSIONS),
    variants=POLICIES,
    companions=("expansion_rate", "nrr"),
    people=grown,
)
def expansion_revenue(t: Tables, window: Window, by: tuple[str, ...] = (), **policy: Any) -> ir.Table:
    """The MRR by which customers of the start pay more at the end, and what it came from.

    Formula: sum over customers paying at both ends, and more at the end, of MRR at the end - MRR at the start; n is
    those customers. The cause is that of the recorded movements, else what changed in the subscription: seats, tier
    (another plan), price, discount_end, cross_sell (another subscription). Upsell is seats and tier.
    At risk: customers paying at the start; where one cause took away from a customer who grew, its part is below 0.
    Example: 2026-10, the finger-count company: 50.
    Source: ChartMogul, expansion MRR; ProfitWell, upgrades.
    """
    t, of_the_cause = t.apart("cause")
    rules = Policy.of(t.definitions, **policy)
    rows = of_the_cause.narrow(_caused(t, window, without(by, "cause"), rules))
    sums = per(rows, by).agg(
        value=money(rows.amount.sum().fill_null(0)),
        n=rows.account_id.nunique(),
        upsell=money(rows.amount.sum(where=rows.cause.isin(UPSELL)).fill_null(0)),
        cross_sell=money(rows.amount.sum(where=rows.cause == OTHER).fill_null(0)),
    )
    return sums.drop("upsell", "cross_sell") if "cause" in by else sums


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.RATIO,
    needs=MRR,
    by=("cause", *ACCOUNT_DIMENSIONS),
    parts="money",
    variants=POLICIES,
    companions=("nrr", "gross_revenue_churn"),
    people=grown,
)
def expansion_rate(t: Tables, window: Window, by: tuple[str, ...] = (), **policy: Any) -> ir.Table:
    """The expansion of the customers of the start, as a share of the MRR they paid then.

    Formula: expansion MRR of customers of the start / MRR at the start; expanding_customers are those with a net
    increase, n the customers of the start.
    At risk: customers paying at the start; by cause, each cause is a share of all their MRR.
    Example: 2026-10, the finger-count company: 50 of 1320.
    Source: ChartMogul, expansion MRR rate.
    """
    t, of_the_cause = t.apart("cause")
    rules = Policy.of(t.definitions, **policy)
    others = without(by, "cause")
    frame = standing(t, window, others, rules, "start", "start_micros")
    base = per(frame, others).agg(whole=frame.start_micros.sum(), n=frame.start.sum())
    base = base.filter(base.whole > 0)
    rows = of_the_cause.narrow(_caused(t, window, others, rules))
    sums = per(rows, by).agg(gained=rows.amount.sum(), growing=rows.account_id.nunique())
    joined = beside(base, sums, others, "inner" if "cause" in by else "left")
    return joined.select(
        *by,
        "n",
        part=money(joined.gained.fill_null(0)),
        whole=money(joined.whole),
        expanding_customers=joined.growing.fill_null(0),
    )


def _growing(t: Tables, window: Window, by: tuple[str, ...], rules: Policy) -> ir.Table:
    """Customers who pay at both ends of the window, and more at its end."""
    frame = standing(t, window, by, rules, "start_micros", "end_micros")
    return frame.filter((frame.start_micros > 0) & (frame.end_micros > frame.start_micros))


def _caused(t: Tables, window: Window, by: tuple[str, ...], rules: Policy) -> ir.Table:
    """(account_id, the dimensions, cause, amount in millionths): amounts of an account add up to its net increase."""
    more = _growing(t, window, by, rules)
    more = more.mutate(net=more.end_micros - more.start_micros).drop("start_micros", "end_micros")
    found = _recorded(t, window) if t.has("mrr_movements", "cause") else _derived(t, window, rules)
    rows = more.inner_join(found, "account_id")
    told = rows.group_by("account_id").agg(told=rows.amount.sum())
    left = more.left_join(told, "account_id")
    left = left.select(*more.columns, cause=ibis.literal(UNKNOWN), amount=left.net - left.told.fill_null(0))
    left = left.filter(left.amount != 0)
    return ibis.union(rows, left.select(rows.columns))


def _recorded(t: Tables, window: Window) -> ir.Table:
    """What the company recorded of each account in the window, by cause."""
    moves = owned(t, "mrr_movements")
    moves = moves.mutate(moved_on=moves.occurred_at, cause=moves.cause.fill_null(UNKNOWN))
    moves = moves.filter(within(moves, window))
    return moves.group_by("account_id", "cause").agg(amount=micros(moves.amount).sum())


def _derived(t: Tables, window: Window, rules: Policy) -> ir.Table:
    """What changed in each subscription between the ends of the window, by cause.

    Within a subscription: what a discount gave up, then another plan, then seats at the old price of a seat, and the
    rest is price. A change whose seats or plan are not known has no known cause.
    """
    rows = _plan_names(t, terms(t, rules))
    rows = rows.filter((rows.pays == 1) & (rows.opens <= window.last))
    first, last = holds(rows, window.first), holds(rows, window.last)
    given = micros(rows.discount).fill_null(0)
    ends = rows.group_by("account_id", "subscription_id").agg(
        before=rows.micros.sum(where=first).fill_null(0),
        after=rows.micros.sum(where=last).fill_null(0),
        off_before=given.sum(where=first).fill_null(0),
        off_after=given.sum(where=last).fill_null(0),
        seats_before=rows.quantity.max(where=first),
        seats_after=rows.quantity.max(where=last),
        plan_before=rows.plan_name.max(where=first),
        plan_after=rows.plan_name.max(where=last),
    )
    stays = (ends.before > 0) & (ends.after > 0)
    all_of = ibis.window(group_by="account_id")
    came, went = flag((ends.before == 0) & (ends.after > 0)), flag((ends.before > 0) & (ends.after == 0))
    swapped = (came.max().over(all_of) == 1) & (went.max().over(all_of) == 1)
    list_before = ends.before + ends.off_before
    change = ends.after + ends.off_after - list_before
    per_seat = ratio(list_before, ends.seats_before)
    seats = cast(Any, per_seat * (ends.seats_after - ends.seats_before)).round().cast("int64")
    same_plan = (ends.plan_before == ends.plan_after).fill_null(False)
    other_plan = (ends.plan_before != ends.plan_after).fill_null(False)
    counted = same_plan & (ends.seats_before > 0).fill_null(False) & ends.seats_after.notnull()
    moved = ends.after - ends.before
    amounts = {
        "seats": (stays & counted).ifelse(seats, 0),
        "price": (stays & counted).ifelse(change - seats, 0),
        "tier": ibis.cases((stays & other_plan, change), (~stays & swapped, moved), else_=0),
        "discount_end": stays.ifelse(ends.off_before - ends.off_after, 0),
        OTHER: (~stays & ~swapped).ifelse(moved, 0),
    }
    parts = [
        ends.select("account_id", cause=ibis.literal(cause), amount=amount.cast("int64"))
        for cause, amount in amounts.items()
    ]
    found = ibis.union(*parts)
    found = found.filter(found.amount != 0)
    return found.group_by("account_id", "cause").agg(amount=found.amount.sum())


def _plan_names(t: Tables, rows: ir.Table) -> ir.Table:
    """Stretches with the name of their plan: a price list of next year is no other plan."""
    if not t.has("plans", "name"):
        return rows.mutate(plan_name=rows.plan_id)
    plans = t["plans"].select(listed="plan_id", called="name")
    joined = rows.left_join(plans, rows.plan_id == plans.listed)
    return joined.mutate(plan_name=ibis.coalesce(joined.called, joined.plan_id)).drop("listed", "called")
