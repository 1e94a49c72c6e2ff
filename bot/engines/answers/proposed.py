"""What people proposed, for admins: the metrics that they miss, and what words mean to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.engines.answers.meanings import told
from bot.engines.answers.sentences import sentences
from bot.language import Language
from bot.types import Answer, DeedOn, Entry, Finding, Intent, Note, Outcome, Question, Wanted

if TYPE_CHECKING:  # SQLAlchemy loads with the first record
    from bot.engines.answers.taught import Taught


def deciding(language: Language) -> dict[str, bool]:
    """The words after "requests" that decide, and whether they accept."""
    return {language.say("requests_accept"): True, language.say("requests_drop"): False, "accept": True, "drop": False}


def listed(question: Question, language: Language, taught: Taught) -> Answer:
    """Every proposal, or the decision on one ("requests accept NAME"), for admins; a refusal for anybody else.

    Raises BadQuestion (`proposal_unknown`).
    """
    if question.rights.role != "admin":
        error = Note("requests_not_allowed")
        return Answer(Outcome.REFUSE, Intent.DATA_HEALTH, language.code, language.say(error.key), error=error)
    _, decision, name = (*question.text.split(maxsplit=2), "", "", "")[:3]
    accepts = deciding(language).get(decision.casefold())
    follow_ups: list[str] = []
    if accepts is None:
        findings = [*missed(taught), *_meanings(language, taught)] or [Finding("requests_none", {})]
        for meaning, _ in taught.meanings("open"):
            follow_ups += [_typed(language, verb, meaning.name) for verb in ("accept", "drop")]
        follow_ups += [_typed(language, "drop", meaning.name) for meaning, _ in taught.meanings("accepted")]
    else:
        decided = taught.decide(name, "accepted" if accepts else "dropped")
        if isinstance(decided, Wanted):
            findings = [Finding("request_taken" if accepts else "request_dropped", {"name": decided.name})]
        else:
            values = {"words": decided.words, "means": told(decided, language)}
            findings = [Finding("meaning_accepted" if accepts else "meaning_dropped", values)]
    return sentences(language, findings, follow_ups)


def waiting(language: Language, taught: Taught) -> Iterator[Entry]:
    """What an admin is asked to decide on: the metrics that people miss, and what words are proposed to mean."""
    lines = [one for one in missed(taught) if one.key != "requests_header"]
    names = [one.document["name"] for one in taught.metrics()]
    lines += [one for one in _meanings(language, taught) if one.key == "requests_meaning"]
    names += [meaning.name for meaning, _ in taught.meanings("open")]
    for line, name in zip(lines, names, strict=True):
        deeds: dict[DeedOn, str] = {"accept": _typed(language, "accept", name), "drop": _typed(language, "drop", name)}
        yield Entry(Note(line.key, line.values), deeds)


def missed(taught: Taught) -> Iterator[Finding]:
    """The metrics that people miss, each with its formula and who asked."""
    found = taught.metrics()
    if found:
        yield Finding("requests_header", {"n": len(found)})
    for one in found:
        key = "requests_line"
        if one.document["formula"]:
            key = "requests_line_columns" if one.document["columns"] else "requests_line_formula"
        yield Finding(key, {**one.document, "day": one.said_at.date()})


def _meanings(language: Language, taught: Taught) -> Iterator[Finding]:
    """What words are proposed to mean, and what was agreed."""
    proposed, agreed = taught.meanings("open"), taught.meanings("accepted")
    if proposed:
        yield Finding("requests_meanings", {})
    for meaning, kept in proposed:
        said = {"askers": kept.document["askers"], "day": kept.said_at.date()}
        yield Finding("requests_meaning", {"words": meaning.words, "means": told(meaning, language), **said})
    if agreed:
        yield Finding("requests_agreed", {})
    for meaning, _ in agreed:
        yield Finding("requests_agreed_line", {"words": meaning.words, "means": told(meaning, language)})


def _typed(language: Language, verb: str, name: str) -> str:
    """What is typed, or pressed, to decide."""
    return f"{language.say('requests_word')} {language.say(f'requests_{verb}')} {name}"
