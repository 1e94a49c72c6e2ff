"""The metrics on Spark, in local mode: a representative set on the finger-count company, with DuckDB's numbers."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from bot.analysis.measure import Analyst
from bot.metrics import catalogue
from bot.sources import Company, open_company
from bot.sources.canonical import TABLES
from bot.types import Rights
from tests.metrics.agree import apart, told
from tests.metrics.conftest import DUCKDB_TYPES, OCTOBER

REPRESENTATIVE = (
    "active_user_share", "aov", "arpa", "churn_hazard_by_tenure", "churn_rate", "churn_reasons", "cohort_retention",
    "days_inactive", "feature_adoption", "first_response_time", "grr", "growth_decomposition", "health_score",
    "lifecycle_counts", "median_lifetime", "mrr", "mrr_movements", "new_customers", "nps", "nrr", "quick_ratio",
    "renewal_rate", "repeat_purchase_rate", "retention_triad", "rfm", "stage_funnel", "survival_curve",
)  # fmt: skip
"""Every shape, and every way of counting: joins, windows, quantiles, ranks, lists, texts and instants."""


def test_the_set_holds_every_shape_and_at_least_twenty_metrics() -> None:
    assert len(set(REPRESENTATIVE)) >= 20
    assert {catalogue()[name].shape for name in REPRESENTATIVE} == {metric.shape for metric in catalogue().values()}


def laid_as_parquet(company: Company, folder: Path) -> None:
    """The canonical tables of a company, a Parquet file each, with the columns that it maps."""
    with duckdb.connect() as database:
        for name in company.tables:
            columns = [column for column in TABLES[name].names if company.has(name, column)]
            database.register("laid", company.run(company.tables[name].select(*columns)))
            typed = ", ".join(
                f'CAST("{column}" AS {DUCKDB_TYPES[TABLES[name].schema[column]]}) AS "{column}"' for column in columns
            )
            database.execute(f"COPY (SELECT {typed} FROM laid) TO '{folder / name}.parquet'")
            database.unregister("laid")


@pytest.fixture(scope="module")
def both(fingers: Company, tmp_path_factory: pytest.TempPathFactory) -> tuple[Analyst, Analyst]:
    """The finger-count company in DuckDB, and in Spark."""
    folder = tmp_path_factory.mktemp("spark")
    laid_as_parquet(fingers, folder)
    there = open_company(f"spark:{folder}", {}, Path(), fingers.definitions, fingers.pinned)
    return Analyst(fingers, Rights(), date(2026, 11, 2)), Analyst(there, Rights(), date(2026, 11, 2))


@pytest.mark.spark
@pytest.mark.parametrize("metric", REPRESENTATIVE)
def test_spark_tells_what_duckdb_tells(both: tuple[Analyst, Analyst], metric: str) -> None:
    here, there = (told(one, metric) for one in both)
    assert not isinstance(here, str), here
    assert apart(here, there) == ""


@pytest.mark.spark
def test_months_that_are_bits_of_a_number_are_the_same_on_spark(both: tuple[Analyst, Analyst]) -> None:
    here, there = (told(one, "cohort_retention", basis="active") for one in both)
    assert len(here) > 1
    assert apart(here, there) == ""


@pytest.mark.spark
def test_a_breakdown_is_the_same_on_spark(both: tuple[Analyst, Analyst]) -> None:
    here, there = (told(one, "churn_rate", OCTOBER, ("plan",)) for one in both)
    assert len(here) > 1
    assert apart(here, there) == ""
