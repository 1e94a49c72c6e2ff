"""Customers (logos): who stayed, who left, who came, and why."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from bot.metrics.declare import metric
from bot.metrics.engagement import returning
from bot.metrics.expressions import flag, money
from bot.metrics.movements import logo_events
from bot.metrics.population import standing
from bot.metrics.tables import UNKNOWN, Tables, counted_only, owned, per, without
from bot.metrics.terms import Policy
from bot.types import Grain, Shape, Unit, Window

ACCOUNT_DIMENSIONS = (
    "plan", "interval", "country", "market", "region", "tenure", "channel", "size", "industry", "language", "owner",
)  # fmt: skip
SUBSCRIPTIONS = (
    "subscriptions.account_id",
    "subscriptions.valid_from",
    "subscriptions.valid_to",
    "subscriptions.status",
)
SPLITS = {
    "voluntary": ("voluntary", "to_free"),
    "involuntary": ("involuntary",),
    "to_free": ("to_free",),
    "pause_expired": ("pause_expired",),
}
"""Split → the kinds of loss in it; going to the free plan is the customer's choice, and also shown apart."""
LOSS_VARIANTS = {
    "recognition": ("service_end", "request"),
    "grace_days": ("30",),
    "pause_policy": ("zero_mrr", "keep_mrr", "churn"),
    "free_policy": ("churn", "active"),
}


def with_choice(t: Tables, frame: ir.Table, window: Window) -> ir.Table:
    """The frame (with account_id, lost_on, loss) with "voluntary" for those who asked to leave during dunning.

    They are lost by choice where the request precedes the final attempt to collect; without payments that attempt
    is unknown, and the loss stays as the data tells it.
    """
    if not (t.has("subscriptions", "cancel_requested_at") and t.has("payments")):
        return frame
    due, tries = owned(t, "subscriptions"), owned(t, "payments")
    due = due.filter((due.status == "past_due") & (due.cancel_requested_at < window.last))
    due = due.select(debtor="account_id", due_from="valid_from", due_to="valid_to", asked_on="cancel_requested_at")
    tries = tries.filter(tries.status == "failed").select(tried="account_id", tried_on="occurred_at")
    gone = frame.select("account_id", "lost_on")
    asked = gone.inner_join(due, [gone.account_id == due.debtor, due.due_from < gone.lost_on])
    asked = asked.filter(asked.due_to.isnull() | (asked.due_to >= asked.lost_on))
    chose = asked.inner_join(
        tries, [asked.account_id == tries.tried, tries.tried_on > asked.asked_on, tries.tried_on <= asked.lost_on]
    )
    chose = chose.select(chooser=chose.account_id).distinct()
    joined = frame.left_join(chose, frame.account_id == chose.chooser)
    failed = (joined.loss == "involuntary") & joined.chooser.notnull()
    return joined.mutate(loss=failed.ifelse("voluntary", joined.loss)).drop("chooser")


def lost(t: Tables, window: Window, *, basis: str = "paying", split: str = "none", **policy: Any) -> ir.Table:
    """The people behind churn: one row per account paying at the start and no customer at the end.

    Columns: account_id, lost_on (instant), loss, reason_code, reason_text, mrr (at the start), plan_id, since.
    With the basis "active": one row per account active in the period before and not in the window, account_id only.
    """
    if basis == "active":
        return returning(t, window, ()).filter(lambda r: r.back == 0).select("account_id")
    t, of_the_loss = t.apart("reason", "type")
    frame = standing(
        t, window, (), Policy.of(t.definitions, **policy),
        "start", "kept_end", "start_micros", "lost_on", "loss", "reason_code", "reason_text", "plan_id", "since",
    )  # fmt: skip
    gone = with_choice(t, frame.filter((frame.start == 1) & (frame.kept_end == 0)), window)
    gone = of_the_loss.narrow(gone.mutate(reason=gone.reason_code.fill_null(UNKNOWN), type=gone.loss))
    if split != "none":
        gone = gone.filter(gone.loss.isin(SPLITS[split]))
    return gone.select(
        "account_id", "lost_on", "loss", "reason_code", "reason_text", "plan_id", "since",
        mrr=money(gone.start_micros),
    )  # fmt: skip


def gained(t: Tables, window: Window, **variant: Any) -> ir.Table:
    """The people behind new customers: one row per account that first paid in the window and still pays."""
    frame = standing(
        t, window, (), Policy.of(t.definitions),
        "start", "end", "since", "left_before", "end_micros", "plan_id",
    )  # fmt: skip
    new = frame.filter(is_new(frame, window, **variant))
    return new.select("account_id", "since", "plan_id", mrr=money(new.end_micros))


def paying(t: Tables, window: Window) -> ir.Table:
    """The people behind the number of customers: one row per account paying at the end."""
    frame = standing(t, window, (), Policy.of(t.definitions), "end", "since", "end_micros", "plan_id")
    return frame.filter(frame.end == 1).select("account_id", "since", "plan_id", mrr=money(frame.end_micros))


