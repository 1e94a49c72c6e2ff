"""What people ask the company to keep: segments made from sentences, metrics that lack, meanings, marks of answers,
words left for the admins, campaigns being planned, notes of what happened on a day, endorsements, alerts, what was said
of accounts told of, and whether their owners are told.

Each has a kind and, within its kind, a name; what it says is a JSON document. It is open until somebody who may
accepts or drops it; a segment, a note and an alert are accepted at once, a campaign when its last step is answered.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, select, update

from bot.records.database import Database
from bot.records.schema import proposals

Kind = Literal["segment", "metric", "meaning", "mark", "word", "campaign", "note", "endorsement", "alert",
               "account_alert", "account_watch"]  # fmt: skip
State = Literal["open", "accepted", "dropped"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """One of them, as it was last said."""

    kind: str
    name: str
    document: Mapping[str, Any]
    state: str
    said_by: str
    said_at: datetime


COLUMNS = tuple(proposals.c[name] for name in Proposal.__dataclass_fields__)


class Proposals:
    """The proposals of every company that is asked about."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(
        self, company: str, kind: Kind, name: str, *, document: Mapping[str, Any], state: State, by: str, now: datetime
    ) -> None:
        """Keep what was said, in place of what had the same kind and name."""
        key = {"company": company, "kind": kind, "name": name}
        values = {"document": dict(document), "state": state, "said_by": by, "said_at": now}
        self._database.put(proposals, key, values)

    def decide(self, company: str, kind: Kind, name: str, state: State) -> bool:
        """Accept or drop one; False where there is none of this name."""
        with self._database.writing() as connection:
            return (
                connection.execute(update(proposals).where(_this(company, kind, name)).values(state=state)).rowcount
                == 1
            )

    def get(self, company: str, kind: Kind, name: str) -> Proposal | None:
        """The one of this kind and name; None where there is none."""
        with self._database.reading() as connection:
            row = connection.execute(select(*COLUMNS).where(_this(company, kind, name))).mappings().first()
            return None if row is None else Proposal(**row)

    def all(self, company: str, kind: Kind, state: State | None = None) -> list[Proposal]:
        """Those of a kind, in one state or in any, the oldest first."""
        chosen = select(*COLUMNS).where(proposals.c.company == company, proposals.c.kind == kind)
        chosen = chosen if state is None else chosen.where(proposals.c.state == state)
        with self._database.reading() as connection:
            rows = connection.execute(chosen.order_by(proposals.c.said_at, proposals.c.name)).mappings()
            return [Proposal(**row) for row in rows]


def _this(company: str, kind: Kind, name: str) -> ColumnElement[bool]:
    return (proposals.c.company == company) & (proposals.c.kind == kind) & (proposals.c.name == name)
