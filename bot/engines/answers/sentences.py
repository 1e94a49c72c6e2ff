"""An answer of sentences alone, about no figure: what was kept, changed or listed."""

from __future__ import annotations

from collections.abc import Sequence

from bot.language import Language
from bot.types import Answer, Finding, Intent, Note, Outcome


def sentences(
    language: Language,
    lines: Sequence[Note | Finding],
    follow_ups: Sequence[str] = (),
    *,
    intent: Intent = Intent.DATA_HEALTH,
    outcome: Outcome = Outcome.ANSWER,
) -> Answer:
    """One sentence a line, in their order."""
    findings = tuple(Finding(one.key, one.values) for one in lines)
    text = "\n".join(language.say(one.key, **one.values) for one in findings)
    return Answer(outcome, intent, language.code, text, findings=findings, follow_ups=tuple(follow_ups))
