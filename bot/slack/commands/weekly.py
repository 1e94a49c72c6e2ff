"""`/retention weekly`: the last complete week against the weeks before."""

from __future__ import annotations

from bot.slack.commands import Asked
from bot.types import Answer


def weekly(asked: Asked) -> Answer:
    """The week, in under a screen."""
    return asked.service.weekly(asked.question, asked.thread)
