"""Definitions that an analyst stands by: kept with name and day, said below answers, over when a definition changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog

from bot.analysis.measure import takes
from bot.engines.answers.meanings import told
from bot.engines.answers.sentences import sentences
from bot.errors import BadQuestion, NotAllowed, Unavailable
from bot.language import Language
from bot.metrics import catalogue
from bot.types import Answer, Endorsement, Finding, Intent, Meaning, Query, Question, Rights

if TYPE_CHECKING:  # SQLAlchemy loads with the first record
    from bot.records import Proposals

log = structlog.get_logger()

ROLES = frozenset({"analyst", "admin"})
"""Who may endorse."""
Variant = tuple[tuple[str, str], ...]


class Endorsements:
    """Those of one company; `proposals` opens the records they are kept in."""

    def __init__(self, proposals: Callable[[], Proposals], company: str) -> None:
        self._proposals, self._company = proposals, company

    def all(self) -> tuple[Endorsement, ...]:
        """Those that hold, the oldest first: one of another version of its metric does not any more."""
        try:
            kept = self._proposals().all(self._company, "endorsement", "accepted")
        except Unavailable:
            log.exception("the endorsements of the company cannot be read")
            return ()
        found = (
            Endorsement(
                one.document["metric"], tuple(sorted(one.document["variant"].items())), one.document["version"],
                one.said_by, one.said_at.date(),
            )
            for one in kept
        )  # fmt: skip
        return tuple(one for one in found if (metric := catalogue().get(one.metric)) and metric.version == one.version)

    def of(self, query: Query) -> Endorsement | None:
        """The one of the definition that a query was measured by."""
        if query.metric is None:
            return None
        wanted = (query.metric, plainly(query.metric, query.variant))
        return next((one for one in self.all() if (one.metric, one.variant) == wanted), None)

    def keep(self, metric: str, variant: Variant, question: Question) -> Endorsement:
        """Endorses a definition in the asker's name. Raises NotAllowed (`endorse_not_allowed`)."""
        may_endorse(question.rights)
        variant, version = plainly(metric, variant), catalogue()[metric].version
        by, document = question.name or question.asker, {"metric": metric, "variant": dict(variant), "version": version}
        self._proposals().keep(
            self._company, "endorsement", _name(metric, variant), document=document, state="accepted", by=by,
            now=question.now,
        )  # fmt: skip
        return Endorsement(metric, variant, version, by, question.now.date())

    def drop(self, metric: str, variant: Variant) -> Endorsement:
        """Takes one back. Raises BadQuestion (`endorse_none`)."""
        found = self.of(Query(Intent.DEFINE, metric, variant=variant))
        if found is None:
            raise BadQuestion("endorse_none")
        self._proposals().decide(self._company, "endorsement", _name(found.metric, found.variant), "dropped")
        return found

    def lines(self, answer: Answer, language: Language) -> list[str]:
        """What is said below an answer of the definition of its figures."""
        if not answer.evidence or answer.intent in (Intent.WEEKLY, Intent.MULTI):
            return []
        found = self.of(answer.evidence[0].query)
        return [language.say("footing_endorsed", by=found.by, day=found.day)] if found else []


def may_endorse(rights: Rights) -> None:
    """Raises NotAllowed."""
    if rights.role not in ROLES:
        raise NotAllowed("endorse_not_allowed")


def plainly(metric: str, variant: Variant) -> Variant:
    """A variant without what is the default anyway."""
    known = catalogue()[metric].variants
    return tuple(sorted((name, value) for name, value in variant if value != known.get(name, ("",))[0]))


def _name(metric: str, variant: Variant) -> str:
    return Meaning("", metric, variant).means


# ------------------------------------------------------------------------------------------------ said


def said(question: Question, language: Language, endorsements: Endorsements) -> Answer:
    """What `endorse METRIC [variant]`, `endorse drop METRIC [variant]` or `endorse` alone does.

    Raises BadQuestion (`endorse_unknown`, `endorse_none`) and NotAllowed (`endorse_not_allowed`).
    """
    _, verb, rest = (*question.text.split(maxsplit=2), "", "", "")[:3]
    if not verb:
        lines = [_finding("endorsed_line", one, language) for one in endorsements.all()]
        return sentences(
            language, [Finding("endorsed_header", {}), *lines] if lines else [Finding("endorsed_none", {})]
        )
    may_endorse(question.rights)
    if verb.casefold() in ("drop", language.say("note_drop").casefold()):
        return sentences(language, [_finding("endorsed_dropped", endorsements.drop(*read(rest, language)), language)])
    kept = endorsements.keep(*read(f"{verb} {rest}", language), question)
    return sentences(language, [_finding("endorsed_kept", kept, language)])


def read(words: str, language: Language) -> tuple[str, Variant]:
    """The metric that words name, and its variant. Raises BadQuestion (`endorse_unknown`)."""
    name, *settings = words.replace("?", " ").replace("&", " ").split() or [""]
    if name in catalogue():
        variant = {key: value for key, _, value in (one.partition("=") for one in settings)}
    else:
        spans = language.hear(words)[1]
        metrics = sorted((one for one in spans if one.kind == "metric"), key=lambda one: one.start - 2 * one.end)
        name, _, own = metrics[0].id.partition("?") if metrics else ("", "", "")
        heard = [one.id for one in spans if one.kind == "variant"] + (own.split("&") if own else [])
        variant = {key: value for key, _, value in (one.partition("=") for one in heard)}
    metric = catalogue().get(name)
    if metric is None or not all(takes(metric, key, value) for key, value in variant.items()):
        raise BadQuestion("endorse_unknown", words=words.strip())
    return name, tuple(sorted(variant.items()))


def _finding(key: str, one: Endorsement, language: Language) -> Finding:
    return Finding(key, {"means": told(Meaning("", one.metric, one.variant), language), "by": one.by, "day": one.day})
