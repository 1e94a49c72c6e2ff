"""Answers as they were given, with their evidence: what the receipt under a message is made from."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.records.database import Database
from bot.records.schema import answers


class Answers:
    """The answers that were given."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, id: str, *, question: str, document: Mapping[str, Any], now: datetime) -> None:
        """Keep the JSON document of an answer to the question with this id."""
        values = {"question": question, "document": dict(document), "created_at": now}
        self._database.put(answers, {"id": id}, values)

    def get(self, id: str) -> Mapping[str, Any] | None:
        """The document of an answer; None if there is none."""
        with self._database.reading() as connection:
            row = connection.execute(select(answers.c.document).where(answers.c.id == id)).first()
        return None if row is None else row.document
