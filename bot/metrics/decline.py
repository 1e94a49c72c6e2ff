"""From fading use to leaving: how long a company has to act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bot.metrics.customers import SUBSCRIPTIONS
from bot.metrics.daily_retention import step_of
from bot.metrics.declare import Asked, metric
from bot.metrics.dimensions import with_dimensions
from bot.metrics.engagement import EVENTS, people_active
from bot.metrics.expressions import flag, local_day, ratio, spine
from bot.metrics.survival import DIMENSIONS, each_segment, lifetimes, median_of, per_age
from bot.metrics.tables import Tables
from bot.metrics.terms import Policy, terms
from bot.metrics.trend import BASELINE_WINDOWS, FADING_BASELINE, FADING_RATIO, RECENT_DAYS, SETTLED_DAYS, SPAN_DAYS
from bot.types import Grain, Note, Shape, Unit, Window, instant


def faded(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Customers that began to fade in the window: the roster behind the days to churn.

    One row each: account_id, the dimensions, flagged_on (day) and flagged_at (its first instant), left_on (day, empty
    while they stay), left (1 or 0), age (days from the flag to leaving, or to as-of).
    """
    zone, as_of = t.definitions.zone, instant(t.as_of, t.definitions.zone)
    flags = _turned(t, window)
    first = flags.group_by("account_id").agg(flagged_on=flags.edge.min(), flagged_at=flags.moment.min())
    lived = lifetimes(t).select(of="account_id", since="since", until="left")
    rows = first.inner_join(
        lived, [first.account_id == lived.of, lived.since <= first.flagged_at, lived.until > first.flagged_at]
    )
    last_day = local_day(ibis.least(rows.until, as_of), zone)
    rows = rows.mutate(last_day=last_day, left=flag(rows.until <= as_of))
    rows = rows.select(
        "account_id", "flagged_on", "flagged_at", "left",
        left_on=(rows.left == 1).ifelse(rows.last_day, ibis.null("date")),
        age=cast(Any, rows.last_day).delta(rows.flagged_on, unit="day"),
    )  # fmt: skip
    if {"plan", "interval"} & set(t.dimensions(by)):
        rows = _with_plan(t, rows)
    return t.narrow(with_dimensions(t, rows, t.dimensions(by), window))


def _with_plan(t: Tables, rows: ir.Table) -> ir.Table:
    """The plan paid for on the day of the flag."""
    paid = terms(t, Policy.of(t.definitions)).filter(lambda r: r.pays == 1)
    paid = paid.select("plan_id", "opens", "closes", payer="account_id")
    held = rows.select("account_id", "flagged_at").inner_join(
        paid, [rows.account_id == paid.payer, paid.opens <= rows.flagged_at, paid.closes > rows.flagged_at]
    )
    plans = held.group_by(on="account_id").agg(plan_id=held.plan_id.min())
    return rows.left_join(plans, rows.account_id == plans.on).drop("on")


def _edges(t: Tables, window: Window) -> list[date]:
    """The first days of weeks by which use is judged: the one before the window, and all after its start."""
    start = window.start - timedelta(days=(window.start.weekday() - t.definitions.week_start) % 7)
    days = [start]
    while (following := days[-1] + timedelta(days=7)) <= min(window.end, t.as_of):
        days.append(following)
    return days


def _turned(t: Tables, window: Window) -> ir.Table:
    """(account_id, edge, moment): paying customers that fade by the edge of a week and did not by the edge before."""
    zone = t.definitions.zone
    edges = _edges(t, window)
    fading = _fading(t, edges)
    before = fading.select(was="account_id", next_edge=(fading.edge + ibis.interval(days=7)).cast("date"))
    fresh = fading.anti_join(before, [fading.account_id == before.was, fading.edge == before.next_edge])
    fresh = fresh.filter(fresh.edge > window.start)
    paid = terms(t, Policy.of(t.definitions)).filter(lambda r: r.pays == 1)
    moments = spine([instant(day, zone) for day in edges], "moment", paid)
    held = paid.inner_join(moments, [paid.opens <= moments.moment, paid.closes > moments.moment])
    held = held.select("moment", payer=held.account_id, on=local_day(held.moment, zone)).distinct()
    joined = fresh.inner_join(held, [fresh.account_id == held.payer, fresh.edge == held.on])
    return joined.select("account_id", "edge", "moment")


def _fading(t: Tables, edges: list[date]) -> ir.Table:
    """(account_id, edge): accounts whose use by the edge of a week is fading, by the rule of the engagement trend."""
    zone, start = t.definitions.zone, t.definitions.week_start
    deeds = people_active(t, Window(date(1900, 1, 1), t.as_of, Grain.RANGE, zone), ())
    days = deeds.select("account_id", "user_id", day=local_day(deeds.occurred_at, zone)).distinct()
    began = days.group_by(of="account_id").agg(began=days.day.min())
    weeks = days.mutate(week=step_of(days.day, "week", start))
    weekly = weeks.group_by(["account_id", "week"]).agg(many=weeks.count())
    judged = spine([instant(day, "UTC") for day in edges], "judged", deeds)
    judged = judged.select(edge=judged.judged.cast("date"))
    within = weekly.inner_join(
        judged,
        [weekly.week < judged.edge, weekly.week >= (judged.edge - ibis.interval(days=SPAN_DAYS)).cast("date")],
    )
    recent = within.week >= (within.edge - ibis.interval(days=RECENT_DAYS)).cast("date")
    sums = within.mutate(now=recent.ifelse(within.many, 0), usual=recent.ifelse(0, within.many))
    found = sums.group_by(["account_id", "edge"]).agg(recent=sums.now.sum(), usual=sums.usual.sum())
    baseline = ratio(found.usual, BASELINE_WINDOWS)
    found = found.filter((baseline >= FADING_BASELINE) & (ratio(found.recent, baseline) < FADING_RATIO))
    settled = found.inner_join(began, found.account_id == began.of)
    settled = settled.filter(settled.began < (settled.edge - ibis.interval(days=SETTLED_DAYS)).cast("date"))
    return settled.select("account_id", "edge")


def _open_end(rows: Sequence[Mapping[str, Any]], asked: Asked) -> list[Note]:
    """That more than half of those who faded are still there."""
    if asked.by or not rows or rows[0].get("still") is None or rows[0]["value"] is not None:
        return []
    return [Note("median_days_not_reached", {"share": rows[0]["still"], "days": rows[0]["age"]})]


@metric(
    unit=Unit.DAYS,
    good="context",
    shape=Shape.LEVEL,
    needs=(*SUBSCRIPTIONS, *EVENTS),
    by=DIMENSIONS,
    window=Grain.RANGE,
    finish=each_segment(median_of),
    notes=_open_end,
    companions=("engagement_trend", "churn_rate"),
    people=faded,
)
def decline_to_churn_days(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """How many days pass between the first sign of fading use and leaving, for half of those who fade.

    Formula: median by Kaplan and Meier of the days from the flag to the loss, those who stay censored at as-of. Use is
    judged at the start of every week by the rule of the engagement trend: active days of all members in 28 days under
    half of their mean in the three 28-day windows before, and that mean at least 4. The flag is the first such week in
    the period that follows a week without one; `still` is the share that stays for `age` days or longer.
    At risk: customers paying on the day of the flag, first active 8 weeks before or earlier.
    Example: 2025, the finger-count company: 79.
    Source: Kaplan and Meier (1958); Traynor, Intercom, for the sign.
    """
    return per_age(faded(t, window, by), by)
