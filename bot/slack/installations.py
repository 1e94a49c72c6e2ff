"""Installed in several workspaces of the company: where, with which token, and how one is added by its admin.

slack_sdk keeps the installations; a token that is about to run out is renewed by whoever needs it first. Its refresh
token is good for one use, so of two processes one fails, and finds in the records what the other was given.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from slack_bolt import BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.authorize import Authorize
from slack_bolt.oauth import OAuthFlow
from slack_bolt.oauth.callback_options import CallbackOptions, FailureArgs, SuccessArgs
from slack_bolt.oauth.oauth_settings import OAuthSettings
from slack_sdk import WebClient
from slack_sdk.errors import SlackTokenRotationError
from slack_sdk.oauth.installation_store.sqlalchemy import SQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import SQLAlchemyOAuthStateStore
from slack_sdk.oauth.token_rotation import TokenRotator

from bot import errors
from bot.language import load
from bot.slack.manifest import INSTALL_PATH, REDIRECT_PATH, SCOPES
from bot.slack.reach import hurried
from bot.slack.reasons import UNREACHED

LOG = logging.getLogger(__name__)
STATE_SECONDS = 600
KEPT_SECONDS = 30.0
"""How long a token is used before it is looked at in the records again."""
RENEWED_MINUTES = 120
"""How long before its end a token is renewed, so that those who still hold the old one are served."""
PLAIN: Final[dict[str, str | Sequence[str]]] = {"Content-Type": "text/plain; charset=utf-8"}


class Kept(Protocol):
    """The records in which slack_sdk keeps installations."""

    @property
    def engine(self) -> Any:
        """The database, as slack_sdk's stores take it."""
        ...

    def teams(self, client_id: str) -> Mapping[str, str | None]:
        """Team id → the id of its enterprise, if it belongs to one."""
        ...


class States(SQLAlchemyOAuthStateStore):
    """Those that nobody came back with go when another is issued: whoever opens the page has one issued."""

    def issue(self, *args: Any, **kwargs: Any) -> str:
        """A new one."""
        over = self.oauth_states.c.expire_at <= datetime.now(UTC).replace(tzinfo=None)
        with self.engine.begin() as connection:
            connection.execute(self.oauth_states.delete().where(over))
        return super().issue(*args, **kwargs)


class Installations:
    """The app's installations, and the tokens of its bots."""

    def __init__(self, kept: Kept, client_id: str, client_secret: str, client: WebClient) -> None:
        """`client` has no token; it exchanges codes and renews tokens."""
        self._kept, self._client_id = kept, client_id
        self._store = SQLAlchemyInstallationStore(client_id, kept.engine)
        self._states = States(STATE_SECONDS, kept.engine)
        self._secret, self._client = client_secret, client
        # Others wait for a renewal, and it is tried again in a moment.
        once = hurried(client, client.timeout)
        self._rotator = TokenRotator(client_id=client_id, client_secret=client_secret, client=once)
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, AuthorizeResult]] = {}

    def teams(self) -> Mapping[str, str | None]:
        """Team id → the id of its enterprise, of every workspace in which it is installed."""
        return self._kept.teams(self._client_id)

    def of(self, team: str) -> AuthorizeResult | None:
        """The bot of a team with a token that holds; None where it is not installed, or no longer."""
        known = self._known.get(team)
        if known is not None and (time.monotonic() - known[0] < KEPT_SECONDS or self._lock.locked()):
            return known[1]  # good for hours yet: nobody waits while one is renewed
        with self._lock:
            known = self._known.get(team)
            if known is not None and time.monotonic() - known[0] < KEPT_SECONDS:
                return known[1]
            try:
                found = self._found(team)
            except errors.Unavailable:
                if known is None:
                    raise
                return known[1]  # so that somebody can be told that the records do not answer
            self._known.pop(team, None)
            if found is not None:
                self._known[team] = time.monotonic(), found
            return found

    def drop(self, team: str, since: int) -> bool:
        """Its installation is gone since then, in seconds, and with it every token; False where it is a newer one."""
        teams = self.teams()
        with self._lock:
            bot = self._store.find_bot(enterprise_id=teams.get(team), team_id=team)
            if bot is not None and int(bot.installed_at) > since:
                return False
            self._known.pop(team, None)
            self._store.delete_all(enterprise_id=teams.get(team), team_id=team)
            return True

    def flow(self, installed: Callable[[str], str]) -> OAuthFlow:
        """The pages by which an admin adds a workspace; `installed` takes its id and says what is to do."""

        def success(told: SuccessArgs) -> BoltResponse:
            team = told.installation.team_id
            if team is None:  # the whole organisation at once, whose workspaces have settings of their own
                self._store.delete_all(enterprise_id=told.installation.enterprise_id, team_id=None)  # Bolt kept it
                return _page(400, "slack_install_org")
            with self._lock:
                self._known.pop(team, None)
            return BoltResponse(status=200, body=installed(team), headers=PLAIN)

        def failure(told: FailureArgs) -> BoltResponse:
            return _page(told.suggested_status_code, "slack_install_failed", reason=told.reason)

        api = self._client.base_url
        settings = OAuthSettings(
            client_id=self._client_id,
            client_secret=self._secret,
            scopes=sorted(SCOPES),
            install_path=INSTALL_PATH,
            redirect_uri_path=REDIRECT_PATH,
            authorization_url=f"{api.removesuffix('api/')}oauth/v2/authorize",
            installation_store=self._store,
            state_store=self._states,
            callback_options=CallbackOptions(success=success, failure=failure),
        )
        return OAuthFlow(client=self._client, settings=settings)

    def _found(self, team: str) -> AuthorizeResult | None:
        teams = self.teams()
        if team not in teams:
            return None
        bot = self._store.find_bot(enterprise_id=teams[team], team_id=team)
        if bot is None:
            return None
        try:
            renewed = self._rotator.perform_bot_token_rotation(bot=bot, minutes_before_expiration=RENEWED_MINUTES)
        except (SlackTokenRotationError, *UNREACHED) as error:
            LOG.warning("the token of %s was not renewed: %s", team, error)
            renewed = self._store.find_bot(enterprise_id=teams[team], team_id=team)
        else:
            if renewed is not None:
                self._store.save_bot(renewed)
        bot = renewed or bot
        return AuthorizeResult(
            enterprise_id=bot.enterprise_id, team_id=team, bot_user_id=bot.bot_user_id, bot_id=bot.bot_id,
            bot_token=bot.bot_token,
        )  # fmt: skip


class ByTeam(Authorize):
    """Which bot Bolt acts as in a workspace."""

    def __init__(self, of: Callable[[str], AuthorizeResult | None]) -> None:
        """`of` takes a team's id and gives its bot, or None."""
        self._of = of

    def __call__(self, *, team_id: str | None, **_: Any) -> Any:
        """The bot of the team, or None."""
        return self._of(team_id or "")


class TeamClient(WebClient):
    """A client that always has its team's token of this moment; without one Slack refuses its calls."""

    def __init__(self, of: Callable[[], str], like: WebClient) -> None:
        self._of = of
        super().__init__(base_url=like.base_url, timeout=like.timeout, retry_handlers=list(like.retry_handlers))

    @property
    def token(self) -> str | None:
        return self._of() or None

    @token.setter
    def token(self, _: str | None) -> None:
        """It is not for anybody to set."""


def _page(status: int, key: str, **values: str) -> BoltResponse:
    return BoltResponse(status=status, body=load("en").say(key, **values), headers=PLAIN)
