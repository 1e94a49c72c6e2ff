"""The risk to lose a customer: learned from those lost before, or a score of plain signs where they are too few.

The score of signs is made a probability by what followed the same score before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from bot.metrics.customers import ACCOUNT_DIMENSIONS, SUBSCRIPTIONS
from bot.metrics.declare import Asked, metric
from bot.metrics.dimensions import with_dimensions
from bot.metrics.engagement import active_events, with_plan_id
from bot.metrics.expressions import flag, latest, local_day, money, ratio
from bot.metrics.risk_features import before, known, moments, paying, with_outcome
from bot.metrics.risk_model import Model
from bot.metrics.risk_reasons import IS, WHY, reasons_of
from bot.metrics.tables import Tables, everybody, owned, per
from bot.metrics.trend import BASELINE_WINDOWS, FADING_BASELINE, FADING_RATIO, RECENT_DAYS, SPAN_DAYS
from bot.types import Grain, Note, Shape, Unit, Window, instant

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
    """The people behind the risk: one row per paying account, its risk, what of its MRR may be lost, and what adds to
    it: `why x` what a feature or sign adds to the score, `is x` its value.
    """
    horizon = int(horizon_days)
    frame, model = scored(t, window, (), horizon), model_of(t, window, horizon)
    if model is None:
        why: dict[str, ir.Value] = {f"{WHY}{sign}": frame[sign] * weight for sign, weight in POINTS.items()}
    else:
        told = [feature for feature in model.features if feature.sayable]
        why = {f"{WHY}{feature.name}": feature.adds(frame) for feature in told}
        why |= {f"{IS}{feature.name}": frame[feature.column] for feature in told}
    amount = money(frame.micros)
    return frame.select("account_id", "risk", mrr=amount, expected_loss=amount * frame.risk, **why)


def listed(rows: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """The fetched people with `drivers`, what goes with the risk of each, the strongest first."""
    model = asked.learned(int(asked.variant["horizon_days"]), asked.window.end)
    features = {one.name: one for one in model.scoring.features} if model and model.scoring else {}
    plain = [name for name in rows.columns if not name.startswith((WHY, IS))]
    drivers = [reasons_of(row, features) for row in rows.to_dict("records")]
    return rows[plain].assign(drivers=pd.Series(drivers, index=rows.index, dtype=object))


def model_of(t: Tables, window: Window, horizon: int) -> Model | None:
    """What scores at the window's end, if it was learned."""
    learned = t.learned(horizon, window.end)
    return learned.scoring if learned is not None else None


def scored(t: Tables, window: Window, by: tuple[str, ...], horizon: int) -> ir.Table:
    """One row per customer paying at the window's end: account_id, the dimensions, micros, risk (probability to be lost
    within the horizon), taught (customers of earlier days), base (the share of them lost), and every feature or sign.

    All signs are from before the day of the score. They are taught by every account that may be seen, whatever the
    question's filters are. Who has asked to leave is known to, and not in what a model tells.
    """
    plain = everybody(t)
    model = model_of(t, window, horizon)
    if model is None:
        frame = _by_signs(plain, window, horizon)
    else:
        features = known(plain, moments(plain, [window.end]), horizon, model.named)
        features = features.filter(features.leaving == 0)
        frame = features.mutate(
            risk=model.risk(features), taught=ibis.literal(model.taught), base=ibis.literal(model.base)
        )
    names = t.dimensions(by)
    if {"plan", "interval"} & set(names):
        frame = with_plan_id(plain, frame, window)
    return t.narrow(with_dimensions(t, frame, names, window))


def _by_signs(t: Tables, window: Window, horizon: int) -> ir.Table:
    """Each customer's score of signs, and the share lost among those who had the same score on earlier days."""
    days = [window.end - timedelta(days=horizon * back) for back in range(SNAPSHOTS + 1)]
    frame = told_by_signs(t, days)
    frame = with_outcome(t, frame.mutate(until=frame.told_at + ibis.interval(days=horizon)))
    now = instant(window.end, t.definitions.zone)
    past, here = frame.filter(frame.told_at < now), frame.filter(frame.told_at == now)
    base = past.agg(base=ratio(past.lost.sum(), past.count()), taught=past.count())
    seen = past.group_by(score=past.points).agg(many=past.count(), gone=past.lost.sum()).cross_join(base)
    seen = seen.select("score", learned=ratio(seen.gone + seen.base * PRIOR, seen.many + PRIOR))
    told = here.left_join(seen, here.points == seen.score).drop("score").cross_join(base)
    return told.mutate(risk=ibis.coalesce(told.learned, told.base)).drop("learned")


