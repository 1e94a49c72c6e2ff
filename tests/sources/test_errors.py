"""Whatever is wrong with a company's data is told by name, all of it at once, and never in a library's words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.errors import BadData, BadWorkspace, ForPerson, Unavailable
from bot.sources import Company, TableMap, open_company
from bot.types import Definitions, Note

ORDERS = (
    ("id", "customer_id", "occurred_at", "net_amount"),
    [("1", "c", "2024-01-01", "5")],
)
RIGHT = {"order_id": "id"}


def refused(open_: Callable[[], Company]) -> ForPerson:
    with pytest.raises(ForPerson) as caught:
        open_()
    return caught.value


def gaps(open_: Callable[[], Company]) -> tuple[Note, ...]:
    error = refused(open_)
    assert isinstance(error, BadWorkspace)
    assert error.key == "mapping_gaps"
    found: tuple[Note, ...] = error.values["gaps"]
    return found


def test_an_unknown_scheme_names_the_known_ones(tmp_path: Path) -> None:
    error = refused(lambda: open_company("mongo://x", {}, tmp_path, Definitions()))
    assert error.key == "unknown_scheme"
    assert error.values["scheme"] == "mongo"
    assert {"duckdb", "files", "postgresql", "sqlite"} <= set(error.values["known"])


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("files:nowhere", "missing_folder"),
        ("files:.", "empty_folder"),
        ("duckdb:nowhere.duckdb", "missing_file"),
        ("sqlite:nowhere.sqlite", "missing_file"),
    ],
)
def test_a_missing_folder_or_file_is_named(tmp_path: Path, url: str, key: str) -> None:
    error = refused(lambda: open_company(url, {}, tmp_path, Definitions()))
    assert isinstance(error, BadWorkspace)
    assert error.key == key
    assert str(tmp_path) in next(iter(error.values.values()))


@pytest.mark.parametrize("scheme", ["duckdb", "sqlite"])
def test_a_database_file_that_is_none_is_said_to_refuse(tmp_path: Path, scheme: str) -> None:
    (tmp_path / "junk.db").write_bytes(b"this is no database, not at all" * 100)
    error = refused(lambda: open_company(f"{scheme}:junk.db", {}, tmp_path, Definitions()))
    assert isinstance(error, Unavailable)
    assert (error.key, error.values) == ("file_refuses", {"file": "junk.db"})


def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    url = "postgresql://someone:secret@127.0.0.1:1/shop"
    error = refused(lambda: open_company(url, {}, tmp_path, Definitions()))
    assert isinstance(error, Unavailable)
    assert (error.key, error.values) == ("database_refuses", {"host": "127.0.0.1", "database": "shop"})


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "not_a_csv"),
        (b"order_id,name\n1,\xff\xfe\n", "not_a_csv"),
        (b"", "not_a_csv"),
        (b"1,c,2024-01-01,5\n2,c,2024-01-02,6\n", "csv_without_header"),
        (b"order_id,,net_amount\n1,2,3\n", "csv_without_header"),
        (b"order_id,order_id\n1,2\n", "csv_without_header"),
        (b"order_id,\rname\rx\n", "csv_without_header"),
    ],
)
def test_an_unreadable_csv_is_named_when_it_is_mapped(tmp_path: Path, content: bytes, key: str) -> None:
    (tmp_path / "orders.csv").write_bytes(content)
    for map_ in (TableMap(table="orders.csv"), TableMap(select="SELECT * FROM orders")):
        (gap,) = gaps(lambda map_=map_: open_company(f"files:{tmp_path}", {"orders": map_}, tmp_path, Definitions()))
        assert gap == Note(key, {"table": "orders", "file": "orders.csv"})


def test_an_unreadable_parquet_is_named_when_it_is_mapped(tmp_path: Path) -> None:
    (tmp_path / "orders.parquet").write_bytes(b"PAR1 or so")
    (gap,) = gaps(lambda: open_company(f"files:{tmp_path}", {}, tmp_path, Definitions()))
    assert gap == Note("unreadable_file", {"table": "orders", "file": "orders.parquet"})


def test_a_stray_file_beside_the_data_is_nobodys_trouble(tmp_path: Path, laid: Callable[..., Company]) -> None:
    (tmp_path / "photo.csv").write_bytes(b"\x00\x01")
    assert laid({"orders": ORDERS}, {"orders": TableMap(table="orders", columns=RIGHT)}).has("orders")


def test_a_csv_whose_rows_are_torn_is_told_by_name(tmp_path: Path) -> None:
    """The rows are first read when the table is asked for; then too the error is ours."""
    (tmp_path / "orders.csv").write_text("order_id,customer_id,occurred_at,net_amount\n1,2\n")
    company = open_company(f"files:{tmp_path}", {}, tmp_path, Definitions())
    with pytest.raises(BadData) as caught:
        company.tables["orders"]
    assert (caught.value.key, caught.value.values) == ("torn_row", {"file": "orders.csv", "line": 2})


def test_all_gaps_of_a_mapping_are_told_at_once(laid: Callable[..., Company]) -> None:
    """One run of the check mends the whole file."""
    found = gaps(
        lambda: laid(
            {"orders": ORDERS},
            {
                "order": TableMap(table="orders"),
                "orders": TableMap(table="orders", columns={"order_id": "ids", "net_amont": "net_amount"}),
                "tickets": TableMap(table="order"),
                "users": TableMap(),
                "accounts": TableMap(select="SELECT custmer_id AS account_id FROM orders"),
                "plans": TableMap(select="DELETE FROM orders"),
                "events": TableMap(select="SELECT 'x' AS nam, TRUE AS occurred_at FROM orders"),
            },
        )
    )
    assert {(gap.key, *((name, gap.values[name]) for name in sorted(gap.values))) for gap in found} == {
        ("gap_no_such_table", ("near", ("orders", "order_items", "offers")), ("table", "order")),
        (
            "gap_no_such_source_column",
            ("column", "order_id"),
            ("near", ("id",)),
            ("source", "ids"),
            ("table", "orders"),
        ),
        ("gap_no_such_column", ("column", "net_amont"), ("near", ("net_amount",)), ("table", "orders")),
        ("gap_no_such_source", ("near", ("orders",)), ("source", "order"), ("table", "tickets")),
        ("gap_select_or_table", ("table", "users")),
        ("gap_select_refused", ("near", ("customer_id",)), ("table", "accounts"), ("unknown", "custmer_id")),
        ("gap_select_refused", ("near", ()), ("table", "plans"), ("unknown", None)),
        ("gap_required_column", ("column", "name"), ("near", ("nam",)), ("table", "events")),
        ("gap_type", ("column", "occurred_at"), ("found", "boolean"), ("table", "events"), ("wanted", "timestamp")),
        ("gap_nobody", ("columns", ("user_id", "account_id")), ("table", "events")),
    }


def test_a_source_without_any_table_of_ours_says_what_it_holds(laid: Callable[..., Company]) -> None:
    (gap,) = gaps(lambda: laid({"invoices_2024": ORDERS}))
    assert gap == Note("gap_nothing_mapped", {"found": ("invoices_2024",)})


def test_a_select_may_not_read_files_of_the_machine(laid: Callable[..., Company]) -> None:
    """What lies outside the folder is out of reach, whoever wrote the SELECT."""
    (gap,) = gaps(
        lambda: laid(
            {"orders": ORDERS},
            {"churn_reasons": TableMap(select="SELECT content AS reason_code FROM read_text('/etc/hostname')")},
        )
    )
    assert gap.key == "gap_select_refused"


@pytest.mark.postgres
def test_a_role_that_may_not_read_a_table_is_told_so(server: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute("CREATE TABLE secrets (reason_code text)")
        admin.execute("CREATE ROLE mainstay_peeper LOGIN")
    try:
        url = f"postgresql://mainstay_peeper@{server.rpartition('@')[2].removeprefix('postgresql://')}"
        company = open_company(url, {"churn_reasons": TableMap(table="secrets")}, Path(), Definitions())
        with pytest.raises(BadData) as caught:
            company.run(company.tables["churn_reasons"])
        assert caught.value.key == "no_right_to_read"
    finally:
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute("DROP ROLE mainstay_peeper")


@pytest.mark.postgres
def test_a_dropped_connection_is_opened_anew(server: str) -> None:
    """A restart of the server costs nobody an answer."""
    import psycopg

    maps = {"churn_reasons": TableMap(select="SELECT 'x' AS reason_code")}
    company = open_company(server, maps, Path(), Definitions())
    table = company.tables["churn_reasons"]
    assert len(company.run(table)) == 1
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert len(company.run(table)) == 1
