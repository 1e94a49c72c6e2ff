"""Cohorts: customers who began together, followed step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bot.errors import BadQuestion
from bot.metrics.cohort_members import (
    MARKS,
    Plan,
    acts_of,
    at_ends,
    members_of,
    next_step,
    payers,
    steps_of,
    use_by_step,
    use_marked,
)  # fmt: skip
from bot.metrics.customers import ACCOUNT_DIMENSIONS, SUBSCRIPTIONS
from bot.metrics.daily_retention import step_at
from bot.metrics.declare import Asked, metric
from bot.metrics.expressions import flag, local, money, spine
from bot.metrics.tables import Tables, without
from bot.types import Grain, Note, Shape, Unit, Window, instant

ROLLING_DAYS = 30
"""The length of a step that is counted from each member's own start."""


def together(rows: Sequence[Mapping[str, Any]], _: Asked) -> list[Note]:
    """How all cohorts together are to be read, where there are several."""
    return [Note("cohort_average")] if len({row.get("cohort") for row in rows}) > 1 else []


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.GRID,
    needs=SUBSCRIPTIONS,
    by=("cohort", *ACCOUNT_DIMENSIONS),
    window=Grain.YEAR,
    variants={
        "basis": ("paying", "active", "orders"),
        "cells": ("customers", "revenue"),
        "steps": ("month", "week", "30_days"),
        "began": ("first", "signup"),
        "entry": ("first_time", "recurring"),
        "strict": ("false", "true"),
        "at_least": ("1",),
    },
    notes=together,
    companions=("new_customers",),
)
def cohort_retention(t: Tables, window: Window, by: tuple[str, ...] = (), **variant: str) -> ir.Table:
    """Of the customers who began in a month, the share still there at the end of each month since.

    Formula: members of the cohort paying at the end of the k-th month after its first / size of the cohort; `age` is k,
    age 0 shows same-month churn. Basis "active" follows users by activity in the month, "orders" buyers by purchases in
    it, at least `at_least` of them. Cells "revenue": what the cohort pays a month (or bought in it) at k / at 0. Steps
    may be weeks, or 30 days from each member's own start; `began` "signup" forms cohorts of all who signed up; `entry`
    "recurring" takes everybody seen in a step as a cohort of it; `strict` "true" drops who was once missing.
    At risk: all who began in the window, followed to as-of; who returns counts again; cells whose step is not over for
    every member are immature and left out. All cohorts together are weighted over the mature cells of each age.
    Example: 2026-10, the finger-count company, age=0: 1 of 2.
    Source: ChartMogul, cohort analysis; Stripe, retention by cohort; Mixpanel, incomplete buckets.
    """
    chosen: dict[str, Any] = {**variant}
    plan = Plan(**chosen)
    if plan.basis == "active" and plan.cells == "revenue":
        raise BadQuestion(
            "unknown_variant", metric="cohort_retention", name="cells=revenue", near=["basis=paying", "basis=orders"]
        )
    t, of_the_grid = t.apart("cohort")
    names = without(by, "cohort")
    monthly = (plan.basis, plan.steps, plan.at_least, plan.strict) == ("active", "month", "1", "false")
    marked = monthly and len(steps_of(t, window, "month")) <= MARKS
    plan = replace(plan, whose=bool(names or t.filters or t.exclude), marked=marked)
    members = members_of(t, window, names, plan)
    group = [*names, "cohort", "age"]
    if plan.steps == "30_days" or plan.strict == "true":
        cells = _member_by_member(t, window, members, plan, group)
    else:
        cells = _added_up(t, window, members, plan, group)
    cells = of_the_grid.narrow(cells)
    if plan.cells == "customers":
        return cells.select(*group, part=cells.there, whole=cells["size"])
    first = cells.filter(cells.age == 0).select(*group[:-1], first=cells.amount)
    joined = cells.inner_join(first, group[:-1])
    return joined.select(
        *group, part=money(joined.amount), whole=money(joined["first"]), n=joined["size"], in_money=True
    )  # fmt: skip


def _added_up(t: Tables, window: Window, members: ir.Table, plan: Plan, group: list[str]) -> ir.Table:
    """One row per cohort and step that is over: age, there (members), size (of the cohort), amount.

    Members are counted by cohort and by step before the two are set side by side: few of many steps are anybody's.
    """
    keys = group[:-1]
    followed, until = _followed(t, window, plan)
    sizes = members.group_by(keys).agg(size=members.count())
    rows = sizes.cross_join(followed).filter(lambda g: (g.step >= g.cohort) & (g.step <= until))
    rows = rows.mutate(age=ibis.row_number().over(ibis.window(group_by=keys, order_by="step")))
    found = (_marked if plan.marked else _met)(t, window, members, plan, keys)
    joined = rows.left_join(found, [*keys, rows.step == found.on])
    return joined.mutate(there=joined.there.fill_null(0), amount=joined.amount.fill_null(0))


def _met(t: Tables, window: Window, members: ir.Table, plan: Plan, keys: list[str]) -> ir.Table:
    """(keys, on, there, amount): how many of each cohort were there in a step, and what for."""
    met = _seen(t, window, members, plan)
    met = members.inner_join(met, [members.who == met.person, members.cohort <= met.on])
    here = flag(met.times >= int(plan.at_least))
    return met.group_by([*keys, "on"]).agg(there=here.sum(), amount=(here * met.amount).sum())


