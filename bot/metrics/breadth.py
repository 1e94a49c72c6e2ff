"""Breadth: on how many platforms, with how many integrations, members and channels a customer is with us."""

from __future__ import annotations

from datetime import timedelta

import ibis
import ibis.expr.types as ir

from bot.errors import BadData
from bot.metrics.customers import ACCOUNT_DIMENSIONS
from bot.metrics.declare import metric
from bot.metrics.engagement import EVENTS, USER_DIMENSIONS, people_active
from bot.metrics.expressions import during, flag
from bot.metrics.present import customers_at_end
from bot.metrics.support import calls
from bot.metrics.tables import UNKNOWN, Tables, everybody, owned, per, without
from bot.types import Grain, Shape, Unit, Window

CONNECTED, DISCONNECTED, INVITED = "integration_connected", "integration_disconnected", "member_invited"
"""Names of the events by which a company's data says what was connected, and who was invited."""


@metric(
    unit=Unit.RATIO,
    good="up",
    shape=Shape.RATIO,
    entity="user",
    needs=(*EVENTS, "events.user_id", "events.platform"),
    by=without(USER_DIMENSIONS, "platform"),
    parts="averages",
    companions=("active_users",),
)
def platform_breadth(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """On how many platforms an active person uses the product.

    Formula: distinct pairs of active user and platform (web, desktop, mobile, extension) / active users of the window;
    `on_several` counts the people on two or more.
    At risk: active users of the window with a platform on record.
    Example: 2026-10, the finger-count company: 11 of 10.
    Source: product adoption guides: more places of use, harder to leave; an association only.
    """
    frame = t.narrow(people_active(t, window, by))
    frame = frame.filter(frame.platform.notnull() & (frame.platform != UNKNOWN))
    each = frame.group_by([*by, "user_id"]).agg(platforms=frame.platform.nunique())
    return per(each, by).agg(part=each.platforms.sum(), whole=each.count(), on_several=flag(each.platforms > 1).sum())


@metric(
    unit=Unit.RATIO,
    good="up",
    shape=Shape.RATIO,
    needs=EVENTS,
    by=ACCOUNT_DIMENSIONS,
    parts="averages",
    companions=("members_per_account", "retention_rate"),
)
def integrations_per_account(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """How many integrations a customer has connected.

    Formula: integrations connected at the window's end / customers at the end; those of events "integration_connected"
    not followed by "integration_disconnected", told apart by the name in their properties ({"integration": ...}).
    `without`, `with_one` and `with_several` count the customers with none, one, two or more.
    At risk: paying customers at the window's end.
    Example: 2026-10, the finger-count company: 0 of 6.
    Source: product adoption guides; that accounts with more of them stay longer is an association only.
    """
    events = owned(t, "events", "properties")
    events = events.filter((events.occurred_at < window.last) & events.name.isin((CONNECTED, DISCONNECTED)))
    named = ibis.literal(UNKNOWN)
    if t.has("events", "properties"):
        found = events.properties.re_extract('"integration" *: *"([^"]*)"', 1).nullif("")
        named = ibis.coalesce(found, events.properties, ibis.literal(UNKNOWN))
    events = events.mutate(integration=named)
    last = events.group_by("account_id", "integration").agg(
        on_at=events.occurred_at.max(where=events.name == CONNECTED),
        off_at=events.occurred_at.max(where=events.name == DISCONNECTED),
    )
    kept = last.filter(last.on_at.notnull() & (last.off_at.isnull() | (last.off_at < last.on_at)))
    owned_by = kept.group_by(holder="account_id").agg(integrations=kept.count())
    here = customers_at_end(t, window, by)
    frame = here.left_join(owned_by, here.account_id == owned_by.holder)
    frame = frame.mutate(integrations=frame.integrations.fill_null(0))
    return per(frame, by).agg(
        part=frame.integrations.sum(),
        whole=frame.count(),
        without=flag(frame.integrations == 0).sum(),
        with_one=flag(frame.integrations == 1).sum(),
        with_several=flag(frame.integrations > 1).sum(),
    )


MEMBERS = ("invited", "joined", "active", "single_user")


@metric(
    unit=Unit.RATIO,
    good="up",
    shape=Shape.RATIO,
    needs=("users.account_id",),
    by=ACCOUNT_DIMENSIONS,
    parts="averages",
    keys=("type",),
    companions=("integrations_per_account",),
)
def members_per_account(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """How many people a customer has: invited, joined and active, and the share of customers with one person only.

    Formula: per type, people / customers at the window's end. invited: events "member_invited" up to the end; joined:
    users created by the end; active: users with an active event in the window; single_user: customers with exactly
    one joined person / customers. Without events only joined and single_user are told.
    At risk: paying customers at the window's end.
    Example: 2026-10, the finger-count company, type=joined: 6 of 6.
    Source: product adoption guides: seats in use; an association with staying, no cause.
    """
    plain = everybody(t)
    here = customers_at_end(t, window, by)
    users = owned(t, "users")
    if t.has("users", "created_at"):
        users = users.filter(users.created_at.isnull() | (users.created_at < window.last))
    counts = {"joined": users.group_by(holder="account_id").agg(joined=users.user_id.nunique())}
    if t.has("events"):
        sent = owned(t, "events")
        sent = sent.filter((sent.occurred_at < window.last) & (sent.name == INVITED))
        counts["invited"] = sent.group_by(holder="account_id").agg(invited=sent.count())
        acts = people_active(plain, window, ())
        counts["active"] = acts.group_by(holder="account_id").agg(active=acts.user_id.nunique())
    frame = here
    for kind, counted in counts.items():
        frame = frame.left_join(counted, frame.account_id == counted.holder).drop("holder")
        frame = frame.mutate(**{kind: frame[kind].fill_null(0)})
    frame = frame.mutate(single_user=flag(frame.joined == 1))
    told = [kind for kind in MEMBERS if kind in (*counts, "single_user")]
    sums = per(frame, by).agg(**{kind: frame[kind].sum() for kind in told}, whole=frame.count())
    return ibis.union(
        *(sums.select(*by, type=ibis.literal(kind), part=sums[kind].cast("int64"), whole=sums.whole) for kind in told)
    )


@metric(
    unit=Unit.RATIO,
    good="context",
    shape=Shape.RATIO,
    needs=("accounts.account_id",),
    by=ACCOUNT_DIMENSIONS,
    window=Grain.DAY,
    parts="averages",
    variants={"horizon_days": ("90",)},
    companions=("members_per_account",),
)
def channels_per_customer(t: Tables, window: Window, by: tuple[str, ...] = (), *, horizon_days: str = "90") -> ir.Table:
    """On how many channels a customer deals with us.

    Formula: distinct pairs of customer and channel with an interaction in the 90 days up to the window's end /
    customers at the end. An interaction is something a customer did: a ticket of theirs, an answer to a survey, an
    order, an opening (by a person), click or reply to a message; what we only sent is none. `on_several` counts the
    customers on two channels or more.
    At risk: paying customers at the window's end.
    Example: 2026-10, the finger-count company: 9 of 6.
    Source: omnichannel practice; more channels are neither good nor bad by themselves.
    """
    span = Window(window.end - timedelta(days=int(horizon_days)), window.end, Grain.RANGE, window.zone)
    touched = _interactions(t, span)
    here = customers_at_end(t, window, by)
    counted = touched.group_by(holder="account_id").agg(channels=touched.channel.nunique())
    frame = here.left_join(counted, here.account_id == counted.holder)
    frame = frame.mutate(channels=frame.channels.fill_null(0))
    return per(frame, by).agg(part=frame.channels.sum(), whole=frame.count(), on_several=flag(frame.channels > 1).sum())


TOUCHED = ("opened", "clicked", "replied")
"""Events of a message by which its receiver did something; an opening by a machine is none."""


def _interactions(t: Tables, span: Window) -> ir.Table:
    """(account_id, channel) of what customers did in the span, wherever the data names the channel."""
    found = []
    for name, moment in (("tickets", "created_at"), ("orders", "occurred_at")):
        if t.has(name, "channel"):
            rows = calls(t) if name == "tickets" else owned(t, name)
            found.append(rows.filter(during(rows[moment], span)).select("account_id", "channel"))
    if t.has("survey_answers", "survey_id") and t.has("surveys", "channel"):
        answers = owned(t, "survey_answers")
        answers = answers.filter(during(answers.answered_at, span)).select("account_id", asked="survey_id")
        surveys = t["surveys"].select("survey_id", "channel").distinct()
        found.append(answers.inner_join(surveys, answers.asked == surveys.survey_id).select("account_id", "channel"))
    if t.has("message_events", "send_id") and t.has("sends", "channel"):
        acts = t["message_events"]
        acts = acts.filter(during(acts.occurred_at, span) & acts.type.isin(TOUCHED)).select(of_send="send_id")
        sends = owned(t, "sends")
        found.append(acts.inner_join(sends, acts.of_send == sends.send_id).select("account_id", "channel"))
    if not found:
        raise BadData("missing_column", table="tickets", column="channel")
    both = ibis.union(*found) if len(found) > 1 else found[0]
    return both.filter(both.channel.notnull() & both.account_id.notnull()).distinct()
