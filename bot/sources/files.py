"""CSV and Parquet files in a folder: `files:DIR`. Each file is a table named by its stem.

A CSV is looked at once (separator, quotes, header) and read as text only: what its columns mean
is decided by the canonical tables, never by the reader's guess. Parquet carries its own types.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
from pathlib import Path

import duckdb

from bot.errors import BadData, BadWorkspace
from bot.sources.connection import place
from bot.sources.embedded import Embedded

SCHEMES = ("files",)

VALUE = re.compile(r"\s*[-+]?[\d.,/:-]+\s*")
"""A cell that can be a number or a date, but no name of a column."""


def connect(url: str, base: Path) -> Embedded:
    """Open a folder. Raises `BadWorkspace` (`missing_folder`, `empty_folder`)."""
    folder = place(url, base)
    if not folder.is_dir():
        raise BadWorkspace("missing_folder", folder=str(folder))
    files = sorted(file for file in folder.iterdir() if file.suffix.lower() in READERS)
    if not files:
        raise BadWorkspace("empty_folder", folder=str(folder))
    source = Embedded(copy_selects=True)
    for file in files:
        try:
            reader = READERS[file.suffix.lower()](file)
            source.database.execute(f"CREATE VIEW {quoted(file.stem)} AS FROM {reader}")
        # Said when the file is asked for: a stray file beside the data is nobody's trouble.
        except BadData as error:
            source.broken[file.stem] = error
        except duckdb.Error:
            source.broken[file.stem] = BadData("unreadable_file", file=file.name)
    source.close_doors(str(folder))
    source.stamp = lambda: stamp(files)
    return source


def csv_form(file: Path) -> tuple[str, list[str]]:
    """The separator of a CSV and the names of its columns. Raises `BadData` (`not_a_csv`, `csv_without_header`).

    Both are found out from the header line; quotes are those of RFC 4180.
    """
    with file.open("rb") as opened:
        head = opened.read(1 << 16)
    try:
        # The cut may fall within a letter; the decoder waits for the rest of it.
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(head)
    except UnicodeDecodeError:
        raise BadData("not_a_csv", file=file.name) from None
    if "\x00" in text or not text.strip():
        raise BadData("not_a_csv", file=file.name)
    first = text.splitlines()[0]
    separator = max(",;\t|", key=first.count)
    names = next(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    if len(set(names)) < len(names) or any(not name.strip() or VALUE.fullmatch(name) for name in names):
        raise BadData("csv_without_header", file=file.name)
    return separator, names


def csv_reader(file: Path) -> str:
    """The call that reads a CSV as text. Raises as `csv_form` does."""
    separator, names = csv_form(file)
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    return (
        f"read_csv({literal(str(file))}, auto_detect = false, header = true, delim = {literal(separator)}, "
        f"quote = '\"', escape = '\"', columns = {{{columns}}})"
    )


def parquet_reader(file: Path) -> str:
    """The call that reads a Parquet file."""
    return f"read_parquet({literal(str(file))})"


READERS = {".csv": csv_reader, ".tsv": csv_reader, ".parquet": parquet_reader}


def stamp(files: list[Path]) -> str:
    """A text that changes when one of the files is written."""
    states = [(file.name, file.stat()) for file in files if file.exists()]
    marks = "|".join(f"{name}:{state.st_mtime_ns}:{state.st_size}" for name, state in states)
    return hashlib.sha256(marks.encode()).hexdigest()[:16]


def literal(text: str) -> str:
    """An SQL string."""
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
