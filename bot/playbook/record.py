"""What a play came to in this company, and how much that weighs when a play is chosen.

Gains are differences of shares (0.012 = 1.2 points) with 95 % intervals; a half-width stands for the standard error,
for all are normal and of the same level.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

PRIOR = 0.04
"""Believed before any test: 95 % of campaigns move the share of customers kept by less than this, either way."""


@dataclass(frozen=True, slots=True)
class Record:
    """All finished tests of a play together."""

    times: int
    gain: float
    low: float
    high: float
    last: date
    markets: tuple[str, ...]

    @property
    def likely(self) -> float:
        """The gain to expect of the next use: shrunk towards none, the more the less is known."""
        half = (self.high - self.low) / 2
        return self.gain * PRIOR**2 / (PRIOR**2 + half**2)

    @property
    def lost(self) -> bool:
        """Whether it clearly did harm."""
        return self.high < 0
