"""A segment made from a sentence, as a Segment like those that are built in: who is in it at the start of a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from operator import ge, gt, le, lt

import ibis.expr.types as ir

from bot.metrics.commerce import purchases
from bot.metrics.dimensions import ACCOUNT_COLUMNS, BANDS, PLAN_COLUMNS
from bot.metrics.expressions import money
from bot.metrics.segments import SEGMENTS, Segment
from bot.metrics.segments.frames import before, bought, customers, paying, real, signed_up, since, until
from bot.metrics.tables import SEGMENT, Tables, owned
from bot.metrics.terms import Policy, terms
from bot.types import Condition, Group, limit_of

DESCRIBING = frozenset({*ACCOUNT_COLUMNS, *PLAN_COLUMNS, *BANDS, "tenure", SEGMENT})
"""Dimensions that tell of a customer as a whole, so that a group can be made by them."""


def known(t: Tables) -> Mapping[str, Segment]:
    """Every segment by its name: those that are built in, then the company's own."""
    return {**SEGMENTS, **{one.name: segment_of(one) for one in t.groups}}


def found(t: Tables, name: str | None) -> Segment | None:
    """The segment of a name, or of the text of a group that has none; None where there is neither."""
    group = Group.of(name)
    return segment_of(group) if group is not None else known(t).get(name or "")


def segment_of(group: Group) -> Segment:
    """The group as a segment; its rule is the group's own text, which the languages put into words."""
    rule = replace(group, name="").text
    needs = dict.fromkeys(need for one in group.conditions for need in NEEDS[one.what])

    def members(t: Tables, day: date) -> ir.Table:
        key = ("group", rule, day)
        if key not in t.frames:
            t.frames[key] = _described(t, day, group)
        return t.frames[key]

    return Segment(group.name or rule, rule, tuple(needs), (), members)


def _described(t: Tables, day: date, group: Group) -> ir.Table:
    frame = _within(t, day, group.segments) if group.segments else _customers(t, day, group)
    for one in group.conditions:
        frame = _holding(t, frame, day, one)
    whole = Segment(group.name, "", (), (), lambda *_: frame)
    return whole(replace(t, filters=group.filters, exclude=group.exclude), day)


def _customers(t: Tables, day: date, group: Group) -> ir.Table:
    """Who pays, with the plan of what they pay most for; where nobody subscribes, who has bought, or has signed up.

    Of whom it is said in which periods they paid, bought or were active may have left since: all who signed up.
    """
    if any(one.what in PERIODS and one.of for one in group.conditions):
        return _known(t, day)
    if t.has("subscriptions"):
        frame = customers(t, day)
        return frame.filter(frame.end == 1).select("account_id", "since", "plan_id", mrr=money(frame.end_micros))
    return bought(t, day) if t.has("orders") else signed_up(t, day)


def _known(t: Tables, day: date) -> ir.Table:
    """Every account that did not sign up later: when it did may be unknown."""
    accounts = t["accounts"]
    here = accounts.signup_at.isnull() | (accounts.signup_at < until(t, day))
    return real(t, accounts.filter(here & accounts.merged_into.isnull()).select("account_id", "signup_at"), day)


def _within(t: Tables, day: date, names: tuple[str, ...]) -> ir.Table:
    """Who is in all of the segments, with the columns of the first."""
    every = known(t)
    first, *rest = (found(t, name) or every[name] for name in names)
    frame = first.everyone(t, day)
    for one in rest:
        frame = frame.semi_join(one.everyone(t, day).select("account_id"), "account_id")
    return frame


def _holding(t: Tables, frame: ir.Table, day: date, condition: Condition) -> ir.Table:
    """The rows of accounts of which the condition holds; what never happened has happened 0 times."""
    rows = ROWS[condition.what](t, day, condition)
    counted = rows.group_by("account_id").agg(times=rows.count())
    if condition.least:
        frame = frame.semi_join(counted.filter(counted.times >= condition.least), "account_id")
    if condition.most is not None:
        frame = frame.anti_join(counted.filter(counted.times > condition.most), "account_id")
    return frame


