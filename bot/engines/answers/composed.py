"""A draft made in a form: what can be chosen, for whom it is, the next written text, and the same text shorter."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from bot.analysis.measure import Analyst
from bot.analysis.profile import found
from bot.analysis.recipients import approved
from bot.documents import query_from
from bot.drafting import Message
from bot.drafting.esp import load as load_tools
from bot.drafting.merge import FIELDS, tags
from bot.engines.answers.decided import Decided, may_draft, variants_of
from bot.engines.answers.drafted import show
from bot.engines.answers.part import Part
from bot.engines.answers.sentences import sentences
from bot.errors import BadQuestion
from bot.language import Language, available
from bot.metrics import catalogue
from bot.metrics.segments import SEGMENTS
from bot.playbook import Playbook
from bot.types import Answer, Choices, Composition, Deed, Intent, Query, Question, Variant

BODY = "body"
FREE = frozenset({"person", "brand"})
"""Kinds of merge tags without which a text still stands."""


class Composer:
    """Makes Queries of what forms ask; `analyst` reads the data under a question's rights."""

    def __init__(
        self, decided: Decided, playbook: Callable[[], Playbook], analyst: Callable[[Question], Analyst]
    ) -> None:
        self._decided, self._playbook, self._analyst = decided, playbook, analyst

    def choices(self, question: Question, language: Language, answer: str = "") -> Choices:
        """What the asker may choose, with the people of a kept answer chosen where it is about some. Raises
        NotAllowed."""
        may_draft(question.rights)
        analyst, messages = self._analyst(question), self._messages()
        plays = {one.play: self._playbook().plays[one.play] for one in messages}
        named = {segment for play in plays.values() for segment in play.segments}
        own = tuple(one.name for one in analyst.groups)
        kinds = set(approved(analyst.company)["type"])
        chosen = Composition()
        if answer and (about := self._about(answer, analyst)) is not None:
            single = about.metric is None and about.subject and analyst.segment(about.subject) is None
            chosen = Composition(person=about.subject or "") if single else Composition(answer=answer)
        return Choices(
            segments=tuple(dict.fromkeys((*own, *(name for name in SEGMENTS if name in named)))),
            plays=tuple((id, play.text(language.code).title) for id, play in plays.items()),
            channels=tuple(dict.fromkeys(channel for one in messages for channel in one.channels)),
            languages=available(),
            offers=tuple(dict.fromkeys(one.offer for one in messages if one.offer and one.offer in kinds)),
            tools=tuple((id, tool.name) for id, tool in load_tools().items()),
            persons=question.rights.person_level,
            chosen=chosen,
        )

    def query(self, question: Question, wanted: Composition) -> Query:
        """Whom a form asks a draft for. Raises BadQuestion, NotAllowed."""
        may_draft(question.rights)
        named = [one for one in (wanted.segment, wanted.person, wanted.answer) if one.strip()]
        if len(named) != 1:
            raise BadQuestion("compose_both" if named else "compose_nobody")
        analyst = self._analyst(question)
        query = Query(Intent.DRAFT, subject=wanted.segment or None)
        if wanted.person:
            matches = found(analyst, wanted.person)
            if len(matches) > 1:
                near = [f"{one.name} ({one.account_id})" for one in matches[:5]]
                raise BadQuestion("compose_which", words=wanted.person, near=near)
            query = replace(query, subject=matches[0].account_id)
        elif wanted.answer:
            about = self._about(wanted.answer, analyst)
            if about is None:
                raise BadQuestion("compose_answer_gone")
            query = replace(about, intent=Intent.DRAFT, by=(), claim=None, baseline=None, limit=None)
        return replace(query, language=wanted.language or None, channel=wanted.channel or None)

    def message(self, wanted: Composition) -> str | None:
        """The written message that a form asks for: the one settled, or the one that states its offer. Raises
        BadQuestion."""
        if wanted.message or not wanted.offer:
            return wanted.message or None
        fitting = [one for one in self._messages() if one.offer == wanted.offer and wanted.play in ("", one.play)]
        if not fitting:
            raise BadQuestion("compose_no_offer")
        return fitting[0].id

    def another(self, draft: str, wanted: Composition) -> Composition:
        """The same for the next text that is written for such people, channel and language. Raises BadQuestion."""
        shown = self._decided.kept(draft).document["draft"]
        plays = self._playbook().plays
        near = [
            one.id
            for one in self._messages()
            if (shown["language"], shown["channel"]) in one.texts
            and one.offer in (None, wanted.offer or None)
            and (one.play == shown["play"] or (not wanted.play and wanted.segment in plays[one.play].segments))
        ]
        at = near.index(shown["message"]) if shown["message"] in near else -1
        others = [*near[at + 1 :], *near[: max(at, 0)]]
        if not others:
            raise BadQuestion("compose_no_other")
        return replace(wanted, message=others[0], channel=shown["channel"], language=shown["language"])

    def shorter(self, question: Question, draft: str, by: str, language: Language) -> Answer:
        """The draft without the longest paragraph that it can do without; an edit in a person's name, checked like any
        other. Raises BadQuestion, NotAllowed."""
        shown = self._decided.kept(draft).document["draft"]
        texts = variants_of(shown)
        message = next((one for one in self._messages() if one.id == shown["message"]), None)
        cut = _dispensable(texts, message, (shown["language"], shown["channel"]))
        if cut is None:
            raise BadQuestion("compose_short_already")
        tested = shown["element"] not in texts[0].parts
        for one in texts if tested else texts[:1]:
            kept = "\n\n".join(paragraph for paragraph in one[BODY].split("\n\n") if paragraph != cut)
            deed = Deed("edit", draft, by, part=BODY, text=kept, variant=one.name if tested else None)
            self._decided.decide(question, deed, language)
        return self.shown(question, draft, language)

    def shown(self, question: Question, draft: str, language: Language) -> Answer:
        """A kept draft as it is now: its people, texts, checks. Raises BadQuestion, NotAllowed."""
        may_draft(question.rights)
        made = self._decided.anew(self._decided.kept(draft), question.rights, question.now).draft
        part = Part()
        show(replace(self._decided.desk(self._analyst(question), language), playbook=self._playbook), part, made)
        part.say("draft_not_sent")
        return replace(sentences(language, part.findings, intent=Intent.DRAFT), drafts=(made,))

    def _about(self, answer: str, analyst: Analyst) -> Query | None:
        """The people a kept answer is about, if it is about some."""
        document = self._decided.records().answers.get(answer)
        for query in map(query_from, reversed((document or {}).get("queries", ()))):
            if query.intent is Intent.PROFILE or analyst.segment(query.subject) is not None:
                return query
            if query.metric and (known := catalogue().get(query.metric)) and known.people is not None:
                return replace(query, subject=None)
        return None

    def _messages(self) -> tuple[Message, ...]:
        return self._decided.handbook().messages


def _dispensable(texts: Sequence[Variant], message: Message | None, place: tuple[str, str]) -> str | None:
    """The longest paragraph that all variants have and none needs: not the first, nor one that leads to the link, tells
    a fact or ends in a colon, nor anything of the frame."""
    text = message.texts.get(place) if message else None
    around = set((text.frame if text else "").split("\n\n"))
    common = [one for one in texts[0][BODY].split("\n\n") if all(one in other[BODY].split("\n\n") for other in texts)]
    inner = [one for one in common if one.strip() and one not in around]
    free = [one for one in inner[1:] if not one.rstrip().endswith(":") and not any(_needed(one))]
    return max(free, key=len, default=None)


def _needed(paragraph: str) -> Iterator[str]:
    for tag in tags(paragraph):
        kind = FIELDS[tag.name].kind if tag.name in FIELDS else ""
        if tag.name == "link" or kind not in FREE:
            yield tag.name
    yield from re.findall(r"\{(?:link|unsubscribe)\}", paragraph)
