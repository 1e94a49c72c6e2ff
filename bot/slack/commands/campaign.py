"""`/retention campaign`: a campaign planned in eight steps, left and resumed at will."""

from __future__ import annotations

from collections.abc import Collection

from bot.language import Language
from bot.slack.commands import Asked
from bot.types import Answer

VERBS = ("start", "show", "next", "back", "list", "drop", "approve")


def campaign(asked: Asked) -> Answer:
    """`campaign start NAME`, `campaign next NAME ANSWER`, `campaign approve NAME`; alone, the ones under way."""
    return asked.service.clerk.campaign(asked.question)


def takes(language: Language) -> Collection[str]:
    """The words that say what to do."""
    return {word for verb in VERBS for word in (verb, *language.say(f"walk_verb_{verb}").casefold().split())}
