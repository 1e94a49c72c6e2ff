"""A backup: one file that holds every row of the records and every uploaded document, whichever database they are in.

A ZIP archive: `contents.json` names the format, the migration its rows are of, and for every other entry its size and
SHA-256; `tables/NAME.jsonl` has a row a line, in the order of `columns`; `documents/…` the files as they are. Days and
instants are ISO text, so what SQLite wrote PostgreSQL reads, and the other way round.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path, PurePosixPath
from typing import Any, Self

from sqlalchemy import Connection, MetaData, Table, select

from bot.errors import BadQuestion, Unavailable
from bot.records.database import Database
from bot.records.schema import metadata
from bot.records.upgrade import newest, no_newer

FORMAT = 1
CONTENTS = "contents.json"
TABLES, DOCUMENTS = "tables/", "documents/"
UPLOADED = "uploaded"
"""The folder of a company's uploads; what lies beside it is made from them anew."""
CHUNK = 2**20
ROWS = 500
"""Rows read at a time."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What a backup holds: when it was made (naive UTC), of which migration, how many rows and documents."""

    made_at: datetime
    version: str
    rows: int
    documents: int


def uploads(folder: Path) -> list[Path]:
    """Every uploaded document below a folder of documents, by company."""
    return sorted(
        path for path in folder.glob(f"*/{UPLOADED}/**/*") if path.is_file() and not path.name.startswith(".")
    )


def save(database: Database, folder: Path, file: Path, now: datetime) -> Saved:
    """Write a backup of one moment while others go on working; the file is there whole or not at all.

    `folder` holds the documents. Raises BadQuestion where `file` exists or cannot be written, Unavailable without the
    records.
    """
    if file.exists():
        raise BadQuestion("backup_exists", file=str(file))
    part = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        # Whoever may read it may read all that was ever asked: nobody but the owner.
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as bare:
            with zipfile.ZipFile(bare, "w", zipfile.ZIP_DEFLATED) as archive:
                saved = _filled(database, folder, archive, now)
            bare.flush()
            os.fsync(bare.fileno())
        part.replace(file)
    except OSError as error:
        raise BadQuestion("backup_unwritable", file=str(file), reason=error.strerror or "") from error
    finally:
        part.unlink(missing_ok=True)
    return saved


def _filled(database: Database, folder: Path, archive: zipfile.ZipFile, now: datetime) -> Saved:
    entries: dict[str, dict[str, Any]] = {}
    with database.snapshot() as connection:
        version = no_newer(connection, database.where)  # tables of a later one would be left out
        if version is None:
            raise Unavailable("backup_no_records", where=database.where)
        tables = reflected(connection)
        for table in tables:
            entries[f"{TABLES}{table.name}.jsonl"] = _table(connection, table, archive)
    for path in uploads(folder):
        name = f"{DOCUMENTS}{path.relative_to(folder).as_posix()}"
        entries[name] = _written(archive, name, _pieces(path))
    contents = {"format": FORMAT, "version": version, "made_at": now.isoformat(), "entries": entries}
    archive.writestr(CONTENTS, json.dumps(contents, ensure_ascii=False, indent=1))
    return _saved(contents)


def reflected(connection: Connection, names: Collection[str] = metadata.tables) -> list[Table]:
    """The tables of these names as they are in this database, which may hold others that are none of ours."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: name in names)
    return found.sorted_tables


def _table(connection: Connection, table: Table, archive: zipfile.ZipFile) -> dict[str, Any]:
    columns = [column.name for column in table.columns]
    rows = 0

    def lines() -> Iterator[bytes]:
        nonlocal rows
        for some in connection.execution_options(yield_per=ROWS).execute(select(table)).partitions():
            rows += len(some)
            for row in some:
                yield json.dumps([_plain(value) for value in row], ensure_ascii=False).encode() + b"\n"

    return {**_written(archive, f"{TABLES}{table.name}.jsonl", lines()), "columns": columns, "rows": rows}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime | time) else value


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece


def _written(archive: zipfile.ZipFile, name: str, pieces: Iterator[bytes]) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    with archive.open(name, "w", force_zip64=True) as entry:
        for piece in pieces:
            entry.write(piece)
            digest.update(piece)
            size += len(piece)
    return {"sha256": digest.hexdigest(), "size": size}


def _saved(contents: Mapping[str, Any]) -> Saved:
    entries = contents["entries"]
    return Saved(
        datetime.fromisoformat(contents["made_at"]),
        str(contents["version"]),
        sum(int(one["rows"]) for name, one in entries.items() if name.startswith(TABLES)),
        sum(1 for name in entries if name.startswith(DOCUMENTS)),
    )


class Backup:
    """A backup that was opened and found whole."""

    def __init__(self, archive: zipfile.ZipFile, contents: Mapping[str, Any]) -> None:
        self._archive = archive
        self._entries: Mapping[str, Mapping[str, Any]] = contents["entries"]
        self.saved = _saved(contents)

    @classmethod
    @contextmanager
    def opened(cls, file: Path) -> Iterator[Self]:
        """Open it and look through all of it.

        Raises BadQuestion: `backup_missing`, `backup_unreadable` for what is no backup, `backup_damaged` where an entry
        is not as it was written, `backup_too_new` from a later version of the program.
        """
        with ExitStack() as stack:
            try:
                archive = stack.enter_context(zipfile.ZipFile(file))
                contents = json.loads(archive.read(CONTENTS))
                if contents["format"] != FORMAT or contents["version"] > newest():
                    raise BadQuestion("backup_too_new", file=str(file), found=contents["version"], known=newest())
                backup = cls(archive, contents)
                backup._check(file)
            except FileNotFoundError:
                raise BadQuestion("backup_missing", file=str(file)) from None
            except (OSError, zipfile.BadZipFile, LookupError, TypeError, ValueError) as error:
                raise BadQuestion("backup_unreadable", file=str(file)) from error
            yield backup

    def _check(self, file: Path) -> None:
        if {CONTENTS, *self._entries} != set(self._archive.namelist()):
            raise BadQuestion("backup_damaged", file=str(file), entry=CONTENTS)
        for name, one in self._entries.items():
            digest, places = hashlib.sha256(), PurePosixPath(name).parts
            try:
                with self._archive.open(name) as entry:
                    while piece := entry.read(CHUNK):
                        digest.update(piece)
            except (zipfile.BadZipFile, zlib.error):
                digest = hashlib.sha256(b"?")
            astray = name.startswith(DOCUMENTS) and (".." in places or len(places) < 4 or places[2] != UPLOADED)
            if astray or digest.hexdigest() != one["sha256"]:
                raise BadQuestion("backup_damaged", file=str(file), entry=name)

    def tables(self) -> list[str]:
        """The names of its tables."""
        return [Path(name).stem for name in self._entries if name.startswith(TABLES)]

    def rows(self, table: str) -> Iterator[dict[str, Any]]:
        """Each row as column → value, days and instants as text."""
        name = f"{TABLES}{table}.jsonl"
        columns = self._entries[name]["columns"]
        with self._archive.open(name) as lines:
            for line in lines:
                yield dict(zip(columns, json.loads(line), strict=True))

    def unpack(self, folder: Path) -> None:
        """Write the documents below a folder."""
        for name in self._entries:
            if name.startswith(DOCUMENTS):
                path = folder / name.removeprefix(DOCUMENTS)
                path.parent.mkdir(parents=True, exist_ok=True)
                with self._archive.open(name) as entry, path.open("wb") as file:
                    while piece := entry.read(CHUNK):
                        file.write(piece)
