"""Whose work is whose: what was accepted is done by one worker at a time, and by another where that one died.

A worker holds what it does for a lease, and the lease is renewed for as long as its process lives: so short that what a
process left undone is soon taken up, and as long as any work may take.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from bot import errors
from bot.slack.heard import Heard
from bot.slack.shelves import Accepted, Inbox

LEASE = timedelta(seconds=20)
"""How long a worker holds a question unless it is renewed; one whose worker died is free again after it."""


class Claims:
    """What is at work in this process, of all that was accepted."""

    def __init__(self, inbox: Inbox, clock: Callable[[], datetime]) -> None:
        self._inbox, self._clock = inbox, clock
        self._at_work: set[str] = set()

    def accept(self, heard: Heard) -> bool:
        """Keeps what is to be done, before it is acknowledged; False for a repetition."""
        return self._inbox.accept(
            event=heard.event,
            team=heard.team,
            channel=heard.channel,
            ts=heard.ts,
            payload=heard.as_row(),
            now=self._clock(),
        )

    def left_over(self) -> list[Heard]:
        """What was accepted and nobody is at work on; what is in work here is kept in work."""
        if at_work := tuple(self._at_work):
            self._inbox.renew(at_work, self._clock(), LEASE)
        return [Heard(**accepted.payload) for accepted in self._inbox.unfinished(self._clock())]

    @contextmanager
    def of(self, heard: Heard) -> Iterator[Claim | None]:
        """This work for whoever asks, until the end of the block; None where another has it, or it is done."""
        worker = uuid.uuid4().hex
        accepted = self._inbox.claim(self._clock(), worker, LEASE, heard.event)
        if accepted is None:
            yield None
            return
        self._at_work.add(worker)
        try:
            yield Claim(accepted, worker, self._inbox, self._clock)
        finally:
            self._at_work.discard(worker)


class Claim:
    """Work that one worker has."""

    def __init__(self, accepted: Accepted, worker: str, inbox: Inbox, clock: Callable[[], datetime]) -> None:
        self.accepted = accepted
        self._worker, self._inbox, self._clock = worker, inbox, clock

    def holds(self) -> bool:
        """Whether it is still this worker's. Where the records cannot tell, nobody else can have taken it."""
        try:
            return self._inbox.renew((self._worker,), self._clock(), LEASE) > 0
        except errors.Unavailable:
            return True

    def finish(self, reference: str | None = None) -> None:
        """It is done, with a reference to what came of it."""
        self._inbox.finish(self.accepted.id, self._worker, self._clock(), reference)

    def seconds(self) -> float:
        """Since it was accepted."""
        return (self._clock() - self.accepted.accepted_at).total_seconds()
