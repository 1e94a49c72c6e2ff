"""`/retention metric`: one metric, named exactly, with nothing guessed at."""

from __future__ import annotations

from bot.documents import query_document
from bot.language import Language
from bot.slack.commands import Asked
from bot.types import Answer


def metric(asked: Asked) -> Answer:
    """`metric churn_rate 2026-10 by country`; alone, the metrics that there are."""
    service, question = asked.service, asked.question
    return service.clerk.metric(question, lambda query: service.choose(question, query_document(query), asked.thread))


def takes(_language: Language) -> None:
    """Anything: a metric has many names."""
