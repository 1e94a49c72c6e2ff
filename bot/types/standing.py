"""Where a company stands for somebody who asks nothing yet: what the Home shows beside the figures of the week."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from bot.types.notes import Note
from bot.types.schedules import Schedule

DeedOn: TypeAlias = Literal["end", "accept", "drop", "on", "off"]


@dataclass(frozen=True, slots=True)
class Limit:
    """The amount of an alert: the alert's number, the alert in words, and the amount as it is written."""

    name: str
    rule: str
    amount: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A line, what is typed to do something about it, and what of it a form may change."""

    line: Note
    deeds: Mapping[DeedOn, str] = field(default_factory=dict)
    change: Schedule | Limit | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Lines to be said, by what they are about; what is empty is not for this person, or is not there."""

    company: str
    data: tuple[Note, ...] = ()
    segments: tuple[Entry, ...] = ()
    """The segments that people saved, each with its size where it was measured."""
    drafts: tuple[Note, ...] = ()
    """Those that wait for a decision, for who may decide."""
    wanted: tuple[Entry, ...] = ()
    """The metrics that people miss and what they say that words mean, for admins."""
    notes: tuple[Note, ...] = ()
    coming: tuple[Entry, ...] = ()
    """The summaries and alerts of this person."""
    settings: tuple[Entry, ...] = ()
    """How the bot is set up, for admins."""
