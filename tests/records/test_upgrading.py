"""Records of every earlier version come to this one with all they hold, and read as they were written."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, MetaData, Table, insert, select

from bot.records import open_records
from bot.records.database import Database, connect
from bot.records.schema import metadata
from bot.records.upgrade import MIGRATIONS, migrate
from bot.types import Assigned, Cadence, Decision, Schedule, Spent

NOON = datetime(2026, 3, 2, 12)
LATER = datetime(2026, 11, 2, 12)
VERSIONS = sorted(path.name[1:5] for path in MIGRATIONS.glob("versions/r*.py"))

LEFT: dict[str, list[dict[str, Any]]] = {
    "inbox": [
        {"id": "a", "event": "E1", "team": "T1", "channel": "C1", "ts": "1.1", "payload": {"text": "churn en été?"},
         "state": "waiting", "tries": 1, "accepted_at": NOON, "claimed_by": "w", "claimed_until": NOON},
        {"id": "b", "event": "E2", "team": "T1", "channel": "C1", "ts": "2.1", "payload": {"text": "mrr?"},
         "state": "answered", "tries": 1, "accepted_at": NOON, "answered_at": NOON, "answer_ref": "2.2"},
    ],
    "threads": [
        {"team": "T1", "channel": "C1", "thread_ts": "1.1", "query": {"metric": "churn_rate"}, "language": "fr",
         "meanings": [["lost", "churn_rate"]], "texts": ["churn en été?"], "updated_at": NOON},
        {"team": "T1", "channel": "C1", "thread_ts": "2.1", "query": None, "language": None, "updated_at": NOON},
    ],
    "answers": [
        {"id": "T1/C1/2.1", "question": "T1/C1/2.1", "document": {"text": "69 of 630", "evidence": []},
         "created_at": NOON, "asker": "U1", "name": "Ana", "place": "dm", "evidence": "5f"},
    ],
    "drafts": [
        {"id": "d1", "document": {"text": "Cześć, Zofio"}, "state": "approved", "created_at": NOON},
        {"id": "d2", "document": {"text": "Bonjour"}, "state": "ready", "created_at": NOON - timedelta(days=1)},
    ],
    "spending": [
        {"id": 1, "person": "U1", "day": NOON.date(), "tokens": 2**40, "micros": 7, "question": "q", "model": "m"},
    ],
    "proposals": [
        {"company": "Acme", "kind": "meaning", "name": "lost", "document": {"metric": "churn_rate"},
         "state": "accepted", "said_by": "U1", "said_at": NOON},
    ],
    "decisions": [
        {"id": 1, "draft": "d1", "verb": "approve", "by": "Nora", "at": NOON, "document": {"asker": "U2"}},
    ],
    "campaigns": [
        {"id": "c1", "draft": "d1", "company": "Acme", "document": {"type": "DT03"}, "approved_by": "Nora",
         "approved_at": NOON, "ends_on": date(2026, 12, 1)},
    ],
    "arms": [
        {"campaign": "c1", "person": "P1", "account": "A1", "arm": "holdout", "variant": "", "country": "PL",
         "language": "pl"},
    ],
    "schedules": [
        {"id": 1, "team": "T1", "channel": "C1", "owner": "U1", "cadence": "weekly", "day": 0, "at": time(9, 30),
         "zone": "Europe/Madrid", "language": "es", "readers": None, "personal": False, "state": "active",
         "due": datetime(2026, 11, 9, 8, 30), "made_at": NOON},
    ],
    "postings": [
        {"schedule": 1, "due": NOON, "state": "posted", "tries": 1, "begun_at": NOON, "claimed_by": "w",
         "claimed_until": NOON, "posted_at": NOON, "ts": "3.1"},
    ],
    "promises": [
        {"id": "p1", "channel": "C1", "thread": "1.1", "asker": "U1", "document": {"text": "final?"},
         "due": date(2026, 4, 1), "state": "open", "tries": 0, "made_at": NOON},
    ],
    "turns": [{"id": 1, "person": "U1", "at": NOON, "taken": True}],
    "slack_bots": [
        {"id": 1, "client_id": "1.2", "app_id": "A1", "team_id": "T1", "bot_token": "xoxe.xoxb-1", "bot_id": "B1",
         "bot_user_id": "U9", "bot_refresh_token": "xoxe-1", "bot_token_expires_at": LATER,
         "is_enterprise_install": False, "installed_at": NOON},
    ],
    "slack_installations": [
        {"id": 1, "client_id": "1.2", "app_id": "A1", "team_id": "T1", "bot_token": "xoxe.xoxb-1", "user_id": "U1",
         "is_enterprise_install": False, "installed_at": NOON},
    ],
    "slack_oauth_states": [{"id": 1, "state": "s", "expire_at": LATER}],
}  # fmt: skip
"""Table → rows, as that version of the program that first had the table and its columns would have left them."""


def tables_of(connection: Connection) -> list[Table]:
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name in metadata.tables]


def left_at(database: Database, version: str) -> set[str]:
    """Makes the records as they were at a version, with a row of everything; the tables that there were."""
    with database.writing() as connection:
        migrate(connection, version)
        tables = tables_of(connection)
        for table in tables:
            for row in LEFT[table.name]:
                connection.execute(insert(table).values({k: v for k, v in row.items() if k in table.c}))
    return {table.name for table in tables}


def all_rows(database: Database, columns: dict[str, list[str]] | None = None) -> dict[str, list[tuple[Any, ...]]]:
    with database.reading() as connection:
        tables = [table for table in tables_of(connection) if columns is None or table.name in columns]
        return {
            table.name: [
                tuple(row)
                for row in connection.execute(
                    select(*([table.c[name] for name in columns[table.name]] if columns else table.columns))
                )
            ]
            for table in tables
        }


def test_there_is_a_row_to_keep_for_every_table(url: str) -> None:
    assert left_at(connect(url), VERSIONS[-1]) == set(LEFT)


@pytest.mark.parametrize("version", VERSIONS)
def test_records_of_an_earlier_version_come_to_this_one_with_all_they_hold(url: str, version: str) -> None:
    database = connect(url)
    there = left_at(database, version)
    with database.reading() as connection:
        columns = {table.name: [one.name for one in table.columns] for table in tables_of(connection)}
    before = all_rows(database, columns)
    with open_records(url) as records:
        assert all_rows(database, columns) == before
        assert records.drafts.all() == records.drafts.all("approved") + records.drafts.all("ready")
        assert [one.document["text"] for one in records.drafts.all()] == ["Cześć, Zofio", "Bonjour"]
        told = records.threads.recall("T1", "C1", "1.1")
        assert told is not None
        assert (told.query, told.language, told.updated_at) == ({"metric": "churn_rate"}, "fr", NOON)
        assert (told.texts == ["churn en été?"]) is (version >= "0004")
        empty = records.threads.recall("T1", "C1", "2.1")
        assert empty is not None
        assert empty.query is None
        given = list(records.answers.all())
        assert [(one.id, one.document["text"]) for one in given] == [("T1/C1/2.1", "69 of 630")]
        assert [(one.asker, one.name) for one in given] == [("U1", "Ana") if version >= "0008" else ("", "")]
        assert [one.event for one in records.inbox.unfinished(LATER)] == ["E1"]
        assert not records.inbox.accept(event="E2", team="T1", channel="C1", ts="2.1", payload={}, now=LATER)
        if "spending" in there:
            assert records.spending.spent(NOON.date(), "U1") == Spent(2**40, 7)
        if "proposals" in there:
            assert [one.name for one in records.proposals.all("Acme", "meaning", "accepted")] == ["lost"]
        if "campaigns" in there:
            assert records.decisions.of("d1") == [Decision("d1", "approve", "Nora", NOON, {"asker": "U2"})]
            assert records.campaigns.people("c1") == [Assigned("P1", "A1", "holdout", "", "PL", "pl")]
        if "schedules" in there:
            weekly = Schedule("T1", "C1", "U1", Cadence.WEEKLY, time(9, 30), "Europe/Madrid", "es", 0, None, False,
                              "active", datetime(2026, 11, 9, 8, 30), 1)  # fmt: skip
            assert records.schedules.get("T1", 1) == weekly
            assert records.schedules.posted(1) == [(NOON, "posted", "3.1")]
        if "promises" in there:
            assert records.promises.due(LATER) == ["p1"]
        if "slack_bots" in there:
            assert records.installed.teams("1.2") == {"T1": None}
