"""Which features go with staying, told within alike customers: a feature of those who stay anyway keeps nobody.

Those still paying thirty days after their first payment, by what they used until then, followed for ninety more. A
feature is held against the customers who could have used it and did not, on the same plan, of the same size, and
about as busy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import sqrt
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from bot.analysis.chance import two_sided
from bot.analysis.measure import Analyst
from bot.analysis.usual import Z
from bot.metrics.dimensions import with_dimensions
from bot.metrics.expressions import flag, local_day
from bot.metrics.survival import lifetimes
from bot.metrics.tables import Tables, owned
from bot.types import Evidence, Grain, Query, Shape, Unit, Window, instant

LANDMARK_DAYS, HORIZON_DAYS = 30, 90
QUARTERS = 4
FEWEST = 30
"""Customers on each side, over all strata, from which a feature is told."""
ERROR = 0.05


@dataclass(frozen=True)
class Kept:
    """One feature: the share lost of those who used it early and of the others, and the difference among alike ones.

    `crude` is the plain difference, `alike` that within strata (Mantel and Haenszel), each with its interval; `p` is
    corrected for the number of features. `keeps`: the difference among alike customers is clear. `seems`: only the
    plain one is.
    """

    feature: str
    n: int
    others: int
    lost: tuple[float, float]
    crude: tuple[float, float, float]
    alike: tuple[float, float, float]
    p: float
    p_crude: float

    @property
    def keeps(self) -> bool:
        return self.p <= ERROR and self.alike[0] < 0

    @property
    def seems(self) -> bool:
        return self.p > ERROR and self.p_crude <= ERROR and self.crude[0] < 0


def early_use(analyst: Analyst, query: Query) -> tuple[Evidence, list[Kept]] | None:
    """Every feature of the company, or None where its features, use or subscriptions are not known."""
    tables = analyst.tables(query)
    known = (("features", "core_event"), ("events", "name"), ("events", "occurred_at"), ("subscriptions", "mrr"))
    if not all(tables.has(table, column) for table, column in known):
        return None
    frame, sql = analyst.kept.get(
        analyst.key("early use", query.filters, query.exclude), lambda: analyst.company.query(counted(tables))
    )
    plain = [one for feature, rows in frame.groupby("feature", sort=True) if (one := told(str(feature), rows))]
    features = [corrected(one, len(plain)) for one in plain]
    if not features:
        return None
    rows: tuple[Mapping[str, Any], ...] = tuple(
        {
            "feature": one.feature,
            "value": one.alike[0],
            "n": one.n,
            "interval": list(one.alike[1:]),
            "others": one.others,
            "lost": one.lost[0],
            "others_lost": one.lost[1],
            "crude": one.crude[0],
            "crude_low": one.crude[1],
            "crude_high": one.crude[2],
            "chance": one.p,
        }
        for one in features
    )
    zone = analyst.company.definitions.zone
    first = analyst.company.first_day("subscriptions", "valid_from") or analyst.as_of
    window = Window(first, analyst.as_of, Grain.RANGE, zone, "range")
    asked = Query(query.intent, "compare_behaviour", window, filters=query.filters, exclude=query.exclude)
    evidence = Evidence(
        id="", query=asked, role="driver", unit=Unit.SHARE, good="context", shape=Shape.VERDICT, version=1,
        columns=tuple(rows[0]), rows=rows, as_of=analyst.as_of, rights=analyst.rights.row_filters, sql=sql,
        parts="averages",
    )  # fmt: skip
    return evidence, features


def corrected(one: Kept, many: int) -> Kept:
    """Its chances over all features together: Bonferroni's bound."""
    return replace(one, p=min(1.0, one.p * many), p_crude=min(1.0, one.p_crude * many))


def counted(t: Tables) -> ir.Table:
    """(feature, stratum, did, n, lost): customers at their landmark, by what they used until then."""
    rows = lifetimes(t)
    first = rows.group_by(first_id="account_id").agg(first_since=rows.since.min())
    rows = rows.semi_join(first, [rows.account_id == first.first_id, rows.since == first.first_since])
    rows = rows.mutate(landmark=rows.since + ibis.interval(days=LANDMARK_DAYS))
    rows = rows.mutate(until=rows.landmark + ibis.interval(days=HORIZON_DAYS))
    zone = t.definitions.zone
    rows = rows.filter((rows.until <= instant(t.as_of, zone)) & (rows.left > rows.landmark))
    rows = rows.mutate(lost=flag(rows.left <= rows.until))
    alike = tuple(name for name, column in (("size", "size"),) if t.has("accounts", column))
    day = Window(t.as_of, t.as_of, Grain.DAY, zone)
    rows = t.narrow(with_dimensions(t, rows, tuple(dict.fromkeys((*alike, *t.dimensions(())))), day))
    size = rows["size"] if alike else ibis.literal("")
    rows = _with_activity(t, rows)
    stratum = rows.plan_id.fill_null("") + "|" + size + "|" + rows.quarter.cast("string")
    rows = rows.select("account_id", "plan_id", "landmark", "lost", stratum=stratum)
    features = t["features"].select("core_event", feature="feature_id", plans=_plans(t))
    pairs = rows.cross_join(features)
    listed = ("," + pairs.plans.replace(" ", "") + ",").contains("," + pairs.plan_id.fill_null("") + ",")
    pairs = pairs.filter(pairs.plans.isnull() | listed)
    events = owned(t, "events")
    used = events.select(doer="account_id", did_what="name", done_at="occurred_at").semi_join(
        features, [ibis._.did_what == features.core_event]
    )
    before = rows.select("account_id", "landmark").inner_join(
        used, [rows.account_id == used.doer, used.done_at < rows.landmark]
    )
    done = before.select("doer", "did_what").distinct()
    joined = pairs.left_join(done, [pairs.account_id == done.doer, pairs.core_event == done.did_what])
    joined = joined.mutate(did=flag(joined.doer.notnull()))
    return joined.group_by(["feature", "stratum", "did"]).agg(n=joined.count(), lost=joined.lost.sum())


