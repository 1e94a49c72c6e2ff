"""What language models have cost, by person and day, which a budget is held against; and by question."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import func, insert, select

from bot.records.database import Database
from bot.records.schema import spending
from bot.types import Spent

MANY = 500
"""Questions of one statement."""


class Spending:
    """What was spent. A row a call of a model: two that end at once are both counted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, person: str, day: date, spent: Spent, *, question: str = "", model: str = "") -> None:
        """Keep what a call for a person has cost on a day of the company's zone, and for which question it was."""
        row = {
            "person": person, "day": day, "tokens": spent.tokens, "micros": spent.micros, "question": question,
            "model": model,
        }  # fmt: skip
        with self._database.writing() as connection:
            connection.execute(insert(spending).values(**row))

    def spent(self, day: date, person: str | None = None) -> Spent:
        """What a day has cost so far, of one person or of all."""
        total = select(func.coalesce(func.sum(spending.c.tokens), 0), func.coalesce(func.sum(spending.c.micros), 0))
        total = total.where(spending.c.day == day)
        if person is not None:
            total = total.where(spending.c.person == person)
        with self._database.reading() as connection:
            tokens, micros = connection.execute(total).one()
        return Spent(int(tokens), int(micros))

    def of(self, questions: Collection[str]) -> dict[str, tuple[str, Spent]]:
        """Question → (the model that was asked for it, what that has cost); those without a model are missing."""
        total = select(
            spending.c.question, func.max(spending.c.model), func.sum(spending.c.tokens), func.sum(spending.c.micros)
        )
        found: dict[str, tuple[str, Spent]] = {}
        ids = list(questions)
        with self._database.reading() as connection:
            for start in range(0, len(ids), MANY):
                these = spending.c.question.in_(ids[start : start + MANY])
                for question, model, tokens, micros in connection.execute(
                    total.where(these).group_by(spending.c.question)
                ):
                    found[question] = (model, Spent(int(tokens), int(micros)))
        return found
