"""Two figures of the company's own held against what somebody claims of them: how sure the comparison is, and what
it says. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, sqrt
from typing import Any, Literal

from bot.analysis.intervals import Z
from bot.analysis.rows import size

Than = Literal["more", "less", ""]
Verdict = Literal[
    "fits", "falls_short", "goes_beyond", "same_way", "against", "unclear", "unclear_not_size", "small", "within",
    "below", "above",
]  # fmt: skip
Kind = Literal["ratio", "share", "points"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its value, how many it is of, the counts it is a share of, and its interval where it has one."""

    value: float
    n: float
    counts: tuple[float, float] | None = None
    interval: tuple[float, float] | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any], column: str = "value", *, counted: bool) -> Figure | None:
        """The figure of a row of Evidence; None where it is not defined. `counted`: part and whole are counts."""
        if row.get(column) is None:
            return None
        counts = (float(row["part"]), float(row["whole"])) if counted and "whole" in row else None
        found = row.get("interval") if column == "value" else None
        return cls(float(row[column]), size(row), counts, (found[0], found[1]) if found else None)


@dataclass(frozen=True, slots=True)
class Weight:
    """How one figure compares with another: times it (ratio, share) or above it (points); alone it is itself."""

    value: float
    interval: tuple[float, float] | None
    n: float
    others: float | None
    verdict: Verdict


def weigh(
    figure: Figure, against: Figure | None, kind: Kind, than: Than, claimed: tuple[float, float] | None, small: int
) -> Weight | None:
    """The comparison and what it says of a claim that one is `than` the other, by a factor or a value in `claimed`.

    None where there is no ratio. A direction is clear when the 95 % interval leaves out no difference, or when there
    is no interval; a size fits when it overlaps the interval, or holds the value. Bases under `small` decide nothing.
    """
    if against is None:
        value, interval = figure.value, figure.interval
    elif kind == "points":
        value, interval = figure.value - against.value, _apart(figure, against)
    elif against.value == 0:
        return None
    else:
        value, interval = figure.value / against.value, risk_ratio(figure.counts, against.counts)
    ends = interval or (value, value)
    bases = [figure.n] if against is None else [figure.n, against.n]
    others = None if against is None else against.n
    if min(bases) < small:
        verdict: Verdict = "small"
    elif not than:
        verdict = _place(ends, claimed)
    else:
        neutral = 0.0 if kind != "ratio" else 1.0
        verdict = _verdict(ends, neutral, than, claimed)
    return Weight(value, interval, figure.n, others, verdict)


def risk_ratio(counts: tuple[float, float] | None, others: tuple[float, float] | None) -> tuple[float, float] | None:
    """The interval of the ratio of two independent shares of counts; None without counts, or where one is zero.

    Source: Katz, Baptista, Azen and Pike (1978), on the logarithm.
    """
    if counts is None or others is None or not counts[0] or not others[0]:
        return None
    (part, whole), (part_others, whole_others) = counts, others
    ratio = (part / whole) / (part_others / whole_others)
    half = Z * sqrt(1 / part - 1 / whole + 1 / part_others - 1 / whole_others)
    return ratio * exp(-half), ratio * exp(half)


def _apart(figure: Figure, against: Figure) -> tuple[float, float] | None:
    if figure.interval is None or against.interval is None:
        return None
    halves = [(one.interval[1] - one.interval[0]) / 2 for one in (figure, against) if one.interval]
    half = sqrt(sum(one * one for one in halves))
    apart = figure.value - against.value
    return apart - half, apart + half


def _place(ends: tuple[float, float], claimed: tuple[float, float] | None) -> Verdict:
    if claimed is None or (ends[0] <= claimed[1] and ends[1] >= claimed[0]):
        return "within"
    return "below" if ends[1] < claimed[0] else "above"


def _verdict(ends: tuple[float, float], neutral: float, than: Than, claimed: tuple[float, float] | None) -> Verdict:
    low, high = ends
    fits = claimed is not None and low <= claimed[1] and high >= claimed[0]
    if low <= neutral <= high:
        return "unclear" if claimed is None or fits else "unclear_not_size"
    if (low > neutral) != (than == "more"):
        return "against"
    if claimed is None:
        return "same_way"
    if fits:
        return "fits"
    short = high < claimed[0] if than == "more" else low > claimed[1]
    return "falls_short" if short else "goes_beyond"
