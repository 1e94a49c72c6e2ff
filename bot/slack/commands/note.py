"""`/retention note`: what happened on a day, named beside figures as context."""

from __future__ import annotations

from bot.language import Language
from bot.slack.commands import Asked
from bot.types import Answer


def note(asked: Asked) -> Answer:
    """`note 2026-09-01 price rise FR`, `note drop N`; alone, or with `list`, the notes that there are."""
    return asked.service.clerk.note(asked.question)


def takes(_language: Language) -> None:
    """Anything: a day is written in many ways."""
