"""No source is read without end: neither for too long, nor more rows than an answer can need."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest

from bot.errors import BadData, Unavailable
from bot.sources import Company, TableMap, open_company
from bot.types import Definitions

ENDLESS = "WITH RECURSIVE n(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n) SELECT a AS reason_code FROM n"


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    """As many rows as may come back here."""
    for module in ("embedded", "postgresql"):
        monkeypatch.setattr(f"bot.sources.{module}.MOST_ROWS", 1999)
    return 1999


def test_more_rows_than_allowed_are_refused_and_sums_of_them_are_not(company: Company, few: int) -> None:
    events = company.tables["events"]
    with pytest.raises(BadData) as caught:
        company.run(events)
    assert (caught.value.key, caught.value.values) == ("too_many_rows", {"most": few})
    assert company.first(events.aggregate(n=events.count())) == {"n": 2000}
    assert len(company.run(events.limit(few))) == few


def test_of_too_many_rows_only_a_part_is_fetched(company: Company, few: int) -> None:
    """A thousand million rows would take minutes; after the first thousands it is plain that they are too many."""
    events = company.tables["events"].select("event_id")
    many = events.cross_join(events.select(b=events.event_id)).cross_join(events.select(c=events.event_id).limit(250))
    began = time.monotonic()
    with pytest.raises(BadData, match="too_many_rows"):
        company.run(many)
    assert time.monotonic() - began < 10


def test_a_connection_is_of_use_after_too_many_rows(company: Company, few: int) -> None:
    events = company.tables["events"]
    with pytest.raises(BadData, match="too_many_rows"):
        company.run(events)
    assert company.first(events.aggregate(n=events.count())) == {"n": 2000}


@pytest.mark.parametrize("seconds", [0.0, 0.3])
def test_a_select_that_never_ends_is_given_up_when_it_is_worked_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    (tmp_path / "a.csv").write_text("a\n1\n")
    monkeypatch.setattr("bot.sources.embedded.COPY_SECONDS", seconds)
    company = open_company(f"files:{tmp_path}", {"churn_reasons": TableMap(select=ENDLESS)}, tmp_path, Definitions())
    with pytest.raises(Unavailable) as caught:
        company.tables["churn_reasons"]
    assert (caught.value.key, caught.value.values["table"]) == ("copy_timeout", "churn_reasons")


def test_a_view_that_never_ends_is_given_up_when_a_sqlite_file_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite3.connect(tmp_path / "a.sqlite") as database:
        database.execute(f"CREATE VIEW churn_reasons AS {ENDLESS}")
    database.close()
    monkeypatch.setattr("bot.sources.sqlite.COPY_SECONDS", 0.3)
    with pytest.raises(Unavailable, match="copy_timeout"):
        open_company("sqlite:a.sqlite", {}, tmp_path, Definitions())


def test_a_copy_that_broke_off_is_made_anew_and_not_taken_for_all(tmp_path: Path) -> None:
    """A table that was half copied would give figures that are wrong, and nobody would see it."""
    path = tmp_path / "a.sqlite"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE churn_reasons (reason_code TEXT)")
        database.executemany("INSERT INTO churn_reasons VALUES (?)", [("price",), ("bugs",)])
    database.close()
    company = open_company("sqlite:a.sqlite", {}, tmp_path, Definitions())
    path.rename(tmp_path / "away")
    with pytest.raises(Unavailable, match="file_refuses"):
        company.tables["churn_reasons"]
    (tmp_path / "away").rename(path)
    assert len(company.run(company.tables["churn_reasons"])) == 2
