"""What goes wrong for a customer: tickets, payments, errors, and the signs that come before leaving."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from bot.metrics.expressions import flag, money
from bot.metrics.segments import usage, voice
from bot.metrics.segments.declare import Segment, segment
from bot.metrics.segments.frames import (
    MONTH_DAYS,
    before,
    customers,
    features_used,
    kept,
    last_days,
    latest,
    since,
    still_active,
    until,
)
from bot.metrics.tables import Tables, owned

SPIKE_DAYS = 7
SPIKE_WEEKS = 4
FEWEST_ERRORS = 3
"""A spike is at least three errors in a week, and more than twice the mean of the four weeks before."""
STUCK_DAYS = 7
"""Who has not finished onboarding a week after signing up is stuck."""


@segment("subscriptions", "tickets")
def open_support_issues(t: Tables, day: date) -> ir.Table:
    """Customers with at least one support ticket that is not solved."""
    tickets = before(t, "tickets", "created_at", day)
    # Where no day of solving is known, the status tells.
    done = tickets.status.isin(("solved", "closed")).fill_null(False)
    waiting = tickets.filter(tickets.solved_at.isnull().ifelse(~done, tickets.solved_at >= until(t, day)))
    waiting = waiting.group_by("account_id").agg(
        open_tickets=waiting.count(), oldest_ticket_at=waiting.created_at.min()
    )
    return kept(t, day).inner_join(waiting, "account_id").drop("plan", "since")


@segment("subscriptions", "tickets")
def several_tickets_this_month(t: Tables, day: date) -> ir.Table:
    """Customers who opened three or more support tickets in the last 30 days (`several_tickets`)."""
    tickets = before(t, "tickets", "created_at", day, MONTH_DAYS)
    counted = tickets.group_by("account_id").agg(tickets=tickets.count())
    frame = kept(t, day).inner_join(counted, "account_id")
    return frame.filter(frame.tickets >= t.definitions.several_tickets).drop("plan", "since")


@segment("subscriptions", better_with=("payments",))
def failed_payment(t: Tables, day: date) -> ir.Table:
    """Customers who are past due, or whose last attempt to pay, in the last 30 days, failed."""
    state = customers(t, day)
    state = state.filter(state.kept_end == 1)
    late = state.filter(state.last_status == "past_due").select("account_id")
    if t.has("payments"):
        tries = before(t, "payments", "occurred_at", day, MONTH_DAYS)
        tries = latest(tries, tries.occurred_at, tries.payment_id)
        failed = tries.filter(tries.status == "failed").select("account_id")
        late = ibis.union(late, failed).distinct()
    return state.semi_join(late, "account_id").select("account_id", "last_status", mrr=money(state.end_micros))


@segment(
    "subscriptions", "events.name",
    "definitions.error_events|milestones", "definitions.error_events|accounts.signup_at",
    better_with=("definitions.error_events", "milestones", "accounts.signup_at"),
)  # fmt: skip
def struggling(t: Tables, day: date) -> ir.Table:
    """Customers with a spike of errors in the last 7 days (`error_events`), or stuck in onboarding for a week."""
    parts = []
    if t.definitions.error_events:
        parts.append(_spikes(t, day))
    if t.has("milestones") and t.has("accounts", "signup_at"):
        parts.append(_stuck(t, day))
    signs = ibis.union(*parts) if len(parts) > 1 else parts[0]
    signs = signs.group_by("account_id").agg(errors=signs.errors.max(), steps_left=signs.steps_left.max())
    return kept(t, day).inner_join(signs, "account_id").drop("plan", "since")


def _spikes(t: Tables, day: date) -> ir.Table:
    days = SPIKE_DAYS * (1 + SPIKE_WEEKS)
    errors = before(t, "events", "occurred_at", day, days)
    errors = errors.filter(errors.name.isin(t.definitions.error_events))
    lately = errors.occurred_at >= since(t, day, SPIKE_DAYS)
    counted = errors.group_by("account_id").agg(errors=flag(lately).sum(), earlier=flag(~lately).sum())
    # More than twice the mean of the four weeks: errors * 4 > earlier * 2.
    spike = (counted.errors >= FEWEST_ERRORS) & (counted.errors * SPIKE_WEEKS > counted.earlier * 2)
    found = counted.filter(spike)
    return found.select("account_id", errors=found.errors.cast("int64"), steps_left=ibis.literal(0, "int64"))


def _stuck(t: Tables, day: date) -> ir.Table:
    """Accounts that signed up 7 to 30 days ago and in which nobody has done every step of onboarding yet."""
    accounts = t["accounts"].filter(lambda a: a.merged_into.isnull())
    accounts = accounts.filter(accounts.signup_at < since(t, day, STUCK_DAYS))
    accounts = accounts.filter(accounts.signup_at >= since(t, day, t.definitions.onboarding_days)).select("account_id")
    steps = t["milestones"].filter(lambda m: m.kind == "onboarding").select(goal="event_name").distinct()
    events = before(t, "events", "occurred_at", day)
    did = events.inner_join(steps, events.name == steps.goal).select("account_id", "goal").distinct()
    did = did.group_by(doer="account_id").agg(done=did.count())
    all_steps = steps.agg(steps=steps.count())
    frame = accounts.left_join(did, accounts.account_id == did.doer).cross_join(all_steps)
    left = frame.steps - frame.done.fill_null(0)
    frame = frame.mutate(steps_left=left.cast("int64"), errors=ibis.literal(0, "int64"))
    return frame.filter(frame.steps_left > 0).select("account_id", "errors", "steps_left")


def _signs(t: Tables, day: date, among: tuple[Segment, ...]) -> ir.Table:
    """account_id, signs: in how many of some segments an account is; those the data cannot tell are left out."""
    parts = [one.members(t, day).select("account_id") for one in among if not one.missing(t)]
    if not parts:
        parts = [kept(t, day).select("account_id").filter(ibis.literal(False))]
    rows = ibis.union(*parts) if len(parts) > 1 else parts[0]
    return rows.group_by("account_id").agg(signs=rows.count())


@segment("subscriptions")
def at_risk(t: Tables, day: date) -> ir.Table:
    """Paying customers who are slipping away, dormant or with a failed payment, or who show two signs of lesser weight.

    The lesser signs: fading, struggling, a detractor, several tickets this month.
    """
    grave = _signs(t, day, (usage.slipping_away, usage.dormant, failed_payment))
    lesser = _signs(t, day, LESSER)
    lesser = lesser.filter(lesser.signs >= 2)
    rows = ibis.union(grave, lesser)
    signs = rows.group_by("account_id").agg(signs=rows.signs.sum())
    return kept(t, day).inner_join(signs, "account_id").drop("plan", "since")


@segment("subscriptions", "events")
def early_signal(t: Tables, day: date) -> ir.Table:
    """Customers still active with a first sign: fading, struggling, a detractor, several tickets, a failed payment."""
    signs = _signs(t, day, (*LESSER, failed_payment))
    return still_active(t, day).inner_join(signs, "account_id").drop("plan", "since")


LESSER = (usage.fading, struggling, voice.detractors, several_tickets_this_month)
"""Signs that say something together."""


@segment(
    "subscriptions.quantity", "users.account_id", "events", "features.core_event", better_with=("tickets", "payments")
)
def expansion_ready(t: Tables, day: date) -> ir.Table:
    """Active customers of three or more features whose seats are taken to nine in ten, and who have no open trouble."""
    now = owned(t, "subscriptions")
    now = now.filter((now.valid_from < until(t, day)) & (now.valid_to.isnull() | (now.valid_to >= until(t, day))))
    now = now.filter(now.status.isin(("active", "past_due")))
    seats = now.group_by("account_id").agg(seats=now.quantity.sum())
    people = owned(t, "users")
    if t.has("users", "created_at"):
        people = people.filter(people.created_at.isnull() | (people.created_at < until(t, day)))
    taken = people.group_by("account_id").agg(members=people.user_id.nunique())
    used = features_used(t, last_days(t, day, MONTH_DAYS))
    breadth = used.group_by("account_id").agg(features_used=used.feature_id.nunique())
    frame = still_active(t, day).inner_join(seats, "account_id").inner_join(taken, "account_id")
    frame = frame.inner_join(breadth, "account_id")
    frame = frame.filter((frame.seats > 0) & (frame.members * 10 >= frame.seats * 9) & (frame.features_used >= 3))
    for trouble in (open_support_issues, failed_payment):
        if not trouble.missing(t):
            frame = frame.anti_join(trouble.members(t, day).select("account_id"), "account_id")
    return frame.select("account_id", "seats", "members", "features_used", "mrr")
