"""What a form for a draft asks, made once: it is kept before it is acknowledged, and shown by whichever process lives.

What was asked stands in the inbox until its modal shows what came of it. A process that dies leaves it to the next one,
which fills the same modal; where that was closed, the draft comes by a direct message, with its buttons.
"""

from __future__ import annotations

import io
import json
import logging
import time
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from slack_sdk import WebClient

from bot import errors
from bot.language import Language, load
from bot.slack import blocks, draft_views
from bot.slack.blocks import said_of
from bot.slack.claims import Claim, Claims
from bot.slack.heard import Heard
from bot.slack.modals import Modals, attempted
from bot.slack.people import People
from bot.slack.ports import Service
from bot.slack.replies import Replies
from bot.slack.shelves import Records
from bot.slack.unasked import speak
from bot.types import Answer, Composition, Intent, Order, Outcome, Question

LOG = logging.getLogger(__name__)
SETTLED_SECONDS = 0.5
"""Until Slack has surely put into a modal what the acknowledgement of its form carried."""
MOST_TRIES = 5
WAITING = {draft_views.EXPORT: "slack_compose_exporting"}
"""What stands there while this is made, where it is no draft."""
Carried = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Made:
    """What the modal shows in the end, and the same as an answer for whoever has closed it."""

    view: draft_views.View
    answer: Answer
    note: str = ""
    """What has to be said before the answer."""


