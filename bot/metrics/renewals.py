"""Renewals: contracts of more than a month whose term ended, and what became of them."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from bot.metrics.customers import ACCOUNT_DIMENSIONS, SUBSCRIPTIONS
from bot.metrics.declare import metric
from bot.metrics.dimensions import with_dimensions
from bot.metrics.expressions import FOREVER, flag, micros, money, ratio
from bot.metrics.tables import Tables, counted_only, owned, per
from bot.types import Shape, Unit, Window, instant

IN_FORCE = ("active", "past_due", "paused")


def _due(t: Tables, window: Window) -> ir.Table:
    """Contracts in force until their term ended in the window, by as-of: account_id, subscription_id, term_end, plan_id
    and due_micros (a month), as the last stretch under that term has them.
    """
    rows = owned(t, "subscriptions")
    rows = rows.filter(rows.status.isin(IN_FORCE))
    until = min(window.last, instant(t.as_of, t.definitions.zone))
    termed = rows.filter((rows.term_end >= window.first) & (rows.term_end < until))
    termed = termed.filter(termed.status.isin(("active", "past_due")) & (termed.mrr.isnull() | (termed.mrr > 0)))
    due = termed.group_by("account_id", "subscription_id", "term_end").agg(
        plan_id=termed.plan_id.argmax(termed.valid_from),
        due_micros=micros(termed.mrr).fill_null(0).argmax(termed.valid_from),
    )
    served = rows.select(served="subscription_id", begins="valid_from", ends=rows.valid_to.fill_null(FOREVER))
    return due.semi_join(
        served,
        [due.subscription_id == served.served, served.begins < due.term_end, served.ends >= due.term_end],
    )


def _contracts(t: Tables, window: Window, by: tuple[str, ...]) -> ir.Table:
    """The contracts that were due, with the dimensions: renewed is 1 or 0, kept_micros what of the amount went on."""
    due = _due(t, window)
    rows = owned(t, "subscriptions")
    begun = rows.valid_from.min().over(ibis.window(group_by="subscription_id"))
    rows = rows.select(
        "valid_from", "status", payer="account_id", follower="subscription_id", begun=begun,
        closes=rows.valid_to.fill_null(FOREVER), next_micros=micros(rows.mrr).fill_null(0),
        free=rows.mrr.notnull() & (rows.mrr <= 0),
    )  # fmt: skip
    paid = rows.filter((rows.status == "active") & ~rows.free)
    grace = ibis.interval(days=t.definitions.grace_days)
    # The same subscription goes on, or the customer begins another one in its place.
    after = due.left_join(
        paid,
        [
            due.account_id == paid.payer,
            paid.closes > due.term_end,
            paid.valid_from <= due.term_end + grace,
            (paid.follower == due.subscription_id) | (paid.begun >= due.term_end),
        ],
    )
    same = after.follower == after.subscription_id
    joined = after.group_by(list(due.columns)).agg(
        renewed=flag(after.payer.count() > 0),
        next_micros=ibis.coalesce(after.next_micros.argmin(after.valid_from, where=same), after.next_micros.max()),
    )
    joined = joined.mutate(kept_micros=ibis.least(joined.next_micros.fill_null(0), joined.due_micros))
    names = t.dimensions(by)
    lengths = ("interval",) if t.has("plans", "interval") else ()
    joined = with_dimensions(t, joined, tuple(dict.fromkeys((*names, *lengths))), window)
    return t.narrow(joined.filter(joined.interval != "monthly") if lengths else joined)


def not_renewed(t: Tables, window: Window) -> ir.Table:
    """The people behind the terms that were not renewed: account_id, term_end (the last), contracts, mrr (a month)."""
    frame = _contracts(t, window, ())
    ended = frame.filter(frame.renewed == 0)
    each = ended.group_by("account_id").agg(
        term_end=ended.term_end.max(), contracts=ended.count(), ended_micros=ended.due_micros.sum()
    )
    return each.select("account_id", "term_end", "contracts", mrr=money(each.ended_micros))


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.SHARE,
    needs=(*SUBSCRIPTIONS, "subscriptions.term_end", "subscriptions.mrr"),
    by=ACCOUNT_DIMENSIONS,
    companions=("churn_rate", "grr"),
    people=not_renewed,
)
def renewal_rate(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Contracts whose term ended in the period and that went on, as a share of those whose term ended.

    Formula: renewed / contracts whose term ended, also within the days of grace after it; in money `renewed_share` =
    `renewed_mrr` (without uplift) / `mrr` that was up for renewal, the same for ARR.
    At risk: paid contracts of more than a month that were in force until their term ended; who renews early counts at
    the original end, who leaves in the middle of a term or is not at its end yet does not count.
    Example: 2026-07, the finger-count company: 1 of 1.
    Source: Displayr flipRevenueMetrics, churn among those who could churn.
    """
    frame = _contracts(t, window, by)
    counted = counted_only(
        per(frame, by).agg(
            part=frame.renewed.sum().fill_null(0),
            whole=frame.count(),
            kept=frame.kept_micros.sum().fill_null(0),
            due=frame.due_micros.sum().fill_null(0),
        )
    )
    return counted.select(
        *by, "part", "whole", mrr=money(counted.due), renewed_mrr=money(counted.kept),
        renewed_share=ratio(counted.kept, counted.due),
    )  # fmt: skip
