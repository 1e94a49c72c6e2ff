"""The parts a change adds up from: new, expansion, contraction and churn behind MRR; came and went behind the active.

Told only where the parts add up to the change exactly. What is measured are the flows; nothing is estimated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.analysis.compare import Comparison, compared
from bot.analysis.explain import Explanation, split_change
from bot.analysis.measure import Analyst, measure_all
from bot.analysis.split import parts_of
from bot.analysis.windows import baseline_of, is_trend, previous
from bot.errors import BadQuestion
from bot.metrics import catalogue
from bot.types import Evidence, Grain, Query, Window

ENDS = ("start", "end")
"""Rows of a bridge that are no movement; resume and pause have no effect of their own, they are inside others."""


@dataclass(frozen=True)
class Way:
    """The flow behind a level, what one unit of it is in units of the level, and the signs of parts without one.

    `apart` says that the largest part is split by segments; else the level itself is what has segments.
    """

    flow: str
    scale: float = 1.0
    signs: Mapping[str, float] = field(default_factory=dict)
    apart: bool = False


COMING_AND_GOING = {"new": 1.0, "resurrected": 1.0, "dormant": -1.0, "current": 0.0}
SIGNS: Mapping[str, Mapping[str, float]] = {"lifecycle_counts": COMING_AND_GOING}
"""Flow → the signs of its parts in its net, where its rows do not carry them as `effect`."""
BEHIND: Mapping[str, Way] = {
    "mrr": Way("mrr_movements", apart=True),
    "arr": Way("mrr_movements", 12.0),
    "active_users": Way("lifecycle_counts", 1.0, COMING_AND_GOING),
}
"""Level → the flow whose parts its change adds up from."""


@dataclass(frozen=True)
class Bridge:
    """A change by its parts: `parts` has a row per part with its `effect`; the effects add up to the change.

    `largest` is the part that holds most of the change, and `within` the split of that part by segments, against the
    same part in the period before; None where there is no such period, or where that part did not grow.
    """

    parts: Evidence
    largest: str
    within: Explanation | None


def behind(analyst: Analyst, comparison: Comparison, *, first_id: int = 3) -> Bridge | None:
    """The bridge from the baseline of a level to its value now; None where no flow adds up to the change."""
    query, change = comparison.main.query, comparison.change
    way = BEHIND.get(query.metric or "")
    if way is None or not change or len(comparison.against) > 1:
        return None
    metric = catalogue()[way.flow]
    window, before = _windows(comparison)
    asked = replace(
        query,
        metric=way.flow,
        window=window,
        variant=tuple(one for one in query.variant if one[0] in metric.variants),
    )
    if analyst.missing(metric) or not {name for name, _ in (*query.filters, *query.exclude)} <= set(metric.by):
        return None
    now, then = _measured(analyst, asked, window, before)
    effects = _effects(now, way.scale, way.signs)
    if abs(sum(effects.values()) - change) > 1e-6 * max(1.0, abs(change)):
        return None
    earlier = {str(row["type"]): row for row in then.rows} if then else {}
    rows = [
        {
            "type": str(row["type"]),
            "value": way.scale * row["value"],
            "n": row["n"],
            "baseline_value": way.scale * earlier[row["type"]]["value"] if row["type"] in earlier else None,
            "effect": effects[str(row["type"])],
        }
        for row in now.rows
        if row["type"] in effects
    ]
    return _bridge(analyst, comparison, now, then if way.apart else None, rows, change, first_id)


def of_flow(analyst: Analyst, query: Query, *, first_id: int = 1) -> tuple[Comparison, Bridge]:
    """(the net of a flow against that of its baseline, the parts that its change adds up from)."""
    query = analyst.settled(replace(query, baseline=query.baseline or "previous", by=()))
    window = query.window
    assert window is not None  # settled fills it
    before = baseline_of(query, window)
    assert before is not None
    first = analyst.first_day(catalogue()[query.metric or ""])
    if before.start < first:
        raise BadQuestion("period_before_data", start=before.start, first=first)
    now, then = _measured(analyst, query, window, before)
    assert then is not None
    signs = SIGNS.get(query.metric or "", {})
    effects, earlier = _effects(now, 1.0, signs), _effects(then, 1.0, signs)
    net = [
        replace(
            one, id=f"e{first_id + number}", rows=({"value": sum(sums.values()), "n": None},), columns=("value", "n")
        )
        for number, (one, sums) in enumerate(((now, effects), (then, earlier)))
    ]
    comparison = compared(*net)
    sizes = {str(row["type"]): row for row in now.rows}
    sizes_before = {str(row["type"]): row for row in then.rows}
    rows = [
        {
            "type": one.segment,
            "value": sizes[one.segment]["value"] if one.segment in sizes else 0,
            "n": sizes[one.segment]["n"] if one.segment in sizes else 0,
            "baseline_value": sizes_before[one.segment]["value"] if one.segment in sizes_before else 0,
            "effect": one.total,
        }
        for one in parts_of(effects, earlier)
    ]
    return comparison, _bridge(analyst, comparison, now, then, rows, comparison.change or 0.0, first_id + 2)


def _windows(comparison: Comparison) -> tuple[Window, Window]:
    """(the days from the baseline's end to the end now, as many days before them)."""
    main, before = comparison.main.query.window, comparison.against[0]
    assert main is not None
    window = main if before.end == main.start else replace(main, start=before.end, grain=Grain.RANGE, name="range")
    return window, previous(window)


def _measured(analyst: Analyst, query: Query, window: Window, before: Window) -> tuple[Evidence, Evidence | None]:
    """The flow in both windows, each as one bridge; the earlier is None where the data does not reach back."""
    both = [replace(one, grain=Grain.RANGE) if is_trend(one) else one for one in (window, before)]
    if both[1].start < analyst.first_day(catalogue()[query.metric or ""]):
        return measure_all(analyst, query, both[:1], ids=("e1",), roles=("main",))[0], None
    now, then = measure_all(analyst, query, both, ids=("e1", "e2"), roles=("main", "baseline"))
    return now, then


def _effects(flow: Evidence, scale: float, signs: Mapping[str, float]) -> dict[str, float]:
    """Part → what it adds to the net, with its sign; parts that add nothing by definition are left out."""
    found = {}
    for row in flow.rows:
        name = str(row["type"])
        effect = row["effect"] if "effect" in row else signs.get(name, 0.0) * row["value"]
        if name not in ENDS and name not in ("pause", "resume", *(one for one, sign in signs.items() if not sign)):
            found[name] = scale * float(effect or 0)
    return found


def _bridge(
    analyst: Analyst,
    comparison: Comparison,
    now: Evidence,
    then: Evidence | None,
    rows: list[dict[str, Any]],
    change: float,
    first_id: int,
) -> Bridge:
    rows = sorted(rows, key=lambda row: (-abs(row["effect"]), row["type"]))
    parts = replace(
        now, id=f"e{first_id}", role="driver", unit=comparison.main.unit, currency=comparison.main.currency,
        rows=tuple(rows), columns=tuple(rows[0]), caveats=(),
    )  # fmt: skip
    going = [row for row in rows if row["effect"] * change > 0]
    largest = str((going or rows)[0]["type"])
    within = _within(analyst, now, then, largest, first_id + 1) if going and then else None
    return Bridge(parts, largest, within)


def _within(analyst: Analyst, now: Evidence, then: Evidence, part: str, first_id: int) -> Explanation | None:
    """The split by segments of how one part of a flow changed, where it grew."""
    sides = []
    for number, one in enumerate((now, then)):
        row = next((row for row in one.rows if row["type"] == part), {"value": 0, "n": 0})
        told = {"value": row["value"], "n": row["n"]}
        sides.append(replace(one, id=f"e{first_id + number}", rows=(told,), columns=tuple(told)))
    comparison = compared(*sides)
    if not comparison.change or comparison.change < 0:
        return None
    return split_change(analyst, comparison, part=part, first_id=first_id + 2)
