"""The laws hold on data as odd as can be, on DuckDB and on PostgreSQL: the companies of `oddities`, one a seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import psycopg
import pytest

from bot.metrics import catalogue
from bot.metrics.confine import Confined
from bot.metrics.tables import Tables
from bot.sources import Company
from bot.sources.canonical import TABLES
from bot.types import Definitions, Shape, Unit
from tests.metrics.conftest import laid_in_duckdb, laid_in_postgres
from tests.metrics.laws import LAWS, Case, Sums, apart, beyond, case, read, sums_of
from tests.metrics.oddities import AS_OF, LEAP, SUMMER_TIME, YEAR, ZONE, Rows, company
from tests.postgres import database

DEFINITIONS = Definitions(zone=ZONE, currency="EUR", markets=(("iberia", ("ES", "PT")),))
WINDOWS = (LEAP, SUMMER_TIME, YEAR)
QUICK = (0,)
SEEDS = tuple(range(4))

OF_SEVERAL_PLANS = ("mrr", "arr", "arpa")
"""Split by plan, their money adds up, and a customer of two plans is counted in both."""
RELATIVE = ("rfm", "next_step", "spend_split")
"""Scored against everybody, in quintiles or where enough are alike: others in twice the number; and the spend."""
NOT_SUMS = ("nth_tier_distance", "feature_requests")
"""A median; and requests that name a person of one account and another account: that person counts in both."""
ADDITIVE = tuple(
    name
    for name, known in catalogue().items()
    if known.finish is None
    and name not in NOT_SUMS
    and known.shape is not Shape.VERDICT
    and (
        known.shape is Shape.FLOW
        or known.unit is Unit.COUNT
        or (known.shape is Shape.SHARE and known.parts != "averages")
    )
)
"""Metrics whose rows are sums over customers, people or things: segments add up, twice as many are twice as much."""


def person_of_one_account(seed: int) -> Rows:
    """The odd company, where what a person does belongs to the person's account: of two, they would count in both."""
    rows = company(seed)
    for name, table in rows.items():
        own = next((column for column in TABLES[name].columns if column.name == "account_id"), None)
        if own is not None and not own.required and name != "users":
            for row in table:
                row["account_id"] = None if row.get("user_id") else row["account_id"]
    return rows


class Engine:
    """One engine with one company, whose rows are replaced; a question is compiled once."""

    def __init__(self, laid: Company) -> None:
        self.laid = laid
        self.statements: dict[tuple[Any, Case], str] = {}

    def replace(self, rows: Rows) -> None:
        raise NotImplementedError

    def fetched(self, statement: str) -> Sequence[Sequence[Any]]:
        raise NotImplementedError

    def told(self, window: Any, *cases: Case) -> Sums:
        found: list[Sequence[Any]] = []
        for number, wanted in enumerate(cases):
            if (window, wanted) not in self.statements:
                seen = Confined(self.laid.tables, self.laid.has, (), DEFINITIONS)
                t = Tables(seen, DEFINITIONS, AS_OF, self.laid.has)
                self.statements[window, wanted] = self.laid.sql(sums_of(t, window, wanted))
            found += [(number, *row[1:]) for row in self.fetched(self.statements[window, wanted])]
        return read(cases, found)


class OnDuckDB(Engine):
    def __init__(self) -> None:
        super().__init__(laid_in_duckdb(company(0), DEFINITIONS, AS_OF))
        self.database = self.laid.connection.database  # type: ignore[attr-defined]  # it is an Embedded

    def replace(self, rows: Rows) -> None:
        for name, table in rows.items():
            self.database.execute(f'DELETE FROM "{name}"')
            marks = ", ".join("?" for _ in table[0])
            self.database.executemany(f'INSERT INTO "{name}" VALUES ({marks})', [list(row.values()) for row in table])

    def fetched(self, statement: str) -> Sequence[Sequence[Any]]:
        rows: list[tuple[Any, ...]] = self.database.cursor().execute(statement).fetchall()
        return rows


