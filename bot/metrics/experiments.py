"""Tests: who was assigned to which arm, and what became of everybody assigned, also of those never reached.

Assignments come from `assignments`, and for campaigns without any from `sends`: whoever has a row with `holdout` was
held out. Intention to treat: a person counts in the arm they were assigned to, whatever arrived.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bot.errors import BadData
from bot.metrics.commerce import purchases
from bot.metrics.engagement import described
from bot.metrics.expressions import MICROS, flag, ratio
from bot.metrics.tables import Tables, of_the_merged, owned
from bot.metrics.terms import Policy, terms
from bot.types import Window, instant

HELD_ARMS = ("control", "holdout")
"""Names of the arm that gets nothing, in small letters."""
OUTCOMES = ("retained", "visit", "conversion", "spend")
MONTHS_OF_WORTH = 12
OWN = ("campaign",)
"""The dimension that a test has itself."""


def units(t: Tables, window: Window, by: tuple[str, ...], days: int) -> ir.Table:
    """One row per unit assigned in the window whose horizon is over by as-of; filters are applied.

    Columns: campaign (the test, where it belongs to no campaign), arm, held (1 = gets nothing), user_id (null where
    accounts are assigned), account_id, assigned_at, and the dimensions.
    """
    frame = _assigned(t)
    if t.has("sends", "holdout"):
        apart = _held_back(t)
        if frame is not None:
            known = frame.select("campaign").distinct()
            apart = apart.anti_join(known, "campaign")
        frame = apart if frame is None else cast(ir.Table, ibis.union(frame, apart))
    if frame is None:
        raise BadData("missing_table", table="assignments")
    mature = instant(t.as_of - timedelta(days=days), t.definitions.zone)
    frame = frame.filter((frame.assigned_at >= window.first) & (frame.assigned_at < window.last))
    frame = frame.filter(frame.assigned_at < mature)
    frame = frame.mutate(held=flag(frame.arm.lower().isin(HELD_ARMS)))
    names = tuple(name for name in t.dimensions(by) if name not in OWN)
    return t.narrow(described(t, frame, names, window))


def _assigned(t: Tables) -> ir.Table | None:
    if not t.has("assignments"):
        return None
    rows = t["assignments"].select("experiment_id", "unit_id", "arm", "assigned_at")
    campaign: ir.Value = rows.experiment_id
    of_users: ir.BooleanValue = ibis.literal(True)
    if t.has("experiments"):
        tests = t["experiments"].select(test="experiment_id", about="campaign_id", kind="unit")
        rows = rows.left_join(tests, rows.experiment_id == tests.test)
        campaign = ibis.coalesce(rows.about, rows.experiment_id)
        of_users = rows.kind.fill_null("user") == "user"
    rows = rows.mutate(campaign=campaign, as_user=of_users.ifelse(rows.unit_id, ibis.null("string")))
    if t.has("users", "account_id"):
        users = t["users"].select(person="user_id", home="account_id")
        rows = rows.left_join(users, rows.as_user == users.person)
        rows = rows.mutate(user_id=rows.person, account_id=ibis.coalesce(rows.home, rows.unit_id))
    else:
        rows = rows.mutate(user_id=ibis.null("string"), account_id=rows.unit_id)
    return _shaped(of_the_merged(t, rows))


def _held_back(t: Tables) -> ir.Table:
    """Campaigns of `sends`: a person's first row in each, and whether any row of it was held out."""
    sends = owned(t, "sends")
    sends = sends.filter(sends.campaign_id.notnull())
    found = sends.group_by(campaign=sends.campaign_id, user_id=sends.user_id).agg(
        held=flag(sends.holdout.fill_null(False)).max(),
        account_id=sends.account_id.min(),
        assigned_at=sends.occurred_at.min(),
        kind=sends.variant.min(),
    )
    return _shaped(found.mutate(arm=(found.held == 1).ifelse("control", found.kind.fill_null("treatment"))))


def _shaped(rows: ir.Table) -> ir.Table:
    return rows.select(
        "campaign", "arm", "user_id", "account_id", assigned_at=cast(Any, rows.assigned_at).cast("timestamp")
    )


