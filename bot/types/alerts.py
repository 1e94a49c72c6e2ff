"""What somebody wants to be told of, unasked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from bot.types.questions import Query
from bot.types.windows import Grain

When: TypeAlias = Literal["above", "below", "up", "down", "unusual"]


@dataclass(frozen=True, slots=True)
class Alert:
    """A metric, of whom, and when to tell: beyond an amount, changed by one since the period before, or unusual.

    `amount` is in the metric's own unit (shares as ratios, a change of them too); `relative` makes the amount of a
    change a share of the figure before. `grain` is the period judged; None: the metric's own.
    """

    query: Query
    when: When
    amount: float = 0.0
    relative: bool = False
    grain: Grain | None = None
