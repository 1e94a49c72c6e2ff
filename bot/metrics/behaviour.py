"""What became of customers who did something early, beside those who could have and did not: an association."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, cast

import ibis
import ibis.expr.types as ir
import pandas as pd

from bot.errors import BadData, BadQuestion
from bot.metrics.commerce import purchases
from bot.metrics.customers import SUBSCRIPTIONS
from bot.metrics.declare import Asked, metric
from bot.metrics.dimensions import with_dimensions
from bot.metrics.engagement import EVENTS
from bot.metrics.estimates import Group, difference
from bot.metrics.expressions import MICROS, admits, during, flag, local_month
from bot.metrics.survival import DIMENSIONS, first_of_each, lifetimes
from bot.metrics.tables import Tables, owned
from bot.metrics.terms import Policy, terms
from bot.types import Grain, Note, Shape, Unit, Window, instant

ANY_KEY = "key_feature"
"""Stands for the core event of any feature that is marked as key."""
SIGNS = {"retention": "kept", "churn": "lost", "upgrade": "upgraded", "spend": "spend", "value": "mrr"}
"""Sign → the column of its outcome; the last two are money, the others shares."""
FIGURES = (
    "value", "before", "n", "others", "unit", "difference", "difference_low", "difference_high", "needed", "months",
    "left_out",
)  # fmt: skip
MONEY = ("spend", "value")
POWER = 1.959964 + 0.841621
"""Standard deviations for a 5 % two-sided test that finds a true difference four times in five."""


def followed(
    t: Tables,
    window: Window,
    by: tuple[str, ...] = (),
    *,
    did: str = ANY_KEY,
    day: str = "30",
    horizon_days: str = "90",
) -> ir.Table:
    """The customers compared: the roster, one row per account that first paid in the window and is entitled.

    Columns: account_id, the dimensions, month (of the first payment), here (1 while still a customer at the landmark,
    `day` days later), did (1 or 0, by the landmark), kept, lost, upgraded, and spend and mrr in millionths, each
    `horizon_days` after the landmark. Only those whose horizon is over by as-of.
    """
    zone, as_of = t.definitions.zone, instant(t.as_of, t.definitions.zone)
    rows = first_of_each(lifetimes(t))
    rows = rows.filter(during(rows.since, window))
    landmark = rows.since + ibis.interval(days=int(day))
    rows = rows.mutate(landmark=landmark, end=landmark + ibis.interval(days=int(horizon_days)))
    rows = _entitled(t, rows.filter(rows.end <= as_of), did)
    rows = rows.mutate(
        month=local_month(rows.since, zone),
        here=flag(rows.left > rows.landmark),
        kept=flag(rows.left > rows.end),
        lost=flag(rows.left <= rows.end),
    )
    for found in (_done(t, rows, did), _paid(t, rows), _spent(t, rows)):
        rows = rows.left_join(found.rename(of="account_id"), rows.account_id == found.account_id).drop("of")
    rows = rows.select(
        "account_id", "plan_id", "month", "here", "kept", "lost", did=rows.did.fill_null(0),
        upgraded=flag(rows.after > rows.before) * rows.kept, mrr=(rows.after * rows.kept).fill_null(0),
        spend=rows.spend.fill_null(0),
    )  # fmt: skip
    return t.narrow(with_dimensions(t, rows, t.dimensions(by), window))


def _chosen(t: Tables, did: str) -> ir.Table | None:
    """The features that the deed is the use of; None where no features are known."""
    if not t.has("features", "core_event"):
        if did == ANY_KEY:
            raise BadData("missing_table", table="features")
        return None
    features = t["features"]
    if did == ANY_KEY:
        return features.filter(features.is_key.fill_null(False))
    return features.filter((features.feature_id == did) | (features.core_event == did))


def _entitled(t: Tables, rows: ir.Table, did: str) -> ir.Table:
    """Those whose plan at the start includes the feature; all, where the deed is the use of no feature."""
    features = _chosen(t, did)
    if features is None or not t.has("features", "entitled_plans"):
        return rows
    plans = features.select(plans=features.entitled_plans)
    pairs = rows.select("account_id", "plan_id").cross_join(plans)
    may = pairs.filter(admits(pairs.plans, pairs.plan_id)).select(may_id="account_id").distinct()
    joined = rows.left_join(may, rows.account_id == may.may_id).cross_join(plans.agg(features=plans.count()))
    return joined.filter((joined.features == 0) | joined.may_id.notnull()).drop("may_id", "features")


def _deeds(t: Tables, did: str) -> ir.Table:
    """(account_id, occurred_at, times): each event that is the deed, and how many of them it takes."""
    events = owned(t, "events").select("account_id", "name", "occurred_at")
    chosen = _chosen(t, did)
    meant: ir.BooleanValue = events.name == did
    if chosen is not None:
        meant = meant | events.name.isin(chosen.core_event)
    if not t.has("milestones", "event_name"):
        return events.filter(meant).mutate(times=ibis.literal(1, type="int64"))
    goals = t["milestones"].filter(lambda m: m.milestone_id == did)
    meant = meant | events.name.isin(goals.event_name)
    needed = goals.agg(times=goals.times.max().fill_null(1).cast("int64"))
    return events.filter(meant).cross_join(needed)


def _done(t: Tables, rows: ir.Table, did: str) -> ir.Table:
    """(account_id, did): accounts that did it often enough before their landmark, also before they paid."""
    deeds = _deeds(t, did).rename(doer="account_id")
    before = rows.select("account_id", "landmark").inner_join(
        deeds, [rows.account_id == deeds.doer, deeds.occurred_at < rows.landmark]
    )
    counted = before.group_by("account_id").agg(many=before.count(), times=before.times.max())
    return counted.select("account_id", did=flag(counted.many >= counted.times))


def _paid(t: Tables, rows: ir.Table) -> ir.Table:
    """(account_id, before, after): what it pays a month at the landmark and at the horizon's end, in millionths."""
    paid = terms(t, Policy.of(t.definitions)).filter(lambda r: r.pays == 1)
    paid = paid.select("opens", "closes", "micros", payer="account_id")
    joined = rows.select("account_id", "landmark", "end").inner_join(paid, rows.account_id == paid.payer)
    then = (joined.opens <= joined.landmark) & (joined.closes > joined.landmark)
    later = (joined.opens <= joined.end) & (joined.closes > joined.end)
    return joined.group_by("account_id").agg(
        before=joined.micros.sum(where=then).fill_null(0), after=joined.micros.sum(where=later).fill_null(0)
    )


