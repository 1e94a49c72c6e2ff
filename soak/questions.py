"""What is asked of the finger-count company, and what every right answer to it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Words:
    """A question, a piece of its answer, and what a model that understands it measures and says."""

    text: str
    holds: str
    says: str
    measures: Mapping[str, Any] = field(default_factory=lambda: {"metric": "churn_rate", "period": "October 2026"})


MRR: Mapping[str, Any] = {"metric": "mrr", "period": "October 2026"}
ASKED = (
    Words("what was our churn rate in October 2026?", "3 of 8", "In October 2026 the churn rate was 3 of 8."),
    Words("quel était notre taux de churn en octobre 2026 ?", "3 sur 8", "En octobre 2026, c’était 3 sur 8."),
    Words("¿cuál fue nuestra tasa de abandono en octubre de 2026?", "3 de 8", "En octubre de 2026 fue 3 de 8."),
    Words("jaki był nasz churn w październiku 2026?", "3 z 8", "W październiku 2026 odeszło 3 z 8."),
    Words("MRR at the end of October 2026", "950", "MRR at the end of October 2026 was €950.", MRR),
)
