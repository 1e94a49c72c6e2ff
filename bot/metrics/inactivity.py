"""Inactivity: how long customers and people have been away."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from bot.metrics.customers import ACCOUNT_DIMENSIONS
from bot.metrics.declare import metric
from bot.metrics.engagement import EVENTS, people_active
from bot.metrics.expressions import flag, local_day
from bot.metrics.present import customers_at_end, ever
from bot.metrics.quantiles import quantiles
from bot.metrics.tables import Tables, beside, everybody, owned, per
from bot.types import Definitions, Grain, Shape, Unit, Window

ENTITY: dict[str, tuple[str, ...]] = {"entity": ("account", "user")}

STATES = ("active", "fading", "slipping_away", "dormant", "gone", "never_active")


def inactivity(t: Tables, window: Window, by: tuple[str, ...] = (), *, entity: str = "account", **_: Any) -> ir.Table:
    """One row per customer at the window's end, or per person of one, with how long nothing was done.

    Columns: account_id (and user_id), the dimensions, last_active_at, days_inactive (whole days without activity up to
    the window's end; null where there never was any), limit_days (from how many days on its plan calls it inactive),
    state (active, fading, slipping_away, dormant, gone or never_active).
    """
    plain = everybody(t)
    acts = people_active(plain, ever(window), ())
    own = tuple(name for name in ("plan",) if t.definitions.inactive_days_by_plan)
    frame = customers_at_end(t, window, tuple(dict.fromkeys((*by, *own))))
    if entity == "user":
        frame = frame.inner_join(_members(plain, acts, window), "account_id")
        last = acts.group_by(who="user_id").agg(last_active_at=acts.occurred_at.max())
        frame = frame.left_join(last, frame.user_id == last.who).drop("who")
    else:
        last = acts.group_by(who="account_id").agg(last_active_at=acts.occurred_at.max())
        frame = frame.left_join(last, frame.account_id == last.who).drop("who")
    away = -local_day(frame.last_active_at, t.definitions.zone).delta(window.end, unit="day") - 1
    frame = frame.mutate(days_inactive=away.cast("int64"), limit_days=_limit(frame, t.definitions))
    return frame.mutate(state=_state(frame.days_inactive, frame.limit_days, t.definitions))


def _members(t: Tables, acts: ir.Table, window: Window) -> ir.Table:
    """(account_id, user_id) of everybody known by the window's end: on record, or seen to act."""
    seen = acts.select("account_id", "user_id").distinct()
    if not t.has("users", "account_id"):
        return seen
    users = owned(t, "users")
    if t.has("users", "created_at"):
        users = users.filter(users.created_at.isnull() | (users.created_at < window.last))
    return users.select("account_id", "user_id").distinct()


def _limit(frame: ir.Table, definitions: Definitions) -> ir.IntegerValue:
    """From how many days without activity on an account of this plan is called inactive."""
    own = [(frame.plan == plan, ibis.literal(days, "int64")) for plan, days in definitions.inactive_days_by_plan]
    usual = ibis.literal(definitions.inactive_days, "int64")
    return ibis.cases(*own, else_=usual) if own else usual


def _state(away: ir.Value, limit: ir.IntegerValue, definitions: Definitions) -> ir.StringValue:
    return ibis.cases(
        (away.isnull(), "never_active"),
        (away >= definitions.gone_days, "gone"),
        (away >= definitions.dormant_days, "dormant"),
        (away >= limit, "slipping_away"),
        (away * 2 >= limit, "fading"),
        else_="active",
    )


def roster(t: Tables, window: Window, **_: Any) -> ir.Table:
    """The people behind inactivity: one row per account with its last activity, its state and its people.

    `people` counts those on record, `people_inactive` those of them who are at their plan's threshold or over it, or
    were never active.
    """
    accounts = inactivity(t, window).select("account_id", "last_active_at", "days_inactive", "state")
    members = inactivity(t, window, entity="user")
    quiet = members.days_inactive.fill_null(1_000_000) >= members.limit_days
    each = members.group_by(home="account_id").agg(people=members.count(), people_inactive=flag(quiet).sum())
    joined = accounts.left_join(each, accounts.account_id == each.home).drop("home")
    return joined.mutate(people=joined.people.fill_null(0), people_inactive=joined.people_inactive.fill_null(0))


@metric(
    unit=Unit.DAYS,
    good="down",
    shape=Shape.LEVEL,
    needs=EVENTS,
    by=ACCOUNT_DIMENSIONS,
    window=Grain.DAY,
    variants=ENTITY,
    companions=("engagement_trend",),
    people=roster,
)
def days_inactive(t: Tables, window: Window, by: tuple[str, ...] = (), *, entity: str = "account") -> ir.Table:
    """How many whole days customers have been away: the median since the last active event of an account's latest user.

    Formula: median over customers of the complete days without activity up to the window's end; `mean` beside it, and
    `inactive`, those at the inactive threshold (30 days unless set, also per plan) or over it. The entity "user" takes
    each person of these customers.
    At risk: customers at the window's end with an active event ever; those who never acted have no such day.
    Example: 2026-10, the finger-count company: 19.
    Source: Intercom, "slipping away" after 30 days; the threshold is the company's.
    """
    frame = inactivity(t, window, by, entity=entity)
    frame = frame.filter(frame.days_inactive.notnull())
    middle = quantiles(frame, by, "days_inactive")
    quiet = per(frame, by).agg(inactive=flag(frame.days_inactive >= frame.limit_days).sum())
    joined = beside(middle, quiet, by, "inner")
    return joined.select(*by, "value", "n", "mean", "inactive")


@metric(
    unit=Unit.SHARE,
    good="context",
    shape=Shape.SHARE,
    needs=EVENTS,
    by=ACCOUNT_DIMENSIONS,
    window=Grain.DAY,
    variants=ENTITY,
    keys=("state",),
    companions=("days_inactive",),
    people=roster,
)
def inactivity_state(t: Tables, window: Window, by: tuple[str, ...] = (), *, entity: str = "account") -> ir.Table:
    """How many customers are active, fading, slipping away, dormant or gone, by the days since anybody was active.

    Formula: customers in the state / all customers at the window's end. Fading: half the inactive threshold or more
    without activity; slipping away: the threshold (30 days unless set, also per plan); dormant: 90; gone: 180; never
    active: no active event at all. The entity "user" takes each person of these customers.
    At risk: paying customers at the window's end.
    Example: 2026-10, the finger-count company, state=fading: 2 of 6.
    Source: Intercom, "slipping away" after 30 days; the thresholds are the company's.
    """
    frame = inactivity(t, window, by, entity=entity)
    counts = per(frame, by).agg(**{state: flag(frame.state == state).sum() for state in STATES}, whole=frame.count())
    return ibis.union(
        *(counts.select(*by, state=ibis.literal(state), part=counts[state], whole=counts.whole) for state in STATES)
    )
