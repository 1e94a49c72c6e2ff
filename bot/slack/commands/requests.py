"""`/retention requests`: the metrics that people miss and what words mean to them, for admins."""

from __future__ import annotations

from collections.abc import Collection

from bot.language import Language
from bot.slack.commands import Asked
from bot.types import Answer


def requests(asked: Asked) -> Answer:
    """Each with who said it; `requests accept NAME` and `requests drop NAME` decide on a meaning."""
    return asked.service.clerk.requests(asked.question)


def takes(language: Language) -> Collection[str]:
    """The words that decide."""
    return (language.say("requests_accept"), language.say("requests_drop"), "accept", "drop")
