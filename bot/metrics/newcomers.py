"""Newcomers: who joined in a window, and when they reached what the company calls a milestone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bot.errors import BadQuestion
from bot.metrics.daily_retention import first_platform
from bot.metrics.dimensions import with_dimensions
from bot.metrics.engagement import USER_DIMENSIONS, described, with_plan_id
from bot.metrics.expressions import during
from bot.metrics.tables import UNKNOWN, Tables, owned, without
from bot.types import Window, instant

DAY = 86_400


def seconds(later: ir.Value, earlier: ir.Value) -> ir.FloatingValue:
    """The seconds from one instant to another."""
    ends = cast(Any, later).cast("timestamp").epoch_seconds().cast("float64")
    return cast(ir.FloatingValue, ends - cast(Any, earlier).cast("timestamp").epoch_seconds().cast("float64"))


def newcomers(
    t: Tables, window: Window, by: tuple[str, ...] = (), *, entity: str = "user", mature_days: int = 0
) -> ir.Table:
    """One row per user created, or account signed up, in the window: who, account_id, began, the dimensions.

    Only those with `mature_days` full days by as-of; test accounts are out; the filters are applied. The platform of
    a person is that of their first event; an account, which may begin on several, has none.
    """
    if entity == "account" and "platform" in t.dimensions(by):
        near = [name for name in USER_DIMENSIONS if name != "platform"]
        raise BadQuestion("dimension_not_available", metric="activation_rate", dimension="platform", near=near)
    if entity == "account":
        accounts = t["accounts"]
        if t.has("accounts", "merged_into"):
            accounts = accounts.filter(accounts.merged_into.isnull())
        rows = accounts.select("account_id", who="account_id", began="signup_at")
    else:
        rows = owned(t, "users").select("account_id", "user_id", who="user_id", began="created_at")
    rows = rows.filter(during(rows.began, window))
    latest = instant(t.as_of, t.definitions.zone) - timedelta(days=mature_days)
    rows = rows.filter(rows.began <= latest)
    names = t.dimensions(by)
    if entity == "account":
        rows = with_plan_id(t, rows, window) if {"plan", "interval"} & set(names) else rows
        return t.narrow(with_dimensions(t, rows, names, window))
    if "platform" in names:
        seen = first_platform(t, rows, "who")
        rows = rows.left_join(seen, rows.who == seen.seen_id).drop("seen_id")
        rows = rows.mutate(platform=rows.platform.fill_null(UNKNOWN))
    return t.narrow(described(t, rows, without(names, "platform"), window))


def reached(t: Tables, kinds: tuple[str, ...], entity: str = "user") -> ir.Table:
    """(who, milestone_id, step, reached_at, within_days): who reached which milestone of these kinds, and when.

    A milestone is reached at its event, or the n-th of them where it takes several. One that is an account's is
    reached by accounts only; for accounts, what any of their people did counts.
    """
    key = ("reached", kinds, entity)
    if key not in t.frames:
        t.frames[key] = _reached(t, kinds, entity)
    return t.frames[key]


def _reached(t: Tables, kinds: tuple[str, ...], entity: str) -> ir.Table:
    goals = milestones(t, kinds, entity)
    events = owned(t, "events")
    own = entity == "account" or not t.has("events", "user_id")
    events = events.select("occurred_at", did="name", who=events.account_id if own else events.user_id)
    acts = events.filter(events.who.notnull()).inner_join(goals, events.did == goals.event_name)
    order = ibis.window(group_by=["who", "milestone_id"], order_by="occurred_at")
    acts = acts.mutate(turn=ibis.row_number().over(order) + 1)
    acts = acts.filter(acts.turn == acts.times)
    return acts.select("who", "milestone_id", "step", "within_days", reached_at="occurred_at")


def milestones(t: Tables, kinds: tuple[str, ...], entity: str = "user") -> ir.Table:
    """(milestone_id, step, event_name, times, within_days) of the first of these kinds that the company has set."""
    rows = t["milestones"]
    if entity == "user" and t.has("milestones", "entity"):
        rows = rows.filter(rows.entity.fill_null("user") != "account")
    place = ibis.cases(*((rows.kind == kind, at) for at, kind in enumerate(kinds)), else_=len(kinds))
    rows = rows.mutate(place=place).filter(lambda r: r.place < len(kinds))
    rows = rows.mutate(first=rows["place"].min().over(ibis.window()))
    rows = rows.filter(rows["place"] == rows["first"])
    return rows.select("milestone_id", "step", "event_name", "within_days", times=rows.times.fill_null(1))


def allowed(goals: ir.Table, horizon_days: str, usual: int) -> ir.IntegerValue:
    """In how many days a milestone must be reached: its own number, else the usual; or the one that was named."""
    own = goals.within_days.fill_null(usual)
    return cast(ir.IntegerValue, own if horizon_days == "milestone" else own * 0 + int(horizon_days))
