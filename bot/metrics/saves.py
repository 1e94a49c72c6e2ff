"""The cancel flow: who began to cancel and stayed, and who of those went on paying."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from bot.metrics.customers import ACCOUNT_DIMENSIONS, SUBSCRIPTIONS
from bot.metrics.declare import metric
from bot.metrics.dimensions import with_dimensions
from bot.metrics.engagement import with_plan_id
from bot.metrics.expressions import during, flag, local_day
from bot.metrics.population import standing
from bot.metrics.tables import Tables, counted_only, owned, per
from bot.metrics.terms import Policy
from bot.types import Grain, Shape, Unit, Window, instant

STARTED = "cancel_flow_started"
"""The event that opens the cancel flow; a company maps its own name to it."""
FLOW = (*SUBSCRIPTIONS, "subscriptions.cancel_requested_at", "events.name", "events.occurred_at")
BY_CHOICE = ("voluntary", "to_free")


def sessions(t: Tables, window: Window, by: tuple[str, ...]) -> ir.Table:
    """One row per account and day on which it began to cancel in the window: account_id, started_on (the first time
    that day), saved (1 where no cancellation followed within 24 hours), plan_id, and the dimensions.
    """
    events = owned(t, "events").filter(lambda e: (e.name == STARTED) & e.account_id.notnull())
    events = events.filter(during(events.occurred_at, window))
    day = local_day(events.occurred_at, t.definitions.zone)
    begun = events.group_by("account_id", day=day).agg(started_on=events.occurred_at.min())
    rows = owned(t, "subscriptions")
    asked = rows.filter(rows.cancel_requested_at.notnull())
    asked = asked.select(leaver="account_id", cancelled_on=asked.cancel_requested_at.cast("timestamp"))
    if t.has("subscriptions", "end_type"):  # some leave at once, without a request on record
        ended = rows.filter(rows.end_type.isin(BY_CHOICE) & rows.valid_to.notnull())
        ended = ended.select(leaver="account_id", cancelled_on=ended.valid_to.cast("timestamp"))
        asked = ibis.union(asked, ended)
    pairs = begun.left_join(
        asked,
        [
            begun.account_id == asked.leaver,
            asked.cancelled_on >= begun.started_on,
            asked.cancelled_on <= begun.started_on + ibis.interval(days=1),
        ],
    )
    frame = pairs.group_by("account_id", "day", "started_on").agg(saved=flag(pairs.leaver.count() == 0))
    frame = with_plan_id(t, frame, window)
    return t.narrow(with_dimensions(t, frame, t.dimensions(by), window))


def saved_customers(t: Tables, window: Window) -> ir.Table:
    """The people behind the save rate: account_id, saved_on (the last time), plan_id."""
    frame = sessions(t, window, ())
    saved = frame.filter(frame.saved == 1)
    return saved.group_by("account_id").agg(saved_on=saved.started_on.max(), plan_id=saved.plan_id.max())


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.SHARE,
    needs=FLOW,
    by=ACCOUNT_DIMENSIONS,
    companions=("save_then_pay", "churn_rate"),
    people=saved_customers,
)
def save_rate(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Times that customers began to cancel and did not, as a share of the times that they began.

    Formula: sessions of the cancel flow without a cancellation within 24 hours / sessions; a session is an account and
    day with the event `cancel_flow_started`.
    At risk: every session of the period. Discounts can buy this rate: read save_then_pay beside it.
    Example: 2026-10, the finger-count company: 2 of 4.
    Source: Churnkey, cancel-flow sessions and saves.
    """
    frame = sessions(t, window, by)
    return counted_only(per(frame, by).agg(part=frame.saved.sum().fill_null(0), whole=frame.count()))


def _settled(t: Tables, window: Window, by: tuple[str, ...]) -> ir.Table:
    """Saved sessions whose next invoice has come due by as-of, or that left without one: paid is 1 or 0."""
    frame = sessions(t, window, by)
    saved = frame.filter(frame.saved == 1)
    until = instant(t.as_of, t.definitions.zone)
    tries = owned(t, "payments")
    tries = tries.mutate(
        bill=ibis.coalesce(tries.invoice_id, tries.payment_id), due_on=ibis.coalesce(tries.due_at, tries.occurred_at)
    )
    bills = tries.filter(tries.due_on < until).group_by("bill", payer=tries.account_id).agg(
        due_on=tries.due_on.min(), paid=flag((tries.status == "paid") & (tries.occurred_at < until)).max()
    )  # fmt: skip
    ahead = saved.inner_join(bills, [saved.account_id == bills.payer, bills.due_on > saved.started_on])
    turn = ibis.row_number().over(group_by=["account_id", "day"], order_by=["due_on", "bill"])
    first = ahead.mutate(turn=turn).filter(lambda b: b.turn == 0)
    first = first.select(settler="account_id", settled_day="day", paid="paid")
    life = Window(window.start, max(t.as_of, window.end), Grain.RANGE, window.zone)
    bare, _ = t.apart(*t.dimensions(()))
    here = standing(bare, life, (), Policy.of(t.definitions), "kept_end")
    here = here.filter(here.kept_end == 1).select(stayer="account_id")
    joined = saved.left_join(first, [saved.account_id == first.settler, saved.day == first.settled_day])
    joined = joined.left_join(here, joined.account_id == here.stayer)
    joined = joined.filter(joined.settler.notnull() | joined.stayer.isnull())
    return joined.mutate(paid=joined.paid.fill_null(0)).drop("settler", "settled_day", "stayer")


def saved_and_paid(t: Tables, window: Window) -> ir.Table:
    """The people behind it: account_id, saved_on (the last time), plan_id."""
    frame = _settled(t, window, ())
    paid = frame.filter(frame.paid == 1)
    return paid.group_by("account_id").agg(saved_on=paid.started_on.max(), plan_id=paid.plan_id.max())


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.SHARE,
    needs=(*FLOW, "payments.account_id", "payments.occurred_at", "payments.status"),
    by=ACCOUNT_DIMENSIONS,
    window=Grain.QUARTER,
    companions=("save_rate",),
    people=saved_and_paid,
)
def save_then_pay(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Of the times that a customer began to cancel and stayed, the share after which the next invoice was paid.

    Formula: saved sessions of the period whose next invoice was paid by as-of / saved sessions of the period.
    At risk: saved sessions whose next invoice has come due by as-of; who left without one counts as not paid, whose
    invoice is still to come does not count yet.
    Example: 2026-Q2, the finger-count company: 2 of 3.
    Source: Churnkey, reactivation rate: 100 sessions, 50 saved, 20 pay is 40 %.
    """
    frame = _settled(t, window, by)
    return counted_only(per(frame, by).agg(part=frame.paid.sum().fill_null(0), whole=frame.count()))
