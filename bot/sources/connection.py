"""What every connector offers: an open source, read-only, safe to use from many threads.

A connector is a module of this folder with two names:

    SCHEMES: tuple[str, ...]                        the URL schemes it answers to
    connect(url: str, base: Path) -> Connection     opens it; `base` is the workspace file's folder

It is found by its `SCHEMES`; nothing else has to be told about it.
"""

from __future__ import annotations

import importlib
import pkgutil
import time
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Protocol

import ibis.expr.types as ir
import pandas as pd
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from bot.errors import BadWorkspace

HOLDS_SECONDS = 600
MOST_ROWS = 5_000_000
"""Rows that one query may bring back: answers fetch sums, and the lists of people behind a campaign are not longer."""
COPY_SECONDS = 600.0
"""How long a table may take to be brought into shape when it is first read."""


class Connection(Protocol):
    """An open source. Errors of its library never leave it: `errors.Unavailable` and `BadData` do."""

    @property
    def dialect(self) -> str:
        """The name sqlglot and ibis give its SQL."""

    @property
    def names(self) -> tuple[str, ...]:
        """The tables it has, under the company's own names, sorted."""

    def raw(self, name: str) -> ir.Table:
        """One of its tables as it is; the expression reads nothing yet."""

    def select(self, query: str) -> ir.Table:
        """A SELECT over its tables; raises `SelectError` where the source refuses it."""

    def keep(self, name: str, table: ir.Table, *, parsed: bool, selected: bool) -> ir.Table:
        """The canonical table `name`, made from `table`, in the form that later questions read fastest.

        `parsed`: text is turned into types on the way, which nobody wants to pay for twice.
        `selected`: the company's own SELECT is behind it.
        """

    def run(self, expression: ir.Expr, statement: str, seconds: float) -> pd.DataFrame:
        """What the statement, compiled from the expression, returns, not yet in the expression's types.

        Raises `Unavailable` (`source_timeout`) after so many seconds, `BadData` (`too_many_rows`) beyond MOST_ROWS.
        """

    def writable(self) -> tuple[str, ...]:
        """What could be changed with the rights that the source was opened with: tables, schemas, or all of it.

        Empty where nothing can be changed, whatever is asked.
        """

    def version(self) -> str:
        """A short text that changes when the data does."""


def parsed_select(query: str, dialect: str) -> exp.Query:
    """The tree of one SELECT; raises `SelectError` for anything else, also for two statements."""
    try:
        tree = sqlglot.parse_one(query.strip().rstrip(";"), dialect=dialect)
    except SqlglotError as error:
        raise SelectError from error
    if not isinstance(tree, exp.Query):
        raise SelectError
    return tree


def lately() -> str:
    """The version of what does not say when it was written to: what was read from it holds for ten minutes."""
    return str(int(time.monotonic() // HOLDS_SECONDS))


def tables_in(tree: exp.Query) -> set[str]:
    """The names of the tables a SELECT reads; names of its own WITH parts may be among them."""
    return {table.name for table in tree.find_all(exp.Table) if table.name}


class SelectError(Exception):
    """A SELECT the source refuses; `unknown` is the column or table it does not know, if it said so."""

    def __init__(self, unknown: str | None = None) -> None:
        super().__init__(unknown or "")
        self.unknown = unknown


Connect = Callable[[str, Path], Connection]


@cache
def connectors() -> Mapping[str, Connect]:
    """URL scheme → the `connect` of the module in this folder that declares it."""
    found: dict[str, Connect] = {}
    for info in pkgutil.iter_modules([str(Path(__file__).parent)], f"{__package__}."):
        module = importlib.import_module(info.name)
        for scheme in getattr(module, "SCHEMES", ()):
            found[scheme] = module.connect
    return found


def connect(url: str, base: Path) -> Connection:
    """Open the source a URL names. Raises `BadWorkspace` (`unknown_scheme`)."""
    scheme = url.partition(":")[0].lower()
    if scheme not in connectors():
        raise BadWorkspace("unknown_scheme", scheme=scheme, known=sorted(connectors()))
    return connectors()[scheme](url, base)


def place(url: str, base: Path) -> Path:
    """The path after the scheme (`files:DIR`, `duckdb:///abs.db`), seen from the workspace file's folder."""
    rest = url.partition(":")[2].removeprefix("//")
    return (base / Path(rest).expanduser()).resolve()
