"""Where a company stands for somebody who asks nothing yet: what the Home shows beside the figures of the week."""

from __future__ import annotations

from dataclasses import dataclass

from bot.types.notes import Note


@dataclass(frozen=True, slots=True)
class Coming:
    """Something that comes to a person by itself, and what they type to end it."""

    line: Note
    ends: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Lines to be said, by what they are about; what is empty is not for this person, or is not there."""

    company: str
    data: tuple[Note, ...] = ()
    segments: tuple[str, ...] = ()
    drafts: tuple[Note, ...] = ()
    """Those that wait for a decision, for who may decide."""
    wanted: tuple[Note, ...] = ()
    """The metrics that people miss, for admins."""
    notes: tuple[Note, ...] = ()
    coming: tuple[Coming, ...] = ()
    """The summaries and alerts of this person."""
