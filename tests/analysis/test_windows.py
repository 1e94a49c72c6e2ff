"""Default windows and baselines for every day of three years, against pandas' own calendar."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pandas as pd
import pytest

from bot.analysis.windows import baseline_of, bounded, default_window, is_trend, previous, steps
from bot.errors import BadQuestion
from bot.types import Grain, Intent, Query, Window

DAYS = [stamp.date() for stamp in pd.date_range("2023-12-20", "2026-12-31")]
PERIODS = {Grain.MONTH: "M", Grain.QUARTER: "Q", Grain.YEAR: "Y"}


def of(period: pd.Period) -> tuple[date, date]:
    return period.start_time.date(), (period + 1).start_time.date()


def span(window: Window) -> tuple[date, date]:
    return window.start, window.end


def test_the_default_window_is_the_last_complete_one_on_every_day() -> None:
    for day in DAYS:
        month = pd.Period(day, "M")
        assert span(default_window(Grain.MONTH, day, "UTC")) == of(month - 1)
        assert span(default_window(Grain.YEAR, day, "UTC")) == (of(month - 12)[0], of(month - 1)[1])
        assert span(default_window(Grain.DAY, day, "UTC")) == (day - timedelta(days=1), day)


@pytest.mark.parametrize("first_weekday", range(7))
def test_the_default_week_begins_on_the_companys_day_and_is_over(first_weekday: int) -> None:
    for day in DAYS:
        window = default_window(Grain.WEEK, day, "UTC", first_weekday)
        assert window.start.weekday() == first_weekday
        assert window.days == 7
        assert day - timedelta(days=7) < window.end <= day


@pytest.mark.parametrize("grain", PERIODS)
def test_a_complete_unit_is_compared_with_the_unit_before_and_that_of_last_year(grain: Grain) -> None:
    for day in DAYS:
        period = pd.Period(day, PERIODS[grain])
        window = Window(*of(period), grain)
        assert span(previous(window)) == of(period - 1)
        query = Query(Intent.COMPARE, window=window, baseline="last_year")
        before = baseline_of(query, window)
        assert before is not None
        assert span(before) == (
            (pd.Timestamp(window.start) - pd.DateOffset(years=1)).date(),
            (pd.Timestamp(window.end) - pd.DateOffset(years=1)).date(),
        )


@pytest.mark.parametrize("grain", PERIODS)
def test_a_running_unit_is_compared_with_as_many_days_of_the_unit_before(grain: Grain) -> None:
    for day in DAYS:
        period = pd.Period(day, PERIODS[grain])
        start, end = of(period)
        if day == start:  # nothing of it is in the data yet
            continue
        window = bounded(Window(start, end, grain), date.min, day)
        before_start, before_end = of(period - 1)
        assert not window.complete
        assert span(previous(window)) == (before_start, min(before_start + (day - start), before_end))


def test_a_running_week_is_compared_with_the_same_weekdays_before_and_a_year_ago() -> None:
    for day in DAYS:
        start = day - timedelta(days=day.weekday())
        if day == start:
            continue
        window = bounded(Window(start, start + timedelta(days=7), Grain.WEEK), date.min, day)
        assert span(previous(window)) == (start - timedelta(days=7), day - timedelta(days=7))
        before = baseline_of(Query(Intent.COMPARE, baseline="last_year"), window)
        assert before is not None
        assert (before.start.weekday(), before.days) == (0, window.days)
        assert 363 <= (window.start - before.start).days <= 365


def test_several_weeks_are_compared_with_as_many_before_them_and_never_overlap() -> None:
    for weeks in range(1, 9):
        window = Window(date(2026, 9, 7), date(2026, 9, 7) + timedelta(weeks=weeks), Grain.WEEK)
        assert span(previous(window)) == (window.start - timedelta(weeks=weeks), window.start)


def test_any_range_is_compared_with_as_many_days_right_before_it() -> None:
    for length in range(1, 40):
        window = Window(date(2024, 3, 5), date(2024, 3, 5) + timedelta(days=length), Grain.RANGE)
        assert span(previous(window)) == (window.start - timedelta(days=length), window.start)


def test_a_baseline_never_reaches_into_its_window() -> None:
    for day in DAYS[:400]:
        for grain in Grain:
            for length in (1, 7, 9, 31, 61):
                for complete in (True, False):
                    window = Window(day, day + timedelta(days=length), grain, complete=complete)
                    before = previous(window)
                    assert before.start < before.end <= window.start


def test_the_steps_of_a_trend_lie_end_to_end_and_fill_it() -> None:
    window = Window(date(2023, 12, 1), date(2024, 3, 10), Grain.MONTH, complete=False)
    parts = steps(window)
    assert is_trend(window)
    assert [part.start.month for part in parts] == [12, 1, 2, 3]
    assert [part.complete for part in parts] == [True, True, True, False]
    assert all(one.end == other.start for one, other in pairwise(parts))
    assert (parts[0].start, parts[-1].end) == (window.start, window.end)


def test_a_window_beyond_the_data_is_refused_and_one_across_its_end_is_cut() -> None:
    month = Window(date(2026, 11, 1), date(2026, 12, 1), Grain.MONTH)
    cut = bounded(month, date(2024, 9, 10), date(2026, 11, 10))
    assert (cut.end, cut.complete) == (date(2026, 11, 10), False)
    with pytest.raises(BadQuestion, match="period_in_future"):
        bounded(month, date(2024, 9, 10), date(2026, 11, 1))
    with pytest.raises(BadQuestion, match="period_before_data"):
        bounded(Window(date(2024, 8, 1), date(2024, 9, 1), Grain.MONTH), date(2024, 9, 10), date(2026, 11, 10))
