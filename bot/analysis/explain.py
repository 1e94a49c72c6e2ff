"""Why a number changed, as accounting: what each segment adds to the change. Association, never cause.

For shares, ratios and averages the change splits into a rate effect (the segment's own rate moved) and a mix effect
(the segment grew or shrank); for sums into how many and how much each. Over all segments they add up to the change
exactly, also when a segment appears or vanishes. Which of them is named is decided by `drivers`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from bot.analysis.compare import Comparison, compare
from bot.analysis.drivers import (
    JOINED,
    SMALLEST_SEGMENT,
    Accounts,
    Driver,
    labelled,
    paired,
    singled_out,
)
from bot.analysis.measure import Analyst
from bot.analysis.split import AVERAGED, Counts, Effect, splitting
from bot.metrics import catalogue
from bot.metrics.dimensions import ACCOUNT_COLUMNS, BANDS, PLAN_COLUMNS, offered
from bot.metrics.tables import SEGMENT
from bot.progress import step
from bot.types import Evidence, Metric, Query, Shape, Unit, Window

__all__ = ["NO_DRIVERS", "SMALLEST_SEGMENT", "Explanation", "by_account", "explain", "open_to", "split_change"]

NO_DRIVERS = ("owner", "type", "reason", "feature", "cohort", SEGMENT, *BANDS)
"""Dimensions that name people or results, or in which one person is in several segments."""
OF_ACCOUNTS = (*ACCOUNT_COLUMNS, *PLAN_COLUMNS, "tenure")
"""Dimensions in which an account has one value at a time, so that they can be crossed."""
MOST_ACCOUNTS = 200_000
"""Over this many account rows the split is fetched as sums: then there are no pairs, and only counts are tested."""

TAKEN_FROM = {
    "churn": ("start",),
    "contraction": ("start",),
    "expansion": ("start",),
    "dormant": ("current", "dormant"),
}
"""Part of a flow → the parts that it is taken from, so that it has a rate: the lost of what was there at the start."""


@dataclass(frozen=True)
class Explanation:
    """A comparison, and per dimension the Evidence of its split, those that stand out first.

    `driver` is the segment that stands out most, if any does; `named` are all single segments that do; `pair` is the
    pair of segments that says more than each of its parts, and `crossed` the Evidence of the split by both.
    """

    comparison: Comparison
    drivers: tuple[Evidence, ...]
    driver: tuple[str, Effect] | None
    named: tuple[Driver, ...] = ()
    pair: Driver | None = None
    crossed: Evidence | None = None


def explain(analyst: Analyst, query: Query, *, first_id: int = 1) -> Explanation:
    """Compare, then split the change by every dimension the question leaves open, or by those it names."""
    comparison = compare(analyst, replace(query, by=()), first_id=first_id)
    return split_change(analyst, comparison, query.by, first_id=first_id + 2)


def split_change(
    analyst: Analyst,
    comparison: Comparison,
    dimensions: tuple[str, ...] = (),
    *,
    part: str | None = None,
    first_id: int = 3,
) -> Explanation:
    """The split of a change by each dimension (by default all that are open), and by the pair that says more.

    `part` names one part of a flow ("churn" of mrr_movements); the comparison is then of that part, value and n.
    A dimension whose effects do not add up to the change (a person may be in several segments) is left out.
    """
    query = comparison.main.query
    asked = open_to(analyst, query, dimensions)
    step("step_split", len(asked))
    effects_of = splitting(*_kind(comparison.main, part))
    accounts, sql = by_account(analyst, comparison, asked, part)
    splits: dict[str, tuple[list[Effect], str]] = {}
    if accounts is not None:
        for name in accounts.places:
            splits[name] = (effects_of(*_values(comparison.main, part, accounts.counts(name))), sql)
    counted: dict[str, tuple[Counts, Counts]] = {}
    apart = [name for name in asked if name not in splits] if _has_parts(comparison, accounts) else []
    for name, now, before, query_sql in _sums(analyst, comparison, apart, part):
        counted[name] = (now, before)
        splits[name] = (effects_of(now, before), query_sql)
    splits = {name: one for name, one in splits.items() if len(one[0]) > 1 and _adds_up(one[0], comparison)}
    named, nearest, pair = _standing_out(analyst, comparison, accounts, counted, splits, part)
    first = list(dict.fromkeys((*(one.dimensions[0] for one in named), *nearest, *asked)))
    ordered = sorted(splits, key=first.index)
    evidence = [
        _evidence(comparison.main, (name,), splits[name][0], splits[name][1], f"e{first_id + number}")
        for number, name in enumerate(ordered)
    ]
    both = None
    if pair is not None and accounts is not None:
        effects = effects_of(*_values(comparison.main, part, labelled(accounts.counts(*pair.dimensions))))
        both = _evidence(comparison.main, pair.dimensions, effects, sql, f"e{first_id + len(evidence)}")
    driver = (named[0].dimensions[0], named[0].effect) if named else None
    return Explanation(comparison, tuple(evidence), driver, tuple(named), pair, both)


def open_to(analyst: Analyst, query: Query, dimensions: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The dimensions to split by: asked for or open, allowed, and in the data."""
    metric, rights = catalogue()[query.metric or ""], analyst.rights.dimensions
    fixed = {name for name, values in query.filters if len(values) == 1}
    tables = analyst.tables(query)
    return tuple(
        name
        for name in dimensions or metric.by
        if name in metric.by
        and (dimensions or name not in NO_DRIVERS)
        and name not in fixed
        and (rights is None or name in rights)
        and offered(tables, name)
        and not (metric.unit is Unit.COUNT and metric.entity == "user" and name == "platform")  # one has several
    )


