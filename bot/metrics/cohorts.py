"""Cohorts: customers who began together, followed step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bot.errors import BadData, BadQuestion
from bot.metrics.commerce import ORDERS, purchases
from bot.metrics.customers import ACCOUNT_DIMENSIONS, SUBSCRIPTIONS
from bot.metrics.daily_retention import step_of
from bot.metrics.declare import Asked, metric
from bot.metrics.dimensions import with_dimensions
from bot.metrics.engagement import described, people_active, with_plan_id
from bot.metrics.expressions import during, earliest, flag, local_day, money, spine
from bot.metrics.tables import Tables, owned, without
from bot.metrics.terms import Policy, terms
from bot.types import Grain, Note, Shape, Unit, Window, instant

ROLLING_DAYS = 30
"""The length of a step that is counted from each member's own start."""
ONLY_ORDERS = tuple(need for need in ORDERS if need.partition(".")[2] != "net_amount")


@dataclass(frozen=True, slots=True)
class Plan:
    """How cohorts are formed and followed: the variants of a question."""

    basis: str = "paying"
    cells: str = "customers"
    steps: str = "month"
    began: str = "first"
    entry: str = "first_time"
    strict: str = "false"
    at_least: str = "1"


def months_of(window: Window) -> list[date]:
    """The first days of all calendar months that the window touches."""
    months = [window.start.replace(day=1)]
    while (following := next_month(months[-1])) < window.end:
        months.append(following)
    return months


def next_month(first: date) -> date:
    """The first day of the month after."""
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def next_step(first: date, steps: str) -> date:
    """The first day of the step after one that begins on this day."""
    return first + timedelta(days=7) if steps == "week" else next_month(first)


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
    plan = Plan(**variant)
    if plan.basis == "active" and plan.cells == "revenue":
        raise BadQuestion(
            "unknown_variant", metric="cohort_retention", name="cells=revenue", near=["basis=paying", "basis=orders"]
        )
    t, of_the_grid = t.apart("cohort")
    names = without(by, "cohort")
    members = _members(t, window, names, plan)
    rows = (_rolling if plan.steps == "30_days" else _by_calendar)(t, window, members, plan)
    here = rows.here
    if plan.strict == "true":
        life = ibis.window(group_by=["who", "cohort"], order_by="age", preceding=(None, 0))
        rows = rows.mutate(unbroken=rows.here.min().over(life))
        here = rows.unbroken
    group = [*names, "cohort", "age"]
    cells = rows.group_by(group).agg(there=here.sum(), size=rows.count(), amount=(here * rows.amount).sum())
    cells = of_the_grid.narrow(cells)
    if plan.cells == "customers":
        return cells.select(*group, part=cells.there, whole=cells["size"])
    first = cells.filter(cells.age == 0).select(*group[:-1], first=cells.amount)
    joined = cells.inner_join(first, group[:-1])
    return joined.select(
        *group, part=money(joined.amount), whole=money(joined["first"]), n=joined["size"], in_money=True
    )  # fmt: skip


def _members(t: Tables, window: Window, names: tuple[str, ...], plan: Plan) -> ir.Table:
    """Who belongs to which cohort: who, start (instant), cohort (first day of the step), the dimensions."""
    began = _began(t, window, plan)
    began = began.filter(during(began.start, window))
    # With 30-day steps the cohorts are still those of a calendar month.
    steps = "month" if plan.steps == "30_days" else plan.steps
    began = began.mutate(cohort=step_of(local_day(began.start, t.definitions.zone), steps, t.definitions.week_start))
    if plan.entry == "recurring":
        carried = {name: began[name].min() for name in ("account_id", *_kept(began))}
        began = began.group_by(["who", "cohort"]).agg(start=began.start.min(), **carried)
    wanted = without(t.dimensions(names), "cohort")
    if plan.basis == "active":
        frame = t.narrow(described(t, began, wanted, window))
    else:
        if {"plan", "interval"} & set(wanted) and "plan_id" not in began.columns:
            began = with_plan_id(t, began, window)
        frame = t.narrow(with_dimensions(t, began.mutate(since=began.start), wanted, window))
    return frame.select("who", "start", "cohort", *dict.fromkeys(names))


