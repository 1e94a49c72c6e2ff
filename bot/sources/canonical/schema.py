"""What a canonical table is made of, and short words to write one down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["text", "flag", "count", "number", "money", "instant", "day"]

TYPES: dict[Kind, str] = {
    "text": "string",
    "flag": "boolean",
    "count": "int64",
    "number": "float64",
    "money": "float64",
    "instant": "timestamp",
    "day": "date",
}
"""Kind → the ibis type it is pinned to. Instants are naive UTC, money is in major units."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it holds, whether a company must map it, and the table it points to."""

    name: str
    kind: Kind
    meaning: str
    required: bool = False
    refers: str | None = None
    """The table whose one-column key this column repeats."""
    signed: bool = False
    """True where a number below zero is ordinary; elsewhere it is an oddity."""
    words: tuple[str, ...] = ()
    """The only words it may hold, where metrics tell them apart."""

    @property
    def type(self) -> str:
        """The ibis type as a string."""
        return TYPES[self.kind]


@dataclass(frozen=True, slots=True)
class Table:
    """One canonical table; `columns` are in the order in which every source offers them."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    """The columns that name one row; empty where equal rows are different things."""
    whose: tuple[str, ...] = ()
    """The columns that say whose row it is: at least one must be mapped, and filled in every row."""
    instant: str | None = None
    """The column that lays the table in time; it may not lie in the future."""
    order: tuple[tuple[str, str], ...] = ()
    """Pairs of instants of which the first may not be after the second."""

    def column(self, name: str) -> Column | None:
        """The column of that name, if the table has it."""
        return next((column for column in self.columns if column.name == name), None)

    @property
    def names(self) -> tuple[str, ...]:
        """The column names in canonical order."""
        return tuple(column.name for column in self.columns)

    @property
    def schema(self) -> dict[str, str]:
        """Column name → ibis type, in canonical order."""
        return {column.name: column.type for column in self.columns}


def text(name: str, meaning: str, *, required: bool = False, refers: str | None = None, words: str = "") -> Column:
    """Words, codes and ids; ids are always text, also where the source counts them."""
    return Column(name, "text", meaning, required, refers, words=tuple(words.split()))


def flag(name: str, meaning: str) -> Column:
    """True, false or unknown."""
    return Column(name, "flag", meaning)


def count(name: str, meaning: str, *, required: bool = False, signed: bool = False) -> Column:
    """A whole number."""
    return Column(name, "count", meaning, required, signed=signed)


def number(name: str, meaning: str, *, required: bool = False, signed: bool = True) -> Column:
    """A number with a fraction that is not money."""
    return Column(name, "number", meaning, required, signed=signed)


def money(name: str, meaning: str, *, required: bool = False, signed: bool = False) -> Column:
    """An amount in major units of its row's currency, else of the company's."""
    return Column(name, "money", meaning, required, signed=signed)


def instant(name: str, meaning: str, *, required: bool = False) -> Column:
    """A point in time, naive UTC."""
    return Column(name, "instant", meaning, required)


def day(name: str, meaning: str) -> Column:
    """A calendar day in the reporting zone."""
    return Column(name, "day", meaning)
