"""Who belongs to which cohort, and what they did since: paid, bought or used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bot.errors import BadData
from bot.metrics.commerce import ORDERS, purchases
from bot.metrics.daily_retention import step_at
from bot.metrics.dimensions import with_dimensions
from bot.metrics.engagement import described, people_active, with_plan_id
from bot.metrics.expressions import during, earliest, local, spine
from bot.metrics.tables import Tables, owned, without, worked_out_once
from bot.metrics.terms import Policy, terms
from bot.types import Grain, Window, instant

MARKS = 29
"""As many months fit into an integer of 32 bits, as a bare 1 is one, beside all before and the month not yet over."""
ONLY_ORDERS = tuple(need for need in ORDERS if need.partition(".")[2] != "net_amount")


@dataclass(frozen=True, slots=True)
class Plan:
    """How cohorts are formed and followed: the variants of a question, and what else it asks."""

    basis: str = "paying"
    cells: str = "customers"
    steps: str = "month"
    began: str = "first"
    entry: str = "first_time"
    strict: str = "false"
    at_least: str = "1"
    whose: bool = False
    """Whether it matters to which account a person belongs: for a dimension, or a filter."""
    marked: bool = False
    """Whether a person's months of use are bits of one number: a row a person, where else it is one a month."""

    @property
    def calendar(self) -> str:
        """The steps by which cohorts are formed: with 30-day steps those of a calendar month."""
        return "month" if self.steps == "30_days" else self.steps


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


def members_of(t: Tables, window: Window, names: tuple[str, ...], plan: Plan) -> ir.Table:
    """Who belongs to which cohort: who, start (instant), cohort (first day of the step), the dimensions."""
    began = _began(t, window, plan)
    began = began.filter(during(began.start, window))
    began = began.mutate(
        cohort=step_at(local(began.start, t.definitions.zone), plan.calendar, t.definitions.week_start)
    )
    if plan.entry == "recurring":
        carried = {name: began[name].min() for name in ("account_id", *_kept(began))}
        began = began.group_by(["who", "cohort"]).agg(start=began.start.min(), **carried)
    wanted = without(t.dimensions(names), "cohort")
    if plan.basis == "active":
        # Activity is that of accounts that are no test: where nothing else is asked of an account, none is looked up.
        plain = plan.began == "first" and not plan.whose
        frame = began if plain else t.narrow(described(t, began, wanted, window))
    else:
        if {"plan", "interval"} & set(wanted) and "plan_id" not in began.columns:
            began = with_plan_id(t, began, window)
        frame = t.narrow(with_dimensions(t, began.mutate(since=began.start), wanted, window))
    return worked_out_once(frame).select("who", "start", "cohort", *dict.fromkeys(names))


def _kept(frame: ir.Table) -> tuple[str, ...]:
    return tuple(name for name in ("plan_id", "user_id") if name in frame.columns)


def _began(t: Tables, window: Window, plan: Plan) -> ir.Table:
    """What can begin a cohort: who, account_id, start; once each, or every time where the entry recurs."""
    if plan.entry == "recurring":
        return _recurring(t, window, plan)
    if plan.basis == "active":
        return _first_use(t, window, plan)
    rows = payers(t) if plan.basis == "paying" else _buyers(t)
    first = rows.group_by("account_id").agg(
        start=rows.start.min(), **{name: earliest(rows[name], rows.start) for name in _kept(rows)}
    )
    if plan.began == "signup":
        return _signed(t, first)
    return first.mutate(who=first.account_id)


def payers(t: Tables) -> ir.Table:
    """(account_id, plan_id, start, closes, amount): the stretches that make customers."""
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


def _first_use(t: Tables, window: Window, plan: Plan) -> ir.Table:
    if plan.began == "signup":
        if not t.has("users", "created_at"):
            raise BadData("missing_column", table="users", column="created_at")
        users = owned(t, "users")
        return users.select("user_id", "account_id", who=users.user_id, start=users.created_at.cast("timestamp"))
    used = use_marked(t, window, plan) if plan.marked else use_by_step(t, plan)
    whose = {name: used[name].min() for name in used.columns if name == "account_id"}
    first = used.group_by("user_id").agg(start=used.start.min(), **whose)
    return first.mutate(who=first.user_id)


