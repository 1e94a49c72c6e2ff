"""`/retention audit`: who asked what, and which numbers were shown, for admins."""

from __future__ import annotations

from bot.language import Language
from bot.slack.commands import Asked
from bot.types import Answer


def audit(asked: Asked) -> Answer:
    """The newest questions, or those with these words, of @somebody, of a day or a period, or about a metric."""
    return asked.service.clerk.audit(asked.question)


def takes(_language: Language) -> None:
    """Anything: questions are found by any of their words."""
