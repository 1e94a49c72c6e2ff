"""Where drafts are made: a form in a modal, then the draft in its place, with what can be done about it.

The modal opens within the three seconds that its trigger lives, saying that it loads; everything after that is a change
of the same modal. A change that a click asks for names the hash of what was clicked on, so that a second click on the
same thing changes nothing.
"""

from __future__ import annotations

import io
import json
import logging
import time
import zipfile
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.webhook import WebhookClient

from bot import errors
from bot.language import Language, available, load
from bot.slack import draft_views
from bot.slack.blocks import COMPOSE, mrkdwn, said_of
from bot.slack.decisions import Told
from bot.slack.home import OPEN
from bot.slack.people import People
from bot.slack.ports import Service
from bot.slack.reasons import UNREACHED, reason
from bot.types import Answer, Composition, Order, Question

LOG = logging.getLogger(__name__)
QUICK, SLOW = 4, 4
"""Workers that open modals, which may wait for nothing else, and workers that make drafts."""
SETTLED_SECONDS = 0.5
"""Until Slack has surely put into a modal what the acknowledgement of its form carried."""
REMEMBERED = 1_000
"""Forms of which a second sending is known."""
TOO_LATE = ("expired_trigger_id", "exchanged_trigger_id", "trigger_expired", "invalid_trigger_id")
WORDS = "slack_command_draft_words"
Body = Mapping[str, Any]
Carried = Mapping[str, Any]


