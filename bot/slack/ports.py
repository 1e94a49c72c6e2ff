"""What this room needs from others, as shapes; wiring passes in the real parts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal, Protocol, TypeVar

from bot.documents import Receipt
from bot.language import Language
from bot.types import (
    Answer,
    Deed,
    Defaults,
    Endorsement,
    Evidence,
    Final,
    Grain,
    Person,
    Place,
    Query,
    Question,
    Readers,
    Rights,
    Schedule,
    Standing,
    Variant,
)


class Decided(Protocol):
    """Decides on drafts."""

    def decide(self, question: Question, deed: Deed, language: Language) -> Answer:
        """Does it, or says why not; ForPerson where the draft or the right is lacking."""
        ...

    def texts(self, draft: str) -> tuple[Variant, ...]:
        """The texts of a draft as they are now; ForPerson where there is none."""
        ...


class Clerk(Protocol):
    """Keeps what people type; user errors come back as Answers."""

    def schedule(self, question: Question, thread: str | None) -> Answer:
        """Summaries that come by themselves: made, listed or changed, in the conversation `thread`."""
        ...

    def requests(self, question: Question) -> Answer:
        """What people proposed, or the decision on it, for admins; others are refused."""
        ...

    def note(self, question: Question) -> Answer:
        """A note of what happened on a day, kept, listed or taken back; only analysts and admins write them."""
        ...

    def endorse(self, question: Question) -> Answer:
        """A definition that an analyst stands by, kept, listed or taken back."""
        ...

    def campaign(self, question: Question) -> Answer:
        """A campaign planned in eight steps; others than who may draft are refused."""
        ...

    def alert(self, question: Question) -> Answer:
        """What to be told of unasked: the list, one more, one less, one that is quiet for a while."""
        ...

    def documents(self, question: Question) -> Answer:
        """The company's own documents, or the removal of one, for admins; others are refused."""
        ...

    def add_documents(self, files: Sequence[tuple[str, bytes]], question: Question) -> Answer:
        """Puts documents (name, bytes) into the playbook, for admins; others are refused."""
        ...

    def standing(self, question: Question) -> Standing:
        """Where the company stands, for somebody who asks nothing yet; ForPerson where it cannot be told."""
        ...


class Service(Protocol):
    """Answers questions; user errors come back as Answers."""

    @property
    def clerk(self) -> Clerk:
        """What keeps requests, notes, campaigns, alerts, schedules, documents."""
        ...

    def ask(self, question: Question, thread: str | None = None) -> Answer:
        """Answers a question of any kind."""
        ...

    def again(self, answer: str, question: Question, thread: str | None = None) -> Answer:
        """Answers the question behind a kept answer anew, under the rights of whoever asks now."""
        ...

    def weekly(
        self, question: Question, thread: str | None = None, grain: Grain = Grain.WEEK, readers: Readers | None = None
    ) -> Answer:
        """The last complete week, day or month; the question says who asks, where, and in which language."""
        ...

    @property
    def admins(self) -> Collection[str]:
        """The admins, as the workspace file names them."""
        ...

    def endorse_answer(self, answer: str, question: Question) -> Endorsement:
        """Endorses the definition of an answer and marks the answer; ForPerson for who may not."""
        ...

    @property
    def document_kinds(self) -> Collection[str]:
        """The endings of files that may be documents, small and with their dot."""
        ...

    def choose(self, question: Question, query: Mapping[str, Any], thread: str | None = None) -> Answer:
        """Answers the reading that a person chose; `query` is a Query document."""
        ...

    def receipt(self, answer: str, rights: Rights) -> Receipt:
        """What an answer stands on, by the id of its question; ForPerson where there is nothing to show."""
        ...

    def awaited(self, answer: str) -> tuple[str, Final]:
        """What was asked, and from when on that answer is final; ForPerson where it is, or is gone."""
        ...

    def final(self, question: Question, awaited: Final, thread: str | None = None) -> Answer | None:
        """The awaited answer with then and now; None while it is not final."""
        ...

    def others(self, receipt: Receipt, rights: Rights, now: datetime) -> Iterator[tuple[Query, Evidence]]:
        """The same question under other common definitions, each with its number, as they are measured."""
        ...

    @property
    def decided(self) -> Decided:
        """What decides on drafts."""
        ...

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why an answer may have been no good."""
        ...

    def mark(self, answer: str, up: bool, *, by: str, now: datetime, reason: str = "", words: str = "") -> None:
        """Keeps a person's mark of an answer; ForPerson where the answer is gone."""
        ...

    def admit(self, person: Person, place: Place, channel: str | None) -> Rights:
        """What a person may see in a place; NotAllowed when that is nothing."""
        ...

    def defaults(self, channel: str) -> Defaults:
        """What a channel is about."""
        ...

    def now(self) -> datetime:
        """The instant of the question, naive UTC."""
        ...


class TryFile(Protocol):
    """Reads a person's own files for one answer."""

    def __call__(self, files: Sequence[tuple[str, bytes]], language: str) -> Answer:
        """What is in them, what was assumed and the most telling answers; ForPerson where nothing can be read."""
        ...


class Accepted(Protocol):
    """A question of the inbox that a worker has claimed."""

    @property
    def id(self) -> str:
        """Its id in the inbox."""
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

    def renew(self, workers: Collection[str], now: datetime, lease: timedelta) -> None:
        """What these workers hold stays theirs for another lease."""
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
    ) -> None:
        """Keeps the latest turn."""
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


class Records(Protocol):
    """What must survive."""

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
