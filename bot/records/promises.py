"""Answers that will be final one day: who asked to hear of it, where, and from which day on. Each is kept once.

A promise is open until it was kept or cannot be. A worker claims it for the length of a lease; a lease that ends
unfinished (its worker died) makes it open again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from bot.errors import OurFault
from bot.records.database import Database
from bot.records.schema import promises

OPEN, DONE = "open", "done"


@dataclass(frozen=True, slots=True)
class Promise:
    """One of them. `tries` counts the claims since it last had to wait, this one included."""

    id: str
    channel: str
    thread: str
    asker: str
    document: Mapping[str, Any]
    due: date
    tries: int


class Promises:
    """The promises that were made."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def make(
        self, id: str, *, channel: str, thread: str, asker: str, document: Mapping[str, Any], due: date, now: datetime
    ) -> bool:
        """Keep a promise; False where this one was made before."""
        row = {
            "id": id, "channel": channel, "thread": thread, "asker": asker, "document": dict(document), "due": due,
            "state": OPEN, "tries": 0, "made_at": now,
        }  # fmt: skip
        try:
            with self._database.writing() as connection:
                connection.execute(insert(promises).values(**row))
        except IntegrityError as fault:
            with self._database.reading() as connection:
                if connection.execute(select(promises.c.id).where(promises.c.id == id)).first():
                    return False
            raise OurFault("A promise lacks a value.") from fault
        return True

    def due(self, now: datetime) -> list[str]:
        """The ids of those whose day has come and that nobody is at work on, the earliest first."""
        chosen = select(promises.c.id).where(_open(now)).order_by(promises.c.due, promises.c.id)
        with self._database.reading() as connection:
            return list(connection.execute(chosen).scalars())

    def claim(self, id: str, now: datetime, worker: str, lease: timedelta) -> Promise | None:
        """The promise for this worker alone until `now + lease`; None where it is taken, kept, or not due."""
        this = select(promises).where(_open(now) & (promises.c.id == id)).with_for_update(skip_locked=True)
        with self._database.writing() as connection:
            row = connection.execute(this).mappings().first()
            if row is None:
                return None
            claimed = {"claimed_by": worker, "claimed_until": now + lease, "tries": row["tries"] + 1}
            connection.execute(update(promises).where(promises.c.id == id).values(**claimed))
            return Promise(**{name: ({**row, **claimed})[name] for name in Promise.__dataclass_fields__})

    def wait(self, id: str, worker: str, until: datetime) -> None:
        """It cannot be kept before this instant, and what was tried until then does not count."""
        with self._database.writing() as connection:
            connection.execute(update(promises).where(_held(id, worker)).values(claimed_until=until, tries=0))

    def finish(self, id: str, worker: str) -> bool:
        """It was kept, or cannot be; False if its lease went to another."""
        with self._database.writing() as connection:
            return connection.execute(update(promises).where(_held(id, worker)).values(state=DONE)).rowcount == 1


def _open(now: datetime) -> ColumnElement[bool]:
    free = or_(promises.c.claimed_until.is_(None), promises.c.claimed_until <= now)
    return (promises.c.state == OPEN) & (promises.c.due <= now.date()) & free


def _held(id: str, worker: str) -> ColumnElement[bool]:
    return (promises.c.id == id) & (promises.c.claimed_by == worker) & (promises.c.state == OPEN)