def _marked(t: Tables, window: Window, members: ir.Table, plan: Plan, keys: list[str]) -> ir.Table:
    """The same from the months that are marked: those with the same ones are counted before they are told apart."""
    used = use_marked(t, window, plan).select("marks", person="user_id")
    alike = members.inner_join(used, members.who == used.person).group_by([*keys, "marks"]).agg(many=ibis._.count())
    followed, _ = _followed(t, window, plan)
    months = followed.select(on="step", nth=ibis.row_number().over(order_by=followed.step).cast("int32") + 1)
    each = alike.cross_join(months)
    here = (each.marks >> each.nth) & 1
    return each.group_by([*keys, "on"]).agg(there=(here * each.many).sum(), amount=ibis.literal(0))


def _member_by_member(t: Tables, window: Window, members: ir.Table, plan: Plan, group: list[str]) -> ir.Table:
    """The same where each member must be followed alone: by steps of their own, or up to the first that they missed."""
    rows = (_rolling if plan.steps == "30_days" else _by_calendar)(t, window, members, plan)
    here = rows.here
    if plan.strict == "true":
        life = ibis.window(group_by=["who", "cohort"], order_by="age", preceding=(None, 0))
        rows = rows.mutate(unbroken=rows.here.min().over(life))
        here = rows.unbroken
    return rows.group_by(group).agg(there=here.sum(), size=rows.count(), amount=(here * rows.amount).sum())


def _followed(t: Tables, window: Window, plan: Plan) -> tuple[ir.Table, date]:
    """(step,): the first day of each step that is followed; and the last of those that are over."""
    days = steps_of(t, window, plan.steps)
    followed = spine([instant(day, "UTC") for day in days], "followed", t["subscriptions"])
    over = [day for day in days if next_step(day, plan.steps) <= t.as_of]
    return followed.select(step=followed.followed.cast("date")), over[-1] if over else days[0] - timedelta(days=1)


def _by_calendar(t: Tables, window: Window, members: ir.Table, plan: Plan) -> ir.Table:
    """One row per member and step that is over: age, here (1 or 0), amount."""
    followed, until = _followed(t, window, plan)
    seen = _seen(t, window, members, plan)
    life = ibis.window(group_by=["who", "cohort"], order_by="step")
    rows = members.cross_join(followed).filter(lambda g: (g.step >= g.cohort) & (g.step <= until))
    rows = rows.mutate(age=ibis.row_number().over(life))
    joined = rows.left_join(seen, [rows.who == seen.person, rows.step == seen.on])
    return joined.mutate(here=flag(joined.times >= int(plan.at_least)), amount=joined.amount.fill_null(0))


def _seen(t: Tables, window: Window, members: ir.Table, plan: Plan) -> ir.Table:
    """(person, on, times, amount): in which steps a member was there, how often, and what for; others may be in it."""
    zone, start = t.definitions.zone, t.definitions.week_start
    if plan.basis == "active":
        used = use_by_step(t, plan)
        return used.select("on", "times", person="user_id", amount=ibis.literal(0, type="int64"))
    if plan.basis == "paying":
        theirs = payers(t).semi_join(members.select(member="who"), [("account_id", "member")])
        held = at_ends(t, theirs, steps_of(t, window, plan.steps), plan.steps)
        # The step whose end this is: one second before it, in the reporting zone.
        moment = held.ended - ibis.interval(seconds=1)
        rows = held.select(person=held.account_id, moment=moment, amount=held.amount)
    else:
        rows = acts_of(t, plan)
    found = rows.group_by(["person", step_at(local(rows.moment, zone), plan.steps, start).name("on")])
    times = ibis.literal(int(plan.at_least)) if plan.basis == "paying" else rows.count()
    return found.agg(times=times, amount=rows.amount.sum())


def _rolling(t: Tables, window: Window, members: ir.Table, plan: Plan) -> ir.Table:
    """One row per member and 30 days since their own start, where those are over for the whole cohort."""
    many = max((t.as_of - window.start).days // ROLLING_DAYS + 1, 1)
    counted = t["subscriptions"].agg(rows=t["subscriptions"].count())
    ages = counted.select(age=ibis.literal(list(range(many)), type="array<int64>"))
    ages = ages.select(age=ages.age.unnest())
    last = members.start.max().over(ibis.window(group_by="cohort"))
    rows = members.mutate(last=last).cross_join(ages)
    rows = rows.mutate(opens=_after(rows.start, rows.age), ends=_after(rows.start, rows.age + 1))
    reached = instant(t.as_of, t.definitions.zone)
    rows = rows.filter(_after(rows["last"], rows.age + 1) <= reached)
    if plan.basis == "paying":
        held = payers(t).rename(person="account_id")
        met = [rows.who == held.person, held.start <= rows.ends, held.closes > rows.ends]
    else:
        held = acts_of(t, plan)
        met = [rows.who == held.person, held.moment >= rows.opens, held.moment < rows.ends]
    keys = ["who", "cohort", "age"]
    found = rows.inner_join(held, met).group_by(keys).agg(times=ibis._.count(), sum=ibis._.amount.sum())
    least = 1 if plan.basis == "paying" else int(plan.at_least)
    joined = rows.left_join(found, keys)
    return joined.mutate(here=flag(joined.times >= least), amount=joined["sum"].fill_null(0))


def _after(start: ir.Value, steps: ir.Value) -> ir.Value:
    return cast(ir.Value, start + cast(Any, steps * ROLLING_DAYS).as_interval("D"))
