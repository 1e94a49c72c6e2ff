"""What becomes of time and memory as a company grows tenfold: no more than tenfold time, and memory that suffices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from benchmarks.apart import Taken, Way, in_turns
from benchmarks.bounds import Line, at_most
from benchmarks.by_hand import CASES

SIZES = (1_000_000, 10_000_000)
LARGEST = 100_000_000
FOLLOWED = ("churn_rate", "active_users", "cohort_retention (active)", "repeat_purchase_rate")
LINEAR, GIBIBYTES = 1.0, 8.0
"""Growth of time per growth of data, and the memory at the largest size, at most."""


def growth(sizes: Sequence[int] = SIZES, times: int = 3) -> Iterator[Line]:
    """For each metric: time per event from each size to the next, and the peak memory at the last."""
    for name in FOLLOWED:
        case = next(number for number, one in enumerate(CASES) if one.name == name)
        taken = in_turns([Way("benchmarks.metrics:ours", (size, case)) for size in sizes], times)
        for (small, before), (large, after) in pairwise(zip(sizes, taken, strict=True)):
            yield _grown(name, large / small, f"{small / 1e6:g} → {large / 1e6:g} million events", before, after)
        note = f"at {sizes[-1] / 1e6:g} million events"
        yield Line(f"{name}: peak memory", at_most(taken[-1].mebibytes / 1024, GIBIBYTES), note, "GiB")


def _grown(name: str, times: float, sizes: str, before: Taken, after: Taken) -> Line:
    seconds = before.seconds["run"], after.seconds["run"]
    note = f"{sizes}: {seconds[0] * 1000:.0f} → {seconds[1] * 1000:.0f} ms; peak {after.mebibytes:.0f} MiB"
    return Line(f"{name}: growth of time per growth of data", at_most(seconds[1] / seconds[0] / times, LINEAR), note)
