"""Summaries that come by themselves: each time one is due it is claimed by one worker, and posted once.

A due time is claimed by the row that holds it, of which there can be one. A claim lasts for a lease; one that ends
unfinished (its worker died) may be taken over. Of several times that were missed only the last is claimed.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

from sqlalchemy import ColumnElement, Connection, insert, select, update

from bot.records.database import Database
from bot.records.schema import postings, schedules
from bot.types import Cadence, Schedule
from bot.types.schedules import latest_due, next_due

End: TypeAlias = Literal["posted", "refused", "dropped"]
"""How a posting ends: as a message, as a paused schedule, or as nothing, since its schedule is no longer active."""
OPEN, DROPPED = "open", "dropped"
ACTIVE, DELETED = "active", "deleted"
KEPT = tuple(name for name in Schedule.__dataclass_fields__ if name != "id")


@dataclass(frozen=True, slots=True)
class Posting:
    """A due time that a worker has claimed. `tries` counts the claims, this one included."""

    schedule: Schedule
    due: datetime
    begun_at: datetime
    tries: int


class Schedules:
    """The schedules and their postings."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def make(self, schedule: Schedule, now: datetime) -> Schedule:
        """Keep a new schedule; the one that is there already where that is active and the same in all but its owner."""
        apart = ("owner", "due", "language")
        same = [schedules.c[name] == value for name, value in _row(schedule).items() if name not in apart]
        with self._database.writing() as connection:
            found = connection.execute(select(schedules).where(*same)).mappings().first()
            if found is not None:
                return _schedule(found)
            made = connection.execute(insert(schedules).values(**_row(schedule), made_at=now))
            return replace(schedule, id=int((made.inserted_primary_key or (0,))[0]))

    def get(self, team: str, id: int) -> Schedule | None:
        """A schedule of a team; None for one that is not, or no longer, there."""
        found = self._found((schedules.c.team == team) & (schedules.c.id == id))
        return found[0] if found else None

    def of(self, team: str, channel: str) -> list[Schedule]:
        """Those of a channel, in the order they were made."""
        return self._found((schedules.c.team == team) & (schedules.c.channel == channel))

    def owned(self, owner: str) -> list[Schedule]:
        """Those of a person, in the order they were made."""
        return self._found(schedules.c.owner == owner)

    def change(self, schedule: Schedule) -> None:
        """Keep a schedule as it is now."""
        with self._database.writing() as connection:
            connection.execute(update(schedules).where(schedules.c.id == schedule.id).values(**_row(schedule)))

    def personal(self, until: datetime) -> list[Schedule]:
        """The active ones that follow their owner's zone and are due up to `until`."""
        soon = schedules.c.personal & (schedules.c.state == ACTIVE) & (schedules.c.due <= until)
        return self._found(soon)

    def move(self, schedule: Schedule, zone: str, due: datetime) -> bool:
        """Let a schedule follow its owner into another zone; False where it has changed meanwhile."""
        this = (schedules.c.id == schedule.id) & (schedules.c.due == schedule.due) & (schedules.c.zone == schedule.zone)
        with self._database.writing() as connection:
            return connection.execute(update(schedules).where(this).values(zone=zone, due=due)).rowcount == 1

    def claim(self, now: datetime, worker: str, lease: timedelta) -> Posting | None:
        """Something that is due, for this worker alone until `now + lease`; None where nothing is."""
        if not self._waits(now):
            return None
        with self._database.writing() as connection:
            return self._due(connection, now, worker, lease) or self._left(connection, now, worker, lease)

    def renew(self, workers: Collection[str], now: datetime, lease: timedelta) -> int:
        """Keep what these workers hold for another lease; how many postings that is."""
        held = postings.c.claimed_by.in_(list(workers)) & (postings.c.state == OPEN)
        with self._database.writing() as connection:
            return connection.execute(update(postings).where(held).values(claimed_until=now + lease)).rowcount

    def finish(self, posting: Posting, worker: str, now: datetime, end: End, ts: str | None = None) -> bool:
        """The end of a posting, with the ts of its message; False if its lease went to another."""
        held = _this(posting.schedule.id, posting.due) & (postings.c.claimed_by == worker) & (postings.c.state == OPEN)
        with self._database.writing() as connection:
            done = update(postings).where(held).values(state=end, posted_at=now, ts=ts)
            return connection.execute(done).rowcount == 1

    def posted(self, id: int) -> list[tuple[datetime, str, str | None]]:
        """(due, how it ended, ts) of every time that a schedule was due and claimed, the earliest first."""
        chosen = select(postings.c.due, postings.c.state, postings.c.ts).where(postings.c.schedule == id)
        with self._database.reading() as connection:
            return [(row.due, row.state, row.ts) for row in connection.execute(chosen.order_by(postings.c.due))]

    # ------------------------------------------------------------ claiming

    def _waits(self, now: datetime) -> bool:
        """Whether there is something to claim; asking writes nothing, and it is asked every few seconds."""
        due = select(schedules.c.id).where((schedules.c.state == ACTIVE) & (schedules.c.due <= now)).limit(1)
        left = select(postings.c.schedule).where(_lapsed(now)).limit(1)
        with self._database.reading() as connection:
            return any(connection.execute(one).first() is not None for one in (due, left))

    @staticmethod
    def _due(connection: Connection, now: datetime, worker: str, lease: timedelta) -> Posting | None:
        """The last due time of a schedule whose time has come; what was left of earlier ones is dropped with them."""
        waiting = select(schedules).where((schedules.c.state == ACTIVE) & (schedules.c.due <= now))
        first = waiting.order_by(schedules.c.due, schedules.c.id).limit(1).with_for_update(skip_locked=True)
        while (row := connection.execute(first).mappings().first()) is not None:
            schedule = _schedule(row)
            due = max(schedule.due, latest_due(schedule, now))
            ahead = next_due(schedule, max(now, due))
            connection.execute(update(schedules).where(schedules.c.id == schedule.id).values(due=ahead))
            earlier = (postings.c.schedule == schedule.id) & (postings.c.due < due) & _lapsed(now)
            connection.execute(update(postings).where(earlier).values(state=DROPPED))
            if connection.execute(select(postings.c.due).where(_this(schedule.id, due))).first() is None:
                claimed = {"claimed_by": worker, "claimed_until": now + lease, "begun_at": now, "tries": 1}
                connection.execute(insert(postings).values(schedule=schedule.id, due=due, state=OPEN, **claimed))
                return Posting(schedule, due, now, 1)
        return None

    @staticmethod
    def _left(connection: Connection, now: datetime, worker: str, lease: timedelta) -> Posting | None:
        """What a worker that died left unfinished; of a schedule that is no longer active it is dropped."""
        lapsed = select(postings).where(_lapsed(now)).order_by(postings.c.due, postings.c.schedule)
        first = lapsed.limit(1).with_for_update(skip_locked=True)
        while (row := connection.execute(first).mappings().first()) is not None:
            this = _this(row["schedule"], row["due"])
            found = connection.execute(select(schedules).where(schedules.c.id == row["schedule"])).mappings().first()
            if found is None or found["state"] != ACTIVE:
                connection.execute(update(postings).where(this).values(state=DROPPED))
                continue
            tries = row["tries"] + 1
            claimed = {"claimed_by": worker, "claimed_until": now + lease, "tries": tries}
            connection.execute(update(postings).where(this).values(**claimed))
            return Posting(_schedule(found), row["due"], row["begun_at"], tries)
        return None

    def _found(self, this: ColumnElement[bool]) -> list[Schedule]:
        chosen = select(schedules).where(this, schedules.c.state != DELETED).order_by(schedules.c.id)
        with self._database.reading() as connection:
            return [_schedule(row) for row in connection.execute(chosen).mappings()]


def _this(id: int, due: datetime) -> ColumnElement[bool]:
    return (postings.c.schedule == id) & (postings.c.due == due)


def _lapsed(now: datetime) -> ColumnElement[bool]:
    return (postings.c.state == OPEN) & (postings.c.claimed_until <= now)


def _row(schedule: Schedule) -> dict[str, Any]:
    return {name: getattr(schedule, name) for name in KEPT} | {"cadence": schedule.cadence.value}


def _schedule(row: Mapping[Any, Any]) -> Schedule:
    kept = {name: row[name] for name in (*KEPT, "id")}
    return Schedule(**{**kept, "cadence": Cadence(row["cadence"])})
