"""How large a test must be, and what an audience could show.

Two proportions, two-sided alpha 0.05, power 0.80 (Fleiss, "Statistical Methods for Rates and
Proportions"): n = [z(1-α/2)·sqrt(2·p̄·(1-p̄)) + z(1-β)·sqrt(p1(1-p1) + p2(1-p2))]² / (p2-p1)².
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

ALPHA, POWER = 0.05, 0.80
HOLDOUT = 0.10
"""The share of an audience that gets nothing: it shows what would have happened anyway."""
UNREALISTIC = 0.5
"""A relative effect above this is not to be hoped for: an audience that could show no less is no test."""


def _z() -> tuple[float, float]:
    normal = NormalDist()
    return normal.inv_cdf(1 - ALPHA / 2), normal.inv_cdf(POWER)


def sample_size(p1: float, p2: float) -> int:
    """People needed in each of two equal arms to tell p2 from p1."""
    alpha, power = _z()
    mean = (p1 + p2) / 2
    spread = alpha * math.sqrt(2 * mean * (1 - mean)) + power * math.sqrt(p1 * (1 - p1) + p2 * (1 - p2))
    return math.ceil(spread**2 / (p2 - p1) ** 2)


def detectable(p: float, first: int, second: int) -> float:
    """The smallest difference, as a share, that arms of these sizes can show around the rate p."""
    return sum(_z()) * math.sqrt(p * (1 - p) * (1 / first + 1 / second))


@dataclass(frozen=True, slots=True)
class Plan:
    """How an audience is split, and what the split can show; `detectable` is None where an arm is empty."""

    base_rate: float
    held_out: int
    treated: int
    detectable: float | None

    @property
    def worth_it(self) -> bool:
        """Whether an effect one may hope for could be seen."""
        return self.detectable is not None and self.detectable <= UNREALISTIC * self.base_rate


def plan(audience: int, base_rate: float) -> Plan:
    """The holdout of an audience (from two people on at least one), and the effect that would show."""
    held_out = max(1, round(audience * HOLDOUT)) if audience > 1 else 0
    treated = audience - held_out
    effect = detectable(base_rate, held_out, treated) if held_out and treated else None
    return Plan(base_rate, held_out, treated, effect)
