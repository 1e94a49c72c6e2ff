"""Whether Slack knows the tokens, and whether the app has every scope of the manifest. Nothing is posted."""

from __future__ import annotations

from copy import copy

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import ConnectionErrorRetryHandler, ServerErrorRetryHandler
from slack_sdk.web import SlackResponse

from bot import errors
from bot.slack.manifest import SCOPES
from bot.slack.reasons import reason

TIMEOUT_SECONDS = 10
LOOKS = 2
"""How often a call that changes nothing is repeated where it failed."""
WRONG_TOKEN = ("invalid_auth", "not_authed", "account_inactive", "token_revoked", "not_allowed_token_type")


def reach(bot_token: str, app_token: str | None, api_url: str) -> tuple[str, str]:
    """The names of the workspace and of the bot; without an app token Slack is to call, and is not called itself.

    Raises BadWorkspace and Unavailable, worded for who sets it up.
    """
    client = WebClient(token=bot_token, base_url=f"{api_url.rstrip('/')}/", timeout=TIMEOUT_SECONDS)
    me = known(client)
    try:
        if app_token:
            client.apps_connections_open(app_token=app_token)
    except (SlackApiError, OSError) as error:
        raise untold(error, "SLACK_APP_TOKEN") from error
    granted = {name.lower(): value for name, value in me.headers.items()}.get("x-oauth-scopes", "")
    missing = sorted(set(SCOPES) - {one.strip() for one in granted.split(",")}) if granted else []
    if missing:
        raise errors.BadWorkspace("slack_scopes_missing", scopes=tuple(missing))
    return str(me["team"]), str(me["user"])


def repeating(client: WebClient) -> WebClient:
    """The same client, which asks again where Slack or the way to it fails: looking twice changes nothing."""
    again = copy(client)  # and not a new one: a team's client has the token of each moment
    again.retry_handlers = [
        *client.retry_handlers,
        ConnectionErrorRetryHandler(LOOKS),
        ServerErrorRetryHandler(LOOKS),
    ]
    return again


def hurried(client: WebClient, seconds: int) -> WebClient:
    """The same client for what is worth no wait: it gives up after `seconds`, and asks once."""
    once = copy(client)
    once.timeout, once.retry_handlers = seconds, []
    return once


def known(client: WebClient) -> SlackResponse:
    """What Slack says of whose token a client has. Raises as `reach`."""
    try:
        return repeating(client).auth_test()
    except (SlackApiError, OSError) as error:
        raise untold(error, "SLACK_BOT_TOKEN") from error


def untold(error: SlackApiError | OSError, name: str) -> errors.ForPerson:
    """What Slack's refusal of a token, or its silence, is for a person; `name` is the token's."""
    if isinstance(error, SlackApiError) and reason(error) in WRONG_TOKEN:
        return errors.BadWorkspace("slack_wrong_token", name=name)
    return errors.Unavailable("slack_not_reached")
