"""Small pieces of SQL in the source's dialect, for the SELECTs that a guess writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bot.sources.casting import Style
from bot.sources.files import literal, quoted
from bot.sources.guess.look import GAPS, Seen

EVERYDAY = frozenset({"order", "group", "user", "table", "select", "from", "where", "end", "start", "date", "time"})


def name_of(name: str) -> str:
    """A column or table as SQL names it; quoted only where it must be."""
    plain = name.isidentifier() and name.isascii() and name == name.lower() and name not in EVERYDAY
    return name if plain else quoted(name)


class Speech:
    """How one dialect reads text as days and numbers. `sure` is the order of days to take where both are possible."""

    def __init__(self, dialect: str, sure: Style = Style.DAY_FIRST) -> None:
        self.dialect = dialect
        self.sure = sure

    def style(self, seen: Seen) -> Style:
        """The style of a column's days, settled."""
        return self.sure if seen.style is Style.UNSURE else seen.style

    def day(self, seen: Seen, of: str = "") -> str:
        """A column as DATE; what is none is NULL."""
        column = of + name_of(seen.name)
        if not seen.is_text:
            return column if seen.kind == "day" else f"CAST({column} AS DATE)"
        style = self.style(seen)
        if style is Style.ISO:
            return self.cast(column, "DATE")
        head = f"replace(replace(split_part(trim({column}), ' ', 1), '.', '/'), '-', '/')"
        first = style is Style.DAY_FIRST
        if self.dialect == "duckdb":
            return f"CAST(try_strptime({head}, '{'%d/%m/%Y' if first else '%m/%d/%Y'}') AS DATE)"
        return f"to_date(nullif({head}, ''), '{'DD/MM/YYYY' if first else 'MM/DD/YYYY'}')"

    def moment(self, seen: Seen) -> str:
        """A column as it is where the canonical tables can read it; else as DATE."""
        return self.day(seen) if seen.style is Style.UNSURE else name_of(seen.name)

    def ordered(self, seen: Seen) -> str:
        """A column that min and max can be taken of: days that are not written year first are turned round."""
        return name_of(seen.name) if self.style(seen) is Style.ISO else self.day(seen)

    def number(self, seen: Seen, of: str = "") -> str:
        """A column as a number, whatever signs stand around it."""
        column = of + name_of(seen.name)
        if not seen.is_text:
            return column
        if seen.kind == "whole":
            return self.cast(column, "BIGINT")
        if seen.kind == "comma":
            column = f"replace(regexp_replace({column}, '[.{GAPS}]', '', 'g'), ',', '.')"
        elif seen.kind == "marked":
            column = self.unmarked(seen, column)
        else:
            column = f"replace({column}, ',', '')"
        return self.cast(column, "DOUBLE PRECISION" if self.dialect == "postgres" else "DOUBLE")

    def whole(self, seen: Seen, of: str = "") -> str:
        """A column as a whole number."""
        number = self.number(seen, of)
        return number if seen.kind == "whole" else f"CAST({number} AS INT)"

    def unmarked(self, seen: Seen, column: str) -> str:
        """An amount without its currency; a comma before its last two digits is the decimal sign."""
        bare = f"regexp_replace({column}, '[^0-9.,-]', '', 'g')"
        comma = bool(seen.least) and any(
            len(tail) == 2
            for tail in (
                "".join(x for x in text.rpartition(",")[2] if x.isdigit())
                for text in (seen.least or "", seen.most or "")
                if "," in text
            )
        )
        return f"replace(replace({bare}, '.', ''), ',', '.')" if comma else f"replace({bare}, ',', '')"

    def cast(self, text: str, kind: str) -> str:
        """Text as another type, NULL where the dialect lets it be."""
        if self.dialect == "duckdb":
            return f"TRY_CAST({text} AS {kind})"
        return f"CAST(nullif(trim({text}), '') AS {kind})"


def cases(column: str, meanings: Mapping[str, str | None], other: str | None = None) -> str:
    """A CASE from values to what they mean; `other` is the SQL for the rest."""
    lines = [f"WHEN {literal(value)} THEN {literal(meant)}" for value, meant in meanings.items() if meant is not None]
    rest = f" ELSE {other}" if other else ""
    if not lines:
        return other or "NULL"
    wrapped = "\n         ".join(" ".join(lines[at : at + 3]) for at in range(0, len(lines), 3))
    return f"CASE {column}\n         {wrapped}{rest} END"


def translated(seen: Seen, column: str, meaning: Callable[[str], str | None], other: str | None = None) -> str:
    """A CASE over the few values of a column; only those that change are named where each has a meaning."""
    found = {value: meaning(value) for value in seen.values}
    if None in found.values():
        return cases(column, found, other)
    changed = {value: meant for value, meant in found.items() if meant != value}
    return cases(column, changed, column) if changed else column


def select(columns: Mapping[str, str], rest: Iterable[str], *, distinct: bool = False) -> str:
    """A SELECT of expressions under their names; `rest` begins with FROM."""
    parts = [expression if expression == alias else f"{expression} AS {alias}" for alias, expression in columns.items()]
    head = "SELECT DISTINCT " if distinct else "SELECT "
    return "\n".join([head + ",\n       ".join(parts), *rest])


def source(name: str) -> str:
    """FROM a table of the source; `schema.table` names both."""
    schema, dot, table = name.rpartition(".")
    return "FROM " + (f"{name_of(schema)}.{name_of(table)}" if dot else name_of(name))


def only(columns: Mapping[str, Any]) -> dict[str, str]:
    """The columns that there are."""
    return {alias: expression for alias, expression in columns.items() if expression}
