"""What a person asks of a draft in a form."""

from __future__ import annotations

from dataclasses import dataclass

TONES = ("friendly", "warm", "formal", "plain")
"""How a text may be asked to sound."""


@dataclass(frozen=True, slots=True)
class Composition:
    """For whom a draft is, one of the first three, and what it is to be; what is empty the drafting room chooses."""

    segment: str = ""
    person: str = ""
    """An account, by its id or its name."""
    answer: str = ""
    """The id of a kept answer: for the people whom it is about."""
    play: str = ""
    channel: str = ""
    language: str = ""
    tone: str = ""
    """One of `TONES`."""
    offer: str = ""
    """The kind of approved offer that it is to state."""
    message: str = ""
    """The written message, where it is settled."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a form lets a person choose from; names are those of ids unless it says otherwise."""

    segments: tuple[str, ...]
    plays: tuple[tuple[str, str], ...]
    """Id and title."""
    channels: tuple[str, ...]
    languages: tuple[str, ...]
    offers: tuple[str, ...]
    tools: tuple[tuple[str, str], ...]
    """Id and name of each tool that sends."""
    persons: bool
    """Whether a single customer may be named."""
    chosen: Composition = Composition()
    """What is chosen already."""
