"""Calls that an answer can do without: none is made while Slack says that it takes no more of its kind."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

SPARED_SECONDS = 3
"""How long such a call may take: the answer waits for it."""


class Spared(Exception):
    """Slack takes no such call for now."""


class Sparing:
    """Makes such calls, and remembers until when Slack takes no more of which."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}

    def call(self, method: Callable[..., SlackResponse], **arguments: Any) -> SlackResponse:
        """What Slack answers. Raises Spared, and whatever the call raises."""
        name = method.__name__
        if self._clock() < self._until.get(name, 0.0):
            raise Spared(name)
        try:
            return method(**arguments)
        except SlackApiError as error:
            headers = {key.lower(): value for key, value in error.response.headers.items()}
            self._until[name] = self._clock() + float(headers.get("retry-after", 0))
            raise
