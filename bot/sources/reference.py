"""The page of the canonical tables, made from their declarations: `make docs` writes docs/tables.md."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from bot.sources.canonical import TABLES, Column, Table

HEAD = """# The tables

What metrics read, whatever you call your own: made from `bot/sources/canonical/` by `make docs`. Map the tables and
columns that you have ([connect your data](data.md)); only those in bold must be there for a table to be of use, and
`python app.py check` names what each metric lacks. Instants are UTC; money is in major units of its row's currency.
"""


def page() -> str:
    """The whole page in Markdown."""
    return "".join([HEAD, *(line for table in TABLES.values() for line in _table(table))])


def _table(table: Table) -> Iterator[str]:
    yield f"\n## {table.name}\n\n{table.meaning}\n\n| column | what it holds |\n|---|---|\n"
    for column in table.columns:
        name = f"**{column.name}**" if column.required else column.name
        yield f"| {name} | {column.kind}: {_meaning(column)} |\n"


def _meaning(column: Column) -> str:
    words = f" ({', '.join(column.words)})" if column.words else ""
    refers = f" → [{column.refers}](#{column.refers})" if column.refers else ""
    return f"{column.meaning}{words}{refers}"


if __name__ == "__main__":
    sys.stdout.write(page())
