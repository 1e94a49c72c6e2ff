"""A picture of an answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG file, and the words that go with it."""

    name: str
    """Of the file, with its ending."""
    title: str
    alt: str
    """What it shows, for who does not see it."""
    png: bytes
