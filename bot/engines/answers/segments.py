"""The segments that people saved: each with its size, and deleted by whoever saved it, or an admin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import structlog

from bot.analysis.groups import sized
from bot.analysis.measure import Analyst
from bot.engines.answers.sentences import sentences
from bot.engines.answers.taught import Taught
from bot.engines.understanding.shelved import deletes
from bot.errors import BadQuestion, ForPerson, NotAllowed
from bot.language import Language
from bot.types import Alert, Answer, Entry, Intent, Note, Query, Question

log = structlog.get_logger()

MOST_SIZED = 20
"""Segments that are measured for one list; each is a query."""


def said(
    question: Question, language: Language, taught: Taught, analyst: Analyst, alerts: Iterable[tuple[str, Alert]]
) -> Answer:
    """What `segments` and `segments delete NAME` do; `alerts` are those that are set, by their numbers.

    Raises BadQuestion (`segment_unknown`, `segment_watched`), NotAllowed (`segment_not_yours`).
    """
    name = deletes(question.text)
    if name is not None:
        return sentences(language, [_deleted(question, name, taught, alerts)])
    found = list(entries(question, language, taught, analyst, measured=True))
    typed = [one.deeds["end"] for one in found if "end" in one.deeds]
    how = [Note("segments_how", {"typed": typed[0]})] if typed else []
    return sentences(language, [*(one.line for one in found), *how] or [Note("segments_none")])


def entries(
    question: Question, language: Language, taught: Taught, analyst: Analyst, *, measured: bool
) -> Iterator[Entry]:
    """A line for each, with its size where that is wanted, and what its owner, or an admin, types to delete it."""
    for number, (name, owner) in enumerate(taught.owners().items()):
        line = Note("segment_size_none", {"name": name})
        if measured and number < MOST_SIZED:
            line = _sized(name, analyst)
        mine = question.rights.role == "admin" or owner == question.asker
        typed = f"{language.say('segments_word')} {language.say('segments_verb_delete').split()[0]} {name}"
        yield Entry(line, {"end": typed} if mine else {})


def _sized(name: str, analyst: Analyst) -> Note:
    try:
        now, _ = sized(analyst, Query(Intent.SEGMENT, subject=name), ("e1", "e2"))
    except ForPerson as error:
        if error.key == "too_few_to_show":
            return Note("segment_size_few", {"name": name, "smallest": analyst.rights.smallest_cell})
        log.info("a segment cannot be measured", reason=error.key)
        return Note("segment_size_none", {"name": name})
    return Note("segment_size_line", {"name": name, "n": now.rows[0]["value"]})


def _deleted(question: Question, name: str, taught: Taught, alerts: Iterable[tuple[str, Alert]]) -> Note:
    owners = taught.owners()
    found = next((one for one in owners if one.casefold() == name.casefold()), None)
    if found is None:
        raise BadQuestion("segment_unknown" if owners else "segment_unknown_none", name=name or "–", near=list(owners))
    if owners[found] != question.asker and question.rights.role != "admin":
        raise NotAllowed("segment_not_yours", name=found)
    if watching := [number for number, alert in alerts if _about(found, alert)]:
        raise BadQuestion("segment_watched", names=watching, name=found)
    taught.forget_group(found)
    return Note("segment_deleted", {"name": found})


def _about(name: str, alert: Alert) -> bool:
    query = alert.query
    named = [one for _, values in (*query.filters, *query.exclude) for one in values]
    return name.casefold() in {one.casefold() for one in [*named, query.subject or ""]}
