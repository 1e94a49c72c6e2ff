"""Why a number changed, as accounting: what each segment adds to the change. Association, never cause.

For shares and ratios the change splits into a rate effect (the segment's own rate moved) and a mix effect
(the segment grew or shrank); over all segments they add up to the change exactly, also when a segment
appears or vanishes. Counts and money split by simple difference.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.analysis.compare import Comparison, by_segment, compare
from bot.analysis.intervals import difference
from bot.analysis.measure import Analyst
from bot.errors import BadData, NotAllowed
from bot.metrics import catalogue
from bot.types import Evidence, Note, Query, Shape

SMALLEST_SEGMENT = 5
"""A segment under this many at risk in both periods is never named as a driver."""


@dataclass(frozen=True)
class Effect:
    """What one segment adds to a change, in the metric's unit; `rate + mix` is its whole share of it."""

    segment: str
    part: float
    whole: float
    part_before: float
    whole_before: float
    rate: float
    mix: float

    @property
    def total(self) -> float:
        return self.rate + self.mix


@dataclass(frozen=True)
class Explanation:
    """A comparison, and per dimension the Evidence of its split; `driver` is the segment that stands out, if any."""

    comparison: Comparison
    drivers: tuple[Evidence, ...]
    driver: tuple[str, Effect] | None


def split(now: Mapping[Hashable, tuple[float, float]], before: Mapping[Hashable, tuple[float, float]]) -> list[Effect]:
    """The rate + mix split of segment → (part, whole) in two periods.

    With weights w = whole / total and rates r = part / whole, a segment's rate effect is
    (r1 - r0)(w0 + w1)/2 and its mix effect (w1 - w0)((r0 + r1)/2 - R), R the mean of the two total rates.
    A segment that is absent in one period takes its rate from the other, so it has a mix effect only.
    """
    total_now, total_before = sum(w for _, w in now.values()), sum(w for _, w in before.values())
    if not total_now or not total_before:
        return []
    level = (sum(p for p, _ in now.values()) / total_now + sum(p for p, _ in before.values()) / total_before) / 2
    effects = []
    for segment in sorted({*now, *before}, key=str):
        part, whole = now.get(segment, (0.0, 0.0))
        part_before, whole_before = before.get(segment, (0.0, 0.0))
        if not whole and not whole_before:
            continue
        weight, weight_before = whole / total_now, whole_before / total_before
        rate = part / whole if whole else part_before / whole_before
        rate_before = part_before / whole_before if whole_before else rate
        effects.append(
            Effect(
                str(segment),
                part,
                whole,
                part_before,
                whole_before,
                rate=(rate - rate_before) * (weight + weight_before) / 2,
                mix=(weight - weight_before) * ((rate + rate_before) / 2 - level),
            )
        )
    return sorted(effects, key=lambda effect: -abs(effect.total))


def explain(analyst: Analyst, query: Query, *, first_id: int = 1) -> Explanation:
    """Compare, then split the change by every dimension the question leaves open."""
    comparison = compare(analyst, replace(query, by=()), first_id=first_id)
    metric = catalogue()[query.metric or ""]
    settled = comparison.main.query
    fixed = {name for name, values in settled.filters if len(values) == 1}
    open_dimensions = [name for name in metric.by if name not in fixed and name not in ("owner", "type", "reason", "feature")]
    found: list[tuple[float, Evidence, Effect | None]] = []
    next_id = first_id + 2
    for dimension in query.by or open_dimensions:
        try:
            now, before = by_segment(analyst, replace(settled, by=(dimension,)))
        except (BadData, NotAllowed):  # a column the company lacks or the asker may not see
            continue
        effects = _effects(metric.shape, dimension, now.rows, before.rows)
        if len(effects) < 2:
            continue
        evidence = _evidence(now, before, dimension, effects, f"e{next_id}")
        next_id += 1
        strength, driver = _standing_out(effects, comparison)
        found.append((strength, evidence, driver))
    found.sort(key=lambda item: -item[0])
    best = found[0] if found and found[0][2] else None
    named = (best[1].query.by[0], best[2]) if best and best[2] else None
    return Explanation(comparison, tuple(evidence for _, evidence, _ in found), named)


def _effects(
    shape: Shape, dimension: str, now: Sequence[Mapping[str, Any]], before: Sequence[Mapping[str, Any]]
) -> list[Effect]:
    def counts(rows: Sequence[Mapping[str, Any]]) -> dict[Hashable, tuple[float, float]]:
        if shape is Shape.LEVEL:
            return {row[dimension]: (row["value"] or 0, row["n"] or 0) for row in rows}
        return {row[dimension]: (row["part"] or 0, row["whole"] or 0) for row in rows}

    if shape is not Shape.LEVEL:
        return split(counts(now), counts(before))
    levels, levels_before = counts(now), counts(before)
    effects = [
        Effect(
            str(segment),
            *levels.get(segment, (0.0, 0.0)),
            *levels_before.get(segment, (0.0, 0.0)),
            rate=levels.get(segment, (0.0, 0.0))[0] - levels_before.get(segment, (0.0, 0.0))[0],
            mix=0.0,
        )
        for segment in {*levels, *levels_before}
    ]
    return sorted(effects, key=lambda effect: (-abs(effect.total), effect.segment))


def _standing_out(effects: list[Effect], comparison: Comparison) -> tuple[float, Effect | None]:
    """(strength, the segment that holds clearly more of the change than its size explains).

    Strength is the part of the change beyond the segment's fair share by size. A share's segment must also
    have moved by itself: the interval of its own change excludes zero.
    """
    change = comparison.change
    total = sum(effect.whole + effect.whole_before for effect in effects)
    if not change or not total:
        return 0.0, None
    best: tuple[float, Effect | None] = (0.0, None)
    for effect in effects:
        if min(effect.whole, effect.whole_before) < SMALLEST_SEGMENT or effect.total * change <= 0:
            continue
        if comparison.interval is not None and not _moved(effect):
            continue
        fair = (effect.whole + effect.whole_before) / total
        excess = min(effect.total / change, 1.0) - fair
        if excess > best[0]:
            best = (excess, effect)
    return best


def _moved(effect: Effect) -> bool:
    if not (0 <= effect.part <= effect.whole and 0 <= effect.part_before <= effect.whole_before):
        return True
    low, high = difference(effect.part, effect.whole, effect.part_before, effect.whole_before)
    return not low <= 0 <= high


def _evidence(now: Evidence, before: Evidence, dimension: str, effects: list[Effect], id: str) -> Evidence:
    rows = tuple(
        {
            dimension: effect.segment,
            "part": effect.part,
            "whole": effect.whole,
            "baseline_part": effect.part_before,
            "baseline_whole": effect.whole_before,
            "rate_effect": effect.rate,
            "mix_effect": effect.mix,
            "effect": effect.total,
        }
        for effect in effects
    )
    return replace(
        now,
        id=id,
        role="driver",
        columns=tuple(rows[0]),
        rows=rows,
        sql=f"{now.sql};\n\n{before.sql}",
        caveats=(*now.caveats, Note("association")),
    )