def _kept(frame: ir.Table) -> tuple[str, ...]:
    return tuple(name for name in ("plan_id", "user_id") if name in frame.columns)


def _began(t: Tables, window: Window, plan: Plan) -> ir.Table:
    """What can begin a cohort: who, account_id, start; once each, or every time where the entry recurs."""
    if plan.entry == "recurring":
        return _recurring(t, window, plan)
    if plan.basis == "active":
        return _first_use(t, plan)
    rows = _payers(t) if plan.basis == "paying" else _buyers(t)
    first = rows.group_by("account_id").agg(
        start=rows.start.min(), **{name: earliest(rows[name], rows.start) for name in _kept(rows)}
    )
    if plan.began == "signup":
        return _signed(t, first)
    return first.mutate(who=first.account_id)


def _payers(t: Tables) -> ir.Table:
    rows = terms(t, Policy.of(t.definitions))
    rows = rows.filter(rows.pays == 1)
    return rows.select("account_id", "plan_id", "closes", start=rows.opens, amount=rows.micros)


def _buyers(t: Tables) -> ir.Table:
    if not all(t.has(*need.split(".")) for need in ONLY_ORDERS):
        raise BadData("missing_table", table="orders")
    bought = purchases(t)
    return bought.select("account_id", start=bought.occurred_at, amount=bought.micros)


def _signed(t: Tables, first: ir.Table) -> ir.Table:
    """Every account from its signup on, with the plan of those who ever paid."""
    if not t.has("accounts", "signup_at"):
        raise BadData("missing_column", table="accounts", column="signup_at")
    accounts = t["accounts"]
    if t.has("accounts", "merged_into"):
        accounts = accounts.filter(accounts.merged_into.isnull())
    signed = accounts.select("account_id", who=accounts.account_id, start=accounts.signup_at.cast("timestamp"))
    known = first.drop("start").rename(first_id="account_id")
    return signed.left_join(known, signed.account_id == known.first_id).drop("first_id")


def _first_use(t: Tables, plan: Plan) -> ir.Table:
    if plan.began == "signup":
        if not t.has("users", "created_at"):
            raise BadData("missing_column", table="users", column="created_at")
        users = owned(t, "users")
        return users.select("user_id", "account_id", who=users.user_id, start=users.created_at.cast("timestamp"))
    deeds = people_active(t, _ever(t), ())
    first = deeds.group_by("user_id").agg(start=deeds.occurred_at.min(), account_id=deeds.account_id.min())
    return first.mutate(who=first.user_id)


def _recurring(t: Tables, window: Window, plan: Plan) -> ir.Table:
    """Everybody seen in the window: active or buying at a moment of it, or paying at the end of a step."""
    if plan.basis == "active":
        deeds = people_active(t, window, ())
        return deeds.select("user_id", "account_id", who=deeds.user_id, start=deeds.occurred_at)
    if plan.basis == "orders":
        rows = _buyers(t)
        return rows.select("account_id", "start", who=rows.account_id)
    held = _held(t, _payers(t), [day for day in _steps(t, window, plan.steps) if day < window.end], plan.steps)
    # A moment inside the step, for its end belongs to the next.
    start = held.ended - ibis.interval(seconds=1)
    return held.select("account_id", "plan_id", who=held.account_id, start=start)


def _steps(t: Tables, window: Window, steps: str) -> list[date]:
    """The first days of the steps that are over by as-of, from the window's first, or that first where none is."""
    first = window.start.replace(day=1)
    if steps == "week":
        first = window.start - timedelta(days=(window.start.weekday() - t.definitions.week_start) % 7)
    days = [first]
    while next_step(following := next_step(days[-1], steps), steps) <= t.as_of:
        days.append(following)
    return days