def _with_activity(t: Tables, rows: ir.Table) -> ir.Table:
    """Add `quarter`: in which fourth the account is by its active days before the landmark, the busiest last.

    Whoever is there every day has used everything, and stays; that is the doing of no single feature.
    """
    events = owned(t, "events").filter(lambda e: e.is_active_event.fill_null(True))
    acts = events.select(actor="account_id", day=local_day(events.occurred_at, t.definitions.zone)).distinct()
    start = rows.select("account_id", last=local_day(rows.landmark, t.definitions.zone))
    before = start.inner_join(acts, [start.account_id == acts.actor, acts.day < start["last"]])
    recent = before.filter(before.day >= before["last"] - ibis.interval(days=LANDMARK_DAYS))
    days = recent.group_by("actor").agg(days=recent.count())
    joined = rows.left_join(days, rows.account_id == days.actor).drop("actor")
    order = [joined.days.fill_null(0), joined.account_id]
    return joined.mutate(quarter=ibis.ntile(QUARTERS).over(ibis.window(order_by=order)))


def _plans(t: Tables) -> ir.Value:
    return t["features"].entitled_plans if t.has("features", "entitled_plans") else ibis.null("string")


def told(feature: str, rows: pd.DataFrame) -> Kept | None:
    """Both differences of one feature; None with too few on a side, or nobody alike on both."""
    sides: pd.DataFrame = rows.groupby("did")[["n", "lost"]].sum()
    if set(sides.index) != {0, 1} or sides["n"].min() < FEWEST:
        return None
    (others, lost_others), (n, lost) = (_pair(sides, did) for did in (0, 1))
    here, there = lost / n, lost_others / others
    error = here * (1 - here) / n + there * (1 - there) / others
    strata = {}
    for stratum, part in rows.groupby("stratum"):
        by = part.set_index("did")
        if {0, 1} <= set(by.index):
            strata[stratum] = (*_pair(by, 1), *_pair(by, 0))
    alike = mantel_haenszel(list(strata.values()))
    if alike is None or not error:
        return None
    gap, half = here - there, Z * sqrt(error)
    return Kept(
        feature, int(n), int(others), (here, there), (gap, gap - half, gap + half), (alike[0], alike[0] - Z * alike[1],
        alike[0] + Z * alike[1]), cochran(list(strata.values())), two_sided(gap / sqrt(error)),
    )  # fmt: skip


def _pair(sides: pd.DataFrame, did: int) -> tuple[float, float]:
    return float(sides["n"][did]), float(sides["lost"][did])


def cochran(strata: list[tuple[float, float, float, float]]) -> float:
    """The chance of such a difference if within each stratum it did not matter who did it (Cochran 1954, Mantel and
    Haenszel 1959, with continuity correction); exact enough where strata are small, as the interval is not.
    """
    excess = variance = 0.0
    for n, lost, others, lost_others in strata:
        total, out = n + others, lost + lost_others
        excess += lost - n * out / total
        variance += n * others * out * (total - out) / (total**2 * max(total - 1, 1))
    return two_sided(max(abs(excess) - 0.5, 0.0) / sqrt(variance)) if variance else 1.0


def mantel_haenszel(strata: list[tuple[float, float, float, float]]) -> tuple[float, float] | None:
    """(the common difference of two shares, its standard error) over strata of (n, part, n of the others, their part).

    Source: Mantel and Haenszel 1959; the variance of Greenland and Robins 1985, for few large strata or many small.
    """
    gap = weight = variance = 0.0
    for n, part, others, their_part in strata:
        total = n + others
        gap += (part * others - their_part * n) / total
        weight += n * others / total
        spread = part * (n - part) * others**3 + their_part * (others - their_part) * n**3
        variance += spread / (n * others * total**2)
    return (gap / weight, sqrt(variance) / weight) if weight and variance else None
