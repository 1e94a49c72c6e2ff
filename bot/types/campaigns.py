"""What became of a draft: who decided, and who was chosen when it was approved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

Verb = Literal["approve", "edit", "reject", "snooze", "export"]
Arm = Literal["holdout", "treatment"]


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing that a named person did about a draft; none is ever changed."""

    draft: str
    verb: Verb
    by: str
    at: datetime
    document: Mapping[str, Any] = field(default_factory=dict)
    """What it needs to be understood later: the reason, the day, the text before and after, the checks."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """One person of an approved campaign, in the arm that holds for good."""

    person: str
    """The user id."""
    account: str
    arm: Arm
    variant: str
    """Which text a treated person gets; empty for one held out."""
    country: str
    language: str


@dataclass(frozen=True, slots=True)
class Campaign:
    """An approved draft: its people are frozen, its plan is fixed. `document` is what `drafting.freeze` wrote."""

    id: str
    draft: str
    company: str
    document: Mapping[str, Any]
    approved_by: str
    approved_at: datetime
    ends_on: date
    """From this day on its result may be read, once."""
    exported_at: datetime | None = None
