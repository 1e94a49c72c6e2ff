"""What an engine gave as the rows of an Evidence: plain Python, each with its value, its interval and its place."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pandas as pd

from bot.analysis.intervals import balance, wilson
from bot.types import Metric, Shape, Unit

ORDER = (
    "start", "new", "current", "resurrected", "expansion", "reactivation", "resume", "contraction", "pause", "churn",
    "dormant", "end",
)  # fmt: skip
"""How the parts of a flow follow each other; others come after them, by name."""


def largest(frame: pd.DataFrame, most: int) -> pd.DataFrame:
    """The rows about the most customers, where there are more than anybody reads."""
    size = next((name for name in ("whole", "n", "value") if name in frame.columns), None)
    return frame.head(most) if size is None else frame.nlargest(most, size)


def ordered(metric: Metric, frame: pd.DataFrame, by: tuple[str, ...], *, trend: bool) -> pd.DataFrame:
    """The rows by period, segment and what else names them; a finished metric brings its own order."""
    keys = [*(["period"] if trend else []), *(name for name in by if name not in metric.keys), *metric.keys]
    if metric.shape is Shape.GRID:
        keys = list(metric.keys)
    if not keys or metric.finish is not None:
        return frame
    return frame.sort_values(keys, key=_rank if metric.shape is Shape.FLOW else None, kind="stable")


def _rank(column: pd.Series[Any]) -> pd.Series[Any]:
    if column.name != "type":
        return column
    names = [*ORDER, *sorted(set(column) - set(ORDER))]
    return column.map(names.index)


def empty(metric: Metric) -> dict[str, Any]:
    """The one row of a question about nobody."""
    if metric.shape is Shape.LEVEL:
        return {"value": 0, "n": 0}
    return {"part": 0, "whole": 0}


def row_of(metric: Metric, record: Mapping[Any, Any]) -> dict[str, Any]:
    """One row as plain Python: the number itself as `value`, and its interval where it has one."""
    row = {str(name): plain(value) for name, value in record.items()}
    # A breakdown by the dimension `interval` keeps that name for it.
    key = "bounds" if "interval" in row else "interval"
    low, high = row.pop("low", None), row.pop("high", None)
    if low is not None and high is not None:
        row[key] = [low, high]
    if "whole" in row:
        row["part"], row["whole"] = part, whole = row["part"] or 0, row["whole"] or 0
        scale = 100 if metric.unit is Unit.POINTS else 1
        row["value"] = scale * part / whole if whole else None
        if whole and metric.parts == "counts" and key not in row and not row.get("in_money"):
            if metric.unit is Unit.SHARE and 0 <= part <= whole:
                row[key] = list(wilson(part, whole))
            elif metric.unit is Unit.POINTS:
                low, high = balance(row["promoters"], row["detractors"], whole)
                row[key] = [scale * low, scale * high]
    return row


def plain(value: Any) -> Any:
    """A cell as the value a JSON document may hold: no numpy, no NaN; days as dates."""
    if isinstance(value, pd.Timestamp):
        return value.date() if value == value.normalize() else value.to_pydatetime()
    if value is None or (not isinstance(value, (list, tuple)) and pd.isna(value)):
        return None
    if isinstance(value, Decimal):
        value = int(value) if value == value.to_integral_value() else float(value)
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value


def columns_of(metric: Metric, by: tuple[str, ...], rows: list[dict[str, Any]], *, trend: bool) -> tuple[str, ...]:
    """What names a row, what it says, and what the metric adds, in this order."""
    lead = (("period",) if trend else ()) + by
    lead = tuple(dict.fromkeys((*lead, *metric.keys)))
    sure = tuple(name for name in ("interval", "bounds") if name not in lead and any(name in row for row in rows))
    shares = metric.shape not in (Shape.LEVEL, Shape.FLOW) if not rows else "whole" in rows[0]
    core: tuple[str, ...] = ("part", "whole", "value", *sure) if shares else ("value", "n", *sure)
    rest = [name for row in rows[:1] for name in row if name not in (*lead, *core)]
    return (*lead, *core, *rest)


def has_money(metric: Metric, columns: tuple[str, ...]) -> bool:
    """Whether any figure of the rows is an amount, so that the currency must be told."""
    return metric.unit is Unit.MONEY or metric.parts == "money" or bool({"mrr", "in_money"} & set(columns))


def small_cells_hidden(
    rows: list[dict[str, Any]], by: tuple[str, ...], metric: Metric, smallest: int
) -> tuple[list[dict[str, Any]], int]:
    """Drop segments under the smallest cell, and the next smallest too, else the total gives them away.

    A segment is all its rows of one period: its parts of a bridge, its ages of a cohort. Those hidden are
    at least two in a period, and together no smaller than the smallest cell.
    """
    keys = [name for name in by if name not in metric.keys]
    keys += ["cohort"] if metric.shape is Shape.GRID else []
    if not keys or not smallest:
        return rows, 0
    periods: dict[Any, dict[tuple[Any, ...], float]] = {}
    for row in rows:
        sizes = periods.setdefault(row.get("period"), {})
        segment = tuple(row[key] for key in keys)
        sizes[segment] = max(sizes.get(segment, 0.0), size(row))
    hidden = set()
    for period, sizes in periods.items():
        ordered = sorted(sizes, key=lambda one: (sizes[one], str(one)))
        small = [one for one in ordered if sizes[one] < smallest]
        rest = ordered[len(small) :]
        while small and rest and (len(small) == 1 or sum(sizes[one] for one in small) < smallest):
            small.append(rest.pop(0))
        hidden |= {(period, segment) for segment in small}
    shown = [row for row in rows if (row.get("period"), tuple(row[key] for key in keys)) not in hidden]
    return shown, len(hidden)


def size(row: Mapping[str, Any]) -> float:
    """How many customers a row is about; where parts are money, `n` counts them."""
    return float(row.get("n", row.get("whole")) or 0)
