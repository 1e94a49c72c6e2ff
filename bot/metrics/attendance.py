"""Gatherings: who comes to webinars and trainings, and what they do afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from bot.metrics.activation import ACTIVATION_DAYS, JOINED, NEWCOMER_DIMENSIONS
from bot.metrics.declare import Asked, metric
from bot.metrics.engagement import EVENTS, described
from bot.metrics.expressions import during, flag
from bot.metrics.newcomers import allowed, days_after, milestones, reached
from bot.metrics.tables import Tables, owned, per
from bot.types import Note, Shape, Unit, Window, instant

GUESTS = ("gatherings.starts_at", "gathering_guests.user_id", "gathering_guests.attended_at")


def guests(t: Tables, window: Window, by: tuple[str, ...]) -> ir.Table:
    """One row per guest of a gathering that began in the window: user_id, account_id, starts_at, came, dimensions."""
    held = t["gatherings"]
    held = held.filter(during(held.starts_at, window))
    held = held.select("starts_at", held_id="gathering_id")
    rows = owned(t, "gathering_guests")
    rows = rows.inner_join(held, rows.gathering_id == held.held_id)
    rows = rows.select(
        "user_id", "account_id", "gathering_id", "starts_at", "registered_at", came=flag(rows.attended_at.notnull())
    )
    return t.narrow(described(t, rows, t.dimensions(by), window))


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.SHARE,
    entity="user",
    needs=GUESTS,
    by=NEWCOMER_DIMENSIONS,
    variants={"denominator": ("registered", "invited")},
    companions=("activation_of_attendees",),
)
def attendance_rate(
    t: Tables, window: Window, by: tuple[str, ...] = (), *, denominator: str = "registered"
) -> ir.Table:
    """How many of those who signed up for webinars and trainings came.

    Formula: guests who attended / guests who registered, over the gatherings that began in the window; a person at two
    gatherings counts twice. "invited" takes every guest on the list, also those without a day of registration.
    At risk: the guests listed by name; those of gatherings that are only counted belong to no customer and are out.
    Example: 2026-10, the finger-count company: 2 of 4.
    Source: webinar platforms, attendees over registrants.
    """
    rows = guests(t, window, by)
    if denominator == "registered" and t.has("gathering_guests", "registered_at"):
        rows = rows.filter(rows.registered_at.notnull())
    return per(rows, by).agg(part=rows.came.sum(), whole=rows.count())


def chosen_by_themselves(rows: Sequence[Mapping[str, Any]], _: Asked) -> Sequence[Note]:
    """Who comes to a webinar wanted to: the difference is no effect of it."""
    return [Note("attendees_chose_to_come")] if rows else []


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.SHARE,
    entity="user",
    needs=(*GUESTS, *EVENTS, *JOINED, "milestones.event_name"),
    by=NEWCOMER_DIMENSIONS,
    variants={"method": ("since_joining", "since_gathering"), "horizon_days": ("milestone", "7", "30")},
    keys=("type",),
    notes=chosen_by_themselves,
    companions=("activation_rate", "attendance_rate"),
)
def activation_of_attendees(
    t: Tables,
    window: Window,
    by: tuple[str, ...] = (),
    *,
    method: str = "since_joining",
    horizon_days: str = "milestone",
) -> ir.Table:
    """Activation of those who came to a webinar, and of those on its list who did not.

    Formula: guests who reached an activation milestone within D days of their creation / guests with D days behind
    them; a row for those who attended and one for those who stayed away. D is the milestone's own number of days,
    else 7. "since_gathering" counts the D days from its beginning and leaves out who was activated by then. A person
    counts once, with the first gathering of the window they attended, else the first they were listed for.
    At risk: guests listed by name. Who attends chose to: the difference is an association, never an effect.
    Example: 2026-10, the finger-count company, type=stayed_away: 2 of 3.
    Source: Intercom's claim on webinars and activation, put to one's own customers; self-selection named.
    """
    rows = guests(t, window, by)
    users = t["users"].select(guest="user_id", created_at="created_at")
    rows = rows.inner_join(users, rows.user_id == users.guest)
    first = ibis.window(group_by=[*by, "user_id"], order_by=[rows.came.desc(), rows.starts_at, rows.gathering_id])
    rows = rows.mutate(turn=ibis.row_number().over(first), began=rows.created_at)
    if method == "since_gathering":
        rows = rows.mutate(began=rows.starts_at)
    goals = milestones(t, ("activation",))
    longest = goals.agg(longest=allowed(goals, horizon_days, ACTIVATION_DAYS).max())
    rows = rows.filter(rows.turn == 0).cross_join(longest)
    now = ibis.literal(instant(t.as_of, t.definitions.zone), type="timestamp")
    rows = rows.filter(days_after(rows.began, rows.longest) <= now)
    got = reached(t, ("activation",), rows.select(who="user_id"))
    got = got.select("reached_at", reacher="who", allowed=allowed(got, horizon_days, ACTIVATION_DAYS))
    joined = rows.left_join(got, rows.user_id == got.reacher)
    in_time = joined.reached_at < days_after(joined.began, joined.allowed)
    each = joined.group_by([*by, "user_id", "came"]).agg(
        already=flag(joined.reached_at < joined.began).max(), done=flag(in_time).max()
    )
    if method == "since_gathering":
        each = each.filter(each.already == 0)
    here, away, done = each.came == 1, each.came == 0, each.done == 1
    counts = per(each, by).agg(
        attended=flag(here).sum(),
        stayed_away=flag(away).sum(),
        attended_done=flag(here & done).sum(),
        stayed_away_done=flag(away & done).sum(),
    )
    return ibis.union(
        *(
            counts.select(*by, type=ibis.literal(kind), part=counts[f"{kind}_done"], whole=counts[kind])
            for kind in ("attended", "stayed_away")
        )
    )
