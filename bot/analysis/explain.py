"""Why a number changed, as accounting: what each segment adds to the change. Association, never cause.

For shares and ratios the change splits into a rate effect (the segment's own rate moved) and a mix effect
(the segment grew or shrank); over all segments they add up to the change exactly, also when a segment
appears or vanishes. Counts and money split by simple difference.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, replace

import ibis
import pandas as pd

from bot.analysis.compare import Comparison, compare
from bot.analysis.intervals import difference
from bot.analysis.measure import Analyst
from bot.analysis.split import Effect, splitting
from bot.metrics import catalogue
from bot.metrics.dimensions import BANDS, offered
from bot.metrics.tables import SEGMENT
from bot.types import Evidence, Query, Shape, Window

SMALLEST_SEGMENT = 5
"""A segment under this many at risk in both periods is never named as a driver."""


@dataclass(frozen=True)
class Explanation:
    """A comparison, and per dimension the Evidence of its split; `driver` is the segment that stands out, if any."""

    comparison: Comparison
    drivers: tuple[Evidence, ...]
    driver: tuple[str, Effect] | None


def explain(analyst: Analyst, query: Query, *, first_id: int = 1) -> Explanation:
    """Compare, then split the change by every dimension the question leaves open, or by those it names."""
    comparison = compare(analyst, replace(query, by=()), first_id=first_id)
    return split_change(analyst, comparison, query.by, first_id=first_id + 2)


def split_change(
    analyst: Analyst, comparison: Comparison, dimensions: tuple[str, ...] = (), *, first_id: int = 3
) -> Explanation:
    """The split of a change by each dimension (by default all that are open), fetched in one query."""
    query = comparison.main.query
    metric = catalogue()[query.metric or ""]
    fixed = {name for name, values in query.filters if len(values) == 1}
    rights = analyst.rights.dimensions
    asked = tuple(
        name
        for name in dimensions or metric.by
        if name in metric.by
        and (dimensions or name not in NO_DRIVERS)
        and name not in fixed
        and (rights is None or name in rights)
    )
    found: list[tuple[float, Evidence, Effect | None]] = []
    for number, (dimension, now, before, customers, sql) in enumerate(_splits(analyst, comparison, asked)):
        effects = splitting(metric.shape, metric.unit)(now, before)
        if len(effects) < 2:
            continue
        evidence = _evidence(comparison.main, dimension, effects, sql, f"e{first_id + number}")
        strength, driver = _standing_out(effects, comparison, customers)
        found.append((strength, evidence, driver))
    # Of dimensions that explain the change about equally well, the one the metric names first.
    found.sort(key=lambda item: (-round(item[0], 1), asked.index(item[1].query.by[0])))
    best = found[0] if found and found[0][2] else None
    named = (best[1].query.by[0], best[2]) if best and best[2] else None
    return Explanation(comparison, tuple(evidence for _, evidence, _ in found), named)


NO_DRIVERS = ("owner", "type", "reason", "feature", "cohort", SEGMENT, *BANDS)
"""Dimensions that name people or results, or in which one person is in several segments."""

Counts = dict[Hashable, tuple[float, float]]
"""Segment → (part, whole), or (value, n) of a level."""


def _splits(
    analyst: Analyst, comparison: Comparison, dimensions: tuple[str, ...]
) -> Iterator[tuple[str, Counts, Counts, Mapping[Hashable, float], str]]:
    """(dimension, counts now, counts before, customers, SQL) for each dimension that the company's data has."""
    main, baseline = comparison.main.query, comparison.baseline.query
    present = tuple(name for name in dimensions if offered(analyst.tables(main), name))
    if not present:
        return
    asked_for = (main.metric, main.variant, main.filters, main.exclude, present, main.window, baseline.window)
    frame, sql = analyst.kept.get(
        analyst.key("split", asked_for), lambda: _fetched(analyst, main, (main.window, baseline.window), present)
    )
    for dimension in present:
        rows = frame[frame["dimension"] == dimension]
        sides: list[Counts] = [{}, {}]
        customers: dict[Hashable, float] = {}
        for row in rows.to_dict("records"):
            segment, counts = str(row["segment"]), (float(row["first"] or 0), float(row["second"] or 0))
            sides[int(row["side"])][segment] = counts
            customers[segment] = min(customers.get(segment, float("inf")), float(row["customers"] or 0))
        yield dimension, *_large(sides[0], sides[1], customers, analyst.rights.smallest_cell), customers, sql


def _fetched(
    analyst: Analyst, query: Query, windows: tuple[Window | None, ...], dimensions: tuple[str, ...]
) -> tuple[pd.DataFrame, str]:
    """The rows of every breakdown in both windows, from account frames that all breakdowns share."""
    metric = catalogue()[query.metric or ""]
    tables = replace(analyst.tables(query), carried=dimensions)
    first, second = ("value", "n") if metric.shape is Shape.LEVEL else ("part", "whole")
    parts = []
    for dimension in dimensions:
        for side, window in enumerate(windows):
            table = metric(tables, window, (dimension,), **dict(query.variant))
            parts.append(
                table.select(
                    side=ibis.literal(side),
                    dimension=ibis.literal(dimension),
                    segment=table[dimension].cast("string"),
                    first=table[first].cast("float64"),
                    second=table[second].cast("float64"),
                    customers=table["n" if metric.parts == "money" else second].cast("float64"),
                )
            )
    return analyst.company.query(ibis.union(*parts))


def _large(now: Counts, before: Counts, customers: Mapping[Hashable, float], smallest: int) -> tuple[Counts, Counts]:
    """Segments under the smallest cell put together as "other", with the next one if those are still too few."""
    if not smallest:
        return now, before

    ordered = sorted({*now, *before}, key=lambda one: (customers[one], str(one)))
    together: list[Hashable] = [one for one in ordered if customers[one] < smallest]
    too_few = len(together) == 1 or sum(customers[one] for one in together) < smallest
    if together and too_few and len(together) < len(ordered):
        together.append(ordered[len(together)])
    if not together:
        return now, before

    def merged(counts: Counts) -> Counts:
        rest = {one: pair for one, pair in counts.items() if one not in together}
        small = [counts[one] for one in together if one in counts]
        return {**rest, "other": (sum(a for a, _ in small), sum(b for _, b in small))}

    return merged(now), merged(before)


def _standing_out(
    effects: list[Effect], comparison: Comparison, customers: Mapping[Hashable, float]
) -> tuple[float, Effect | None]:
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
        lasting = min(effect.whole, effect.whole_before) > 0
        # Where parts are money, the customers behind them are counted apart.
        if not lasting or customers.get(effect.segment, 0) < SMALLEST_SEGMENT or effect.total * change <= 0:
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


def _evidence(main: Evidence, dimension: str, effects: list[Effect], sql: str, id: str) -> Evidence:
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
        main,
        id=id,
        role="driver",
        query=replace(main.query, by=(dimension,)),
        columns=tuple(rows[0]),
        rows=rows,
        sql=sql,
        caveats=(),
    )