def _held(t: Tables, rows: ir.Table, days: list[date], steps: str) -> ir.Table:
    """The stretches that pay at the end of each step, once per stretch and end."""
    zone = t.definitions.zone
    ends = spine([instant(next_step(day, steps), zone) for day in days], "ended", rows)
    return rows.inner_join(ends, [rows.start <= ends.ended, rows.closes > ends.ended])


def _by_calendar(t: Tables, window: Window, members: ir.Table, plan: Plan) -> ir.Table:
    """One row per member and step that is over: age, here (1 or 0), amount."""
    days = _steps(t, window, plan.steps)
    first_days = spine([instant(day, "UTC") for day in days], "followed", t["subscriptions"])
    first_days = first_days.select(step=first_days.followed.cast("date"))
    seen = _seen(t, days, plan)
    life = ibis.window(group_by=["who", "cohort"], order_by="step")
    over = [day for day in days if next_step(day, plan.steps) <= t.as_of]
    until = over[-1] if over else days[0] - timedelta(days=1)
    rows = members.cross_join(first_days).filter(lambda g: (g.step >= g.cohort) & (g.step <= until))
    rows = rows.mutate(age=ibis.row_number().over(life))
    joined = rows.left_join(seen, [rows.who == seen.person, rows.step == seen.on])
    return joined.mutate(here=flag(joined.times >= int(plan.at_least)), amount=joined.amount.fill_null(0))


def _seen(t: Tables, days: list[date], plan: Plan) -> ir.Table:
    """(person, on, times, amount): in which steps somebody was there, how often, and what for."""
    zone, start = t.definitions.zone, t.definitions.week_start
    if plan.basis == "paying":
        held = _held(t, _payers(t), days, plan.steps)
        # The step whose end this is: one second before it, in the reporting zone.
        moment = held.ended - ibis.interval(seconds=1)
        rows = held.select(person=held.account_id, moment=moment, amount=held.amount)
        found = rows.group_by(["person", step_of(local_day(rows.moment, zone), plan.steps, start).name("on")])
        return found.agg(times=ibis.literal(int(plan.at_least)), amount=rows.amount.sum())
    rows = _acts(t, plan)
    found = rows.group_by(["person", step_of(local_day(rows.moment, zone), plan.steps, start).name("on")])
    return found.agg(times=rows.count(), amount=rows.amount.sum())


def _acts(t: Tables, plan: Plan) -> ir.Table:
    """(person, moment, amount): every purchase, or every act of use."""
    if plan.basis == "orders":
        bought = _buyers(t)
        return bought.select(person=bought.account_id, moment=bought.start, amount=bought.amount)
    deeds = people_active(t, _ever(t), ())
    return deeds.select(person=deeds.user_id, moment=deeds.occurred_at, amount=ibis.literal(0, type="int64"))


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
        held = _payers(t).rename(person="account_id")
        met = [rows.who == held.person, held.start <= rows.ends, held.closes > rows.ends]
    else:
        held = _acts(t, plan)
        met = [rows.who == held.person, held.moment >= rows.opens, held.moment < rows.ends]
    keys = ["who", "cohort", "age"]
    found = rows.inner_join(held, met).group_by(keys).agg(times=ibis._.count(), sum=ibis._.amount.sum())
    least = 1 if plan.basis == "paying" else int(plan.at_least)
    joined = rows.left_join(found, keys)
    return joined.mutate(here=flag(joined.times >= least), amount=joined["sum"].fill_null(0))


def _after(start: ir.Value, steps: ir.Value) -> ir.Value:
    return cast(ir.Value, start + cast(Any, steps * ROLLING_DAYS).as_interval("D"))


def _ever(t: Tables) -> Window:
    return Window(date(1900, 1, 1), t.as_of, Grain.RANGE, t.definitions.zone)
