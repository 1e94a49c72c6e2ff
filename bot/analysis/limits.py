"""Control limits: between which values the next figure of a series lies by chance alone. Pure.

The chart is Shewhart's, with a line for the trend, on the scale on which chance spreads each figure alike:

    share of counts   arcsin √((part + 3/8) / (whole + 3/4))   variance 1 / (4 whole)        Anscombe 1948
    count             2 √(count + 3/8)                         variance 1                    Anscombe 1948
    amount            its logarithm                            variance from its own past
    score             itself                                   variance from its own past

Counts that vary more than by counting alone widen their limits by as much (Laney 2002, "Improved control charts for
attributes", the p' chart); they never narrow them. The line is fitted twice, first by medians (Theil and Sen), then by
least squares without what lies beyond three robust deviations (Rousseeuw and Leroy 1987, reweighted least squares), so
that an earlier trouble neither moves nor widens the limits. A stock (MRR, open tickets) carries its past along: there
the steps are judged, not the level. Limits are those of three sigmas, a false alarm in 370 (Shewhart 1931), with
Student's t for the spread being told from so few; `looks` figures judged together share that error (Bonferroni).

A season is what the same period did a year before against the periods before it: now must be beyond the limits also
once it is allowed the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import asin, exp, log, pi, sin, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from bot.analysis.usual import student

SIGMAS = 3.0
FALSE_ALARM = 2 * (1 - NormalDist().cdf(SIGMAS))
"""The chance of a figure beyond three sigmas: 0.27 %."""
FEWEST = 12
"""Earlier figures from which limits are told; Shewhart asks for 20 to 25, Student's t pays for the difference."""
FEWEST_COUNTED = 5
"""A count under this, where no more was to be expected either, is nobody's trend. Source: Cochran 1954."""
MAD = 1.4826

Numbers = NDArray[np.float64]


class Kind(StrEnum):
    """How chance spreads a figure."""

    SHARE = "share"
    COUNT = "count"
    AMOUNT = "amount"
    SCORE = "score"


@dataclass(frozen=True, slots=True)
class Point:
    """One period's figure; `whole` is how many a share is of, and 0 elsewhere."""

    value: float
    whole: float = 0.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a figure was to be expected, and between which values it is usual; `z` how many sigmas off it is.

    `limit` is the z beyond which it is unusual, told from `n` earlier figures.
    """

    expected: float
    low: float
    high: float
    z: float
    limit: float
    n: int

    @property
    def outside(self) -> bool:
        return abs(self.z) > self.limit


def limits(
    kind: Kind,
    before: Sequence[Point],
    now: Point,
    *,
    stock: bool = False,
    season: float = 1.0,
    looks: int = 1,
    fewest: int = FEWEST,
) -> Limits | None:
    """The limits for `now` by the figures before it, the oldest first; None where they are fewer than `fewest`.

    `season` is by how much the figure is expected to differ at this time of the year, as a factor.
    """
    if len(before) - stock < fewest:
        return None
    if kind is Kind.AMOUNT and min(one.value for one in (*before, now)) <= 0:
        kind = Kind.SCORE
    seen = np.array([_scaled(kind, one) for one in before])
    weights = np.array([_weight(kind, one) for one in before])
    last = float(seen[-1]) if stock else 0.0
    if stock:
        seen, weights = np.diff(seen), weights[1:]
    line = _line(seen, weights, sloped=not stock)
    spread, freedom = line.spread, line.freedom
    if kind in (Kind.SHARE, Kind.COUNT):
        spread = max(1.0, spread)
    if spread <= 0:
        return None
    deviation = spread * sqrt(1 / _weight(kind, now) + line.leverage)
    limit = student(freedom, NormalDist().inv_cdf(1 - FALSE_ALARM / looks / 2))
    expected = _scaled(kind, _times(kind, _value(kind, last + line.ahead, now), season, now))
    z = (_scaled(kind, now) - expected) / deviation
    low, high = (_value(kind, expected + way * limit * deviation, now).value for way in (-1, 1))
    return Limits(_value(kind, expected, now).value, low, high, float(z), limit, len(seen))


def firm(kind: Kind, now: Point, found: Limits, small: int) -> bool:
    """Whether the figure is of enough customers to be judged, and no single one of them decides.

    A share is of `small` or more; a count is five or more, or was to be; one customer less off, it is outside still.
    """
    if kind is Kind.SHARE:
        one = 1 / now.whole if now.whole else 1.0
        enough = now.whole >= small
    elif kind is Kind.COUNT:
        one, enough = 1.0, max(now.value, found.expected) >= FEWEST_COUNTED
    else:
        return now.whole >= small or not now.whole
    nearer = now.value - one if found.z > 0 else now.value + one
    return enough and not found.low <= nearer <= found.high


@dataclass(frozen=True, slots=True)
class Line:
    """What the next figure is expected to be, on the scale; `leverage` is what the line's own doubt adds."""

    ahead: float
    spread: float
    leverage: float
    freedom: int


