"""What people proposed, for admins: the metrics that they miss, and what words mean to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.engines.answers.meanings import told
from bot.engines.answers.sentences import sentences
from bot.language import Language
from bot.types import Answer, Finding, Intent, Meaning, Note, Outcome, Question

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
            follow_ups += [_typed(language, verb, meaning) for verb in ("accept", "drop")]
        follow_ups += [_typed(language, "drop", meaning) for meaning, _ in taught.meanings("accepted")]
    else:
        meaning = taught.decide(name, "accepted" if accepts else "dropped")
        values = {"words": meaning.words, "means": told(meaning, language)}
        findings = [Finding("meaning_accepted" if accepts else "meaning_dropped", values)]
    return sentences(language, findings, follow_ups)


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


def _typed(language: Language, verb: str, meaning: Meaning) -> str:
    """What is typed, or pressed, to decide."""
    return f"{language.say('requests_word')} {language.say(f'requests_{verb}')} {meaning.name}"
