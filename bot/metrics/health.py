"""How well each customer is: one score of four components, and bands that were checked against who left."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, cast

import ibis
import ibis.expr.types as ir
import pandas as pd

from bot.errors import BadData, BadQuestion
from bot.metrics.customers import ACCOUNT_DIMENSIONS, SUBSCRIPTIONS
from bot.metrics.declare import Asked, metric
from bot.metrics.engagement import active_events
from bot.metrics.expressions import admits, during, flag, local_day, money, ratio
from bot.metrics.feedback import answers, last_of_each
from bot.metrics.population import standing
from bot.metrics.support import calls, open_at
from bot.metrics.tables import Tables, owned, per, without
from bot.metrics.terms import Policy
from bot.types import Grain, Note, Shape, Unit, Window

WEIGHTS: Mapping[str, float] = {"usage": 0.40, "adoption": 0.25, "support": 0.20, "sentiment": 0.15}
"""Component → its weight; where one is not known, the others share it by theirs."""
USAGE_DAYS, FULL_USE = 28, 20
"""Use is full when somebody was active on every working day of four weeks."""
ADOPTION_DAYS = 90
SUPPORT_DAYS, PER_OPEN, PER_RECENT = 30, 25, 10
"""What a ticket that waits, and one of the last 30 days that does not, takes off the 100 of support."""
SENTIMENT_DAYS = 180
AHEAD_DAYS = 90
"""The bands are judged by who left within so many days of an earlier score."""
BIN = 5
"""The cut points of the bands are multiples of this."""
BANDS = ("red", "yellow", "green")
UNCHECKED = (50, 75)
"""The cut points where too few customers left to find better ones."""
FEWEST_LOST = 20
SMALLEST_BAND = 0.1
"""A band holds at least this share of the customers judged."""


def scores(t: Tables, end: date, by: tuple[str, ...]) -> ir.Table:
    """One row per customer who pays at the start of `end`, with the dimensions.

    Columns: account_id, mrr, the four components (0 to 100, null where not known), components (how many are
    known), health (0 to 100, null where none is).
    """
    window = _span(t, end, 1)
    frame = standing(t, window, by, Policy.of(t.definitions), "end", "end_micros", "plan_id")
    frame = frame.filter(frame.end == 1)
    frame = frame.select("account_id", "plan_id", *by, mrr=money(frame.end_micros))
    known = {
        "usage": (t.has("events"), _usage),
        "adoption": (t.has("events") and t.has("features"), _adoption),
        "support": (t.has("tickets"), _support),
        "sentiment": (t.has("survey_answers", "score"), _sentiment),
    }
    if not any(has for has, _ in known.values()):
        raise BadData("missing_table", table="events")
    for name, (has, component) in known.items():
        frame = component(t, frame, end) if has else frame.mutate(**{name: ibis.null("float64")})
    weight = sum((frame[name].notnull().ifelse(share, 0.0) for name, share in WEIGHTS.items()), ibis.literal(0.0))
    total = sum((frame[name].fill_null(0.0) * share for name, share in WEIGHTS.items()), ibis.literal(0.0))
    count = sum((flag(frame[name].notnull()) for name in WEIGHTS), ibis.literal(0))
    return frame.drop("plan_id").mutate(health=ratio(total, weight), components=count)


def _span(t: Tables, end: date, days: int) -> Window:
    return Window(end - timedelta(days=days), end, Grain.RANGE, t.definitions.zone)


def _joined(frame: ir.Table, found: ir.Table) -> ir.Table:
    """The frame with what was found of each account (by `whose`); null where that is nothing."""
    return frame.left_join(found, frame.account_id == found.whose).drop("whose")


def _usage(t: Tables, frame: ir.Table, end: date) -> ir.Table:
    """Days on which anybody was active in four weeks, of twenty working days; nobody ever is 0."""
    events = active_events(t, _span(t, end, USAGE_DAYS))
    days = events.select(whose="account_id", day=local_day(events.occurred_at, t.definitions.zone)).distinct()
    days = days.group_by("whose").agg(days=days.count())
    joined = _joined(frame, days)
    share = ibis.least(ratio(joined.days.fill_null(0), FULL_USE), 1.0)
    return joined.mutate(usage=share * 100.0).drop("days")


def _adoption(t: Tables, frame: ir.Table, end: date) -> ir.Table:
    """Features used in 90 days, of those the plan includes; not known where it includes none."""
    window = _span(t, end, ADOPTION_DAYS)
    events = owned(t, "events")
    events = events.filter(during(events.occurred_at, window))
    used = events.select(user_of="account_id", did="name").distinct()
    features = t["features"]
    features = features.select("core_event", plans=features.entitled_plans)
    pairs = frame.select(whose="account_id", plan="plan_id").cross_join(features)
    pairs = pairs.filter(admits(pairs.plans, pairs.plan))
    tried = pairs.left_join(used, (pairs.whose == used.user_of) & (pairs.core_event == used.did))
    breadth = tried.group_by("whose").agg(adoption=ratio(flag(tried.did.notnull()).sum(), tried.count()))
    breadth = breadth.mutate(adoption=cast(ir.FloatingColumn, breadth.adoption) * 100.0)
    return _joined(frame, breadth)


def _support(t: Tables, frame: ir.Table, end: date) -> ir.Table:
    """100 less what each ticket takes off, 0 at the least; who never asked is at 100."""
    window = _span(t, end, SUPPORT_DAYS)
    waits = open_at(t, window.last)
    recent = calls(t).filter(lambda c: during(c.created_at, window))
    both = ibis.union(
        waits.select("ticket_id", whose="account_id", off=PER_OPEN),
        recent.select("ticket_id", whose="account_id", off=PER_RECENT),
    )
    each = both.group_by("whose", "ticket_id").agg(off=both.off.max())
    taken = each.group_by("whose").agg(off=each.off.sum())
    joined = _joined(frame, taken)
    left = ibis.greatest(100 - joined.off.fill_null(0), 0)
    return joined.mutate(support=left.cast("float64")).drop("off")


def _sentiment(t: Tables, frame: ir.Table, end: date) -> ir.Table:
    """Ten times the mean of what its people last answered to the loyalty survey within half a year."""
    said = last_of_each(answers(t, _span(t, end, SENTIMENT_DAYS), "nps", 0, 10))
    mean = said.group_by(whose="account_id").agg(sentiment=ratio(said.score.sum() * 10, said.count()))
    return _joined(frame, mean)


def healths(t: Tables, window: Window, **_: Any) -> ir.Table:
    """The people behind the health score: every paying account with its score and its components."""
    return scores(t, window.end, ()).select("account_id", "health", "components", *WEIGHTS, "mrr")


def _binned(health: ir.Value) -> ir.Value:
    return ibis.least(ratio(health, BIN).cast("float64").floor().cast("int64"), 100 // BIN - 1)


def _sums(now: ir.Table) -> dict[str, ir.Value]:
    """What the mean score and the means of its components are made of."""
    return {
        "n": now.count(),
        "total": now.health.sum().fill_null(0.0),
        "complete": flag(now.components == len(WEIGHTS)).sum().fill_null(0),
        **{f"{name}_sum": now[name].sum().fill_null(0.0) for name in WEIGHTS},
        **{f"{name}_n": now[name].count() for name in WEIGHTS},
    }


def _per_bin(t: Tables, window: Window, others: tuple[str, ...]) -> ir.Table:
    """Scores now, and of 90 days earlier with who left since, both counted by bins of the score."""
    now = scores(t, window.end, others).filter(lambda s: s.health.notnull())
    now = now.mutate(bin=_binned(now.health))
    counted = per(now, (*others, "bin")).agg(**_sums(now))
    empty = {name: ibis.literal(0) for name in ("judged", "churned")}
    then = scores(t, window.end - timedelta(days=AHEAD_DAYS), others).filter(lambda s: s.health.notnull())
    kept = standing(t.apart(*t.dimensions(()))[0], window, (), Policy.of(t.definitions), "kept_end")
    kept = kept.filter(kept.kept_end == 1).select(stays="account_id")
    judged = then.left_join(kept, then.account_id == kept.stays)
    judged = judged.mutate(bin=_binned(judged.health), gone=flag(judged.stays.isnull()))
    past = judged.group_by([*others, "bin"]).agg(judged=judged.count(), churned=judged.gone.sum())
    blank = {
        name: ibis.literal(0).cast(kind) for name, kind in counted.schema().items() if name not in (*others, "bin")
    }
    columns = [*others, "bin", *blank, *empty]
    return ibis.union(
        counted.mutate(**{name: ibis.literal(0).cast("int64") for name in empty}).select(*columns),
        past.mutate(**blank).select(*columns),
    )


def cut_points(judged: Mapping[int, int], churned: Mapping[int, int]) -> tuple[int, int] | None:
    """The two scores at which red ends and green begins, of all that make red leave most and green least.

    Bins → customers judged, and of them those who left. The pair under which the outcome is likeliest (a share of
    its own for each band) wins; None where too few left, or no pair has red above yellow above green.
    """
    bins = range(100 // BIN)
    if sum(churned.values()) < FEWEST_LOST:
        return None
    people, best = sum(judged.values()), (-math.inf, (0, 0))
    for low in bins[1:]:
        for high in bins[low + 1 :]:
            bands = (bins[:low], bins[low:high], bins[high:])
            sizes = [sum(judged.get(one, 0) for one in band) for band in bands]
            lost = [sum(churned.get(one, 0) for one in band) for band in bands]
            if min(sizes) < SMALLEST_BAND * people:
                continue
            shares = [gone / size for gone, size in zip(lost, sizes, strict=True)]
            if not shares[0] > shares[1] > shares[2]:
                continue
            best = max(
                best, (sum(_likelihood(gone, size) for gone, size in zip(lost, sizes, strict=True)), (low, high))
            )
    return (best[1][0] * BIN, best[1][1] * BIN) if best[0] > -math.inf else None


def _likelihood(gone: int, size: int) -> float:
    share = gone / size
    return sum(count * math.log(p) for count, p in ((gone, share), (size - gone, 1 - share)) if count)


def _told(rows: pd.DataFrame) -> dict[str, Any]:
    """The mean score of some bins and the means of its components."""
    n = int(rows["n"].sum())
    found: dict[str, Any] = {"value": rows["total"].sum() / n if n else None, "n": n}
    for name in WEIGHTS:
        count = rows[f"{name}_n"].sum()
        found[name] = rows[f"{name}_sum"].sum() / count if count else None
    return found | {"complete": int(rows["complete"].sum())}


def _finish(frame: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """Bins of scores → the mean of each segment; by band, each band with who left of it."""
    others = [name for name in asked.by if name != "band"]
    groups = list(frame.groupby(others, dropna=False, sort=True)) if others else [((), frame)]
    told: list[dict[str, Any]] = []
    if "band" not in asked.by:
        for key, rows in groups:
            told.append(dict(zip(others, key, strict=True)) | _told(rows))
        return pd.DataFrame(told, columns=None if told else [*others, "value", "n"])
    past = frame.groupby("bin")[["judged", "churned"]].sum()
    judged_by_bin, churned_by_bin = ({int(str(one)): int(n) for one, n in past[name].items()} for name in past.columns)
    found = cut_points(judged_by_bin, churned_by_bin)
    low, high = found or UNCHECKED
    edges = dict(zip(BANDS, ((0, low), (low, high), (high, 100)), strict=True))
    for key, rows in groups:
        for band, (begins, ends) in edges.items():
            mine = rows[(rows["bin"] * BIN >= begins) & (rows["bin"] * BIN < ends)]
            judged, churned = int(mine["judged"].sum()), int(mine["churned"].sum())
            told.append(
                dict(zip(others, key, strict=True)) | {"band": band} | _told(mine)
                | {
                    "from_score": begins, "to_score": ends, "judged": judged, "churned": churned,
                    "churn": churned / judged if judged else None, "checked": found is not None,
                }
            )  # fmt: skip
    return pd.DataFrame(told, columns=None if told else [*asked.by, "value", "n"])


def _notes(rows: Sequence[Mapping[str, Any]], asked: Asked) -> Sequence[Note]:
    notes = []
    n = sum(row.get("n") or 0 for row in rows)
    lacking = n - sum(row.get("complete") or 0 for row in rows)
    if lacking:
        notes.append(Note("health_components_missing", {"n": lacking, "of": n}))
    if "band" in asked.by and rows:
        key = "health_bands_checked" if rows[0].get("checked") else "health_bands_unchecked"
        notes.append(Note(key, {"days": AHEAD_DAYS}))
    return notes


@metric(
    unit=Unit.SCORE,
    good="up",
    shape=Shape.LEVEL,
    needs=SUBSCRIPTIONS,
    by=(*ACCOUNT_DIMENSIONS, "band"),
    window=Grain.DAY,
    finish=_finish,
    notes=_notes,
    companions=("churn_rate", "nps"),
    people=healths,
)
def health_score(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """The mean health of the paying customers at the end of the period, from 0 to 100.

    Formula: mean over the customers of 0.40 usage + 0.25 adoption + 0.20 support + 0.15 sentiment, each from 0 to
    100. Usage: days with an active event in 28 days, of 20. Adoption: features used in 90 days, of those the plan
    includes. Support: 100 less 25 for each open ticket and 10 for each other one of 30 days. Sentiment: ten times the
    mean NPS answer of its people in 180 days. A component that is not known gives its weight to the others;
    `complete` counts the customers who have all four. By `band` the customers are red, yellow and green, with the
    share of those scored 90 days earlier who left since (`churn`): the cut points are those of all multiples of 5
    under which that outcome is likeliest, with red leaving more than yellow and yellow more than green.
    At risk: every account that pays at the end of the period.
    Example: 2026-10, the finger-count company: 35.89.
    Source: Gainsight, how to score customer health; weights differ between guides, so the bands are checked.
    """
    if any(name == "band" for name, _ in (*t.filters, *t.exclude)):
        raise BadQuestion(
            "dimension_not_available", metric="health_score", dimension="band", near=list(ACCOUNT_DIMENSIONS)
        )
    others = without(by, "band")
    if "band" in by:
        return _per_bin(t, window, others)
    now = scores(t, window.end, others).filter(lambda s: s.health.notnull())
    return per(now, others).agg(**_sums(now))
