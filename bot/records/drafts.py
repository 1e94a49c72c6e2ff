"""Drafts as they were written, and what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.records.database import Database
from bot.records.schema import drafts


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """A draft's JSON document with its state."""

    id: str
    document: Mapping[str, Any]
    state: str
    created_at: datetime


class Drafts:
    """The drafts that were written."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, id: str, *, document: Mapping[str, Any], state: str, now: datetime) -> None:
        """Keep a draft, in place of one with the same id."""
        values = {"document": dict(document), "state": state, "created_at": now}
        self._database.put(drafts, {"id": id}, values)

    def add(self, id: str, *, document: Mapping[str, Any], state: str, now: datetime) -> bool:
        """Keep a draft unless one with this id is kept: what was decided about it stands; False then."""
        values = {"id": id, "document": dict(document), "state": state, "created_at": now}
        try:
            with self._database.writing() as connection:
                connection.execute(insert(drafts).values(**values))
        except IntegrityError:
            return False
        return True

    def move(self, id: str, to: str, *, document: Mapping[str, Any] | None = None) -> None:
        """Put a draft into another state, with another document where one is given."""
        values = {"state": to} if document is None else {"state": to, "document": dict(document)}
        with self._database.writing() as connection:
            connection.execute(update(drafts).where(drafts.c.id == id).values(**values))

    def get(self, id: str) -> KeptDraft | None:
        """One draft; None if there is none."""
        found = self._found(_columns().where(drafts.c.id == id))
        return found[0] if found else None

    def all(self, state: str | None = None) -> list[KeptDraft]:
        """All drafts, or those in one state, the newest first."""
        chosen = _columns() if state is None else _columns().where(drafts.c.state == state)
        return self._found(chosen.order_by(drafts.c.created_at.desc(), drafts.c.id))

    def _found(self, statement: Select[Any]) -> list[KeptDraft]:
        with self._database.reading() as connection:
            return [KeptDraft(**row) for row in connection.execute(statement).mappings()]


def _columns() -> Select[Any]:
    return select(drafts.c.id, drafts.c.document, drafts.c.state, drafts.c.created_at)
