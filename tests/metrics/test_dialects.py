"""What each engine is asked: the SQL of the main metrics, word for word, and that all of them compile everywhere.

After a change of a metric, MAINSTAY_RENEW=1 with this test writes the files of golden/ anew; then read their diff.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pytest
import sqlglot

from bot.analysis.measure import Analyst
from bot.metrics import catalogue
from bot.metrics.expressions import local
from bot.sources import Company
from bot.sources.statement import statement
from bot.types import Rights
from tests.metrics.agree import told
from tests.metrics.conftest import OCTOBER
from tests.metrics.listening import listened

GOLDEN = Path(__file__).parent / "golden"
MAIN = (
    "active_user_share", "arpa", "churn_rate", "cohort_retention", "customer_count", "grr", "mrr", "mrr_movements",
    "nps", "nrr", "repeat_purchase_rate", "survival_curve",
)  # fmt: skip
EXECUTED = ("duckdb", "postgres", "pyspark")
COMPILED = ("bigquery", "snowflake", "trino", "databricks")
PLACE = ('"memory"."canonical".', "`memory`.`canonical`.")
"""Where DuckDB keeps the tables that the expressions were built over; no other engine has it."""

BY_CHANCE = re.compile(r"\b(ibis_pg_arr_[a-z]+)_[a-z0-9]{20,}")
"""A name that Ibis draws anew in each compilation."""


@pytest.fixture(scope="module")
def asked(fingers: Company) -> Callable[[str], list[ir.Expr]]:
    """asked("mrr") → the expressions that leave for the engine when it is measured for October 2026."""

    @cache
    def heard(metric: str, **variant: str) -> list[ir.Expr]:
        company, ear = listened(fingers)
        told(Analyst(company, Rights(), date(2026, 11, 2)), metric, OCTOBER, **variant)
        return [expression for expression, _ in ear.asked]

    return heard


@pytest.mark.parametrize("metric", MAIN)
def test_the_sql_of_a_main_metric_is_the_one_that_was_read(asked: Callable[[str], list[ir.Expr]], metric: str) -> None:
    for dialect in EXECUTED:
        text = statement(asked(metric)[-1], dialect) + ";\n"
        for place in PLACE:
            text = text.replace(place, "")
        text = BY_CHANCE.sub(r"\1", text)
        file = GOLDEN / dialect / f"{metric}.sql"
        if os.environ.get("MAINSTAY_RENEW"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        assert file.read_text(encoding="utf-8") == text, f"{dialect}: read the difference, then MAINSTAY_RENEW=1"


def test_every_golden_file_is_of_a_main_metric_and_an_engine() -> None:
    wanted = {Path(dialect, f"{metric}.sql") for dialect in EXECUTED for metric in MAIN}
    assert {file.relative_to(GOLDEN) for file in GOLDEN.rglob("*.sql")} == wanted


@pytest.mark.parametrize(
    "metric",
    [pytest.param(name, marks=[pytest.mark.slow] if at % 12 else []) for at, name in enumerate(catalogue())],
)
def test_a_metric_compiles_for_engines_that_are_not_here(asked: Callable[[str], list[ir.Expr]], metric: str) -> None:
    for expression in asked(metric):
        for dialect in (*COMPILED, "pyspark"):
            text = statement(expression, dialect)
            assert sqlglot.parse_one(text, dialect="spark" if dialect == "pyspark" else dialect)
            assert "timezone(" not in text.lower().replace("convert_timezone(", "").replace("with_timezone(", "")


def test_months_that_are_bits_of_a_number_compile_for_engines_that_are_not_here(
    asked: Callable[..., list[ir.Expr]],
) -> None:
    for dialect in (*COMPILED, "pyspark"):
        text = statement(asked("cohort_retention", basis="active")[-1], dialect)
        assert sqlglot.parse_one(text, dialect="spark" if dialect == "pyspark" else dialect)


ZONED = {
    "duckdb": "TIMEZONE('Europe/Paris', TIMEZONE('UTC',",
    "postgres": "TIMEZONE('Europe/Paris', TIMEZONE('UTC',",
    "pyspark": "FROM_UTC_TIMESTAMP(TO_UTC_TIMESTAMP(`t0`.`moment`, 'UTC'), 'Europe/Paris')",
    "databricks": "FROM_UTC_TIMESTAMP(TO_UTC_TIMESTAMP(`t0`.`moment`, 'UTC'), 'Europe/Paris')",
    "snowflake": "CONVERT_TIMEZONE('Europe/Paris',",
    "bigquery": "datetime(timestamp(`t0`.`moment`, 'UTC'), 'Europe/Paris')",
    "trino": "AT_TIMEZONE(WITH_TIMEZONE(\"t0\".\"moment\", 'UTC'), 'Europe/Paris')",
}


@pytest.mark.parametrize("dialect", ZONED)
def test_the_reporting_zone_is_named_in_the_words_of_each_engine(dialect: str) -> None:
    table = ibis.table({"moment": "timestamp"}, name="moments")
    assert ZONED[dialect] in statement(table.select(local=local(table.moment, "Europe/Paris")), dialect)


@pytest.mark.parametrize("dialect", ["pyspark", "databricks", "snowflake"])
def test_no_engine_takes_a_letter_for_a_blank(dialect: str) -> None:
    r"""Where \v and \f mean nothing in a string, a list of blanks with them turns "voluntary" into "oluntary"."""
    table = ibis.table({"word": "string"}, name="words")
    text = statement(table.select(word=table.word.strip()), dialect)
    assert r"'^\\s+|\\s+$', ''" in text
    assert r"\v" not in text
