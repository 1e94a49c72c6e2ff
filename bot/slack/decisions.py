"""Approve, edit, reject, snooze: buttons under a draft, each with a form, for nothing is decided by one click.

The form opens within the three seconds that a trigger lives; what it says is done by a worker and told to whoever
decided. Who may decide is asked when the form comes back, not when it opens.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot import errors
from bot.language import Language, load
from bot.slack import limits
from bot.slack.blocks import DECIDE as ACTION
from bot.slack.blocks import files, in_slack, mrkdwn, said_of, verbatim
from bot.slack.limits import Block
from bot.slack.people import People
from bot.slack.ports import Decided, Service
from bot.slack.reasons import UNREACHED
from bot.types import Deed, Outcome, Question, Variant

LOG = logging.getLogger(__name__)
CONFIRM, REASON, UNTIL = "confirm", "reason", "until"
LONGEST_PART = 3_000
"""Characters that an input of a form takes."""
LONGEST_REASON = 1_000
WORKERS = 4
Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """What a form carries of the draft it is about, and of where that stands."""

    verb: str
    draft: str
    language: str
    channel: str
    thread: str
    view: str = ""
    """The modal that shows the draft, where no message does."""
    origin: str = ""
    """What that modal carries."""


class Decisions:
    """Takes clicks on a draft's buttons, and the forms they open.

    `show` puts what was decided into the modal that shows the draft; False where that is closed.
    """

    def __init__(
        self, service: Service, people: People, client: WebClient, show: Callable[[Body, Told, str], bool] | None = None
    ) -> None:
        self._service, self._people, self._client, self._show = service, people, client, show
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="decision")

    def pressed(self, body: Body) -> bool:
        """Takes a click on a button of a draft; False for any other."""
        action = body["actions"][0]
        if not str(action.get("action_id", "")).startswith(ACTION):
            return False
        verb = str(action["action_id"]).removeprefix(ACTION)
        language, draft = str(action["value"]).split(" ", 1)
        at = body["container"]
        if at["type"] == "view":
            origin = str(body["view"]["private_metadata"])
            stands = json.loads(origin)
            told = Told(verb, draft, language, stands["channel"], stands["thread"], body["view"]["id"], origin)
        else:
            told = Told(verb, draft, language, at["channel_id"], at.get("thread_ts") or "")
        self._workers.submit(self._ask, body, told)
        return True

    def submitted(self, body: Body) -> bool:
        """Takes a form that was filled in; False for any other."""
        view = body["view"]
        if view.get("callback_id") != ACTION:
            return False
        states = {
            name: state
            for block in view["state"]["values"].values()
            for name, state in block.items()
            if state is not None
        }
        told = Told(**json.loads(view["private_metadata"]))
        self._workers.submit(self._decided, body, told, states)
        return True

    def close(self) -> None:
        """Lets the decisions that were made be kept."""
        self._workers.shutdown(wait=True)

    def _ask(self, body: Body, told: Told) -> None:
        language = load(told.language)
        try:
            variants = self._decides(told).texts(told.draft) if told.verb == "edit" else ()
            show = self._client.views_push if told.view else self._client.views_open
            show(trigger_id=body["trigger_id"], view=form(language, told, variants))
        except errors.ForPerson as refusal:
            self._tell(body["user"]["id"], told, said_of(refusal, language))
        except (SlackApiError, *UNREACHED) as error:
            LOG.warning("a form for a draft did not open: %s", error)

    def _decided(self, body: Body, told: Told, states: Mapping[str, Any]) -> None:
        """Does what the form says, and tells whoever filled it in; what cannot be done is said."""
        language, user, approved = load(told.language), body["user"], False
        try:
            person = self._people.person(user["id"], user.get("team_id", body["team"]["id"]) != body["team"]["id"])
            place = self._people.place(told.channel)
            rights = self._service.admit(person, place, told.channel)
            question = Question("", self._service.now(), rights, place, person.id, language=told.language)
            by = person.signature
            deeds = list(self._deeds(told, states, by))
            said = [self._decides(told).decide(question, deed, language) for deed in deeds]
            approved = told.verb == "approve" and all(one.outcome is Outcome.ANSWER for one in said)
            note = "\n\n".join(in_slack(one, language) for one in said) or language.say("slack_draft_unchanged")
        except errors.ForPerson as refusal:
            note = said_of(refusal, language)
        except Exception:
            LOG.exception("a decision on %s was not kept", told.draft)
            note = language.say("slack_failed")
        if not (told.view and self._show and self._show(body, told, note)):
            leads = [{"type": "actions", "elements": [files(told.draft, language)]}]
            self._tell(user["id"], told, mrkdwn(note), under=leads if approved else [])

    def _decides(self, told: Told) -> Decided:
        """What decides on the draft: that of the data set whose people it is for. Raises ForPerson."""
        return self._service.sets.of_draft(told.draft).decided

    def _deeds(self, told: Told, states: Mapping[str, Any], by: str) -> Iterator[Deed]:
        """What the form says to do: one deed, but for an edit one a part that was changed."""
        if told.verb == "approve":
            yield Deed("approve", told.draft, by, confirmed=bool((states.get(CONFIRM) or {}).get("selected_options")))
        elif told.verb == "reject":
            yield Deed("reject", told.draft, by, reason=str((states.get(REASON) or {}).get("value") or ""))
        elif told.verb == "snooze":
            day = (states.get(UNTIL) or {}).get("selected_date")
            yield Deed("snooze", told.draft, by, until=date.fromisoformat(day) if day else None)
        else:
            for variant, part, text in editable(self._decides(told).texts(told.draft)):
                new = str((states.get(f"{variant}/{part}") or {}).get("value") or "")
                if new and new != text:
                    yield Deed("edit", told.draft, by, part=part, text=new, variant=variant)

    def _tell(self, user: str, told: Told, note: str, under: Sequence[Block] = ()) -> None:
        message = limits.fit(note, [{"type": "section", "text": verbatim(note)}, *under] if under else ())
        try:
            self._client.chat_postEphemeral(
                channel=told.channel, user=user, text=message.text, blocks=list(message.blocks) or None,
                thread_ts=told.thread or None,
            )  # fmt: skip
        except (SlackApiError, *UNREACHED) as error:
            LOG.warning("a decision was made, and nobody told: %s", error)


def editable(variants: tuple[Variant, ...]) -> Iterator[tuple[str, str, str]]:
    """(variant, part, text) of all parts of the first variant, and of those in which the others differ from it."""
    for variant in variants:
        for part, text in variant.parts.items():
            if (variant is variants[0] or text != variants[0][part]) and len(text) <= LONGEST_PART:
                yield variant.name, part, text


def form(language: Language, told: Told, variants: tuple[Variant, ...]) -> dict[str, Any]:
    """The form of one deed."""

    def plain(key: str, **values: Any) -> Block:
        return {"type": "plain_text", "text": language.say(key, **values)}

    def asked(name: str, label: Block, element: Block, *, optional: bool = False) -> Block:
        return {"type": "input", "block_id": name, "label": label, "element": element, "optional": optional}

    blocks: list[Block] = []
    if told.verb == "approve":
        taken = {"text": plain("slack_draft_take_on"), "value": "yes"}
        box = {"type": "checkboxes", "action_id": CONFIRM, "options": [taken]}
        blocks = [
            {"type": "section", "text": verbatim(mrkdwn(language.say("slack_draft_frozen")))},
            asked(CONFIRM, plain("slack_draft_points"), box, optional=True),
        ]
    elif told.verb == "reject":
        own = {"type": "plain_text_input", "action_id": REASON, "multiline": True, "max_length": LONGEST_REASON}
        blocks = [asked(REASON, plain("slack_draft_why"), own)]
    elif told.verb == "snooze":
        blocks = [asked(UNTIL, plain("slack_draft_until"), {"type": "datepicker", "action_id": UNTIL})]
    for variant, part, text in editable(variants):
        name = f"{variant}/{part}"
        element = {"type": "plain_text_input", "action_id": name, "multiline": "\n" in text, "initial_value": text,
                   "max_length": LONGEST_PART}  # fmt: skip
        blocks.append(asked(name, plain("slack_draft_part", variant=variant, part=part), element))
    return {
        "type": "modal",
        "callback_id": ACTION,
        "title": plain(f"slack_draft_title_{told.verb}"),
        "submit": plain(f"slack_draft_{told.verb}"),
        "close": plain("slack_receipt_close"),
        "private_metadata": json.dumps({name: getattr(told, name) for name in Told.__dataclass_fields__}),
        "blocks": blocks,
    }
