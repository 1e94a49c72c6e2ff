"""`/retention documents`: the company's own documents in the playbook, for admins."""

from __future__ import annotations

from collections.abc import Collection

from bot.language import Language
from bot.slack.commands import Asked
from bot.types import Answer


def documents(asked: Asked) -> Answer:
    """Each with what could be read of it; `documents drop NAME` takes out one that was shared."""
    return asked.service.clerk.documents(asked.question)


def takes(language: Language) -> Collection[str]:
    """The word that takes one out."""
    return (language.say("documents_drop"), "drop")
