"""Whatever the data is, each metric gives a true number or a clear sentence, and the same on each engine."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import psycopg
import pytest
from ibis.formats.pandas import PandasData

from bot.analysis.measure import Analyst, measure, measure_all
from bot.analysis.rows import row_of
from bot.errors import ForPerson
from bot.language import load
from bot.language.refused import said
from bot.metrics import catalogue
from bot.metrics.declare import Asked
from bot.sources import Company
from bot.sources.embedded import Embedded
from bot.sources.mapping import mapping
from bot.types import Definitions, Evidence, Intent, Query, Rights, Shape, Unit, Window
from tests.metrics.conftest import laid_in_duckdb, laid_in_postgres
from tests.metrics.oddities import AS_OF, LEAP, SUMMER_TIME, YEAR, ZONE, Rows, company
from tests.postgres import database

DEFINITIONS = Definitions(zone=ZONE, currency="EUR", markets=(("iberia", ("ES", "PT")),))
SEED = 1
FIXED_SEEDS = tuple(range(8))
WINDOWS = (LEAP, SUMMER_TIME, YEAR)
METRICS = tuple(catalogue())


def analyst_over(rows: Rows, as_of: date = AS_OF) -> Analyst:
    return Analyst(laid_in_duckdb(rows, DEFINITIONS, as_of), Rights(), as_of)


@cache
def odd(seed: int) -> Analyst:
    return analyst_over(company(seed, foreign=seed % 5 == 4))


def told(analyst: Analyst, metric: str, window: Window, by: tuple[str, ...] = (), **variant: str) -> Evidence | str:
    """The measurement, or the sentence a person gets instead; anything else fails the test."""
    query = Query(Intent.VALUE, metric, window, by=by, variant=tuple(sorted(variant.items())))
    try:
        return measure(analyst, query)
    except ForPerson as error:
        return said(load("en"), error.key, error.values)


def figures(row: Any) -> Iterator[tuple[str, float]]:
    for name, value in row.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, (int, float)) and not isinstance(one, bool):
                yield name, one


def faults(evidence: Evidence) -> Iterator[str]:
    """What no true number can be."""
    metric = catalogue()[evidence.query.metric or ""]
    for row in evidence.rows:
        for name, one in figures(row):
            if not math.isfinite(one):
                yield f"{name} is {one} in {row}"
        if metric.unit is Unit.SHARE and metric.shape in (Shape.SHARE, Shape.GRID) and metric.parts == "counts":
            variant = dict(evidence.query.variant)
            # Under another method, and of what happens in one period, part and whole are two groups of people.
            within = variant.get("method", "start_cohort") == "start_cohort" and variant.get("form") != "in_period"
            if not 0 <= row["part"] <= row["whole"] and within:
                yield f"the part is not between nothing and the whole: {row}"
        if metric.shape is Shape.CURVE and row["value"] is not None and not 0 <= row["value"] <= 1:
            yield f"no probability: {row}"
        bounds = row.get("bounds", row.get("interval"))
        if isinstance(bounds, list) and row["value"] is not None:
            low, high = bounds
            if not low - 1e-9 <= row["value"] <= high + 1e-9:
                yield f"outside of its interval: {row}"


def told_in_each(analyst: Analyst, metric: str) -> list[Evidence] | str:
    """The measurements of all windows, fetched together as an answer fetches its own, or the sentence."""
    try:
        query = analyst.settled(Query(Intent.VALUE, metric, WINDOWS[0]))
        count = len(WINDOWS)
        return measure_all(analyst, query, WINDOWS, ids=["e1"] * count, roles=["main"] * count)
    except ForPerson as error:
        return said(load("en"), error.key, error.values)


@pytest.mark.slow
@pytest.mark.parametrize("name", METRICS)
def test_a_metric_of_odd_data_is_a_true_number_or_a_clear_sentence(name: str) -> None:
    """Negative and missing amounts, days in the future, keys twice, strange names, a leap day, a day of 23 hours."""
    found = told_in_each(odd(SEED), name)
    if isinstance(found, str):
        assert found.strip()
    else:
        assert [fault for one in found for fault in faults(one)] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", METRICS)
def test_a_metric_of_odd_data_is_true_in_each_segment_and_variant(name: str) -> None:
    metric = catalogue()[name]
    for dimension in metric.by[:2]:
        one = told(odd(SEED), name, LEAP, by=(dimension,))
        assert isinstance(one, str) or list(faults(one)) == [], dimension
    for parameter, values in metric.variants.items():
        one = told(odd(SEED), name, LEAP, **{parameter: values[-1]})
        assert isinstance(one, str) or list(faults(one)) == [], parameter


@cache
def empty() -> Analyst:
    rows = {name: table[:1] for name, table in company(1).items()}
    laid = laid_in_duckdb(rows, DEFINITIONS, AS_OF)
    for name in rows:
        laid.connection.database.execute(f'DELETE FROM "{name}"')  # type: ignore[attr-defined]  # it is an Embedded
    return Analyst(laid, Rights(), AS_OF)


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_of_empty_tables_is_nothing_or_a_clear_sentence(name: str) -> None:
    found = told(empty(), name, YEAR)
    if not isinstance(found, str):
        assert list(faults(found)) == []
        assert all(row.get("value") in (None, 0) for row in found.rows), found.rows


def plain(rows: Sequence[Mapping[str, Any]]) -> Any:
    """What two engines must agree on: rows in any order, figures to the last digits of a float."""
    rounded = [
        {name: float(f"{value:.9g}") if isinstance(value, float) else value for name, value in row.items()}
        for row in rows
    ]
    return sorted(rounded, key=lambda row: str(sorted(row.items(), key=str)))


class OnBothEngines:
    """One company on DuckDB and on PostgreSQL, whose rows are replaced for each seed; a question is compiled once."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.here = analyst_over(company(SEED))
        self.there = replace(self.here, company=laid_in_postgres(self.here.company, url))
        for one in (self.here, self.there):
            one.company.filled = lambda *_: False  # a question compiled for one seed has to hold for the gaps of others
        self.tables = tuple(self.here.company.tables)
        self.asked: dict[tuple[str, str, Window], tuple[Query, Any, str]] = {}

    def fill(self, seed: int) -> None:
        rows = company(seed)
        with psycopg.connect(self.url, autocommit=True) as server:
            for name in self.tables:
                columns = ", ".join(f'"{column}"' for column in rows[name][0])
                marks = ", ".join("?" for _ in rows[name][0])
                cells = [list(row.values()) for row in rows[name]]
                database = self.here.company.connection.database  # type: ignore[attr-defined]  # it is an Embedded
                database.execute(f'DELETE FROM "{name}"')
                database.executemany(f'INSERT INTO "{name}" ({columns}) VALUES ({marks})', cells)
                server.execute(f'TRUNCATE "{name}"')
                with server.cursor() as cursor:
                    cursor.executemany(f'INSERT INTO "{name}" ({columns}) VALUES ({marks.replace("?", "%s")})', cells)

    def rows(self, analyst: Analyst, name: str, window: Window) -> Any:
        """The rows of a metric as `measure` has them, before caveats and order."""
        key = (analyst.company.connection.dialect, name, window)
        if key not in self.asked:
            query = analyst.settled(Query(Intent.VALUE, name, window))
            expression = catalogue()[name](analyst.tables(query), window, (), **dict(query.variant))
            self.asked[key] = query, expression, analyst.company.sql(expression)
        query, expression, statement = self.asked[key]
        found = analyst.company.connection.run(expression, statement, 60.0)
        found = PandasData.convert_table(found.set_axis(expression.columns, axis=1), expression.schema())
        metric = catalogue()[name]
        if metric.finish:
            variant = {key: values[0] for key, values in metric.variants.items()} | dict(query.variant)
            asked = Asked(window, (), variant, analyst.company.definitions, analyst.as_of)
            found = metric.finish(found, asked)
        return plain([row_of(metric, record) for record in found.to_dict("records")])


