"""Whether the language model may be asked once more today, and what it has cost."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot.types import Limits, Note, Spent

if TYPE_CHECKING:
    from bot.records import Spending  # SQLAlchemy loads with the first record, not with the first question


class DaysPurse:
    """What one person spends on one day, a day of the company's zone, and what all spend on it.

    Questions that are asked at once all find the same in it, so a day can end over its limit by what those cost.
    """

    def __init__(self, spending: Spending, person: str, day: date, question: str = "", model: str = "") -> None:
        """`question` is the id of the question that is answered now, `model` the name of the model it is put to."""
        self._spending, self._person, self._day = spending, person, day
        self._question, self._model = question, model

    def used_up(self, limits: Limits) -> Note | None:
        """Why the rules engine has to answer this person alone; None while the model may be asked."""
        if limits.person_used(self._spending.spent(self._day, self._person)):
            return Note("budget_person")
        if limits.workspace_used(self._spending.spent(self._day)):
            return Note("budget_workspace")
        return None

    def spend(self, spent: Spent) -> None:
        """Keep what a call of the model has cost, also one whose answer is not used."""
        self._spending.add(self._person, self._day, spent, question=self._question, model=self._model)
