"""What this room needs from others, as shapes; wiring passes in the real parts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from bot.documents import Receipt
from bot.language import Language
from bot.slack.sets import Sets
from bot.types import (
    Answer,
    Choices,
    Composition,
    Decision,
    Deed,
    Defaults,
    Endorsement,
    Evidence,
    Final,
    Grain,
    Order,
    Person,
    Picture,
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

    def history(self, id: str) -> Sequence[Decision]:
        """What was decided about a draft, the oldest first."""
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


class ForOwner(Protocol):
    """What one owner of accounts in trouble is to be told."""

    @property
    def accounts(self) -> Sequence[str]:
        """Which accounts, in the order of the answer's lines: one each, after its first."""
        ...

    @property
    def answer(self) -> Answer:
        """What is told of them."""
        ...

    @property
    def deeds(self) -> Sequence[Mapping[str, str]]:
        """Of each account: what may be done about it (draft, snooze, calm) → how that is asked for."""
        ...


class Accounts(Protocol):
    """The accounts newly in trouble."""

    def owners(self, now: datetime) -> Sequence[str]:
        """Those who look after them, as the data names them."""
        ...

    def told(self, message: Any, question: Question) -> None:
        """Keeps that an owner was told."""
        ...


class Switch(Protocol):
    """That the owners of accounts in trouble are told."""

    @property
    def by(self) -> str:
        """Who switched it on."""
        ...

    @property
    def team(self) -> str:
        """In which workspace."""
        ...

    @property
    def language(self) -> str:
        """In which language."""
        ...

    @property
    def unreached(self) -> Collection[str]:
        """The owners of whom they know already that they cannot be told."""
        ...


class Owners(Protocol):
    """The switch of it."""

    def now(self) -> Switch | None:
        """As it is; None where it is off."""
        ...

    def told(self, unreached: Collection[str]) -> None:
        """Keeps of whom it was told that they cannot be reached."""
        ...


class Alerts(Protocol):
    """The alerts that are set."""

    @property
    def accounts(self) -> Accounts:
        """The accounts newly in trouble."""
        ...

    @property
    def owners(self) -> Owners:
        """Whether their owners are told of them."""
        ...

    def rules(self) -> Sequence[Rule]:
        """All of them."""
        ...

    def read_to(self, now: datetime) -> date:
        """The day before which the data is complete."""
        ...

    def keep(self, rule: Any) -> None:
        """Keeps one as it is after it was told."""
        ...


class Composer(Protocol):
    """Makes drafts of what a form asks; each raises ForPerson."""

    def choices(self, question: Question, language: Language, answer: str = "") -> Choices:
        """What the asker may choose, with the people of a kept answer chosen where it is about some."""
        ...

    def query(self, question: Question, wanted: Composition) -> Query:
        """Whom the form asks a draft for."""
        ...

    def message(self, wanted: Composition) -> str | None:
        """The written message that the form asks for."""
        ...

    def another(self, draft: str, wanted: Composition) -> Composition:
        """The same for the next text that is written for such people."""
        ...

    def shorter(self, question: Question, draft: str, by: str, language: Language) -> Answer:
        """The draft without a paragraph, edited in a person's name."""
        ...

    def shown(self, question: Question, draft: str, language: Language) -> Answer:
        """A kept draft as it is now."""
        ...


class Clerk(Protocol):
    """Keeps what people type; user errors come back as Answers."""

    @property
    def composer(self) -> Composer:
        """What turns a form into a draft."""
        ...

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

    def export(self, question: Question, order: Order, language: Language) -> Answer:
        """Writes an approved draft, with all of the campaign that it is a message of, as files for the tool that sends
        it; ForPerson where it cannot be."""
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

    def stated(self, answer: Answer, question: Question) -> Mapping[str, Any] | None:
        """What is to be held against the data later of an answer that was posted unasked; None for nothing."""
        ...

    def restated(self, kept: Mapping[str, Any], question: Question) -> tuple[Answer, Mapping[str, Any]] | None:
        """What is to be said of it now, and what to hold against the data from then on; None where all stands."""
        ...

    def troubled(self, owner: str, question: Question) -> ForOwner | None:
        """What an owner of accounts newly in trouble is to be told, by the question's rights; None for nothing."""
        ...

    def documents(self, question: Question) -> Answer:
        """The company's own documents, or the removal of one, for admins; others are refused."""
        ...

    def add_documents(self, files: Sequence[tuple[str, bytes]], question: Question) -> Answer:
        """Puts documents (name, bytes) into the playbook, for admins; others are refused."""
        ...

    def metric(self, question: Question, choose: Callable[[Query], Answer]) -> Answer:
        """One metric, named exactly, as `choose` answers it; without a name, those that there are."""
        ...

    def named_metric(self, question: Question) -> Query:
        """The query that the question's words name exactly. Raises ForPerson."""
        ...

    def data(self, question: Question) -> Answer:
        """How far the data reaches, what is odd and what is missing, in short."""
        ...

    def feedback(self, question: Question) -> Answer:
        """A word for the admins; alone, for them, the answers that were marked as bad."""
        ...

    def audit(self, question: Question) -> Answer:
        """Who asked what and which numbers were shown, for admins; others are refused."""
        ...

    def forget(self, question: Question, askers: Callable[[str], Sequence[str]]) -> Answer:
        """What is kept of a person, or that it is deleted, for admins; `askers` knows ids by address."""
        ...

    def segments(self, question: Question) -> Answer:
        """The saved segments with their sizes; "segments delete NAME" deletes one, for its owner and admins."""
        ...

    def standing(self, question: Question, *, measured: bool = False) -> Standing:
        """Where the company stands, for somebody who asks nothing yet, with the sizes of its segments where that is
        wanted; ForPerson where it cannot be told."""
        ...


class Policy(Protocol):
    """Who may see what."""

    @property
    def unnamed(self) -> Rights:
        """What may be shown where nobody is known to ask or to read along."""
        ...


class Service(Protocol):
    """Answers questions about one data set; user errors come back as Answers."""

    @property
    def data_set(self) -> str:
        """The name of the data set; empty for the main one."""
        ...

    @property
    def sets(self) -> Sets:
        """Who answers about which data set."""
        ...

    @property
    def policy(self) -> Policy:
        """Who may see what."""
        ...

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

    def draft(
        self,
        question: Question,
        query: Query,
        play: str | None,
        draft_type: str | None,
        channel: str | None,
        tone: str = "",
    ) -> Answer:
        """The draft for a Query of intent draft; what is None is chosen."""
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


class Draw(Protocol):
    """Draws what a chart of Slack's cannot show."""

    def __call__(self, answer: Answer, language: Language) -> Picture | None:
        """The picture of an answer; None where it has none."""
        ...


class TryFile(Protocol):
    """Takes a person's own files, to answer from them for that person alone."""

    def __call__(self, files: Sequence[tuple[str, bytes]], question: Question, thread: str) -> Answer:
        """What is in them, what was assumed, the most telling answers, and for how long they are kept: from then on
        the thread ("team/channel/ts") is about them. ForPerson where nothing can be read."""
        ...
