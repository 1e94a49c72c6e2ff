"""`/retention segments`: the saved segments with their sizes; `segments delete NAME`."""

from __future__ import annotations

from collections.abc import Collection

from bot.language import Language
from bot.slack.commands import Asked
from bot.types import Answer


def segments(asked: Asked) -> Answer:
    """Each with how many are in it now; whoever saved one, and admins, may delete it."""
    return asked.service.clerk.segments(asked.question)


def takes(language: Language) -> Collection[str]:
    """The words that delete."""
    return {*language.say("segments_verb_delete").casefold().split(), "delete"}
