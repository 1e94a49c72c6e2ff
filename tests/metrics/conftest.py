"""The finger-count company on DuckDB and on PostgreSQL: every test here runs on both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import psycopg
import pytest

from bot.analysis.measure import Analyst, measure
from bot.settings import read_workspace
from bot.sources import Company, open_company
from bot.sources.canonical import TABLES
from bot.sources.embedded import Embedded
from bot.sources.mapping import mapping
from bot.types import Definitions, Evidence, Grain, Intent, Query, Rights, Window
from bot.wiring import company_of
from tests.postgres import database

FINGERS = Path(__file__).parents[1] / "finger_count" / "workspace.toml"
OCTOBER = Window(date(2026, 10, 1), date(2026, 11, 1), Grain.MONTH)
QUARTER = Window(date(2026, 7, 1), date(2026, 10, 1), Grain.QUARTER)
POSTGRES_TYPES = {
    "string": "text", "boolean": "boolean", "int64": "bigint", "float64": "double precision",
    "timestamp": "timestamp", "date": "date",
}  # fmt: skip

DUCKDB_TYPES = {
    "string": "VARCHAR", "boolean": "BOOLEAN", "int64": "BIGINT", "float64": "DOUBLE", "timestamp": "TIMESTAMP",
    "date": "DATE",
}  # fmt: skip

Measure = Callable[..., Evidence]


def laid_in_postgres(company: Company, url: str) -> Company:
    """The same company with its canonical tables in a PostgreSQL database."""
    with psycopg.connect(url, autocommit=True) as server:
        for name in company.tables:
            frame = company.run(company.tables[name])
            columns = {column: POSTGRES_TYPES[kind] for column, kind in TABLES[name].schema.items()}
            mapped = [column for column in columns if company.has(name, column)]
            defined = ", ".join(f'"{column}" {columns[column]}' for column in mapped)
            server.execute(f'CREATE TABLE "{name}" ({defined})')
            quoted = ", ".join(f'"{column}"' for column in mapped)
            with server.cursor().copy(f'COPY "{name}" ({quoted}) FROM STDIN') as copy:
                whole = [columns[column] == "bigint" for column in mapped]
                for row in frame[mapped].astype(object).itertuples(index=False):
                    cells = zip(row, whole, strict=True)
                    copy.write_row([None if pd.isna(cell) else int(cell) if is_int else cell for cell, is_int in cells])
    return open_company(url, {}, Path(), company.definitions, company.pinned)


@pytest.fixture(scope="session")
def fingers() -> Company:
    return company_of(read_workspace(FINGERS))


@pytest.fixture(scope="session")
def fingers_in_postgres(fingers: Company) -> Iterator[Company]:
    with database() as url:
        yield laid_in_postgres(fingers, url)


@pytest.fixture(params=["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def company(request: pytest.FixtureRequest) -> Company:
    """The finger-count company, on each engine in turn."""
    found: Company = request.getfixturevalue("fingers" if request.param == "duckdb" else "fingers_in_postgres")
    return found


Rows = Mapping[str, Sequence[Mapping[str, Any]]]
"""Canonical table → its rows; every row of a table has the same columns."""


def laid_in_duckdb(tables: Rows, definitions: Definitions, as_of: date) -> Company:
    """A company of these rows alone, in memory."""
    source = Embedded(copy_selects=False)
    for name, rows in tables.items():
        columns = list(rows[0])
        kinds = ", ".join(f'"{column}" {DUCKDB_TYPES[str(TABLES[name].schema[column])]}' for column in columns)
        source.database.execute(f'CREATE TABLE "{name}" ({kinds})')
        marks = ", ".join("?" for _ in columns)
        source.database.executemany(f'INSERT INTO "{name}" VALUES ({marks})', [list(row.values()) for row in rows])
    return Company(source, mapping(source, {}), definitions, as_of)


@pytest.fixture(params=["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def laid(request: pytest.FixtureRequest) -> Iterator[Callable[..., Analyst]]:
    """laid({"accounts": [{...}], ...}, as_of=..., zone=...) → an Analyst over these rows, on each engine in turn."""
    with ExitStack() as made:

        def analyst(tables: Rows, as_of: date = date(2026, 11, 2), **definitions: Any) -> Analyst:
            company = laid_in_duckdb(tables, Definitions(**definitions), as_of)
            if request.param == "postgres":
                company = laid_in_postgres(company, made.enter_context(database()))
            return Analyst(company, Rights(), as_of)

        yield analyst


@pytest.fixture
def analyst(company: Company) -> Analyst:
    return Analyst(company, Rights(), date(2026, 11, 2))


@pytest.fixture
def told(analyst: Analyst) -> Measure:
    """told("churn_rate", by=("plan",), split="voluntary") → Evidence of October 2026."""

    def measured(metric: str, window: Window = OCTOBER, by: tuple[str, ...] = (), **variant: Any) -> Evidence:
        filters = variant.pop("filters", ())
        query = Query(Intent.VALUE, metric, window, by=by, filters=filters, variant=tuple(sorted(variant.items())))
        return measure(analyst, query)

    return measured
