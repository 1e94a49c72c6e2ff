"""What a source's tables look like before anybody knows what they are: kinds, counts and values of columns.

Every table is looked at with one aggregate and, for columns of few values, one count of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import ibis

from bot.sources import casting
from bot.sources.casting import Style
from bot.sources.connection import Connection, SelectError
from bot.sources.statement import statement

Kind = Literal["empty", "flag", "whole", "number", "comma", "marked", "day", "instant", "text", "other"]

PATIENCE = 120.0
LOOK_AT = 2_000_000
"""Rows of a table that are looked at; a guess needs no more."""
FEW = 60
"""A column of so many values at most has them listed."""
SURE = 0.98
"""A column is of a kind when at least this share of its filled cells is."""
GAPS = " \u00a0\u202f"
"""What stands between thousands where no sign does: a space, one that does not break, a narrow one."""
COMMA = rf"^[-+]?([0-9]{{1,3}}([.{GAPS}][0-9]{{3}})+|[0-9]+),[0-9]{{1,2}}$"
"""29,90, 1.234,50 and 1 234,50: the comma is the decimal sign."""
MARKED = (
    r"^([$€£¥] ?|[A-Z]{3} )[-+]?[0-9][0-9.,]*$|"
    rf"^[-+]?[0-9][0-9.,]*([{GAPS}][0-9]{{3}})*([.,][0-9]+)?[{GAPS}]?([$€£¥]|[A-Z]{{3}}|zł|%)$"
)
"""An amount with its currency."""
DATED = r"^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([T ].*)?$|^[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{4}([T ].*)?$"
NUMBERS: tuple[Kind, ...] = ("whole", "number", "comma", "marked")
TIMES: tuple[Kind, ...] = ("day", "instant")


@dataclass(frozen=True, slots=True)
class Seen:
    """One column. `values` lists all of them, most frequent first, where they are few."""

    name: str
    kind: Kind
    filled: int
    distinct: int
    is_text: bool
    style: Style = Style.ISO
    least: str | None = None
    most: str | None = None
    values: tuple[str, ...] = ()

    @property
    def numeric(self) -> bool:
        """Whether it holds numbers, however they are written."""
        return self.kind in NUMBERS

    @property
    def dated(self) -> bool:
        """Whether it holds days or instants."""
        return self.kind in TIMES


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of the source."""

    name: str
    rows: int
    columns: tuple[Seen, ...]

    def column(self, name: str) -> Seen:
        """The column of that name."""
        return next(seen for seen in self.columns if seen.name == name)

    def unique(self, name: str) -> bool:
        """Whether each row has a value of its own in that column."""
        seen = self.column(name)
        return 0 < self.rows == seen.filled == seen.distinct


def look(connection: Connection, name: str) -> Sheet:
    """Look at one table. Raises `Unavailable` and `BadData`."""
    table: Any = connection.raw(name).limit(LOOK_AT)
    numbers: dict[str, Any] = {"rows": table.count()}
    for place, column in enumerate(table.columns):
        numbers |= {f"{what} {place}": value for what, value in counts(table[column]).items()}
    found = first(connection, table.aggregate(**numbers))
    columns = []
    for place, column in enumerate(table.columns):
        mine = {key.rpartition(" ")[0]: value for key, value in found.items() if key.rpartition(" ")[2] == str(place)}
        columns.append(seen_of(connection, table, column, mine))
    return Sheet(name, int(found["rows"]), tuple(columns))


