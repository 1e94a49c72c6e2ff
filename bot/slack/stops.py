"""The stop button: a press reaches the work it is meant for, in this process or in another one.

A press is kept in the inbox as all that is heard. The process that is at work takes it; one that is not leaves it for
the others, and for work that is yet to begin, and after some looks it is let go: what it meant has been answered.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from bot.slack.heard import Heard
from bot.slack.shelves import Accepted, Inbox

GLANCE = timedelta(seconds=1)
"""How long a press is held by a process that looks whether it is meant."""
MOST_LOOKS = 6


class Stops:
    """What is at work in this process, and may be stopped."""

    def __init__(self, inbox: Inbox, clock: Callable[[], datetime]) -> None:
        self._inbox, self._clock = inbox, clock
        self._lock = threading.Lock()
        self._at_work: dict[str, tuple[Heard, datetime, threading.Event]] = {}

    @contextmanager
    def heeded(self, heard: Heard, accepted: Accepted) -> Iterator[threading.Event]:
        """While a question is at work here: what is set where it was stopped."""
        stopped = threading.Event()
        with self._lock:
            self._at_work[accepted.id] = heard, accepted.accepted_at, stopped
        try:
            yield stopped
        finally:
            with self._lock:
                del self._at_work[accepted.id]

    def take(self, press: Heard) -> None:
        """Stops what a press is meant for: work in its thread that was asked for before it."""
        worker = uuid.uuid4().hex
        accepted = self._inbox.claim(self._clock(), worker, GLANCE, press.event)
        if accepted is not None and (self._stopped(press, accepted.accepted_at) or accepted.tries >= MOST_LOOKS):
            self._inbox.finish(accepted.id, worker, self._clock())

    def _stopped(self, press: Heard, pressed_at: datetime) -> bool:
        with self._lock:
            meant = [
                stopped
                for heard, asked_at, stopped in self._at_work.values()
                if heard.conversation == press.conversation and asked_at <= pressed_at
            ]
        for stopped in meant:
            stopped.set()
        return bool(meant)