class OnPostgres(Engine):
    def __init__(self, url: str) -> None:
        super().__init__(laid_in_postgres(laid_in_duckdb(company(0), DEFINITIONS, AS_OF), url))
        self.database = psycopg.connect(url, autocommit=True)

    def replace(self, rows: Rows) -> None:
        with self.database.cursor() as cursor:
            for name, table in rows.items():
                cursor.execute(f'TRUNCATE "{name}"')
                columns, marks = ", ".join(f'"{one}"' for one in table[0]), ", ".join("%s" for _ in table[0])
                values = [list(row.values()) for row in table]
                cursor.executemany(f'INSERT INTO "{name}" ({columns}) VALUES ({marks})', values)

    def fetched(self, statement: str) -> Sequence[Sequence[Any]]:
        with self.database.cursor() as cursor:
            return cursor.execute(statement.encode()).fetchall()


@pytest.fixture(scope="module")
def duckdb() -> Engine:
    return OnDuckDB()


@pytest.fixture(scope="module")
def postgres() -> Iterator[Engine]:
    with database() as url:
        yield OnPostgres(url)


def on_both(*quick: int) -> Any:
    """Each seed on each engine: on DuckDB the quick ones always, the others in the longer run."""
    return pytest.mark.parametrize(
        ("engine", "seed"),
        [
            *(pytest.param("duckdb", seed, marks=() if seed in quick else pytest.mark.slow) for seed in SEEDS),
            *(pytest.param("postgres", seed, marks=pytest.mark.postgres) for seed in SEEDS),
        ],
    )


@pytest.mark.slow
@on_both(*QUICK)
def test_every_law_holds_on_odd_data(request: pytest.FixtureRequest, engine: str, seed: int) -> None:
    here: Engine = request.getfixturevalue(engine)
    here.replace(person_of_one_account(seed))
    window = WINDOWS[seed % 2]
    told = here.told(window, *dict.fromkeys(one for law in LAWS.values() for one in law.cases))
    assert {name: list(law.broken(told)) for name, law in LAWS.items() if list(law.broken(told))} == {}
    assert list(beyond(told)) == []


@on_both()
def test_the_segments_of_all_that_can_be_counted_add_up_on_odd_data(
    request: pytest.FixtureRequest, engine: str, seed: int
) -> None:
    here: Engine = request.getfixturevalue(engine)
    here.replace(person_of_one_account(seed))
    broken = []
    for name in ADDITIVE:
        for by in ("country", "plan"):
            if by in catalogue()[name].by and (by != "plan" or name not in OF_SEVERAL_PLANS):
                told = here.told(YEAR, case(name), case(name, by))
                broken += [*apart(told, case(name), case(name, by)), *beyond(told)]
    assert broken == []


def doubled(rows: Rows) -> Rows:
    """Every customer twice, the second under another name, with people and all they did; what is sold stays."""
    told = {name: _twice(name, table) for name, table in rows.items()}
    return {name: [*rows[name], *table] for name, table in told.items()}


OF_THE_COMPANY = (
    "plans", "features", "releases", "campaigns", "experiments", "exchange_rates", "products", "gatherings",
    "churn_reasons", "milestones", "offers", "tier_benefits", "spend", "annotations",
)  # fmt: skip
"""Tables of what the company is and sells: the same for twice the customers."""


def _twice(name: str, table: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    if name in OF_THE_COMPANY:
        return []
    columns = TABLES[name].columns
    own = {column.name for column in columns if column.refers not in (None, *OF_THE_COMPANY)}
    own |= {one for one in (*TABLES[name].key, "merged_into", "unit_id", "subscription_id") if one in table[0]}
    own -= {column.name for column in columns if column.refers in OF_THE_COMPANY}
    return [
        {column: f"{cell}x" if column in own and isinstance(cell, str) else cell for column, cell in row.items()}
        for row in table
    ]


@on_both()
def test_twice_the_customers_are_twice_the_parts_and_the_wholes_on_odd_data(
    request: pytest.FixtureRequest, engine: str, seed: int
) -> None:
    here: Engine = request.getfixturevalue(engine)
    cases = tuple(case(name) for name in ADDITIVE if name not in RELATIVE)
    rows = person_of_one_account(seed)
    here.replace(rows)
    once = here.told(YEAR, *cases)
    here.replace(doubled(rows))
    twice = here.told(YEAR, *cases)
    assert twice == {key: pytest.approx((2 * part, 2 * whole)) for key, (part, whole) in once.items()}
