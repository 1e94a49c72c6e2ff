"""A SQLite database file: `sqlite:PATH`, opened read-only and copied into DuckDB table by table.

DuckDB's own SQLite extension is fetched from the net at run time, so it is no help offline; and
SQLite itself cannot make the month ranges and time zones that the metrics need. So each table is
copied with Python's own driver when it is first read. SQLite lets any value stand in any column:
a column keeps a type only where all its values have it, else it is copied as text and the
canonical tables decide what fits.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa

from bot.errors import BadWorkspace, Unavailable
from bot.sources.connection import COPY_SECONDS, place
from bot.sources.embedded import Embedded
from bot.sources.files import quoted, stamp

SCHEMES = ("sqlite",)

BATCH = 100_000
STEPS = 100_000
"""Of SQLite's machine, between two looks at the clock."""
KINDS = {"INTEGER": pa.int64(), "REAL": pa.float64(), "TEXT": pa.string()}
DUCKDB_TYPES = {"INTEGER": "BIGINT", "REAL": "DOUBLE", "TEXT": "VARCHAR"}


def connect(url: str, base: Path) -> Embedded:
    """Open a database file. Raises `BadWorkspace` (`missing_file`) and `Unavailable` (`file_refuses`)."""
    path = place(url, base)
    if not path.is_file():
        raise BadWorkspace("missing_file", file=str(path))
    source = Embedded(copy_selects=True)
    copier = Copier(path, source)
    source.fill = copier.fill
    source.close_doors()
    source.stamp = lambda: stamp([path])
    return source


class Copier:
    """Copies the tables of one SQLite file into DuckDB: their shape at once, their rows when read."""

    def __init__(self, path: Path, source: Embedded) -> None:
        self._path = path
        self._source = source
        self._lock = threading.Lock()
        self._waiting: dict[str, dict[str, str]] = {}
        with self._reading(path.name) as reader:
            names = reader.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
            for (name,) in names.fetchall():
                if not name.startswith("sqlite_"):
                    self._waiting[name] = kinds(reader, name)
        for name, columns in self._waiting.items():
            shape = ", ".join(f"{quoted(column)} {DUCKDB_TYPES[kind]}" for column, kind in columns.items())
            source.database.execute(f"CREATE TABLE {quoted(name)} ({shape})")

    @contextmanager
    def _reading(self, table: str) -> Iterator[sqlite3.Connection]:
        """The file, read-only and for a time. Raises `Unavailable` (`copy_timeout`, `file_refuses`)."""
        end = time.monotonic() + COPY_SECONDS
        try:
            with closing(sqlite3.connect(f"file:{quote(str(self._path))}?mode=ro", uri=True)) as reader:
                reader.set_progress_handler(lambda: time.monotonic() > end, STEPS)
                yield reader
        except sqlite3.Error as error:
            if time.monotonic() > end:
                raise Unavailable("copy_timeout", table=table, seconds=COPY_SECONDS) from error
            raise Unavailable("file_refuses", file=self._path.name) from error

    def fill(self, name: str) -> None:
        """Copy the rows of one table, unless that was done before. Raises `Unavailable`."""
        with self._lock:
            columns = self._waiting.get(name)
            if columns is None:
                return
            reads = ", ".join(
                quoted(column) if kind != "TEXT" else f"CAST({quoted(column)} AS TEXT)"
                for column, kind in columns.items()
            )
            schema = pa.schema({column: KINDS[kind] for column, kind in columns.items()})
            cursor = self._source.database.cursor()
            cursor.execute(f"DELETE FROM {quoted(name)}")  # noqa: S608 (names are quoted): of a copy that broke off
            with self._reading(name) as reader:
                rows = reader.execute(f"SELECT {reads} FROM {quoted(name)}")  # noqa: S608 (names are quoted)
                while batch := rows.fetchmany(BATCH):
                    arrays = [
                        pa.array(values, field.type)
                        for values, field in zip(zip(*batch, strict=True), schema, strict=True)
                    ]
                    cursor.register("batch", pa.Table.from_arrays(arrays, schema=schema))
                    cursor.execute(f"INSERT INTO {quoted(name)} FROM batch")
                    cursor.unregister("batch")
            cursor.close()
            del self._waiting[name]


def kinds(reader: sqlite3.Connection, name: str) -> dict[str, str]:
    """Column → INTEGER, REAL or TEXT: the type that all its values have, whatever was declared."""
    columns = [row[1] for row in reader.execute(f"PRAGMA table_info({quoted(name)})")]
    if not columns:
        return {}
    counts = ", ".join(
        f"SUM(typeof({quoted(column)}) = 'integer'), SUM(typeof({quoted(column)}) = 'real'), COUNT({quoted(column)})"
        for column in columns
    )
    found = reader.execute(f"SELECT {counts} FROM {quoted(name)}").fetchone()  # noqa: S608 (names are quoted)
    result = {}
    for place_, column in enumerate(columns):
        integers, reals, filled = (value or 0 for value in found[3 * place_ : 3 * place_ + 3])
        whole = filled and integers == filled
        result[column] = "INTEGER" if whole else "REAL" if filled and integers + reals == filled else "TEXT"
    return result
