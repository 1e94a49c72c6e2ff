"""What is said in any language, and what advice stands on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence to be said in any language: its key and the values it needs."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Citation:
    """A play, or a document of the company's own, and the section of it that an advice stands on."""

    play: str
    title: str
    section: str
    quote: str = ""
    own: bool = False
    """Whether it is a document of the company's own; `play` is then its id."""
