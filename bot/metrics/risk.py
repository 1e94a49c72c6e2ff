"""The risk to lose a customer: a score of plain signs, made a probability by what followed the same score before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

import ibis
import ibis.expr.types as ir

from bot.metrics.customers import ACCOUNT_DIMENSIONS, SUBSCRIPTIONS
from bot.metrics.declare import metric
from bot.metrics.dimensions import with_dimensions
from bot.metrics.engagement import active_events, with_plan_id
from bot.metrics.expressions import flag, latest, local_day, money, ratio, spine
from bot.metrics.tables import Tables, owned, per
from bot.metrics.terms import Policy, terms
from bot.metrics.trend import BASELINE_WINDOWS, FADING_BASELINE, FADING_RATIO, RECENT_DAYS, SPAN_DAYS
from bot.types import Grain, Shape, Unit, Window, instant

SNAPSHOTS = 4
"""Earlier days, each a horizon apart, whose customers teach what a score means."""
POINTS: Mapping[str, int] = {
    "payment": 3, "quiet": 3, "fading": 2, "tickets": 1, "waiting": 1, "detractor": 1, "young": 1,
}  # fmt: skip
"""Sign → its points. Asking to cancel is no sign: it is the outcome, told apart as scheduled churn."""
MOST_POINTS = 6
"""Scores from here on are rare, and taught together."""
PRIOR = 20
"""Customers at the base rate that each score is mixed with, so that a score seen few times promises little."""
MONTH_DAYS = 30
YOUNG_DAYS = 90
WAITING_DAYS = 7
SURVEY_DAYS = 90
SEVERAL_TICKETS = 2


def most_at_risk(t: Tables, window: Window, *, horizon_days: str = "90") -> ir.Table:
    """The people behind the risk: one row per paying account, its signs, its risk and what of its MRR may be lost."""
    frame = scored(t, window, (), int(horizon_days))
    expected = money(frame.micros) * frame.risk
    return frame.select("account_id", "points", *POINTS, "risk", mrr=money(frame.micros), expected_loss=expected)


def scored(t: Tables, window: Window, by: tuple[str, ...], horizon: int) -> ir.Table:
    """One row per customer paying at the window's end: account_id, the dimensions, micros, each sign (1 or 0), points,
    risk (probability to be lost within the horizon), taught (customers of earlier days), base (the share of them lost).

    All signs are from before the day of the score. They are taught by every account that may be seen, whatever the
    question's filters are.
    """
    plain = replace(t, filters=(), exclude=(), carried=())
    zone = t.definitions.zone
    days = [window.end - timedelta(days=horizon * back) for back in range(SNAPSHOTS + 1)]
    moments = spine([instant(day, zone) for day in days], "told_at", plain["subscriptions"])
    frame = _paying(plain, window, moments, horizon)
    for found in _counts(plain, window, moments):
        told = found.rename(who="account_id", when="told_at")
        frame = frame.left_join(told, [frame.account_id == told.who, frame.told_at == told.when]).drop("who", "when")
    frame = frame.mutate(**_signs(frame))
    points = ibis.least(sum((frame[sign] * weight for sign, weight in POINTS.items()), ibis.literal(0)), MOST_POINTS)
    frame = frame.mutate(points=points)
    now = instant(window.end, zone)
    past, here = frame.filter(frame.told_at < now), frame.filter(frame.told_at == now)
    base = past.agg(base=ratio(past.lost.sum(), past.count()), taught=past.count())
    seen = past.group_by(score=past.points).agg(many=past.count(), gone=past.lost.sum()).cross_join(base)
    seen = seen.select("score", learned=ratio(seen.gone + seen.base * PRIOR, seen.many + PRIOR))
    known = here.left_join(seen, here.points == seen.score).drop("score").cross_join(base)
    known = known.mutate(risk=ibis.coalesce(known.learned, known.base)).drop("learned")
    names = t.dimensions(by)
    if {"plan", "interval"} & set(names):
        known = with_plan_id(plain, known, window)
    return t.narrow(with_dimensions(t, known, names, window))


def _paying(t: Tables, window: Window, moments: ir.Table, horizon: int) -> ir.Table:
    """One row per account and moment at which it pays: micros, due (past due), since, lost (1: none a horizon on)."""
    rows = terms(t, Policy.of(t.definitions))
    paid = rows.filter(rows.pays == 1)
    held = paid.inner_join(moments, [paid.opens <= moments.told_at, paid.closes > moments.told_at])
    state = held.group_by("account_id", "told_at").agg(
        micros=held.micros.sum(), due=flag(held.status == "past_due").max()
    )
    first = paid.group_by(payer=paid.account_id).agg(since=paid.opens.min())
    state = state.inner_join(first, state.account_id == first.payer).drop("payer")
    later = moments.select(asked_at="told_at", later=moments.told_at + ibis.interval(days=horizon))
    customer = rows.filter((rows.pays + rows.rests) > 0)
    still = customer.inner_join(later, [customer.opens <= later.later, customer.closes > later.later])
    still = still.select(stayer="account_id", asked_at="asked_at").distinct()
    joined = state.left_join(still, [state.account_id == still.stayer, state.told_at == still.asked_at])
    outcome = joined.mutate(lost=flag(joined.stayer.isnull())).drop("stayer", "asked_at")
    return with_dimensions(t, outcome, (), window)


def _before(rows: ir.Table, moments: ir.Table, column: str, days: int) -> ir.Table:
    """The rows of the days before each moment, once for each."""
    moment = rows[column]
    return rows.inner_join(
        moments, [moment < moments.told_at, moment >= moments.told_at - ibis.interval(days=days)]
    )  # fmt: skip


def _counts(t: Tables, window: Window, moments: ir.Table) -> Iterator[ir.Table]:
    """What the data knows of each account before each moment, a frame a table: account_id, told_at and counts."""
    keys = ("account_id", "told_at")
    if t.has("events"):
        ever = Window(window.start.replace(year=1970), window.end, Grain.RANGE, window.zone)
        acts = active_events(t, ever)
        if not t.has("events", "user_id"):
            acts = acts.mutate(user_id=acts.account_id)
        day = local_day(acts.occurred_at, t.definitions.zone)
        acts = acts.group_by("account_id", "user_id", day.name("day")).agg(acted_at=acts.occurred_at.min())
        near = _before(acts, moments, "acted_at", max(SPAN_DAYS, t.definitions.inactive_days))
        ago = near.told_at - ibis.interval(days=RECENT_DAYS)
        awake = near.told_at - ibis.interval(days=t.definitions.inactive_days)
        spanned = near.acted_at >= near.told_at - ibis.interval(days=SPAN_DAYS)
        yield near.group_by(*keys).agg(
            awake=flag(near.acted_at >= awake).sum(),
            recent=flag(near.acted_at >= ago).sum(),
            earlier=flag(spanned & (near.acted_at < ago)).sum(),
        )
    if t.has("tickets"):
        tickets = owned(t, "tickets")
        asked = tickets.filter(tickets.created_at.notnull()).select("account_id", "created_at", "solved_at")
        near = asked.inner_join(moments, [asked.created_at < moments.told_at])
        lately = near.created_at >= near.told_at - ibis.interval(days=MONTH_DAYS)
        old = near.created_at < near.told_at - ibis.interval(days=WAITING_DAYS)
        unsolved = (near.solved_at.isnull() | (near.solved_at >= near.told_at)).fill_null(True)
        open_long = old & unsolved if t.has("tickets", "solved_at") else ibis.literal(False)
        yield near.group_by(*keys).agg(asked=flag(lately).sum(), open_long=flag(open_long).sum())
    if t.has("survey_answers"):
        answers = owned(t, "survey_answers").filter(lambda a: (a.type == "nps") & a.score.between(0, 10))
        near = _before(answers.select("account_id", "answered_at", "score"), moments, "answered_at", SURVEY_DAYS)
        last = latest(flag(near.score <= 6).cast("string"), near.answered_at)
        yield near.group_by(*keys).agg(unhappy=last)
    if t.has("payments"):
        tries = owned(t, "payments").filter(lambda p: p.status.isin(("paid", "failed")))
        near = _before(tries.select("account_id", "occurred_at", "status"), moments, "occurred_at", MONTH_DAYS)
        yield near.group_by(*keys).agg(last_try=latest(near.status, near.occurred_at))


def _signs(frame: ir.Table) -> dict[str, ir.Value]:
    """Each sign as 1 or 0; one whose table the company does not have is 0 for all."""
    has = set(frame.columns)
    none = ibis.literal(0)
    usual = ratio(frame.earlier.fill_null(0), BASELINE_WINDOWS) if "earlier" in has else none
    old = frame.since <= frame.told_at - ibis.interval(days=YOUNG_DAYS)
    failed = (frame.last_try == "failed").fill_null(False) if "last_try" in has else ibis.literal(False)
    return {
        "payment": flag(failed | (frame.due == 1)),
        "quiet": flag(frame.awake.fill_null(0) == 0) if "awake" in has else none,
        "fading": flag((usual >= FADING_BASELINE) & (frame.recent.fill_null(0) < usual * FADING_RATIO))
        if "recent" in has
        else none,
        "tickets": flag(frame.asked.fill_null(0) >= SEVERAL_TICKETS) if "asked" in has else none,
        "waiting": flag(frame.open_long.fill_null(0) > 0) if "open_long" in has else none,
        "detractor": flag(frame.unhappy == "1") if "unhappy" in has else none,
        "young": flag(~old),
    }


@metric(
    unit=Unit.SHARE,
    good="down",
    shape=Shape.LEVEL,
    needs=(*SUBSCRIPTIONS, "subscriptions.mrr"),
    by=ACCOUNT_DIMENSIONS,
    window=Grain.DAY,
    parts="averages",
    variants={"horizon_days": ("90", "30", "180", "365")},
    companions=("churn_rate", "value_at_risk"),
    people=most_at_risk,
)
def churn_risk(t: Tables, window: Window, by: tuple[str, ...] = (), *, horizon_days: str = "90") -> ir.Table:
    """The mean probability that a paying customer is lost within the horizon, from plain signs of before the day.

    Formula: mean over customers of the share lost within the horizon among those who had the same score one to four
    horizons earlier, each score mixed with 20 customers at the base rate. Score: payment trouble 3, nobody active for
    the inactive threshold 3, engagement under half its usual 2, two tickets in 30 days 1, a ticket open for a week 1,
    last NPS answer of 90 days a detractor 1, paying for under 90 days 1; 6 and more are one. `expected` customers and
    `expected_mrr` are what is lost if they leave as often as those before them; `base` is the share lost of all.
    At risk: customers paying at the end of the period. A risk says who may leave, not whom a message would keep.
    Example: 2026-10, the finger-count company: 0.228.
    Source: the rule score of practice below 200 losses; Ascarza 2018, "Retention Futility", for its reading.
    """
    frame = scored(t, window, by, int(horizon_days))
    expected = (frame.micros * frame.risk).sum()
    return per(frame, by).agg(
        value=frame.risk.mean(),
        n=frame.count(),
        expected=frame.risk.sum(),
        expected_mrr=money(expected.round().cast("int64")),
        base=frame.base.max(),
        taught=frame.taught.max(),
    )
