"""`/retention endorse`: a definition that an analyst stands by; answers that use it say so."""

from __future__ import annotations

from bot.language import Language
from bot.slack.commands import Asked
from bot.types import Answer


def endorse(asked: Asked) -> Answer:
    """`endorse churn rate`, `endorse drop churn rate`; alone, what is endorsed."""
    return asked.service.clerk.endorse(asked.question)


def takes(_language: Language) -> None:
    """Anything: a metric has many names."""
