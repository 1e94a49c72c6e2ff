"""A PostgreSQL server: `postgresql://user@host/database`. Nothing is ever written.

Each worker thread has an ibis connection of its own, opened read-only and with a time limit, and
opened anew when the server dropped it. The canonical tables are subqueries: a view or a temporary
table would be a write, and `con.sql` of ibis makes one, so a SELECT is described by an empty run.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pandas as pd

from bot.errors import BadData, OurFault, Unavailable
from bot.sources.connection import MOST_ROWS, SelectError, parsed_select

SCHEMES = ("postgresql", "postgres")

OPTIONS = "-c default_transaction_read_only=on -c timezone=UTC -c statement_timeout={milliseconds}"
OPENING_SECONDS = 10
BATCH = 1_000
"""Rows fetched at a time, so that of too many no more come than are needed to tell."""
UNKNOWN = re.compile(r'(?:column|relation|function) "?([^\s"(]+)"?')
TABLES = """
SELECT n.nspname, c.relname, pg_catalog.pg_table_is_visible(c.oid)
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND n.nspname NOT LIKE 'pg\\_%'
  AND n.nspname <> 'information_schema'
"""
TYPE_NAMES = """
SELECT oid, CASE typtype WHEN 'e' THEN 'text' ELSE pg_catalog.format_type(oid, NULL) END
FROM pg_catalog.pg_type WHERE oid = ANY(%s)
"""
RIGHTS = """
SELECT 'superuser' AS what FROM pg_catalog.pg_roles WHERE rolname = current_user AND rolsuper
UNION ALL
SELECT 'CREATE ' || n.nspname FROM pg_catalog.pg_namespace AS n
WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
  AND pg_catalog.has_schema_privilege(n.oid, 'CREATE')
UNION ALL
SELECT n.nspname || '.' || c.relname
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
  AND (pg_catalog.has_table_privilege(c.oid, 'INSERT') OR pg_catalog.has_table_privilege(c.oid, 'UPDATE')
    OR pg_catalog.has_table_privilege(c.oid, 'DELETE') OR pg_catalog.has_table_privilege(c.oid, 'TRUNCATE')
    OR pg_catalog.pg_has_role(c.relowner, 'USAGE'))
"""
CHANGES = """
SELECT pg_catalog.pg_is_in_recovery(), coalesce(pg_catalog.pg_last_wal_replay_lsn()::text, ''),
       (SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_catalog.pg_stat_user_tables)
