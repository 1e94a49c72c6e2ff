"""The bot with a scripted model, and without one: what both engines say to the same words."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache, partial
from itertools import count
from pathlib import Path

from bot.engines.agent import arguments
from bot.engines.agent.loop import Agent
from bot.engines.agent.reply import Reply
from bot.engines.agent.work import Work
from bot.language import load
from bot.models.chat import open_chat
from bot.records import Records
from bot.service import Service
from bot.types import Answer, Limits, Place, Query, Question, Rights
from bot.wiring import service_of
from tests.models.endpoint import Asked, Script, ScriptedModel
from tests.models.turns import Refused

ROOT = Path(__file__).parents[2]


@dataclass
class Bot:
    """A service of the demo company whose model is scripted, one question at a time."""

    service: Service
    records: Records
    limits: Limits = field(default_factory=Limits)
    streaming: bool = False
    no_tools: Refused | None = None
    """What the endpoint says to who offers tools, where it takes none."""
    refusals: list[Refused] = field(default_factory=list)
    """What the endpoint refused of the last question."""
    asker: str = ""
    """Who asks; each question has somebody new, unless one is named."""
    requests: list[Asked] = field(default_factory=list)
    """Those of the last question."""
    people: Iterator[int] = field(default_factory=count)

    def asked(self, text: str, previous: Query | None = None, rights: Rights | None = None) -> Question:
        rights = rights or self.service.rights_of("analyst", Place.DM)
        return Question(
            text, self.service.now(), rights, asker=self.asker or f"person {next(self.people)}", previous=previous
        )

    @contextmanager
    def model(self, script: Script) -> Iterator[Service]:
        """The same bot with a model that plays the script."""
        with ScriptedModel(script, no_tools=self.no_tools) as model:
            chat = open_chat(model.endpoint, self.limits)
            chat.pause = lambda _: None
            chat.streaming = self.streaming
            service = copy.copy(self.service)
            service.agent = Agent(chat, self.limits)
            service.records = self.records
            yield service
        self.requests, self.refusals = model.requests, model.refusals

    def answer(self, text: str, script: Script, **more: object) -> Answer:
        """What a person gets."""
        with self.model(script) as service:
            return service.ask(self.asked(text, **more))

    def reply(self, text: str, script: Script, previous: Query | None = None) -> Reply:
        """What the agent itself gives back, before the rules engine steps in."""
        with self.model(script) as service:
            question = self.asked(text, previous)
            analyst = service._analyst(question.rights, question.now)
            reading = service._read(question, analyst)
            allowance = cache(partial(service._allowance, question))
            desk = service._desk(question, analyst, load(reading.language), None, allowance)
            return service._replied(reading, question, desk, allowance)

    def work(self, text: str, rights: Rights | None = None, previous: Query | None = None) -> Work:
        """What the tools of a question are called on, without a model."""
        question = self.asked(text, previous, rights)
        analyst = self.service._analyst(question.rights, question.now)
        language = self.service._language(question)
        desk = self.service._desk(question, analyst, language, None, lambda: None)
        return Work(desk, arguments.Asked(question, analyst, language, self.service._values(analyst)))

    def by_rules(self, text: str, **more: object) -> Answer:
        """What the rules engine says to the same words."""
        return self.service.ask(self.asked(text, **more))


def opened(records: Records) -> Bot:
    """The demo company, on the day that its workspace names."""
    service = service_of(ROOT / "workspace.toml", engine="rules")
    service.records = records
    return Bot(service, records)


def told(answer: Answer) -> Answer:
    """An answer without what differs from run to run, and without who gave it."""
    return replace(answer, elapsed_ms=0, engine="rules")