def use_by_step(t: Tables, plan: Plan) -> ir.Table:
    """(user_id, on, times, start): each person's active events of each step, added up in one pass.

    With account_id where it is asked for; and `times` is 1 where once is enough.
    """
    key = ("used", plan.calendar, plan.at_least, plan.whose)
    if key not in t.frames:
        deeds = people_active(t, _ever(t), ())
        on = step_at(local(deeds.occurred_at, t.definitions.zone), plan.calendar, t.definitions.week_start)
        t.frames[key] = deeds.group_by("user_id", on.name("on")).agg(
            times=ibis.literal(1) if plan.at_least == "1" else deeds.count(),
            start=deeds.occurred_at.min(),
            **({"account_id": deeds.account_id.min()} if plan.whose else {}),
        )
    return t.frames[key]


def use_marked(t: Tables, window: Window, plan: Plan) -> ir.Table:
    """(user_id, marks, start): each person once; bit k of `marks` is set where they were active in the window's k-th
    month, on to as-of. Bit 0 stands for all months before. With account_id where it is asked for.
    """
    first = steps_of(t, window, "month")[0]
    key = ("marked", first, plan.whose)
    if key not in t.frames:
        deeds = people_active(t, _ever(t), ())
        clock = cast(Any, local(deeds.occurred_at, t.definitions.zone))
        month = clock.year() * 12 + clock.month() - (first.year * 12 + first.month - 1)
        mark = ibis.literal(1, type="int64") << ibis.greatest(month, 0).cast("int32")
        t.frames[key] = deeds.group_by("user_id").agg(
            marks=mark.bit_or(),
            start=deeds.occurred_at.min(),
            **({"account_id": deeds.account_id.min()} if plan.whose else {}),
        )
    return t.frames[key]


def _recurring(t: Tables, window: Window, plan: Plan) -> ir.Table:
    """Everybody seen in the window: active or buying at a moment of it, or paying at the end of a step."""
    if plan.basis == "active":
        deeds = people_active(t, window, ())
        return deeds.select("user_id", "account_id", who=deeds.user_id, start=deeds.occurred_at)
    if plan.basis == "orders":
        rows = _buyers(t)
        return rows.select("account_id", "start", who=rows.account_id)
    held = at_ends(t, payers(t), [day for day in steps_of(t, window, plan.steps) if day < window.end], plan.steps)
    # A moment inside the step, for its end belongs to the next.
    start = held.ended - ibis.interval(seconds=1)
    return held.select("account_id", "plan_id", who=held.account_id, start=start)


def steps_of(t: Tables, window: Window, steps: str) -> list[date]:
    """The first days of the steps that are over by as-of, from the window's first, or that first where none is."""
    first = window.start.replace(day=1)
    if steps == "week":
        first = window.start - timedelta(days=(window.start.weekday() - t.definitions.week_start) % 7)
    days = [first]
    while next_step(following := next_step(days[-1], steps), steps) <= t.as_of:
        days.append(following)
    return days


def at_ends(t: Tables, rows: ir.Table, days: list[date], steps: str) -> ir.Table:
    """The stretches that pay at the end (`ended`) of each step, once per stretch and end."""
    zone = t.definitions.zone
    ends = spine([instant(next_step(day, steps), zone) for day in days], "ended", t["subscriptions"])
    return rows.inner_join(ends, [rows.start <= ends.ended, rows.closes > ends.ended])


def acts_of(t: Tables, plan: Plan) -> ir.Table:
    """(person, moment, amount): every purchase, or every act of use."""
    if plan.basis == "orders":
        bought = _buyers(t)
        return bought.select(person=bought.account_id, moment=bought.start, amount=bought.amount)
    deeds = people_active(t, _ever(t), ())
    return deeds.select(person=deeds.user_id, moment=deeds.occurred_at, amount=ibis.literal(0, type="int64"))


def _ever(t: Tables) -> Window:
    return Window(date(1900, 1, 1), t.as_of, Grain.RANGE, t.definitions.zone)
