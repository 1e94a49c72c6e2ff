"""Every kind of source keeps the same promises: same rows, pinned types, read-only, threads, time-out."""

from __future__ import annotations

import hashlib
import time
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from datetime import date, datetime
from pathlib import Path

import ibis
import pandas as pd
import psycopg
import pytest

from bot.errors import Unavailable
from bot.sources import Company, TableMap, open_company
from bot.sources.canonical import TABLES
from bot.sources.connection import SelectError
from bot.types import Definitions


def told(company: Company, table: str, *columns: str) -> list[tuple[object, ...]]:
    """The rows in the order of their text."""
    rows = company.rows(company.tables[table].select(*columns))
    return sorted((tuple(row[column] for column in columns) for row in rows), key=str)


def test_text_is_trimmed_days_are_turned_round_and_flags_are_read(company: Company) -> None:
    """31/01 proves that days come first; a day is the midnight that opens it in Paris, as naive UTC."""
    assert told(company, "accounts", "account_id", "name", "country", "signup_at", "is_test") == [
        ("1", "Ahorn", "FR", datetime(2024, 1, 30, 23), False),
        ("2", "Birke", None, datetime(2024, 2, 4, 23), True),
        ("3", "Cedar", "ES", None, False),
        ("4", "Elm", "PL", None, None),
    ]


def test_a_select_of_the_company_becomes_a_canonical_table(company: Company) -> None:
    """Cents are the mapping's own business."""
    assert told(company, "subscriptions", "subscription_id", "valid_from", "valid_to", "mrr") == [
        ("s1", datetime(2024, 1, 30, 23), None, 1234.5),
        ("s2", datetime(2024, 2, 19, 23), None, 50.0),
        ("s2", datetime(2024, 2, 4, 23), datetime(2024, 2, 29, 23), 50.0),
        ("s3", datetime(2024, 2, 29, 23), datetime(2024, 1, 31, 23), -1.0),
    ]


def test_instants_and_numbers_in_many_forms_come_out_alike(company: Company) -> None:
    """Offsets are counted in, thousands commas out; what does not fit is nothing, and never a guess."""
    assert told(company, "orders", "order_id", "occurred_at", "net_amount", "items") == [
        ("o1", datetime(2024, 3, 1, 10), 1234.5, 3),
        ("o2", datetime(2024, 3, 1, 21, 30), 12.0, 1),
        ("o3", datetime(2024, 3, 1, 23), 0.0, 2),
        ("o4", None, 50.0, None),
        ("o4", datetime(2024, 3, 3, 8, 15, 30), None, None),
        ("o5", datetime(2031, 1, 1), None, 1),
    ]


def test_every_table_has_all_canonical_columns_in_order_and_type(company: Company) -> None:
    """Columns that the company does not map are there too, as typed NULLs."""
    for name, table in company.tables.items():
        schema = company.tables[name].schema()
        assert {column: str(kind).replace("!", "").split("(")[0] for column, kind in schema.items()} == dict(
            TABLES[name].schema
        )
        assert list(schema) == list(TABLES[name].names)
        assert len(company.run(table.limit(1))) == 1


def test_has_tells_mapped_tables_and_columns_apart_from_the_others(company: Company) -> None:
    assert company.has("accounts")
    assert company.has("accounts", "country")
    assert not company.has("accounts", "industry")
    assert not company.has("tickets")
    assert "tickets" not in company.tables


def test_days_are_counted_in_the_reporting_zone(company: Company) -> None:
    """The last order that is not in the future is of 3 March; the one of 2031 shows nothing."""
    assert company.as_of(date(2024, 6, 1)) == date(2024, 3, 4)
    assert company.as_of(date(2024, 3, 3)) == date(2024, 3, 3)
    assert company.as_of(date(2024, 3, 2)) == date(2024, 3, 2)


def test_values_of_a_dimension_are_those_in_the_data(company: Company) -> None:
    assert company.values("country") == ("ES", "FR", "PL")
    assert company.values("industry") == ()


@pytest.mark.slow
def test_eight_threads_ask_fifty_times_each_and_all_get_the_truth(company: Company) -> None:
    """A connection of ibis is not safe across threads; ours must be."""
    events = company.tables["events"]
    expression = events.aggregate(n=events.count(), last=events.occurred_at.max())

    def ask(_: int) -> tuple[int, datetime]:
        (row,) = company.rows(expression)
        return row["n"], row["last"]

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(ask, range(8 * 50)))
    assert answers == {(2000, datetime(2024, 2, 29, 12))}


