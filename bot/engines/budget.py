"""Whether the language model may be asked once more today, and what it has cost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from bot.types import Limits, Note, Spent

if TYPE_CHECKING:
    from bot.records import Records  # SQLAlchemy loads with the first record, not with the first question


class Budget:
    """The limits of a person's day and of everybody's, held against what the records say was spent.

    Questions that are asked at once all pass or none does: a day can end over its limit by what they cost.
    """

    def __init__(self, limits: Limits, records: Callable[[], Records]) -> None:
        self.limits = limits
        self._records = records

    def used_up(self, person: str, day: date) -> Note | None:
        """Why the rules engine has to answer this person alone, or None: asked before each question."""
        spending = self._records().spending
        if self.limits.person_used(spending.spent(day, person)):
            return Note("budget_person")
        if self.limits.workspace_used(spending.spent(day)):
            return Note("budget_workspace")
        return None

    def charge(self, person: str, day: date, spent: Spent) -> None:
        """Keep what a question has cost, also one that failed in the end."""
        if spent != Spent():
            self._records().spending.add(person, day, spent)
