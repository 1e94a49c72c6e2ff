"""Where a company stands: how far its data reaches, its own segments, what waits for a decision, what was noted."""

from __future__ import annotations

from collections.abc import Iterable

from bot.analysis.measure import Analyst
from bot.engines.answers import noted, proposed
from bot.engines.answers.decided import Decided
from bot.engines.answers.footing import reach
from bot.engines.answers.taught import Taught
from bot.language import Language
from bot.types import Finding, Note, Question, Standing


def standing(
    question: Question, language: Language, analyst: Analyst, decided: Decided, taught: Taught, notes: noted.Notes
) -> Standing:
    """What there is for the asker."""
    return Standing(
        company=analyst.company.definitions.company,
        data=reach(analyst, question.now, analyst.as_of),
        segments=tuple(one.name for one in analyst.groups),
        drafts=tuple(decided.waiting(question)),
        wanted=_lines(proposed.missed(taught)) if question.rights.role == "admin" else (),
        notes=_lines(noted.lines(language, notes, analyst)),
    )


def _lines(found: Iterable[Finding]) -> tuple[Note, ...]:
    return tuple(Note(one.key, one.values) for one in found if one.key != "requests_header")