"""


def connect(url: str, base: Path) -> PostgreSQL:  # noqa: ARG001 (a server is nobody's folder)
    """Open a server. Raises `Unavailable` (`database_refuses`, `database_driver_missing`)."""
    try:
        return PostgreSQL(url)
    except ModuleNotFoundError:
        raise Unavailable("database_driver_missing", engine="PostgreSQL", file="requirements/postgres.lock") from None


class PostgreSQL:
    """One database, read through a connection for each thread."""

    dialect = "postgres"

    def __init__(self, url: str) -> None:
        self._url = url
        self._mine = threading.local()
        # The table expressions name a source; it is used to describe, under this lock.
        self._lock = threading.Lock()
        self._describer = self._open(OPENING_SECONDS)
        self._places: dict[str, str | None] = {}
        for schema, name, visible in self._describer.con.execute(TABLES).fetchall():
            self._places[name if visible else f"{schema}.{name}"] = schema

    @property
    def names(self) -> tuple[str, ...]:
        """The tables of the search path by name, those of other schemas as `schema.name`."""
        return tuple(sorted(self._places))

    def raw(self, name: str) -> ir.Table:
        """One table as it is."""
        with self._lock:
            return self._describer.table(name.rpartition(".")[2], database=self._places[name])

    def select(self, query: str) -> ir.Table:
        """A SELECT as a subquery."""
        import psycopg

        parsed_select(query, "postgres")
        empty = f"SELECT * FROM ({query}) AS described LIMIT 0"  # noqa: S608 (one SELECT)
        with self._lock:
            server = self._describer.con
            try:
                columns = server.execute(empty).description
                codes = [column.type_code for column in columns]
                types = dict(server.execute(TYPE_NAMES, [codes]).fetchall())
            except psycopg.errors.QueryCanceled as error:
                raise Unavailable("source_timeout", seconds=OPENING_SECONDS) from error
            except psycopg.Error as error:
                match = UNKNOWN.search(str(error))
                raise SelectError(match.group(1) if match else None) from error
        kinds = self._describer.compiler.type_mapper
        schema = ibis.schema({column.name: kinds.from_string(types[column.type_code]) for column in columns})
        table: ir.Table = ops.SQLQueryResult(query, schema, self._describer).to_expr()
        return table

    def keep(self, name: str, table: ir.Table, *, parsed: bool, selected: bool) -> ir.Table:
        """The subquery itself: there is nowhere to keep anything, under whatever name and form."""
        del name, parsed, selected
        return table

    def run(self, expression: ir.Expr, statement: str, seconds: float) -> pd.DataFrame:
        """The result, on this thread's own connection."""
        return self._fetch(statement, seconds, expression.as_table().columns)

    def writable(self) -> tuple[str, ...]:
        """What this role may change, or make: `superuser`, `CREATE schema`, `schema.table`, sorted."""
        found = self._fetch(RIGHTS, OPENING_SECONDS, ["what"])["what"]
        return tuple(sorted(found))

    def version(self) -> str:
        """From the server's counters of written rows; on a standby from what it has replayed."""
        seconds, columns = getattr(self._mine, "seconds", OPENING_SECONDS), ["standby", "replayed", "written"]
        (row,) = self._fetch(CHANGES, seconds, columns).itertuples(index=False)
        standby, replayed, written = row
        return hashlib.sha256(f"{self._url}|{replayed if standby else written}".encode()).hexdigest()[:16]

    def _fetch(self, statement: str, seconds: float, columns: Sequence[str]) -> pd.DataFrame:
        """What a statement returns; a dropped connection is opened anew, once.

        `columns` are those of the statement: where it returns no row, the server's part does not name them.
        """
        import psycopg

        for attempt in (1, 2):
            backend = self._thread_backend(seconds)
            try:
                with backend.con.cursor() as cursor, closing(cursor.stream(statement, size=BATCH)) as fetched:
                    rows = list(islice(fetched, MOST_ROWS + 1))
                if len(rows) > MOST_ROWS:
                    raise BadData("too_many_rows", most=MOST_ROWS)
                result = pd.DataFrame(rows, columns=pd.Index(columns))
            except psycopg.errors.QueryCanceled as error:
                raise Unavailable("source_timeout", seconds=seconds) from error
            except psycopg.errors.InsufficientPrivilege as error:
                raise BadData("no_right_to_read") from error
            except psycopg.OperationalError as error:
                self._mine.backend = None
                if attempt == 2:
                    raise Unavailable("source_down") from error
            except psycopg.Error as error:
                raise OurFault(str(error)) from error
            else:
                return result
        raise OurFault("unreachable")

    def _thread_backend(self, seconds: float) -> Any:
        """This thread's connection, opened anew where it is closed or has another time limit."""
        backend = getattr(self._mine, "backend", None)
        if backend is None or backend.con.closed or self._mine.seconds != seconds:
            backend = self._open(seconds)
            self._mine.backend, self._mine.seconds = backend, seconds
        return backend

    def _open(self, seconds: float) -> Any:
        import psycopg

        try:
            connection = psycopg.connect(
                self._url,
                autocommit=True,
                connect_timeout=OPENING_SECONDS,
                options=OPTIONS.format(milliseconds=max(1, int(seconds * 1000))),
            )
            return ibis.postgres.from_connection(connection)
        except psycopg.Error:
            parts = urlsplit(self._url)
            raise Unavailable("database_refuses", host=parts.hostname or "", database=parts.path.strip("/")) from None
