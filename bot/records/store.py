"""The records as one thing that is opened and closed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.records.answers import Answers
from bot.records.backlog import Backlog, backlog
from bot.records.backup import Saved, save
from bot.records.campaigns import Campaigns
from bot.records.database import Database, connect
from bot.records.decisions import Decisions
from bot.records.drafts import Drafts
from bot.records.forgetting import Forgetting
from bot.records.inbox import Inbox
from bot.records.installed import Installed
from bot.records.keeping import drop, expire
from bot.records.promises import Promises
from bot.records.proposals import Proposals
from bot.records.restoring import restore
from bot.records.schedules import Schedules
from bot.records.spending import Spending
from bot.records.threads import Threads
from bot.records.turns import Turns
from bot.records.upgrade import upgrade


class Records:
    """All that must survive. Safe to use from many threads; every process opens its own."""

    def __init__(self, database: Database, keep: timedelta | None = None) -> None:
        """`keep` is for how long what has no reason of its own to stay is kept; None: without an end."""
        self._database, self._keep = database, keep
        self.inbox = Inbox(database)
        self.threads = Threads(database)
        self.answers = Answers(database)
        self.drafts = Drafts(database)
        self.decisions = Decisions(database)
        self.campaigns = Campaigns(database)
        self.proposals = Proposals(database)
        self.promises = Promises(database)
        self.spending = Spending(database)
        self.schedules = Schedules(database)
        self.forgetting = Forgetting(database)
        self.turns = Turns(database)
        self.installed = Installed(database)

    def expire(self, now: datetime) -> dict[str, int]:
        """Delete what is over its time; table → rows."""
        return {} if self._keep is None else expire(self._database, now - self._keep)

    def drop(self, data: str) -> None:
        """Delete what was answered from a data set that is gone."""
        drop(self._database, data)

    def backlog(self, now: datetime) -> Backlog:
        """What waits, and what is late. Raises Unavailable."""
        return backlog(self._database, now)

    @property
    def where(self) -> str:
        """The database, without its password."""
        return self._database.where

    def close(self) -> None:
        """Give the connections back."""
        self._database.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_records(url: str, keep: timedelta | None = None) -> Records:
    """Open the records at `sqlite:///PATH` or `postgresql://...`, made or upgraded where that lacks.

    Raises BadWorkspace for a URL of another kind, Unavailable where the database cannot be used.
    """
    database = connect(url)
    upgrade(database)
    return Records(database, keep)


def migrated(url: str) -> tuple[str, str | None, str]:
    """Bring the records to the newest migration: where they are, the one that was found, the newest.

    Raises as `open_records`.
    """
    with _closing(connect(url)) as database:
        return (database.where, *upgrade(database))


def save_backup(url: str, folder: Path, file: Path, now: datetime) -> Saved:
    """Write the records and the documents below `folder` to a new file; raises as `save`, and for the URL."""
    with _closing(connect(url)) as database:
        return save(database, folder, file, now)


def restore_backup(url: str, folder: Path, file: Path, *, replace: bool) -> Saved:
    """Put the records and documents of a file back; raises as `restore`, and for the URL."""
    with _closing(connect(url)) as database:
        return restore(database, folder, file, replace=replace)


@contextmanager
def _closing(database: Database) -> Iterator[Database]:
    try:
        yield database
    finally:
        database.engine.dispose()
