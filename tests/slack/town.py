"""A service from a script, a town of people, and what both need."""

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from bot import errors
from bot.engines.answers.marks import REASONS
from bot.pictures import Painter
from bot.playground import Slack
from bot.records import Records
from bot.slack.app import SlackBot, open_bot
from bot.types import Answer, Defaults, Intent, Outcome, Person, Place, Query, Question, Rate, Rights, Standing

ROOT = Path(__file__).parents[2]
MANIFEST = json.loads((ROOT / "manifest.json").read_text())
NOW = datetime(2026, 11, 10, 9, 0)
NOTES = ("Working on it", "J’y travaille", "Estoy en ello", "Pracuję nad tym")


def said(text: str, **more: Any) -> Answer:
    return Answer(**{"outcome": Outcome.ANSWER, "intent": Intent.VALUE, "language": "en", "text": text, **more})


@dataclass(frozen=True)
class Sole:
    """The data sets where there is the main one alone."""

    service: Any
    names = ()

    def at(self, team: str, channel: str, thread: str = "") -> Any:
        return self.service

    def named(self, name: str) -> Any:
        return self.service

    behind = of_draft = named

    def all(self) -> list[Any]:
        return [self.service]

    def suits(self, channel: str, data: str) -> bool:
        return True

    def channels(self, data: str) -> tuple[str, ...]:
        return ()

    def sweep(self, now: datetime) -> None:
        """Nobody lent anything."""


class OfOne:
    """What every service has, of one that answers about the only data there is."""

    data_set = ""

    @property
    def sets(self) -> Sole:
        return Sole(self)


@dataclass
class Script(OfOne):
    """A service that answers from a script, and remembers what it was asked."""

    answers: dict[str, Answer | Exception | Callable[[Question], Answer]] = field(default_factory=dict)
    asked: list[tuple[Question, str | None]] = field(default_factory=list)
    again_asked: list[tuple[str, Question, str | None]] = field(default_factory=list)
    own: dict[str, Rights] = field(default_factory=dict)
    """Person → what they may see alone, where that is more than in a channel."""
    about: dict[str, Defaults] = field(default_factory=dict)
    chosen: list[tuple[Question, Mapping[str, Any], str | None]] = field(default_factory=list)
    admitted: list[tuple[Person, Place, str | None]] = field(default_factory=list)
    given: list[tuple[list[tuple[str, bytes]], str]] = field(default_factory=list)
    shelved: list[tuple[list[tuple[str, bytes]], str]] = field(default_factory=list)
    marks: list[tuple[str, bool, str, str, str]] = field(default_factory=list)
    document_kinds: tuple[str, ...] = (".md", ".pdf")
    reasons: tuple[str, ...] = REASONS
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def clerk(self) -> "Script":
        return self

    @property
    def policy(self) -> "Script":
        return self

    @property
    def unnamed(self) -> Rights:
        return Rights(role="viewer")

    def ask(self, question: Question, thread: str | None = None) -> Answer:
        with self.lock:
            self.asked.append((question, thread))
        answer = self.answers.get(question.text, said(f"Answer to: {question.text}"))
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, Answer) else answer(question)

    def weekly(self, question: Question, thread: str | None = None) -> Answer:
        return self.ask(question, thread)

    def requests(self, question: Question) -> Answer:
        return self.ask(question)

    def note(self, question: Question) -> Answer:
        return self.ask(question)

    def alert(self, question: Question, thread: str | None = None) -> Answer:
        return self.ask(question)

    def stated(self, answer: Answer, question: Question) -> Mapping[str, Any] | None:
        return None

    def endorse(self, question: Question) -> Answer:
        return self.ask(question)

    def metric(self, question: Question, choose: Callable[[Query], Answer]) -> Answer:
        return self.ask(question)

    def data(self, question: Question) -> Answer:
        return self.ask(question)

    def feedback(self, question: Question) -> Answer:
        return self.ask(question)

    def standing(self, question: Question, *, measured: bool = False) -> Standing:
        return Standing("Fern")

    def documents(self, question: Question) -> Answer:
        return self.ask(question)

    def add_documents(self, files: Sequence[tuple[str, bytes]], question: Question) -> Answer:
        self.shelved.append((list(files), question.asker))
        return said(f"Added: {', '.join(name for name, _ in files)}")

    def choose(self, question: Question, query: Mapping[str, Any], thread: str | None = None) -> Answer:
        self.chosen.append((question, query, thread))
        return said(f"Chosen: {query['metric']}")

    def again(self, answer: str, question: Question, thread: str | None = None) -> Answer:
        self.again_asked.append((answer, question, thread))
        return said(f"For {question.rights.role}: {question.text}")

    def mark(self, answer: str, up: bool, *, by: str, now: datetime, reason: str = "", words: str = "") -> None:
        self.marks.append((answer, up, by, reason, words))

    def try_file(self, files: Sequence[tuple[str, bytes]], question: Question, thread: str) -> Answer:
        self.given.append((list(files), question.language or ""))
        return said(f"Read: {', '.join(name for name, _ in files)}")

    def admit(self, person: Person, place: Place, channel: str | None) -> Rights:
        self.admitted.append((person, place, channel))
        if place is Place.EXTERNAL or person.guest or person.stranger or person.bot or person.deleted:
            raise errors.NotAllowed("slack_unseen_place")
        return self.own.get(person.id, Rights(role="viewer")) if place is Place.DM else Rights(role="viewer")

    def defaults(self, channel: str) -> Defaults:
        return self.about.get(channel, Defaults())

    def now(self) -> datetime:
        return NOW


def start(service: Script, records: Records, slack: Slack, language: str = "en") -> SlackBot:
    return open_bot(
        service,
        records,
        bot_token=slack.bot_token,
        app_token=slack.app_token,
        try_file=(service if isinstance(service, Script) else Script()).try_file,
        draw=Painter().draw,
        api_url=slack.api_url.rstrip("/"),
        language=language,
        rate=Rate(10_000, 10_000, 1),
    )


def shows_tasks(message: Mapping[str, Any]) -> bool:
    """Whether a message still says what is being done, and is to be filled by the answer."""
    return any(block["type"] == "task_card" for block in message.get("blocks", ()))


@dataclass
class Town:
    """Two colleagues, a channel with the bot, and short ways to look at what was said."""

    slack: Slack
    ana: str
    bruno: str
    channel: str

    def answers(self, channel: str | None = None) -> list[dict[str, Any]]:
        """The bot's messages that hold more than the note that work has begun."""
        found = self.slack.messages(channel or self.channel, by_app=True)
        return [m for m in found if not m["text"].startswith(NOTES) and not shows_tasks(m)]

    def answer(self, channel: str | None = None, number: int = 1) -> dict[str, Any]:
        """The bot's latest answer, once there are so many."""
        return self.slack.wait_for(lambda: found if len(found := self.answers(channel)) >= number else [], seconds=30)[
            -1
        ]

    def whisper(self, person: str, number: int = 1) -> dict[str, Any]:
        """What a person alone was shown last, once there is so much of it."""
        return self.slack.wait_for(lambda: found if len(found := self.whispers(person)) >= number else [], seconds=30)[
            -1
        ]

    def whispers(self, person: str) -> list[dict[str, Any]]:
        """What a person alone was shown, without the notes that work has begun."""
        return [m for m in self.slack.ephemerals(person) if not m["text"].startswith(NOTES)]

    def quiet(self, seconds: float = 0.4) -> None:
        """Time enough for a second answer to show, were there one."""
        time.sleep(seconds)
