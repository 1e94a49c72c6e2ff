"""The play that fits a finding: by the signals both name, without an index or a model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.playbook.plays import Play, Signal
from bot.playbook.record import Record


@dataclass(frozen=True, slots=True)
class Fit:
    """A play, and which of its own signals the finding shows: the reason for choosing it."""

    play: Play
    because: tuple[Signal, ...]


def fits(plays: Iterable[Play], signals: Sequence[Signal], records: Mapping[str, Record]) -> tuple[Fit, ...]:
    """The plays that answer any of the signals, the best first.

    A play that names the place of the change (its interval, its reason) goes before one that
    names only the metric; then the one that answers the earlier signal; then the one from which
    more is to be expected here, by `records` (play → its record); then the one that answers more
    of them. A play that clearly did harm here goes last.
    """
    found = []
    for play in plays:
        because = tuple(own for own in play.signals if any(_shows(seen, own) for seen in signals))
        if because:
            narrowest = max(len(own.where) for own in because)
            first = min(i for i, seen in enumerate(signals) if any(_shows(seen, own) for own in because))
            record = records.get(play.id)
            lost, likely = (record.lost, record.likely) if record else (False, 0.0)
            found.append(((lost, -narrowest, first, -likely, -len(because), play.id), Fit(play, because)))
    return tuple(fit for _, fit in sorted(found, key=lambda pair: pair[0]))


def _shows(seen: Signal, own: Signal) -> bool:
    """Whether what was seen is a case of what the play answers."""
    if (seen.metric, seen.direction) != (own.metric, own.direction):
        return False
    where = dict(seen.where)
    return all(set(values) & set(where.get(name, ())) for name, values in own.where)