class Making:
    """Makes drafts and their files for modals."""

    def __init__(
        self,
        service: Service,
        records: Records,
        claims: Claims,
        people: People,
        modals: Modals,
        replies: Replies,
        client: WebClient,
        clock: Callable[[], datetime],
    ) -> None:
        self._service, self._records, self._claims, self._people = service, records, claims, people
        self._modals, self._replies, self._client, self._clock = modals, replies, client, clock

    def make(self, heard: Heard) -> None:
        """Makes what one form or click asks and shows it, if no other worker has it."""
        with self._claims.of(heard) as claim:
            if claim is None:
                return
            try:
                self._done(heard, claim)
            except Exception:
                LOG.exception("what %s asks was not shown", heard.key)
                if claim.accepted.tries < MOST_TRIES:
                    return  # the lease ends, and it is tried again
            claim.finish()

    def _done(self, heard: Heard, claim: Claim) -> None:
        given, again = heard.inputs, claim.accepted.tries > 1
        language = load(json.loads(given["carried"])["language"])
        if heard.text:
            waiting = draft_views.waiting(language, WAITING.get(heard.text, "slack_compose_writing"), given["carried"])
            shown = self._modals.put(given["view"], waiting, "" if again else given["hash"])
            if not (shown or again):
                return  # closed, or another click was faster
        made = self._made(heard, language, again=again)
        if not heard.text:
            time.sleep(max(SETTLED_SECONDS - claim.seconds(), 0))
        if claim.holds() and not self._modals.put(given["view"], made.view):
            self._tell(heard, claim, made, language)

    def _made(self, heard: Heard, language: Language, *, again: bool) -> Made:
        """What is asked for, or why it cannot be; `again` where an earlier try was cut off."""
        packed = heard.inputs["carried"]

        def made() -> Made:
            question = self._modals.question(heard.user, heard.foreign, json.loads(packed))
            if not heard.text:
                return self._written(heard, question, language)
            if heard.text == draft_views.EXPORT:
                return self._exported(heard, language)
            return self._changed(heard, question, language, again=again)

        def failed(text: str) -> Made:
            return Made(draft_views.said(language, text, packed), _said(text, language))

        return attempted(made, failed, language)

    def _written(self, heard: Heard, question: Question, language: Language) -> Made:
        """The draft that a form asks for; the form again where it cannot be."""
        packed = heard.inputs["carried"]
        wanted = draft_views.filled(heard.inputs["values"], Composition())
        service = self._modals.about(heard.team, json.loads(packed), wanted.answer)
        try:
            return self._draft(service, question, wanted, json.loads(packed), language)
        except errors.ForPerson as refusal:
            choices = service.clerk.composer.choices(question, language, wanted.answer)
            text = said_of(refusal, language)
            form = draft_views.form(language, replace(choices, chosen=wanted), packed, text)
            return Made(form, _said(text, language))

    def _changed(self, heard: Heard, question: Question, language: Language, *, again: bool) -> Made:
        """The draft made anew, shorter, or with the next written text; as it is where that cannot be."""
        draft, packed = heard.query, heard.inputs["carried"]
        service = self._service.sets.of_draft(draft)
        composer = service.clerk.composer
        carried, note, answer = json.loads(packed), "", None
        before = Composition(**carried["wanted"])
        try:
            if heard.text != draft_views.SHORTER:
                wanted = composer.another(draft, before) if heard.text == draft_views.OTHER else before
                return self._draft(service, question, wanted, carried, language)
            done = again and len(service.decided.history(draft)) > heard.inputs["decisions"]
            answer = None if done else composer.shorter(question, draft, self._modals.by(heard.user), language)
        except errors.ForPerson as refusal:
            note = said_of(refusal, language)
        answer = answer or composer.shown(question, draft, language)
        return Made(draft_views.drafted(language, answer, packed, note), answer, note)

    @staticmethod
    def _draft(service: Service, question: Question, wanted: Composition, carried: Carried, language: Language) -> Made:
        composer = service.clerk.composer
        query, message = composer.query(question, wanted), composer.message(wanted)
        answer = service.draft(question, query, wanted.play or None, message, wanted.channel or None, wanted.tone)
        if not answer.drafts:
            raise _Refused(answer)
        draft = answer.drafts[0]
        told = {name: carried[name] for name in ("channel", "thread", "response_url", "language")}
        note = ""
        if service.decided.texts(draft.id) != draft.variants:  # the same draft was made, and changed, before
            answer, note = composer.shown(question, draft.id, language), language.say("slack_compose_edited")
        elif wanted.tone and draft.writer == "template":
            note = language.say("assumed_draft", words=language.say(f"slack_compose_tone_{wanted.tone}"))
        view = draft_views.drafted(language, answer, draft_views.metadata(told, wanted, draft.id), note)
        return Made(view, answer, note)

    def _exported(self, heard: Heard, language: Language) -> Made:
        """An approved draft, or all of its campaign, as files for the tool that was chosen, into the direct messages of
        whoever asks."""
        draft, tool, packed = heard.query, heard.inputs["tool"], heard.inputs["carried"]
        direct = self._people.direct(heard.user)
        question = self._modals.question(heard.user, heard.foreign, {**json.loads(packed), "channel": direct})
        with TemporaryDirectory(prefix="mainstay-export-") as folder:
            into = Path(folder) / draft
            order = Order(draft, into, tool, None, self._modals.by(heard.user))
            answer = self._service.sets.of_draft(draft).clerk.export(question, order, language)
            if answer.error is not None:
                return Made(draft_views.said(language, answer.text, packed), answer)
            files = _packed(into)
        whole = next((one.values["name"] for one in answer.findings if one.key == "walk_exported"), draft)
        name = f"{whole}-{tool}.zip"
        self._client.files_upload_v2(channel=direct, filename=name, title=name, content=files)
        _, _, more = answer.text.partition("\n")  # the first line names a folder that is gone
        text = f"{language.say('slack_receipt_file_sent', name=name)}\n{more}"
        return Made(draft_views.said(language, text, packed), replace(answer, text=text))

    def _tell(self, heard: Heard, claim: Claim, made: Made, language: Language) -> None:
        """Gives by a direct message, once, what its modal cannot show any more."""
        there = replace(heard, channel=self._people.direct(heard.user))
        above = [line for line in (language.say("slack_compose_closed"), made.note) if line]
        speak(
            self._replies, self._records, there, made.answer, blocks.build(made.answer, language, above=above),
            since=claim.accepted.accepted_at, again=claim.accepted.tries > 1, now=self._clock(),
        )  # fmt: skip


class _Refused(errors.ForPerson):
    """An answer without a draft, whose words say why."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("slack_compose_refused", text=answer.text)


def _said(text: str, language: Language) -> Answer:
    return Answer(Outcome.REFUSE, Intent.DRAFT, language.code, text)


def _packed(folder: Path) -> bytes:
    """The files of a folder in one."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                packed.write(path, path.relative_to(folder))
    return out.getvalue()
