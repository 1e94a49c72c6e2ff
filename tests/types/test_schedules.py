"""When a schedule is due: against the wall clocks of four zones, read off quarter of an hour by quarter of an hour."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bot.types import Cadence, Schedule
from bot.types.schedules import instant_of, latest_due, moved, next_due

ZONES = ("America/New_York", "Europe/Warsaw", "America/Santiago", "Pacific/Auckland")
QUARTER = timedelta(minutes=15)
BEGIN, END = datetime(2026, 1, 1), datetime(2027, 1, 3)
quarters = some.builds(time, some.integers(0, 23), some.sampled_from((0, 15, 30, 45)))


def schedule(zone: str, at: time, cadence: Cadence = Cadence.DAILY, day: int | None = None) -> Schedule:
    return Schedule("T1", "C1", "U1", cadence, at, zone, "en", day)


@cache
def walls(zone: str) -> Mapping[date, list[tuple[datetime, time]]]:
    """Each local day with its quarters of an hour: (instant, what the clock on the wall shows)."""
    found: dict[date, list[tuple[datetime, time]]] = {}
    place, instant = ZoneInfo(zone), BEGIN
    while instant < END:
        local = instant.replace(tzinfo=UTC).astimezone(place)
        found.setdefault(local.date(), []).append((instant, local.time()))
        instant += QUARTER
    return found


def by_the_wall(zone: str, day: date, at: time) -> datetime:
    """The first instant of a day at which the clock on the wall shows the time, or has gone past it."""
    return next(instant for instant, shown in walls(zone)[day] if shown >= at)


def fired(one: Schedule, first: datetime, last: datetime) -> list[datetime]:
    found, now = [], first
    while (now := next_due(one, now)) <= last:
        found.append(now)
    return found


@settings(max_examples=40, deadline=None)
@given(zone=some.sampled_from(ZONES), at=quarters)
def test_a_daily_one_is_due_once_on_each_local_day_at_its_local_time(zone: str, at: time) -> None:
    days = [date(2026, 1, 3) + timedelta(days=n) for n in range(362)]
    before = by_the_wall(zone, days[0], at) - timedelta(seconds=1)
    assert fired(schedule(zone, at), before, by_the_wall(zone, days[-1], at)) == [
        by_the_wall(zone, day, at) for day in days
    ]


@settings(max_examples=60, deadline=None)
@given(zone=some.sampled_from(ZONES), at=quarters, minutes=some.integers(0, 500_000), day=some.integers(0, 6))
def test_the_next_time_comes_after_and_the_last_one_not_after_any_instant(
    zone: str, at: time, minutes: int, day: int
) -> None:
    now = BEGIN + timedelta(days=8, minutes=minutes)
    for one in (schedule(zone, at), schedule(zone, at, Cadence.WEEKLY, day), schedule(zone, at, Cadence.MONTHLY, 31)):
        last, following = latest_due(one, now), next_due(one, now)
        assert last <= now < following
        assert next_due(one, last) == following
        assert latest_due(one, following) == following


@pytest.mark.parametrize("zone", ZONES)
def test_a_weekly_one_is_due_every_seven_local_days(zone: str) -> None:
    found = fired(schedule(zone, time(9), Cadence.WEEKLY, 0), BEGIN, datetime(2026, 12, 31))
    local = [one.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)) for one in found]
    assert {(one.weekday(), one.hour, one.minute) for one in local} == {(0, 9, 0)}
    assert {b.date() - a.date() for a, b in pairwise(local)} == {timedelta(days=7)}
    assert len(local) == 52


def test_a_monthly_one_on_day_31_is_due_on_the_last_day_of_each_month() -> None:
    found = fired(schedule("Europe/Warsaw", time(9), Cadence.MONTHLY, 31), BEGIN, datetime(2026, 12, 31, 23))
    assert [one.day for one in found] == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    first = fired(schedule("Europe/Warsaw", time(9), Cadence.MONTHLY, 1), BEGIN, datetime(2026, 12, 31))
    assert [(one.month, one.day) for one in first] == [(month, 1) for month in range(1, 13)]


@pytest.mark.parametrize(
    ("zone", "local", "instant"),
    [
        ("America/New_York", datetime(2026, 3, 8, 2, 30), datetime(2026, 3, 8, 7)),  # skipped: 3:00 is next
        ("America/New_York", datetime(2026, 11, 1, 1, 30), datetime(2026, 11, 1, 5, 30)),  # twice: the first
        ("America/Santiago", datetime(2026, 9, 6, 0, 0), datetime(2026, 9, 6, 4)),  # midnight is skipped
        ("Europe/Warsaw", datetime(2026, 10, 25, 2, 30), datetime(2026, 10, 25, 0, 30)),
        ("Pacific/Auckland", datetime(2026, 9, 27, 2, 15), datetime(2026, 9, 26, 14)),
        ("Pacific/Apia", datetime(2011, 12, 30, 9), datetime(2011, 12, 30, 10)),  # a whole day is skipped
        ("Australia/Lord_Howe", datetime(2026, 10, 4, 2, 10), datetime(2026, 10, 3, 15, 30)),  # half an hour is
        ("UTC", datetime(2026, 11, 9, 9), datetime(2026, 11, 9, 9)),
    ],
)
def test_a_local_time_that_is_skipped_or_comes_twice_has_one_instant(
    zone: str, local: datetime, instant: datetime
) -> None:
    assert instant_of(local, zone) == instant


def test_who_travels_gets_the_day_that_is_due_once_at_the_hour_of_the_new_zone() -> None:
    due = datetime(2026, 11, 10, 8)  # Tuesday, 9:00 in Warsaw
    one = Schedule("T1", "D1", "U1", Cadence.DAILY, time(9), "Europe/Warsaw", "en", personal=True, due=due)
    assert moved(one, "America/New_York") == datetime(2026, 11, 10, 14)
    assert moved(one, "Pacific/Auckland") == datetime(2026, 11, 9, 20)
