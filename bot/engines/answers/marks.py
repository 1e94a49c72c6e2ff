"""Thumbs under answers: kept with the question and what was answered; a thumbs-down becomes a question to be graded.
Beside them, what people say of the bot in their own words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from bot.errors import BadQuestion, NotAllowed
from bot.types import Question, Rights

if TYPE_CHECKING:  # SQLAlchemy loads with the first record
    from bot.records import Records

REASONS = ("wrong_figure", "misunderstood", "unclear", "not_useful", "other")
"""Why an answer was no good, the commonest first."""
LONGEST = 1_000
"""Characters of a reason in somebody's own words."""


class Marks:
    """The marks that one company's answers were given; `records` opens what they are kept in."""

    def __init__(self, records: Callable[[], Records], company: str) -> None:
        self._records, self._company = records, company

    def keep(self, answer: str, up: bool, *, by: str, now: datetime, reason: str = "", words: str = "") -> None:
        """One mark of a person for an answer, by the id of its question, in place of an earlier one of theirs.

        A bare mark leaves the reason of the same mark.
        Raises BadQuestion (`answer_gone`) where the answer is not kept.
        """
        kept = self._records().answers.get(answer)
        if kept is None or "asked" not in kept:
            raise BadQuestion("answer_gone")
        name = f"{answer}/{by}"
        before = None if reason or words else self._records().proposals.get(self._company, "mark", name)
        if before is not None and before.document["up"] == up:
            reason, words = before.document["reason"], before.document["words"]
        document = {"up": up, "by": by, "reason": reason, "words": words[:LONGEST], "id": answer, "answer": dict(kept)}
        self._records().proposals.keep(self._company, "mark", name, document=document, state="open", by=by, now=now)

    def all(self, rights: Rights) -> list[Mapping[str, Any]]:
        """Every mark, for admins, the oldest first: up, by, reason, words, id of the question, the answer's document,
        and the day of the mark. Raises NotAllowed."""
        _of_admin(rights)
        kept = self._records().proposals.all(self._company, "mark")
        return [{**one.document, "day": one.said_at.date()} for one in kept]

    def leave(self, words: str, question: Question) -> None:
        """Somebody's own words for the admins, about no answer."""
        name, document = f"{question.now.isoformat()}/{question.asker}", {"words": words[:LONGEST]}
        self._records().proposals.keep(
            self._company, "word", name, document=document, state="open", by=question.asker, now=question.now
        )

    def left(self, rights: Rights) -> list[tuple[str, date]]:
        """The words that people left and the day, for admins, the oldest first. Raises NotAllowed."""
        _of_admin(rights)
        kept = self._records().proposals.all(self._company, "word")
        return [(one.document["words"], one.said_at.date()) for one in kept]


def _of_admin(rights: Rights) -> None:
    if rights.role != "admin":
        raise NotAllowed("requests_not_allowed")
