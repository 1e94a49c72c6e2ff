"""`/retention forget PERSON`: what is kept of a person, and a button that takes it out, for admins."""

from __future__ import annotations

from bot.language import Language
from bot.slack.commands import Asked
from bot.types import Answer


def forget(asked: Asked) -> Answer:
    """A Slack user id or an address, of somebody who asks or of a customer; or a customer's or an account's id."""
    return asked.service.clerk.forget(asked.question, asked.known)


def takes(_language: Language) -> None:
    """Anything: whom to forget."""
