"""The points ledger: who is a member, in which tier, and what became of the points of a period."""

from __future__ import annotations

from datetime import datetime

import ibis
import ibis.expr.types as ir

from bot.metrics.expressions import flag, latest
from bot.metrics.tables import UNKNOWN, Tables, owned
from bot.types import Window, instant

LEDGER = ("loyalty_ledger.member_id", "loyalty_ledger.occurred_at", "loyalty_ledger.points", "loyalty_ledger.reason")


def entries(t: Tables, moment: datetime) -> ir.Table:
    """The rows of the ledger before an instant: account_id (the member), occurred_at, points, reason, tier."""
    rows = owned(t, "loyalty_ledger")
    rows = rows.filter(rows.account_id.notnull() & rows.points.notnull() & (rows.occurred_at < moment))
    return rows.select("account_id", "occurred_at", "reason", "tier", points=rows.points.cast("float64"))


def tiers(t: Tables, moment: datetime) -> ir.Table:
    """One row per member with a tier at the instant: that of the latest row which names one."""
    rows = entries(t, moment).filter(lambda r: r.tier.notnull())
    return rows.group_by("account_id").agg(tier=latest(rows.tier, rows.occurred_at))


def thresholds(t: Tables) -> ir.Table:
    """One row per tier: the points that reach it."""
    benefits = t["tier_benefits"].filter(lambda b: b.threshold.notnull())
    return benefits.group_by("tier").agg(threshold=benefits.threshold.cast("float64").min())


def with_tier(t: Tables, frame: ir.Table, moment: datetime) -> ir.Table:
    """Add the column `tier`: that of the instant, or "unknown" for those who have none."""
    held = tiers(t, moment).select(holder="account_id", tier="tier")
    joined = frame.left_join(held, frame.account_id == held.holder)
    return joined.mutate(tier=joined.tier.fill_null(UNKNOWN)).drop("holder")


def fate(t: Tables, window: Window) -> ir.Table:
    """What became, up to as-of, of the points each member was issued in the window: the oldest are used first.

    One row per member with points of the window: account_id, issued, redeemed, expired (points). Every row of the
    ledger below zero uses up points in the order in which they were issued; those of the window are used by the
    part of it that falls between what was issued before the window and what was issued by its end.
    """
    rows = entries(t, instant(t.as_of, t.definitions.zone))
    gained = rows.points > 0
    issued = rows.group_by("account_id").agg(
        before=rows.points.sum(where=gained & (rows.occurred_at < window.first)).fill_null(0.0),
        by_end=rows.points.sum(where=gained & (rows.occurred_at < window.last)).fill_null(0.0),
    )
    used = rows.filter(rows.points < 0)
    so_far = ibis.window(
        group_by="account_id", order_by=["occurred_at", "reason", "points", "tier"], following=0, preceding=None
    )
    used = used.mutate(upto=(-used.points).sum().over(so_far))
    bounds = issued.select(member="account_id", before="before", by_end="by_end")
    joined = used.inner_join(bounds, used.account_id == bounds.member)
    low = ibis.greatest(joined.upto + joined.points, joined.before)
    share = ibis.greatest(ibis.least(joined.upto, joined.by_end) - low, 0.0)
    sums = joined.mutate(share=share).group_by("account_id").agg(
        redeemed=lambda j: j.share.sum(where=j.reason == "redemption").fill_null(0.0),
        expired=lambda j: j.share.sum(where=j.reason == "expiry").fill_null(0.0),
    )  # fmt: skip
    sums = sums.select(user="account_id", redeemed="redeemed", expired="expired")
    whole = issued.filter(issued.by_end > issued.before)
    found = whole.left_join(sums, whole.account_id == sums.user)
    return found.select(
        "account_id",
        issued=found.by_end - found.before,
        redeemed=found.redeemed.fill_null(0.0),
        expired=found.expired.fill_null(0.0),
    )


def took_part(rows: ir.Table, window: Window) -> ir.Value:
    """1 for a row that earns or redeems in the window; what only expires is nobody's doing."""
    return flag((rows.occurred_at >= window.first) & ((rows.points > 0) | (rows.reason == "redemption")))
