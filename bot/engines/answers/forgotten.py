"""A person forgotten on request: what is kept of them is told, store by store, and taken out once that is confirmed."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.analysis.traced import customer
from bot.drafting.recall import Term, recall
from bot.engines.answers.audited import MENTION, SLACK_ID
from bot.engines.answers.sentences import sentences
from bot.errors import BadQuestion, NotAllowed
from bot.language import Language
from bot.playbook import Playbook
from bot.sources import Company
from bot.types import Answer, Finding, Question, Trace

if TYPE_CHECKING:  # SQLAlchemy loads with the first record
    from bot.records import Gone, Records

ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+\.\w+")
DECIDED = frozenset({"drafts", "decisions", "campaigns"})
Askers = Callable[[str], Sequence[str]]
"""An address → the ids of whom the surface knows by it."""


Lent = Callable[[str, bool], int]
"""(id, delete them?) → how many times this asker lent files that are kept."""


class Forgotten:
    """Forgets people for one company; `records`, `playbook` and `lent` reach what may hold them."""

    def __init__(
        self, records: Callable[[], Records], company: Company, playbook: Callable[[], Playbook], lent: Lent
    ) -> None:
        self._records, self._company, self._playbook, self._lent = records, company, playbook, lent

    def said(self, question: Question, language: Language, askers: Askers) -> tuple[Answer, Question]:
        """What `forget PERSON [confirm]` does: tells what there is, or takes it out; and the question as it may be
        kept, which names nobody. Raises NotAllowed, BadQuestion (`forget_whom`, `forget_unknown`)."""
        if question.rights.role != "admin":
            raise NotAllowed("forget_not_allowed")
        command, *words = question.text.split()
        confirmed = bool(words) and words[-1].casefold() in (language.say("forget_confirm").casefold(), "confirm")
        who = " ".join(words[:-1] if confirmed else words)
        trace = self.trace(who, askers)
        nameless = replace(question, text=command)
        if not confirmed:
            return self._looked(who, trace, language), nameless
        pseudonym = f"forgotten-{uuid.uuid4().hex[:8]}"
        answer = self._forgotten(trace, pseudonym, language)
        if question.asker in trace.askers:  # the id of a question may have that of its asker in it
            nameless = replace(nameless, asker=pseudonym, name="", id=pseudonym)
        return answer, nameless

    def trace(self, who: str, askers: Askers) -> Trace:
        """Whom to look for. Raises BadQuestion (`forget_whom`, `forget_unknown`) where that is nobody that is known."""
        if not who:
            raise BadQuestion("forget_whom")
        mention = MENTION.fullmatch(who)
        given = next(filter(None, mention.groups())) if mention else who
        found = customer(self._company, given)
        ids = (given,) if mention or SLACK_ID.fullmatch(given) else tuple(askers(given)) if "@" in given else ()
        if not (ids or found.users or found.accounts or ADDRESS.fullmatch(given)):
            raise BadQuestion("forget_unknown", who=given)
        trace = replace(found, askers=ids, strong=found.strong | set(ids))
        return trace.named(*self._records().forgetting.names_of(ids)) if ids else trace

    # ------------------------------------------------------------ looking, and doing

    def _looked(self, who: str, trace: Trace, language: Language) -> Answer:
        found = self._records().forgetting.found(trace)
        files = self._exported(trace, None)
        documents, lent = self._documents(trace), sum(self._lent(id, False) for id in trace.askers)
        if not found and not files and not documents and not lent:
            return sentences(language, [Finding("forget_none", {"who": who}), *_stays(trace, found, [])])
        typed = f"{language.say('forget_word')} {who} {language.say('forget_confirm')}"
        lines = [
            Finding("forget_header", {"who": who}),
            *_lines(found, files, lent, language, "forget_found"),
            *_stays(trace, found, documents),
            Finding("forget_then", {"typed": typed}),
        ]
        return sentences(language, lines, [typed])

    def _forgotten(self, trace: Trace, pseudonym: str, language: Language) -> Answer:
        files = self._exported(trace, pseudonym)  # the decisions that tell where they are may be masked next
        records, lent = self._records(), sum(self._lent(id, True) for id in trace.askers)
        found = records.forgetting.forget(trace, pseudonym)
        wiped = records.forgetting.wipe()
        left = records.forgetting.found(trace)
        lines = [
            Finding("forget_done", {"name": pseudonym}),
            *_lines(found, files, lent, language, "forget_gone"),
            *_stays(trace, found, self._documents(trace)),
            Finding("forget_wiped" if wiped else "forget_not_wiped", {}),
            *([Finding("forget_left", {"n": sum(one.deleted + one.masked for one in left.values())})] if left else []),
        ]
        return sentences(language, lines)

    def _exported(self, trace: Trace, pseudonym: str | None) -> int:
        """Rows and texts of the files that we know to have written, which still lie there and have the person."""
        many = 0
        for exported in self._records().decisions.exports():
            folder = exported.document.get("folder")
            if folder:
                many += recall(Path(folder), [*exported.document["files"]], Term(trace), pseudonym)
        return many

    def _documents(self, trace: Trace) -> list[str]:
        """The company's own documents that name the person."""
        documents, term = self._playbook().documents, Term(trace)
        if documents is None:
            return []
        return [one.name for one in documents.all() if any(term.stands_in(part.text) for part in one.sections)]


def _lines(found: Mapping[str, Gone], files: int, lent: int, language: Language, key: str) -> Iterator[Finding]:
    for store, gone in found.items():
        values = {"store": language.say(f"forget_store_{store}"), "deleted": gone.deleted, "masked": gone.masked}
        yield Finding(key, values)
    for store, n in (("files", files), ("lent", lent)):
        if n:
            yield Finding(key, {"store": language.say(f"forget_store_{store}"), "deleted": n, "masked": 0})


def _stays(trace: Trace, found: Mapping[str, Gone], documents: Sequence[str]) -> Iterator[Finding]:
    """What stays, and why."""
    if any(found[store].masked for store in DECIDED & found.keys()):
        yield Finding("forget_stays_decided", {})
    if documents:
        yield Finding("forget_stays_documents", {"names": list(documents)})
    if trace.users or trace.accounts:
        yield Finding("forget_stays_data", {})
    if trace.askers:
        yield Finding("forget_stays_slack", {})