def _has_parts(comparison: Comparison, accounts: Accounts | None) -> bool:
    """Whether segments can add up: those of a median do not."""
    main = comparison.main
    return accounts is not None or main.shape is not Shape.LEVEL or main.unit not in AVERAGED


def _kind(main: Evidence, part: str | None) -> tuple[Shape, Unit]:
    return (Shape.LEVEL, main.unit) if part else (main.shape, main.unit)


def _standing_out(
    analyst: Analyst,
    comparison: Comparison,
    accounts: Accounts | None,
    counted: Mapping[str, tuple[Counts, Counts]],
    splits: Mapping[str, Any],
    part: str | None,
) -> tuple[list[Driver], list[str], Driver | None]:
    """(the single segments that stand out, the dimensions nearest to it first, the pair) of a change beyond chance."""
    change = comparison.change
    if not change or comparison.clear is False:
        return [], [], None
    exact = comparison.main.parts == "counts" and comparison.main.unit in (Unit.SHARE, Unit.COUNT)
    if accounts is None:
        if not counted:
            return [], [], None
        summed = splitting(*_kind(comparison.main, part)) is splitting(Shape.LEVEL, Unit.COUNT)
        accounts = Accounts.none(summed=summed, rated=not summed or part in TAKEN_FROM)
    accounts = accounts.only([name for name in accounts.places if name in splits])
    named, nearest = singled_out(
        accounts, change, {name: counted[name] for name in counted if name in splits}, exact=exact
    )
    # Under a smallest cell a crossing could be taken from its parts, and give away the cell that is left.
    inside = named[0] if named and named[0].dimensions[0] in accounts.places else None
    if analyst.rights.smallest_cell or (named and inside is None):
        return named, nearest, None
    return named, nearest, paired(accounts, change, inside, exact=exact)


def _adds_up(effects: list[Effect], comparison: Comparison) -> bool:
    scale = 100 if comparison.main.unit is Unit.POINTS else 1
    total, change = scale * sum(effect.total for effect in effects), comparison.change or 0.0
    return abs(total - change) <= 1e-6 * max(1.0, abs(change), *(abs(effect.part) for effect in effects))


# ------------------------------------------------------------------------------------------------ fetching


def by_account(
    analyst: Analyst, comparison: Comparison, dimensions: tuple[str, ...], part: str | None = None
) -> tuple[Accounts | None, str]:
    """What each account adds in both periods, by all the dimensions or by those in which it has one place at a time.

    None where the number cannot be told by account, or of too many.
    """
    wanted = tuple(name for name in dimensions if name not in (SEGMENT, *BANDS))
    for names in dict.fromkeys((wanted, tuple(name for name in wanted if name in OF_ACCOUNTS))):
        accounts, sql = _placed(analyst, comparison, names, part) if names else (None, "")
        if accounts is not None:
            return accounts, sql
    return None, ""