def _uses(t: Tables, day: date, condition: Condition) -> ir.Table:
    features = t["features"]
    core = features.filter(features.feature_id == condition.of).select(did="core_event").distinct()
    events = before(t, "events", "occurred_at", day, condition.days)
    return events.semi_join(core, events.name == core.did)


def _orders(t: Tables, day: date, condition: Condition) -> ir.Table:
    orders = purchases(t)
    if condition.of:
        return _during(t, orders, condition)
    orders = orders.filter(orders.occurred_at < until(t, day))
    return orders if condition.days is None else orders.filter(orders.occurred_at >= since(t, day, condition.days))


def _signups(t: Tables, day: date, condition: Condition) -> ir.Table:
    frame = signed_up(t, day)
    if condition.days is not None:
        return frame.filter(frame.signup_at >= since(t, day, condition.days))
    start, _, end = condition.of.partition("/")
    frame = frame.filter(frame.signup_at < until(t, date.fromisoformat(end)))
    return frame.filter(frame.signup_at >= until(t, date.fromisoformat(start))) if start else frame


def _active(t: Tables, day: date, condition: Condition) -> ir.Table:
    if condition.of:
        events = _during(t, owned(t, "events"), condition)
    else:
        events = before(t, "events", "occurred_at", day, condition.days)
    return events.filter(events.is_active_event.fill_null(True))


def _during(t: Tables, rows: ir.Table, condition: Condition) -> ir.Table:
    """The rows of the days "START/END" that the condition names, as far as anything is known."""
    first, last = (until(t, min(date.fromisoformat(one), t.as_of)) for one in condition.of.split("/"))
    return rows.filter((rows.occurred_at >= first) & (rows.occurred_at < last))


def _paid(t: Tables, condition: Condition) -> ir.Table:
    """Who was a paying customer on any of the days "START/END"."""
    first, last = (until(t, date.fromisoformat(one)) for one in condition.of.split("/"))
    rows = terms(t, Policy.of(t.definitions))
    return rows.filter((rows.pays == 1) & (rows.opens < last) & (rows.closes > first))


def _members(t: Tables, day: date) -> ir.Table:
    users = owned(t, "users")
    if t.has("users", "created_at"):
        users = users.filter(users.created_at.isnull() | (users.created_at < until(t, day)))
    return users.select("account_id", "user_id").distinct()


def _payers(t: Tables, day: date, condition: Condition) -> ir.Table:
    frame = paying(t, day)
    sign, limit = limit_of(condition)
    return frame.filter(SIGNS[sign](frame.mrr, limit))


PERIODS = frozenset({"paying", "orders", "active"})
"""What can be said of one period, and not of another."""
SIGNS: Mapping[str, Callable[[ir.Value, float], ir.Value]] = {">": gt, ">=": ge, "<": lt, "<=": le}
ROWS: Mapping[str, Callable[[Tables, date, Condition], ir.Table]] = {
    "feature": _uses,
    "tickets": lambda t, day, condition: before(t, "tickets", "created_at", day, condition.days),
    "orders": _orders,
    "signup": _signups,
    "active": _active,
    "mrr": _payers,
    "members": lambda t, day, _: _members(t, day),
    "paying": lambda t, _, condition: _paid(t, condition),
}
"""What is counted → its rows before a day, each with the account it belongs to."""
NEEDS: Mapping[str, tuple[str, ...]] = {
    "feature": ("events", "features.core_event"),
    "tickets": ("tickets",),
    "orders": ("orders",),
    "signup": ("accounts.signup_at",),
    "active": ("events",),
    "mrr": ("subscriptions",),
    "members": ("users",),
    "paying": ("subscriptions",),
}
