"""Each workspace has records of its own beside the common ones: no statement of one reaches another's."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from bot.records import open_records, records_of

NOON = datetime(2026, 11, 2, 12)


def kept_apart(url: str) -> None:
    """Two teams, with the same message id each, and the common records beside them."""
    ours, theirs = (records_of(url, team) for team in ("T0HOME", "T0AWAY"))
    with open_records(url) as common, open_records(ours) as home, open_records(theirs) as away:
        for records in (home, away):
            assert records.inbox.accept(event="E1", team="T", channel="C1", ts="1.1", payload={}, now=NOON)
        claimed = home.inbox.claim(NOON, "w", NOON - datetime(2026, 11, 2, 11))
        assert claimed is not None
        assert home.inbox.unfinished(NOON) == []
        assert [one.event for one in away.inbox.unfinished(NOON)] == ["E1"]
        assert common.inbox.unfinished(NOON) == []


def test_in_sqlite_a_team_has_a_file(tmp_path: Path) -> None:
    kept_apart(f"sqlite:///{tmp_path}/records.sqlite")
    assert (tmp_path / "teams" / "T0HOME" / "records.sqlite").exists()


@pytest.mark.postgres
def test_in_postgresql_a_team_has_a_schema(postgres_url: str) -> None:
    kept_apart(postgres_url)


@pytest.mark.postgres
def test_processes_that_make_a_schema_at_once_all_get_it(postgres_url: str) -> None:
    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(lambda _: records_of(postgres_url, "T0HOME"), range(8)))) == 1
