"""What chance alone may do: how likely a figure at least so far off is, and several of them judged together."""

from __future__ import annotations

from collections.abc import Sequence
from math import erfc, sqrt


def two_sided(z: float) -> float:
    """The chance of a normal deviate at least this far from zero."""
    return erfc(abs(z) / sqrt(2))


def one_sided(z: float) -> float:
    """The chance of a normal deviate at least this far from zero on the one side that counts."""
    return two_sided(z) / 2


def holm(chances: Sequence[float], weights: Sequence[float] | None = None) -> list[float]:
    """Each chance corrected for having looked at all of them; a weight gives its figure more of the error.

    Source: Holm 1979, "A simple sequentially rejective multiple test procedure".
    """
    shares = weights or [1.0] * len(chances)
    left, worst = sum(shares), 0.0
    found = [1.0] * len(chances)
    for at in sorted(range(len(chances)), key=lambda at: chances[at] / shares[at]):
        worst = max(worst, min(1.0, chances[at] / shares[at] * left))
        left -= shares[at]
        found[at] = worst
    return found
