"""How a company's own tables become canonical ones, checked as a whole before anything is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import ibis.expr.types as ir
from rapidfuzz import fuzz, process

from bot.errors import BadWorkspace, ForPerson
from bot.sources import casting
from bot.sources.canonical import TABLES, Table
from bot.sources.connection import Connection, SelectError, parsed_select, tables_in
from bot.types import Note


@dataclass(frozen=True, slots=True)
class TableMap:
    """How a company's own data becomes one canonical table.

    Either `select`, over the source's own tables, or `table`, one of them (a file's name will do).
    `columns` maps canonical column → the source's; columns of equal name need no mention.
    """

    select: str | None = None
    table: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mapped:
    """One canonical table of a company before it is read: the raw expression and what feeds what."""

    table: Table
    raw: ir.Table
    feeds: Mapping[str, str]
    """Canonical column → column of `raw`; only mapped columns."""
    sources: frozenset[str]
    """The company's own tables that it reads."""
    selected: bool

    def text_feeds(self) -> dict[str, Any]:
        """Column of `raw` → the canonical column it feeds."""
        return {source: self.table.column(name) for name, source in self.feeds.items()}


def mapping(connection: Connection, maps: Mapping[str, TableMap]) -> dict[str, Mapped]:
    """Match a company's maps with the source. Raises `BadWorkspace` (`mapping_gaps`) with all gaps.

    Without any map, the source's tables that bear canonical names are taken as they are.
    """
    if not maps:
        maps = {name: TableMap(table=name) for name in connection.names if name in TABLES}
    found: dict[str, Mapped] = {}
    gaps: list[Note] = []
    for name, map_ in maps.items():
        if name not in TABLES:
            gaps.append(Note("gap_no_such_table", {"table": name, "near": near(name, TABLES)}))
            continue
        try:
            raw = opened(connection, name, map_, gaps)
        except ForPerson as error:
            gaps.append(Note(error.key, {"table": name, **error.values}))
            continue
        if raw is not None:
            feeds = matched(TABLES[name], raw, map_, gaps)
            found[name] = Mapped(
                TABLES[name], raw, feeds, sources_of(connection, map_), selected=map_.select is not None
            )
    if not maps:
        gaps.append(Note("gap_nothing_mapped", {"found": connection.names}))
    if gaps:
        raise BadWorkspace("mapping_gaps", gaps=tuple(gaps))
    return found


def opened(connection: Connection, name: str, map_: TableMap, gaps: list[Note]) -> ir.Table | None:
    """The raw table behind a map, or None and a gap."""
    if (map_.select is None) == (map_.table is None):
        gaps.append(Note("gap_select_or_table", {"table": name}))
        return None
    if map_.select is not None:
        try:
            return connection.select(map_.select.strip().rstrip(";"))
        except SelectError as error:
            known = set(connection.names)
            known.update(*(connection.raw(source).columns for source in sources_of(connection, map_)))
            likely = near(error.unknown, known) if error.unknown else ()
            gaps.append(Note("gap_select_refused", {"table": name, "unknown": error.unknown, "near": likely}))
            return None
    wanted = str(map_.table)
    stem = source_name(wanted)
    if stem not in connection.names:
        gaps.append(Note("gap_no_such_source", {"table": name, "source": wanted, "near": near(stem, connection.names)}))
        return None
    return connection.raw(stem)


def source_name(wanted: str) -> str:
    """A file's table bears its stem: `crm.csv` and `crm` name the same."""
    return wanted.rpartition(".")[0] if wanted.lower().endswith((".csv", ".tsv", ".parquet")) else wanted


def sources_of(connection: Connection, map_: TableMap) -> frozenset[str]:
    """The source's own tables that a map reads."""
    if map_.select is None:
        return frozenset({source_name(str(map_.table))})
    try:
        tree = parsed_select(map_.select, connection.dialect)
    except SelectError:
        return frozenset()
    return frozenset(tables_in(tree) & set(connection.names))


def matched(table: Table, raw: ir.Table, map_: TableMap, gaps: list[Note]) -> dict[str, str]:
    """Canonical column → raw column; every column that is missing, unknown or of no use is a gap."""
    feeds: dict[str, str] = {}
    for name, source in map_.columns.items():
        if table.column(name) is None:
            gaps.append(
                Note("gap_no_such_column", {"table": table.name, "column": name, "near": near(name, table.names)})
            )
        elif source not in raw.columns:
            gaps.append(
                Note(
                    "gap_no_such_source_column",
                    {"table": table.name, "column": name, "source": source, "near": near(source, raw.columns)},
                )
            )
    for column in table.columns:
        source = map_.columns.get(column.name, column.name)
        if source in raw.columns:
            kind = raw[source].type()
            if casting.possible(kind, column):
                feeds[column.name] = source
            else:
                gaps.append(
                    Note(
                        "gap_type",
                        {"table": table.name, "column": column.name, "found": str(kind), "wanted": column.type},
                    )
                )
        elif column.required and column.name not in map_.columns:
            gaps.append(
                Note(
                    "gap_required_column",
                    {"table": table.name, "column": column.name, "near": near(column.name, raw.columns)},
                )
            )
    if table.whose and not any(name in feeds for name in table.whose):
        gaps.append(Note("gap_nobody", {"table": table.name, "columns": table.whose}))
    return feeds


def near(name: str, known: Any) -> tuple[str, ...]:
    """Up to three known names that look like this one."""
    found = process.extract(name, list(known), scorer=fuzz.ratio, limit=3, score_cutoff=50)
    return tuple(match for match, _, _ in found)
