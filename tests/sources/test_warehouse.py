"""Warehouses are read through whatever connection Ibis gives; here it gives one of DuckDB, in their place."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pytest

from bot.errors import Unavailable
from bot.sources import Company, TableMap, open_company
from bot.sources.connection import SelectError
from bot.sources.mapping import mapping
from bot.sources.warehouse import ENGINES, Warehouse
from bot.types import Definitions


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("warehouse") / "company.duckdb"
    with duckdb.connect(str(path)) as database:
        database.execute("CREATE TABLE crm AS SELECT 'A' || n AS id, 'FR' AS land FROM range(3) t(n)")
        database.execute("CREATE TABLE orders AS SELECT 'o' || n AS order_id, 'A0' AS customer_id, 10.5 AS net_amount,"
                         " TIMESTAMP '2026-03-01 10:00:00' AS occurred_at FROM range(4) t(n)")  # fmt: skip
    return path


@pytest.fixture
def warehouse(file: Path) -> Warehouse:
    return Warehouse("DuckDB", "duckdb", lambda: ibis.duckdb.connect(file, read_only=True))


@pytest.mark.parametrize("scheme", ENGINES)
def test_a_warehouse_whose_driver_is_missing_says_what_to_install(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(_: str) -> Any:
        raise ModuleNotFoundError("No module named 'driver'")

    monkeypatch.setitem(ENGINES, scheme, replace(ENGINES[scheme], open=opened))
    with pytest.raises(Unavailable) as caught:
        open_company(f"{scheme}://somewhere/else", {}, Path(), Definitions())
    assert caught.value.key == "warehouse_driver_missing"
    assert caught.value.values["package"] == f"ibis-framework[{scheme}]=={ibis.__version__}"


def test_a_warehouse_that_refuses_is_told_apart_from_a_question_it_refuses(warehouse: Warehouse) -> None:
    def closed() -> Any:
        raise ConnectionError("no such account")

    with pytest.raises(Unavailable) as caught:
        Warehouse("Snowflake", "snowflake", closed)
    assert (caught.value.key, caught.value.values) == ("warehouse_refuses", {"engine": "Snowflake"})
    with pytest.raises(SelectError):
        warehouse.select("SELECT * FROM nowhere")
    with pytest.raises(SelectError):
        warehouse.select("DROP TABLE crm")


def test_tables_and_selects_of_a_warehouse_become_canonical_ones(warehouse: Warehouse) -> None:
    maps = {
        "accounts": TableMap(select="SELECT id AS account_id, land AS country FROM crm"),
        "orders": TableMap(table="orders"),
    }
    company = Company(warehouse, mapping(warehouse, maps), Definitions())
    accounts, orders = company.tables["accounts"], company.tables["orders"]
    assert company.first(accounts.aggregate(n=accounts.count(), country=accounts.country.max())) == {
        "n": 3, "country": "FR",
    }  # fmt: skip
    assert company.first(orders.aggregate(spent=orders.net_amount.sum())) == {"spent": 42.0}
    assert company.as_of(date(2026, 6, 1)) == date(2026, 3, 2)


def test_a_question_that_takes_too_long_is_given_up_and_the_next_is_answered(warehouse: Warehouse) -> None:
    orders = warehouse.raw("orders")

    def slow(_: Any) -> None:
        time.sleep(1)

    with pytest.raises(Unavailable) as caught:
        warehouse._asked(slow, 0.05)
    assert (caught.value.key, caught.value.values) == ("source_timeout", {"seconds": 0.05})
    found = warehouse.run(orders.aggregate(n=orders.count()), "SELECT count(*) AS n FROM orders", 10)
    assert found.iloc[0, 0] == 4


def test_what_was_read_from_a_warehouse_holds_for_ten_minutes(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 600.0)
    before = warehouse.version()
    monkeypatch.setattr(time, "monotonic", lambda: 1199.0)
    assert warehouse.version() == before
    monkeypatch.setattr(time, "monotonic", lambda: 1200.0)
    assert warehouse.version() != before
