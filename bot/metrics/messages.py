"""Messages: what arrived, what people did with it, and who said stop."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import ibis
import ibis.expr.types as ir

from bot.metrics.commerce import purchases
from bot.metrics.declare import metric
from bot.metrics.engagement import described
from bot.metrics.expressions import during, flag
from bot.metrics.tables import UNKNOWN, Tables, counted_only, owned, per
from bot.types import Shape, Unit, Window, instant

MESSAGES = (
    "sends.send_id", "sends.user_id", "sends.channel", "sends.occurred_at",
    "message_events.send_id", "message_events.type", "message_events.occurred_at",
)  # fmt: skip
OF_SENDS = {"message_channel": "channel", "campaign": "campaign_id", "variant": "variant", "language": "language"}
"""Dimension → the column of `sends` it is read from; the language of a message goes before that of its reader."""
MESSAGE_DIMENSIONS = (
    "message_channel", "campaign", "variant", "language", "country", "market", "plan", "interval", "channel", "size",
    "industry", "owner",
)  # fmt: skip
PUSH = ("push", "web_push")
SMS = ("sms",)
REACTIONS = ("opened", "clicked", "replied", "unsubscribed", "complained")
"""What only a person who got the message can do: it proves that it arrived."""


message_share = partial(
    metric, unit=Unit.SHARE, shape=Shape.SHARE, entity="person", needs=MESSAGES, by=MESSAGE_DIMENSIONS
)
"""A metric that is a share of the messages sent or delivered."""


def sends_of(t: Tables, by: tuple[str, ...] = ()) -> ir.Table:
    """Messages that were sent: send_id, campaign_id, user_id, account_id, medium, purpose, occurred_at, and the
    dimensions that a send has itself. Those held out are no messages.
    """
    rows = owned(t, "sends")
    rows = rows.filter(~rows.holdout.fill_null(False))
    named = {
        name: rows[column].fill_null(UNKNOWN)
        for name, column in OF_SENDS.items()
        if name in t.dimensions(by) and t.has("sends", column)
    }
    return rows.select(
        "send_id", "campaign_id", "user_id", "account_id", "purpose", "occurred_at", medium=rows.channel, **named
    )


def sent(t: Tables, window: Window, by: tuple[str, ...], media: tuple[str, ...] = ()) -> ir.Table:
    """One row per message sent in the window: the columns of `sends_of`, what became of it by as-of, the dimensions.

    What became of it, each 1 or 0: delivered, machine_open, opened, clicked, replied, unsubscribed, complained,
    converted, hard and soft (bounces). A message arrived where its reader reacted to it,
    or where that is recorded and it did not come back for good; no message is both hard and delivered. A bounce that
    nobody calls soft is hard. Filters are applied.
    """
    key = ("sent", window.start, window.end, by, media, t.filters, t.exclude)
    if key not in t.frames:
        t.frames[key] = _sent(t, window, by, media)
    return t.frames[key]


def _sent(t: Tables, window: Window, by: tuple[str, ...], media: tuple[str, ...]) -> ir.Table:
    rows = sends_of(t, by)
    rows = rows.filter(during(rows.occurred_at, window))
    if media:
        rows = rows.filter(rows.medium.isin(media))
    happened = outcomes_of(t)
    joined = rows.left_join(happened, rows.send_id == happened.of_send).drop("of_send")
    marks = [name for name in happened.columns if name != "of_send"]
    joined = joined.mutate(**{name: joined[name].fill_null(0) for name in marks})
    names = tuple(name for name in t.dimensions(by) if name not in joined.columns)
    return t.narrow(described(t, joined, names, window))


def outcomes_of(t: Tables) -> ir.Table:
    """One row per message of which anything is known: of_send, and 1 or 0 for each thing that happened by as-of."""
    events = t["message_events"]
    events = events.filter(events.occurred_at < instant(t.as_of, t.definitions.zone))
    soft = (events.type == "bounced") & (events.detail.fill_null("").lower() == "soft")
    marks = {name: flag(events.type == name).max() for name in ("machine_open", "converted", *REACTIONS)}
    # A server may take a message and send it back later; only a reader's own doing proves a bounce wrong.
    proof = events.type.isin(REACTIONS)
    told = events.group_by(of_send=events.send_id).agg(
        recorded=flag(events.type == "delivered").max(),
        read=flag(proof).max(),
        soft=flag(soft).max(),
        back=flag((events.type == "bounced") & ~soft).max(),
        **marks,
    )
    told = told.mutate(
        delivered=flag((told.read == 1) | ((told.recorded == 1) & (told.back == 0))),
        hard=flag((told.back == 1) & (told.read == 0)),
    )
    return told.drop("recorded", "read", "back")


def _rate(
    t: Tables, window: Window, by: tuple[str, ...], part: str, *beside: str, media: tuple[str, ...] = ()
) -> ir.Table:
    """The share of delivered messages of which `part` is true, with the numbers of others beside it."""
    frame = sent(t, window, by, media)
    arrived = frame.filter(frame.delivered == 1)
    more: dict[str, Any] = {name: arrived[name].sum().fill_null(0) for name in beside}
    return counted_only(per(arrived, by).agg(part=arrived[part].sum().fill_null(0), whole=arrived.count(), **more))


@message_share(good="up", companions=("bounce_rate", "complaint_rate"))
def delivery_rate(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Messages that arrived, as a share of those sent.

    Formula: messages sent in the period and delivered by as-of / messages sent in the period; beside it the bounces,
    hard (the address is no good) and soft (try again).
    At risk: every message sent in the period; those held out were not sent; a reaction proves that a message arrived,
    without one a hard bounce proves that it did not.
    Example: 2026-10, the finger-count company: 9 of 10.
    Source: retention practice; mailbox providers' own words for hard and soft.
    """
    frame = sent(t, window, by)
    return per(frame, by).agg(
        part=frame.delivered.sum().fill_null(0),
        whole=frame.count(),
        hard=frame.hard.sum().fill_null(0),
        soft=frame.soft.sum().fill_null(0),
    )


