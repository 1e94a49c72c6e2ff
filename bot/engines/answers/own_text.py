"""What the checks say of a text that a person wrote."""

from __future__ import annotations

from bot.drafting.checks import state_of
from bot.drafting.draft import USUAL
from bot.drafting.own_text import check_text
from bot.engines.answers.decided import Decided, told
from bot.engines.answers.drafted import failed_note
from bot.language import Language, detect
from bot.types import Answer, Note, Question


def looked_at(
    decided: Decided, question: Question, kind: str | None, channel: str | None, language: Language
) -> Answer:
    """The verdict on the question's text, and each point with its remedy. Raises BadQuestion."""
    code = question.language or detect(question.text, language.code)
    day = decided.analyst(question.rights, question.now).as_of
    policy, where = decided.handbook().policy, channel or USUAL
    _, checks = check_text(question.text, kind, where, code, decided.brand, policy, day)
    failed = [one for one in checks if not one.passed]
    values = {"channel": language.value_name("message_channel", where), "language": code}
    return told(language, [
        Note("own_text_header", values), Note(f"own_text_{state_of(checks)}"),
        Note("draft_checks", {"passed": len(checks) - len(failed), "failed": len(failed)}),
        *(failed_note(language, one) for one in failed), Note("own_text_people"),
    ])  # fmt: skip