def is_new(frame: ir.Table, window: Window, *, reactivation_days: str = "any", **_: Any) -> ir.BooleanValue:
    """Whether an account of `standing` (start, end, since, left_before) came as a new customer, and is still here."""
    came = (frame.start == 0) & (frame.end == 1)
    fresh = frame.since > window.first
    if reactivation_days != "any":
        gap = ibis.interval(days=int(reactivation_days))
        fresh = fresh | ((frame.left_before + gap) < window.first)
    return came & fresh


@metric(
    unit=Unit.SHARE,
    good="down",
    shape=Shape.SHARE,
    needs=SUBSCRIPTIONS,
    by=ACCOUNT_DIMENSIONS,
    variants={
        "basis": ("paying", "active"),
        "method": ("start_cohort", "stripe_like", "events", "daily_sum", "average"),
        "split": ("none", *SPLITS),
        "include_early": ("false", "true"),
        **LOSS_VARIANTS,
    },
    companions=("csat", "new_customers"),
    people=lost,
)
def churn_rate(
    t: Tables,
    window: Window,
    by: tuple[str, ...] = (),
    *,
    basis: str = "paying",
    method: str = "start_cohort",
    split: str = "none",
    include_early: str = "false",
    **policy: Any,
) -> ir.Table:
    """Paying customers at the start who are no longer customers at the end, as a share of those at the start.

    Formula: customers at the start who left by the end / paying customers at the start.
    At risk: paying at the start; trials, free plans and test accounts never; a pause of up to 90 days is no loss.
    Example: 2026-10, the finger-count company: 3 of 8.
    Source: ChartMogul, Customer Churn Rate.
    """
    if basis == "active":
        frame = returning(t, window, by)
        return per(frame, by).agg(part=flag(frame.back == 0).sum(), whole=frame.count())
    rules = Policy.of(t.definitions, **policy)
    if method != "start_cohort":
        return logo_events(t, window, by, rules, method)
    wanted = ["start", "kept_end"]
    wanted += ["lost_on", "loss"] if split != "none" else []
    wanted += ["since"] if include_early == "true" else []
    frame = standing(t, window, by, rules, *wanted)
    if split != "none":
        frame = with_choice(t, frame, window)
    left = (frame.start == 1) & (frame.kept_end == 0)
    if split != "none":
        left = left & frame.loss.isin(SPLITS[split])
    if include_early == "true":
        left = left | ((frame.start == 0) & (frame.kept_end == 0) & (frame.since > window.first))
    return counted_only(per(frame, by).agg(part=flag(left).sum(), whole=frame.start.sum()))


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.SHARE,
    needs=SUBSCRIPTIONS,
    by=ACCOUNT_DIMENSIONS,
    variants={"basis": ("paying", "active"), **LOSS_VARIANTS},
    companions=("new_customers", "clv_predicted"),
    people=lost,
)
def retention_rate(
    t: Tables, window: Window, by: tuple[str, ...] = (), *, basis: str = "paying", **policy: Any
) -> ir.Table:
    """Paying customers at the start who are still customers at the end, as a share of those at the start.

    Formula: 1 - churn_rate = customers at the start still customers at the end / paying customers at the start.
    At risk: the same customers as for churn_rate; basis "active" counts accounts with activity in both periods.
    Example: 2026-10, the finger-count company: 5 of 8.
    Source: ChartMogul, Churn rate formulas.
    """
    if basis == "active":
        frame = returning(t, window, by)
        return per(frame, by).agg(part=frame.back.sum(), whole=frame.count())
    frame = standing(t, window, by, Policy.of(t.definitions, **policy), "start", "kept_end")
    stayed = flag((frame.start == 1) & (frame.kept_end == 1))
    return counted_only(per(frame, by).agg(part=stayed.sum(), whole=frame.start.sum()))


