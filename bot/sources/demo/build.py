"""Makes the demo company: runs the SQL files beside this one, writes one Parquet file a table."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from bot.errors import OurFault
from bot.sources.canonical import TABLES, Kind

SQL = tuple(sorted(Path(__file__).parent.glob("*.sql")))
"""The generator itself, in the order in which it runs."""

TYPES: dict[Kind, str] = {
    "text": "VARCHAR",
    "flag": "BOOLEAN",
    "count": "BIGINT",
    "number": "DOUBLE",
    "money": "DOUBLE",
    "instant": "TIMESTAMP",
    "day": "DATE",
}


def build(folder: Path) -> None:
    """Write every table of the demo company into `folder`, which must exist, as `<table>.parquet`.

    The same rows come out on every machine, in the same order: all chance is a hash of ids.
    A progress bar shows on stderr where that is a terminal.
    """
    statements = [one for file in SQL for one in duckdb.extract_statements(file.read_text("utf-8"))]
    bar = Progress(
        TextColumn("Making the demo company"),
        BarColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
        transient=True,
    )
    with duckdb.connect() as connection, bar:
        task = bar.add_task("", total=len(statements) + len(TABLES))
        for statement in statements:
            connection.execute(statement)
            bar.advance(task)
        for name in sorted(made(connection)):
            rows = connection.sql(select(name, made(connection)[name]))
            rows.write_parquet(str(folder / f"{name}.parquet"))
            bar.advance(task)


def made(connection: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    """The tables the SQL files made, each with its columns."""
    found: dict[str, set[str]] = {}
    for table, column in connection.execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'canonical'"
    ).fetchall():
        found.setdefault(table, set()).add(column)
    return found


def select(name: str, columns: set[str]) -> str:
    """One made table in canonical columns and types, its rows in an order that never varies."""
    table = TABLES[name]
    if strange := columns - set(table.names):
        raise OurFault(f"the demo company makes unknown columns of {name}: {sorted(strange)}")
    cast = ", ".join(
        f'CAST("{column.name}" AS {TYPES[column.kind]}) AS "{column.name}"'
        for column in table.columns
        if column.name in columns
    )
    # In time first, so that a question about a month skips the files' other row groups.
    first = [table.instant, *table.key] if table.instant and table.key else [*table.key]
    order = ", ".join(f'"{column}"' for column in first) or "ALL"
    # Every name in it comes from the canonical tables, none from outside.
    return f'SELECT {cast} FROM canonical."{name}" ORDER BY {order}'  # noqa: S608  the names are our own