class Workbench:
    """Opens forms for drafts, and makes the drafts. `default` is the company's language."""

    def __init__(self, service: Service, people: People, client: WebClient, default: str) -> None:
        self._service, self._people, self._client, self._default = service, people, client, default
        self._quick = ThreadPoolExecutor(QUICK, thread_name_prefix="form")
        self._slow = ThreadPoolExecutor(SLOW, thread_name_prefix="draft")
        self._taken: deque[tuple[str, str]] = deque(maxlen=REMEMBERED)
        self._lock = Lock()

    def commanded(self, body: Body) -> bool:
        """Takes the command that asks for a form, and nothing but it; False for any other."""
        typed = str(body.get("text", "")).strip().casefold()
        if not any(typed in load(code).say(WORDS).casefold().split() for code in available()):
            return False
        spoken = next((c for c in (self._default, *available()) if typed in load(c).say(WORDS).split()), self._default)
        told = {"channel": body["channel_id"], "thread": "", "response_url": body["response_url"], "language": spoken}
        self._quick.submit(self._open, body, told, "", body["user_id"])
        return True

    def pressed(self, body: Body) -> bool:
        """Takes a click on a button of an answer or of the modal; False for any other."""
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
            self._slow.submit(self._changed, body, name, str(action["value"]))
        elif name.startswith(OPEN):
            code, draft = str(action["value"]).split(" ", 1)
            channel = json.loads(body["view"]["private_metadata"])["channel"]
            told = {"channel": channel, "thread": "", "response_url": "", "language": code}
            self._quick.submit(self._open, body, told, "", body["user"]["id"], draft)
        elif name == draft_views.EXPORT:
            self._slow.submit(self._exported, body, str(action["value"]))
        else:
            return name == draft_views.TOOL
        return True

    def submitted(self, body: Body) -> bool:
        """Takes the form; False for any other. What is sent twice is made once."""
        view = body["view"]
        if view.get("callback_id") != COMPOSE:
            return False
        with self._lock:
            one = (str(view["id"]), str(view.get("hash")))
            new = one not in self._taken
            self._taken.append(one)
        if new:
            self._slow.submit(self._written, body, time.monotonic())
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
        """Lets what is being made be shown."""
        for pool in (self._quick, self._slow):
            pool.shutdown(wait=True, cancel_futures=True)

    def decided(self, body: Body, told: Told, note: str) -> bool:
        """Shows in the modal what was decided on its draft; False where it is closed."""
        language, carried = load(told.language), json.loads(told.origin)
        try:
            question = self._question(body, carried)
            approved = any(one.verb == "approve" for one in self._service.decided.history(told.draft))
            if approved:
                tools = self._service.clerk.composer.choices(question, language).tools
                view = draft_views.settled(language, note, told.origin, tools, told.draft)
            elif told.verb in ("edit", "approve"):
                answer = self._service.clerk.composer.shown(question, told.draft, language)
                view = draft_views.drafted(language, answer, told.origin, note)
            else:
                view = draft_views.settled(language, note, told.origin)
        except errors.ForPerson as refusal:
            view = draft_views.said(language, f"{note}\n\n{said_of(refusal, language)}", told.origin)
        except Exception:
            LOG.exception("what became of %s cannot be shown", told.draft)
            view = draft_views.said(language, note, told.origin)
        return self._update(told.view, view)

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
        self._update(str(opened["id"]), shown, str(opened["hash"]))

    def _form(self, body: Body, told: Mapping[str, str], answer: str, user: str) -> draft_views.View:
        """The form for whoever may draft where it is asked for; else why not."""
        language = load(told["language"])

        def made() -> draft_views.View:
            person = self._people.person(user)
            spoken = person.language if not answer and person.language in available() else told["language"]
            kept = {**told, "language": spoken}
            question = self._question(body, kept, user)
            choices = self._service.clerk.composer.choices(question, load(spoken), answer)
            return draft_views.form(load(spoken), choices, draft_views.metadata(kept, choices.chosen))

        return self._shown(made, language, draft_views.metadata(told))

    def _kept(self, body: Body, told: Mapping[str, str], user: str, draft: str) -> draft_views.View:
        """A draft that was made before, as it is now."""
        language = load(told["language"])
        carried = draft_views.metadata(told, draft=draft)

        def made() -> draft_views.View:
            answer = self._service.clerk.composer.shown(self._question(body, told, user), draft, language)
            return draft_views.drafted(language, answer, carried)

        return self._shown(made, language, carried)

    def _written(self, body: Body, began: float) -> None:
        """The draft that a form asks for; the form again where it cannot be."""
        view = body["view"]
        carried = json.loads(view["private_metadata"])
        language = load(carried["language"])
        wanted = draft_views.filled(view["state"]["values"], Composition())

        def made() -> draft_views.View:
            question = self._question(body, carried)
            try:
                return self._draft(question, wanted, carried, language)
            except errors.ForPerson as refusal:
                choices = self._service.clerk.composer.choices(question, language, wanted.answer)
                chosen = replace(choices, chosen=wanted)
                return draft_views.form(language, chosen, view["private_metadata"], said_of(refusal, language))

        shown = self._shown(made, language, view["private_metadata"])
        time.sleep(max(began + SETTLED_SECONDS - time.monotonic(), 0))
        if not self._update(str(view["id"]), shown):
            LOG.info("a form was closed before its draft was there; it is kept")

    def _draft(self, question: Question, wanted: Composition, carried: Carried, language: Language) -> draft_views.View:
        composer = self._service.clerk.composer
        query, message = composer.query(question, wanted), composer.message(wanted)
        answer = self._service.draft(question, query, wanted.play or None, message, wanted.channel or None, wanted.tone)
        if not answer.drafts:
            raise _Refused(answer)
        draft = answer.drafts[0]
        told = {name: carried[name] for name in ("channel", "thread", "response_url", "language")}
        note = ""
        if self._service.decided.texts(draft.id) != draft.variants:  # the same draft was made, and changed, before
            answer, note = composer.shown(question, draft.id, language), language.say("slack_compose_edited")
        elif wanted.tone and draft.writer == "template":
            note = language.say("assumed_draft", words=language.say(f"slack_compose_tone_{wanted.tone}"))
        return draft_views.drafted(language, answer, draft_views.metadata(told, wanted, draft.id), note)

    def _changed(self, body: Body, action: str, draft: str) -> None:
        """The draft anew, another text, or the same shorter: once for each state of the modal."""
        view = body["view"]
        carried = json.loads(view["private_metadata"])
        language, before = load(carried["language"]), Composition(**carried["wanted"])
        waiting = draft_views.waiting(language, "slack_compose_writing", view["private_metadata"])
        if not self._update(str(view["id"]), waiting, str(view["hash"])):
            return

        def made() -> draft_views.View:
            question, composer = self._question(body, carried), self._service.clerk.composer
            try:
                if action == draft_views.SHORTER:
                    answer = composer.shorter(question, draft, self._by(body), language)
                    return draft_views.drafted(language, answer, view["private_metadata"])
                wanted = composer.another(draft, before) if action == draft_views.OTHER else before
                return self._draft(question, wanted, carried, language)
            except errors.ForPerson as refusal:
                answer = composer.shown(question, draft, language)
                return draft_views.drafted(language, answer, view["private_metadata"], said_of(refusal, language))

        self._update(str(view["id"]), self._shown(made, language, view["private_metadata"]))

    def _exported(self, body: Body, draft: str) -> None:
        """An approved draft as files for the tool that was chosen, into the direct messages of whoever asks."""
        view, user = body["view"], body["user"]["id"]
        carried = json.loads(view["private_metadata"])
        language, tool = load(carried["language"]), draft_views.tool_of(body)
        waiting = draft_views.waiting(language, "slack_compose_exporting", view["private_metadata"])
        if not self._update(str(view["id"]), waiting, str(view["hash"])):
            return

        def made() -> draft_views.View:
            direct = self._people.direct(user)
            question = self._question(body, {**carried, "channel": direct})
            with TemporaryDirectory(prefix="mainstay-export-") as folder:
                into = Path(folder) / draft
                order = Order(draft, into, tool, None, self._by(body))
                answer = self._service.export(question, order, language)
                if answer.error is not None:
                    return draft_views.said(language, answer.text, view["private_metadata"])
                packed = _packed(into)
            name = f"{draft}-{tool}.zip"
            self._client.files_upload_v2(channel=direct, filename=name, title=name, content=packed)
            _, _, more = answer.text.partition("\n")  # the first line names a folder that is gone
            note = language.say("slack_receipt_file_sent", name=name)
            return draft_views.said(language, f"{note}\n{more}", view["private_metadata"])

        self._update(str(view["id"]), self._shown(made, language, view["private_metadata"]))

    # --- pieces --------------------------------------------------------------------------------

    def _shown(self, make: Callable[[], draft_views.View], language: Language, carried: str) -> draft_views.View:
        """What is made, or a sentence that says why nothing is."""
        try:
            return make()
        except errors.ForPerson as refusal:
            return draft_views.said(language, said_of(refusal, language), carried)
        except (SlackApiError, SlackRequestError, *UNREACHED) as error:
            LOG.warning("a draft was not shown or exported: %s", error)
            return draft_views.said(language, language.say("slack_receipt_file_failed"), carried)
        except Exception:
            LOG.exception("no draft was made")
            return draft_views.said(language, language.say("slack_failed"), carried)

    def _question(self, body: Body, carried: Carried, user: str = "") -> Question:
        """A question of the person's, with the rights they have where the modal was asked for. Raises NotAllowed."""
        who = body.get("user", {})
        foreign = bool(who) and who.get("team_id", body["team"]["id"]) != body["team"]["id"]
        person = self._people.person(user or who["id"], foreign)
        place = self._people.place(carried["channel"])
        rights = self._service.admit(person, place, carried["channel"])
        return Question("", self._service.now(), rights, place, person.id, language=carried["language"])

    def _by(self, body: Body) -> str:
        person = self._people.person(body["user"]["id"])
        return person.email or person.id

    def _update(self, view: str, content: draft_views.View, hash: str | None = None) -> bool:  # noqa: A002  Slack's name
        """Shows something else in an open modal; False where it was closed, or changed by another click."""
        try:
            self._client.views_update(view_id=view, view=content, **({"hash": hash} if hash else {}))
        except SlackApiError as error:
            if reason(error) not in ("not_found", "hash_conflict"):
                LOG.warning("a draft was not shown: %s", error.response.data)
            return False
        except UNREACHED as error:
            LOG.warning("a draft was not shown: %s", error)
            return False
        return True

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


class _Refused(errors.ForPerson):
    """An answer without a draft, whose words say why."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("slack_compose_refused", text=answer.text)


def _packed(folder: Path) -> bytes:
    """The files of a folder in one."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                packed.write(path, path.relative_to(folder))
    return out.getvalue()
