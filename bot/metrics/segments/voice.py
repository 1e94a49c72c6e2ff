"""What customers say: their marks, their wishes, and whom they bring."""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from bot.metrics.expressions import local_day
from bot.metrics.segments import usage
from bot.metrics.segments.declare import segment
from bot.metrics.segments.frames import RECENT_SURVEY_DAYS, YEAR_DAYS, before, kept, latest
from bot.metrics.tables import Tables

RECOGNITION_DAYS = 14
"""An anniversary is near when it lies in the next two weeks."""


@segment("subscriptions", "survey_answers.score")
def promoters(t: Tables, day: date) -> ir.Table:
    """Customers whose latest NPS answer of the last 90 days was 9 or 10."""
    return _by_score(t, day, 9, 10)


@segment("subscriptions", "survey_answers.score")
def detractors(t: Tables, day: date) -> ir.Table:
    """Customers whose latest NPS answer of the last 90 days was 0 to 6."""
    return _by_score(t, day, 0, 6)


def _by_score(t: Tables, day: date, low: int, high: int) -> ir.Table:
    answers = before(t, "survey_answers", "answered_at", day, RECENT_SURVEY_DAYS)
    answers = answers.filter((answers.type == "nps") & answers.score.between(0, 10))
    last = latest(answers, answers.answered_at, answers.answer_id).select("account_id", "score", "answered_at")
    frame = kept(t, day).inner_join(last, "account_id")
    return frame.filter(frame.score.between(low, high)).drop("plan", "since")


@segment("subscriptions", "referrals")
def referrers(t: Tables, day: date) -> ir.Table:
    """Customers one of whose invitations was fulfilled: the invited account met the programme's rule."""
    column = "qualified_at" if t.has("referrals", "qualified_at") else "invited_at"
    fulfilled = before(t, "referrals", column, day)
    counted = fulfilled.group_by("account_id").agg(referrals=fulfilled.count())
    return kept(t, day).inner_join(counted, "account_id").drop("plan", "since")


@segment("subscriptions", "referrals.referee_id")
def referred_customers(t: Tables, day: date) -> ir.Table:
    """Customers who came by an invitation of another customer."""
    came = before(t, "referrals", "invited_at", day).drop("account_id")
    invited = came.select(guest=came.referee_id).distinct()
    frame = kept(t, day)
    return frame.semi_join(invited, frame.account_id == invited.guest).drop("plan")


@segment("subscriptions", "survey_answers.score", "referrals")
def advocates(t: Tables, day: date) -> ir.Table:
    """Promoters who have also invited somebody."""
    invited = before(t, "referrals", "invited_at", day).select("account_id").distinct()
    return promoters.members(t, day).semi_join(invited, "account_id")


@segment("subscriptions", "feature_requests")
def feature_requesters(t: Tables, day: date) -> ir.Table:
    """Customers who asked for a feature in the last year."""
    asked = before(t, "feature_requests", "occurred_at", day, YEAR_DAYS)
    counted = asked.group_by("account_id").agg(requests=asked.count())
    last = latest(asked, asked.occurred_at, asked.request_id).select("account_id", feature="feature_tag")
    counted = counted.inner_join(last, "account_id")
    return kept(t, day).inner_join(counted, "account_id").drop("plan", "since")


@segment("subscriptions", "survey_answers", better_with=("feature_requests",))
def feedback_givers(t: Tables, day: date) -> ir.Table:
    """Customers who answered a survey or asked for a feature in the last 90 days."""
    said = before(t, "survey_answers", "answered_at", day, RECENT_SURVEY_DAYS).select("account_id", at="answered_at")
    if t.has("feature_requests"):
        asked = before(t, "feature_requests", "occurred_at", day, RECENT_SURVEY_DAYS)
        said = ibis.union(said, asked.select("account_id", at="occurred_at"))
    counted = said.group_by("account_id").agg(answered_at=said["at"].max())
    return kept(t, day).inner_join(counted, "account_id").drop("plan", "since")


@segment("subscriptions", "events", "survey_answers", better_with=("feature_requests",))
def co_creation_candidates(t: Tables, day: date) -> ir.Table:
    """Power users whose last mark is a promoter's, or who asked for a feature in the last year, and no detractors."""
    parts = [promoters.members(t, day).select("account_id")]
    if not feature_requesters.missing(t):
        parts.append(feature_requesters.members(t, day).select("account_id"))
    willing = ibis.union(*parts).distinct() if len(parts) > 1 else parts[0]
    frame = usage.power_users.members(t, day).semi_join(willing, "account_id")
    return frame.anti_join(detractors.members(t, day).select("account_id"), "account_id")


@segment("subscriptions")
def due_recognition(t: Tables, day: date) -> ir.Table:
    """Customers whose first payment has its anniversary, of one or more years, in the next 14 days."""
    frame = kept(t, day)
    began = local_day(frame.since, t.definitions.zone)
    coming = [day + timedelta(days=ahead) for ahead in range(RECOGNITION_DAYS)]
    dates = {(one.month, one.day) for one in coming}
    if (2, 28) in dates and (2, 29) not in dates:
        dates.add((2, 29))  # in a common year the last of February stands for the leap day
    near = began.month().cast("int64") * 100 + began.day().cast("int64")
    frame = frame.filter(near.isin([month * 100 + number for month, number in sorted(dates)]))
    latest = coming[-1]
    limit = latest.replace(year=latest.year - 1, day=min(latest.day, 28 if latest.month == 2 else latest.day))
    return frame.filter(local_day(frame.since, t.definitions.zone) <= limit).drop("plan")
