"""A line of the table of speed: a ratio, and whether it keeps within its bound."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bound:
    """A value with its limit, above or below; without a limit it is only told."""

    value: float
    limit: float | None = None
    least: bool = False

    @property
    def holds(self) -> bool:
        """Whether the value keeps within the limit."""
        if self.limit is None:
            return True
        return self.value >= self.limit if self.least else self.value <= self.limit

    @property
    def asked(self) -> str:
        """The limit in words; empty where there is none."""
        return "" if self.limit is None else f"{'≥' if self.least else '≤'} {self.limit:.3g}"


@dataclass(frozen=True, slots=True)
class Line:
    """What was measured, its value, and what it is made of."""

    what: str
    bound: Bound
    note: str = ""
    unit: str = "×"

    @property
    def value(self) -> str:
        """The value as it is printed: two decimals for small ones."""
        value = self.bound.value
        return f"{value:.2f}" if abs(value) < 100 else f"{value:,.0f}"

    @property
    def verdict(self) -> str:
        """The bound and whether it holds; empty where there is none."""
        asked = self.bound.asked
        return f"{asked}: {'holds' if self.bound.holds else 'DOES NOT HOLD'}" if asked else ""


def at_most(value: float, limit: float | None = None) -> Bound:
    """A value that is to be no larger than its limit."""
    return Bound(value, limit)


def at_least(value: float, limit: float) -> Bound:
    """A value that is to be no smaller than its limit."""
    return Bound(value, limit, least=True)
