"""BigQuery, Snowflake, Trino and Databricks, through Ibis: `bigquery://PROJECT/DATASET` and the like, only ever read.

Each needs its own driver, which Ibis loads when the URL is opened. A connection of Ibis serves one thread: one
worker asks, question after question. What takes too long is given up, and the next question has a new connection.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pandas as pd

from bot.errors import BadData, Unavailable
from bot.sources.connection import MOST_ROWS, SelectError, lately, parsed_select

OPENING_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Engine:
    """A kind of warehouse: its name, and how Ibis opens a URL of it."""

    name: str
    open: Callable[[str], Any]


def _databricks(url: str) -> Any:
    """`databricks://token:SECRET@HOST/HTTP/PATH?catalog=C&schema=S`."""
    parts = urlsplit(url)
    return ibis.databricks.connect(
        server_hostname=parts.hostname,
        http_path=parts.path,
        access_token=unquote(parts.password or ""),
        **dict(parse_qsl(parts.query)),
    )


ENGINES = {
    "bigquery": Engine("BigQuery", ibis.connect),
    # Ibis would otherwise make functions of its own in the database.
    "snowflake": Engine("Snowflake", lambda url: ibis.connect(url, create_object_udfs=False)),
    "trino": Engine("Trino", ibis.connect),
    "databricks": Engine("Databricks", _databricks),
}
SCHEMES = tuple(ENGINES)


def connect(url: str, base: Path) -> Warehouse:  # noqa: ARG001 (a warehouse is nobody's folder)
    """Open a warehouse. Raises `Unavailable` (`warehouse_driver_missing`, `warehouse_refuses`, `source_timeout`)."""
    scheme = url.partition(":")[0].lower()
    engine = ENGINES[scheme]
    return Warehouse(engine.name, scheme, lambda: engine.open(url))


class Warehouse:
    """One connection of Ibis, asked by one worker."""

    def __init__(self, engine: str, dialect: str, opened: Callable[[], Any]) -> None:
        """`opened` gives a new connection of Ibis; it is first called here. Raises `Unavailable`."""
        self.engine = engine
        self.dialect = dialect
        self._opened = opened
        self._lock = threading.Lock()
        self._anew()
        self._names = tuple(sorted(self._asked(lambda backend: backend.list_tables(), OPENING_SECONDS)))

    @property
    def names(self) -> tuple[str, ...]:
        """The tables of the dataset or schema that the URL names."""
        return self._names

    def raw(self, name: str) -> ir.Table:
        """One table as it is."""
        table: ir.Table = self._asked(lambda backend: backend.table(name), OPENING_SECONDS)
        return table

    def select(self, query: str) -> ir.Table:
        """A SELECT as a subquery."""
        parsed_select(query, self.dialect)
        try:
            table: ir.Table = self._asked(lambda backend: backend.sql(query), OPENING_SECONDS)
        except Unavailable as error:
            if error.key == "source_down":
                raise SelectError from error
            raise
        return table

    def keep(self, name: str, table: ir.Table, *, parsed: bool, selected: bool) -> ir.Table:
        """The subquery itself: nothing is kept in the warehouse, under whatever name and form."""
        del name, parsed, selected
        return table

    def run(self, expression: ir.Expr, statement: str, seconds: float) -> pd.DataFrame:
        """The result, brought as Arrow."""
        schema = expression.as_table().schema()

        def fetched(backend: Any) -> Any:
            asked: Any = ops.SQLQueryResult(statement, schema, backend).to_expr()
            return asked.limit(MOST_ROWS + 1).to_pyarrow()

        found = self._asked(fetched, seconds)
        if found.num_rows > MOST_ROWS:
            raise BadData("too_many_rows", most=MOST_ROWS)
        frame: pd.DataFrame = found.to_pandas()
        return frame

    def writable(self) -> tuple[str, ...]:
        """Nothing is known: each warehouse tells of its rights in its own way, and is not asked."""
        return ()

    def version(self) -> str:
        """The same for ten minutes."""
        return lately()

    def _asked(self, what: Callable[[Any], Any], seconds: float) -> Any:
        """What the worker finds in time.

        Raises `Unavailable` (`source_timeout`, `source_down`, `warehouse_refuses`, `warehouse_driver_missing`).
        """
        with self._lock:
            worker, backend = self._worker, self._backend
        try:
            return worker.submit(lambda: what(backend.result())).result(timeout=seconds)
        except (TooLate, CancelledError) as error:  # given up, also with the question it waited behind
            with self._lock:
                if self._worker is worker:
                    worker.shutdown(wait=False, cancel_futures=True)
                    self._anew()
            raise Unavailable("source_timeout", seconds=seconds) from error
        except Exception as error:  # each driver has errors of its own
            refused = backend.exception() if backend.done() else None
            if isinstance(refused, ImportError):
                package = f"ibis-framework[{self.dialect}]=={ibis.__version__}"
                raise Unavailable("warehouse_driver_missing", engine=self.engine, package=package) from None
            if refused is not None:
                raise Unavailable("warehouse_refuses", engine=self.engine) from None
            raise Unavailable("source_down") from error

    def _anew(self) -> None:
        """A worker of its own, and its connection."""
        self._worker = ThreadPoolExecutor(1)
        self._backend: Future[Any] = self._worker.submit(self._opened)
