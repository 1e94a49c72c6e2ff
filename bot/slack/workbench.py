"""Where forms for drafts open: a form in a modal, then the draft in its place, with what can be done about it.

The modal opens within the three seconds that its trigger lives, saying that it loads; everything after that is a change
of the same modal. What a form or a click asks to be made is kept before it is acknowledged, under the hash of what was
clicked on, so that it is made once, and a second click on the same thing changes nothing.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeAlias

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot import errors
from bot.language import Language, available, load
from bot.slack import draft_views
from bot.slack.blocks import COMPOSE, FILES, mrkdwn, said_of
from bot.slack.decisions import Told
from bot.slack.heard import Heard, formed
from bot.slack.home import OPEN
from bot.slack.modals import Modals, attempted
from bot.slack.people import People
from bot.slack.ports import Service
from bot.slack.reasons import UNREACHED, reason
from bot.types import Question

LOG = logging.getLogger(__name__)
QUICK = 4
"""Workers that open modals, which may wait for nothing else."""
TOO_LATE = ("expired_trigger_id", "exchanged_trigger_id", "trigger_expired", "invalid_trigger_id")
WORDS = "slack_command_draft_words"
Body = Mapping[str, Any]
Carried = Mapping[str, Any]
Take: TypeAlias = "Callable[[Heard], Future[None] | None]"
"""Keeps what was heard, and has it made."""


class Workbench:
    """Opens forms for drafts, and has the drafts made. `default` is the company's language."""

    def __init__(self, service: Service, people: People, modals: Modals, client: WebClient, default: str) -> None:
        self._service, self._people, self._modals = service, people, modals
        self._client, self._default = client, default
        self._quick = ThreadPoolExecutor(QUICK, thread_name_prefix="form")

    def commanded(self, body: Body) -> bool:
        """Takes the command that asks for a form, and nothing but it; False for any other."""
        typed = str(body.get("text", "")).strip().casefold()
        if not any(typed in load(code).say(WORDS).casefold().split() for code in available()):
            return False
        spoken = next((c for c in (self._default, *available()) if typed in load(c).say(WORDS).split()), self._default)
        told = {"channel": body["channel_id"], "thread": "", "response_url": body["response_url"], "language": spoken}
        self._quick.submit(self._open, body, told, "", body["user_id"])
        return True

    def pressed(self, body: Body, take: Take) -> bool:
        """Takes a click on a button of an answer or of the modal; False for any other. `take` has it made."""
        action = body["actions"][0]
        name = str(action.get("action_id", ""))
        if name == COMPOSE:
            code, answer = str(action["value"]).split(" ", 1)
            at = body["container"]
            alone = bool(at.get("is_ephemeral"))
            thread = "" if alone else str(at.get("thread_ts") or at["message_ts"])
            url = body["response_url"] if alone else ""
            told = {"channel": at["channel_id"], "thread": thread, "response_url": url, "language": code}
            self._quick.submit(self._open, body, told, answer, body["user"]["id"])
        elif name in (draft_views.AGAIN, draft_views.OTHER, draft_views.SHORTER):
            take(formed(body, decisions=len(self._service.decided.history(str(action["value"])))))
        elif name.startswith(OPEN):
            code, draft = str(action["value"]).split(" ", 1)
            channel = json.loads(body["view"]["private_metadata"])["channel"]
            told = {"channel": channel, "thread": "", "response_url": "", "language": code}
            self._quick.submit(self._open, body, told, "", body["user"]["id"], draft)
        elif name == FILES:
            code, draft = str(action["value"]).split(" ", 1)
            channel = body["container"]["channel_id"]
            told = {"channel": channel, "thread": "", "response_url": "", "language": code}
            self._quick.submit(self._open, body, told, "", body["user"]["id"], draft)
        elif name == draft_views.EXPORT:
            take(formed(body, tool=draft_views.tool_of(body)))
        else:
            return name == draft_views.TOOL
        return True

    def submitted(self, body: Body, take: Take) -> bool:
        """Takes the form; False for any other. What is sent twice is made once."""
        if body["view"].get("callback_id") != COMPOSE:
            return False
        take(formed(body))
        return True

    def in_place(self, body: Body) -> dict[str, Any]:
        """What the acknowledgement of a form says: nothing, but for ours what stands there until the draft does."""
        view = body["view"]
        if view.get("callback_id") != COMPOSE:
            return {}
        language = load(json.loads(view["private_metadata"])["language"])
        shown = draft_views.waiting(language, "slack_compose_writing", view["private_metadata"])
        return {"response_action": "update", "view": shown}

    def close(self) -> None:
        """Lets the forms that are being opened be shown."""
        self._quick.shutdown(wait=True, cancel_futures=True)

    def decided(self, body: Body, told: Told, note: str) -> bool:
        """Shows in the modal what was decided on its draft; False where it is closed."""
        language, carried = load(told.language), json.loads(told.origin)
        try:
            question = self._question(body, carried)
            service = self._service.sets.of_draft(told.draft)
            if self._approver(told.draft):
                view = self._approved(service, question, language, note, told.origin, told.draft)
            elif told.verb in ("edit", "approve"):
                answer = service.clerk.composer.shown(question, told.draft, language)
                view = draft_views.drafted(language, answer, told.origin, note)
            else:
                view = draft_views.settled(language, note, told.origin)
        except errors.ForPerson as refusal:
            view = draft_views.said(language, f"{note}\n\n{said_of(refusal, language)}", told.origin)
        except Exception:
            LOG.exception("what became of %s cannot be shown", told.draft)
            view = draft_views.said(language, note, told.origin)
        return self._modals.update(told.view, view)

    # --- steps ---------------------------------------------------------------------------------

    def _open(self, body: Body, told: Mapping[str, str], answer: str, user: str, draft: str = "") -> None:
        """A form; or a kept draft, where one is named."""
        language = load(told["language"])
        carried = draft_views.metadata(told)
        try:
            waiting = draft_views.waiting(language, "slack_compose_loading", carried)
            opened = self._client.views_open(trigger_id=body["trigger_id"], view=waiting)["view"]
        except SlackApiError as error:
            LOG.warning("a form for a draft did not open: %s", error)
            late = reason(error) in TOO_LATE
            self._tell(told, user, language.say("slack_compose_expired" if late else "slack_failed"))
            return
        except UNREACHED as error:
            LOG.warning("a form for a draft did not open: %s", error)
            return
        shown = self._kept(body, told, user, draft) if draft else self._form(body, told, answer, user)
        self._modals.update(str(opened["id"]), shown, str(opened["hash"]))

    def _form(self, body: Body, told: Mapping[str, str], answer: str, user: str) -> draft_views.View:
        """The form for whoever may draft where it is asked for; else why not."""
        language = load(told["language"])

        def made() -> draft_views.View:
            person, team = self._people.person(user), str(body["team_id"] if "team_id" in body else body["team"]["id"])
            spoken = person.language if not answer and person.language in available() else told["language"]
            kept = {**told, "language": spoken}
            question = self._question(body, kept, user)
            choices = self._modals.about(team, told, answer).clerk.composer.choices(question, load(spoken), answer)
            return draft_views.form(load(spoken), choices, draft_views.metadata(kept, choices.chosen))

        return self._shown(made, language, draft_views.metadata(told))

    def _kept(self, body: Body, told: Mapping[str, str], user: str, draft: str) -> draft_views.View:
        """A draft that was made before, as it is now."""
        language = load(told["language"])
        carried = draft_views.metadata(told, draft=draft)

        def made() -> draft_views.View:
            question = self._question(body, told, user)
            service = self._service.sets.of_draft(draft)
            if by := self._approver(draft):
                note = language.say("draft_is_approved", id=draft, by=by)
                return self._approved(service, question, language, note, carried, draft)
            answer = service.clerk.composer.shown(question, draft, language)
            return draft_views.drafted(language, answer, carried)

        return self._shown(made, language, carried)

    # --- pieces --------------------------------------------------------------------------------

    def _approver(self, draft: str) -> str:
        """Who approved a draft; empty where nobody did."""
        return next((one.by for one in self._service.decided.history(draft) if one.verb == "approve"), "")

    def _approved(
        self, service: Service, question: Question, language: Language, note: str, carried: str, draft: str
    ) -> draft_views.View:
        """An approved draft, with the tools that it can be exported for."""
        tools = service.clerk.composer.choices(question, language).tools
        return draft_views.settled(language, note, carried, tools, draft)

    def _shown(self, make: Callable[[], draft_views.View], language: Language, carried: str) -> draft_views.View:
        """What is made, or a sentence that says why nothing is."""
        return attempted(make, lambda text: draft_views.said(language, text, carried), language)

    def _question(self, body: Body, carried: Carried, user: str = "") -> Question:
        """A question of the person's, with the rights they have where the modal was asked for. Raises NotAllowed."""
        who = body.get("user", {})
        foreign = bool(who) and who.get("team_id", body["team"]["id"]) != body["team"]["id"]
        return self._modals.question(user or who["id"], foreign, carried)

    def _tell(self, told: Mapping[str, str], user: str, text: str) -> None:
        """Tells whoever asked, where no modal can."""
        try:
            if told["response_url"]:
                WebhookClient(told["response_url"]).send_dict({"response_type": "ephemeral", "text": mrkdwn(text)})
                return
            self._client.chat_postEphemeral(
                channel=told["channel"], user=user, text=mrkdwn(text), thread_ts=told["thread"] or None
            )
        except (SlackApiError, *UNREACHED) as error:
            LOG.warning("nobody could be told that a form did not open: %s", error)
