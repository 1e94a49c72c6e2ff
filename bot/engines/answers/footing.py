"""What every figure stands on: the definition, how far the data reaches, and whether it is old."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.analysis.measure import Analyst
from bot.language import Language
from bot.metrics import catalogue
from bot.types import Answer, Intent, Note


def footing(answer: Answer, analyst: Analyst, language: Language, now: datetime) -> list[str]:
    """The lines below an answer; none below one without figures."""
    if not answer.evidence:
        return []
    lines = []
    if answer.intent not in (Intent.WEEKLY, Intent.MULTI) and (name := answer.evidence[0].query.metric):
        texts = language.definition(name) or {"summary": catalogue()[name].summary}
        lines.append(language.say("footing_definition", metric=name, summary=texts["summary"]))
    if analyst.company.definitions.snapshot:
        return lines
    return [*lines, *(language.say(note.key, **note.values) for note in reach(analyst, now))]


def reach(analyst: Analyst, now: datetime) -> tuple[Note, ...]:
    """How far the data reaches, and whether that is long ago."""
    definitions = analyst.company.definitions
    if definitions.snapshot:
        return (Note("snapshot"),)
    last = Note("as_of", {"day": analyst.as_of - timedelta(days=1), "zone": definitions.zone})
    age = (now.date() - analyst.as_of).days * 24
    if analyst.company.pinned is None and age > definitions.freshness_hours:
        return (last, Note("stale", {"day": analyst.as_of}))
    return (last,)
