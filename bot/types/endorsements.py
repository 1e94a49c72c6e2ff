"""That somebody who may stands by a definition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Endorsement:
    """A metric's definition, one of its variants or none, in one version: who stands by it, and since when."""

    metric: str
    variant: tuple[tuple[str, str], ...]
    """Without what is the default anyway."""
    version: int
    by: str
    day: date