@message_share(good="down", needs=(*MESSAGES, "message_events.detail"), companions=("delivery_rate", "complaint_rate"))
def bounce_rate(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Messages that came back for good, as a share of those sent; 2% is a warning.

    Formula: messages with a hard bounce / messages sent in the period; a bounce that is not called soft is hard, and
    the soft ones stand beside it.
    At risk: every message sent in the period; one that its reader reacted to did not bounce.
    Example: 2026-10, the finger-count company: 1 of 10.
    Source: retention practice; the warning at 2% is an own limit.
    """
    frame = sent(t, window, by)
    return per(frame, by).agg(
        part=frame.hard.sum().fill_null(0), whole=frame.count(), soft=frame.soft.sum().fill_null(0)
    )


@message_share(good="context", companions=("click_rate", "unsubscribe_rate"))
def open_rate(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Messages opened by a person, as a share of those delivered: a weak sign, never one to decide by.

    Formula: delivered messages with at least one opening by a person / delivered messages; machine openings are out
    and stand beside it.
    At risk: messages of the period that arrived. Mail programs open by themselves since 2021, so openings are
    inflated; in France following the openings of one person needs consent.
    Example: 2026-10, the finger-count company: 3 of 9.
    Source: Apple Mail Privacy Protection (2021); CNIL on tracking pixels.
    """
    return _rate(t, window, by, "opened", "machine_open")


@message_share(good="up", companions=("unsubscribe_rate", "complaint_rate"))
def click_rate(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Messages in which a person followed a link, as a share of those delivered.

    Formula: delivered messages with at least one click / delivered messages; one message counts once.
    At risk: messages of the period that arrived; clicks of scanners are to be left out of the data.
    Example: 2026-10, the finger-count company: 2 of 9.
    Source: Klaviyo, benchmark report 2024: clicks over deliveries.
    """
    return _rate(t, window, by, "clicked")


@message_share(good="up", companions=("complaint_rate",))
def reply_rate(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Messages that were answered, as a share of those delivered: for personal messages.

    Formula: delivered messages with at least one reply / delivered messages.
    At risk: messages of the period that arrived.
    Example: 2026-10, the finger-count company: 1 of 9.
    Source: retention practice.
    """
    return _rate(t, window, by, "replied")


@message_share(good="down", companions=("complaint_rate", "click_rate"))
def unsubscribe_rate(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Messages answered by leaving the list, as a share of those delivered; 0.5% is a warning, 1% a stop.

    Formula: delivered messages followed by an unsubscription / delivered messages.
    At risk: messages of the period that arrived.
    Example: 2026-10, the finger-count company: 2 of 9.
    Source: retention practice; the warning and the stop are own limits.
    """
    return _rate(t, window, by, "unsubscribed")


@message_share(good="down", companions=("unsubscribe_rate", "bounce_rate"))
def complaint_rate(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Messages called spam, as a share of those delivered; below 0.1% is good, 0.3% is never to be reached.

    Formula: delivered messages followed by a spam complaint / delivered messages.
    At risk: messages of the period that arrived; mailbox providers count over the mail in the inbox instead.
    Example: 2026-10, the finger-count company: 1 of 9.
    Source: Google, email sender guidelines: under 0.1%, never 0.3%.
    """
    return _rate(t, window, by, "complained")


@message_share(good="down", companions=("unsubscribe_rate",))
def push_opt_out(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Push messages answered by switching push off, as a share of those delivered.

    Formula: delivered push and web push messages followed by an opt-out / those delivered.
    At risk: push and web push messages of the period that arrived.
    Example: 2026-10, the finger-count company: 1 of 2.
    Source: retention practice.
    """
    return _rate(t, window, by, "unsubscribed", media=PUSH)


@message_share(good="down", companions=("unsubscribe_rate",))
def sms_stop_rate(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Text messages answered by STOP, as a share of those delivered.

    Formula: delivered text messages followed by an opt-out / text messages delivered.
    At risk: text messages of the period that arrived.
    Example: 2026-10, the finger-count company: 0 of 1.
    Source: retention practice.
    """
    return _rate(t, window, by, "unsubscribed", media=SMS)


@message_share(
    good="up",
    variants={"goal": ("converted", "visit", "order"), "horizon_days": ("14", "7", "30", "90")},
    companions=("click_rate", "unsubscribe_rate"),
)
def conversion_rate(
    t: Tables,
    window: Window,
    by: tuple[str, ...] = (),
    *,
    goal: str = "converted",
    horizon_days: str = "14",
) -> ir.Table:
    """Messages whose reader reached the goal in time, as a share of those delivered: what followed, not what it caused.

    Formula: delivered messages whose reader reached the goal within the horizon / delivered messages; "converted" is
    the conversion recorded for the message, "visit" an active event of the reader, "order" an order of the account.
    At risk: messages of the period that arrived, and whose horizon is over.
    Example: 2026-10, the finger-count company: 2 of 9.
    Source: retention practice: goal and window are set before the send.
    """
    days = int(horizon_days)
    frame = sent(t, window, by)
    frame = frame.filter(frame.delivered == 1)
    frame = frame.filter(frame.occurred_at < instant(t.as_of - timedelta(days=days), t.definitions.zone))
    soon = _reached(t, frame.select("send_id", "user_id", "account_id", sent_at=frame.occurred_at), goal, days)
    joined = frame.left_join(soon, frame.send_id == soon.of_send)
    return counted_only(
        per(joined, by).agg(part=flag(joined.of_send.notnull()).sum().fill_null(0), whole=joined.count())
    )


def _reached(t: Tables, messages: ir.Table, goal: str, days: int) -> ir.Table:
    """(of_send): the messages whose reader reached the goal after the send, within the days."""
    if goal == "converted":
        found = t["message_events"]
        found = found.filter(found.type == "converted").select(key="send_id", done_at="occurred_at")
        key = "send_id"
    elif goal == "visit":
        found = t["events"].filter(lambda e: e.is_active_event.fill_null(True))
        found = found.select(key="user_id", done_at="occurred_at")
        key = "user_id"
    else:
        found = purchases(t).select(key="account_id", done_at="occurred_at")
        key = "account_id"
    later = messages.inner_join(found, messages[key] == found.key)
    later = later.filter(later.done_at >= later.sent_at)
    later = later.filter(later.done_at < later.sent_at + ibis.interval(days=days))
    return later.select(of_send="send_id").distinct()
