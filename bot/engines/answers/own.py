"""A company's own documents: quoted in an answer, and for its admins added, listed and taken out again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.engines.answers.part import Part
from bot.engines.answers.sentences import sentences
from bot.errors import ForPerson, NotAllowed
from bot.language import Language
from bot.playbook import Documents, Passage, Playbook
from bot.types import Answer, Finding, Outcome, Question

MOST_LINES = 5
LONGEST_LINE = 240
MOST_SECTIONS = 8

Files = Sequence[tuple[str, bytes]]
"""Name and bytes of each."""


def quoted(part: Part, passage: Passage) -> None:
    """What a document of the company's own says: quoted, line by line, for it was written by others."""
    lines = passage.text.split("\n")
    part.citations.append(passage.citation)
    part.say("advise_own", title=passage.title, section=passage.section)
    for line in lines[:MOST_LINES]:
        part.say("advise_own_line", text=_short(line.removeprefix("- ")))


def _short(line: str) -> str:
    if len(line) <= LONGEST_LINE:
        return line
    cut = line[:LONGEST_LINE]
    return f"{cut.rpartition(' ')[0] or cut} …"


def added(files: Files, question: Question, language: Language, playbook: Playbook) -> Answer:
    """Puts files into the playbook, and tells of each what came of it. Raises NotAllowed."""
    documents = _of_admin(question, playbook)
    findings, kept = [], False
    for name, data in files:
        try:
            document, replaced = documents.add(name, data)
        except ForPerson as error:
            findings.append(Finding(error.key, error.values))
            continue
        kept = True
        headings = list(dict.fromkeys(one.heading for one in document.sections))
        values = {"name": document.name, "title": document.title, "sections": headings[:MOST_SECTIONS]}
        findings.append(Finding("document_replaced" if replaced else "document_added", values))
        if len(headings) > MOST_SECTIONS:
            findings.append(Finding("document_more", {"n": len(headings) - MOST_SECTIONS}))
        findings.append(Finding("document_undo", {"typed": _typed(language, document.name)}))
    if kept:
        playbook.build()  # so that the next question need not wait for it
    return sentences(language, findings, outcome=Outcome.ANSWER if kept else Outcome.REFUSE)


def listed(question: Question, language: Language, playbook: Playbook) -> Answer:
    """Every document with how many sections it has, and what could not be read; or the removal of one
    ("documents drop NAME"). Raises NotAllowed, BadQuestion (`document_unknown`)."""
    documents = _of_admin(question, playbook)
    _, decision, name = (*question.text.split(maxsplit=2), "", "", "")[:3]
    if decision.casefold() in dropping(language):
        documents.remove(name)
        playbook.build()
        return sentences(language, [Finding("document_removed", {"name": name})])
    uploaded = [one.name for one in documents.all() if one.uploaded]
    return sentences(language, list(told(documents)), [_typed(language, one) for one in uploaded])


def told(documents: Documents) -> Iterator[Finding]:
    """What there is, and what could not be read."""
    found, refused = documents.all(), documents.refused()
    yield Finding("documents_header", {"n": len(found)}) if found else Finding("documents_none", {})
    for one in found:
        values = {"name": one.name, "title": one.title, "n": len(one.sections)}
        yield Finding("documents_line_shared" if one.uploaded else "documents_line", values)
    if refused:
        yield Finding("documents_refused", {"n": len(refused)})
    yield from (Finding(one.key, one.values) for one in refused)


def dropping(language: Language) -> tuple[str, ...]:
    """The words after "documents" that take one out."""
    return (language.say("documents_drop"), "drop")


def _of_admin(question: Question, playbook: Playbook) -> Documents:
    if question.rights.role != "admin":
        raise NotAllowed("documents_not_allowed")
    assert playbook.documents is not None  # a service is made with a place for them
    return playbook.documents


def _typed(language: Language, name: str) -> str:
    """What is typed, or pressed, to take a document out."""
    return f"{language.say('documents_word')} {language.say('documents_drop')} {name}"
