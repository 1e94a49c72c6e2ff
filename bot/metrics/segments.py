"""ADD A SEGMENT: one function, a named rule computed from the data: `(t, as_of) → one row per account`.

Each gives account_id and the columns that say why the account is in it; instants are naive UTC.
The thresholds are the company's (`definitions`), the ids those of the catalogue of names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

import ibis.expr.types as ir

from bot.metrics.dimensions import with_dimensions
from bot.metrics.engagement import with_plan_id
from bot.metrics.expressions import flag, money
from bot.metrics.population import standing
from bot.metrics.tables import Tables, owned
from bot.metrics.terms import Policy
from bot.types import Grain, Window, instant

RECENT_SURVEY_DAYS = 90
JUST_LEFT_DAYS = 14
LEFT_TOO_LONG_DAYS = 365
NEW_DAYS = 14
GONE_DAYS = 180


def customers(t: Tables, day: date) -> ir.Table:
    """Every account that ever paid, with its state at the start of `day`; the question's filters are applied."""
    window = Window(day - timedelta(days=1), day, Grain.DAY, t.definitions.zone)
    return standing(
        t, window, (), Policy.of(t.definitions),
        "end", "kept_end", "end_micros", "since", "lost_on", "loss", "reason_code",
    )  # fmt: skip


def _last_activity(t: Tables, day: date) -> ir.Table:
    events = owned(t, "events").filter(lambda e: e.is_active_event.fill_null(True))
    events = events.filter(events.occurred_at < instant(day, t.definitions.zone))
    return events.group_by("account_id").agg(last_active_at=events.occurred_at.max())


def _inactive(t: Tables, day: date, least: int, most: int) -> ir.Table:
    """Paying accounts whose latest user was last active between `least` and `most` days before `day`."""
    zone = t.definitions.zone
    paying = customers(t, day).filter(lambda c: c.end == 1)
    last = _last_activity(t, day)
    frame = paying.inner_join(last, "account_id")
    frame = frame.filter(frame.last_active_at < instant(day - timedelta(days=least), zone))
    frame = frame.filter(frame.last_active_at >= instant(day - timedelta(days=most), zone))
    return frame.select("account_id", "last_active_at", mrr=money(frame.end_micros))


def slipping_away(t: Tables, day: date) -> ir.Table:
    """Still paying, but nobody in the account was active for the inactive threshold (30 days unless set)."""
    return _inactive(t, day, t.definitions.inactive_days, t.definitions.dormant_days)


def dormant(t: Tables, day: date) -> ir.Table:
    """Still paying, and nobody in the account was active for the dormant threshold (90 days unless set)."""
    return _inactive(t, day, t.definitions.dormant_days, GONE_DAYS)


def new(t: Tables, day: date) -> ir.Table:
    """Customers who first paid in the last 14 days."""
    frame = customers(t, day).filter(lambda c: c.end == 1)
    frame = frame.filter(frame.since >= instant(day - timedelta(days=NEW_DAYS), t.definitions.zone))
    return frame.select("account_id", "since", mrr=money(frame.end_micros))


def churned_eligible_for_win_back(t: Tables, day: date) -> ir.Table:
    """Former customers who left between 14 days and a year ago and have not come back."""
    zone = t.definitions.zone
    frame = customers(t, day).filter(lambda c: (c.kept_end == 0) & c.since.notnull())
    frame = frame.filter(frame.lost_on < instant(day - timedelta(days=JUST_LEFT_DAYS), zone))
    frame = frame.filter(frame.lost_on >= instant(day - timedelta(days=LEFT_TOO_LONG_DAYS), zone))
    return frame.select("account_id", "lost_on", "loss", "reason_code")


def open_support_issues(t: Tables, day: date) -> ir.Table:
    """Customers with at least one support ticket that is not solved."""
    until = instant(day, t.definitions.zone)
    tickets = owned(t, "tickets")
    # Where no day of solving is known, the status tells.
    done = tickets.status.isin(("solved", "closed")).fill_null(False)
    unsolved = tickets.solved_at.isnull().ifelse(~done, tickets.solved_at >= until)
    waiting = tickets.filter((tickets.created_at < until) & unsolved)
    waiting = waiting.group_by("account_id").agg(
        open_tickets=waiting.count(), oldest_ticket_at=waiting.created_at.min()
    )
    frame = customers(t, day).filter(lambda c: c.kept_end == 1)
    frame = frame.inner_join(waiting, "account_id")
    return frame.select("account_id", "open_tickets", "oldest_ticket_at", mrr=money(frame.end_micros))


