"""What is counted of the work, as a shape: wiring passes in what keeps it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol

from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler


class Gauges(Protocol):
    """Takes what happened; nothing of it names anybody."""

    def acknowledged(self, seconds: float) -> None:
        """A payload was acknowledged so long after it came."""
        ...

    def ended(self, outcome: str, engine: str) -> None:
        """A question came to an end: `answer`, `ask_back`, `refuse`, `declined`, `stopped` or `failed`."""
        ...

    def answered(self, seconds: float) -> None:
        """An answer went out so long after its question was accepted."""
        ...

    def waited(self, reason: str) -> None:
        """A call is made again: `rate_limited`, or `repeated` after one that failed."""
        ...


class Uncounted:
    """Counts nothing: for a bot that nobody looks after."""

    def acknowledged(self, seconds: float) -> None:
        """Not counted."""

    def ended(self, outcome: str, engine: str) -> None:
        """Not counted."""

    def answered(self, seconds: float) -> None:
        """Not counted."""

    def waited(self, reason: str) -> None:
        """Not counted."""


class RateLimited(RateLimitErrorRetryHandler):
    """Waits as long as Slack asks, and counts it."""

    def __init__(self, most: int, gauges: Gauges) -> None:
        super().__init__(max_retry_count=most)
        self._gauges = gauges

    def prepare_for_next_attempt(self, **told: Any) -> None:
        """Slack said when to call again."""
        self._gauges.waited("rate_limited")
        super().prepare_for_next_attempt(**told)


def pausing(gauges: Gauges) -> Callable[[float], None]:
    """A sleep before a call is repeated, counted."""

    def pause(seconds: float) -> None:
        gauges.waited("repeated")
        time.sleep(seconds)

    return pause
