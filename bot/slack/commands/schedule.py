"""`/retention schedule`: summaries that come by themselves, made, listed and changed."""

from __future__ import annotations

from collections.abc import Collection

from bot.errors import BadQuestion
from bot.language import Language
from bot.language.refused import refusal
from bot.language.scheduled import openings
from bot.slack.commands import Asked
from bot.types import Answer


def schedule(asked: Asked) -> Answer:
    """`schedule weekly monday 9:00`, `schedule change ID tuesday`, `schedule delete ID`; alone, those of this place."""
    if not asked.inside():
        return refusal(asked.language, BadQuestion("schedule_not_inside"))
    return asked.service.clerk.schedule(asked.question, asked.thread)


def takes(language: Language) -> Collection[str]:
    """The words that may stand after it."""
    return set(openings(language))