@pytest.fixture(scope="module")
def both() -> Iterator[OnBothEngines]:
    with database() as url:
        yield OnBothEngines(url)


@pytest.mark.postgres
@pytest.mark.parametrize("seed", FIXED_SEEDS)
def test_both_engines_tell_the_same_of_the_same_odd_data(both: OnBothEngines, seed: int) -> None:
    """A third of the metrics a seed, so that each is tried on six seeds at least and on each window twice."""
    both.fill(seed)
    window = WINDOWS[seed % len(WINDOWS)]
    unlike = {}
    for metric in [name for place, name in enumerate(METRICS) if (seed // 3 + place) % 3 == 0]:
        first, second = both.rows(both.here, metric, window), both.rows(both.there, metric, window)
        if first != second:
            unlike[metric] = (first, second)
    assert unlike == {}


@pytest.mark.slow
def test_a_million_segments_end_in_the_largest_thousand() -> None:
    """One account a region, one region twice: all counted, a thousand shown, the largest among them."""
    source = Embedded(copy_selects=False)
    source.database.execute("""
        CREATE TABLE accounts AS SELECT 'a' || i AS account_id, 'r' || (i % 1000000) AS region FROM range(1000001) t(i);
        CREATE TABLE subscriptions AS SELECT 's' || i AS subscription_id, 'a' || i AS account_id,
            TIMESTAMP '2024-01-01' AS valid_from, NULL::TIMESTAMP AS valid_to, 'active' AS status, 10.0 AS mrr
        FROM range(1000001) t(i);
    """)
    many = Analyst(Company(source, mapping(source, {}), DEFINITIONS, AS_OF, seconds=300.0), Rights(), AS_OF)
    found = measure(many, Query(Intent.BREAKDOWN, "churn_rate", SUMMER_TIME, by=("region",)))
    assert [(note.key, note.values) for note in found.caveats] == [("rows_cut", {"n": 1_000_000, "shown": 1000})]
    assert len(found.rows) == 1000
    assert {row["region"]: row["whole"] for row in found.rows}["r0"] == 2
