"""Answers as they were given, with their evidence: what the receipt under a message is made from, and the audit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from bot.records.database import Database
from bot.records.schema import answers

PAGE = 200
"""Answers that are read at a time."""


@dataclass(frozen=True, slots=True)
class Given:
    """One answered question: who asked, what they are called, in which kind of place, and the hash of its evidence."""

    id: str
    document: Mapping[str, Any]
    created_at: datetime
    asker: str
    name: str
    place: str
    evidence: str


class Answers:
    """The answers that were given."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(
        self,
        id: str,
        *,
        question: str,
        document: Mapping[str, Any],
        now: datetime,
        asker: str = "",
        name: str = "",
        place: str = "",
        evidence: str = "",
        data: str = "",
    ) -> None:
        """Keep the JSON document of an answer to the question with this id, who asked it where, and its data set."""
        values = {"question": question, "document": dict(document), "created_at": now}
        told = {"asker": asker, "name": name, "place": place, "evidence": evidence, "data": data}
        self._database.put(answers, {"id": id}, {**values, **told})

    def get(self, id: str) -> Mapping[str, Any] | None:
        """The document of an answer; None if there is none."""
        with self._database.reading() as connection:
            row = connection.execute(select(answers.c.document).where(answers.c.id == id)).first()
        return None if row is None else row.document

    def about(self, id: str) -> str:
        """The name of the data set that an answer is from; empty for the main one, and where there is no answer."""
        with self._database.reading() as connection:
            return connection.execute(select(answers.c.data).where(answers.c.id == id)).scalar() or ""

    def all(
        self, since: datetime | None = None, until: datetime | None = None, who: str | None = None
    ) -> Iterator[Given]:
        """Those given from `since` on and before `until`, to the person with this id or name, the newest first."""
        columns = (answers.c[name] for name in Given.__dataclass_fields__)
        chosen = select(*columns).order_by(answers.c.created_at.desc(), answers.c.id)
        if since is not None:
            chosen = chosen.where(answers.c.created_at >= since)
        if until is not None:
            chosen = chosen.where(answers.c.created_at < until)
        if who is not None:
            chosen = chosen.where(or_(answers.c.asker == who, answers.c.name == who))
        with self._database.snapshot() as connection:  # PostgreSQL reads page by page only in a transaction
            for row in connection.execution_options(yield_per=PAGE).execute(chosen).mappings():
                yield Given(**row)