@metric(
    unit=Unit.COUNT,
    good="down",
    shape=Shape.LEVEL,
    needs=SUBSCRIPTIONS,
    by=(*ACCOUNT_DIMENSIONS, "reason", "type"),
    variants={"split": ("none", *SPLITS), **LOSS_VARIANTS},
    companions=("churn_rate", "new_customers"),
    people=lost,
)
def churned_customers(
    t: Tables, window: Window, by: tuple[str, ...] = (), *, split: str = "none", **policy: Any
) -> ir.Table:
    """How many paying customers of the start are no longer customers at the end, and the MRR they paid.

    Formula: count of customers at the start who left by the end; n is the number at the start.
    At risk: paying at the start, as for churn_rate.
    Example: 2026-10, the finger-count company: 3.
    Source: ChartMogul, Customer Churn Rate.
    """
    t, of_the_loss = t.apart("reason", "type")
    # Why they left is told by all of their history, which the plain number need not look through.
    plain = not (by or of_the_loss.filters or of_the_loss.exclude or split != "none")
    wanted = ("start", "kept_end", "start_micros") + (() if plain else ("lost_on", "loss", "reason_code"))
    frame = standing(t, window, without(by, "reason", "type"), Policy.of(t.definitions, **policy), *wanted)
    left = (frame.start == 1) & (frame.kept_end == 0)
    if not plain:
        frame = with_choice(t, frame, window)
        frame = frame.mutate(reason=frame.reason_code.fill_null(UNKNOWN), type=frame.loss)
        left = (frame.start == 1) & (frame.kept_end == 0) & of_the_loss.passes(frame)
    if split != "none":
        left = left & frame.loss.isin(SPLITS[split])
    frame = frame.mutate(left=flag(left))
    if set(by) & {"reason", "type"}:  # only those who left have one
        frame = frame.filter(frame.left == 1)
    return per(frame, by).agg(
        value=frame.left.sum().fill_null(0),
        n=frame.start.sum().fill_null(0),
        mrr=money(frame.start_micros.sum(where=frame.left == 1).fill_null(0)),
    )


@metric(
    unit=Unit.COUNT,
    good="up",
    shape=Shape.LEVEL,
    needs=SUBSCRIPTIONS,
    by=ACCOUNT_DIMENSIONS,
    variants={"method": ("start_cohort", "events"), "reactivation_days": ("any", "90")},
    companions=("churned_customers",),
    people=gained,
)
def new_customers(
    t: Tables,
    window: Window,
    by: tuple[str, ...] = (),
    *,
    method: str = "start_cohort",
    reactivation_days: str = "any",
) -> ir.Table:
    """How many customers paid for the first time in the period and still pay at its end, and their MRR.

    Formula: count of accounts not paying at the start, paying at the end, first paid in between;
    n is all paying at the end.
    At risk: every account; a former customer who returns is a reactivation, not new.
    Example: 2026-10, the finger-count company: 1.
    Source: ProfitWell, new customers; ChartMogul, MRR movements.
    """
    frame = standing(t, window, by, Policy.of(t.definitions), "start", "end", "since", "left_before", "end_micros")
    new = is_new(frame, window, reactivation_days=reactivation_days)
    if method == "events":
        new = (frame.since > window.first) & (frame.since <= window.last)
    return per(frame, by).agg(
        value=flag(new).sum(), n=frame.end.sum(), mrr=money(frame.end_micros.sum(where=new).fill_null(0))
    )


@metric(
    unit=Unit.COUNT,
    good="up",
    shape=Shape.LEVEL,
    needs=SUBSCRIPTIONS,
    by=ACCOUNT_DIMENSIONS,
    window=Grain.DAY,
    companions=("mrr", "new_customers"),
    people=paying,
)
def customer_count(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """How many customers pay at the end of the period.

    Formula: count of accounts paying at the end; n is the same accounts.
    At risk: every account; trials, free plans and paused subscriptions are no customers.
    Example: 2026-10, the finger-count company: 6.
    Source: ChartMogul, customers; ProfitWell, active customers.
    """
    frame = standing(t, window, by, Policy.of(t.definitions), "end", "since")
    frame = frame.filter(frame.end == 1)
    return per(frame, by).agg(value=frame.count(), n=frame.count())


@metric(
    unit=Unit.SHARE,
    good="context",
    shape=Shape.SHARE,
    needs=(*SUBSCRIPTIONS, "subscriptions.reason_code"),
    by=("reason", *ACCOUNT_DIMENSIONS),
    keys=("reason",),
    companions=("churned_customers",),
    people=lost,
)
def churn_reasons(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Churned customers by stated reason, as a share of the churned who stated one, with the MRR they paid.

    Formula: churned customers with the reason / churned customers with any stated reason.
    At risk: the churned customers of the period, as for churn_rate; those without a reason are in
    `churned` only.
    Example: 2026-10, the finger-count company, reason=price: 1 of 2.
    Source: ChartMogul and Recurly, churn reasons; the code list of the company.
    """
    t, of_the_loss = t.apart("reason")
    others = without(by, "reason")
    frame = standing(t, window, others, Policy.of(t.definitions), "start", "kept_end", "start_micros", "reason_code")
    gone = frame.filter((frame.start == 1) & (frame.kept_end == 0))
    whole = ibis.window(group_by=list(others)) if others else ibis.window()
    counted = gone.group_by([*others, gone.reason_code.name("reason")]).agg(
        part=gone.count(), mrr=money(gone.start_micros.sum())
    )
    stated = counted.mutate(
        whole=counted.part.sum(where=counted.reason.notnull()).over(whole),
        churned=counted.part.sum().over(whole),
    )
    stated = of_the_loss.narrow(stated.filter(stated.reason.notnull()))
    return stated.select("reason", *others, "part", "whole", "churned", "mrr")
