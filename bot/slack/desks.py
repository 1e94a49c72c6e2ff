"""Which desk a workspace has: where the app is installed in several, each has its own.

A desk is opened when it is first needed, and closed when its installation is gone, whichever process Slack told of it.
What goes wrong with one is said of that one alone.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from slack_sdk import WebClient

from bot import errors
from bot.slack.desk import Desk
from bot.slack.installations import Installations, TeamClient
from bot.slack.ports import Service, TryFile
from bot.slack.shelves import Records
from bot.types import Rate

LOG = logging.getLogger(__name__)
LOOK_SECONDS = 30.0
"""How often it is looked where the app is installed now."""
ACK_SECONDS = 1.0
"""How long an event waits for a desk that another thread makes: the threads that wait serve all workspaces."""
GONE = ("app_uninstalled", "tokens_revoked")


@dataclass(frozen=True)
class Furnished:
    """What is a workspace's own: its data and settings behind the service, its records, language and rate, and what
    takes people's own files."""

    service: Service
    records: Records
    language: str
    rate: Rate
    try_file: TryFile


class Desks(Protocol):
    """The desks of all workspaces that are served."""

    def of(self, team: str, seconds: float = -1) -> Desk:
        """The desk of a workspace; `seconds` is the most to wait while others are made.

        Raises BadWorkspace and Unavailable where it can have none.
        """
        ...

    def heard(self, team: str, body: Mapping[str, Any]) -> bool:
        """Takes an event that is about the installation itself; False for any other."""
        ...

    def working(self) -> bool:
        """Whether what looks for work to do is still at it."""
        ...

    def open(self) -> None:
        """Takes up what is left to do."""
        ...

    def close(self) -> None:
        """Lets the answers that are being written go out."""
        ...


class One:
    """The desk of the only workspace."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def of(self, _: str, _seconds: float = -1) -> Desk:
        return self._desk

    def heard(self, _team: str, body: Mapping[str, Any]) -> bool:
        return body.get("event", {}).get("type") in GONE

    def working(self) -> bool:
        return self._desk.working()

    def open(self) -> None:
        self._desk.open()

    def close(self) -> None:
        self._desk.close()


class Several:
    """A desk for each workspace in which the app is installed."""

    def __init__(self, installations: Installations, make: Callable[[str, WebClient], Desk], client: WebClient) -> None:
        """`make` makes a desk from a team's id and a client with its token; `client` is one without."""
        self._installations, self._make, self._client = installations, make, client
        self._lock = threading.RLock()
        self._open: dict[str, Desk] = {}
        self._closing = threading.Event()
        self._following = threading.Thread(target=self._follow, name="installations", daemon=True)

    def of(self, team: str, seconds: float = -1) -> Desk:
        if (desk := self._open.get(team)) is not None:
            return desk  # without waiting for another that is being made
        if not self._lock.acquire(timeout=seconds):
            raise errors.Unavailable("slack_not_reached")  # not acknowledged: Slack sends it again
        try:
            desk = self._open.get(team)
            if desk is None:
                if self._closing.is_set() or self._installations.of(team) is None:
                    raise errors.Unavailable("slack_not_reached")
                desk = self._make(team, self._client_of(team))
                desk.open()
                self._open[team] = desk
            return desk
        finally:
            self._lock.release()

    def heard(self, team: str, body: Mapping[str, Any]) -> bool:
        event = body.get("event", {})
        if event.get("type") not in GONE:
            return False
        whole = event["type"] == "app_uninstalled" or event.get("tokens", {}).get("bot")
        if whole and self._installations.drop(team, int(body["event_time"])):
            LOG.warning("the app is no longer installed in %s", team)
            threading.Thread(target=self._let_go, args=(team,), name="let-go", daemon=True).start()
        return True

    def working(self) -> bool:
        return self._following.is_alive() and all(desk.working() for desk in list(self._open.values()))

    def open(self) -> None:
        self._look()  # nobody is to wait for a desk that could be ready
        self._following.start()

    def close(self) -> None:
        self._closing.set()
        with self._lock:
            desks, self._open = list(self._open.values()), {}
        ending = [threading.Thread(target=desk.close) for desk in desks]
        for one in ending:
            one.start()
        for one in ending:
            one.join()

    def _follow(self) -> None:
        while not self._closing.wait(LOOK_SECONDS):
            try:
                self._look()
            except Exception:
                LOG.exception("it could not be looked where the app is installed")

    def _look(self) -> None:
        teams = self._installations.teams()
        for team in [one for one in list(self._open) if one not in teams]:
            self._let_go(team)
        for team in teams:
            try:
                self.of(team)
            except errors.ForPerson as refusal:
                LOG.warning("%s is not served: %s", team, refusal.key)
            except Exception:
                LOG.exception("%s is not served", team)

    def _let_go(self, team: str) -> None:
        with self._lock:
            desk = self._open.pop(team, None)
        if desk is not None:
            desk.close()

    def _client_of(self, team: str) -> WebClient:
        def token() -> str:
            found = self._installations.of(team)
            return str(found.bot_token) if found is not None else ""

        return TeamClient(token, self._client)
