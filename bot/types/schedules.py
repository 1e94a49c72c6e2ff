"""Summaries that come by themselves, and the instants at which they are due. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import count
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from bot.types.windows import local_day

Readers: TypeAlias = Literal["leadership", "marketing", "success"]
"""For whom a summary is told: the same numbers in another order and length."""
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
LAST_DAY = 31
"""The day of the month that is the last one in every month."""


class Cadence(StrEnum):
    """How often a summary comes; it tells the last complete day, week or month."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Schedule:
    """A summary that comes by itself, to a channel or to its owner alone.

    `day` is the day of the week (Monday = 0) of a weekly one, the day of the month of a monthly one: where a month
    is shorter, its last. `at` is local to `zone`, an IANA name. A `personal` one follows its owner's zone. `due` is
    the next time it is due, naive UTC.
    """

    team: str
    channel: str
    owner: str
    cadence: Cadence
    at: time
    zone: str
    language: str
    day: int | None = None
    readers: Readers | None = None
    personal: bool = False
    state: Literal["active", "paused", "deleted"] = "active"
    due: datetime = datetime.max
    id: int = 0
    data: str = ""
    """The data set it was made on, by its name in the workspace; empty for the main one."""


def next_due(schedule: Schedule, after: datetime) -> datetime:
    """The first instant later than `after` at which it is due; both naive UTC."""
    start = local_day(after, schedule.zone) - DAY
    return next(due for due in _dues(schedule, start, DAY) if due > after)


def latest_due(schedule: Schedule, until: datetime) -> datetime:
    """The last instant up to `until` at which it was due; both naive UTC."""
    start = local_day(until, schedule.zone) + DAY
    return next(due for due in _dues(schedule, start, -DAY) if due <= until)


def moved(schedule: Schedule, zone: str) -> datetime:
    """The instant at which the due day has the schedule's hour in another zone: nobody who travels gets a day twice."""
    return instant_of(datetime.combine(local_day(schedule.due, schedule.zone), schedule.at), zone)


def instant_of(local: datetime, zone: str) -> datetime:
    """The instant (naive UTC) of a local time: of one that comes twice the first, of one that is skipped the first
    instant after it."""
    place = ZoneInfo(zone)

    def offset(at: datetime) -> timedelta:
        return at.replace(tzinfo=UTC).astimezone(place).utcoffset() or timedelta()

    instant = local.replace(tzinfo=place, fold=0).astimezone(UTC).replace(tzinfo=None)
    if instant + offset(instant) == local:
        return instant
    after = offset(instant)
    before, late = instant - (instant + after - local), instant  # the clocks went forward between these two
    while late - before > SECOND:
        middle = before + (late - before) // (2 * SECOND) * SECOND
        before, late = (before, middle) if offset(middle) == after else (middle, late)
    return late


def _dues(schedule: Schedule, start: date, step: timedelta) -> Iterator[datetime]:
    """The instants of the days from `start` on that it falls on, forwards or backwards."""
    days = (start + number * step for number in count())
    return (instant_of(datetime.combine(day, schedule.at), schedule.zone) for day in days if _falls(schedule, day))


def _falls(schedule: Schedule, day: date) -> bool:
    match schedule.cadence:
        case Cadence.DAILY:
            return True
        case Cadence.WEEKLY:
            return day.weekday() == schedule.day
        case Cadence.MONTHLY:
            return day.day == min(schedule.day or 1, monthrange(day.year, day.month)[1])
