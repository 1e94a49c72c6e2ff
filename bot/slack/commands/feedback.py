"""`/retention feedback`: a word for the admins, and for them the answers that were marked as bad."""

from __future__ import annotations

from bot.language import Language
from bot.slack.commands import Asked
from bot.types import Answer


def feedback(asked: Asked) -> Answer:
    """`feedback the week is too long`; alone, for admins, what was marked and left."""
    return asked.service.clerk.feedback(asked.question)


def takes(_language: Language) -> None:
    """Anything: they are a person's own words."""
