"""The entrance to answering: who asks faster than the workspace allows is told when to ask again, and not each time."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from bot import errors
from bot.slack.heard import Heard
from bot.slack.shelves import Records
from bot.types import Rate

LOG = logging.getLogger(__name__)


class Turnstile:
    """Counts questions, in the records that all processes share. `clock` tells this instant, naive UTC."""

    def __init__(self, records: Records, rate: Rate, clock: Callable[[], datetime]) -> None:
        self._records, self._rate, self._clock = records, rate, clock

    def admits(self, heard: Heard) -> bool:
        """Whether a question is answered; False where nothing is to be said, for its asker was told just now.

        Unavailable for one whose asker is to be told when to ask again.
        """
        now = self._clock()
        held = self._records.turns.take(heard.user, now, self._rate)
        if held is None:
            return True
        LOG.warning("%s asks too fast, %s is not answered", heard.user, heard.key)
        if not held.tell:
            return False
        most = self._rate.person_questions if held.own else self._rate.workspace_questions
        wait = -((now - held.until).total_seconds() // 60)
        key = "slack_too_many_of_one" if held.own else "slack_too_many_of_all"
        raise errors.Unavailable(key, most=most, span=self._rate.minutes, wait=max(1, int(wait)))
