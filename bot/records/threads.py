"""What a conversation was about: the last Query of each thread, so that "and by country?" is understood."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.records.database import Database
from bot.records.schema import threads


@dataclass(frozen=True, slots=True)
class Thread:
    """The memory of a thread: its last Query as a JSON document, its language."""

    query: Mapping[str, Any] | None
    language: str | None
    updated_at: datetime


class Threads:
    """The conversations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def recall(self, team: str, channel: str, thread_ts: str) -> Thread | None:
        """What is remembered of a thread; None for one that the bot was never in."""
        this = select(threads.c.query, threads.c.language, threads.c.updated_at).where(
            threads.c.team == team, threads.c.channel == channel, threads.c.thread_ts == thread_ts
        )
        with self._database.reading() as connection:
            row = connection.execute(this).first()
        return None if row is None else Thread(*row)

    def remember(
        self,
        team: str,
        channel: str,
        thread_ts: str,
        *,
        query: Mapping[str, Any] | None,
        language: str | None,
        now: datetime,
    ) -> None:
        """Keep the latest turn of a thread in place of the one before."""
        key = {"team": team, "channel": channel, "thread_ts": thread_ts}
        kept = None if query is None else dict(query)
        self._database.put(threads, key, {"query": kept, "language": language, "updated_at": now})