def told_by_signs(t: Tables, days: Sequence[date]) -> ir.Table:
    """One row per account and day on which it pays: account_id, told_at, micros, each sign (1 or 0) and points."""
    told = moments(t, days)
    ever = Window(date(1970, 1, 1), max(days), Grain.RANGE, t.definitions.zone)
    frame = with_dimensions(t, paying(t, told).drop("plan_id", "quantity", "discount"), (), ever)
    for found in _counts(t, ever, told):
        counted = found.rename(who="account_id", when="told_at")
        frame = frame.left_join(counted, [frame.account_id == counted.who, frame.told_at == counted.when])
        frame = frame.drop("who", "when")
    frame = frame.mutate(**_signs(frame))
    points = ibis.least(sum((frame[sign] * weight for sign, weight in POINTS.items()), ibis.literal(0)), MOST_POINTS)
    return frame.mutate(points=points)


def _counts(t: Tables, ever: Window, told: ir.Table) -> Iterator[ir.Table]:
    """What the data knows of each account before each moment, a frame a table: account_id, told_at and counts."""
    keys = ("account_id", "told_at")
    if t.has("events"):
        acts = active_events(t, ever)
        if not t.has("events", "user_id"):
            acts = acts.mutate(user_id=acts.account_id)
        day = local_day(acts.occurred_at, t.definitions.zone)
        acts = acts.group_by("account_id", "user_id", day.name("day")).agg(acted_at=acts.occurred_at.min())
        near = before(acts, told, "acted_at", max(SPAN_DAYS, t.definitions.inactive_days))
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
        near = asked.inner_join(told, [asked.created_at < told.told_at])
        lately = near.created_at >= near.told_at - ibis.interval(days=MONTH_DAYS)
        old = near.created_at < near.told_at - ibis.interval(days=WAITING_DAYS)
        unsolved = (near.solved_at.isnull() | (near.solved_at >= near.told_at)).fill_null(True)
        open_long = old & unsolved if t.has("tickets", "solved_at") else ibis.literal(False)
        yield near.group_by(*keys).agg(asked=flag(lately).sum(), open_long=flag(open_long).sum())
    if t.has("survey_answers"):
        answers = owned(t, "survey_answers").filter(lambda a: (a.type == "nps") & a.score.between(0, 10))
        near = before(answers.select("account_id", "answered_at", "score"), told, "answered_at", SURVEY_DAYS)
        last = latest(flag(near.score <= 6).cast("string"), near.answered_at)
        yield near.group_by(*keys).agg(unhappy=last)
    if t.has("payments"):
        tries = owned(t, "payments").filter(lambda p: p.status.isin(("paid", "failed")))
        near = before(tries.select("account_id", "occurred_at", "status"), told, "occurred_at", MONTH_DAYS)
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


def _notes(rows: Sequence[Mapping[str, Any]], asked: Asked) -> list[Note]:
    """Which of the two scored, and why; in a trend perhaps each some steps."""
    mixed = [Note("risk_mixed")] if len({row.get("learned") for row in rows}) > 1 else []
    return [_told_by(asked), *mixed]


def _told_by(asked: Asked) -> Note:
    learned = asked.learned(int(asked.variant["horizon_days"]), asked.window.end)
    if learned is None:
        return Note("risk_by_rule")
    card = learned.card
    if card.used == "rule":
        return Note(f"risk_by_rule_{card.reason}", {"n": card.lost, "needed": card.needed})
    return Note("risk_by_model", {"n": card.lost, "until": card.learned_until})


@metric(
    unit=Unit.SHARE,
    good="down",
    shape=Shape.LEVEL,
    needs=(*SUBSCRIPTIONS, "subscriptions.mrr"),
    by=ACCOUNT_DIMENSIONS,
    window=Grain.DAY,
    parts="averages",
    variants={"horizon_days": ("90", "30", "180", "365")},
    notes=_notes,
    companions=("churn_rate", "value_at_risk"),
    people=most_at_risk,
    listed=listed,
)
def churn_risk(t: Tables, window: Window, by: tuple[str, ...] = (), *, horizon_days: str = "90") -> ir.Table:
    """The mean probability that a paying customer is lost within the horizon.

    Formula: where scikit-learn is there and 200 customers were lost, a logistic regression of what was known before
    the day, learned on earlier months and used where it tells a later period better than the signs do; the horizon of
    a paid term that runs on is its end and its grace. Else the mean of the share lost within the horizon among those
    who had the same score one to four horizons earlier, each score mixed with 20 customers at the base rate. Score:
    payment trouble 3, nobody active for the inactive threshold 3, engagement under half its usual 2, two tickets in 30
    days 1, a ticket open for a week 1, last NPS answer of 90 days a detractor 1, paying for under 90 days 1; 6 and more
    are one. `expected` customers and `expected_mrr` are what is lost if they leave as often as those before them;
    `base` is the share lost of all; `learned` is 1 where a model told.
    At risk: customers paying at the end of the period; a model leaves out who has already asked to leave. A risk says
    who may leave, not whom a message would keep.
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
        learned=ibis.literal(0 if model_of(t, window, int(horizon_days)) is None else 1),
    )