def _by_score(t: Tables, day: date, low: int, high: int) -> ir.Table:
    zone = t.definitions.zone
    answers = owned(t, "survey_answers")
    answers = answers.filter((answers.type == "nps") & answers.score.between(0, 10))
    answers = answers.filter(answers.answered_at < instant(day, zone))
    answers = answers.filter(answers.answered_at >= instant(day - timedelta(days=RECENT_SURVEY_DAYS), zone))
    last = answers.group_by("account_id").agg(
        score=answers.score.argmax(answers.answered_at), answered_at=answers.answered_at.max()
    )
    frame = customers(t, day).filter(lambda c: c.kept_end == 1).inner_join(last, "account_id")
    frame = frame.filter(frame.score.between(low, high))
    return frame.select("account_id", "score", "answered_at", mrr=money(frame.end_micros))


def promoters(t: Tables, day: date) -> ir.Table:
    """Customers whose latest NPS answer of the last 90 days was 9 or 10."""
    return _by_score(t, day, 9, 10)


def detractors(t: Tables, day: date) -> ir.Table:
    """Customers whose latest NPS answer of the last 90 days was 0 to 6."""
    return _by_score(t, day, 0, 6)


def narrow_users(t: Tables, day: date) -> ir.Table:
    """Customers who used at most two features in the last 30 days, but used something."""
    zone = t.definitions.zone
    core = t["features"].select("feature_id", did="core_event")
    events = owned(t, "events").filter(lambda e: e.occurred_at >= instant(day - timedelta(days=30), zone))
    events = events.filter(events.occurred_at < instant(day, zone))
    used = events.inner_join(core, events.name == core.did)
    breadth = used.group_by("account_id").agg(features_used=used.feature_id.nunique())
    frame = customers(t, day).filter(lambda c: c.end == 1).inner_join(breadth, "account_id")
    frame = frame.filter(frame.features_used <= 2)
    return frame.select("account_id", "features_used", mrr=money(frame.end_micros))


def signed_up_not_activated(t: Tables, day: date) -> ir.Table:
    """Accounts that signed up in the last 30 days and have not reached an activation event."""
    zone = t.definitions.zone
    accounts = t["accounts"]
    accounts = accounts.filter(accounts.signup_at >= instant(day - timedelta(days=30), zone))
    accounts = accounts.filter(accounts.signup_at < instant(day, zone))
    accounts = accounts.filter(accounts.merged_into.isnull()).select("account_id", "signup_at")
    names, window = t.dimensions(()), Window(day - timedelta(days=1), day, Grain.DAY, zone)
    if {"plan", "interval"} & set(names):
        accounts = with_plan_id(t, accounts, window)
    accounts = t.narrow(with_dimensions(t, accounts, names, window))
    goals = t["milestones"].filter(lambda m: m.kind == "activation").select(goal="event_name")
    events = owned(t, "events").filter(lambda e: e.occurred_at < instant(day, zone))
    reached = events.semi_join(goals, events.name == goals.goal).select(done="account_id").distinct()
    frame = accounts.left_join(reached, accounts.account_id == reached.done)
    return frame.filter(flag(frame.done.isnull()) == 1).select("account_id", "signup_at")


SEGMENTS: Mapping[str, Callable[[Tables, date], ir.Table]] = {
    rule.__name__: rule
    for rule in (
        slipping_away,
        dormant,
        new,
        churned_eligible_for_win_back,
        open_support_issues,
        promoters,
        detractors,
        narrow_users,
        signed_up_not_activated,
    )
}
"""Every segment by its id."""

SEGMENT_NEEDS: Mapping[str, tuple[str, ...]] = {
    "slipping_away": ("subscriptions", "events"),
    "dormant": ("subscriptions", "events"),
    "new": ("subscriptions",),
    "churned_eligible_for_win_back": ("subscriptions",),
    "open_support_issues": ("subscriptions", "tickets"),
    "promoters": ("subscriptions", "survey_answers"),
    "detractors": ("subscriptions", "survey_answers"),
    "narrow_users": ("subscriptions", "events", "features"),
    "signed_up_not_activated": ("accounts", "events", "milestones"),
}
"""Segment → the tables its rule reads."""
