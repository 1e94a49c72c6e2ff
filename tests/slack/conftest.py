"""The real Bolt app against the local Slack, over real sockets, with a scripted service behind it."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot import errors
from bot.playground import Pace, Slack
from bot.records import Records, open_records
from bot.slack.app import SlackBot, open_bot
from bot.types import Answer, Intent, Outcome, Person, Place, Question, Rights

ROOT = Path(__file__).parents[2]
MANIFEST = json.loads((ROOT / "manifest.json").read_text())
NOW = datetime(2026, 11, 10, 9, 0)


def said(text: str, **more: Any) -> Answer:
    return Answer(**{"outcome": Outcome.ANSWER, "intent": Intent.VALUE, "language": "en", "text": text, **more})


@dataclass
class Script:
    """A service that answers from a script, and remembers what it was asked."""

    answers: dict[str, Answer | Exception | Callable[[Question], Answer]] = field(default_factory=dict)
    asked: list[tuple[Question, str | None]] = field(default_factory=list)
    chosen: list[tuple[Question, Mapping[str, Any], str | None]] = field(default_factory=list)
    admitted: list[tuple[Person, Place, str | None]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, question: Question, thread: str | None = None) -> Answer:
        with self.lock:
            self.asked.append((question, thread))
        answer = self.answers.get(question.text, said(f"Answer to: {question.text}"))
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, Answer) else answer(question)

    def weekly(self, question: Question, thread: str | None = None) -> Answer:
        return self.ask(question, thread)

    def choose(self, question: Question, query: Mapping[str, Any], thread: str | None = None) -> Answer:
        self.chosen.append((question, query, thread))
        return said(f"Chosen: {query['metric']}")

    def admit(self, person: Person, place: Place, channel: str | None) -> Rights:
        self.admitted.append((person, place, channel))
        if place is Place.EXTERNAL or person.guest or person.stranger or person.bot or person.deleted:
            raise errors.NotAllowed("empty_question")
        return Rights(role="viewer")

    def now(self) -> datetime:
        return NOW


@pytest.fixture
def service() -> Script:
    return Script()


@pytest.fixture
def slack() -> Iterator[Slack]:
    """The local Slack, which resends an unacknowledged event sooner than the real one."""
    with Slack(MANIFEST, Pace(retries=(0.0, 0.2, 0.2))) as slack:
        yield slack


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with open_records(f"sqlite:///{tmp_path}/records.sqlite") as records:
        yield records


def start(service: Script, records: Records, slack: Slack) -> SlackBot:
    return open_bot(
        service, records, bot_token=slack.bot_token, app_token=slack.app_token, api_url=slack.api_url
    )


@pytest.fixture
def bot(service: Script, records: Records, slack: Slack) -> Iterator[SlackBot]:
    with start(service, records, slack) as bot:
        slack.wait_for(lambda: slack.connections)
        yield bot


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
        return [m for m in found if "Working on it" not in m["text"] and "J’y travaille" not in m["text"]]

    def answer(self, channel: str | None = None, number: int = 1) -> dict[str, Any]:
        """The bot's latest answer, once there are so many."""
        return self.slack.wait_for(
            lambda: found if len(found := self.answers(channel)) >= number else []
        )[-1]

    def quiet(self, seconds: float = 0.4) -> None:
        """Time enough for a second answer to show, were there one."""
        time.sleep(seconds)


@pytest.fixture
def town(slack: Slack, bot: SlackBot) -> Town:
    ana, bruno = slack.person("Ana", email="ana@example.com"), slack.person("Bruno", locale="fr-FR")
    return Town(slack, ana, bruno, slack.channel("retention", members=[ana, bruno]))
