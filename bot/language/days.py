"""The calendar that periods are counted on, and the days that each form of a period stands for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any, TypeAlias

from bot.errors import BadQuestion
from bot.types import Grain, Happening, Window

ONE_DAY = timedelta(days=1)
MOST_UNITS = 1_000
FEW = 3
FIRST_HALF = 15
"""Days of the first half of a month."""
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}
"""Season → its first month."""
"""How many "the last weeks" are; always stated."""
MONTHS_OF = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Calendar:
    """The day after the last complete day of data, and how a company counts weeks."""

    as_of: date
    week_start: int = 0
    zone: str = "UTC"
    happened: Callable[[], tuple[Happening, ...]] = tuple
    """What is on record to name days by, the earliest first."""

    def start(self, day: date, unit: Grain) -> date:
        """The first day of the unit that `day` falls in."""
        if unit is Grain.WEEK:
            return day - timedelta(days=(day.weekday() - self.week_start) % 7)
        if unit is Grain.MONTH:
            return day.replace(day=1)
        if unit is Grain.QUARTER:
            return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        if unit is Grain.YEAR:
            return date(day.year, 1, 1)
        return day

    def shift(self, start: date, unit: Grain, n: int) -> date:
        """The first day of the unit `n` units after the one that begins at `start`."""
        if unit in MONTHS_OF:
            months = start.year * 12 + start.month - 1 + n * MONTHS_OF[unit]
            return date(months // 12, months % 12 + 1, 1)
        return start + timedelta(days=n * (7 if unit is Grain.WEEK else 1))

    def away(self, day: date, unit: Grain, n: int) -> date:
        """The day `n` units from this one, the same of its month where there is such; ValueError for too many."""
        if not 1 <= abs(n) <= MOST_UNITS:
            raise ValueError(n)
        if unit in MONTHS_OF:
            first = self.shift(day, unit, n)
            last = self.shift(first, Grain.MONTH, 1) - ONE_DAY
            return first.replace(day=min(day.day, last.day))
        return self.shift(day, unit, n)

    def unit(self, day: date, unit: Grain) -> tuple[date, date]:
        """The unit that `day` falls in, as `[start, end)`."""
        start = self.start(day, unit)
        return start, self.shift(start, unit, 1)

    def back(self, n: int, unit: Grain) -> tuple[date, date]:
        """The n complete units before as-of."""
        if not 1 <= n <= MOST_UNITS:
            raise ValueError(n)
        end = self.start(self.as_of, unit)
        return self.shift(end, unit, -n), end

    def latest(self, month: int, day: int = 1, *, months: int = 1) -> date:
        """The latest such day of the year before as-of; what begins there may last several `months`."""
        del months  # it has begun, however long it lasts
        year = self.as_of.year
        while True:
            try:
                found = date(year, month, day)
            except ValueError:
                if year <= self.as_of.year - 8:
                    raise
            else:
                if found < self.as_of:
                    return found
            year -= 1

    def window(self, text: str, days: tuple[date, date], grain: Grain = Grain.RANGE, name: str = "") -> Window:
        """The window of these days, cut at as-of; BadQuestion when nothing of it has begun."""
        start, end = days
        if start >= self.as_of:
            raise BadQuestion("period_not_begun", text=text, as_of=self.as_of)
        if end <= start:
            raise BadQuestion("period_reversed", text=text)
        complete = end <= self.as_of
        return Window(
            start, min(end, self.as_of), grain, self.zone, (name or str(grain)) if complete else "to_date", complete
        )


class Ahead(Calendar):
    """The calendar of questions about what is to come: a month named is the next of its name, and nothing is cut.

    Its windows are of days that the data does not have yet; nothing can be measured in them.
    """

    __slots__ = ()

    def latest(self, month: int, day: int = 1, *, months: int = 1) -> date:
        """The first such day whose month, or `months`, are not over."""
        year = self.as_of.year - 1
        while True:
            try:
                found = date(year, month, day)
            except ValueError:
                if year > self.as_of.year + 8:
                    raise
            else:
                if self.shift(found.replace(day=1), Grain.MONTH, months) > self.as_of:
                    return found
            year += 1

    def window(self, text: str, days: tuple[date, date], grain: Grain = Grain.RANGE, name: str = "") -> Window:
        """The window of these days; BadQuestion where nothing of it is still to come."""
        start, end = days
        if end <= self.as_of:
            raise BadQuestion("period_is_past", text=text, as_of=self.as_of)
        if end <= start:
            raise BadQuestion("period_reversed", text=text)
        return Window(start, end, grain, self.zone, name or str(grain))


Days: TypeAlias = tuple[date, date, Grain, str]
"""Start, end, grain and name of a period, not yet cut at as-of."""


def days_of(form: str, given: Mapping[str, Any], when: Calendar, year: int | None = None) -> Days:
    """The days that a form stands for; ValueError when there are none (31 February, Q9)."""
    year = given.get("year", year)
    builders: dict[str, Callable[[], Days]] = {
        "last_unit": lambda: _named(when.back(1, given["unit"]), given["unit"]),
        "this_unit": lambda: _named(when.unit(when.as_of, given["unit"]), given["unit"]),
        "year_to_date": lambda: _named(when.unit(when.as_of, Grain.YEAR), Grain.YEAR),
        "quarter_to_date": lambda: _named(when.unit(when.as_of, Grain.QUARTER), Grain.QUARTER),
        "month_to_date": lambda: _named(when.unit(when.as_of, Grain.MONTH), Grain.MONTH),
        "week_to_date": lambda: _named(when.unit(when.as_of, Grain.WEEK), Grain.WEEK),
        "next_unit": lambda: _named(
            when.unit(when.shift(when.start(when.as_of, given["unit"]), given["unit"], 1), given["unit"]), given["unit"]
        ),
        "unit_before_last": lambda: _ago(2, given["unit"], when),
        "last_n": lambda: _several(given["n"], given["unit"], when),
        "over_n": lambda: _several(given["n"], given["unit"], when),
        "n_units": lambda: _several(given["n"], given["unit"], when),
        "last_few": lambda: _several(FEW, given["units"], when),
        "last_span": lambda: _several(given["span"][0], given["span"][1], when),
        "six_months": lambda: _several(6, Grain.MONTH, when),
        "last_half": lambda: _half_before(when),
        "twelve_months": lambda: _several(12, Grain.MONTH, when),
        "recently": lambda: _several(30, Grain.DAY, when),
        **dict.fromkeys(("ahead", "coming", "hence"), lambda: _ahead(given["n"], given["unit"], when)),
        "unit_end": lambda: _until(when.unit(when.as_of, given["unit"])[1], when),
        "next_unit_end": lambda: _until(when.shift(when.start(when.as_of, given["unit"]), given["unit"], 2), when),
        "ago": lambda: _ago(given["n"], given["unit"], when),
        "yesterday": lambda: _ago(1, Grain.DAY, when),
        "day_before_yesterday": lambda: _ago(2, Grain.DAY, when),
        "season": _no_days,
        **{name: partial(_season, months, when, year) for name, months in SEASONS.items()},
        "today": lambda: _named(when.unit(when.as_of, Grain.DAY), Grain.DAY),
        "weekday": lambda: _weekday(given["weekday"], when),
        "month": lambda: _month(given["month"], year, when),
        "last_month_named": lambda: _complete(_month(given["month"], None, when), when),
        "month_last_year": lambda: _month(given["month"], when.as_of.year - 1, when),
        "month_this_year": lambda: _month(given["month"], when.as_of.year, when),
        "quarter": lambda: _part(given["quarter"], 4, year, when),
        "ordinal_quarter": lambda: _part(given["ordinal"], 4, year, when),
        "quarter_last_year": lambda: _part(given.get("quarter", given.get("ordinal")), 4, when.as_of.year - 1, when),
        "half": lambda: _part(given["half"], 2, year, when),
        "ordinal_half": lambda: _part(given["ordinal"], 2, year, when),
        "year_end": lambda: _month(12, given.get("year", when.as_of.year - 1), when),
        "year": lambda: (date(given["year"], 1, 1), date(given["year"] + 1, 1, 1), Grain.YEAR, "year"),
        "week_number": lambda: _week_number(given.get("week_number", given.get("n")), year, when),
        "day_month": lambda: _day(given["day"] if "day" in given else given["ordinal"], given["month"], year, when),
        "day_range": lambda: _day_range(given, year, when),
        "iso_day": lambda: _one(date.fromisoformat(given["iso_day"])),
        "happening": lambda: _one(date.fromisoformat(given["on"])),
        "iso_month": lambda: _month(int(given["iso_month"][5:]), int(given["iso_month"][:4]), when),
        "iso_quarter": lambda: _part(int(given["iso_quarter"][6:]), 4, int(given["iso_quarter"][:4]), when),
        "figures": lambda: _one(_figures(given["figures"], when)),
    }
    return builders[form]()


def _no_days() -> Days:
    """A period that people name and that no calendar fixes."""
    raise ValueError


def part_of(part: str, given: Mapping[str, Any], whole: tuple[date, date], when: Calendar) -> tuple[date, date]:
    """The days of a part of a period: its first or last n units, its n-th unit, its n-th half; ValueError when it has
    no such part. Weeks are counted from its first day, or back from its last."""
    start, end = whole
    if part == "half":
        months = (end.year - start.year) * 12 + end.month - start.month
        middle = when.shift(start, Grain.MONTH, months // 2) if months > 1 else start + timedelta(days=FIRST_HALF)
        days = {1: (start, middle), 2: (middle, end)}.get(given["ordinal"], (end, end))
    else:
        n, unit = given.get("n", 1), given["unit"]
        nth = given.get("ordinal", 1) - 1 if part == "nth" else 0
        first = when.shift(start, unit, nth)
        days = (when.shift(end, unit, -n), end) if part == "last" else (first, when.shift(first, unit, n))
    if not start <= days[0] < days[1] <= end:
        raise ValueError(part)
    return days


def _season(first: int, when: Calendar, year: int | None) -> Days:
    """Three whole months, the last such that have begun: what people call a season is a reading, and is said."""
    start = when.latest(first) if year is None else date(year, first, 1)
    return start, when.shift(start, Grain.MONTH, 3), Grain.RANGE, "range"


def _half_before(when: Calendar) -> Days:
    """The last complete half of a year."""
    end = date(when.as_of.year, 7 if when.as_of.month > 6 else 1, 1)
    return when.shift(end, Grain.MONTH, -6), end, Grain.RANGE, "half"


def _figures(text: str, when: Calendar) -> date:
    """A day in figures, of the latest such year where none is written: "30/09"."""
    day, month, *year = (int(part) for part in re.split(r"[/.]", text))
    return date(year[0], month, day) if year else when.latest(month, day)


def _named(days: tuple[date, date], unit: Grain) -> Days:
    return days[0], days[1], unit, str(unit)


def _several(n: int, unit: Grain, when: Calendar) -> Days:
    if unit is Grain.YEAR:  # so many years are counted in months: "over one year" is not last year
        n, unit = n * 12, Grain.MONTH
    days = when.back(n, unit)
    return _named(days, unit) if n == 1 and unit is not Grain.DAY else (*days, Grain.RANGE, f"last_n_{unit}s")


def _ago(n: int, unit: Grain, when: Calendar) -> Days:
    if not 1 <= n <= MOST_UNITS:
        raise ValueError(n)
    start = when.shift(when.start(when.as_of, unit), unit, -n)
    return start, when.shift(start, unit, 1), unit, str(unit)


def _ahead(n: int, unit: Grain, when: Calendar) -> Days:
    """The n units to come, the month that runs now among them: what months are counted in has whole ones only."""
    if not 1 <= n <= MOST_UNITS:
        raise ValueError(n)
    start = when.start(when.as_of, Grain.MONTH)
    if unit in MONTHS_OF:
        return start, when.shift(start, Grain.MONTH, n * MONTHS_OF[unit]), Grain.RANGE, "ahead"
    return start, when.shift(when.as_of, unit, n), Grain.RANGE, "ahead"


def _until(end: date, when: Calendar) -> Days:
    return when.start(when.as_of, Grain.MONTH), end, Grain.RANGE, "ahead"


def _one(day: date) -> Days:
    return day, day + ONE_DAY, Grain.DAY, "day"


def _day(day: int, month: int, year: int | None, when: Calendar) -> Days:
    return _one(when.latest(month, day) if year is None else date(year, month, day))


def _day_range(given: Mapping[str, Any], year: int | None, when: Calendar) -> Days:
    start = _day(given["day"], given["month"], year, when)[0]
    return start, start.replace(day=given["day2"]) + ONE_DAY, Grain.RANGE, "range"


def _weekday(weekday: int, when: Calendar) -> Days:
    last = when.as_of - ONE_DAY
    return _one(last - timedelta(days=(last.weekday() - weekday) % 7))


def _month(month: int, year: int | None, when: Calendar) -> Days:
    start = when.latest(month) if year is None else date(year, month, 1)
    return _named(when.unit(start, Grain.MONTH), Grain.MONTH)


def _complete(days: Days, when: Calendar) -> Days:
    """The same month a year earlier if this one still runs."""
    start, end, grain, name = days
    if end <= when.as_of:
        return days
    return start.replace(year=start.year - 1), end.replace(year=end.year - 1), grain, name


def _part(n: int, parts: int, year: int | None, when: Calendar) -> Days:
    """The n-th quarter or half of a year."""
    months = 12 // parts
    if not 1 <= n <= parts:
        raise ValueError(n)
    month = (n - 1) * months + 1
    start = when.latest(month, months=months) if year is None else date(year, month, 1)
    end = when.shift(start, Grain.MONTH, months)
    return (start, end, Grain.QUARTER, "quarter") if parts == 4 else (start, end, Grain.RANGE, "half")


def _week_number(n: int, year: int | None, when: Calendar) -> Days:
    """The week with this ISO number; without a year the latest that has begun."""
    if year is None:
        year = when.as_of.isocalendar().year
        if date.fromisocalendar(year, n, 1) >= when.as_of:
            year -= 1
    start = when.start(date.fromisocalendar(year, n, 4), Grain.WEEK)
    return start, start + timedelta(days=7), Grain.WEEK, "week"
