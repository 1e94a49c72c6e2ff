"""Is use growing or fading: the last four weeks of each account against the twelve before."""

from __future__ import annotations

from datetime import date, timedelta
from statistics import fmean
from typing import Any

import ibis.expr.types as ir

from bot.errors import BadData
from bot.metrics.customers import ACCOUNT_DIMENSIONS
from bot.metrics.declare import metric
from bot.metrics.engagement import EVENTS, active_events, people_active
from bot.metrics.expressions import flag, local_day, ratio
from bot.metrics.present import customers_at_end, ever
from bot.metrics.tables import Tables, everybody, per
from bot.types import Grain, Shape, Unit, Window

RECENT_DAYS = 28
BASELINE_WINDOWS = 3
SPAN_DAYS = RECENT_DAYS * (1 + BASELINE_WINDOWS)
WEEKS = SPAN_DAYS // 7
SETTLED_DAYS = 56
"""An account whose first activity is younger than eight weeks has no trend yet."""
FADING_RATIO = 0.5
FADING_BASELINE = 4
"""Active days of a usual four weeks below which a drop says nothing."""


def engagement(
    t: Tables, window: Window, by: tuple[str, ...] = (), *, method: str = "active_days", **_: Any
) -> ir.Table:
    """One row per customer at the window's end whose first activity is eight weeks old or older.

    Columns: account_id, the dimensions, recent (sum over its members of the last 28 days), baseline (mean of the
    three 28-day windows before), ratio, everybody (the same ratio of all these accounts together: it falls for a
    holiday), against_all (ratio / everybody), fading (1 when ratio < 0.5 and baseline >= 4), members (those active in
    the 112 days). With the method "slope" recent is the slope a week and baseline the mean of the 16 weeks.
    """
    plain = everybody(t)
    acts = _acts(plain, window, method)
    if method == "slope":
        # Least squares over the weeks 0 to 15: each counts by its distance to 7.5, whose squares add up to 340.
        middle = fmean(range(WEEKS))
        week = acts.days_ago // 7
        now = ratio((middle - week).sum(), round(sum((one - middle) ** 2 for one in range(WEEKS))))
        usual = ratio(acts.count(), WEEKS)
    else:
        recent = acts.days_ago < RECENT_DAYS
        now, usual = flag(recent).sum(), ratio(flag(~recent).sum(), BASELINE_WINDOWS)
    summed = acts.group_by(member_of="account_id").agg(recent=now, baseline=usual, members=acts.user_id.nunique())
    here = customers_at_end(t, window, by).inner_join(_settled(plain, window), "account_id")
    frame = here.left_join(summed, here.account_id == summed.member_of).drop("member_of")
    frame = frame.mutate(
        recent=frame.recent.cast("float64").fill_null(0.0),
        baseline=frame.baseline.fill_null(0.0),
        members=frame.members.fill_null(0),
    )
    frame = frame.mutate(
        ratio=ratio(frame.recent, frame.baseline),
        everybody=ratio(frame.recent.sum().over(), frame.baseline.sum().over()),
    )
    return frame.mutate(
        against_all=ratio(frame.ratio, frame.everybody),
        fading=flag((frame.ratio < FADING_RATIO) & (frame.baseline >= FADING_BASELINE) & (method != "slope")),
    )


def _acts(t: Tables, window: Window, method: str) -> ir.Table:
    """(account_id, user_id, days_ago) of the 112 days: one row per member and active day, or per core event."""
    span = Window(window.end - timedelta(days=SPAN_DAYS), window.end, Grain.RANGE, window.zone)
    frame = people_active(t, span, ())
    ago = local_day(frame.occurred_at, t.definitions.zone).delta(_last_day(window), unit="day")
    frame = frame.mutate(days_ago=-ago)
    if method == "core_events":
        if not t.has("features", "core_event"):
            raise BadData("missing_column", table="features", column="core_event")
        core = t["features"].select(did="core_event").distinct()
        return frame.semi_join(core, frame.name == core.did).select("account_id", "user_id", "days_ago")
    return frame.select("account_id", "user_id", "days_ago").distinct()


def _settled(t: Tables, window: Window) -> ir.Table:
    """(account_id,) of those first active eight weeks before the window's end or earlier."""
    frame = active_events(t, ever(window))
    first = frame.group_by("account_id").agg(began=frame.occurred_at.min())
    limit = Window(window.start, window.end - timedelta(days=SETTLED_DAYS), window.grain, window.zone).last
    return first.filter(first.began < limit).select("account_id")


def _last_day(window: Window) -> date:
    return window.end - timedelta(days=1)


def trending(t: Tables, window: Window, **variant: Any) -> ir.Table:
    """The people behind the trend: one row per account, with its own ratio."""
    return engagement(t, window, **variant).select(
        "account_id", "recent", "baseline", "ratio", "against_all", "members", "fading"
    )


@metric(
    unit=Unit.RATIO,
    good="up",
    shape=Shape.RATIO,
    needs=EVENTS,
    by=ACCOUNT_DIMENSIONS,
    parts="averages",
    variants={"method": ("active_days", "core_events", "slope")},
    companions=("active_users",),
    people=trending,
)
def engagement_trend(t: Tables, window: Window, by: tuple[str, ...] = (), *, method: str = "active_days") -> ir.Table:
    """How much customers use the product now against their own usual: the last 28 days over the 28-day windows before.

    Formula: active days of all members in the 28 days up to the window's end / mean of the three 28-day windows before;
    an account is fading when its own ratio is under 0.5 from at least 4 active days. "core_events" counts core events
    instead; "slope" is the weekly slope of active days over 16 weeks / their weekly mean.
    At risk: customers at the end whose first activity is 8 weeks old or older; the three windows count in full even
    where the account, or the data, is younger.
    Example: 2026-10, the finger-count company: 4.5.
    Source: Traynor, Intercom: a whole team that drops is the sign, not one person.
    """
    frame = engagement(t, window, by, method=method)
    found = per(frame, by).agg(
        part=frame.recent.sum(), whole=frame.baseline.sum(), accounts=frame.count(), fading=frame.fading.sum()
    )
    return found.drop("fading") if method == "slope" else found
