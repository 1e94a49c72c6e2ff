"""`/retention requests`: the metrics that people miss, for admins."""

from __future__ import annotations

from bot.slack.commands import Asked
from bot.types import Answer


def requests(asked: Asked) -> Answer:
    """Each with its formula, its columns and who asked."""
    return asked.service.requests(asked.question)
