"""How an audience is split for a test, and whether the split can show anything."""

from __future__ import annotations

from dataclasses import dataclass

from bot.analysis.sample_size import HOLDOUT, detectable, split

UNREALISTIC = 0.5
"""A relative effect above this is not to be hoped for: an audience that could show no less is no test."""


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


def plan(audience: int, base_rate: float, share: float = HOLDOUT) -> Plan:
    """The holdout of an audience (a share, from two people on at least one), and the effect that would show."""
    arms = split(audience, share)
    effect = detectable(base_rate, arms.held, arms.treated) if arms.held and arms.treated else None
    return Plan(base_rate, arms.held, arms.treated, effect)
