"""Campaigns walked through with a person: begun, shown, answered, gone back, left and resumed days later, dropped.

What was answered is kept with the company's proposals; the figures beside it are those of the day it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from bot.analysis.measure import Analyst
from bot.drafting.programmes import Programme
from bot.engines.answers import flow
from bot.engines.answers.decided import Decided, may_draft, told
from bot.engines.answers.exported import campaign_of, exported
from bot.engines.answers.packs_out import approve, export
from bot.engines.answers.walk import DONE, DROPPED, OPEN, SHOWN, STEPS, Walk, answered
from bot.errors import BadQuestion
from bot.language import Language
from bot.types import Answer, Finding, Note, Order, Question, Rights

if TYPE_CHECKING:  # SQLAlchemy loads with the first record
    from bot.records import Proposal

VERBS = ("start", "show", "next", "back", "list", "drop", "approve")
KIND: Literal["campaign"] = "campaign"


def words(language: Language, verb: str) -> tuple[str, ...]:
    """What people type for a verb: the first is the one that is shown to them."""
    return tuple(language.say(f"walk_verb_{verb}").casefold().split())


class Walks:
    """The campaigns under way of one company."""

    def __init__(self, decided: Decided) -> None:
        self.decided = decided
        self.company = decided.company.definitions.company

    def said(self, question: Question, language: Language) -> Answer:
        """What `campaign VERB NAME ANSWER` does. Raises BadQuestion, NotAllowed, and what drafts raise."""
        may_draft(question.rights)
        _, verb, name, rest = (*question.text.split(maxsplit=3), "", "", "", "")[:4]
        known = {word: one for one in VERBS for word in (one, *words(language, one))}
        does: Mapping[str, Callable[[Question, Language, str, str], Answer]] = {
            "start": self._start, "show": self._show, "next": self._next, "back": self._back, "drop": self._drop,
            "approve": self._approve,
        }  # fmt: skip
        return does.get(known.get(verb.casefold(), "list"), self._list)(question, language, name, rest)

    def approve(self, question: Question, name: str, by: str, language: Language, *, confirmed: bool) -> Answer:
        """Approve all messages of a decided campaign. Raises BadQuestion, NotAllowed."""
        return approve(self, question, name, by, language, confirmed=confirmed)

    def export(self, question: Question, name: str, order: Order, language: Language) -> Answer:
        """Write an approved campaign into a folder; the order's id is not asked. Raises as exports of drafts do."""
        return export(self, question, name, order, language)

    def export_together(self, question: Question, order: Order, language: Language) -> Answer:
        """Write an approved draft, with all of the campaign that it is a message of. Raises as exports of drafts do."""
        programme = campaign_of(self.decided, order.id).document.get("programme")
        if programme:
            return self.export(question, programme["name"], order, language)
        return exported(self.decided, question, order, language)

    # ------------------------------------------------------------ the deeds

    def _start(self, question: Question, language: Language, name: str, rest: str) -> Answer:
        programme = self._programme(f"{name} {rest}", language)
        taken = {one.name for one in self._all() if one.state != DROPPED}
        free = next(one for n in range(1, len(taken) + 2) if (one := _numbered(programme.id, n)) not in taken)
        document = {"programme": programme.id, "step": 0, "answers": {}, "began": question.now.date().isoformat()}
        self.keep(free, document, OPEN, question)
        return self._shown(self.kept(free), question, language)

    def _show(self, question: Question, language: Language, name: str, _: str) -> Answer:
        return self._shown(self.kept(name), question, language)

    def _next(self, question: Question, language: Language, name: str, rest: str) -> Answer:
        kept = self._open(name)
        document = kept.document
        step = STEPS[document["step"]]
        value = answered(self.walk(kept, question), step, rest, language)
        place = document["step"] + 1
        new = {**document, "answers": {**document["answers"], step: value}, "step": min(place, len(STEPS) - 1)}
        self.keep(kept.name, new, DONE if place == len(STEPS) else OPEN, question)
        return self._shown(self.kept(kept.name), question, language)

    def _back(self, question: Question, language: Language, name: str, _: str) -> Answer:
        kept = self.kept(name)
        if kept.document.get("campaigns"):
            raise BadQuestion("walk_is_approved", name=kept.name)
        place = kept.document["step"] - (kept.state == OPEN)
        self.keep(kept.name, {**kept.document, "step": max(0, place)}, OPEN, question)
        return self._shown(self.kept(kept.name), question, language)

    def _drop(self, question: Question, language: Language, name: str, _: str) -> Answer:
        kept = self.kept(name)
        if kept.document.get("campaigns"):
            raise BadQuestion("walk_is_approved", name=kept.name)
        self.keep(kept.name, kept.document, DROPPED, question)
        return told(language, [Note("walk_dropped", {"name": kept.name})])

    def _approve(self, question: Question, language: Language, name: str, rest: str) -> Answer:
        """By whom it was typed; what is held is taken on by a word of its own after the name."""
        confirmed = rest.strip().casefold() in ("confirm", *words(language, "confirm"))
        return self.approve(question, name, question.asker or "", language, confirmed=confirmed)

    def _list(self, _question: Question, language: Language, _: str, __: str) -> Answer:
        under_way = [one for one in self._all() if one.state != DROPPED]
        notes = [_listed(language, one) for one in under_way]
        programmes = self.decided.handbook().programmes
        notes = notes or [Note("walk_listed_none")]
        names = [flow.name_of(language, one) for one in programmes]
        found = told(language, [*notes, Note("walk_programmes", {"names": names})])
        going = {_typed(language, "show", one.name): one.name for one in under_way}
        labels = going or {_typed(language, "start", id): name for id, name in zip(programmes, names, strict=True)}
        return replace(found, follow_ups=tuple(labels), labels=labels)

    # ------------------------------------------------------------ what they share

    def walk(self, kept: Proposal, question: Question) -> Walk:
        """A kept campaign on the data of now, under the rights of who asks."""
        analyst = self.analyst(question.rights, question.now)
        programme, document = self.decided.handbook().programmes[kept.document["programme"]], kept.document
        own = tuple(document.get("campaigns") or ())
        return Walk(kept.name, programme, document["answers"], self.decided, analyst, analyst.as_of, own)

    def analyst(self, rights: Rights, now: datetime) -> Analyst:
        """Who measures for it."""
        return self.decided.analyst(rights, now)

    def kept(self, name: str) -> Proposal:
        """A campaign by its name, or the only one under way. Raises BadQuestion: `walk_unknown`, `walk_none`."""
        under_way = {one.name: one for one in self._all() if one.state != DROPPED}
        if not name and len(under_way) == 1:
            return next(iter(under_way.values()))
        if not under_way:
            programmes = self.decided.handbook().programmes
            raise BadQuestion("walk_none", near=list(programmes))
        if name.casefold() not in under_way:
            raise BadQuestion("walk_unknown", name=name or "–", near=list(under_way))
        return under_way[name.casefold()]

    def _open(self, name: str) -> Proposal:
        kept = self.kept(name)
        if kept.state != OPEN:
            raise BadQuestion("walk_is_done", name=kept.name)
        return kept

    def keep(self, name: str, document: Mapping[str, Any], state: Any, question: Question) -> None:
        """Keep what a campaign under way has come to."""
        by = question.asker or question.rights.role
        self.decided.records().proposals.keep(
            self.company, KIND, name, document=document, state=state, by=by, now=question.now
        )

    def _all(self) -> list[Proposal]:
        return self.decided.records().proposals.all(self.company, KIND)

    def _programme(self, text: str, language: Language) -> Programme:
        """A campaign by its id or by what it is called. Raises BadQuestion (`walk_no_programme`)."""
        programmes = self.decided.handbook().programmes
        wanted = _plain(text)
        known = {_plain(said): id for id in programmes for said in (id, flow.name_of(language, id))}
        if wanted not in known:
            names = [flow.name_of(language, one) for one in programmes]
            raise BadQuestion("walk_no_programme", name=text.strip() or "–", near=names)
        return programmes[known[wanted]]

    def _shown(self, kept: Proposal, question: Question, language: Language) -> Answer:
        """The step at which it stands, with the figures of now, and how to go on."""
        walk, place = self.walk(kept, question), kept.document["step"]
        step = STEPS[place]
        head = {"campaign": flow.name_of(language, walk.programme.id), "n": place + 1,
                "title": language.say(f"walk_title_{step}")}  # fmt: skip
        notes = [Note("walk_header", head), *SHOWN[step](walk, language)]
        done = kept.state == DONE
        if done and walk.own:
            first = campaign_of(self.decided, walk.own[0]).draft
            notes.append(Note("walk_approved", {"name": kept.name, "draft": first}))
        elif done:
            notes.append(Note("walk_done", {"name": kept.name}))
        else:
            notes.append(Note(f"walk_ask_{step}"))
            notes.append(Note("walk_kept", {"typed": _typed(language, "next", kept.name)}))
        ways = ("back", "drop") if done else ("next", "back", "drop") if place else ("next", "drop")
        found = told(language, notes)
        mine = Finding("walk_state", {"name": kept.name, "programme": walk.programme.id, "step": step, "done": done})
        labels = {_typed(language, one, kept.name): language.say(f"walk_button_{one}") for one in ways}
        labels = {} if walk.own else labels
        return replace(found, findings=(*found.findings, mine), follow_ups=tuple(labels), labels=labels)


def _listed(language: Language, one: Proposal) -> Note:
    values = {"name": one.name, "campaign": flow.name_of(language, one.document["programme"]),
              "step": one.document["step"] + 1, "day": one.said_at.date()}  # fmt: skip
    return Note("walk_listed_done" if one.state == DONE else "walk_listed_open", values)


def _typed(language: Language, verb: str, name: str) -> str:
    """What is typed, or pressed, to go on."""
    return f"{language.say('walk_word')} {words(language, verb)[0]} {name}"


def _numbered(id: str, n: int) -> str:
    return id if n == 1 else f"{id}-{n}"


def _plain(text: str) -> str:
    """Letters and digits alone: win-back, win_back and "Win back" are one name."""
    return re.sub(r"[\W_]+", "", text.casefold())
