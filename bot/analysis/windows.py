"""Which days a question means when it does not say, and which days those are compared with. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from bot.errors import BadQuestion
from bot.metrics.dimensions import months_before
from bot.types import Grain, Query, Window


def months_later(day: date, months: int) -> date:
    """The same day `months` calendar months on (the month's last day where it is shorter)."""
    return months_before(day, -months)


def default_window(grain: Grain, as_of: date, zone: str, week_start: int = 0, first: date | None = None) -> Window:
    """The metric's own default: the last complete day, week or month, the last twelve complete months, or all days.

    RANGE is all days of the data, from its `first` on.
    """
    if grain is Grain.RANGE and first is not None:
        return Window(min(first, as_of - timedelta(days=1)), as_of, Grain.RANGE, zone, "range")
    if grain is Grain.DAY:
        return Window(as_of - timedelta(days=1), as_of, Grain.DAY, zone, "day")
    if grain is Grain.WEEK:
        end = as_of - timedelta(days=(as_of.weekday() - week_start) % 7)
        return Window(end - timedelta(days=7), end, Grain.WEEK, zone, "week")
    end = as_of.replace(day=1)
    months = 12 if grain is Grain.YEAR else 1
    name = "last_n_months" if grain is Grain.YEAR else "month"
    return Window(months_later(end, -months), end, Grain.MONTH if months == 1 else Grain.YEAR, zone, name)


def bounded(window: Window, first: date, as_of: date) -> Window:
    """The window cut at as-of and marked "to date" there; a window outside the data is refused."""
    if window.start >= as_of:
        raise BadQuestion("period_in_future", start=window.start, as_of=as_of)
    if window.end <= first:
        raise BadQuestion("period_before_data", start=window.start, first=first)
    if window.end > as_of:
        return replace(window, end=as_of, complete=False)
    return window


def baseline_of(query: Query, window: Window) -> Window | None:
    """The window to compare with: the one before, the same one last year, or the one named."""
    if isinstance(query.baseline, Window) or query.baseline is None:
        return query.baseline
    if query.baseline == "last_year":
        return last_year(window)
    return previous(window)


def previous(window: Window) -> Window:
    """The calendar unit before; a running unit is compared with the same days of the one before."""
    if not window.complete and window.grain.months:
        start = months_later(window.start, -window.grain.months * len(steps(window)))
        end = min(start + timedelta(days=window.days), window.start)
        return replace(window, start=start, end=end)
    whole = months_in(window)
    if whole:
        return replace(window, start=months_later(window.start, -whole), end=window.start, complete=True)
    days = 7 * len(steps(window)) if window.grain is Grain.WEEK else window.days
    start = window.start - timedelta(days=days)
    return replace(window, start=start, end=start + timedelta(days=window.days))


def last_year(window: Window) -> Window:
    """The same days a year before; of weeks and days the same weekdays."""
    if window.grain in (Grain.WEEK, Grain.DAY):  # the same weekdays
        return replace(window, start=window.start - timedelta(weeks=52), end=window.end - timedelta(weeks=52))
    return replace(window, start=months_later(window.start, -12), end=months_later(window.end, -12))


def months_in(window: Window) -> int:
    """How many whole calendar months the window is made of; 0 if it is not."""
    if window.start.day != 1 or window.end.day != 1:
        return 0
    return (window.end.year - window.start.year) * 12 + window.end.month - window.start.month


def steps(window: Window) -> list[Window]:
    """The windows of a trend: one per grain from start to end, the last cut where the window is."""
    edges = [window.start]
    while edges[-1] < window.end:
        edges.append(min(step_after(edges[-1], window.grain), window.end))
    parts = [
        replace(window, start=start, end=end, name=window.grain.value, complete=True) for start, end in pairwise(edges)
    ]
    last = parts[-1]
    parts[-1] = replace(last, complete=window.complete and step_after(last.start, window.grain) == last.end)
    return parts


def is_trend(window: Window) -> bool:
    """Whether the window spans more than one step of its grain."""
    return window.grain is not Grain.RANGE and step_after(window.start, window.grain) < window.end


def averages(window: Window, before: Window) -> bool:
    """Whether a baseline is several steps of the window's own length, to be told for one of them."""
    same = before.grain is window.grain and window.grain in (Grain.DAY, Grain.WEEK, Grain.MONTH)
    return same and is_trend(before) and not is_trend(window)


def weeks_before(window: Window, weeks: int = 4) -> Window:
    """The weeks just before a window, as a baseline in steps of a week; of a day, in steps of a day."""
    grain = Grain.DAY if window.grain is Grain.DAY else Grain.WEEK
    return before_it(window, 7 * weeks if grain is Grain.DAY else weeks, grain)


def before_it(window: Window, many: int, unit: Grain) -> Window:
    """So many days, weeks or months just before a window, in steps of one."""
    start = months_later(window.start, -many) if unit is Grain.MONTH else None
    days = many * (7 if unit is Grain.WEEK else 1)
    start = start or window.start - timedelta(days=days)
    return replace(window, start=start, end=window.start, grain=unit, name=f"last_n_{unit}s", complete=True)


def step_after(day: date, grain: Grain) -> date:
    """Where the step of a grain that begins on a day ends: a day, a week, a month, a quarter or a year on."""
    if grain is Grain.DAY:
        return day + timedelta(days=1)
    if grain is Grain.WEEK:
        return day + timedelta(days=7)
    return months_later(day, grain.months or 12)
