"""What people decided about drafts: a row a decision, in the order in which they came, and none is ever changed."""

from typing import Any

from sqlalchemy import Select, insert, select

from bot.records.database import Database
from bot.records.schema import decisions
from bot.types import Decision


class Decisions:
    """The decisions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, decision: Decision) -> None:
        """Keep one more."""
        row = {name: getattr(decision, name) for name in Decision.__dataclass_fields__}
        with self._database.writing() as connection:
            connection.execute(insert(decisions).values({**row, "document": dict(decision.document)}))

    def of(self, draft: str) -> list[Decision]:
        """Those about one draft, the oldest first."""
        columns = (decisions.c[name] for name in Decision.__dataclass_fields__)
        chosen = select(*columns).where(decisions.c.draft == draft).order_by(decisions.c.id)
        return self._found(chosen)

    def exports(self) -> list[Decision]:
        """Those by which files were written, the oldest first."""
        columns = (decisions.c[name] for name in Decision.__dataclass_fields__)
        return self._found(select(*columns).where(decisions.c.verb == "export").order_by(decisions.c.id))

    def _found(self, chosen: Select[Any]) -> list[Decision]:
        with self._database.reading() as connection:
            return [Decision(**row) for row in connection.execute(chosen).mappings()]
