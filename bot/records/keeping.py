"""How long records are kept: what is over its time goes, what was decided stays.

Drafts that somebody approved or rejected, the decisions on them, and campaigns with their people have no end here: an
approval has to be provable, and nobody is to be written to twice because we forgot that we did. What people asked us
to keep (segments, meanings, notes, endorsements, alerts, campaigns being planned) stays until they take it back.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, Table, delete, select, update

from bot.records.database import Database
from bot.records.schema import answers, decisions, drafts, inbox, postings, promises, proposals, schedules, spending
from bot.records.schema import threads as conversations


def expire(database: Database, before: datetime) -> dict[str, int]:
    """Delete what ended before this instant; table → rows. Nothing is written where there is nothing to delete."""
    gone: dict[str, int] = {}
    for table, over in _over(before):
        with database.reading() as connection:
            if connection.execute(select(*table.primary_key.columns).where(over).limit(1)).first() is None:
                continue
        with database.writing() as connection:
            gone[table.name] = connection.execute(delete(table).where(over)).rowcount
    return gone


def _over(before: datetime) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    decided = drafts.c.id.in_(select(decisions.c.draft))
    yield answers, answers.c.created_at < before
    yield inbox, inbox.c.accepted_at < before
    yield conversations, conversations.c.updated_at < before
    yield spending, spending.c.day < before.date()
    yield postings, (postings.c.state != "open") & (postings.c.due < before)
    yield schedules, (schedules.c.state == "deleted") & (schedules.c.due < before)
    yield promises, (promises.c.state == "done") & (promises.c.made_at < before)
    yield proposals, (proposals.c.kind == "mark") & (proposals.c.said_at < before)
    yield drafts, (drafts.c.created_at < before) & drafts.c.state.not_in(["approved", "rejected"]) & ~decided


def drop(database: Database, data: str) -> None:
    """Delete what was answered from a data set that is gone, and what its threads were about; that they were about it
    stays, so that it can be said."""
    empty = {"query": None, "meanings": None, "texts": None}
    with database.writing() as connection:
        connection.execute(delete(answers).where(answers.c.data == data))
        connection.execute(delete(proposals).where(proposals.c.company == data))
        connection.execute(update(conversations).where(conversations.c.data == data).values(**empty))
