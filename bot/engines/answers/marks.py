"""Thumbs under answers: kept with the question and what was answered; a thumbs-down becomes a question to be graded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.errors import BadQuestion, NotAllowed
from bot.types import Rights

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

        Raises BadQuestion (`answer_gone`) where the answer is not kept.
        """
        kept = self._records().answers.get(answer)
        if kept is None or "asked" not in kept:
            raise BadQuestion("answer_gone")
        document = {"up": up, "by": by, "reason": reason, "words": words[:LONGEST], "id": answer, "answer": dict(kept)}
        name = f"{answer}/{by}"
        self._records().proposals.keep(self._company, "mark", name, document=document, state="open", by=by, now=now)

    def all(self, rights: Rights) -> list[Mapping[str, Any]]:
        """Every mark, for admins, the oldest first: up, by, reason, words, id of the question, and the answer's
        document. Raises NotAllowed."""
        if rights.role != "admin":
            raise NotAllowed("requests_not_allowed")
        return [one.document for one in self._records().proposals.all(self._company, "mark")]
