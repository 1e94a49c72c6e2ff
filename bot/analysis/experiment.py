"""What must be known of a test besides its result: who was assigned, who is mature, whether the draw was fair.

The result itself is the metric `uplift`. Nothing here looks at outcomes.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from bot.analysis.chance import two_sided
from bot.analysis.intervals import Z
from bot.analysis.measure import Analyst
from bot.analysis.rows import plain
from bot.errors import BadQuestion, NotAllowed
from bot.metrics import catalogue
from bot.metrics.experiments import units
from bot.metrics.expressions import flag
from bot.metrics.tables import Tables
from bot.types import Evidence, Grain, Query, Shape, Unit, Window, instant, local_day

USUAL_SHARES = (1 / 2, 1 / 3, 1 / 4, 1 / 5, 1 / 10, 1 / 20)
"""Shares that people plan to hold out; the same number in each arm is another."""
ARMS = (
    "campaign", "arm", "held", "value", "n", "first_day", "ripe_on", "planned", "share", "planned_share", "ratio_p",
)  # fmt: skip
UNFAIR = 0.01
"""Below this probability the arms do not fit the plan, and the result is not to be trusted."""


def usual_share(held: int, treated: int, arms: int) -> float:
    """The usual share to hold out that comes nearest; `arms` are those treated. No plan of shares is ever recorded."""
    seen = held / (held + treated)
    return min((1 / (arms + 1), *USUAL_SHARES), key=lambda share: abs(share - seen))


def sample_ratio(held: int, treated: int, share: float) -> float:
    """The probability of arms at least so far from the planned share, by chance: Pearson's chi-square, one degree.

    Source: Fabijan et al. 2019, "Diagnosing Sample Ratio Mismatch in Online Controlled Experiments".
    """
    total = held + treated
    distance = (held - total * share) ** 2 / (total * share * (1 - share))
    return two_sided(math.sqrt(distance))


def p_value(value: float, low: float, high: float) -> float:
    """The two-sided probability of a difference at least so large by chance, from its 95 % normal interval."""
    half = (high - low) / 2
    if half == 0:
        return 1.0 if value == 0 else 0.0
    return two_sided(Z * value / half)


def pooled(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """value and interval of several differences together, each weighed by the inverse of its variance.

    Source: Borenstein et al. 2009, "Introduction to Meta-Analysis", chapter 11: one true effect for all.
    """
    weights = [(2 * Z / (row["interval"][1] - row["interval"][0])) ** 2 for row in rows]
    value = sum(weight * row["value"] for weight, row in zip(weights, rows, strict=True)) / sum(weights)
    half = Z / sum(weights) ** 0.5
    return {"value": value, "interval": (value - half, value + half)}


def all_days(analyst: Analyst) -> Window:
    """From the first day on which anybody was assigned or written to until as-of."""
    company, last = analyst.company, analyst.as_of - timedelta(days=1)
    columns = (("assignments", "assigned_at"), ("sends", "occurred_at"))
    days = [company.first_day(*one) for one in columns if company.has(*one)]
    first = min((*(day for day in days if day is not None), last))
    return Window(first, analyst.as_of, Grain.RANGE, company.definitions.zone, "range")


def assigned(analyst: Analyst, query: Query, id: str) -> Evidence:
    """The arms of every test that began in the window of a settled query of `uplift`, whatever its outcome.

    Rows: campaign, arm, held (1 = gets nothing), value (people assigned), n (those whose horizon is over), first_day,
    ripe_on (the day by which all are) and planned (people an arm; None: not said); where somebody is held out also
    share (of all), planned_share and ratio_p. Raises NotAllowed where an arm is smaller than the asker may see.
    """
    days = int(dict(query.variant).get("horizon_days", catalogue()["uplift"].variants["horizon_days"][0]))
    assert query.window is not None
    window = query.window
    tables = analyst.tables(query)
    frame = units(tables, window, (), 0)
    mature = instant(analyst.as_of - timedelta(days=days), analyst.company.definitions.zone)
    frame = frame.mutate(ripe=flag(frame.assigned_at < mature))
    found = frame.group_by("campaign", "arm", "held").agg(
        value=frame.count(), n=frame.ripe.sum(), first=frame.assigned_at.min(), latest=frame.assigned_at.max()
    )
    found = _planned(tables, found)
    fetched, sql = analyst.kept.get(
        analyst.key("assigned", query.filters, query.exclude, window, days), lambda: analyst.company.query(found)
    )
    zone, rows = analyst.company.definitions.zone, []
    for record in fetched.to_dict("records"):
        first, latest = (local_day(record[name].to_pydatetime(), zone) for name in ("first", "latest"))
        row: dict[str, Any] = {
            name: plain(record[name]) for name in ("campaign", "arm", "held", "value", "n", "planned")
        }
        row |= {"first_day": first, "ripe_on": latest + timedelta(days=days + 1)}
        row |= {"share": None, "planned_share": None, "ratio_p": None}
        if 0 < row["value"] < analyst.rights.smallest_cell:
            raise NotAllowed("too_few_to_show", smallest=analyst.rights.smallest_cell)
        rows.append(row)
    rows.sort(key=lambda row: (str(row["campaign"]), -row["held"], str(row["arm"])))
    for held, treated in by_campaign(rows).values():
        if held and treated:
            out, rest = sum(row["value"] for row in held), sum(row["value"] for row in treated)
            share = usual_share(out, rest, len(treated))
            for one in (*held, *treated):
                one |= {"share": out / (out + rest), "planned_share": share, "ratio_p": sample_ratio(out, rest, share)}
    return _evidence(analyst, query, id, ARMS, rows, sql)


def by_campaign(
    rows: Sequence[Mapping[str, Any]],
) -> dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
    """Campaign → (its rows held out, its rows treated)."""
    found: dict[str, tuple[list[Any], list[Any]]] = defaultdict(lambda: ([], []))
    for row in rows:
        found[str(row["campaign"])][0 if row["held"] else 1].append(row)
    return dict(found)


def _planned(tables: Tables, found: ir.Table) -> ir.Table:
    """Add the planned size of an arm, where the company records one."""
    if not tables.has("experiments", "planned_n"):
        return found.mutate(planned=ibis.null("int64"))
    tests = tables["experiments"]
    plans = tests.group_by(of=ibis.coalesce(tests.campaign_id, tests.experiment_id)).agg(planned=tests.planned_n.max())
    return found.left_join(plans, found.campaign == plans.of).drop("of")


def is_over(arms: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the draw of a test was fair, and everybody's days are over; of the rows of both arms (see `assigned`)."""
    fair = all(row["ratio_p"] is None or row["ratio_p"] >= UNFAIR for row in arms)
    return fair and all(row["n"] >= row["value"] for row in arms)


