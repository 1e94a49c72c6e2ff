"""When: calendar days in the reporting zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo


class Grain(StrEnum):
    """The calendar unit of a window, and of the steps of a trend."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    RANGE = "range"

    @property
    def months(self) -> int:
        """The calendar months of one; 0 for a unit that is counted in days."""
        return {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}.get(self, 0)

    @property
    def days(self) -> tuple[int, int]:
        """The fewest and the most days of one."""
        months = {Grain.MONTH: (28, 31), Grain.QUARTER: (90, 92), Grain.YEAR: (365, 366)}
        return months.get(self, (7, 7) if self is Grain.WEEK else (1, 1))


@dataclass(frozen=True, slots=True)
class Window:
    """Calendar days `[start, end)` in the reporting zone.

    `name` says how the period was meant ("month", "week", "last_n_days", "to_date", "range"),
    for phrasing only; `complete` is False while the data does not reach its end.
    In a trend `grain` is the step and `[start, end)` spans all steps.
    """

    start: date
    end: date
    grain: Grain = Grain.RANGE
    zone: str = "UTC"
    name: str = ""
    complete: bool = True

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def first(self) -> datetime:
        """The instant (naive UTC) at which the window opens."""
        return instant(self.start, self.zone)

    @property
    def last(self) -> datetime:
        """The instant (naive UTC) at which the window closes; itself outside."""
        return instant(self.end, self.zone)


@dataclass(frozen=True, slots=True)
class Happening:
    """What happened on a day: an annotation, a release or a campaign; `kind` as the annotations have it."""

    day: date
    what: str
    kind: str
    country: str | None = None
    """Where; None: everywhere."""


def instant(day: date, zone: str) -> datetime:
    """Midnight at the start of `day` in `zone`, as naive UTC; right on daylight-saving days too."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)


def local_day(moment: datetime, zone: str) -> date:
    """The calendar day in `zone` of a naive UTC instant."""
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()
