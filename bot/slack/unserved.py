"""A workspace without settings: whoever asks there is told so, and where the settings belong."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from typing import Any

from slack_bolt import BoltContext, BoltResponse
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot import errors
from bot.language import detect, load
from bot.slack.blocks import said_of

LOG = logging.getLogger(__name__)


def unserved(context: BoltContext, body: Mapping[str, Any], refusal: errors.BadWorkspace) -> BoltResponse:
    """Acknowledges, and tells whoever asked for something; what nobody asked for is let go."""
    event = body.get("event", {})
    text = str(body.get("text") or event.get("text", ""))
    LOG.warning("%s is not served: %s", context.team_id, refusal.key)
    words = load(detect(text, "en"))
    if refusal.key != "slack_not_set_up":  # what is wrong with a file is for whoever runs the bot
        refusal = errors.BadWorkspace("slack_not_set_up", file=f"{context.team_id}.toml")
    if body.get("command"):
        return BoltResponse(status=200, body=said_of(refusal, words))
    direct = event.get("type") == "message" and event.get("channel_type") == "im"
    asked = event.get("type") == "app_mention" or (direct and not event.get("bot_id") and "subtype" not in event)
    if asked and context.client is not None:
        told = (context.client, event, said_of(refusal, words))
        threading.Thread(target=_tell, args=told, name="unserved", daemon=True).start()
    return BoltResponse(status=200)


def _tell(client: WebClient, event: Mapping[str, Any], text: str) -> None:
    """After the acknowledgement: what is not acknowledged in time comes again, and would be told again."""
    try:
        client.chat_postMessage(channel=event["channel"], thread_ts=event.get("thread_ts") or event["ts"], text=text)
    except (SlackApiError, OSError) as error:
        LOG.warning("nobody could be told: %s", error)
