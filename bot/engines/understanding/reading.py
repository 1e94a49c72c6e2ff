"""What a question was taken for, before anything is measured."""

from __future__ import annotations

from dataclasses import dataclass

from bot.types import Clarify, Intent, Note, Query

INVESTIGATE = "investigate"
"""The subject of a `why` that asks for all there is to know, and the cue of the words that ask so."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Queries to answer, or a question back (`clarify`), or a refusal with its reason (`declined`)."""

    language: str
    intent: Intent
    queries: tuple[Query, ...] = ()
    clarify: Clarify | None = None
    declined: Note | None = None
    assumed: tuple[Note, ...] = ()
    """What was read into the words; to be said with the answer."""
