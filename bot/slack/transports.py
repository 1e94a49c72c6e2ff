"""How Slack reaches the app: over a socket that the app opens, or by signed requests to its address."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Protocol

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_bolt.oauth import OAuthFlow
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack.listener import Listener, plain
from bot.slack.manifest import EVENTS_PATH
from bot.slack.reach import untold

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

LOG = logging.getLogger(__name__)
CUT_OFF = (
    "Failed to process a message",
    "Failed to run a request listener: Failed to send a message as the connection is no longer active",
)
"""How the SDK begins to report a message that it cannot read, or cannot acknowledge."""
PING_SECONDS = 2
"""A line that was cut is noticed with the next ping; Slack sends again what came meanwhile, but after a minute."""
MOST_PINGS = 5
"""So many pings without an answer mean a dead line; the SDK opens another one after four."""
UNREADABLE = (LookupError, TypeError, ValueError, AttributeError)
"""What Bolt fails with on a body that is not of any form that Slack sends."""


class Transport(Protocol):
    """A way in: nothing comes before `open`, or after `close`."""

    def open(self) -> None:
        """Begins to take in. Raises BadWorkspace and Unavailable."""
        ...

    def connected(self) -> bool:
        """Whether what Slack sends arrives."""
        ...

    def close(self) -> None:
        """Takes in no more; what was taken in is acknowledged."""
        ...


class SocketMode:
    """The app calls Slack and keeps the line open."""

    def __init__(self, app: App, app_token: str, client: WebClient, beside: Listener | None = None) -> None:
        """`beside` is served as long as the line is open: what others ask of this process, and not Slack."""
        self._handler = SocketModeHandler(app, app_token, web_client=client, ping_interval=PING_SECONDS)
        self._beside = beside

    def open(self) -> None:
        """Connects. Raises BadWorkspace for a token that Slack does not know, Unavailable where it does not answer."""
        if self._beside is not None:
            self._beside.open()
        try:
            self._handler.connect()  # type: ignore[no-untyped-call]  # Bolt does not type it
        except (SlackApiError, OSError) as error:
            if self._beside is not None:
                self._beside.close()
            raise untold(error, "SLACK_APP_TOKEN") from error

    def connected(self) -> bool:
        """Whether the line is open and answered lately: one that was cut silently does not say so by itself."""
        client = self._handler.client
        answered = client.current_session.last_ping_pong_time if client.current_session is not None else None
        return client.is_connected() and (
            answered is None or time.time() - answered < MOST_PINGS * client.ping_interval
        )

    def close(self) -> None:
        """Disconnects."""
        if self._beside is not None:
            self._beside.close()
        # A message cut off by the closing connection was not acknowledged and comes again: no fault to report.
        self._handler.client.logger.addFilter(lambda told: not str(told.msg).startswith(CUT_OFF))
        self._handler.close()  # type: ignore[no-untyped-call]  # Bolt does not type it


class Requests:
    """Slack calls the app; Bolt refuses what is not signed with the app's secret, or was signed five minutes ago."""

    def __init__(
        self, app: App, address: tuple[str, int], more: Mapping[str, WSGIApplication], flow: OAuthFlow | None = None
    ) -> None:
        """`address` is where it listens; `more` are further paths that it serves there, such as those of health, and
        `flow` has the pages by which the app is installed."""
        self._handler = SlackRequestHandler(app, EVENTS_PATH)
        pages = (flow.install_path, flow.redirect_uri_path) if flow is not None else ()
        self.listener = Listener(address, {**more, **dict.fromkeys((EVENTS_PATH, *pages), self._answer)})

    def open(self) -> None:
        """Listens. Unavailable where it cannot."""
        self.listener.open()

    def connected(self) -> bool:
        """Whether it listens."""
        return self.listener.serving()

    def close(self) -> None:
        """Accepts no more, and acknowledges what has arrived."""
        self.listener.close()

    def _answer(self, request: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Bolt reads a body before it looks at its signature: whatever anybody sends must not be a fault of ours."""
        try:
            return self._handler(request, start)
        except UNREADABLE as error:
            LOG.info("a request could not be read: %s", type(error).__name__)
            return plain(start, "400 Bad Request")
