"""What this room needs from others, as shapes; wiring passes in the real parts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

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


class Rule(Protocol):
    """An alert that is set."""

    @property
    def name(self) -> str:
        """Its number."""
        ...

    @property
    def by(self) -> str:
        """Whose it is."""
        ...

    @property
    def place(self) -> str:
        """The team and channel that it tells; empty for one that was set elsewhere."""
        ...

    @property
    def language(self) -> str:
        """What it is told in."""
        ...


class Alerts(Protocol):
    """The alerts that are set."""

    def rules(self) -> Sequence[Rule]:
        """All of them."""
        ...

    def read_to(self, now: datetime) -> date:
        """The day before which the data is complete."""
        ...

    def keep(self, rule: Any) -> None:
        """Keeps one as it is after it was told."""
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

    def alert(self, question: Question, thread: str | None = None) -> Answer:
        """What to be told of unasked, set, listed or changed in the conversation `thread`."""
        ...

    @property
    def alerts(self) -> Alerts:
        """The alerts that are set."""
        ...

    def judged(self, rule: Any, question: Question) -> tuple[Answer | None, Any]:
        """What an alert says now, if anything, and the alert after it was told."""
        ...

    def documents(self, question: Question) -> Answer:
        """The company's own documents, or the removal of one, for admins; others are refused."""
        ...

    def add_documents(self, files: Sequence[tuple[str, bytes]], question: Question) -> Answer:
        """Puts documents (name, bytes) into the playbook, for admins; others are refused."""
        ...

    def audit(self, question: Question) -> Answer:
        """Who asked what and which numbers were shown, for admins; others are refused."""
        ...

    def forget(self, question: Question, askers: Callable[[str], Sequence[str]]) -> Answer:
        """What is kept of a person, or that it is deleted, for admins; `askers` knows ids by address."""
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
