"""What language models have cost, by person and day: what a budget is held against."""

from datetime import date

from sqlalchemy import func, insert, select

from bot.records.database import Database
from bot.records.schema import spending
from bot.types import Spent


class Spending:
    """What was spent. A row a call of a model: two that end at once are both counted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, person: str, day: date, spent: Spent) -> None:
        """Keep what a call for a person has cost on a day of the company's zone."""
        row = {"person": person, "day": day, "tokens": spent.tokens, "micros": spent.micros}
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
