"""Runs every benchmark on the demo company and prints one table."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table

from benchmarks.answering import answering, questions, understanding
from benchmarks.drafting import drafting
from benchmarks.figures import Figure
from benchmarks.importing import importing
from benchmarks.measuring import measuring
from benchmarks.searching import searching
from benchmarks.starting import ROOT, starting
from bot.wiring import service_of


def figures() -> Iterator[list[Figure]]:
    """The figures of one benchmark after the other."""
    yield starting()
    service = service_of(ROOT / "workspace.toml")
    asked = questions(service)
    yield understanding(service, asked)
    yield answering(service, asked)
    yield measuring(service)
    yield searching()
    yield importing()
    yield drafting()


def main() -> None:
    """One table, a section for each benchmark."""
    load = os.getloadavg()[0]
    title = f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f} at the start"
    table = Table("what", "value", "unit", "note", title=title)
    table.columns[1].justify = "right"
    for section in figures():
        for one in section:
            table.add_row(one.what, one.value, one.unit, one.note)
        table.add_section()
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
