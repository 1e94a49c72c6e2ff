"""Whether two engines tell the same of a metric: the same rows, and numbers that differ by less than one in 10⁹."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from bot.analysis.measure import Analyst, measure
from bot.errors import ForPerson
from bot.types import Intent, Query, Window

Row = Mapping[str, Any]


def told(
    analyst: Analyst, metric: str, window: Window | None = None, by: tuple[str, ...] = (), **variant: str
) -> list[Row] | str:
    """The rows of a metric by its text, in an order of their own; the key of the error where it cannot be told."""
    query = Query(Intent.VALUE, metric, window, by=by, variant=tuple(sorted(variant.items())))
    try:
        rows = measure(analyst, query).rows
    except ForPerson as error:
        return error.key
    return sorted(rows, key=lambda row: [str(value) for value in row.values() if not isinstance(value, float)])


def apart(here: list[Row] | str, there: list[Row] | str) -> str:
    """What the first difference is; empty where there is none."""
    if isinstance(here, str) or isinstance(there, str):
        return "" if here == there else f"{str(here)[:80]} and {str(there)[:80]}"
    if len(here) != len(there):
        return f"{len(here)} rows and {len(there)}"
    for mine, other in zip(here, there, strict=True):
        for column in mine.keys() | other.keys():
            if not near(mine.get(column), other.get(column)):
                return f"{column}: {mine.get(column)} and {other.get(column)} in {dict(mine)}"
    return ""


def near(one: Any, other: Any) -> bool:
    """Whether two values are equal, numbers to one in 10⁹."""
    if isinstance(one, float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return bool(one == other)
