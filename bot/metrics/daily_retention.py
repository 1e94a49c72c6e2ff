"""Who came back, and when: retention of people counted from the day they began."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bot.metrics.declare import Asked, metric
from bot.metrics.engagement import USER_DIMENSIONS, described, people_active
from bot.metrics.expressions import during, earliest, flag, local_day
from bot.metrics.present import one_before
from bot.metrics.tables import UNKNOWN, Tables, owned, per, without
from bot.types import Grain, Note, Shape, Unit, Window, instant

SIGNUPS = ("users.created_at", "events.occurred_at", "events.name", "events.user_id")
RETURNS = {
    "day_type": ("calendar", "24h"),
    "entry": ("first_time", "recurring"),
    "steps": ("day", "week", "month"),
}
"""What one may vary about a return: how days are cut, what begins the count, and how long its steps are."""
IMMATURE_DAYS = 30
"""Who could return for fewer days than this after the day asked for may yet do so."""
STEP_DAYS = {"day": 1, "week": 7, "month": 30}
"""The length of a step that is counted in hours."""


@dataclass(frozen=True, slots=True)
class Span:
    """Steps `first` to `last` after the start, both included; without a last one, all that follow."""

    first: int
    last: int | None
    name: str = ""


def entrants(t: Tables, window: Window, by: tuple[str, ...], entry: str = "first_time") -> ir.Table:
    """People by what begins their count in the window: user_id, account_id, start (instant), the dimensions.

    "first_time": who signed up in the window, once. "recurring": each day of the window on which somebody was
    active begins a count of its own, at the first activity of that day. The platform is that of their first event.
    """
    names = t.dimensions(by)
    if entry == "recurring":
        deeds = people_active(t, window, ())
        day = local_day(deeds.occurred_at, t.definitions.zone)
        began = deeds.group_by(["user_id", day.name("day")]).agg(
            start=deeds.occurred_at.min(), account_id=deeds.account_id.min()
        )
        began = began.drop("day")
    else:
        users = owned(t, "users")
        began = users.filter(during(users.created_at, window))
        began = began.select("user_id", "account_id", start=began.created_at)
    if "platform" in names:
        seen = first_platform(t, began, "user_id")
        began = began.left_join(seen, began.user_id == seen.seen_id).drop("seen_id")
        began = began.mutate(platform=began.platform.fill_null(UNKNOWN))
    return t.narrow(described(t, began, without(names, "platform"), window))


def first_platform(t: Tables, people: ir.Table, person: str) -> ir.Table:
    """(seen_id, platform): where the first event of any kind of each of these people took place."""
    events = t["events"].semi_join(people, [ibis._.user_id == people[person]])
    first = earliest(events.platform.fill_null(UNKNOWN), events.occurred_at)
    return events.group_by(seen_id="user_id").agg(platform=first)


def returned(
    t: Tables,
    window: Window,
    by: tuple[str, ...],
    span: Span,
    *,
    day_type: str = "calendar",
    entry: str = "first_time",
    steps: str = "day",
) -> ir.Table:
    """One row per segment: of those who have lived through the span (`whole`), who was active in it (`part`).

    `immature` of them could return for fewer than 30 days since; it tells where the span has no end.
    """
    people = entrants(t, window, by, entry)
    deeds = people_active(t, replace(window, end=max(t.as_of, window.end)), ())
    last = span.first if span.last is None else span.last
    if day_type == "24h":
        days = STEP_DAYS[steps]
        begins = people.start + ibis.interval(days=days * span.first)
        ends = people.start + ibis.interval(days=days * (last + 1))
        reached: Any = instant(t.as_of, t.definitions.zone)
        deeds = deeds.select(person=deeds.user_id, moment=deeds.occurred_at)
    else:
        unit = step_of(local_day(people.start, t.definitions.zone), steps, t.definitions.week_start)
        begins, ends = (_later(unit, many, steps) for many in (span.first, last + 1))
        reached = t.as_of
        deeds = deeds.select(person=deeds.user_id, moment=local_day(deeds.occurred_at, t.definitions.zone))
    recent = reached - timedelta(days=IMMATURE_DAYS)
    mature = people.mutate(begins=begins, ends=ends)
    mature = mature.filter(mature.ends <= reached).mutate(immature=flag(mature.ends > recent))
    # Where each day of activity begins anew, the same deed would be met many times.
    after = deeds.distinct() if entry == "recurring" else deeds
    met = [mature.user_id == after.person, after.moment >= mature.begins]
    if span.last is not None:
        met.append(after.moment < mature.ends)
    each = mature.left_join(after, met).group_by([*by, "user_id", "start"])
    found = each.agg(came=flag(ibis._.person.notnull()).max(), immature=ibis._.immature.max())
    return cast(
        ir.Table,
        per(found, by).agg(
            part=found.came.sum().fill_null(0), whole=found.count(), immature=found.immature.sum().fill_null(0)
        ),
    )


def step_of(day: ir.Value, step: str, week_start: int) -> ir.Value:
    """The first day of the day, week or month that a day lies in."""
    # Truncated as an instant: DuckDB makes one of a truncated day, and Ibis does not know it.
    return day if step == "day" else step_at(cast(Any, day).cast("timestamp"), step, week_start)


def step_at(clock: ir.Value, step: str, week_start: int) -> ir.Value:
    """The first day of the day, week or month that an instant of wall-clock time lies in."""
    dated = cast(Any, clock)
    if step == "month":
        return cast(ir.Value, dated.truncate("M").cast("date"))
    if step == "week":  # engines begin weeks on Monday
        shift = ibis.interval(days=week_start)
        monday = (dated - shift).truncate("W").cast("date")
        return cast(ir.Value, (monday + shift).cast("date"))
    return cast(ir.Value, dated.cast("date"))


def _later(day: ir.Value, steps: int, step: str) -> ir.Value:
    further = ibis.interval(months=steps) if step == "month" else ibis.interval(days=steps * STEP_DAYS[step])
    return cast(ir.Value, (cast(Any, day) + further).cast("date"))


return_metric = partial(
    metric, unit=Unit.SHARE, good="up", shape=Shape.SHARE, entity="user", needs=SIGNUPS, by=USER_DIMENSIONS
)
"""A metric of those who come back after they began."""


@return_metric(variants={"n": ("1",), **RETURNS}, companions=("unbounded_retention", "active_users"))
def n_day_retention(t: Tables, window: Window, by: tuple[str, ...] = (), *, n: str = "1", **how: str) -> ir.Table:
    """Of the people who signed up in the period, the share active on day N after.

    Formula: people active on day N after their signup / people who signed up and have reached the end of day N. With
    entry "recurring" each day of activity in the period begins anew; steps may be weeks or months; "24h" counts hours.
    At risk: who signed up in the window and has lived through day N by as-of; day 0 is the day of the signup itself.
    Example: 2026-10-01, the finger-count company, n=7: 2 of 5.
    Source: Amplitude, retention analysis (N-day); PostHog, retention by calendar interval.
    """
    found = returned(t, window, by, Span(int(n), int(n)), **how)
    return found.drop("immature")


def still_returning(rows: Sequence[Mapping[str, Any]], _: Asked) -> list[Note]:
    """That a share "on or after" is not final while some have hardly had the time to return."""
    young = sum(row["immature"] or 0 for row in rows)
    return [Note("still_returning", {"n": young, "days": IMMATURE_DAYS})] if young else []


@return_metric(notes=still_returning, variants={"n": ("7",), **RETURNS}, companions=("n_day_retention", "active_users"))
def unbounded_retention(t: Tables, window: Window, by: tuple[str, ...] = (), *, n: str = "7", **how: str) -> ir.Table:
    """Of the people who signed up in the period, the share active on day N or any day later.

    Formula: people active on day N after their signup or later / people who have reached the end of day N; `immature`
    of them had fewer than 30 days since to return, so their share can still rise.
    At risk: who signed up in the window and has lived through day N by as-of, as in N-day retention.
    Example: 2026-10-01, the finger-count company, n=7: 3 of 5.
    Source: Mixpanel, retention "on or after".
    """
    return returned(t, window, by, Span(int(n), None), **how)


@return_metric(
    keys=("bracket",),
    variants={"brackets": ("1-3,4-7,8-30",), **RETURNS},
    companions=("n_day_retention", "active_users"),
)
def bracket_retention(
    t: Tables, window: Window, by: tuple[str, ...] = (), *, brackets: str = "1-3,4-7,8-30", **how: str
) -> ir.Table:
    """Of the people who signed up in the period, the share active at least once in each bracket of days after.

    Formula: people active on any day of the bracket, both ends included / people who have lived through all of it.
    At risk: who signed up in the window and has reached the end of the bracket's last day by as-of.
    Example: 2026-10-01, the finger-count company, bracket=8-30: 1 of 5.
    Source: Amplitude, retention analysis (custom brackets).
    """
    found = []
    for name in brackets.split(","):
        first, last = (int(day) for day in name.split("-"))
        rows = returned(t, window, by, Span(first, last), **how)
        found.append(rows.select(*by, bracket=ibis.literal(name), part="part", whole="whole"))
    return ibis.union(*found) if len(found) > 1 else found[0]


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.SHARE,
    entity="user",
    needs=("events.occurred_at", "events.name"),
    by=USER_DIMENSIONS,
    window=Grain.WEEK,
    companions=("active_users",),
)
def rolling_retention(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Of the people active in the period before, the share active in the period too; no cohort.

    Formula: people active in the window and in the period before / people active in the period before, the calendar
    months before where the window is whole months, else as many days; of one that still runs the whole one before.
    At risk: people with an active event in the period before; who is active in the window only is not asked after.
    Example: 2026-10, the finger-count company: 5 of 6.
    Source: June and PostHog, period over period retention.
    """
    earlier = t.narrow(people_active(t, one_before(window), by))
    # One person may use several platforms: each asks after its own people, on itself.
    now = t.narrow(people_active(t, window, by)) if "platform" in t.dimensions(by) else people_active(t, window, ())
    keys = [*(name for name in by if name == "platform"), "user_id"]
    base = earlier.select(*dict.fromkeys([*by, "user_id"])).distinct()
    again = now.select(**{f"{key}_again": now[key] for key in keys}).distinct()
    joined = base.left_join(again, [base[key] == again[f"{key}_again"] for key in keys])
    return cast(
        ir.Table,
        per(joined, by).agg(part=flag(joined.user_id_again.notnull()).sum().fill_null(0), whole=joined.count()),
    )
