"""Ours against what others report: the figures of `knowledge/benchmarks.toml`, each with its source and its year."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

import ibis
import ibis.expr.types as ir
import pandas as pd

from bot.errors import BadData
from bot.metrics.declare import Asked, metric
from bot.metrics.estimates import quotient
from bot.metrics.tables import Tables
from bot.types import Metric, Note, Shape, Unit, Window

FILE = Path(__file__).parents[2].joinpath("knowledge", "benchmarks.toml")
FIGURES = ("part", "whole", "promoters", "detractors", "value", "n")
MONTH_DAYS = (28, 31)


@dataclass(frozen=True)
class Benchmark:
    """One figure that somebody published, and what of ours it is held against ("" = nothing of ours says the same)."""

    id: str
    low: float
    high: float
    match: Literal["same", "near", "different"]
    year: str
    population: str
    source: str
    metric: str = ""
    variant: Mapping[str, str] = field(default_factory=dict)
    months: int = 0
    """The length of period that it holds for; 0 = any."""
    population_in: Mapping[str, str] = field(default_factory=dict)
    """Language → the population in its words."""


def read(file: Path = FILE) -> tuple[Benchmark, ...]:
    """All benchmarks of the file, in its order."""
    return tuple(Benchmark(**one) for one in tomllib.loads(file.read_text(encoding="utf-8"))["benchmark"])


BENCHMARKS = read()
COMPARED = tuple(dict.fromkeys(one.metric for one in BENCHMARKS if one.metric))
UNITS = {
    "nps": Unit.POINTS, "quick_ratio": Unit.RATIO, "tickets_per_100_customers": Unit.RATIO, "ltv_cac": Unit.RATIO,
}  # fmt: skip


def _own(name: str) -> Metric:
    from bot.metrics import catalogue  # the catalogue reads this module too

    return catalogue()[name]


def _told(t: Tables, own: Metric) -> None:
    """Make sure that the data has what the compared metric needs. Raises BadData with what is missing."""
    for need in own.needs:
        pairs = [one.partition(".")[::2] for one in need.split("|")]
        if not any(t.has(table, column or None) for table, column in pairs):
            table, column = pairs[0]
            key = "missing_column" if column and t.has(table) else "missing_table"
            raise BadData(key, table=table, **({"column": column} if key == "missing_column" else {}))


def of_metric(name: str) -> tuple[Benchmark, ...]:
    """The benchmarks that a metric is held against."""
    return tuple(one for one in BENCHMARKS if one.metric == name)


def _comparable(one: Benchmark, window: Window) -> bool:
    if one.match == "different":
        return False
    return not one.months or one.months * MONTH_DAYS[0] <= window.days <= one.months * MONTH_DAYS[1]


def _held_against(frame: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    own = _own(asked.variant["compared"])
    figures = {row["kind"]: row for row in frame.to_dict("records")}
    rows = []
    for one in of_metric(own.name):
        # Where the metric has no row at all, nothing is known.
        counted = figures.get(_kind(one), {"value": None, "n": 0})
        mine = {name: value for name, value in counted.items() if name != "kind"}
        value = _value(own, mine)
        if "whole" in mine and own.parts != "counts":  # no interval of a share holds for money or averages
            mine = {"value": value, "n": mine["whole"]}
        ends = (one.low, one.high)
        verdict = "not_comparable"
        if value is not None and _comparable(one, asked.window):
            verdict = "below" if value < one.low else "above" if value > one.high else "within"
        near = ends[0] if value is None else min(ends, key=lambda end: abs(end - value))
        rows.append({
            "sign": one.id, **mine, "before": near, "benchmark_low": one.low, "benchmark_high": one.high,
            "verdict": verdict, "match": one.match, "year": one.year, "population": one.population,
            "source": one.source,
        })  # fmt: skip
    return pd.DataFrame(rows)


def _value(own: Metric, row: Mapping[Any, Any]) -> float | None:
    if "whole" not in row:
        return None if pd.isna(row["value"]) else float(row["value"])
    part, whole = (0.0 if pd.isna(row[name]) else float(row[name]) for name in ("part", "whole"))
    return (100 if own.unit is Unit.POINTS else 1) * quotient(part, whole) if whole else None


def _kind(one: Benchmark) -> str:
    return "&".join(f"{name}={value}" for name, value in sorted(one.variant.items()))


def _orientation(_rows: Sequence[Mapping[str, Any]], _asked: Asked) -> list[Note]:
    return [Note("benchmarks_orient_only")]


@metric(
    unit=Unit.SHARE,
    units=UNITS,
    good="context",
    shape=Shape.VERDICT,
    entity="metric",
    needs=(),
    variants={"compared": COMPARED},
    keys=("sign",),
    finish=_held_against,
    notes=_orientation,
)
def benchmark_compare(t: Tables, window: Window, by: tuple[str, ...] = (), *, compared: str = "churn_rate") -> ir.Table:
    """A number of ours beside those that others published, each with its year, its population and its source.

    Formula: our own value with its interval; the published figure or range; above, below or within it, or "not
    comparable" where the definition differs or the period is not of the length that the figure holds for.
    At risk: as in the metric that is compared; a published figure is orientation, no target.
    Example: 2026-10, the finger-count company, sign=recurly_recent: 3 of 8.
    Source: the published figures name their own, in knowledge/benchmarks.toml.
    """
    own = _own(compared)
    _told(t, own)
    found: dict[str, ir.Table] = {}
    for one in of_metric(compared):
        frame = own(t, window, by, **one.variant)
        figures = [name for name in FIGURES if name in frame.columns]
        figures = [name for name in figures if "whole" not in frame.columns or name not in ("value", "n")]
        columns = {name: frame[name].cast("float64") for name in figures}
        found[_kind(one)] = frame.select(**columns, kind=ibis.literal(_kind(one)))
    tables = list(found.values())
    return cast(ir.Table, ibis.union(*tables)) if len(tables) > 1 else tables[0]
