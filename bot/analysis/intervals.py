"""How sure a number is. All 95 %."""

from __future__ import annotations

from math import sqrt

Z = 1.96


def wilson(part: float, whole: float) -> tuple[float, float]:
    """The Wilson interval of a share of counts, as ratios. Source: Wilson 1927; checks in the tests."""
    p, n = part / whole, whole
    centre = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def difference(part: float, whole: float, part_before: float, whole_before: float) -> tuple[float, float]:
    """The interval of the difference of two independent shares of counts, as a ratio (two-proportion, unpooled)."""
    now, before = part / whole, part_before / whole_before
    half = Z * sqrt(now * (1 - now) / whole + before * (1 - before) / whole_before)
    return now - before - half, now - before + half


def balance(up: float, down: float, answers: float) -> tuple[float, float]:
    """The interval of (up - down) / answers, as for the net promoter score."""
    net = (up - down) / answers
    half = Z * sqrt(max(0.0, (up + down) / answers - net * net) / answers)
    return net - half, net + half
