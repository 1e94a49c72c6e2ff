"""Two measurements of one thing and their difference, with the interval that says whether it is one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from bot.analysis.intervals import difference
from bot.analysis.measure import Analyst, measure_all
from bot.analysis.rows import row_of
from bot.analysis.split import AVERAGED
from bot.analysis.windows import averages, baseline_of, steps
from bot.errors import BadQuestion
from bot.metrics import catalogue
from bot.types import Evidence, Query, Unit, Window

Direction = Literal["up", "down", "flat", "undefined"]


@dataclass(frozen=True)
class Comparison:
    """A main and a baseline Evidence; `change` is their difference in the metric's own unit.

    `interval` is of the change, where both are shares of counts; `clear` is whether it excludes zero
    (None where no interval can be given), and `direction` is "flat" unless the change is clear or exact.
    `against` are the windows of the baseline: several steps where it is their average ("than the last four weeks").
    """

    main: Evidence
    baseline: Evidence
    change: float | None
    interval: tuple[float, float] | None
    clear: bool | None
    direction: Direction
    against: tuple[Window, ...]


def compare(analyst: Analyst, query: Query, *, first_id: int = 1) -> Comparison:
    """Measure the query's window and its baseline (by default the one before), in one query.

    A baseline of several steps of the window's own length is told for one step: its shares over all steps together,
    its counts and amounts as their average.
    """
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
    if averages(window, before):
        row = one_step(baseline)
        baseline = replace(baseline, rows=(row,), columns=tuple(row))
    return compared(main, baseline)


def compared(main: Evidence, baseline: Evidence) -> Comparison:
    """The comparison of two single-row evidences of the same metric."""
    now, then = main.rows[0], baseline.rows[0]
    window, before = main.query.window, baseline.query.window
    assert window is not None
    assert before is not None
    against = tuple(steps(before)) if averages(window, before) else (before,)
    if now["value"] is None or then["value"] is None:
        return Comparison(main, baseline, None, None, None, "undefined", against)
    change = now["value"] - then["value"]
    interval = _interval(main, now, then)
    clear = None if interval is None else not interval[0] <= 0 <= interval[1]
    direction: Direction = "flat" if change == 0 or clear is False else "up" if change > 0 else "down"
    return Comparison(main, baseline, change, interval, clear, direction, against)


def one_step(baseline: Evidence) -> dict[str, Any]:
    """The steps of a baseline as one row: shares and averages over all of them, of sums the mean of a step."""
    rows, metric = baseline.rows, catalogue()[baseline.query.metric or ""]
    told = [row for row in rows if row["value"] is not None]
    record: dict[str, Any] = {"steps": len(rows)}
    if not told:
        return {**rows[0], **record}
    if "whole" in rows[0]:
        extra = [name for name in ("n", "promoters", "passives", "detractors") if name in rows[0]]
        record |= {name: sum(row[name] or 0 for row in told) for name in ("part", "whole", *extra)}
        return row_of(metric, record)
    if metric.unit in AVERAGED:
        n = sum(row["n"] for row in told)
        mean = sum(row["value"] * row["n"] for row in told) / n if n else None
        return row_of(metric, {**record, "value": mean, "n": n})
    return row_of(metric, {**record, **{name: sum(row[name] for row in told) / len(rows) for name in ("value", "n")}})


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
