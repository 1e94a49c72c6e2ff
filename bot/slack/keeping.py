"""Once a day, what is over its time is deleted from the records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.slack.sets import Sets
from bot.slack.shelves import Records

EVERY = timedelta(days=1)


class Keeping:
    """Sweeps the records, at the first call and then once a day."""

    def __init__(self, records: Records, sets: Sets, clock: Callable[[], datetime]) -> None:
        self._records, self._sets, self._clock = records, sets, clock
        self._next: datetime | None = None

    def sweep(self) -> None:
        """Deletes what is over its time, where a day has gone by since the last time; lent files sooner."""
        now = self._clock()
        self._sets.sweep(now)
        if self._next is None or now >= self._next:
            self._next = now + EVERY
            self._records.expire(now)
