"""DuckDB in this process: what the file connectors stand on.

An ibis connection is not safe across threads, a DuckDB cursor is: every query gets a cursor of
its own. The canonical tables live in the schema `canonical` of the in-memory database, beside
the company's own tables.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb
import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa
from sqlglot.optimizer.qualify_tables import qualify_tables

from bot.errors import BadData, OurFault, Unavailable
from bot.sources.connection import COPY_SECONDS, MOST_ROWS, SelectError, parsed_select, tables_in
from bot.sources.trimming import looks_for_blanks, trimmed_where_needed

if TYPE_CHECKING:
    from collections.abc import Iterator

BATCH = 100_000
AGAIN_SECONDS = 0.5
UNKNOWN = re.compile(r'(?:column|Table with name|Function with name) "?([^"\s!]+)"?')

TORN = re.compile(r"CSV Error on Line: (\d+).*?file = (?:[^\n]*/)?([^\n]+)", re.DOTALL)

UNSOUND = re.compile(r"CSV Parser state machine.*?file = (?:[^\n]*/)?([^\n]+)", re.DOTALL)


def torn_row(error: Exception) -> BadData | None:
    """Rows are read long after a CSV was opened; one with too many or too few cells, or another kind of line end than
    the first, shows only then."""
    if found := TORN.search(str(error)):
        return BadData("torn_row", file=found.group(2), line=int(found.group(1)))
    found = UNSOUND.search(str(error))
    return BadData("broken_csv", file=found.group(1)) if found else None


def nothing(name: str) -> None:
    """Files need no copying in."""


class Embedded:
    """An in-memory DuckDB over a company's files."""

    dialect = "duckdb"

    def __init__(self, *, copy_selects: bool) -> None:
        """`copy_selects`: a SELECT is worked out once and kept, not anew in every question."""
        self.database = duckdb.connect(":memory:")
        self.database.execute("SET GLOBAL TimeZone = 'UTC'")
        self.database.execute("CREATE SCHEMA canonical")
        self.backend = ibis.duckdb.from_connection(self.database.cursor())
        self.copy_selects = copy_selects
        self.path: tuple[str, str] = ("memory", "main")
        self.broken: dict[str, BadData] = {}
        self.stamp: Callable[[], str] = lambda: ""
        self.fill: Callable[[str], None] = nothing
        """Called with each table that is about to be read, for sources that are copied in."""
        self._views: dict[str, tuple[str, str]] = {}
        self._making = threading.Lock()

    def close_doors(self, *folders: str) -> None:
        """From here on no query reads a file or an address outside these folders."""
        inside = ", ".join("'" + (folder.rstrip("/") + "/").replace("'", "''") + "'" for folder in folders)
        self.database.execute(f"SET GLOBAL allowed_directories = [{inside}]")
        self.database.execute("SET GLOBAL enable_external_access = false")

    @property
    def names(self) -> tuple[str, ...]:
        """The company's own tables, those that cannot be read among them."""
        found = self.database.cursor().execute(
            "SELECT table_name FROM information_schema.tables WHERE table_catalog = ? AND table_schema = ?",
            list(self.path),
        )
        return tuple(sorted({name for (name,) in found.fetchall()} | set(self.broken)))

    def raw(self, name: str) -> ir.Table:
        """One table as it is."""
        if name in self.broken:
            raise self.broken[name]
        with self._refusals(name):
            return self.backend.table(name, database=self.path)

    def select(self, query: str) -> ir.Table:
        """A SELECT as a subquery."""
        tree = parsed_select(query, "duckdb")
        for name in tables_in(tree):
            if name in self.broken:
                raise self.broken[name]
        # A view looks for bare names in its own schema first, so each name carries its full address.
        catalog, schema = self.path
        query = qualify_tables(tree, db=schema, catalog=catalog, dialect="duckdb").sql("duckdb")
        try:
            described = self.database.cursor().execute(f"DESCRIBE {query}").fetchall()
        except duckdb.Error as error:
            match = UNKNOWN.search(str(error))
            raise SelectError(match.group(1) if match else None) from error
        kinds = self.backend.compiler.type_mapper
        schema = ibis.schema({str(row[0]): kinds.from_string(str(row[1])) for row in described})
        table: ir.Table = ops.SQLQueryResult(query, schema, self.backend).to_expr()
        return table

    def keep(self, name: str, table: ir.Table, *, parsed: bool, selected: bool) -> ir.Table:
        """A typed copy where text is parsed or a SELECT would be worked out anew; else a view."""
        self._fill(table)
        copied = parsed or (selected and self.copy_selects)
        statement = str(ibis.to_sql(table, dialect="duckdb"))
        now = self.stamp()
        self._make(name, statement, "TABLE" if copied else "VIEW")
        if not copied:
            self._views[name] = (now, statement)
        with self._refusals(name):
            return self.backend.table(name, database=("memory", "canonical"))

    def _make(self, name: str, statement: str, kind: str) -> None:
        """The canonical table. A view looks for blanks once a version of the data, where that has one, and leaves the
        text alone that has none."""
        cursor = self.database.cursor()
        with self._refusals(name), _timed(cursor, COPY_SECONDS):
            look = looks_for_blanks(statement) if kind == "VIEW" and self.stamp() else None
            dirty = {} if look is None else cursor.execute(look).to_arrow_table().to_pylist()[0]
            quick = trimmed_where_needed(statement, [column for column, blanks in dirty.items() if not blanks])
            cursor.execute(f'CREATE OR REPLACE {kind} memory.canonical."{name}" AS {quick}')

    def _look_again(self) -> None:
        """Make the views anew whose data has changed since."""
        now = self.stamp()
        if all(then == now for then, _ in self._views.copy().values()):
            return
        with self._making:
            for name, (then, statement) in self._views.copy().items():
                if then != now:
                    self._make(name, statement, "VIEW")
                    self._views[name] = (now, statement)

    def run(self, expression: ir.Expr, statement: str, seconds: float) -> pd.DataFrame:
        """The result, on a cursor of its own."""
        self._fill(expression)
        self._look_again()
        cursor = self.database.cursor()
        try:
            with _timed(cursor, seconds):
                result: pd.DataFrame = _rows(cursor, statement).to_pandas()
        except duckdb.InterruptException as error:
            raise Unavailable("source_timeout", seconds=seconds) from error
        except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
            raise Unavailable("source_down") from error
        except duckdb.Error as error:
            raise torn_row(error) or OurFault(str(error)) from error
        except (OSError, pa.ArrowException) as error:  # what fails while the rows are handed over
            if "INTERRUPT" in str(error):
                raise Unavailable("source_timeout", seconds=seconds) from error
            raise torn_row(error) or Unavailable("source_down") from error
        else:
            return result
        finally:
            cursor.close()

    def writable(self) -> tuple[str, ...]:
        """Nothing: files are only read, and databases attached as such."""
        return ()

    def version(self) -> str:
        """What the connector's stamp says."""
        return self.stamp()

    def _fill(self, expression: ir.Expr) -> None:
        """Have the tables copied in that an expression reads, where they are copied at all."""
        if self.fill is nothing:
            return
        for table in expression.op().find((ops.DatabaseTable,)):
            if (table.namespace.catalog, table.namespace.database) == self.path:
                self.fill(table.name)
        for selected in expression.op().find((ops.SQLQueryResult,)):
            for name in tables_in(parsed_select(selected.query, "duckdb")):
                self.fill(name)

    @contextmanager
    def _refusals(self, name: str) -> Iterator[None]:
        try:
            yield
        except duckdb.InterruptException as error:
            raise Unavailable("copy_timeout", table=name, seconds=COPY_SECONDS) from error
        except duckdb.Error as error:
            raise torn_row(error) or BadData("source_unreadable", table=name) from error


@contextmanager
def _timed(cursor: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """Interrupts what the cursor does after so many seconds, and again until it ends: what comes before the query does
    nothing."""
    over = threading.Event()

    def interrupt() -> None:
        pause = seconds
        while not over.wait(pause):
            cursor.interrupt()
            pause = AGAIN_SECONDS

    threading.Thread(target=interrupt, name="query time", daemon=True).start()
    try:
        yield
    finally:
        over.set()


def _rows(cursor: duckdb.DuckDBPyConnection, statement: str) -> pa.Table:
    """What a statement returns, fetched by the part: of what is too much no more comes than is needed to tell."""
    reader = cursor.execute(statement).to_arrow_reader(BATCH)
    batches, rows = [], 0
    for batch in reader:
        rows += batch.num_rows
        if rows > MOST_ROWS:
            raise BadData("too_many_rows", most=MOST_ROWS)
        batches.append(batch)
    return pa.Table.from_batches(batches, reader.schema)
