"""What is usual: how far a figure moves by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev

from bot.analysis.chance import two_sided

Z = 1.959964
FEWEST = 4
"""Earlier figures from which a usual range can be told."""


@dataclass(frozen=True)
class Usual:
    """The range in which the next figure lies with 95 %, told from `n` earlier ones; `z` says how far off it is."""

    low: float
    high: float
    n: int
    z: float

    @property
    def outside(self) -> bool:
        return abs(self.z) > Z

    @property
    def p(self) -> float:
        """The chance of a figure at least as far off."""
        return two_sided(self.z)


def usual(before: Sequence[float], now: float) -> Usual | None:
    """The 95 % prediction interval of one more figure like those before; None for fewer than four of them.

    mean ± t s √(1 + 1/n), t of n - 1 degrees of freedom. Source: Hahn and Meeker 1991, "Statistical Intervals".
    """
    n = len(before)
    if n < FEWEST:
        return None
    middle, spread = fmean(before), stdev(before) * sqrt(1 + 1 / n)
    half = student(n - 1) * spread
    off = (now - middle) / spread if spread else 0.0 if now == middle else float("inf") if now > middle else -1e9
    # In units of the normal: a deviation at the edge of the interval is 1.96.
    return Usual(middle - half, middle + half, n, max(-1e9, min(1e9, off * Z / student(n - 1))))


def student(freedom: int, z: float = Z) -> float:
    """The point of Student's t that is as rare as z is of the normal, by default the 97.5 % point.

    Source: Abramowitz and Stegun 26.7.5, to three digits from three degrees on.
    """
    v = float(freedom)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    fourth = (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160
    return z + first / v + second / v**2 + third / v**3 + fourth / v**4
