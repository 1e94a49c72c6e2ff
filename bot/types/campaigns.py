"""What became of a draft: who decided, and who was chosen when it was approved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
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
class Deed:
    """What somebody does about a draft; each verb needs what its line says."""

    verb: Literal["approve", "edit", "reject", "snooze"]
    draft: str
    by: str = ""
    confirmed: bool = False
    """approve: this person takes on the checks that are held."""
    reason: str = ""
    """reject."""
    until: date | None = None
    """snooze: shown again on this day."""
    part: str = ""
    text: str = ""
    variant: str | None = None
    """edit: subject, preheader or body; its new text; the variant, where the part is what they differ in."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be exported: a campaign or its draft, for a tool, into a folder; `link` is where the text leads."""

    id: str
    folder: Path
    tool: str = "neutral"
    link: str | None = None
    by: str = ""
    send_at: datetime | None = None
    """When it goes out, by the clock of the company's zone; without one, everybody gets it at their own time."""


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


@dataclass(frozen=True, slots=True)
class Touch:
    """One message of ours that left the house: to whom, when, of which campaign, and its type of draft."""

    person: str
    at: datetime
    campaign: str
    type: str
