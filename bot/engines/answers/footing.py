"""What every figure stands on: the definition, how far the data reaches, and whether it is old."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.analysis.measure import Analyst
from bot.language import Language
from bot.metrics import catalogue
from bot.types import Answer, Intent


def footing(answer: Answer, analyst: Analyst, language: Language, now: datetime) -> list[str]:
    """The lines below an answer; none below one without figures."""
    if not answer.evidence:
        return []
    lines = []
    if answer.intent not in (Intent.WEEKLY, Intent.MULTI) and (name := answer.evidence[0].query.metric):
        texts = language.definition(name) or {"summary": catalogue()[name].summary}
        lines.append(language.say("footing_definition", metric=name, summary=texts["summary"]))
    definitions = analyst.company.definitions
    if definitions.snapshot:
        return lines
    last = answer.evidence[0].as_of - timedelta(days=1)
    lines.append(language.say("as_of", day=last, zone=definitions.zone))
    age = (now.date() - analyst.as_of).days * 24
    if analyst.company.pinned is None and age > definitions.freshness_hours:
        lines.append(language.say("stale", day=analyst.as_of))
    return lines
