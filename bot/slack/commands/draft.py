"""`/retention draft`: a form for a draft. It opens before this is reached (see workbench.py)."""

from __future__ import annotations

from bot.slack.commands import Asked
from bot.types import Answer


def draft(asked: Asked) -> Answer:
    """Where no form can open, a button or a mention, the word is a question like any other: for whom?"""
    return asked.service.ask(asked.question, asked.thread)
