"""What every figure stands on: whose rows, the definition, how far the data reaches, and whether it is old."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from bot.analysis.measure import Analyst
from bot.engines.answers.defaults import told
from bot.language import Language
from bot.metrics import catalogue
from bot.sources import Company
from bot.types import LENT, Answer, Intent, Note, Question

OF_ROWS = frozenset({"too_few_to_show", "nobody_chosen", "unknown_account", "unknown_account_near"})
"""Refusals that would read as "none" if nobody said whose rows were looked at."""

OF_VALUES = frozenset({"outside_rights", "unknown_value", "unknown_value_no_near"})
"""Refusals of a value that the question may not have named: a channel may."""


def footing(answer: Answer, analyst: Analyst, language: Language, question: Question) -> list[str]:
    """The lines below an answer; none below one without figures."""
    if not (answer.evidence or answer.drafts):
        return []
    lines = [*source(analyst.company, language), *told(answer, analyst, language, question.defaults)]
    lines += seen(question, language)
    lines += _left_out(answer, analyst, language)
    if not answer.evidence:
        return lines
    if answer.intent not in (Intent.WEEKLY, Intent.MULTI) and (name := answer.evidence[0].query.metric):
        texts = language.definition(name) or {"summary": catalogue()[name].summary}
        lines.append(language.say("footing_definition", metric=name, summary=texts["summary"]))
    if analyst.company.definitions.snapshot:
        return lines
    read = reach(analyst, question.now, answer.evidence[0].as_of)
    return [*lines, *(language.say(note.key, **note.values) for note in read)]


def reach(analyst: Analyst, now: datetime, as_of: date) -> tuple[Note, ...]:
    """How far the data reaches that was read to a day, and whether that is long ago."""
    definitions = analyst.company.definitions
    if definitions.snapshot:
        return (Note("snapshot"),)
    last = Note("as_of", {"day": as_of - timedelta(days=1), "zone": definitions.zone})
    age = (now.date() - analyst.as_of).days * 24
    if analyst.company.pinned is None and age > definitions.freshness_hours:
        return (last, Note("stale", {"day": analyst.as_of}))
    return (last,)


def source(company: Company, language: Language) -> Iterator[str]:
    """Which data set it is, where it is not the main one."""
    about = company.definitions
    if about.data and not about.data.startswith(LENT):
        yield language.say("footing_data_set", name=about.data, company=about.company)


def beneath(key: str, company: Company, question: Question, language: Language) -> Iterator[str]:
    """The lines below the refusal with this key: whose rows were looked at, where it would read as "none" without."""
    if key in OF_ROWS | OF_VALUES:
        yield from source(company, language)
    if question.defaults.filters and key in OF_ROWS | OF_VALUES:
        yield language.say("channel_here", filters=question.defaults.filters)
    if key in OF_ROWS:
        yield from seen(question, language)


def seen(question: Question, language: Language) -> Iterator[str]:
    """The rows that the asker is confined to, and those that the place is."""
    own = (question.alone or question.rights).row_filters
    for key, confined in (
        ("confined", [one for one in question.rights.row_filters if one in own]),
        ("confined_here", [one for one in question.rights.row_filters if one not in own]),
    ):
        if confined:
            yield language.say(key, filters=tuple((one.dimension, one.values) for one in confined))


def _left_out(answer: Answer, analyst: Analyst, language: Language) -> Iterator[str]:
    """What was asked for and may not be shown."""
    if outside := dict.fromkeys(one for query in answer.queries for one in analyst.outside(query)):
        yield language.say("partly_outside", filters=tuple(outside))