def _line(seen: Numbers, weights: Numbers, *, sloped: bool) -> Line:
    """The line through the figures, those far off left out, and how they spread about it (in units of their own)."""
    at = np.arange(len(seen), dtype=float) - len(seen)  # the next figure is at 0
    slope = _slope(at, seen) if sloped else 0.0
    rest = seen - slope * at
    off = (rest - np.median(rest)) * np.sqrt(weights)
    robust = MAD * float(np.median(np.abs(off)))
    kept = np.abs(off) <= SIGMAS * robust if robust > 0 else np.ones(len(seen), bool)
    design = np.vander(at[kept], 2 if sloped else 1)  # columns: at, 1
    root = np.sqrt(weights[kept])
    found, *_ = np.linalg.lstsq(design * root[:, None], seen[kept] * root, rcond=None)
    left = (seen[kept] - design @ found) * root
    freedom = int(kept.sum()) - design.shape[1]
    inverse = np.linalg.inv((design * weights[kept][:, None]).T @ design)
    # Leaving some out makes the rest look calmer than they are: the spread by medians is the least there is.
    spread = max(robust, sqrt(float((left**2).sum()) / freedom))
    return Line(float(found[-1]), spread, float(inverse[-1, -1]), freedom)


def _slope(at: Numbers, seen: Numbers) -> float:
    """The median of the slopes of all pairs. Source: Sen 1968."""
    first, second = np.triu_indices(len(seen), k=1)
    return float(np.median((seen[second] - seen[first]) / (at[second] - at[first])))


def _scaled(kind: Kind, one: Point) -> float:
    if kind is Kind.SHARE:
        return asin(sqrt(min(1.0, max(0.0, (one.value * one.whole + 0.375) / (one.whole + 0.75)))))
    if kind is Kind.COUNT:
        return 2 * sqrt(max(0.0, one.value) + 0.375)
    return log(one.value) if kind is Kind.AMOUNT else one.value


def _weight(kind: Kind, one: Point) -> float:
    """One over the variance that chance gives the figure on its scale; 1 where only its past can tell."""
    return 4 * (one.whole + 0.5) if kind is Kind.SHARE else 1.0


def _value(kind: Kind, scaled: float, like: Point) -> Point:
    """The figure of a place on the scale, of as many as another."""
    if kind is Kind.SHARE:
        part = sin(min(pi / 2, max(0.0, scaled))) ** 2 * (like.whole + 0.75) - 0.375
        return Point(min(1.0, max(0.0, part / like.whole)) if like.whole else 0.0, like.whole)
    if kind is Kind.COUNT:
        return Point(max(0.0, (max(0.0, scaled) / 2) ** 2 - 0.375))
    return Point(exp(scaled) if kind is Kind.AMOUNT else scaled)


def _times(kind: Kind, one: Point, season: float, like: Point) -> Point:
    if kind is Kind.SCORE:
        return one
    value = one.value * season
    return Point(min(1.0, value) if kind is Kind.SHARE else value, like.whole)
