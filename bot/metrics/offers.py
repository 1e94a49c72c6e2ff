"""Offers: how many of those delivered are taken."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from bot.metrics.declare import metric
from bot.metrics.dimensions import with_dimensions
from bot.metrics.expressions import during, flag
from bot.metrics.tables import Tables, owned, per
from bot.types import Shape, Unit, Window, instant

DELIVERED = "offer_delivered"
REDEEMED = ("offer_redeemed", "cancel_flow_saved")
"""The events that deliver and redeem an offer, which their properties name; a company maps its own names to them."""
NAMED = '"offer" *: *"([^"]*)"'


def taken(t: Tables, window: Window, by: tuple[str, ...]) -> ir.Table:
    """One row per account and offer delivered to it in the window: delivered_at (the first time), redeemed (1 or 0)."""
    events = owned(t, "events", "properties").filter(lambda e: e.account_id.notnull())
    named = events.mutate(offer=events.properties.re_extract(NAMED, 1).nullif(""))
    named = named.filter(named.offer.notnull() & (named.occurred_at < instant(t.as_of, t.definitions.zone)))
    sent = named.filter((named.name == DELIVERED) & during(named.occurred_at, window))
    sent = sent.group_by("account_id", "offer").agg(delivered_at=sent.occurred_at.min())
    took = named.filter(named.name.isin(REDEEMED))
    took = took.group_by(taker=took.account_id, taken_offer=took.offer).agg(taken_at=took.occurred_at.max())
    joined = sent.left_join(took, [sent.account_id == took.taker, sent.offer == took.taken_offer])
    redeemed = (joined.taken_at >= joined.delivered_at).fill_null(False)
    frame = joined.select("account_id", "offer", "delivered_at", redeemed=flag(redeemed))
    return t.narrow(with_dimensions(t, frame, t.dimensions(by), window))


def takers(t: Tables, window: Window) -> ir.Table:
    """The accounts that redeemed an offer of the period, and how many."""
    frame = taken(t, window, ()).filter(ibis._.redeemed == 1)
    return frame.group_by("account_id").agg(offers=frame.count(), delivered_at=frame.delivered_at.min())


@metric(
    unit=Unit.SHARE,
    good="context",
    shape=Shape.SHARE,
    needs=("events.name", "events.occurred_at", "events.properties"),
    by=("offer", "country", "channel", "language", "size", "industry"),
    companions=("save_rate", "redemption_rate"),
    people=takers,
)
def offer_uptake(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Offers delivered in the period that were redeemed, as a share of those delivered.

    Formula: offers redeemed by as-of / offers delivered in the period; an offer counts once per account, however
    often it is shown or used. Delivered is the event `offer_delivered`, redeemed is `offer_redeemed` or
    `cancel_flow_saved`, each with the offer in its properties, under the name "offer".
    At risk: accounts to which an offer was delivered; a code passed on counts for nobody to whom it was not delivered.
    Several offers of one account count each.
    Example: 2026-10, the finger-count company, offer=pause-3: 1 of 2.
    Source: campaign practice.
    """
    frame = taken(t, window, by)
    return per(frame, by).agg(part=frame.redeemed.sum().fill_null(0), whole=frame.count())
