"""Accepted questions: each is answered once, also after a crash.

A question is waiting until a worker claims it for the length of a lease, and answered when that
worker finishes it. A lease that ends unfinished (its worker died) makes the question waiting again.
"""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from bot.errors import OurFault
from bot.records.database import Database
from bot.records.schema import inbox

WAITING, ANSWERED = "waiting", "answered"


@dataclass(frozen=True, slots=True)
class Accepted:
    """A question in the inbox. `tries` counts the claims, this one included."""

    id: str
    event: str
    team: str
    channel: str
    ts: str
    payload: Mapping[str, Any]
    accepted_at: datetime
    tries: int


class Inbox:
    """The questions that were accepted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def accept(
        self, *, event: str, team: str, channel: str, ts: str, payload: Mapping[str, Any], now: datetime
    ) -> bool:
        """Keep a question; True the first time, False for any repetition of it.

        A repetition has the same event id (Slack sent it again), or the same team, channel and
        ts (a mention also arrives as a message, under another event id).
        """
        row = {
            "id": uuid.uuid4().hex,
            "event": event,
            "team": team,
            "channel": channel,
            "ts": ts,
            "payload": dict(payload),
            "state": WAITING,
            "tries": 0,
            "accepted_at": now,
        }
        try:
            with self._database.writing() as connection:
                connection.execute(insert(inbox).values(**row))
        except IntegrityError as fault:
            same_message = (inbox.c.team == team) & (inbox.c.channel == channel) & (inbox.c.ts == ts)
            with self._database.reading() as connection:
                if connection.execute(select(inbox.c.id).where((inbox.c.event == event) | same_message)).first():
                    return False
            raise OurFault("A question lacks an event id, team, channel or ts.") from fault
        return True

    def claim(self, now: datetime, worker: str, lease: timedelta, event: str | None = None) -> Accepted | None:
        """The longest waiting question, or that of `event`, for this worker alone until `now + lease`."""
        which = _open(now) if event is None else _open(now) & (inbox.c.event == event)
        next_one = select(inbox).where(which).order_by(inbox.c.accepted_at, inbox.c.id).limit(1)
        with self._database.writing() as connection:
            row = connection.execute(next_one.with_for_update(skip_locked=True)).mappings().first()
            if row is None:
                return None
            claimed = {"claimed_by": worker, "claimed_until": now + lease, "tries": row["tries"] + 1}
            connection.execute(update(inbox).where(inbox.c.id == row["id"]).values(**claimed))
            return _accepted({**row, **claimed})

    def renew(self, workers: Collection[str], now: datetime, lease: timedelta) -> int:
        """Keep what these workers hold for another lease: they are still at it. How many questions that is."""
        held = inbox.c.claimed_by.in_(list(workers)) & (inbox.c.state == WAITING)
        with self._database.writing() as connection:
            return connection.execute(update(inbox).where(held).values(claimed_until=now + lease)).rowcount

    def finish(self, id: str, worker: str, now: datetime, answer_ref: str | None = None) -> bool:
        """Mark a question answered, with a reference to the answer; False if its lease went to another."""
        held = (inbox.c.id == id) & (inbox.c.claimed_by == worker) & (inbox.c.state == WAITING)
        done = {"state": ANSWERED, "answered_at": now, "answer_ref": answer_ref}
        with self._database.writing() as connection:
            return connection.execute(update(inbox).where(held).values(**done)).rowcount == 1

    def unfinished(self, now: datetime) -> list[Accepted]:
        """The questions that nobody is at work on, the longest waiting first."""
        waiting = select(inbox).where(_open(now)).order_by(inbox.c.accepted_at, inbox.c.id)
        with self._database.reading() as connection:
            return [_accepted(dict(row)) for row in connection.execute(waiting).mappings()]


def _open(now: datetime) -> ColumnElement[bool]:
    free = or_(inbox.c.claimed_until.is_(None), inbox.c.claimed_until <= now)
    return (inbox.c.state == WAITING) & free


def _accepted(row: Mapping[str, Any]) -> Accepted:
    return Accepted(**{name: row[name] for name in Accepted.__dataclass_fields__})
