"""The canonical tables hold together as data."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

from bot import sources
from bot.sources.canonical import TABLES, TYPES, Table
from bot.sources.company import DIMENSIONS, FACTS, FALLBACKS
from bot.sources.connection import connectors
from bot.sources.probes import COUNTED_TWICE


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_a_table_names_only_columns_and_tables_that_exist(table: Table) -> None:
    assert len(set(table.names)) == len(table.columns)
    named = [*table.key, *table.whose, *(name for pair in table.order for name in pair)]
    assert {*named, *([table.instant] if table.instant else [])} <= set(table.names)
    for column in table.columns:
        assert column.type == TYPES[column.kind]
        if column.refers:
            assert len(TABLES[column.refers].key) == 1, "a reference needs one column to lead to"
    assert table.instant is None or table.schema[table.instant] == "timestamp"


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_every_table_and_column_says_what_it_means_and_none_is_called_at(table: Table) -> None:
    """`at` is a reserved word in some engines."""
    assert table.meaning.endswith(".")
    assert all(column.meaning for column in table.columns)
    assert "at" not in table.names


def test_lists_of_tables_and_columns_elsewhere_name_what_exists() -> None:
    for table, column in (*FACTS, *FALLBACKS, *(pair for pairs in DIMENSIONS.values() for pair in pairs)):
        assert TABLES[table].column(column), (table, column)
    assert set(COUNTED_TWICE) <= set(TABLES)


def test_every_module_with_schemes_is_found_and_no_scheme_twice() -> None:
    """A connector is found because it is there; nothing else has to be told."""
    declared = []
    for info in pkgutil.iter_modules(sources.__path__, "bot.sources."):
        declared += getattr(importlib.import_module(info.name), "SCHEMES", ())
    assert sorted(declared) == sorted(connectors())
    assert {"files", "duckdb", "sqlite", "postgresql", "demo"} <= set(declared)
