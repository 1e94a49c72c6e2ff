"""How large a test of two shares must be, and what a group could show. Pure; two-sided error 5 %, power 80 %.

All by the normal approximation without continuity correction, as the read-out of a test uses it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

ALPHA, POWER = 0.05, 0.80
HOLDOUT = 0.10
"""The share of an audience that gets nothing: it shows what would have happened anyway."""
SHORTEST_DAYS = 14


def quantiles() -> tuple[float, float]:
    """The normal quantiles of the error and of the power: 1.960 and 0.842."""
    normal = NormalDist()
    return normal.inv_cdf(1 - ALPHA / 2), normal.inv_cdf(POWER)


def each_arm(held: float, treated: float) -> int:
    """People in each of two equal arms, to tell the rate `treated` from the rate `held`.

    n = [z(1-α/2)·√(2·p̄·(1-p̄)) + z(1-β)·√(p1(1-p1) + p2(1-p2))]² / (p2-p1)²
    Source: Fleiss, Levin, Paik 2003, "Statistical Methods for Rates and Proportions", section 4.2, uncorrected.
    """
    alpha, power = quantiles()
    mean = (held + treated) / 2
    spread = alpha * math.sqrt(2 * mean * (1 - mean)) + power * math.sqrt(held * (1 - held) + treated * (1 - treated))
    return math.ceil(spread**2 / (treated - held) ** 2)


@dataclass(frozen=True, slots=True)
class Arms:
    """How many are held out and how many are treated."""

    held: int
    treated: int

    @property
    def total(self) -> int:
        return self.held + self.treated


def needed(held: float, treated: float, share: float = HOLDOUT) -> Arms:
    """The arms that tell the rate `treated` from the rate `held` when `share` of all are held out.

    Equal arms are those of `each_arm`. For others the variances are kept apart, as in the read-out:
    n = (z(1-α/2) + z(1-β))² · [p1(1-p1) + p2(1-p2)/k] / (p2-p1)² held out, k·n treated.
    Source: Chow, Shao, Wang 2008, "Sample Size Calculations in Clinical Research", section 4.2.
    """
    if share == 0.5:
        each = each_arm(held, treated)
        return Arms(each, each)
    times = (1 - share) / share
    spread = held * (1 - held) + treated * (1 - treated) / times
    exact = sum(quantiles()) ** 2 * spread / (treated - held) ** 2
    return Arms(math.ceil(exact), math.ceil(round(exact * times, 6)))


def split(audience: int, share: float = HOLDOUT) -> Arms:
    """An audience in its arms; from two people on at least one is held out."""
    held = max(1, round(audience * share)) if audience > 1 else 0
    return Arms(held, audience - held)


def detectable(p: float, first: int, second: int) -> float:
    """The smallest difference, as a share, that arms of these sizes can show around the rate p.

    2.80 · √(p(1-p)·(1/n1 + 1/n2)). Both arms need somebody.
    """
    return sum(quantiles()) * math.sqrt(p * (1 - p) * (1 / first + 1 / second))


def weeks(horizon_days: int) -> int:
    """How long a test runs: whole weeks, at least two, and until its outcome can be seen."""
    return math.ceil(max(horizon_days, SHORTEST_DAYS) / 7)
