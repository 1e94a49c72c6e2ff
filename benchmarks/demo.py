"""The bot on the demo company: from the start of a process, in one that runs already, and with what it keeps.

What is measured in a running process has one of its own, which also tells its memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from typing import Any

from benchmarks.answering import answering, questions, understanding
from benchmarks.apart import Way, Work, in_turns
from benchmarks.bounds import Line, at_most
from benchmarks.figures import Figure, milliseconds, timed
from benchmarks.searching import searching
from benchmarks.starting import ROOT, starting
from bot.service import Service
from bot.types import Question, Rights
from bot.wiring import service_of

ASKED = 60
"""So many questions of the first set are asked."""


def demo() -> Iterator[Line]:
    """Start to answer, understanding alone, question to answer with and without what is kept, the weekly summary."""
    yield from (line_of(one) for one in starting(times=3))
    for name in ("understood", "answered", "summed_up"):
        yield from _apart(name)


def index() -> Iterator[Line]:
    """The playbook's index: built anew, and searched."""
    yield from _apart("indexed")


def understood() -> Work:
    """Words → Query alone."""
    service = service_of(ROOT / "workspace.toml")
    return _work(lambda: understanding(service, questions(service)[:ASKED]))


def answered() -> Work:
    """Question → answer: each for the first time, then once more, when its results are kept."""
    service = service_of(ROOT / "workspace.toml")

    def both() -> list[Figure]:
        asked = questions(service)[:ASKED]
        first, again = answering(service, asked), answering(service, asked)
        return [*first, *(replace(one, what=f"{one.what}, asked before") for one in again)]

    return _work(both)


def summed_up() -> Work:
    """The weekly summary for everybody, and once more from what is kept."""
    service = service_of(ROOT / "workspace.toml")
    return _work(lambda: [_week(service, "for the first time"), _week(service, "asked before")])


def _week(service: Service, when: str) -> Figure:
    return milliseconds(
        f"weekly summary, {when}", [timed(lambda: service.weekly(Question("", service.now(), Rights())))]
    )


def indexed() -> Work:
    """A fresh index, then searches."""
    return _work(lambda: searching(limit=40))


def _work(measured: Callable[[], list[Figure]]) -> Work:
    return lambda: {"answer": [asdict(one) for one in measured()]}


def _apart(name: str) -> Iterator[Line]:
    (taken,) = in_turns([Way(f"benchmarks.demo:{name}", ())], times=0)
    figures: list[dict[str, Any]] = taken.answer
    for one in figures:
        note = f"peak {taken.mebibytes:.0f} MiB"
        yield line_of(Figure(**{**one, "note": f"{one['note']}; {note}" if one["note"] else note}))


def line_of(figure: Figure) -> Line:
    """A figure that has no bound."""
    return Line(figure.what, at_most(float(figure.value)), figure.note, figure.unit)