def _placed(
    analyst: Analyst, comparison: Comparison, dimensions: tuple[str, ...], part: str | None
) -> tuple[Accounts | None, str]:
    main = comparison.main.query
    metric = catalogue()[main.metric or ""]
    if metric.finish is not None or (metric.keys and part is None):
        return None, ""
    windows = (_window(main), *comparison.against)
    asked_for = (main.metric, main.variant, main.filters, main.exclude, dimensions, part, windows)
    frame, sql = analyst.kept.get(
        analyst.key("accounts", asked_for), lambda: _fetched_accounts(analyst, main, windows, dimensions, part)
    )
    if frame is None or len(frame) > MOST_ACCOUNTS:
        return None, ""
    summed = splitting(*_kind(comparison.main, part)) is splitting(Shape.LEVEL, Unit.COUNT)
    frame = frame.assign(part=frame["part"].fillna(0.0), whole=frame["whole"].fillna(0.0))
    if metric.shape is Shape.LEVEL and metric.unit in AVERAGED:  # an average of averages by their n
        frame["part"] *= frame["whole"]
    now, earlier = frame[frame["side"] == 0], frame[frame["side"] > 0]
    steps = len(comparison.against) if summed else 1
    sides = pd.concat(
        [
            now.assign(part_before=0.0, whole_before=0.0),
            earlier.assign(part=0.0, whole=0.0, part_before=earlier.part / steps, whole_before=earlier.whole / steps),
        ],
        ignore_index=True,
    )
    if sides.empty or not _whole(comparison, sides, summed=summed):
        return None, ""
    for name in dimensions:
        sides[name] = _together(sides, name, analyst.rights.smallest_cell)
    return Accounts.of(sides, dimensions, summed=summed, rated=True if part in TAKEN_FROM else None), sql


def _fetched_accounts(
    analyst: Analyst, query: Query, windows: tuple[Window, ...], dimensions: tuple[str, ...], part: str | None
) -> tuple[pd.DataFrame | None, str]:
    metric = catalogue()[query.metric or ""]
    tables = replace(analyst.tables(query), carried=dimensions)
    try:
        sides = [
            _told(metric, metric(tables, window, ("account_id", *dimensions), **dict(query.variant)), part).select(
                "part", "whole", "account_id", side=ibis.literal(side), **{name: _text(name) for name in dimensions}
            )
            for side, window in enumerate(windows)
        ]
        sides = [side.filter((side.part != 0) | (side.whole != 0)) for side in sides]
    except ibis.common.exceptions.IbisError:  # its rows are of something else than accounts, and cannot be told by them
        return None, ""
    return analyst.company.query(ibis.union(*sides).limit(MOST_ACCOUNTS + 1))


def _text(name: str) -> Any:
    return ibis._[name].cast("string")


def _told(metric: Metric, table: ir.Table, part: str | None) -> ir.Table:
    """The rows of a metric with its figures as `part` and `whole`; of a flow one part, and what it is taken from."""
    first, second = ("value", "n") if metric.shape in (Shape.LEVEL, Shape.FLOW) else ("part", "whole")
    value, base = table[first].cast("float64"), table[second].cast("float64")
    people = table["n" if metric.parts == "money" else second].cast("float64")
    if part is not None:
        taken_from = TAKEN_FROM.get(part, ())
        table = table.filter(table.type.isin((part, *taken_from)))
        value = (table.type == part).ifelse(table[first].cast("float64"), 0.0)
        whole = table[first] if taken_from else table[second]
        base = table.type.isin(taken_from or (part,)).ifelse(whole.cast("float64"), 0.0)
        people = table[second].cast("float64")
    return table.mutate(part=value, whole=base, people=people)


def _whole(comparison: Comparison, sides: pd.DataFrame, *, summed: bool) -> bool:
    """Whether the accounts together are the numbers that were measured."""
    sums = {name: float(sides[name].sum()) for name in ("part", "whole", "part_before", "whole_before")}
    scale = 100 if comparison.main.unit is Unit.POINTS else 1
    pairs = (("part", "whole", comparison.main), ("part_before", "whole_before", comparison.baseline))
    for first, second, evidence in pairs:
        value = evidence.rows[0]["value"]
        told = sums[first] if summed else scale * sums[first] / sums[second] if sums[second] else None
        if value is None or told is None or abs(told - value) > 1e-6 * max(1.0, abs(value)):
            return False
    return True


def _together(sides: pd.DataFrame, dimension: str, smallest: int) -> pd.Series[Any]:
    """The dimension with segments under the smallest cell put together as "other"."""
    if not smallest:
        return sides[dimension]
    periods = [sides[sides["whole"] != 0], sides[sides["whole_before"] != 0]]
    people = [one.groupby(dimension)["account_id"].nunique() for one in periods]
    values = sides[dimension].unique()
    customers = {value: float(min(one.get(value, float("inf")) for one in people)) for value in values}
    small = _too_few(customers, smallest)
    return sides[dimension].where(~sides[dimension].isin(list(small)), "other")


def _too_few(customers: Mapping[Hashable, float], smallest: int) -> set[Hashable]:
    """The segments under the smallest cell, with the next one if those are still too few."""
    ordered = sorted(customers, key=lambda one: (customers[one], str(one)))
    together: list[Hashable] = [one for one in ordered if customers[one] < smallest]
    too_few = len(together) == 1 or sum(customers[one] for one in together) < smallest
    if together and too_few and len(together) < len(ordered):
        together.append(ordered[len(together)])
    return set(together)