def types_of(analyst: Analyst) -> dict[str, str]:
    """Campaign → its type ("win_back"), where the company says it."""
    if not analyst.company.has("campaigns", "type"):
        return {}
    company = analyst.company
    table = company.tables["campaigns"].select("campaign_id", "type").distinct()
    rows = analyst.kept.get(("types of campaigns", company.version), lambda: company.rows(table))
    return {row["campaign_id"]: (row["type"] or "").replace("-", "_").lower() for row in rows}


def campaigns_of(analyst: Analyst, kind: str) -> tuple[str, ...]:
    """The campaigns of a type ("win_back"). Raises BadQuestion with those that there are."""
    company = analyst.company
    found = sorted(name for name, other in types_of(analyst).items() if other == kind)
    if not found:
        raise BadQuestion("unknown_value", dimension="campaign", value=kind, near=list(company.values("campaign")[:5]))
    return tuple(found)


def audience(analyst: Analyst, query: Query, segment: str, id: str) -> Evidence:
    """How many accounts are in a segment today: those at hand for a test. NotAllowed under the smallest cell."""
    analyst.check_dimensions(query)
    named = analyst.segment(segment)
    if named is None:
        raise BadQuestion("for_whom", near=[])
    found = named(analyst.tables(query), analyst.as_of)
    fetched, sql = analyst.company.query(found.aggregate(value=found.count()))
    many = int(fetched["value"].iloc[0])
    if many < analyst.rights.smallest_cell:
        raise NotAllowed("too_few_to_show", smallest=analyst.rights.smallest_cell)
    return _evidence(
        analyst, query, id, ("segment", "value", "n"), [{"segment": segment, "value": many, "n": many}], sql
    )


def sized(analyst: Analyst, query: Query, id: str, rows: Sequence[Mapping[str, Any]]) -> Evidence:
    """The sizes that were worked out for a test, as evidence of what is said of them."""
    columns = ("base", "target", "effect", "share", "held", "treated", "value", "n")
    return _evidence(analyst, query, id, columns, rows, "")


def _evidence(
    analyst: Analyst, query: Query, id: str, columns: tuple[str, ...], rows: Sequence[Mapping[str, Any]], sql: str
) -> Evidence:
    return Evidence(
        id=id,
        query=replace(query, baseline=None),
        role="driver",
        unit=Unit.COUNT,
        good="context",
        shape=Shape.LEVEL,
        version=1,
        columns=columns,
        rows=tuple({column: row.get(column) for column in columns} for row in rows),
        as_of=analyst.as_of,
        rights=analyst.rights.row_filters,
        sql=sql,
    )