def with_outcome(t: Tables, frame: ir.Table, outcome: str, days: int, margin: float | None = None) -> ir.Table:
    """Add what became of each unit within the days: `amount`, as 1 or 0, or as money in millionths, and `worth`.

    "retained": a customer at the end of the horizon (paying, or paused within the limit); worth is twelve months of
    their MRR then. "visit": an active event of the person, or of anybody in the account where accounts are assigned.
    "conversion": an order of the account; worth is what its orders brought. "spend": what they brought. Without a
    margin both are revenue; with one, MRR at that margin, and orders less their cost, where it is known.
    """
    frame = frame.mutate(
        who=frame.user_id.isnull().ifelse(_marked("a", frame.account_id), _marked("u", frame.user_id)),
        until=frame.assigned_at + ibis.interval(days=days),
    )
    if outcome == "retained":
        found = _retained(t, frame, 1.0 if margin is None else margin)
    elif outcome == "visit":
        found = _visited(t, frame)
    else:
        found = _bought(t, frame, margin, as_money=outcome == "spend")
    found = found.rename(of_campaign="campaign", of_who="who")
    joined = frame.left_join(found, (frame.campaign == found.of_campaign) & (frame.who == found.of_who))
    joined = joined.drop("of_campaign", "of_who")
    return joined.mutate(amount=joined.amount.fill_null(0), worth=joined.worth.fill_null(0))


def _marked(kind: str, key: ir.Value) -> ir.Value:
    """Ids of people and of accounts kept apart: both may be the same numbers."""
    return cast(ir.StringValue, ibis.literal(kind)) + cast(ir.StringValue, key)


def _retained(t: Tables, frame: ir.Table, margin: float) -> ir.Table:
    rows = terms(t, Policy.of(t.definitions))
    rows = rows.select(payer="account_id", opens="opens", closes="closes", pays="pays", rests="rests", paid="micros")
    there = frame.select("campaign", "who", "account_id", "until").inner_join(
        rows, [frame.account_id == rows.payer, rows.opens <= frame.until, rows.closes > frame.until]
    )
    kept = there.filter((there.pays + there.rests) > 0)
    return kept.group_by("campaign", "who").agg(
        amount=flag(kept.count() > 0),
        worth=(kept.paid.sum(where=kept.pays == 1).fill_null(0).cast("float64") * (MONTHS_OF_WORTH * margin))
        .round()
        .cast("int64"),
    )


def _visited(t: Tables, frame: ir.Table) -> ir.Table:
    events = owned(t, "events")
    events = events.filter(events.is_active_event.fill_null(True))
    deeds = events.select(doer=_marked("a", events.account_id), done_at=events.occurred_at)
    if t.has("events", "user_id"):
        people = events.select(doer=_marked("u", events.user_id), done_at=events.occurred_at)
        deeds = cast(ir.Table, ibis.union(deeds, people))
    seen = frame.select("campaign", "who", "assigned_at", "until").inner_join(
        deeds, [frame.who == deeds.doer, deeds.done_at >= frame.assigned_at, deeds.done_at < frame.until]
    )
    return seen.group_by("campaign", "who").agg(amount=flag(seen.count() > 0), worth=flag(seen.count() < 0))


def _bought(t: Tables, frame: ir.Table, margin: float | None, *, as_money: bool) -> ir.Table:
    orders = takings_of(t, margin)
    bought = frame.select("campaign", "who", "account_id", "assigned_at", "until").inner_join(
        orders, [frame.account_id == orders.buyer, orders.done_at >= frame.assigned_at, orders.done_at < frame.until]
    )
    gained = bought.gained.sum().fill_null(0)
    return bought.group_by("campaign", "who").agg(amount=gained if as_money else flag(bought.count() > 0), worth=gained)


def takings_of(t: Tables, margin: float | None) -> ir.Table:
    """Orders that count, with what each brought in millionths: buyer, done_at, gained (revenue, or margin)."""
    orders = purchases(t)
    gained: Any = orders.micros
    if margin is not None:
        at_margin = (orders.micros.cast("float64") * margin).round().cast("int64")
        gained = ibis.coalesce(orders.micros - orders.cost_micros, at_margin)
    return orders.select(buyer="account_id", done_at="occurred_at", gained=gained)


def arms(frame: ir.Table, by: tuple[str, ...], *, as_money: bool = False) -> ir.Table:
    """One row per segment, campaign and arm: held, n, total and squares of the outcome, worth in money."""
    amount = ratio(frame.amount, MICROS) if as_money else frame.amount.cast("float64")
    frame = frame.mutate(square=amount * amount)
    keys = list(dict.fromkeys([*by, "campaign", "arm", "held"]))
    return frame.group_by(keys).agg(
        n=frame.count(),
        total=ratio(frame.amount.sum(), MICROS if as_money else 1),
        squares=frame.square.sum(),
        worth=ratio(frame.worth.sum(), MICROS),
    )
