"""The finger-count company on DuckDB and on PostgreSQL: every test here runs on both."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
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
from bot.types import Evidence, Grain, Intent, Query, Rights, Window
from bot.wiring import company_of

FINGERS = Path(__file__).parents[1] / "finger_count" / "workspace.toml"
OCTOBER = Window(date(2026, 10, 1), date(2026, 11, 1), Grain.MONTH)
QUARTER = Window(date(2026, 7, 1), date(2026, 10, 1), Grain.QUARTER)
POSTGRES_TYPES = {
    "string": "text", "boolean": "boolean", "int64": "bigint", "float64": "double precision",
    "timestamp": "timestamp", "date": "date",
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
                for row in frame[mapped].astype(object).itertuples(index=False):
                    copy.write_row([None if pd.isna(value) else value for value in row])
    return open_company(url, {}, Path(), company.definitions, company.pinned)


@pytest.fixture(scope="session")
def fingers() -> Company:
    return company_of(read_workspace(FINGERS))


@pytest.fixture(scope="session")
def fingers_in_postgres(fingers: Company) -> Iterator[Company]:
    server = os.environ.get("MAINSTAY_TEST_POSTGRES")
    if not server:
        pytest.fail("Tests marked postgres need MAINSTAY_TEST_POSTGRES: a URL that may create databases.")
    name = f"mainstay_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield laid_in_postgres(fingers, f"{server.rpartition('/')[0]}/{name}")
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def company(request: pytest.FixtureRequest) -> Company:
    """The finger-count company, on each engine in turn."""
    found: Company = request.getfixturevalue("fingers" if request.param == "duckdb" else "fingers_in_postgres")
    return found


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
