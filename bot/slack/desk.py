"""The desk: what was heard goes to whoever is to do it, and what is due is looked for from time to time."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from bot import trail
from bot.slack import heard
from bot.slack.claims import Claims
from bot.slack.clock import Clock
from bot.slack.conversation import Conversation
from bot.slack.counter import Counter
from bot.slack.decisions import Decisions
from bot.slack.finals import Finals
from bot.slack.heard import Heard
from bot.slack.homes import Homes
from bot.slack.keeping import Keeping
from bot.slack.making import Making
from bot.slack.manifest import SHORTCUT
from bot.slack.marks import Marks
from bot.slack.steps import Steps
from bot.slack.stops import Stops
from bot.slack.watch import KINDS, Watch
from bot.slack.workbench import Workbench

LOG = logging.getLogger(__name__)
WORKERS = 8
SWEEP_SECONDS = 5.0
MEET_SECONDS = 240.0
"""How often everybody is looked up: before what was found is too old to be used."""


@dataclass(frozen=True)
class Desk:
    """Takes in what was heard: keeps it, and hands it to a worker."""

    claims: Claims
    conversation: Conversation
    stops: Stops
    steps: Steps
    counter: Counter
    marks: Marks
    decisions: Decisions
    workbench: Workbench
    making: Making
    summaries: Clock
    watch: Watch
    finals: Finals
    homes: Homes
    keeping: Keeping
    bot_user: str
    workers: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(WORKERS, thread_name_prefix="answer"), init=False
    )
    closing: threading.Event = field(default_factory=threading.Event, init=False)
    sweeper: threading.Thread = field(init=False)
    meeting: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sweeper", threading.Thread(target=self._sweep, name="sweeper", daemon=True))
        object.__setattr__(self, "meeting", threading.Thread(target=self._meet, name="meeting", daemon=True))

    def open(self) -> None:
        """Takes up what an earlier process accepted and left unanswered, now and from time to time, and what is due."""
        self.sweeper.start()
        self.meeting.start()
        self.summaries.open()

    def working(self) -> bool:
        """Whether what looks for work to do is still at it."""
        return self.sweeper.is_alive() and self.summaries.working()

    def message(self, body: Mapping[str, Any]) -> None:
        """A message or a mention, if it is for the bot."""
        self._take(heard.message(body, self.bot_user, self.conversation.joined))

    def command(self, body: Mapping[str, Any]) -> None:
        """A slash command: a question, or a form to be opened."""
        if not self.workbench.commanded(body):
            self._take(heard.command(body))

    def shortcut(self, body: Mapping[str, Any]) -> None:
        """Somebody's message, to be taken as a question."""
        if body.get("callback_id") == SHORTCUT:
            self._take(heard.shortcut(body, self.bot_user))

    def stopped(self, body: Mapping[str, Any]) -> None:
        """The stop button was pressed: past the workers, which may all be at what is to be stopped."""
        press = heard.stopped(body)
        if self.claims.accept(press):
            self.stops.take(press)

    def executed(self, body: Mapping[str, Any]) -> None:
        """A step of the app's in somebody's workflow."""
        self._take(heard.executed(body))

    def changed(self, body: Mapping[str, Any]) -> None:
        """A person who is no longer as they were."""
        self.conversation.changed(body["event"]["user"]["id"])

    def pressed(self, body: Mapping[str, Any]) -> None:
        """A pressed button: a question, a receipt to be shown, a mark, a promise, a draft, or a decision on one."""
        desks = (self.marks, self.decisions, self.finals, self.counter)
        asking = (self.workbench, self.homes)
        if not any(desk.pressed(body) for desk in desks) and not any(one.pressed(body, self._take) for one in asking):
            self._take(heard.pressed(body))

    def submitted(self, body: Mapping[str, Any]) -> None:
        """A form that was filled in: why an answer was no good, for whom a draft is, what is decided on it, or what is
        changed on the Home."""
        asking = (self.workbench, self.homes)
        if not any(one.submitted(body, self._take) for one in asking) and not self.decisions.submitted(body):
            self.marks.submitted(body)

    def in_place(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """What stands in the place of a form that was filled in; nothing where it closes."""
        return self.workbench.in_place(body) or self.homes.in_place(body)

    def opened(self, body: Mapping[str, Any]) -> None:
        """The app was opened: its Home, or above the messages questions to start from, for who may ask any."""
        event = body["event"]
        if event.get("tab") == "messages":
            self.workers.submit(self.conversation.suggest, event["user"], event["channel"])
        elif event.get("tab") == "home":
            self.homes.opened(event["user"], event["channel"])

    def close(self) -> None:
        """Lets the answers that are being written go out; the others wait in the inbox."""
        self.closing.set()
        self.summaries.close()
        self.counter.close()
        self.marks.close()
        self.decisions.close()
        self.workbench.close()
        self.finals.close()
        self.homes.close()
        self.workers.shutdown(wait=True, cancel_futures=True)

    def _take(self, what: Heard | None) -> Future[None] | None:
        if what is None:
            return None
        with trail.about(what.key):
            first = self.claims.accept(what)
            LOG.info("event %s is %s", what.event, "accepted" if first else "a repetition")
        return self._give(what) if first else None

    def _give(self, what: Heard) -> Future[None]:
        others = {
            **dict.fromkeys(KINDS, self.watch.judge), "stop": self.stops.take, "step": self.steps.run,
            "form": self.making.make,
        }  # fmt: skip
        return self.workers.submit(self._do, others.get(what.kind, self.conversation.answer), what)

    @staticmethod
    def _do(work: Callable[[Heard], object], what: Heard) -> None:
        with trail.about(what.key):
            work(what)

    def _sweep(self) -> None:
        while not self.closing.is_set():
            try:
                for what in self.claims.left_over():
                    self._give(what)
                for what in self.watch.due():
                    self._give(what)
                self.finals.sweep()
                self.keeping.sweep()
            except Exception:
                LOG.exception("the inbox could not be swept")
            self.closing.wait(SWEEP_SECONDS)

    def _meet(self) -> None:
        while not self.closing.is_set():
            self.conversation.meet()
            self.closing.wait(MEET_SECONDS)
