"""Invitations: who invited whom, each person once."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from bot.metrics.expressions import during, flag
from bot.metrics.tables import Tables, of_the_merged, owned
from bot.types import Window, instant

REFERRALS = ("referrals.referrer_id", "referrals.invited_at", "referrals.qualified_at")


def invitations(t: Tables) -> ir.Table:
    """Every invitation that is no self-referral: account_id (who invited), referee (the account that came, as it is
    today, or null), person (the referee, or the invitation itself where nobody came of it), invited_at, qualified_at.
    """
    rows = owned(t, "referrals").filter(lambda r: r.account_id.notnull())
    rows = of_the_merged(t, rows.rename(host="account_id").mutate(account_id=rows.referee_id))
    rows = rows.rename(referee="account_id").rename(account_id="host")
    rows = rows.filter(rows.referee.isnull() | (rows.referee != rows.account_id))
    person = ibis.coalesce(rows.referee, ibis.literal("invitation ") + rows.referral_id)
    return rows.select("account_id", "referral_id", "referee", "invited_at", "qualified_at", person=person)


def invited(t: Tables, window: Window) -> ir.Table:
    """One row per person first invited in the window: account_id (who invited them first), qualified (1 by as-of)."""
    rows = invitations(t)
    first = ibis.window(group_by="person", order_by=["invited_at", "referral_id"])
    whole = ibis.window(group_by="person")
    met = flag(rows.qualified_at < instant(t.as_of, t.definitions.zone))
    rows = rows.mutate(place=ibis.row_number().over(first), qualified=met.max().over(whole))
    rows = rows.filter((rows.place == 0) & during(rows.invited_at, window))
    return rows.select("account_id", "person", "qualified")


def referred(t: Tables) -> ir.Table:
    """The accounts that came by an invitation, once each, as `referee`."""
    rows = invitations(t)
    return rows.filter(rows.referee.notnull()).select("referee").distinct()
