"""Referral: who brings others, how many of those come, and who speaks well of us."""

from __future__ import annotations

from datetime import timedelta

import ibis
import ibis.expr.types as ir

from bot.metrics.commerce import purchases
from bot.metrics.declare import metric
from bot.metrics.expressions import during, flag, ratio
from bot.metrics.invitations import REFERRALS, invitations, invited
from bot.metrics.loyalty import MEMBER_DIMENSIONS, of_members
from bot.metrics.population import standing
from bot.metrics.stages import PROMOTER
from bot.metrics.tables import Tables, counted_only, owned, per
from bot.metrics.terms import Policy
from bot.types import Shape, Unit, Window, instant

ADVOCATE_DAYS = 90
"""Days for which an answer to NPS makes a promoter, as in the segment."""


def active_customers(t: Tables, window: Window, by: tuple[str, ...]) -> ir.Table:
    """One row per active customer of the period, with the dimensions: paying at its start or end; or, where there
    are no subscriptions, with an order in it."""
    if not t.has("subscriptions"):
        bought = purchases(t)
        bought = bought.filter(during(bought.occurred_at, window))
        return of_members(t, bought.select("account_id").distinct(), by, window)
    frame = standing(t, window, by, Policy.of(t.definitions), "start", "end")
    return frame.filter((frame.start == 1) | (frame.end == 1)).select("account_id", *by)


def _bringing(t: Tables, window: Window, by: tuple[str, ...]) -> ir.Table:
    """Active customers with their invitations of the window, and how many of theirs qualified in it."""
    rows = invitations(t)
    here = flag(during(rows.invited_at, window))
    met = flag(during(rows.qualified_at, window))
    each = rows.group_by(inviter=rows.account_id).agg(sent=here.sum(), met=met.sum())
    frame = active_customers(t, window, by)
    joined = frame.left_join(each, frame.account_id == each.inviter)
    return joined.select("account_id", *by, sent=joined.sent.fill_null(0), met=joined.met.fill_null(0))


