"""What stands outside, asked whether it is there: Slack, a language model, a folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.settings import Environment, read_workspace


def home() -> Path:
    """The folder in which the bot keeps what it makes."""
    return Environment().mainstay_home


def installed_in() -> int | None:
    """In how many workspaces the app is installed; None where it is not installed by OAuth. Raises ForPerson."""
    environment = Environment()
    if not environment.several:
        return None
    from bot.records import open_records

    with open_records(environment.records_url) as records:
        return len(records.installed.teams(environment.slack_client_id))


def reach_slack() -> tuple[str, str] | None:
    """The names of the workspace and of the bot in it; None where no tokens are set. Raises ForPerson."""
    environment = Environment()
    bot_token, app_token = environment.slack_bot_token, environment.slack_app_token
    if not bot_token or not (app_token or environment.slack_signing_secret):
        return None
    from bot.slack.reach import reach

    return reach(bot_token, app_token, environment.slack_api_url)


def reach_model(workspace_path: Path) -> str | None:
    """The language model, after it has answered one word; None where none is named. Raises ForPerson."""
    endpoint = Environment().endpoint()
    if endpoint is None:
        return None
    from bot.models.chat import open_chat

    open_chat(endpoint, read_workspace(workspace_path).agent.settled()).invoke("Answer with one word: ready")
    return endpoint.model


def slack_ids(address: str) -> Sequence[str]:
    """The ids of whoever has this e-mail address in Slack; none where no token is set, or Slack does not answer."""
    environment = Environment()
    if not environment.slack_bot_token:
        return ()
    from bot.slack.app import ids_of  # the terminal's other commands need no Slack

    return ids_of(address, environment.slack_bot_token, environment.slack_api_url)


def manifest(url: str = "") -> dict[str, Any]:
    """The manifest of the Slack app; with `url` Slack calls it there, in place of Socket Mode."""
    from bot.slack.manifest import manifest as printed

    return printed(url)
