"""The stages of a customer's life, one rule for all: when each account reached which, and who moved on.

A stage counts as passed once a later one is reached, so that an account stands in exactly one at any instant. A
stage of which the data can tell nothing (no table of its rule is there) is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import cast

import ibis
import ibis.expr.types as ir

from bot.metrics.commerce import purchases
from bot.metrics.dimensions import with_dimensions
from bot.metrics.engagement import with_plan_id
from bot.metrics.expressions import FOREVER, during, flag
from bot.metrics.population import standing
from bot.metrics.tables import Tables, of_the_merged, owned
from bot.metrics.terms import Policy, terms
from bot.types import Grain, Window, instant

PROMOTER = 9
RETAINED_DAYS = 90
"""Who still pays so many days after the first payment has stayed."""


def _first(rows: ir.Table, moment: ir.Value) -> ir.Table:
    return (
        rows.filter(moment.notnull())
        .group_by("account_id")
        .agg(reached_on=cast(ir.TimestampValue, moment).min().cast("timestamp"))
    )


def awareness(t: Tables) -> list[ir.Table]:
    """First known to us: invited by a customer, written to, or signed up."""
    found = []
    if t.has("referrals", "referee_id"):
        invited = t["referrals"].select("invited_at", account_id="referee_id")
        invited = of_the_merged(t, invited)
        found.append(_first(invited, invited.invited_at))
    if t.has("sends"):  # sign-up makes known too, by way of the stage after
        sends = owned(t, "sends").filter(lambda s: ~s.holdout.fill_null(False))
        found.append(_first(sends, sends.occurred_at))
    return found


def acquisition(t: Tables) -> list[ir.Table]:
    """Signed up, paid or bought for the first time, whichever came first."""
    found = []
    if t.has("accounts", "signup_at"):
        accounts = owned(t, "accounts")
        found.append(_first(accounts, accounts.signup_at))
    if t.has("subscriptions"):
        paid = terms(t, Policy.of(t.definitions)).filter(lambda r: r.pays == 1)
        found.append(_first(paid, paid.opens))
    if t.has("orders"):
        orders = purchases(t)
        found.append(_first(orders, orders.occurred_at))
    return found


def onboarding(t: Tables) -> list[ir.Table]:
    """First step of learning: an event of any milestone; without milestones, the first active event."""
    return _did(t, ("onboarding", "activation", "aha"))


def engagement(t: Tables) -> list[ir.Table]:
    """First value: an event of an activation milestone; without milestones, the first active event."""
    return _did(t, ("activation",))


def _did(t: Tables, kinds: tuple[str, ...]) -> list[ir.Table]:
    if not t.has("events"):
        return []
    events = owned(t, "events")
    if t.has("milestones"):
        goals = t["milestones"].filter(lambda m: m.kind.isin(kinds)).select(goal="event_name").distinct()
        events = events.semi_join(goals, events.name == goals.goal)
    else:
        events = events.filter(events.is_active_event.fill_null(True))
    return [_first(events, events.occurred_at)]


def retention(t: Tables) -> list[ir.Table]:
    """Stays: still pays 90 days after the first payment, or buys a second time."""
    found = []
    if t.has("subscriptions"):
        paid = terms(t, Policy.of(t.definitions)).filter(lambda r: r.pays == 1)
        stays = paid.mutate(since=paid.opens.min().over(ibis.window(group_by="account_id")))
        stays = stays.mutate(due=stays.since + ibis.interval(days=RETAINED_DAYS))
        stays = stays.filter(stays.closes > stays.due)
        found.append(_first(stays, ibis.greatest(stays.opens, stays.due)))
    if t.has("orders"):
        second = purchases(t).filter(lambda p: p.number == 2)
        found.append(_first(second, second.occurred_at))
    return found


def advocacy(t: Tables) -> list[ir.Table]:
    """Recommends: invited somebody, or answered 9 or 10 to the NPS question."""
    found = []
    if t.has("referrals"):
        referrals = owned(t, "referrals")
        found.append(_first(referrals, referrals.invited_at))
    if t.has("survey_answers"):
        answers = owned(t, "survey_answers")
        answers = answers.filter((answers.type == "nps") & answers.score.between(PROMOTER, 10))
        found.append(_first(answers, answers.answered_at))
    return found


RULES: Mapping[str, Callable[[Tables], list[ir.Table]]] = {
    rule.__name__: rule for rule in (awareness, acquisition, onboarding, engagement, retention, advocacy)
}
"""Every stage in its order: what reaches it, as tables of (account_id, reached_on)."""


def used(t: Tables) -> tuple[str, ...]:
    """The stages that the data can tell, in the order of life."""
    return tuple(name for name in reached(t).columns if name != "account_id")


def reached(t: Tables) -> ir.Table:
    """One row per account: account_id, and for each stage used the instant at which it was reached, FOREVER if never.

    A stage is reached by its own rule or by that of a later one, whichever came first; what lies at or after
    as-of has not happened yet.
    """
    if "stages" not in t.frames:
        t.frames["stages"] = _reached(t)
    return t.frames["stages"]


def _reached(t: Tables) -> ir.Table:
    until = instant(t.as_of, t.definitions.zone)
    told = {name: frames for name, rule in RULES.items() if (frames := rule(t))}
    tables = [
        frame.select("account_id", "reached_on", place=ibis.literal(place))
        for place, frames in enumerate(told.values())
        for frame in frames
    ]
    rows = cast(ir.Table, ibis.union(*tables)) if len(tables) > 1 else tables[0]
    rows = rows.filter(rows.account_id.notnull() & (rows.reached_on < until))
    return rows.group_by("account_id").agg(
        **{
            name: rows.reached_on.min(where=rows["place"] >= place).fill_null(FOREVER).cast("timestamp")
            for place, name in enumerate(told)
        }
    )


def entered(t: Tables) -> ir.Table:
    """One row per account and stage reached: account_id, stage, place (0 = first), entered_on, left_on.

    left_on is when the next stage was reached, FOREVER if it was not, or there is none. A stage that was passed in
    the same instant has a row too.
    """
    if "entered" not in t.frames:
        t.frames["entered"] = _entered(t)
    return t.frames["entered"]


def _entered(t: Tables) -> ir.Table:
    names, frame = used(t), reached(t)
    parts = []
    for place, name in enumerate(names):
        after = frame[names[place + 1]] if place + 1 < len(names) else ibis.literal(FOREVER, "timestamp")
        parts.append(
            frame.select(
                "account_id", stage=ibis.literal(name), place=ibis.literal(place),
                entered_on=frame[name], left_on=after,
            )
        )  # fmt: skip
    rows = cast(ir.Table, ibis.union(*parts)) if len(parts) > 1 else parts[0]
    return rows.filter(rows.entered_on < FOREVER)


def moves(t: Tables, window: Window, by: tuple[str, ...], days: int) -> ir.Table:
    """Who entered a stage in the window, `days` or more before as-of; moved is 1 where the next came in time.

    One row per account and stage: account_id, stage, place, entered_on, moved, and the dimensions; filters are applied.
    """
    rows = entered(t)
    mature = instant(t.as_of - timedelta(days=days), t.definitions.zone)
    rows = rows.filter(during(rows.entered_on, window))
    rows = rows.filter(rows.entered_on < mature)
    soon = flag((rows.left_on < FOREVER) & (rows.left_on <= rows.entered_on + ibis.interval(days=days)))
    return t.narrow(described_accounts(t, rows.mutate(moved=soon), t.dimensions(by), window))


def stage_of(t: Tables, day: date, by: tuple[str, ...] = ()) -> ir.Table:
    """The stage in which each account stands at the start of `day`: account_id, stage, place, entered_on.

    Who paid once and is no customer any more stands in none. Filters are applied.
    """
    key = ("stage of", day, by, t.filters, t.exclude)
    if key not in t.frames:
        t.frames[key] = _stage_of(t, day, by)
    return t.frames[key]


def _stage_of(t: Tables, day: date, by: tuple[str, ...]) -> ir.Table:
    moment = instant(day, t.definitions.zone)
    rows = entered(t)
    rows = rows.filter((rows.entered_on < moment) & (rows.left_on >= moment))
    window = Window(day - timedelta(days=1), day, Grain.DAY, t.definitions.zone)
    if t.has("subscriptions"):
        state = standing(t, window, (), Policy.of(t.definitions), "kept_end", "since")
        gone = state.filter((state.kept_end == 0) & state.since.notnull()).select("account_id")
        rows = rows.anti_join(gone, "account_id")
    return t.narrow(described_accounts(t, rows, t.dimensions(by), window))


def described_accounts(t: Tables, frame: ir.Table, names: tuple[str, ...], window: Window) -> ir.Table:
    """Join the dimensions to a frame with account_id; the plan is the one the account was on in the window."""
    if {"plan", "interval"} & set(names):
        frame = with_plan_id(t, frame, window)
    return with_dimensions(t, frame, names, window)
