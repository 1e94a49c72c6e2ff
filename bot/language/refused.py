"""An error for a person, in their language: as an answer, and as a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.errors import ForPerson, NotAllowed
from bot.language import Language
from bot.types import Answer, Intent, Note, Outcome


def refusal(language: Language, error: ForPerson) -> Answer:
    """An error for a person as an Answer in their language."""
    return Answer(
        Outcome.REFUSE,
        Intent.OFF_TOPIC if isinstance(error, NotAllowed) else Intent.VALUE,
        language.code,
        said(language, error.key, error.values),
        error=Note(error.key, error.values),
    )


def said(language: Language, key: str, values: Mapping[str, Any]) -> str:
    """The sentence of an error; gaps (several wrong things at once) each on a line, with what comes near."""
    lines = [language.say(key, **values)]
    for gap in values.get("gaps", ()):
        note = gap if isinstance(gap, Note) else Note("gap_plain", {"text": str(gap)})
        near = language.say("near", near=list(note.values["near"])) if note.values.get("near") else ""
        lines.append(f"- {language.say(note.key, **note.values)} {near}".rstrip())
    return "\n".join(lines)