def _spent(t: Tables, rows: ir.Table) -> ir.Table:
    """(account_id, spend): orders between the landmark and the horizon's end, in millionths."""
    if not t.has("orders", "net_amount"):
        return rows.select("account_id", spend=ibis.literal(0, type="int64")).distinct()
    bought = purchases(t).select("occurred_at", "micros", buyer="account_id")
    joined = rows.select("account_id", "landmark", "end").inner_join(
        bought,
        [rows.account_id == bought.buyer, bought.occurred_at >= rows.landmark, bought.occurred_at < rows.end],
    )
    return joined.group_by("account_id").agg(spend=joined.micros.sum())


def _compared(frame: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """Per segment and sign: those who did beside those who did not, month by month of beginning."""
    if not len(frame) or not frame["known"].max():
        if asked.variant["did"] != ANY_KEY and len(frame):
            raise BadQuestion("unknown_value", dimension="feature", value=asked.variant["did"], near=[])
        nobody = {**dict.fromkeys(FIGURES), "n": 0, "others": 0, "left_out": 0}
        rows = [] if asked.by else [{"sign": sign, **nobody} for sign in SIGNS]
        return pd.DataFrame(rows, columns=[*asked.by, "sign", *FIGURES])
    groups = frame.groupby(list(asked.by), sort=True, dropna=False) if asked.by else [((), frame)]
    rows = []
    for segment, part in groups:
        named = dict(zip(asked.by, segment, strict=True))
        for sign, column in SIGNS.items():
            if sign != "spend" or part["sells"].max():
                rows.append({**named, "sign": sign, **_sign(part, column, sign in MONEY)})
    return pd.DataFrame(rows)


def _sign(part: pd.DataFrame, column: str, in_money: bool) -> dict[str, Any]:
    scale = MICROS if in_money else 1
    arms: dict[int, dict[Any, Group]] = {0: {}, 1: {}}
    for found in part.to_dict("records"):
        if found["n"]:
            total, squares = found[column] / scale, found[f"{column}_squares"] / scale**2
            arms[int(found["did"])][found["month"]] = Group(float(found["n"]), float(total), float(squares))
    they, others = (sum((one for one in arm.values()), Group(0, 0, 0)) for arm in (arms[1], arms[0]))
    shared = sorted(set(arms[1]) & set(arms[0]))
    weight = sum(arms[1][month].n for month in shared)
    row: dict[str, Any] = {
        "value": they.mean if they.n else None, "before": None, "n": int(they.n), "others": int(others.n),
        "unit": "money" if in_money else "share", "difference": None, "difference_low": None, "difference_high": None,
        "needed": None, "months": len(shared), "left_out": int(part["left_out"].sum()),
    }  # fmt: skip
    if not weight:
        return row
    of_did = sum(arms[1][month].total for month in shared)
    beside = sum(arms[1][month].n * arms[0][month].mean for month in shared)
    gaps = [(arms[1][month].n, difference(arms[1][month], arms[0][month])) for month in shared]
    error = sum(
        (many / weight) ** 2 * (arms[1][month].error + arms[0][month].error)
        for month, (many, _) in zip(shared, gaps, strict=True)
    )
    gap, half = (of_did - beside) / weight, 1.96 * math.sqrt(error)
    spread = max(0.0, they.squares / they.n - they.mean**2) + max(0.0, others.squares / others.n - others.mean**2)
    row |= {
        "value": of_did / weight, "before": beside / weight, "difference": gap, "difference_low": gap - half,
        "difference_high": gap + half, "needed": math.ceil(POWER**2 * spread / gap**2) if gap and spread else None,
    }  # fmt: skip
    return row


def _said(rows: Sequence[Mapping[str, Any]], asked: Asked) -> list[Note]:
    """That it is an association among those who lasted to the landmark, and what test would settle it."""
    first = next((row for row in rows if row.get("sign") == "retention"), None)
    if first is None:
        return []
    day = int(asked.variant["day"])
    notes = [Note("association_only"), Note("survivors_only", {"day": day, "n": first["left_out"]})]
    if first["needed"] and not asked.by:
        notes.append(Note("test_would_settle", {"n": first["needed"]}))
    return notes


@metric(
    unit=Unit.SHARE,
    good="context",
    shape=Shape.VERDICT,
    needs=(*SUBSCRIPTIONS, *EVENTS),
    by=DIMENSIONS,
    window=Grain.YEAR,
    variants={"did": (ANY_KEY, "*"), "day": ("30",), "horizon_days": ("90",)},
    parts="averages",
    finish=_compared,
    notes=_said,
    companions=("survival_curve", "feature_adoption"),
    people=followed,
)
def compare_behaviour(
    t: Tables,
    window: Window,
    by: tuple[str, ...] = (),
    *,
    did: str = ANY_KEY,
    day: str = "30",
    horizon_days: str = "90",
) -> ir.Table:
    """What became of customers who did something by day d, beside those who could have and did not: an association.

    Formula: by `sign`, the mean over those who did (`value`, of `n`) and over the others (`before`, of `others`), each
    other weighted so that their months of beginning are those of the first; `difference` with its 95% interval
    (variances apart). retention, churn: an unbroken lifetime up to `horizon_days` after the landmark, or its end by
    then; upgrade: pays more a month then than at the landmark; spend: orders in between, for each; value: MRR then, 0
    for who left. `needed` people in each arm of a random test would find such a difference four times in five (5%).
    `did` is an event, a feature (its core event) or a milestone (as often as it takes); by default any key feature.
    At risk: customers who first paid in the period, are still customers at the landmark, `day` days later, on a plan
    that includes the feature, and whose horizon is over by as-of; `left_out` were lost before the landmark.
    Example: 2025, the finger-count company, did=app_opened: 1.
    Source: Anderson, Cain and Gelber (1983), the landmark method; Fleiss (1981) for the size of a test.
    """
    rows = followed(t, window, by, did=did, day=day, horizon_days=horizon_days)
    at_landmark = rows.here == 1
    sums: dict[str, ir.Value] = {}
    for column in SIGNS.values():
        one = rows[column].cast("int64")
        sums[column] = one.sum(where=at_landmark).fill_null(0)
        # Squares of millionths outgrow whole numbers.
        sums[f"{column}_squares"] = (one.cast("float64") * one.cast("float64")).sum(where=at_landmark).fill_null(0)
    found = rows.group_by([*by, "month", "did"]).agg(n=flag(at_landmark).sum(), left_out=(1 - rows.here).sum(), **sums)
    deeds = _deeds(t, did)
    known = deeds.agg(known=deeds.count())
    return cast(ir.Table, found.cross_join(known).mutate(sells=ibis.literal(int(t.has("orders", "net_amount")))))
