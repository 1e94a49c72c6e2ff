"""The records as one thing that is opened and closed."""

from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from bot.records.answers import Answers
from bot.records.campaigns import Campaigns
from bot.records.database import Database, connect
from bot.records.decisions import Decisions
from bot.records.drafts import Drafts
from bot.records.forgetting import Forgetting
from bot.records.inbox import Inbox
from bot.records.installed import Installed
from bot.records.keeping import expire
from bot.records.promises import Promises
from bot.records.proposals import Proposals
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
