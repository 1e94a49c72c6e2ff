"""Two groups of a test compared: the difference of their means and their ratio, each with its 95 % interval.

Both follow from three sums a group (how many, total, squares), which every engine adds up alike; of shares and of
money the same formulas hold. Money is skewed, but the mean of a hundred people or more is near enough to normal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np

Z = 1.96


def quotient(part: float, whole: float) -> float:
    """part / whole of two plain numbers; whoever asks has made sure that whole is not zero."""
    return float(np.divide(part, whole))


@dataclass(frozen=True)
class Group:
    """One arm: how many were assigned, the total of their outcome, and the total of its squares."""

    n: float
    total: float
    squares: float

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> Group:
        """From the columns n, total and squares."""
        return cls(float(row["n"] or 0), float(row["total"] or 0), float(row["squares"] or 0))

    def __add__(self, other: Group) -> Group:
        return Group(self.n + other.n, self.total + other.total, self.squares + other.squares)

    @property
    def mean(self) -> float:
        return quotient(self.total, self.n)

    @property
    def error(self) -> float:
        """The squared standard error of the mean: of a share p it is p(1 - p)/n."""
        return quotient(max(0.0, quotient(self.squares, self.n) - self.mean**2), self.n)


NOBODY = Group(0, 0, 0)


def difference(treated: Group, held: Group) -> tuple[float, float, float]:
    """(difference of the means, low, high), the variances apart (unpooled)."""
    gap = treated.mean - held.mean
    half = Z * sqrt(treated.error + held.error)
    return gap, gap - half, gap + half


def relative(treated: Group, held: Group) -> tuple[float, float, float] | None:
    """(ratio of the means - 1, low, high) by Fieller's theorem, which never contradicts `difference`.

    None where the held-out mean is not clearly above zero: then no ratio can be told.
    Source: Fieller 1954, "Some problems in interval estimation".
    """
    below = held.mean**2 - Z * Z * held.error
    if held.mean <= 0 or below <= 0:
        return None
    above = treated.mean**2 - Z * Z * treated.error
    middle = treated.mean * held.mean
    half = sqrt(max(0.0, middle**2 - above * below))
    ratio = quotient(treated.mean, held.mean)
    return ratio - 1, quotient(middle - half, below) - 1, quotient(middle + half, below) - 1