def _sums(
    analyst: Analyst, comparison: Comparison, dimensions: list[str], part: str | None
) -> Iterator[tuple[str, Counts, Counts, str]]:
    """(dimension, counts now, counts before, SQL), fetched as sums in one query."""
    if not dimensions:
        return
    main = comparison.main.query
    windows = (_window(main), *comparison.against)
    asked_for = (main.metric, main.variant, main.filters, main.exclude, tuple(dimensions), part, windows)
    frame, sql = analyst.kept.get(
        analyst.key("split", asked_for), lambda: _fetched_sums(analyst, main, windows, dimensions, part)
    )
    steps = len(comparison.against)
    summed = splitting(*_kind(comparison.main, part)) is splitting(Shape.LEVEL, Unit.COUNT)
    averaged = comparison.main.shape is Shape.LEVEL and not summed
    for dimension in dimensions:
        sides: list[dict[Hashable, tuple[float, float]]] = [{}, {}]
        customers: dict[Hashable, float] = {}
        for row in frame[frame["dimension"] == dimension].to_dict("records"):
            segment, first, second = str(row["segment"]), float(row["part"] or 0), float(row["whole"] or 0)
            side = sides[min(int(row["side"]), 1)]
            share = steps if summed and row["side"] else 1
            part_so_far, whole_so_far = side.get(segment, (0.0, 0.0))
            added = first * second if averaged else first / share
            side[segment] = (part_so_far + added, whole_so_far + second / share)
            customers[segment] = min(customers.get(segment, float("inf")), float(row["people"] or 0))
        small = _too_few(customers, analyst.rights.smallest_cell) if analyst.rights.smallest_cell else set()
        both: tuple[Counts, Counts] = (_merged(sides[0], small), _merged(sides[1], small))
        if averaged:
            both = _values(comparison.main, part, both)
        yield dimension, *both, sql


def _fetched_sums(
    analyst: Analyst, query: Query, windows: tuple[Window, ...], dimensions: list[str], part: str | None
) -> tuple[pd.DataFrame, str]:
    """The rows of every breakdown in all windows, from account frames that all breakdowns share."""
    metric = catalogue()[query.metric or ""]
    tables = replace(analyst.tables(query), carried=tuple(dimensions))
    parts = [
        _told(metric, metric(tables, window, (dimension,), **dict(query.variant)), part).select(
            "part",
            "whole",
            "people",
            side=ibis.literal(side),
            dimension=ibis.literal(dimension),
            segment=_text(dimension),
        )
        for dimension in dimensions
        for side, window in enumerate(windows)
    ]
    return analyst.company.query(ibis.union(*parts))


def _merged(counts: dict[Hashable, tuple[float, float]], small: set[Hashable]) -> dict[Hashable, tuple[float, float]]:
    """The counts with the small segments put together as "other"."""
    if not small:
        return counts
    rest = {one: pair for one, pair in counts.items() if one not in small}
    together = [pair for one, pair in counts.items() if one in small]
    return {**rest, "other": (sum(a for a, _ in together), sum(b for _, b in together))}


def _values(main: Evidence, part: str | None, both: tuple[Counts, Counts]) -> tuple[Counts, Counts]:
    """The counts as the split wants them: of an average the value and n, of anything else as they are."""
    shape, unit = _kind(main, part)
    if shape is not Shape.LEVEL or unit not in AVERAGED:
        return both
    now, before = ({name: (total / n if n else 0.0, n) for name, (total, n) in one.items()} for one in both)
    return now, before


def _window(query: Query) -> Window:
    assert query.window is not None  # measured
    return query.window


def _evidence(main: Evidence, dimensions: tuple[str, ...], effects: list[Effect], sql: str, id: str) -> Evidence:
    rows = tuple(
        {
            **dict(zip(dimensions, effect.segment.split(JOINED), strict=True)),
            "part": effect.part,
            "whole": effect.whole,
            "baseline_part": effect.part_before,
            "baseline_whole": effect.whole_before,
            **_values_of(main, effect),
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
        query=replace(main.query, by=dimensions),
        columns=tuple(rows[0]),
        rows=rows,
        sql=sql,
        caveats=(),
    )


def _values_of(main: Evidence, effect: Effect) -> dict[str, float | None]:
    """The number of a segment in both periods, where people know it by that and not by its parts: averages, points."""
    if main.shape in (Shape.LEVEL, Shape.FLOW) or not (main.unit is Unit.POINTS or main.parts == "averages"):
        return {}
    scale = 100 if main.unit is Unit.POINTS else 1
    return {
        "value": scale * effect.part / effect.whole if effect.whole else None,
        "baseline_value": scale * effect.part_before / effect.whole_before if effect.whole_before else None,
    }
