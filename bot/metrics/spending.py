"""What the company spends to win customers, and to keep them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from bot.errors import NotAllowed
from bot.metrics.confine import Confined
from bot.metrics.currency import converted
from bot.metrics.customers import SUBSCRIPTIONS, new_customers
from bot.metrics.declare import Asked, metric
from bot.metrics.dimensions import with_dimensions
from bot.metrics.expressions import during, flag, micros, money, ratio
from bot.metrics.lifetime_value import months_in
from bot.metrics.population import standing
from bot.metrics.tables import UNKNOWN, Tables, counted_only, owned, per
from bot.metrics.terms import Policy
from bot.types import Note, Shape, Unit, Window

SPEND = ("spend.occurred_at", "spend.category", "spend.amount")
WINNING = "acquisition"
KEEPING = ("retention", "loyalty", "success", "tooling")
"""Categories of spend that keep customers; support is a service to all, and told apart."""
OF_SPEND = ("category", "channel", "message_channel")
"""Dimensions of spend itself; its channel is one of acquisition or one of messages, by its category."""
RESPONSES = ("clicked", "replied", "converted")
"""What a person does on purpose with a message; opens may be a machine's."""


def spent(t: Tables, window: Window) -> ir.Table:
    """What was spent in the window, in the company's currency: category, channel (as message_channel too), micros.

    Spend belongs to no account: who may see some customers only gets no figure that sets it against those.
    """
    rows = converted(t, "spend", t["spend"], "amount")
    rows = rows.filter(during(rows.occurred_at, window))
    channel = rows.channel.fill_null(UNKNOWN)
    rows = rows.select("category", channel=channel, message_channel=channel, micros=micros(rows.amount).fill_null(0))
    return t.apart(*OF_SPEND)[1].narrow(rows)


def whole_company(t: Tables) -> None:
    """Refuse to set the spend of the whole company against the customers of a part of it."""
    if isinstance(t.tables, Confined) and t.tables.is_cut:
        raise NotAllowed("spend_is_whole")


@metric(
    unit=Unit.MONEY,
    good="down",
    shape=Shape.RATIO,
    needs=(*SPEND, *SUBSCRIPTIONS, "subscriptions.mrr"),
    by=("category", "message_channel"),
    parts="averages",
    variants={"base": ("retained", "active", "responders")},
    companions=("retention_rate", "spend_split"),
)
def retention_cost(t: Tables, window: Window, by: tuple[str, ...] = (), *, base: str = "retained") -> ir.Table:
    """What it costs to keep a customer: the period's spend on keeping customers, over those kept.

    Formula: spend on retention, loyalty, success and tooling / customers of the start still there at the end; "active"
    takes those paying at the end without the ones added in the period, "responders" those who clicked, replied or
    converted. share_of_revenue is the spend over the recurring revenue of the period, the mean of MRR at both ends for
    each month.
    At risk: spend of the period as recorded; support stands apart; discounts are in it only where recorded as spend.
    Example: 2026-10, the finger-count company: 200 of 5.
    Source: Gainsight, cost of retention (active); retention practice (retained, responders).
    """
    whole_company(t)
    everybody, _ = t.apart(*OF_SPEND)
    states = standing(
        everybody, window, (), Policy.of(t.definitions),
        "start", "end", "kept_end", "since", "start_micros", "end_micros",
    )  # fmt: skip
    counted = {
        "retained": flag((states.start == 1) & (states.kept_end == 1)),
        "active": flag((states.end == 1) & (states.since <= window.first)),
    }
    sums = states.agg(
        customers=counted.get(base, states.start).sum().fill_null(0),
        revenue=ratio((states.start_micros.sum() + states.end_micros.sum()).fill_null(0), 2) * months_in(window),
    )
    if base == "responders":
        sums = sums.drop("customers").cross_join(_responders(everybody, window))
    rows = spent(t, window)
    keeping = rows.filter(rows.category.isin(KEEPING))
    totals = per(keeping, by).agg(cost=keeping.micros.sum().fill_null(0))
    if not by:
        totals = totals.cross_join(rows.agg(support=rows.micros.sum(where=rows.category == "support").fill_null(0)))
    joined = totals.cross_join(sums)
    aside = {} if by else {"support": money(joined.support)}
    return joined.select(
        *by,
        part=money(joined.cost),
        whole=joined.customers,
        **aside,
        revenue=money(joined.revenue),
        share_of_revenue=ratio(joined.cost, joined.revenue),
    )


def _responders(t: Tables, window: Window) -> ir.Table:
    """One row: customers of whom somebody did something with a message in the window."""
    rows = t["message_events"]
    rows = rows.filter(during(rows.occurred_at, window))
    rows = rows.filter(rows.type.isin(RESPONSES)).select("send_id").distinct()
    rows = rows.inner_join(owned(t, "sends").select("send_id", "account_id"), "send_id")
    accounts = with_dimensions(t, rows.select("account_id").distinct(), (), window)
    return accounts.agg(customers=accounts.account_id.nunique())


def _nobody_won(rows: Sequence[Mapping[str, Any]], _asked: Asked) -> list[Note]:
    return [Note("nobody_won")] if any(not row["whole"] for row in rows) else []


@metric(
    unit=Unit.MONEY,
    good="down",
    shape=Shape.RATIO,
    needs=(*SPEND, *SUBSCRIPTIONS),
    by=("channel",),
    parts="averages",
    variants={"method": ("start_cohort", "events")},
    companions=("retention_rate", "new_customers"),
    notes=_nobody_won,
)
def cac(t: Tables, window: Window, by: tuple[str, ...] = (), *, method: str = "start_cohort") -> ir.Table:
    """Customer acquisition cost: what the company spent to win one new customer.

    Formula: spend on acquisition in the period / new customers of the same period (as new_customers counts them). By
    channel, the spend on the channel over those who came by it.
    At risk: spend of the category acquisition; customers that a channel brought without spend cost nothing there. Where
    sales take longer than the period, spend and customers belong to different people: ask for a longer one.
    Example: 2026-10, the finger-count company: 450 of 1.
    Source: ChartMogul, customer acquisition cost.
    """
    whole_company(t)
    rows = spent(t, window)
    rows = rows.filter(rows.category == WINNING)
    won: ir.Table = new_customers(t, window, by, method=method)
    both = ibis.union(
        rows.select(*by, "micros", won=ibis.literal(0, "int64")),
        won.select(*by, micros=ibis.literal(0, "int64"), won=won.value.cast("int64")),
    )
    sums = per(both, by).agg(part=both.micros.sum().fill_null(0), whole=both.won.sum().fill_null(0))
    sums = counted_only(sums) if by else sums
    return sums.select(*by, part=money(sums.part), whole=sums.whole)


@metric(
    unit=Unit.SHARE,
    good="context",
    shape=Shape.SHARE,
    needs=SPEND,
    by=("channel",),
    parts="money",
    companions=("cac", "retention_cost"),
)
def spend_split(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """The share of spend that goes into keeping customers rather than winning them.

    Formula: retention spend / (retention + acquisition spend); retention is retention, loyalty, success and tooling.
    At risk: spend of the period as recorded; support is neither.
    Example: 2026-10, the finger-count company: 200 of 650.
    Source: retention practice.
    """
    rows = spent(t, window)
    rows = rows.filter(rows.category.isin((*KEEPING, WINNING)))
    sums = per(rows, by).agg(
        part=rows.micros.sum(where=rows.category.isin(KEEPING)).fill_null(0), whole=rows.micros.sum().fill_null(0)
    )
    shares = counted_only(sums)
    return shares.select(*by, part=money(shares.part), whole=money(shares.whole))
