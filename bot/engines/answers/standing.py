"""Where a company stands: how far its data reaches, its own segments, what waits for a decision, what was noted."""

from __future__ import annotations

from bot.analysis.measure import Analyst
from bot.engines.answers import noted, proposed, segments
from bot.engines.answers.decided import Decided
from bot.engines.answers.footing import reach
from bot.engines.answers.taught import Taught
from bot.language import Language
from bot.types import Note, Question, Standing


def standing(
    question: Question,
    language: Language,
    analyst: Analyst,
    decided: Decided,
    taught: Taught,
    notes: noted.Notes,
    *,
    measured: bool,
) -> Standing:
    """What there is for the asker; `measured`: the segments with their sizes."""
    return Standing(
        company=analyst.company.definitions.company,
        data=reach(analyst, question.now, analyst.as_of),
        segments=tuple(segments.entries(question, language, taught, analyst, measured=measured)),
        drafts=tuple(decided.waiting(question, language)),
        wanted=tuple(proposed.waiting(language, taught)) if question.rights.role == "admin" else (),
        notes=tuple(Note(one.key, one.values) for one in noted.lines(language, notes, analyst)),
    )