def referrers(t: Tables, window: Window) -> ir.Table:
    """The active customers with a referral that qualified in the period: their invitations and qualified referrals."""
    frame = _bringing(t, window, ())
    return frame.filter(frame.met > 0).select("account_id", invitations=frame.sent, qualified=frame.met)


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.SHARE,
    entity="customer",
    needs=REFERRALS,
    by=MEMBER_DIMENSIONS,
    companions=("referral_conversion", "nps"),
    people=referrers,
)
def referral_rate(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Active customers with a referral that qualified in the period, as a share of the active customers.

    Formula: active customers with at least one referral qualified in the period / active customers. `inviters` is how
    many of them invited somebody in the period, whatever came of it.
    At risk: customers paying at the start or the end of the period, or, without subscriptions, with an order in it.
    Self-referrals never count; a referral is qualified when it meets the programme's rule.
    Example: 2026-10, the finger-count company: 2 of 10.
    Source: Extole and referral programme practice.
    """
    frame = _bringing(t, window, by)
    return per(frame, by).agg(
        part=flag(frame.met > 0).sum().fill_null(0), whole=frame.count(), inviters=flag(frame.sent > 0).sum()
    )


def _persons(t: Tables, window: Window, by: tuple[str, ...]) -> ir.Table:
    return of_members(t, invited(t, window), by, window)


def converting(t: Tables, window: Window) -> ir.Table:
    """Who invited the people of the period: how many each, and how many of those qualified."""
    frame = _persons(t, window, ())
    return frame.group_by("account_id").agg(invited=frame.count(), qualified=frame.qualified.sum())


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.SHARE,
    entity="customer",
    needs=REFERRALS,
    by=MEMBER_DIMENSIONS,
    companions=("referral_rate", "k_factor"),
    people=converting,
)
def referral_conversion(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """People invited in the period who have qualified by now, as a share of those invited.

    Formula: invited people who qualified by as-of / people first invited in the period. Whoever was invited twice
    counts once, with the first invitation; dimensions are those of who invited.
    At risk: everyone invited, self-referrals never; the latest invitations had little time to lead to anything.
    Example: 2026-10, the finger-count company: 2 of 4.
    Source: referral programme practice.
    """
    frame = _persons(t, window, by)
    return per(frame, by).agg(part=frame.qualified.sum().fill_null(0), whole=frame.count())


@metric(
    unit=Unit.RATIO,
    good="up",
    shape=Shape.RATIO,
    entity="customer",
    needs=REFERRALS,
    by=MEMBER_DIMENSIONS,
    parts="averages",
    companions=("referral_rate", "referral_conversion"),
    people=converting,
)
def k_factor(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """How many new customers a customer brings per period, by invitations.

    Formula: share of active customers who invite x invitations of each x conversion of the invited = invitations per
    active customer x referral_conversion; one cycle is the period. Below 1 is normal, and still useful.
    At risk: active customers as for referral_rate, their invitations of the period, and the people invited by them.
    Example: 2026-10, the finger-count company: 2.5 of 10.
    Source: Extole, non-viral referral.
    """
    frame = _bringing(t, window, by)
    persons = invited(t, window)
    persons = persons.group_by(host=persons.account_id).agg(invited=persons.count(), qualified=persons.qualified.sum())
    joined = frame.left_join(persons, frame.account_id == persons.host)
    sums = per(joined, by).agg(
        whole=joined.count(),
        inviters=flag(joined.sent > 0).sum(),
        invitations=joined.sent.sum().fill_null(0),
        invited=joined.invited.sum().fill_null(0),
        qualified=joined.qualified.sum().fill_null(0),
    )
    sums = sums.mutate(part=ratio(sums.invitations * sums.qualified, sums.invited).fill_null(0.0))
    return counted_only(sums).select(*by, "part", "whole", "inviters", "invitations", "invited", "qualified")


def _promoters(t: Tables, window: Window, by: tuple[str, ...]) -> ir.Table:
    """One row per account whose latest answer to NPS is a promoter's: score, answered_at, brought (1 who invited)."""
    answers = owned(t, "survey_answers")
    answers = answers.filter((answers.type == "nps") & answers.score.between(0, 10) & answers.account_id.notnull())
    answers = answers.filter(answers.answered_at < window.last)
    answers = answers.filter(
        answers.answered_at >= instant(window.end - timedelta(days=ADVOCATE_DAYS), t.definitions.zone)
    )
    latest = ibis.window(group_by="account_id", order_by=[answers.answered_at.desc(), answers.answer_id.desc()])
    last = answers.mutate(place=ibis.row_number().over(latest)).filter(lambda a: a.place == 0)
    last = last.filter(last.score >= PROMOTER).select("account_id", "score", "answered_at")
    rows = invitations(t)
    rows = rows.filter(rows.invited_at < window.last)
    hosts = rows.group_by(host=rows.account_id).agg(invitations=rows.count(), last_invited_at=rows.invited_at.max())
    joined = last.left_join(hosts, last.account_id == hosts.host).drop("host")
    return of_members(t, joined.mutate(brought=flag(joined.invitations.notnull())), by, window)


def advocating(t: Tables, window: Window) -> ir.Table:
    """The advocates: their score, when they gave it, and their invitations."""
    frame = _promoters(t, window, ())
    return frame.filter(frame.brought == 1).select(
        "account_id", "score", "answered_at", "invitations", "last_invited_at"
    )


@metric(
    unit=Unit.COUNT,
    good="up",
    shape=Shape.LEVEL,
    needs=("referrals.referrer_id", "referrals.invited_at", "survey_answers.score", "survey_answers.answered_at"),
    by=MEMBER_DIMENSIONS,
    companions=("nps", "referral_rate"),
    people=advocating,
)
def advocates(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Promoters who also invited others: accounts that say they would recommend us, and do.

    Formula: accounts whose latest answer to NPS in 90 days was 9 or 10 and who invited somebody by the period's
    end; n is the promoters. Stories told for us are in no table: who told one must be added by hand.
    At risk: accounts that answered NPS in the 90 days before the period's end. Whether one may be named in
    public is a permission of its own, which this count does not give.
    Example: 2026-10-01..2026-10-13, the finger-count company: 1.
    Source: customer advocacy practice; Reichheld (2003) for promoters.
    """
    frame = _promoters(t, window, by)
    return per(frame, by).agg(value=frame.brought.sum().fill_null(0), n=frame.count())