def test_a_query_that_takes_too_long_is_stopped_on_time(company: Company) -> None:
    """Eight milliards of rows do not fit into half a second; and the next question is answered."""
    events = company.tables["events"].select(n=ibis._.event_id.length())
    many = events.cross_join(events.view(), rname="b_{name}").cross_join(events.view(), rname="c_{name}")
    hasty = copy(company)
    hasty.seconds = 0.5
    began = time.monotonic()
    with pytest.raises(Unavailable) as caught:
        hasty.run(many.aggregate(x=(many.n * many.b_n + many.c_n).max()))
    assert caught.value.key == "source_timeout"
    assert caught.value.values == {"seconds": 0.5}
    assert time.monotonic() - began < 5
    assert company.first(company.tables["orders"].count().as_table())


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM crm",
        "DROP TABLE crm",
        "CREATE TABLE mine (a INT)",
        "SELECT 1; DELETE FROM crm",
        "COPY crm TO '/tmp/stolen.csv'",
        "SELECT * FROM nowhere",
    ],
)
def test_only_a_select_over_known_tables_reaches_the_source(company: Company, statement: str) -> None:
    with pytest.raises(SelectError):
        company.connection.select(statement)


def test_a_source_is_left_as_it_was_found(source: str, company: Company) -> None:
    """Whatever was asked, the bytes of the files are the same, and the server refuses a write itself."""
    if source.startswith("postgresql"):
        with pytest.raises(Exception, match="read-only transaction"):
            company.connection._thread_backend(30.0).con.execute("CREATE TABLE mine (a int)")
        return
    path = Path(source.partition(":")[2])
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    before = [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    version = company.version
    for table in company.tables.values():
        company.run(table.count().as_table())
    if source.startswith("duckdb"):
        with pytest.raises(Exception, match="read-only"):
            company.connection.database.execute("DELETE FROM source.main.crm")
    assert [hashlib.sha256(file.read_bytes()).hexdigest() for file in files] == before
    assert company.version == version


def test_the_query_behind_a_figure_can_be_read_and_run(source: str, company: Company) -> None:
    """The receipt's SQL, run by the engine itself, gives the same count."""
    orders = company.tables["orders"]
    sql = company.sql(orders.filter(orders.net_amount > 10).aggregate(n=ibis._.count()))
    if source.startswith("postgresql"):
        (count,) = company.connection._thread_backend(30.0).con.execute(sql).fetchone()
    else:
        (count,) = company.connection.database.cursor().execute(sql).fetchone()
    assert count == 3


def test_version_changes_with_the_data(tmp_path: Path) -> None:
    """A cache must not outlive a load."""
    file = tmp_path / "churn_reasons.csv"
    file.write_text("reason_code,name\nprice,Price\n")
    company = open_company(f"files:{tmp_path}", {}, Path(), Definitions())
    before = company.version
    file.write_text("reason_code,name\nprice,Price\nother,Other\n")
    assert company.version != before


@pytest.mark.postgres
def test_version_of_a_server_changes_when_rows_are_written(server: str) -> None:
    """The server's counters lag by about a second."""
    maps = {"churn_reasons": TableMap(select="SELECT 'x' AS reason_code")}
    company = open_company(server, maps, Path(), Definitions())
    before = company.version
    assert company.version == before
    with psycopg.connect(server, autocommit=True) as writer:
        writer.execute("CREATE TABLE loads (n int)")
        writer.execute("INSERT INTO loads VALUES (1)")
    until = time.monotonic() + 10
    while company.version == before and time.monotonic() < until:
        time.sleep(0.1)
    assert company.version != before


def test_where_nothing_is_found_the_columns_are_there_all_the_same(company: Company) -> None:
    events = company.tables["events"]
    found = company.run(events.filter(events.name == "nothing").select("name", "occurred_at"))
    assert (len(found), list(found.columns)) == (0, ["name", "occurred_at"])


def test_results_are_frames_of_the_asked_columns(company: Company) -> None:
    assert isinstance(company.run(company.tables["accounts"]), pd.DataFrame)