def counts(column: Any) -> dict[str, Any]:
    """What is counted of a column, by its type."""
    kind = column.type()
    if kind.is_string():
        text = column.strip().nullif("")
        patterns = {
            "whole": r"^[-+]?[0-9]{1,15}$",
            "number": casting.NUMBER + casting.FRACTION,
            "comma": COMMA,
            "marked": MARKED,
            "dated": DATED,
            "timed": r"[T ][0-9]{1,2}:[0-9]{2}",
            **casting.FORMS,
        }
        found = {what: text.re_search(pattern).ifelse(1, 0).sum() for what, pattern in patterns.items()}
        found["flag"] = text.lower().isin((*casting.TRUE, *casting.FALSE)).ifelse(1, 0).sum()
        return {"filled": text.count(), "distinct": text.nunique(), "least": text.min(), "most": text.max(), **found}
    if kind.is_boolean() or kind.is_numeric() or kind.is_temporal():
        text = column.cast("string")
        ends = {"least": column.min().cast("string"), "most": column.max().cast("string")}
        return {"filled": column.count(), "distinct": text.nunique(), **ends}
    return {"filled": column.count()}


def seen_of(connection: Connection, table: Any, name: str, found: dict[str, Any]) -> Seen:
    """The column that those counts describe."""
    kind = table[name].type()
    filled, distinct = int(found["filled"] or 0), int(found.get("distinct") or 0)
    form = text_kind(found, filled, distinct) if kind.is_string() else typed_kind(kind)
    style = Style.ISO
    if kind.is_string() and form in TIMES:
        style = casting.style(*(int(found[what] or 0) for what in casting.FORMS))
    values: tuple[str, ...] = ()
    if 0 < distinct <= FEW and form not in TIMES:
        values = frequent(connection, table, name)
    return Seen(
        name, form, filled, distinct, bool(kind.is_string()), style, found.get("least"), found.get("most"), values
    )


def text_kind(found: dict[str, Any], filled: int, distinct: int) -> Kind:
    """What a column of text holds."""
    if not filled:
        return "empty"
    enough = filled * SURE

    def held(what: str) -> bool:
        return int(found[what] or 0) >= enough

    if held("flag") and distinct <= 4 and not held("whole"):
        return "flag"
    if held("dated"):
        return "instant" if found["timed"] else "day"
    for kind in NUMBERS:
        if held(kind):
            return kind
    return "text"


def typed_kind(kind: Any) -> Kind:
    """What a typed column holds."""
    if kind.is_boolean():
        return "flag"
    if kind.is_integer():
        return "whole"
    if kind.is_numeric():
        return "number"
    if kind.is_date():
        return "day"
    return "instant" if kind.is_timestamp() else "text" if kind.is_string() else "other"


def frequent(connection: Connection, table: Any, name: str) -> tuple[str, ...]:
    """The values of a column as text, the most frequent first."""
    column = table[name]
    text = column.strip().nullif("") if column.type().is_string() else column.cast("string")
    listed = table.select(value=text).filter(ibis._.value.notnull()).group_by("value").aggregate(n=ibis._.count())
    listed = listed.order_by(ibis.desc("n"), "value").limit(FEW)
    return tuple(str(row["value"]) for row in fetched(connection, listed))


def fetched(connection: Connection, expression: Any) -> list[dict[str, Any]]:
    """The rows of an expression as plain values."""
    frame = connection.run(expression, statement(expression, connection.dialect), PATIENCE)
    names = list(expression.as_table().columns)
    return [dict(zip(names, (plain(value) for value in row), strict=True)) for row in frame.itertuples(index=False)]


def first(connection: Connection, expression: Any) -> dict[str, Any]:
    """The only row of an aggregate."""
    return fetched(connection, expression)[0]


def asked(connection: Connection, query: str) -> list[dict[str, Any]]:
    """The rows of a SELECT; none where the source refuses it: a guess that cannot be tested is not made."""
    try:
        return fetched(connection, connection.select(query))
    except SelectError:
        return []


def plain(value: Any) -> Any:
    """None for what is missing; numbers of the libraries as Python's own."""
    if value is None or value != value:  # noqa: PLR0124 - only NaN and NaT differ from themselves
        return None
    return value.item() if hasattr(value, "item") else value


def cents(columns: Iterable[Seen]) -> bool:
    """Whether a name among these says that amounts are in the smallest unit."""
    return any(re.search(r"(^|[_ (])cents?($|[_ )])|minor[_ ]units?", seen.name.lower()) for seen in columns)
