"""Effective stretches: the subscription history under one policy (grace, pause, free plans, recognition)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bot.errors import BadData
from bot.metrics.expressions import FOREVER, flag, micros
from bot.metrics.tables import Tables, of_the_merged
from bot.types import Definitions


@dataclass(frozen=True)
class Policy:
    """The variants that decide who is a customer when (conventions G05 to G08)."""

    grace_days: int
    pause_days: int
    pause_policy: str = "zero_mrr"
    free_policy: str = "churn"
    recognition: str = "service_end"
    discount_policy: str = "all_active"

    @classmethod
    def of(cls, definitions: Definitions, **variant: Any) -> Policy:
        """The company's settings, overridden by the variants a question names; others of them are no policy."""
        given = {name: value for name, value in variant.items() if name in cls.__dataclass_fields__}
        if "grace_days" in given:
            given["grace_days"] = int(given["grace_days"])
        return cls(**{"grace_days": definitions.grace_days, "pause_days": definitions.pause_days, **given})


PASSING_DISCOUNTS = {"forever_only": ("repeating", "once"), "recurring_only": ("once",)}
"""Policy → the discounts that it does not take off, by how long they last; "all_active" takes off every one."""

STRETCH = (
    "account_id", "subscription_id", "status", "plan_id", "quantity", "discount", "end_type", "reason_code",
    "reason_text",
)  # fmt: skip
"""What of a stretch is carried along as it is."""

WAITING = ("past_due", "paused")
"""Statuses under which somebody is a customer for a time only."""


def terms(t: Tables, policy: Policy) -> ir.Table:
    """Effective stretches: one row per subscription and stretch, `[opens, closes)`.

    Columns: account_id, subscription_id, status, opens, closes, pays (1 while it makes a customer),
    rests (1 while paused but still a customer), is_free, micros (monthly amount in millionths), plan_id,
    quantity, discount, end_type, reason_code, reason_text,
    lapsed (the loss by which grace or pause ended the stretch, or "").
    """
    if policy not in t.frames:
        t.frames[policy] = _terms(t, policy)
    return t.frames[policy]


def _terms(t: Tables, policy: Policy) -> ir.Table:
    others, waiting = _parted(t, policy)
    counted = others.status == "free" if policy.free_policy == "active" else ibis.literal(False)
    active, never_cut = others.status == "active", ibis.literal("")
    steady = _effective(others, pays=active, rests=counted, closes=others.closes, lapsed=never_cut)
    return of_the_merged(t, ibis.union(steady, _ended_in_time(_since(waiting), policy)))


def _ended_in_time(rows: ir.Table, policy: Policy) -> ir.Table:
    """Stretches that wait, ended where their grace or their pause does."""
    paused, due = rows.status == "paused", rows.status == "past_due"
    never = ibis.literal(False)
    rests = paused if policy.pause_policy == "zero_mrr" else never
    closes = due.ifelse(
        ibis.least(rows.closes, rows.since + ibis.interval(days=policy.grace_days)),
        rests.ifelse(
            ibis.least(rows.closes, rows.since + ibis.interval(days=policy.pause_days)),
            rows.closes,
        ),
    )
    cut = closes < rows.closes
    lapsed = ibis.cases((cut & due, "involuntary"), (cut & rests, "pause_expired"), else_="")
    pays = due | (paused if policy.pause_policy == "keep_mrr" else never)
    return _effective(rows, pays=pays, rests=rests, closes=closes, lapsed=lapsed)


def _effective(
    rows: ir.Table, *, pays: ir.BooleanValue, rests: ir.BooleanValue, closes: ir.Value, lapsed: ir.Value
) -> ir.Table:
    """The columns of `terms`, by what holds of the status of each row."""
    frame = rows.select(
        "account_id",
        "subscription_id",
        "plan_id",
        "status",
        "quantity",
        "discount",
        "end_type",
        "reason_code",
        "reason_text",
        # What ended the stretch before its own time; never null, so that the last one can be asked for it.
        lapsed=lapsed,
        # One precision, so that stretches of both ends can be put into one column.
        opens=rows.valid_from.cast("timestamp"),
        closes=cast(Any, closes).cast("timestamp"),
        pays=flag(pays & (rows.amount.isnull() | (rows.amount > 0))),
        rests=flag(rests),
        is_free=flag(rows.status == "free"),
        # Less than nothing is no revenue, as it makes no customer: else the bridge would hold what the level has not.
        micros=ibis.greatest(micros(pays.ifelse(rows.amount, 0.0)).fill_null(0), 0),
    )
    return frame.filter(frame.closes > frame.opens)


def _parted(t: Tables, policy: Policy) -> tuple[ir.Table, ir.Table]:
    """The stretches that wait for nothing, and those that do, each with `closes` and `amount` by the policy.

    They are taken apart where the table is read, for what is asked of the many others can be asked there, too.
    """

    def read(rows: ir.Table) -> ir.Table:
        closes = rows.valid_to.fill_null(FOREVER)
        if policy.recognition == "request":
            asked = rows.cancel_requested_at.fill_null(FOREVER)
            closes = ibis.least(closes, ibis.greatest(asked, rows.valid_from))
        return rows.select(*STRETCH, "valid_from", closes=closes, amount=_amount(t, rows, policy))

    def both(rows: ir.Table) -> tuple[ir.Table, ir.Table]:
        waiting = rows.status.isin(WAITING)
        return rows.filter(~waiting), rows.filter(waiting)

    if policy.pause_policy == "keep_mrr":
        every = read(t["subscriptions"])
        before = ibis.window(group_by="subscription_id", order_by="valid_from")
        carried = every.amount.lag().over(before)
        return both(every.mutate(amount=(every.status == "paused").ifelse(carried, every.amount)))
    others, waiting = both(t["subscriptions"])
    return read(others), read(waiting)


def _amount(t: Tables, rows: ir.Table, policy: Policy) -> ir.Value:
    """The monthly amount: net of every discount, or of those alone that the policy takes off.

    Who pays nothing because of a discount is no customer under any policy. Which discounts last is never guessed.
    """
    passing = PASSING_DISCOUNTS.get(policy.discount_policy)
    if passing is None:
        return rows.mrr
    for column in ("discount", "discount_duration"):
        if not t.has("subscriptions", column):
            raise BadData("discounts_alike", column=column)
    given = rows.discount_duration.isin(passing).fill_null(False) & (rows.mrr > 0)
    return rows.mrr + given.ifelse(rows.discount.fill_null(0.0), 0.0)


def _since(waiting: ir.Table) -> ir.Table:
    """When each unbroken run of past-due or paused stretches began: grace and pause count from there."""
    order = ibis.window(group_by=["subscription_id", "status"], order_by="valid_from")
    starts = waiting.mutate(
        fresh=flag(waiting.closes.lag().over(order).fill_null(datetime(1, 1, 1)) != waiting.valid_from)
    )
    so_far = ibis.window(group_by=["subscription_id", "status"], order_by="valid_from", preceding=None, following=0)
    began = (starts.fresh == 1).ifelse(starts.valid_from, ibis.null(starts.valid_from.type()))
    return starts.mutate(since=began.max().over(so_far)).drop("fresh")


def holds(frame: ir.Table, moment: datetime) -> ir.BooleanValue:
    """Whether the stretch is in force at the instant."""
    return (frame.opens <= moment) & (frame.closes > moment)
