"""The company's own tables as they are, before any mapping: rows, rows told twice, blanks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.datatypes as dt

from bot.sources.company import Company


@dataclass(frozen=True, slots=True)
class SourceReport:
    """One table of the source that some mapping reads."""

    name: str
    rows: int
    equal_rows: int | None
    """Rows that repeat an earlier one in every column; None where the columns cannot be compared."""
    blanks: Mapping[str, int]
    """Column → rows in which it is empty or only spaces; columns without any are left out."""


def sources(company: Company) -> Iterator[SourceReport]:
    """A report on each table that the mapping reads, by name."""
    for name in sorted({name for mapped in company.mapped.values() for name in mapped.sources}):
        table: Any = company.connection.raw(name)
        numbers = {"rows": table.count()}
        for place, column in enumerate(table.columns):
            value = table[column]
            blank = value.isnull()
            if value.type().is_string():
                blank = blank | (value.strip() == "")
            numbers[f"blank {place}"] = blank.ifelse(1, 0).sum()
        found = company.first(table.aggregate(**numbers))
        equal = None
        if all(comparable(kind) for kind in table.schema().types):
            equal = found["rows"] - company.first(table.distinct().aggregate(rows=ibis._.count()))["rows"]
        counts = {column: found[f"blank {place}"] or 0 for place, column in enumerate(table.columns)}
        yield SourceReport(name, found["rows"], equal, {column: count for column, count in counts.items() if count})


def comparable(kind: dt.DataType) -> bool:
    """Whether every engine can tell that two values of this type are equal; JSON and lists it cannot."""
    plain = kind.is_string() or kind.is_numeric() or kind.is_boolean()
    return bool(plain or kind.is_temporal() or kind.is_uuid())
