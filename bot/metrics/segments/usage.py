"""How the product is used: broadly or narrowly, daily or no more."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from bot.metrics.engagement import active_events
from bot.metrics.expressions import local_day
from bot.metrics.segments.declare import segment
from bot.metrics.segments.frames import (
    FOUR_WEEKS,
    MONTH_DAYS,
    active_days,
    before,
    features_used,
    inactive_from,
    last_activity,
    last_days,
    paying,
    since,
    still_active,
    until,
)
from bot.metrics.tables import Tables, owned
from bot.metrics.trend import engagement

APP_DAYS = 90
"""Who used no app for so long has none installed, as far as can be told."""


@segment("subscriptions", "events")
def slipping_away(t: Tables, day: date) -> ir.Table:
    """Still paying, but nobody in the account was active for the inactive threshold (30 days unless set)."""
    frame = _silent(t, day)
    frame = frame.filter(frame.last_active_at >= since(t, day, t.definitions.dormant_days))
    return frame.filter(frame.last_active_at < inactive_from(t, day, frame.plan)).drop("plan", "since")


@segment("subscriptions", "events")
def dormant(t: Tables, day: date) -> ir.Table:
    """Still paying, and nobody in the account was active for the dormant threshold (90 days unless set)."""
    frame = _silent(t, day)
    frame = frame.filter(frame.last_active_at < since(t, day, t.definitions.dormant_days))
    return frame.filter(frame.last_active_at >= since(t, day, t.definitions.gone_days)).drop("plan", "since")


def _silent(t: Tables, day: date) -> ir.Table:
    return paying(t, day).inner_join(last_activity(t, day), "account_id")


@segment("subscriptions", "events")
def never_formed_habit(t: Tables, day: date) -> ir.Table:
    """Inactive paying customers who were active on fewer than 4 of their first 28 paid days (`habit_days`)."""
    frame = _habits(t, day)
    return frame.filter(frame.first_days < t.definitions.habit_days)


@segment("subscriptions", "events")
def lapsed_habit(t: Tables, day: date) -> ir.Table:
    """Inactive paying customers who were active on 4 or more of their first 28 paid days (`habit_days`)."""
    frame = _habits(t, day)
    return frame.filter(frame.first_days >= t.definitions.habit_days)


def _habits(t: Tables, day: date) -> ir.Table:
    """Paying customers past their first 28 days who are inactive now, with the active days of that time."""
    frame = paying(t, day)
    frame = frame.filter(frame.since < since(t, day, FOUR_WEEKS))
    frame = frame.anti_join(still_active(t, day).select("account_id"), "account_id")
    events = before(t, "events", "occurred_at", day)
    events = events.filter(events.is_active_event.fill_null(True))
    began = frame.select(owner="account_id", began="since")
    early = events.inner_join(began, events.account_id == began.owner)
    early = early.filter(
        (early.occurred_at >= early.began) & (early.occurred_at < early.began + ibis.interval(days=FOUR_WEEKS))
    )
    days = early.select("account_id", on=local_day(early.occurred_at, t.definitions.zone)).distinct()
    counted = days.group_by(doer="account_id").agg(first_days=days.count())
    joined = frame.left_join(counted, frame.account_id == counted.doer)
    return joined.select("account_id", "since", "mrr", first_days=joined.first_days.fill_null(0))


@segment("subscriptions", "events", "features.core_event")
def narrow_users(t: Tables, day: date) -> ir.Table:
    """Customers who used one or two features in the last 30 days (`narrow_features`)."""
    used = features_used(t, last_days(t, day, MONTH_DAYS))
    breadth = used.group_by("account_id").agg(features_used=used.feature_id.nunique())
    frame = paying(t, day).inner_join(breadth, "account_id")
    return frame.filter(frame.features_used <= t.definitions.narrow_features).drop("plan", "since")


@segment("subscriptions", "events")
def shallow_users(t: Tables, day: date) -> ir.Table:
    """Customers with activity on fewer than 4 of the last 28 days (`habit_days`), but some."""
    frame = paying(t, day).inner_join(active_days(t, last_days(t, day, FOUR_WEEKS)), "account_id")
    return frame.filter(frame.active_days < t.definitions.habit_days).drop("plan", "since")


@segment("subscriptions", "events", better_with=("features.tier",))
def power_users(t: Tables, day: date) -> ir.Table:
    """Customers active on 16 or more of the last 28 days (`power_days`) who use an advanced feature."""
    window = last_days(t, day, FOUR_WEEKS)
    frame = paying(t, day).inner_join(active_days(t, window), "account_id")
    frame = frame.filter(frame.active_days >= t.definitions.power_days).drop("plan", "since")
    if not t.has("features", "tier"):
        return frame
    used = features_used(t, window)
    return frame.semi_join(used.filter(used.tier == "advanced"), "account_id")


@segment("subscriptions", "events")
def fading(t: Tables, day: date) -> ir.Table:
    """Customers whose use of the last 28 days fell below half of their own usual (`engagement_trend`)."""
    frame = engagement(t, last_days(t, day, FOUR_WEEKS))
    frame = frame.filter(frame.fading == 1).select("account_id", "recent", "baseline", "ratio")
    worth = paying(t, day).select("account_id", "mrr")
    return frame.left_join(worth, "account_id").drop("account_id_right")


@segment("subscriptions", "events.name", "definitions.help_events")
def hunters(t: Tables, day: date) -> ir.Table:
    """Active customers who looked for help by themselves in the last 30 days (`help_events`)."""
    return still_active(t, day).semi_join(_searchers(t, day), "account_id").drop("plan", "since")


@segment("subscriptions", "events.name", "definitions.help_events")
def grazers(t: Tables, day: date) -> ir.Table:
    """Active customers who did not look for help by themselves in the last 30 days: they wait to be told."""
    return still_active(t, day).anti_join(_searchers(t, day), "account_id").drop("plan", "since")


def _searchers(t: Tables, day: date) -> ir.Table:
    events = before(t, "events", "occurred_at", day, MONTH_DAYS)
    return events.filter(events.name.isin(t.definitions.help_events)).select("account_id").distinct()


@segment("subscriptions", "events.platform")
def not_installed(t: Tables, day: date) -> ir.Table:
    """Active customers whose people used nothing but the web in the last 90 days: no app, no extension."""
    events = active_events(t, last_days(t, day, APP_DAYS))
    apps = events.filter(events.platform.notnull() & (events.platform != "web")).select("account_id").distinct()
    return still_active(t, day).anti_join(apps, "account_id").drop("plan", "since")


@segment("subscriptions", "users.account_id")
def single_user_accounts(t: Tables, day: date) -> ir.Table:
    """Paying customers with one user only."""
    people = owned(t, "users")
    if t.has("users", "created_at"):
        people = people.filter(people.created_at.isnull() | (people.created_at < until(t, day)))
    alone = people.group_by("account_id").agg(members=people.user_id.nunique())
    frame = paying(t, day).inner_join(alone.filter(alone.members == 1), "account_id")
    return frame.drop("plan", "members")
