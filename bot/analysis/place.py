"""Where a change is: the segment, or the pair of them, that an explanation names, and how sure its size is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any

from bot.analysis.drivers import ERROR, Driver
from bot.analysis.explain import Explanation
from bot.analysis.usual import Z
from bot.types import Evidence, Filters, Shape, Unit, filters


@dataclass(frozen=True)
class Place:
    """A segment that stands out: what it adds to the change, with its 95 % interval where that can be told.

    `p` is the chance that anything is named so where nothing happened, over all that was tried; `mix` is what the
    changed sizes of all segments of the split add, and `evidence` that split.
    """

    where: tuple[tuple[str, str], ...]
    row: Mapping[str, Any]
    effect: float
    interval: tuple[float, float] | None
    p: float
    mix: float | None
    evidence: Evidence

    @property
    def filters(self) -> Filters:
        return filters({name: [value] for name, value in self.where})


def place_of(found: Explanation, looks: int = 1) -> Place | None:
    """The pair where one says more than its halves, else the segment; None where none stands out.

    `looks` is how many periods were looked through before this one was chosen: the chance is that of all of them.
    """
    named = [*([found.pair] if found.pair else []), *found.named]
    driver = next((one for one in named if one.p * looks <= ERROR), None)
    if driver is None:
        return None
    splits = (*([found.crossed] if found.crossed else []), *found.drivers)
    evidence = next((one for one in splits if one.query.by == driver.dimensions), None)
    row = next((one for one in evidence.rows if _is(one, driver)), None) if evidence else None
    if evidence is None or row is None:
        return None
    half = half_of(evidence, row)
    interval = (row["effect"] - half, row["effect"] + half) if half is not None else None
    return Place(driver.segment, row, row["effect"], interval, min(1.0, driver.p * looks), mix_of(evidence), evidence)


def _is(row: Mapping[str, Any], driver: Driver) -> bool:
    return all(str(row[name]) == value for name, value in driver.segment)


def mix_of(evidence: Evidence) -> float | None:
    """What the changed sizes of the segments add to the change; None for sums, which have no mix."""
    shares = evidence.shape is not Shape.LEVEL
    return float(sum(row["mix_effect"] for row in evidence.rows)) if shares else None


def half_of(evidence: Evidence, row: Mapping[str, Any]) -> float | None:
    """Half the 95 % interval of what a segment adds: of a share by its counts, of a count as Poisson's."""
    part, whole, before, base = (row[name] for name in ("part", "whole", "baseline_part", "baseline_whole"))
    if evidence.shape is Shape.LEVEL:
        return Z * sqrt(part + before) if evidence.unit is Unit.COUNT else None
    if evidence.unit is not Unit.SHARE or evidence.parts != "counts" or not whole or not base:
        return None
    total, total_before = (sum(one[name] for one in evidence.rows) for name in ("whole", "baseline_whole"))
    now, then = (part + 0.5) / (whole + 1), (before + 0.5) / (base + 1)  # so that none of ten is not sure
    error = now * (1 - now) / whole + then * (1 - then) / base
    return float(Z * sqrt(error) * (whole / total + base / total_before) / 2)
