"""What people decided about drafts: a row a decision, in the order in which they came, and none is ever changed."""

from sqlalchemy import insert, select

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
        with self._database.reading() as connection:
            return [Decision(**row) for row in connection.execute(chosen).mappings()]
