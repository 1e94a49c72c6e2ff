"""A backup back into a database of either kind, by way of the migration that its rows are of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import JSON, Connection, Date, DateTime, Integer, Table, Time, func, insert, literal, select
from sqlalchemy.types import TypeEngine

from bot.errors import BadQuestion, Unavailable
from bot.records.backup import ROWS, Backup, Saved, reflected, uploads
from bot.records.database import Database
from bot.records.schema import metadata
from bot.records.upgrade import VERSIONS, alone, migrate, no_newer


def restore(database: Database, folder: Path, file: Path, *, replace: bool) -> Saved:
    """Put back the records, brought to the newest migration, and the documents below `folder`.

    All or nothing: until the last row is in, the database is as it was. What is there already is kept, and BadQuestion
    (`backup_not_empty`) raised, unless `replace` says that it may go. Raises what `Backup.opened` raises, Unavailable.
    """
    try:
        return _restored(database, folder, file, replace=replace)
    except OSError as error:
        raise Unavailable("backup_unpacked", where=str(folder), reason=error.strerror or "") from error


def _restored(database: Database, folder: Path, file: Path, *, replace: bool) -> Saved:
    with Backup.opened(file) as backup:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder.parent, prefix=".restoring-") as place:
            unpacked, before = Path(place) / folder.name, Path(place) / "before"
            unpacked.mkdir()
            backup.unpack(unpacked)
            try:
                _put_back(database, folder, backup, unpacked, before, replace=replace)
            except BaseException:
                if not unpacked.exists():  # the rows were not committed: the documents go back too
                    folder.rename(unpacked)
                    if before.exists():
                        before.rename(folder)
                raise
        return backup.saved


def _put_back(database: Database, folder: Path, backup: Backup, unpacked: Path, before: Path, *, replace: bool) -> None:
    with database.writing() as connection:
        alone(connection)
        no_newer(connection, database.where)
        if not replace and (_holds_rows(connection) or uploads(folder)):
            raise BadQuestion("backup_not_empty", where=database.where)
        _emptied(connection)
        migrate(connection, backup.saved.version)
        for table in reflected(connection, backup.tables()):
            _fill(connection, table, backup)
        migrate(connection)
        _swapped(folder, unpacked, before)  # last, so that its failure undoes the rows as well


def _swapped(folder: Path, new: Path, before: Path) -> None:
    """The new folder in place of what was there, or what was there."""
    if folder.exists():
        folder.rename(before)
    try:
        new.rename(folder)
    except OSError:
        if before.exists():
            before.rename(folder)
        raise


def _holds_rows(connection: Connection) -> bool:
    return any(
        connection.execute(select(literal(1)).select_from(one).limit(1)).first() for one in reflected(connection)
    )


def _emptied(connection: Connection) -> None:
    for table in reversed(reflected(connection, {*metadata.tables, VERSIONS})):
        table.drop(connection)


def _fill(connection: Connection, table: Table, backup: Backup) -> None:
    for column in table.columns:
        if isinstance(column.type, JSON):
            column.type = JSON(none_as_null=bool(column.nullable))
    read = {column.name: _reader(column.type) for column in table.columns}
    rows = backup.rows(table.name)
    while some := list(islice(rows, ROWS)):
        connection.execute(insert(table), [_row(row, read) for row in some])
    _continue_counting(connection, table)


def _reader(kind: TypeEngine[Any]) -> Callable[[Any], Any]:
    for known, read in ((DateTime, datetime.fromisoformat), (Date, date.fromisoformat), (Time, time.fromisoformat)):
        if isinstance(kind, known):
            return read
    return lambda value: value


def _row(row: Mapping[str, Any], read: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
    return {name: value if value is None else read[name](value) for name, value in row.items()}


def _continue_counting(connection: Connection, table: Table) -> None:
    """PostgreSQL counts ids in a sequence beside the table, which rows that bring theirs do not move."""
    if connection.dialect.name != "postgresql":
        return
    for column in _counted(table):
        highest = select(func.coalesce(func.max(table.c[column]), 0) + 1)
        sequence = func.pg_get_serial_sequence(table.name, column)
        connection.execute(select(func.setval(sequence, highest.scalar_subquery(), False)))


def _counted(table: Table) -> Iterator[str]:
    for column in table.primary_key.columns:
        if isinstance(column.type, Integer) and len(table.primary_key.columns) == 1:
            yield column.name
