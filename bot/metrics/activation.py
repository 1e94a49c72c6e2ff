"""First steps: onboarding, activation, and the time until a newcomer finds value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from fractions import Fraction
from statistics import median
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from bot.metrics.declare import Asked, metric
from bot.metrics.engagement import EVENTS, USER_DIMENSIONS, meant
from bot.metrics.expressions import flag, ratio
from bot.metrics.kaplan_meier import curve, median_interval
from bot.metrics.newcomers import allowed, days_after, milestones, newcomers, reached
from bot.metrics.support_speed import hours_between
from bot.metrics.tables import Tables, owned, per, without
from bot.metrics.terms import Policy, terms
from bot.types import Note, Shape, Unit, Window, instant

NEWCOMER_DIMENSIONS = without(USER_DIMENSIONS, "platform")
JOINED = ("users.created_at", "users.account_id")
ENTITY: dict[str, tuple[str, ...]] = {"entity": ("user", "account")}
ONBOARDING_DAYS = 14
ACTIVATION_DAYS = 7
LATER = (30, 60)
"""Days after the start between which an activated person is looked for again."""


def cohort(
    t: Tables, window: Window, by: tuple[str, ...], kind: str, *, usual: int, horizon_days: str, entity: str
) -> tuple[ir.Table, ir.Table]:
    """(people, done) of newcomers with the horizon behind them, and the milestones each reached within it.

    The horizon is that of each milestone (else `usual`), or the one named; people wait for the longest.
    """
    goals = milestones(t, (kind,), entity)
    longest = goals.agg(longest=allowed(goals, horizon_days, usual).max())
    people = newcomers(t, window, by, entity=entity).cross_join(longest)
    now = ibis.literal(instant(t.as_of, t.definitions.zone), type="timestamp")
    people = people.filter(days_after(people.began, people.longest) <= now).drop("longest")
    got = reached(t, (kind,), people, entity)
    got = got.select("milestone_id", "reached_at", reacher="who", allowed=allowed(got, horizon_days, usual))
    joined = people.inner_join(got, people.who == got.reacher)
    done = joined.filter(joined.reached_at < days_after(joined.began, joined.allowed))
    return people, done.select("reacher", "milestone_id").distinct()


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.SHARE,
    entity="user",
    needs=(*EVENTS, *JOINED, "milestones.event_name"),
    by=("step", *NEWCOMER_DIMENSIONS),
    variants={"denominator": ("signed_up", "started"), "horizon_days": ("milestone", "14"), **ENTITY},
    companions=("activation_rate", "time_to_value"),
)
def onboarding_completion(
    t: Tables,
    window: Window,
    by: tuple[str, ...] = (),
    *,
    denominator: str = "signed_up",
    horizon_days: str = "milestone",
    entity: str = "user",
) -> ir.Table:
    """New people who finished every onboarding step in time; by step, those who did each.

    Formula: users who reached all onboarding milestones within D days of their creation / users created in the window
    with D days behind them. D is each milestone's own number of days, else 14. "started" takes only those who
    did at least one step; the entity "account" takes accounts by what any of their people did.
    At risk: newcomers of the window who have lived through the longest D by as-of; accounts that are no test.
    Example: 2026-10, the finger-count company: 2 of 5.
    Source: product onboarding guides; completion is not value, so that activation stands beside it.
    """
    t, of_the_step = t.apart("step")
    keys = without(by, "step")
    people, done = cohort(
        t, window, keys, "onboarding", usual=ONBOARDING_DAYS, horizon_days=horizon_days, entity=entity
    )
    steps = milestones(t, ("onboarding",), entity).select(step="milestone_id")
    both = of_the_step.narrow(people.cross_join(steps))
    both = both.left_join(done, (both.who == done.reacher) & (both.step == done.milestone_id))
    both = both.mutate(got=flag(both.reacher.notnull()))
    if denominator == "started":
        started = done.select(starter="reacher").distinct()
        both = both.semi_join(started, both.who == started.starter)
    each = both.group_by([*by, "who"]).agg(got=both.got.min())
    return per(each, by).agg(part=each.got.sum(), whole=each.count())


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.SHARE,
    entity="user",
    needs=(*EVENTS, *JOINED, "milestones.event_name"),
    by=(*NEWCOMER_DIMENSIONS, "platform"),
    variants={"horizon_days": ("milestone", "7", "30"), **ENTITY},
    companions=("time_to_value", "onboarding_completion"),
)
def activation_rate(
    t: Tables, window: Window, by: tuple[str, ...] = (), *, horizon_days: str = "milestone", entity: str = "user"
) -> ir.Table:
    """New people who reached the activation event in time.

    Formula: users who reached an activation milestone within D days of their creation / users created in the window
    with D days behind them. D is the milestone's own number of days, else 7; 30 suits sales to companies. Beside it,
    whether the event is well chosen: of the activated and of the others with 60 days behind them (`activated_seen`,
    `others_seen`) those active again on days 30 to 59 (`activated_kept`, `others_kept`): an association, no cause.
    At risk: newcomers of the window who have lived through D by as-of; accounts that are no test. The platform is
    that of their first event.
    Example: 2026-10, the finger-count company: 4 of 5.
    Source: product activation guides; Userpilot, benchmark report 2024.
    """
    frame = _activated(t, window, tuple(sorted({*by, *t.carried})), horizon_days, entity)
    ready = frame.began <= instant(t.as_of, t.definitions.zone) - timedelta(days=LATER[1])
    active, kept = frame.reacher.notnull(), frame.actor.notnull()
    return per(frame, by).agg(
        part=flag(active).sum(),
        whole=frame.count(),
        activated_kept=flag(ready & active & kept).sum(),
        activated_seen=flag(ready & active).sum(),
        others_kept=flag(ready & ~active & kept).sum(),
        others_seen=flag(ready & ~active).sum(),
    )


def _activated(t: Tables, window: Window, dimensions: tuple[str, ...], horizon_days: str, entity: str) -> ir.Table:
    """The newcomers with their dimensions: reacher, not null for who got there in time, and actor, for who came again.

    One frame for all breakdowns of a window that are asked for together.
    """
    key = ("activated", window.start, window.end, dimensions, horizon_days, entity, t.filters, t.exclude)
    if key in t.frames:
        return t.frames[key]
    people, done = cohort(
        t, window, dimensions, "activation", usual=ACTIVATION_DAYS, horizon_days=horizon_days, entity=entity
    )
    got = done.select("reacher").distinct()
    joined = people.left_join(got, people.who == got.reacher)
    # Nobody of the window can be looked for before day 30 of its first, or after day 60 of its last.
    seen_from = window.start + timedelta(days=LATER[0])
    seen_until = max(min(window.end + timedelta(days=LATER[1] + 1), t.as_of), seen_from)
    events = owned(t, "events") if entity == "account" else t["events"]
    acts = meant(events, Window(seen_from, seen_until, window.grain, window.zone))
    acts = acts.select("occurred_at", actor=acts.account_id if entity == "account" else acts.user_id)
    looked_for = people.select(
        "who", opens=days_after(people.began, LATER[0]), closes=days_after(people.began, LATER[1])
    )
    again = looked_for.inner_join(
        acts,
        [looked_for.who == acts.actor, acts.occurred_at >= looked_for.opens, acts.occurred_at < looked_for.closes],
    )
    again = again.select("actor").distinct()
    t.frames[key] = joined.left_join(again, joined.who == again.actor)
    return t.frames[key]


SHARES: Mapping[str, float] = {"value": 0.5, "p75": 0.75, "p90": 0.9}
"""Column → the share of newcomers that has reached value by then."""


def estimated(frame: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """Hours by which half, three and nine in ten have reached value, by Kaplan and Meier; one row a segment."""
    keys = list(asked.by)
    groups = frame.groupby(keys, sort=True, dropna=False) if keys else [((), frame)]
    rows = [dict(zip(keys, key, strict=True)) | _told(part) for key, part in groups]
    return pd.DataFrame(rows, columns=[*keys, *TOLD])


TOLD = ("value", "n", "low", "high", "p75", "p90", "reached", "share_reached", "median_of_reached")


def _told(frame: pd.DataFrame) -> dict[str, Any]:
    many, got = int(frame["left"].sum() + frame["censored"].sum()), int(frame["left"].sum())
    told: dict[str, Any] = dict.fromkeys(TOLD) | {"n": many, "reached": got}
    if not many:
        return told
    line = curve(frame[["age", "left", "censored"]])
    for column, share in SHARES.items():
        there = line["age"][(line["value"] <= 1 - share + 1e-12) & (line["left"] > 0)]
        told[column] = float(there.iloc[0]) if len(there) else None
    told["low"], told["high"] = median_interval(line)
    told["share_reached"] = float(Fraction(got, many))
    ages = [age for age, left in zip(frame["age"], frame["left"], strict=True) for _ in range(int(left))]
    told["median_of_reached"] = median(ages) if ages else None
    return told


def unlike(rows: Sequence[Mapping[str, Any]], _: Asked) -> Sequence[Note]:
    """Who has not got there is not forgotten: half may not be there yet, and the plain median leaves them out."""
    told = [row for row in rows if row["n"] and row["reached"] < row["n"]]
    if len(told) != 1:
        return []
    key = "half_not_there_yet" if told[0]["value"] is None else "plain_median_too_low"
    return [Note(key, {"n": told[0]["reached"], "whole": told[0]["n"]})]


@metric(
    unit=Unit.HOURS,
    good="down",
    shape=Shape.LEVEL,
    entity="user",
    needs=(*EVENTS, *JOINED, "milestones.event_name"),
    by=NEWCOMER_DIMENSIONS,
    variants={
        "start": ("signup", "first_event", "first_payment"),
        "hours": ("calendar", "business"),
        **ENTITY,
    },
    finish=estimated,
    notes=unlike,
    companions=("activation_rate", "onboarding_completion"),
)
def time_to_value(
    t: Tables,
    window: Window,
    by: tuple[str, ...] = (),
    *,
    start: str = "signup",
    hours: str = "calendar",
    entity: str = "user",
) -> ir.Table:
    """How many hours newcomers take to their first value: the time by which half of them have reached it.

    Formula: Kaplan-Meier median of the hours from the start (creation, or the first active event or the account's first
    payment where that comes later) to the aha milestone, or activation where there is no aha; who has not reached it
    counts as still waiting at as-of. `p75` and `p90`: by when three in four and nine in ten have; `share_reached`;
    `median_of_reached` is the plain median of those who have, which is biased low. Times are in whole minutes;
    "business" counts working hours only.
    At risk: newcomers created in the window (with a first active event or payment, where that is the start).
    Example: 2026-10, the finger-count company: 25.
    Source: Kaplan and Meier (1958); product onboarding guides, the cohort median.
    """
    people = newcomers(t, window, by, entity=entity)
    people = people if start == "signup" else _started(t, people, start, entity)
    got = reached(t, ("aha", "activation"), people, entity)
    got = got.group_by(reacher="who").agg(got_at=got.reached_at.min())
    frame = people.left_join(got, people.who == got.reacher)
    now = ibis.literal(instant(t.as_of, t.definitions.zone), type="timestamp")
    there = frame.got_at.notnull() & (frame.got_at < now)
    ends = there.ifelse(frame.got_at, now)
    frame = frame.mutate(
        age=ratio(ibis.greatest((hours_between(frame.began, ends, hours, t.definitions) * 60).floor(), 0.0), 60),
        there=flag(there),
    )
    return frame.group_by([*by, "age"]).agg(left=frame.there.sum(), censored=(1 - frame.there).sum())


def _started(t: Tables, people: ir.Table, start: str, entity: str) -> ir.Table:
    """The newcomers from their first active event or first payment on; those without one are out."""
    if start == "first_payment":
        rows = terms(t, Policy.of(t.definitions))
        rows = rows.filter(rows.pays == 1)
        first = rows.group_by(starter="account_id").agg(first_at=rows.opens.min())
        joined = people.inner_join(first, people.account_id == first.starter)
    else:
        events = owned(t, "events").filter(lambda e: e.is_active_event.fill_null(True))
        first = events.group_by(starter=events.account_id if entity == "account" else events.user_id).agg(
            first_at=events.occurred_at.min()
        )
        joined = people.inner_join(first, people.who == first.starter)
    joined = joined.filter(joined.first_at < instant(t.as_of, t.definitions.zone))
    return joined.mutate(began=ibis.greatest(joined.began, joined.first_at)).drop("starter", "first_at")
