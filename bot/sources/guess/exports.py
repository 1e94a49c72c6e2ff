"""Well-known exports, recognised by their columns (`exports.toml`)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from bot.sources.canonical import TABLES
from bot.sources.connection import Connection, SelectError
from bot.sources.guess.look import Sheet
from bot.sources.guess.proposal import ColumnGuess, TableGuess
from bot.sources.guess.sql import source
from bot.sources.mapping import TableMap
from bot.types import Note

READ = re.compile(r"\{(number|text) ([^}]+)\}")


@cache
def known() -> tuple[Mapping[str, Any], ...]:
    """All shapes of `exports.toml`."""
    with Path(__file__).with_name("exports.toml").open("rb") as file:
        return tuple(tomllib.load(file)["exports"])


def recognised(connection: Connection, sheets: Mapping[str, Sheet]) -> list[TableGuess]:
    """The canonical tables of every known export among the sheets; the first shape that gives a table wins."""
    found: dict[str, TableGuess] = {}
    for export in known():
        held = {alias: holder(sheets, alias, columns) for alias, columns in export["tables"].items()}
        places = {alias: sheet for alias, sheet in held.items() if sheet is not None}
        if len(places) < len(export["tables"]):
            continue
        for table, template in export["selects"].items():
            query = filled(template, places, connection.dialect)
            if table not in found and (columns := described(connection, query, table)):
                names = tuple(sheet.name for alias, sheet in places.items() if f"{{{alias}}}" in template)
                note = Note("try_note_export", {"table": table, "name": export["name"]})
                found[table] = TableGuess(table, TableMap(select=query), 1.0, names, columns, (note,))
    return list(found.values())


def holder(sheets: Mapping[str, Sheet], alias: str, columns: list[str]) -> Sheet | None:
    """The sheet with all these columns; among several the one of that very name, else the one named most like it."""
    able = [sheet for sheet in sheets.values() if set(columns) <= {seen.name for seen in sheet.columns}]
    return min(able, key=lambda sheet: (sheet.name.lower().rstrip("s") != alias, len(sheet.name)), default=None)


def filled(template: str, places: Mapping[str, Sheet], dialect: str) -> str:
    """The SELECT with its tables and its readings of columns in the dialect."""
    kind = "VARCHAR" if dialect == "duckdb" else "TEXT"
    cast = "TRY_CAST" if dialect == "duckdb" else "CAST"

    def read(found: re.Match[str]) -> str:
        text = f"nullif(trim(CAST({found[2]} AS {kind})), '')"
        return text if found[1] == "text" else f"{cast}(replace({text}, ',', '') AS DECIMAL(18, 4))"

    query = READ.sub(read, template.strip())
    for alias, sheet in places.items():
        query = query.replace(f"{{{alias}}}", source(sheet.name).removeprefix("FROM "))
    return query


def described(connection: Connection, query: str, table: str) -> tuple[ColumnGuess, ...]:
    """The columns the SELECT gives; none where the source refuses it, so that it is no such export after all."""
    try:
        columns = connection.select(query).columns
    except SelectError:
        return ()
    return tuple(ColumnGuess(column, "", 1.0) for column in columns if column in TABLES[table].names)
