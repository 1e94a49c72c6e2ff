"""Telling once: a figure that left what is usual is told when it leaves, and again after it had been back. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.types import Grain

PAUSE_DAYS: Mapping[Grain, int] = {Grain.DAY: 7, Grain.WEEK: 14}
"""Days for which a figure that was told of is not told of again, by the period that is judged."""
LONG_PAUSE_DAYS = 31
NORMAL = ""


@dataclass(frozen=True, slots=True)
class Sight:
    """What one figure does in a period: which figure, and which way it is off; `NORMAL` where it is not."""

    key: str
    way: str


Out = Mapping[str, Mapping[str, Any]]
"""Key of a figure → `way`, which way it is off since it was told of, and `on`, the day of that (ISO)."""


def fresh(out: Out, seen: Sequence[Sight], day: date, grain: Grain) -> tuple[tuple[str, ...], dict[str, Any]]:
    """(the figures to be told of now, what is out after it). One that was not seen stays as it was."""
    after = {key: dict(one) for key, one in out.items()}
    new = []
    pause = PAUSE_DAYS.get(grain, LONG_PAUSE_DAYS)
    for one in seen:
        before = after.get(one.key)
        if one.way == NORMAL:
            if before:
                before["way"] = NORMAL
        elif before is None or (before["way"] != one.way and (day - date.fromisoformat(before["on"])).days >= pause):
            new.append(one.key)
            after[one.key] = {"way": one.way, "on": day.isoformat()}
    return tuple(new), after
