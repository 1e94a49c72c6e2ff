"""A DuckDB database file: `duckdb:PATH`, attached read-only.

A file that another process holds open for writing cannot be opened at all: let the loader write
a new file and put it in this one's place.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from bot.errors import BadWorkspace, Unavailable
from bot.sources.connection import place
from bot.sources.embedded import Embedded
from bot.sources.files import literal, stamp

SCHEMES = ("duckdb",)


def connect(url: str, base: Path) -> Embedded:
    """Open a database file. Raises `BadWorkspace` (`missing_file`) and `Unavailable` (`file_refuses`)."""
    path = place(url, base)
    if not path.is_file():
        raise BadWorkspace("missing_file", file=str(path))
    source = Embedded(copy_selects=False)
    try:
        source.database.execute(f"ATTACH {literal(str(path))} AS source (READ_ONLY)")
    except duckdb.Error:
        raise Unavailable("file_refuses", file=path.name) from None
    source.path = ("source", "main")
    source.close_doors()
    source.stamp = lambda: stamp([path])
    return source
