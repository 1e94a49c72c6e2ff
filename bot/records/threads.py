"""What a conversation was about: the last Query of each thread, so that "and by country?" is understood; what its words
mean, and what was asked in it."""

from collections.abc import Mapping, Sequence
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
    meanings: Sequence[str] = ()
    """What words mean in it, each as the text of a Meaning."""
    texts: Sequence[str] = ()
    """What was asked in it, the oldest first."""
    data: str = ""
    """The data set that it is about, by its name in the workspace; empty for the main one."""


class Threads:
    """The conversations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def recall(self, team: str, channel: str, thread_ts: str) -> Thread | None:
        """What is remembered of a thread; None for one that the bot was never in."""
        columns = (threads.c[name] for name in Thread.__dataclass_fields__)
        this = select(*columns).where(
            threads.c.team == team, threads.c.channel == channel, threads.c.thread_ts == thread_ts
        )
        with self._database.reading() as connection:
            row = connection.execute(this).first()
        if row is None:
            return None
        return Thread(row.query, row.language, row.updated_at, row.meanings or (), row.texts or (), row.data)

    def remember(
        self,
        team: str,
        channel: str,
        thread_ts: str,
        *,
        query: Mapping[str, Any] | None,
        language: str | None,
        now: datetime,
        meanings: Sequence[str] = (),
        texts: Sequence[str] = (),
        data: str = "",
    ) -> None:
        """Keep the latest turn of a thread in place of the one before."""
        key = {"team": team, "channel": channel, "thread_ts": thread_ts}
        kept = None if query is None else dict(query)
        values = {"query": kept, "language": language, "updated_at": now, "data": data}
        self._database.put(threads, key, {**values, "meanings": [*meanings] or None, "texts": [*texts] or None})
