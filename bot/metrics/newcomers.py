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


def days_after(moment: ir.Value, days: ir.Value | int) -> ir.TimestampValue:
    """The instant so many days of 24 hours later."""
    span = ibis.interval(days=days) if isinstance(days, int) else cast(Any, days).as_interval("D")
    return cast(ir.TimestampValue, cast(Any, moment).cast("timestamp") + span)


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


def reached(t: Tables, kinds: tuple[str, ...], people: ir.Table, entity: str = "user") -> ir.Table:
    """(who, milestone_id, reached_at, within_days): when any of these people (`who`) did what reaches a milestone of
    these kinds. Who does it more often has several rows: reached is it at the earliest.

    A milestone is reached at its event, or the n-th of them where it takes several. One that is an account's is
    reached by accounts only; for accounts, what any of their people did counts.
    """
    goals = milestones(t, kinds, entity)
    own = entity == "account" or not t.has("events", "user_id")
    # Whose account a person belongs to is not asked: to look it up for every event would cost most of the time.
    events = owned(t, "events") if own else t["events"]
    acts = events.select("occurred_at", did="name", who=events.account_id if own else events.user_id)
    acts = acts.semi_join(people.select(newcomer="who"), [("who", "newcomer")])
    acts = acts.inner_join(goals, acts.did == goals.event_name)
    if t.has("milestones", "times"):
        order = ibis.window(group_by=["who", "milestone_id"], order_by="occurred_at")
        acts = acts.mutate(turn=ibis.row_number().over(order) + 1).filter(lambda a: a.turn >= a.times)
    return acts.select("who", "milestone_id", "within_days", reached_at="occurred_at")


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
