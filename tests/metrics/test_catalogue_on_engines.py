"""Every metric of the catalogue on the demo company, on PostgreSQL and on Spark: DuckDB's numbers, to one in 10⁹."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import psycopg
import pytest

from bot.analysis.measure import Analyst
from bot.analysis.risk import learn
from bot.metrics import catalogue
from bot.settings import read_workspace
from bot.sources import Company, open_company
from bot.sources.canonical import TABLES
from bot.sources.demo import FOLDER, ensure
from bot.types import Rights
from bot.wiring import company_of
from tests.metrics.agree import apart, told
from tests.metrics.by_hand import AS_OF
from tests.metrics.conftest import POSTGRES_TYPES
from tests.postgres import database

pytestmark = pytest.mark.engines
SECONDS = 600.0
"""A machine of two cores is no cluster: the numbers are looked at here, and not the time."""


@pytest.fixture(scope="module")
def here() -> Analyst:
    company = company_of(read_workspace(Path(__file__).parents[2] / "workspace.toml"), AS_OF)
    return Analyst(company, Rights(), AS_OF, learner=learn)


def there(here: Analyst, company: Company) -> Analyst:
    company.seconds = SECONDS
    return replace(here, company=company)


def laid(url: str, files: Path, made: Path) -> None:
    """The demo company's files as tables of a PostgreSQL database."""
    with psycopg.connect(url, autocommit=True) as server:
        for file in files.glob("*.parquet"):
            rows = duckdb.sql(f"FROM '{file}'")
            kinds = {name: POSTGRES_TYPES[TABLES[file.stem].schema[name]] for name in rows.columns}
            columns = ", ".join(f'"{name}" {kind}' for name, kind in kinds.items())
            server.execute(f'CREATE TABLE "{file.stem}" ({columns})')
            rows.write_csv(str(made), header=False, na_rep="\\N")
            with server.cursor().copy(f"COPY \"{file.stem}\" FROM STDIN (FORMAT csv, NULL '\\N')") as copy:
                copy.write(made.read_bytes())
        server.execute("ANALYZE")


@pytest.fixture(scope="module")
def on_postgres(here: Analyst, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Analyst]:
    with database() as url:
        laid(url, ensure(FOLDER), tmp_path_factory.mktemp("laid") / "rows.csv")
        yield there(here, open_company(url, {}, Path(), here.company.definitions, AS_OF))


@pytest.fixture(scope="module")
def on_spark(here: Analyst) -> Analyst:
    url = f"spark:{ensure(FOLDER)}"
    return there(here, open_company(url, {}, Path(), here.company.definitions, AS_OF))


@pytest.mark.postgres
@pytest.mark.parametrize("metric", catalogue())
def test_a_metric_of_the_demo_company_is_the_same_on_postgresql(
    here: Analyst, on_postgres: Analyst, metric: str
) -> None:
    assert apart(told(here, metric), told(on_postgres, metric)) == ""


@pytest.mark.spark
@pytest.mark.parametrize("metric", catalogue())
def test_a_metric_of_the_demo_company_is_the_same_on_spark(here: Analyst, on_spark: Analyst, metric: str) -> None:
    assert apart(told(here, metric), told(on_spark, metric)) == ""
