"""One small, dirty company, laid down in every kind of source; all of them must tell the same."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pyarrow as pa
import pytest

from bot.sources import Company, TableMap, open_company
from bot.sources.check import Report, examine
from bot.types import Definitions
from tests.postgres import database

Rows = list[tuple[str | None, ...]]
Raw = Mapping[str, tuple[tuple[str, ...], Rows]]

RAW: Raw = {
    "crm": (
        ("id", "nm", "land", "registered", "internal"),
        [
            ("1", "Ahorn", "FR", "31/01/2024", "No"),
            ("2", " Birke ", " ", "05/02/2024", "yes"),
            ("3", "Cedar", "ES", "31/02/2024", "0"),
            ("4", "Elm", "PL", None, "maybe"),
        ],
    ),
    "subs": (
        ("sid", "acc", "begins", "ends", "state", "cents"),
        [
            ("s1", "1", "2024-01-31", None, "active", "123450"),
            ("s2", "2", "2024-02-05", "2024-03-01", "active", "5000"),
            ("s2", "2", "2024-02-20", None, "Active", "5000"),
            ("s3", "9", "2024-03-01", "2024-02-01", "active", "-100"),
        ],
    ),
    "orders": (
        ("order_id", "customer_id", "occurred_at", "net_amount", "items"),
        [
            ("o1", "1", "2024-03-01T10:00:00Z", "1,234.50", "3"),
            ("o2", "1", "2024-03-01 23:30:00+02:00", "12", "1.0"),
            ("o3", "2", "2024-03-02", "0", "2"),
            ("o4", None, "2024-03-03 08:15:30", "abc", "2.5"),
            ("o4", "2", "2024-02-30", "5e1", None),
            ("o5", "2", "2031-01-01 00:00:00", " ", "1"),
        ],
    ),
    "events": (
        ("event_id", "account_id", "name", "occurred_at"),
        [(f"e{n}", "1", "opened", f"2024-02-{1 + n % 29:02d} 12:00:00") for n in range(2000)],
    ),
}

MAPS = {
    "accounts": TableMap(
        table="crm",
        columns={"account_id": "id", "name": "nm", "country": "land", "signup_at": "registered", "is_test": "internal"},
    ),
    "subscriptions": TableMap(
        select="""
        SELECT sid AS subscription_id, acc AS account_id, begins AS valid_from, ends AS valid_to,
               state AS status, CAST(cents AS DOUBLE PRECISION) / 100 AS mrr
        FROM subs;
    """
    ),
    "orders": TableMap(table="orders"),
    "events": TableMap(table="events"),
}

PARIS = Definitions(company="Dirty", zone="Europe/Paris", currency="EUR")


def csv_folder(folder: Path, tables: Raw) -> str:
    for name, (columns, rows) in tables.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([columns, *rows])
    return f"files:{folder}"


def into_duckdb(database: duckdb.DuckDBPyConnection, tables: Raw) -> None:
    for name, (columns, rows) in tables.items():
        values = {column: [row[place] for row in rows] for place, column in enumerate(columns)}
        schema = pa.schema([(column, pa.string()) for column in columns])
        database.register("laid", pa.table(values, schema=schema))
        database.execute(f"CREATE TABLE {name} AS FROM laid")
        database.unregister("laid")


def parquet_folder(folder: Path, tables: Raw) -> str:
    database = duckdb.connect()
    into_duckdb(database, tables)
    for name in tables:
        database.execute(f"COPY {name} TO '{folder / name}.parquet'")
    return f"files:{folder}"


def duckdb_file(folder: Path, tables: Raw) -> str:
    with duckdb.connect(str(folder / "company.duckdb")) as database:
        into_duckdb(database, tables)
    return f"duckdb:{folder}/company.duckdb"


def sqlite_file(folder: Path, tables: Raw) -> str:
    with sqlite3.connect(folder / "company.sqlite") as database:
        for name, (columns, rows) in tables.items():
            database.execute(f"CREATE TABLE {name} ({', '.join(f'{column} TEXT' for column in columns)})")
            database.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(columns))})", rows)
    database.close()
    return f"sqlite:{folder}/company.sqlite"


def into_postgresql(url: str, tables: Raw) -> str:
    with psycopg.connect(url, autocommit=True) as server, server.cursor() as cursor:
        for name, (columns, rows) in tables.items():
            cursor.execute(f"CREATE TABLE {name} ({', '.join(f'{column} text' for column in columns)})")
            with cursor.copy(f"COPY {name} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
    return url


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A database of our own on PostgreSQL."""
    with database() as url:
        yield url


SOURCES = [
    "csv",
    "parquet",
    "duckdb",
    "sqlite",
    pytest.param("postgresql", marks=pytest.mark.postgres),
]
FILES = {"csv": csv_folder, "parquet": parquet_folder, "duckdb": duckdb_file, "sqlite": sqlite_file}


@pytest.fixture(scope="session", params=SOURCES)
def source(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of the dirty company, in each kind of source."""
    if request.param == "postgresql":
        return into_postgresql(request.getfixturevalue("server"), RAW)
    return FILES[request.param](tmp_path_factory.mktemp(request.param), RAW)


@pytest.fixture(scope="session")
def company(source: str) -> Company:
    """The dirty company, opened from each kind of source."""
    return open_company(source, MAPS, Path(), PARIS)


@pytest.fixture(scope="session")
def report(company: Company) -> Report:
    """What the check tells of the dirty company."""
    return examine(company, datetime(2024, 6, 15, 12))


@pytest.fixture
def laid(tmp_path: Path) -> Callable[..., Company]:
    """Opens a company from tables of text in a folder of CSV files."""

    def lay(tables: Raw, maps: Any = None, **extra: Any) -> Company:
        url = csv_folder(tmp_path, tables)
        return open_company(url, maps or {}, Path(), extra.pop("definitions", Definitions()), **extra)

    return lay
