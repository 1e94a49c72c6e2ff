"""Thumbs under answers: up is noted at once, down asks why in a modal and is noted even where nobody says.

Sources: docs.slack.dev/reference/block-kit/block-elements/feedback-buttons-element, /blocks/context-actions-block.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot import errors
from bot.language import Language, load
from bot.slack.blocks import MARK as ACTION
from bot.slack.blocks import said_of
from bot.slack.limits import Block
from bot.slack.people import People
from bot.slack.ports import Service
from bot.slack.reasons import UNREACHED

LOG = logging.getLogger(__name__)
REASON, WORDS = "reason", "words"
WORKERS = 4
Body = Mapping[str, Any]


class Marks:
    """Takes clicks on thumbs, and the reasons given."""

    def __init__(self, service: Service, people: People, client: WebClient) -> None:
        self._service, self._people, self._client = service, people, client
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="mark")

    def pressed(self, body: Body) -> bool:
        """Takes a click on a thumb; False for any other."""
        action = body["actions"][0]
        if action.get("action_id") != ACTION:
            return False
        way, language, key = str(action["value"]).split(" ", 2)
        at = body["container"]
        told = {"key": key, "channel": at["channel_id"], "language": language, "thread": at.get("thread_ts", "")}
        self._workers.submit(self._marked, body, told, way == "up")
        return True

    def submitted(self, body: Body) -> bool:
        """Takes the reason of a thumbs-down; False for any other form."""
        view = body["view"]
        if view.get("callback_id") != ACTION:
            return False
        filled = {name: state for block in view["state"]["values"].values() for name, state in block.items()}
        chosen = (filled.get(REASON) or {}).get("selected_option") or {}
        words = (filled.get(WORDS) or {}).get("value") or ""
        told = json.loads(view["private_metadata"])
        self._workers.submit(self._reasoned, body, told, str(chosen.get("value", "")), words)
        return True

    def close(self) -> None:
        """Lets the marks that were given be kept."""
        self._workers.shutdown(wait=True)

    def _marked(self, body: Body, told: Mapping[str, str], up: bool) -> None:
        """Keeps the mark, and then asks why: what is said in the form can only come after it."""
        fault = self._fault(body, told, up=up)
        if up or fault or not self._asked(body, told):
            self._answer(body, told, fault, "slack_mark_thanks" if up else "slack_mark_noted")

    def _reasoned(self, body: Body, told: Mapping[str, str], reason: str, words: str) -> None:
        fault = self._fault(body, told, up=False, reason=reason, words=words)
        self._answer(body, told, fault, "slack_mark_noted")

    def _asked(self, body: Body, told: Mapping[str, str]) -> bool:
        """Asks for a reason; False where nobody could be asked, as when the click is over three seconds old."""
        try:
            self._client.views_open(
                trigger_id=body["trigger_id"],
                view=form(load(told["language"]), self._service.reasons, json.dumps(told)),
            )
        except (SlackApiError, *UNREACHED) as error:
            LOG.warning("nobody could be asked for a reason: %s", error)
            return False
        return True

    def _fault(self, body: Body, told: Mapping[str, str], *, up: bool, reason: str = "", words: str = "") -> str:
        """Keeps a mark. Returns why it cannot be kept, and nothing where it is."""
        language, user = load(told["language"]), body["user"]
        try:
            person = self._people.person(user["id"], user.get("team_id", body["team"]["id"]) != body["team"]["id"])
            self._service.admit(person, self._people.place(told["channel"]), told["channel"])
            service = self._service.sets.behind(told["key"])
            service.mark(told["key"], up, by=user["id"], now=service.now(), reason=reason, words=words)
        except errors.ForPerson as refusal:
            return said_of(refusal, language)
        except Exception:
            LOG.exception("a mark of %s was not kept", told["key"])
            return language.say("slack_failed")
        return ""

    def _answer(self, body: Body, told: Mapping[str, str], fault: str, thanks: str) -> None:
        """Says why the mark was not kept, or thanks for it."""
        try:
            self._client.chat_postEphemeral(
                channel=told["channel"],
                user=body["user"]["id"],
                text=fault or load(told["language"]).say(thanks),
                thread_ts=told["thread"] or None,
            )
        except (SlackApiError, *UNREACHED) as error:
            LOG.warning("a mark was given, and nobody told: %s", error)


def form(language: Language, reasons: tuple[str, ...], metadata: str) -> dict[str, Any]:
    """The modal that asks what was wrong; nothing in it has to be filled in."""

    def plain(key: str) -> Block:
        return {"type": "plain_text", "text": language.say(key)}

    options = [{"text": plain(f"slack_mark_{one}"), "value": one} for one in reasons]
    why = {"type": "radio_buttons", "action_id": REASON, "options": options}
    own = {"type": "plain_text_input", "action_id": WORDS, "multiline": True, "max_length": 1_000}
    return {
        "type": "modal",
        "callback_id": ACTION,
        "title": plain("slack_mark_title"),
        "submit": plain("slack_mark_send"),
        "close": plain("slack_receipt_close"),
        "private_metadata": metadata,
        "blocks": [
            {"type": "input", "block_id": REASON, "label": plain("slack_mark_why"), "element": why, "optional": True},
            {"type": "input", "block_id": WORDS, "label": plain("slack_mark_words"), "element": own, "optional": True},
        ],
    }
