"""Files of rows that a spreadsheet opens and runs nothing of.

A cell that begins like a formula gets an apostrophe before it, which a spreadsheet takes for "this is text". The same
inside of a cell after a separator or a line break: where the list separator is a semicolon, as in most of Europe, a
spreadsheet cuts our lines elsewhere than we do. Source: OWASP, CSV Injection.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
FORMULA = re.compile(r"""(^|[;,\t\r\n])([\s"']*?)(?=[=+\-@＝＋－＠\t\r])""")
"""Where a formula could begin; the wide signs are taken for the others by a Japanese spreadsheet."""
ODD = re.compile(r"""[=+\-@＝＋－＠\t\r]""")


def harmless(value: Any) -> str:
    """The text of a cell, so that no spreadsheet runs it; nothing at all for None."""
    if value is None:
        return ""
    text = str(value)
    return FORMULA.sub(r"\1\2'", text) if ODD.search(text) else text


def write_rows(
    path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]], *, bom: bool = True
) -> Iterator[int]:
    """Write a file of rows, and tell now and then how many there are so far, at last how many there were.

    With `bom` the file begins with the mark by which Excel knows UTF-8; without it Excel takes the letters of é and ł
    for others. A tool that imports the file may take the mark for part of the first column's name.
    """
    number = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(BOM if bom else "")
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow([harmless(column) for column in columns])
        for number, row in enumerate(rows, 1):
            writer.writerow([harmless(row.get(column)) for column in columns])
            if number % 10_000 == 0:
                yield number
    yield number
