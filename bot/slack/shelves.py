"""What this room needs of the records, as shapes; wiring passes in the real ones."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal, Protocol, TypeVar

from bot.types import Held, Rate, Schedule


class Accepted(Protocol):
    """A question of the inbox that a worker has claimed."""

    @property
    def id(self) -> str:
        """Its id in the inbox."""
        ...

    @property
    def accepted_at(self) -> datetime:
        """When it was accepted, naive UTC."""
        ...

    @property
    def tries(self) -> int:
        """How often it was claimed, this time included."""
        ...

    @property
    def payload(self) -> Mapping[str, Any]:
        """What was accepted."""
        ...


class Inbox(Protocol):
    """Accepted questions, each once, until they are answered."""

    def accept(
        self, *, event: str, team: str, channel: str, ts: str, payload: Mapping[str, Any], now: datetime
    ) -> bool:
        """Keeps a question before it is acknowledged; True the first time it is seen."""
        ...

    def claim(self, now: datetime, worker: str, lease: timedelta, event: str | None = None) -> Accepted | None:
        """The question of this event for this worker alone; None when it is taken or answered."""
        ...

    def renew(self, workers: Collection[str], now: datetime, lease: timedelta) -> int:
        """What these workers hold stays theirs for another lease; how many questions that is."""
        ...

    def finish(self, id: str, worker: str, now: datetime, answer_ref: str | None = None) -> bool:
        """The question has its final answer."""
        ...

    def unfinished(self, now: datetime) -> Sequence[Accepted]:
        """The questions that nobody is at work on."""
        ...


class Thread(Protocol):
    """What is remembered of a conversation."""

    @property
    def language(self) -> str | None:
        """The language it was last held in."""
        ...


class Threads(Protocol):
    """The conversations that the bot takes part in."""

    def recall(self, team: str, channel: str, thread_ts: str) -> Thread | None:
        """What is remembered of one; None when the bot was never in it."""
        ...

    def remember(
        self,
        team: str,
        channel: str,
        thread_ts: str,
        *,
        query: Mapping[str, Any] | None,
        language: str | None,
        now: datetime,
        data: str = "",
    ) -> None:
        """Keeps the latest turn, about a data set."""
        ...


class Posting(Protocol):
    """A due time of a schedule that a worker has claimed."""

    @property
    def schedule(self) -> Schedule:
        """What is due."""
        ...

    @property
    def due(self) -> datetime:
        """When it was due, naive UTC."""
        ...

    @property
    def begun_at(self) -> datetime:
        """When it was first claimed, naive UTC."""
        ...

    @property
    def tries(self) -> int:
        """How often it was claimed, this time included."""
        ...


P = TypeVar("P", bound=Posting)


class Schedules(Protocol[P]):
    """Summaries that come by themselves."""

    def get(self, team: str, id: int) -> Schedule | None:
        """A schedule; None for one that is gone."""
        ...

    def change(self, schedule: Schedule) -> None:
        """Keeps it as it is now."""
        ...

    def personal(self, until: datetime) -> Sequence[Schedule]:
        """The active ones that follow their owner's zone and are due up to `until`."""
        ...

    def move(self, schedule: Schedule, zone: str, due: datetime) -> bool:
        """Lets one follow its owner into another zone; False where it has changed meanwhile."""
        ...

    def claim(self, now: datetime, worker: str, lease: timedelta) -> P | None:
        """Something that is due, for this worker alone; None where nothing is."""
        ...

    def renew(self, workers: Collection[str], now: datetime, lease: timedelta) -> int:
        """What these workers hold stays theirs for another lease; how much that is."""
        ...

    def finish(
        self, posting: P, worker: str, now: datetime, end: Literal["posted", "refused"], ts: str | None = None
    ) -> bool:
        """The end of a posting; False if it went to another worker."""
        ...


class Promise(Protocol):
    """A promise to tell when an answer is final, which a worker has claimed."""

    @property
    def id(self) -> str:
        """Its id."""
        ...

    @property
    def channel(self) -> str:
        """Where it was made."""
        ...

    @property
    def thread(self) -> str:
        """The thread it is kept in."""
        ...

    @property
    def asker(self) -> str:
        """Who wants to hear of it."""
        ...

    @property
    def document(self) -> Mapping[str, Any]:
        """What is told then."""
        ...

    @property
    def tries(self) -> int:
        """How often it was claimed since it last had to wait, this time included."""
        ...


class Promises(Protocol):
    """Promises to tell when an answer is final, each kept once."""

    def make(
        self, id: str, *, channel: str, thread: str, asker: str, document: Mapping[str, Any], due: date, now: datetime
    ) -> bool:
        """Keeps a promise; False where it was made before."""
        ...

    def due(self, now: datetime) -> Sequence[str]:
        """The ids of those whose day has come and that nobody is at work on."""
        ...

    def claim(self, id: str, now: datetime, worker: str, lease: timedelta) -> Promise | None:
        """The promise for this worker alone; None when it is taken or kept."""
        ...

    def wait(self, id: str, worker: str, until: datetime) -> None:
        """It cannot be kept before this instant."""
        ...

    def finish(self, id: str, worker: str) -> bool:
        """It was kept, or cannot be."""
        ...


class Turns(Protocol):
    """Whose questions were taken lately."""

    def take(self, person: str, now: datetime, rate: Rate) -> Held | None:
        """Counts a question of a person; or says until when it is not taken."""
        ...


class Records(Protocol):
    """What must survive."""

    @property
    def turns(self) -> Turns:
        """Whose questions were taken lately."""
        ...

    @property
    def promises(self) -> Promises:
        """Promises to tell when an answer is final."""
        ...

    @property
    def inbox(self) -> Inbox:
        """The accepted questions."""
        ...

    @property
    def threads(self) -> Threads:
        """The conversations."""
        ...

    @property
    def schedules(self) -> Schedules[Any]:
        """Summaries that come by themselves."""
        ...

    def expire(self, now: datetime) -> Mapping[str, int]:
        """Deletes what is over its time; table → rows."""
        ...
