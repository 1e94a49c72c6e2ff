"""Runs the parts of the benchmark that are named, or all of them, and prints one table.

Exit 0: every bound holds; 1: one of them does not.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.bounds import Line
from benchmarks.demo import demo, index, line_of
from benchmarks.drafting import drafting
from benchmarks.growth import LARGEST, SIZES, growth
from benchmarks.importing import importing
from benchmarks.metrics import EVENTS, metrics
from benchmarks.page import machine, page

PAGE = Path(__file__).resolve().parents[1] / "docs" / "performance.md"


def peers(events: int, times: int) -> Iterator[Line]:
    """What is compared with pandas, Polars and lifelines, of which two are installed for nothing else."""
    from benchmarks.peers import peers as compared

    return compared(events, times)


def parts(events: int, times: int, *, full: bool) -> Mapping[str, Callable[[], Iterator[Line]]]:
    """Name → what measures it."""
    return {
        "metrics": lambda: metrics(events, times),
        "peers": lambda: peers(events, times),
        "growth": lambda: growth((*SIZES, LARGEST) if full else SIZES, times),
        "demo": demo,
        "index": index,
        "imports": lambda: (line_of(one) for one in importing()),
        "drafts": lambda: (line_of(one) for one in drafting()),
    }


def main() -> int:
    """A section for each part as it comes in, then the page where it is asked for."""
    known = parts(0, 0, full=False)
    asked = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    asked.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(known)}; without any: all of them")
    asked.add_argument("--events", type=int, default=EVENTS, help="events of the company measured (10 million)")
    asked.add_argument("--times", type=int, default=5, help="turns of each way, after one to warm up (5)")
    asked.add_argument("--full", action="store_true", help="growth up to 100 million events, too")
    asked.add_argument("--page", action="store_true", help="write docs/performance.md")
    given = asked.parse_args()
    if unknown := [name for name in given.parts if name not in known]:
        asked.error(f"there is no part {', '.join(unknown)}; the parts are {', '.join(known)}")
    measured: dict[str, list[Line]] = {}
    console = Console(width=160)
    console.print(machine())
    for name, part in parts(given.events, given.times, full=given.full).items():
        if given.parts and name not in given.parts:
            continue
        measured[name] = list(part())
        console.print(section(name, measured[name]))
    if given.page:
        command = " ".join(["python -m benchmarks", *sys.argv[1:]])
        PAGE.write_text("\n".join(page(measured, command, given.events)) + "\n", encoding="utf-8")
    return 0 if all(one.bound.holds for lines in measured.values() for one in lines) else 1


def section(name: str, lines: list[Line]) -> Table:
    """The lines of one part."""
    table = Table("what", "value", "unit", "bound", "note", title=name)
    table.columns[1].justify = "right"
    for one in lines:
        table.add_row(one.what, one.value, one.unit, one.verdict, one.note)
    return table


if __name__ == "__main__":
    sys.exit(main())
