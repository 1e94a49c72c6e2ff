"""Whose questions were taken and when: what keeps one person, or all of them, from asking without end."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, text

from bot.records.database import Database
from bot.records.schema import turns
from bot.types import Held, Rate

SILENCE = timedelta(minutes=1)
"""How long a person who was told to wait is not told again."""


class Turns:
    """A row a question that was taken, or a person that was told to wait; kept for as long as it counts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, person: str, now: datetime, rate: Rate) -> Held | None:
        """Counts a question of a person, asked at `now`; or says until when it is not taken."""
        span = timedelta(minutes=rate.minutes)
        with self._database.writing() as connection:
            if connection.dialect.name == "postgresql":  # SQLite lets one write at a time by itself
                connection.execute(text("LOCK TABLE turns IN EXCLUSIVE MODE"))
            connection.execute(delete(turns).where(turns.c.at <= now - span))
            own = _full(connection, person, rate.person_questions)
            full = own or _full(connection, None, rate.workspace_questions)
            tell = full is not None and not _told(connection, person, now)
            if full is None or tell:
                connection.execute(insert(turns).values(person=person, at=now, taken=full is None))
        return Held(full + span, own is not None, tell) if full else None


def _full(connection: Connection, person: str | None, most: int) -> datetime | None:
    """The instant of the question that has to grow old before another one is taken; None while there is room."""
    taken = select(turns.c.at).where(turns.c.taken)
    taken = taken if person is None else taken.where(turns.c.person == person)
    return connection.execute(taken.order_by(turns.c.at.desc()).offset(most - 1).limit(1)).scalar()


def _told(connection: Connection, person: str, now: datetime) -> bool:
    lately = select(turns.c.id).where(~turns.c.taken, turns.c.person == person, turns.c.at > now - SILENCE)
    return connection.execute(lately.limit(1)).first() is not None
