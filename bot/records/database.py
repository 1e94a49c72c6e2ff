"""One way to read and write, whichever database it is, and no exception of its driver beyond this room."""

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, insert, make_url, update
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    SQLAlchemyError,
    StatementError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.errors import BadWorkspace, OurFault, Unavailable

WAIT_SECONDS = 10
"""How long a caller waits for the server."""

LOCK_SECONDS = 30
"""How long a writer waits for another one: SQLite does not let them in by turns, and a machine may be busy."""

PAUSES = (0.01, 0.05, 0.2, 0.5, 1.0)
"""Seconds between the tries to open a file that others open for the first time."""


class Database:
    """Reads see what is committed; a write is one transaction, and on SQLite the only one of its moment."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.where = place_of(engine.url)
        self._reader = engine.execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection outside of any transaction. Raises Unavailable (`records_unavailable`)."""
        with self._worded(), self._reader.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction, committed at the end. Raises Unavailable, and IntegrityError as it is."""
        with self._worded(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection that sees one moment, and changes nothing, however long it reads. Raises Unavailable."""
        with self._worded():
            if self.engine.dialect.name == "sqlite":
                with self._reader.connect() as connection:
                    connection.exec_driver_sql("BEGIN")
                    yield connection
                    connection.exec_driver_sql("ROLLBACK")
            else:
                frozen = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                with frozen.connect() as connection:
                    yield connection

    def put(self, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        """Write the row of `key`, whether it is new or not."""
        this = [table.c[name] == value for name, value in key.items()]
        for _ in range(2):
            try:
                with self.writing() as connection:
                    if connection.execute(update(table).where(*this).values(**values)).rowcount == 0:
                        connection.execute(insert(table).values(**key, **values))
            except IntegrityError:
                # Another process inserted the row between the two statements: now it can be updated.
                continue
            return
        raise OurFault(f"A row of {table.name} lacks a value.")

    @contextmanager
    def _worded(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError:
            raise
        except DataError as fault:
            raise OurFault("A value does not fit its column.") from fault
        except (DBAPIError, PoolTimeout) as fault:
            raise Unavailable("records_unavailable", where=self.where) from fault
        except (StatementError, TypeError, ValueError) as fault:
            # Wrapped or bare, as the driver will have it: an instant with a zone, or what JSON cannot say.
            raise OurFault("A value cannot be kept.") from fault


def connect(url: str) -> Database:
    """`sqlite:///PATH` (its folder is made) or `postgresql://USER:PASSWORD@HOST/NAME`.

    Raises BadWorkspace (`records_url`) for anything else, Unavailable (`records_driver_missing`,
    `records_folder`) where the machine lacks something.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise BadWorkspace("records_url") from None
    try:
        if parsed.drivername == "sqlite" and parsed.database not in {None, "", ":memory:"}:
            return Database(_sqlite(parsed))
        if parsed.drivername in {"postgresql", "postgres"}:
            return Database(_postgresql(parsed.set(drivername="postgresql+psycopg")))
    except ModuleNotFoundError:
        raise Unavailable("records_driver_missing", file="requirements/postgres.lock") from None
    except OSError:
        raise Unavailable("records_folder", where=place_of(parsed)) from None
    except SQLAlchemyError as fault:
        raise Unavailable("records_unavailable", where=place_of(parsed)) from fault
    raise BadWorkspace("records_url")


def place_of(url: URL) -> str:
    """The file, or the host and the name: what a person may see of a URL."""
    return url.database or "" if url.drivername == "sqlite" else f"{url.host or 'localhost'}/{url.database}"


# Text that no database could store as JSON must fail here and not on one of them alone.
_as_json = partial(json.dumps, allow_nan=False)


def _sqlite(url: URL) -> Engine:
    Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, json_serializer=_as_json, hide_parameters=True, connect_args={"timeout": LOCK_SECONDS})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        """Let us say when a transaction begins, and readers go on while one writes."""
        connection.isolation_level = None
        connection.execute("PRAGMA secure_delete = ON")  # what was deleted is not to be read in the file
        for pause in PAUSES:  # SQLite does not wait by itself where two change the mode of a new file at once
            with suppress(sqlite3.OperationalError):
                connection.execute("PRAGMA journal_mode = WAL")
                return
            time.sleep(pause)
        connection.execute("PRAGMA journal_mode = WAL")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        """Take the right to write at once: a reader that turns writer could only fail, not wait."""
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _postgresql(url: URL) -> Engine:
    return create_engine(
        url,
        json_serializer=_as_json,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_timeout=WAIT_SECONDS,
        connect_args={"connect_timeout": WAIT_SECONDS},
    )
