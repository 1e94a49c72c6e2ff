"""What waits, counted for whoever looks after the bot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from bot.records.database import Database
from bot.records.inbox import WAITING
from bot.records.schedules import ACTIVE, OPEN
from bot.records.schema import inbox, postings, schedules

LATE = timedelta(minutes=10)
"""From so much after its time on, a summary is late."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """Questions without an answer, the instant of the oldest (naive UTC), and summaries over their time."""

    waiting: int
    oldest: datetime | None
    late: int


def backlog(database: Database, now: datetime) -> Backlog:
    """What waits now. Raises Unavailable."""
    unanswered = select(func.count(), func.min(inbox.c.accepted_at)).where(inbox.c.state == WAITING)
    due = select(func.count()).where((schedules.c.state == ACTIVE) & (schedules.c.due <= now - LATE))
    begun = select(func.count()).where((postings.c.state == OPEN) & (postings.c.due <= now - LATE))
    with database.reading() as connection:
        waiting, oldest = connection.execute(unanswered).one()
        late = sum(connection.execute(one).scalar_one() for one in (due, begun))
    return Backlog(waiting, oldest, late)
