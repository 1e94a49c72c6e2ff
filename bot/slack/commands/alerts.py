"""`/retention alerts`: what to be told of unasked, when a figure crosses a threshold or is unusual."""

from __future__ import annotations

from collections.abc import Collection

from bot.language import Language
from bot.slack.commands import Asked
from bot.types import Answer

VERBS = ("list", "add", "change", "delete", "snooze", "today", "accounts", "calm")


def alerts(asked: Asked) -> Answer:
    """`alerts add churn rate above 5%`, `alerts change 2 6%`, `alerts delete 2`, `alerts snooze 2 2026-12-31`; alone,
    those that are set."""
    return asked.service.clerk.alert(asked.question, asked.thread)


def takes(language: Language) -> Collection[str]:
    """The words that say what to do."""
    return {word for verb in VERBS for word in (verb, *language.say(f"alerts_verb_{verb}").casefold().split())}
