"""How fast people may ask, and what who asks faster is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Rate:
    """How many questions are taken within any so many minutes, of one person and of all of them."""

    person_questions: int = 60
    workspace_questions: int = 600
    minutes: int = 10


USUAL_RATE = Rate()
"""What holds where the workspace file says nothing: a busy team does not meet it."""


@dataclass(frozen=True, slots=True)
class Held:
    """A question that came too fast. `until` is the instant, naive UTC, from which on another one is taken."""

    until: datetime
    own: bool
    """It is the person's own limit, and not that of all."""
    tell: bool
    """The person was not told within the last minute."""
