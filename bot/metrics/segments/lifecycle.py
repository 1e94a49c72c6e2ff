"""Where an account is in its life: the stages, the new and the old, trials, milestones, and those who left."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from bot.errors import BadData
from bot.metrics import stages
from bot.metrics.segments.declare import segment
from bot.metrics.segments.frames import before, customers, kept, paying, real, signed_up, since, until
from bot.metrics.tables import Tables, owned


def _stage(t: Tables, day: date, name: str) -> ir.Table:
    """Who stands in a stage: by the rule of all stages, or in a segment that the company names for this one."""
    named = dict(t.definitions.stages).get(name)
    if named is None:
        frame = stages.stage_of(t, day)
        return frame.filter(frame.stage == name).select("account_id", reached_on="entered_on")
    from bot.metrics.segments import SEGMENTS  # known when it is asked, not yet when this is read

    if unknown := [one for one in named if one not in SEGMENTS or one in stages.RULES]:
        raise BadData("stage_unknown_segment", stage=name, names=unknown)
    parts = [SEGMENTS[one](t, day).select("account_id") for one in named]
    return (ibis.union(*parts) if len(parts) > 1 else parts[0]).distinct()


@segment("accounts.account_id", "referrals.referee_id|sends")
def awareness(t: Tables, day: date) -> ir.Table:
    """Accounts that know us, by an invitation or a message, and have neither signed up, nor paid, nor bought."""
    return _stage(t, day, "awareness")


@segment("accounts.account_id", "accounts.signup_at|subscriptions|orders")
def acquisition(t: Tables, day: date) -> ir.Table:
    """Accounts that signed up, or bought, and have not taken a first step in the product."""
    return _stage(t, day, "acquisition")


@segment("accounts.account_id", "events")
def onboarding(t: Tables, day: date) -> ir.Table:
    """Accounts that took a first step of onboarding and have not reached the first value."""
    return _stage(t, day, "onboarding")


@segment("accounts.account_id", "events")
def engagement(t: Tables, day: date) -> ir.Table:
    """Accounts that reached the first value and have not yet stayed 90 days, or bought again."""
    return _stage(t, day, "engagement")


@segment("accounts.account_id", "subscriptions|orders")
def retention(t: Tables, day: date) -> ir.Table:
    """Customers who stayed 90 days, or bought again, and have not recommended us."""
    return _stage(t, day, "retention")


@segment("accounts.account_id", "referrals|survey_answers")
def advocacy(t: Tables, day: date) -> ir.Table:
    """Customers who recommend us: they invited somebody, or answered 9 or 10 to the NPS question."""
    return _stage(t, day, "advocacy")


@segment("subscriptions")
def new(t: Tables, day: date) -> ir.Table:
    """Customers who first paid in the last 14 days (`new_days`)."""
    frame = paying(t, day)
    return frame.filter(frame.since >= since(t, day, t.definitions.new_days)).drop("plan")


@segment("subscriptions")
def long_term(t: Tables, day: date) -> ir.Table:
    """Paying customers whose first payment was a year ago or more (`long_term_days`)."""
    frame = paying(t, day)
    return frame.filter(frame.since < since(t, day, t.definitions.long_term_days)).drop("plan")


@segment("subscriptions.status", "subscriptions.valid_to")
def trial_not_converted(t: Tables, day: date) -> ir.Table:
    """Accounts whose last trial ended in the last 90 days (`lapsed_trial_days`) and that have never paid."""
    rows = owned(t, "subscriptions")
    trials = rows.filter((rows.status == "trial") & (rows.valid_from < until(t, day)))
    trials = trials.mutate(ends=trials.valid_to.fill_null(until(t, day)))
    frame = trials.group_by("account_id").agg(trial_ended_at=trials.ends.max())
    frame = frame.filter(frame.trial_ended_at < until(t, day))
    frame = frame.filter(frame.trial_ended_at >= since(t, day, t.definitions.lapsed_trial_days))
    return real(t, frame.anti_join(_payers(t, day), "account_id"), day)


@segment("accounts.signup_at", "events", "milestones")
def signed_up_not_activated(t: Tables, day: date) -> ir.Table:
    """Accounts that signed up in the last 30 days (`onboarding_days`) and have not reached an activation event."""
    frame = signed_up(t, day)
    frame = frame.filter(frame.signup_at >= since(t, day, t.definitions.onboarding_days))
    goals = t["milestones"].filter(lambda m: m.kind == "activation").select(goal="event_name")
    events = before(t, "events", "occurred_at", day)
    done = events.semi_join(goals, events.name == goals.goal).select("account_id").distinct()
    return frame.anti_join(done, "account_id")


@segment("subscriptions", "events", "milestones")
def milestone_reached(t: Tables, day: date) -> ir.Table:
    """Customers in which one person, or all together, did what a milestone asks, as often as it asks.

    The milestones are those that tell of value (aha), or of activation where there is no other.
    """
    goals = t["milestones"].filter(lambda m: m.kind.isin(("aha", "activation")))
    goals = goals.mutate(best=(goals.kind == "aha").ifelse(1, 0))
    goals = goals.mutate(first=goals.best.max().over())
    goals = goals.filter(goals.best == goals["first"])
    goals = goals.select(
        "milestone_id", goal="event_name", times=goals.times.fill_null(1), whose=goals.entity.fill_null("user")
    )
    events = before(t, "events", "occurred_at", day)
    who = events.user_id if t.has("events", "user_id") else events.account_id
    deeds = events.select("account_id", "name", "occurred_at", who=who).inner_join(goals, ibis._.name == goals.goal)
    deeds = deeds.mutate(doer=(deeds.whose == "account").ifelse(deeds.account_id, deeds.who))
    counted = deeds.group_by("account_id", "milestone_id", "doer").agg(did=deeds.count(), times=deeds.times.max())
    done = (
        counted.filter(counted.did >= counted.times)
        .group_by("account_id")
        .agg(milestones=ibis._.milestone_id.nunique())
    )
    return kept(t, day).drop("plan").inner_join(done, "account_id")


@segment("subscriptions")
def churned_eligible_for_win_back(t: Tables, day: date) -> ir.Table:
    """Former customers who left between 14 days and a year ago (`win_back_from_days`, `win_back_until_days`)."""
    frame = _former(t, day)
    frame = frame.filter(frame.lost_on < since(t, day, t.definitions.win_back_from_days))
    return frame.filter(frame.lost_on >= since(t, day, t.definitions.win_back_until_days))


@segment("subscriptions")
def churned_too_long_ago(t: Tables, day: date) -> ir.Table:
    """Former customers who left more than a year ago (`win_back_until_days`): nobody writes to them any more."""
    frame = _former(t, day)
    return frame.filter(frame.lost_on < since(t, day, t.definitions.win_back_until_days))


def _payers(t: Tables, day: date) -> ir.Table:
    return customers(t, day).filter(lambda c: c.since.notnull()).select("account_id")


def _former(t: Tables, day: date) -> ir.Table:
    frame = customers(t, day).filter(lambda c: (c.kept_end == 0) & c.since.notnull())
    return frame.select("account_id", "lost_on", "loss", "reason_code")
