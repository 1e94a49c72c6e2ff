"""Two measurements of one thing and their difference, with the interval that says whether it is one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from bot.analysis.intervals import difference
from bot.analysis.measure import Analyst, measure_all
from bot.analysis.windows import baseline_of
from bot.errors import BadQuestion
from bot.metrics import catalogue
from bot.types import Evidence, Query, Unit

Direction = Literal["up", "down", "flat", "undefined"]


@dataclass(frozen=True)
class Comparison:
    """A main and a baseline Evidence; `change` is their difference in the metric's own unit.

    `interval` is of the change, where both are shares of counts; `clear` is whether it excludes zero
    (None where no interval can be given), and `direction` is "flat" unless the change is clear or exact.
    """

    main: Evidence
    baseline: Evidence
    change: float | None
    interval: tuple[float, float] | None
    clear: bool | None
    direction: Direction


def compare(analyst: Analyst, query: Query, *, first_id: int = 1) -> Comparison:
    """Measure the query's window and its baseline (by default the one before), in one query."""
    query = analyst.settled(replace(query, baseline=query.baseline or "previous"))
    window, before = query.window, baseline_of(query, query.window) if query.window else None
    assert window is not None
    assert before is not None
    first = analyst.first_day(catalogue()[query.metric or ""])
    if before.start < first:  # a period only partly in the data would compare unlike with unlike
        raise BadQuestion("period_before_data", start=before.start, first=first)
    main, baseline = measure_all(
        analyst, query, (window, before), ids=(f"e{first_id}", f"e{first_id + 1}"), roles=("main", "baseline")
    )
    return compared(main, baseline)


def compared(main: Evidence, baseline: Evidence) -> Comparison:
    """The comparison of two single-row evidences of the same metric."""
    now, then = main.rows[0], baseline.rows[0]
    if now["value"] is None or then["value"] is None:
        return Comparison(main, baseline, None, None, None, "undefined")
    change = now["value"] - then["value"]
    interval = _interval(main, now, then)
    clear = None if interval is None else not interval[0] <= 0 <= interval[1]
    direction: Direction = "flat" if change == 0 or clear is False else "up" if change > 0 else "down"
    return Comparison(main, baseline, change, interval, clear, direction)


def _interval(main: Evidence, now: Mapping[str, Any], then: Mapping[str, Any]) -> tuple[float, float] | None:
    shares = all(0 <= row["part"] <= row["whole"] for row in (now, then) if "whole" in row)
    if shares and main.unit is Unit.SHARE and catalogue()[main.query.metric or ""].parts == "counts":
        return difference(now["part"], now["whole"], then["part"], then["whole"])
    if main.unit is Unit.POINTS:
        half = _half(now) ** 2 + _half(then) ** 2
        change = now["value"] - then["value"]
        return change - half**0.5, change + half**0.5
    return None


def _half(row: Mapping[str, Any]) -> float:
    low, high = row["interval"]
    return float(high - low) / 2
