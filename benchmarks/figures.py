"""What a benchmark gives, and how time is taken."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: `value` in `unit`, both as they are printed."""

    what: str
    value: str
    unit: str
    note: str = ""


def timed(work: Callable[[], object]) -> float:
    """The seconds a piece of work takes, by the clock on the wall."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def spent(work: Callable[[], object]) -> tuple[float, float]:
    """The seconds a piece of work takes by the clock on the wall, and those that the cores of this process spend."""
    before = time.process_time()
    return timed(work), time.process_time() - before


def repeated(work: Callable[[], object], times: int) -> list[float]:
    """The seconds of each of several runs."""
    return [timed(work) for _ in range(times)]


def percentile(seconds: Iterable[float], share: float) -> float:
    """The smallest of the values that at least this share of them does not exceed."""
    ordered = sorted(seconds)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def milliseconds(what: str, seconds: Sequence[float], note: str = "") -> Figure:
    """The median, in milliseconds."""
    return Figure(what, f"{median(seconds) * 1000:.1f}", "ms", note)
