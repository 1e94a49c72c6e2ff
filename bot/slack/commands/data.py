"""`/retention data`: how far the data reaches, what is odd and what is missing, in short."""

from __future__ import annotations

from bot.slack.commands import Asked
from bot.types import Answer


def data(asked: Asked) -> Answer:
    """The check of the data, as far as the asker may see it."""
    return asked.service.clerk.data(asked.question)
