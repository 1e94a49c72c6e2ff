"""The planted stories of the demo company are each found, with the size they were planted with; chance finds none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache
from math import sqrt

import numpy as np
import pytest

from bot.analysis.changepoint import in_shares
from bot.analysis.compare import compare
from bot.analysis.drivers import ERROR, paired, singled_out
from bot.analysis.explain import by_account
from bot.analysis.intervals import difference
from bot.analysis.investigate import NOT_SPLIT, Investigation, investigate, loudest
from bot.analysis.measure import Analyst, measure
from bot.metrics import catalogue
from bot.types import Grain, Intent, Query, Window, filters

pytestmark = pytest.mark.slow


def month(year: int, number: int) -> Window:
    end = date(year + number // 12, number % 12 + 1, 1)
    return Window(date(year, number, 1), end, Grain.MONTH, name="month")


@lru_cache
def _asked(analyst: Analyst, metric: str, window: Window | None, claim: str | None, interval: str) -> Investigation:
    passing = filters({"interval": [interval]}) if interval else ()
    return investigate(analyst, Query(Intent.WHY, metric, window, filters=passing, claim=claim))


def found_of(
    analyst: Analyst, metric: str, window: Window | None = None, claim: str | None = None, interval: str = ""
) -> Investigation:
    return _asked(analyst, metric, window, claim, interval)


def events(found: Investigation) -> list[str]:
    return [row["what"] for row in found.happened.rows] if found.happened else []


def test_story_1_the_price_rise_in_france_with_its_place_day_reason_and_size(analyst: Analyst) -> None:
    """By the plan 55 % of the 119 French terms that ended in October leave, after 14 % of 107 in September."""
    found = found_of(analyst, "churn_rate")  # no period, no filter
    assert found.real
    assert found.looks == 1
    assert found.place is not None
    assert found.place.filters == filters({"country": ["FR"], "interval": ["annual"]})
    whole, before = found.comparison.main.rows[0]["whole"], found.comparison.baseline.rows[0]["whole"]
    planted = 0.55 * 119 / whole - 0.14 * 107 / before
    assert found.place.interval is not None
    assert found.place.interval[0] <= planted <= found.place.interval[1]
    assert found.place.mix is not None
    assert abs(found.place.mix) < 0.05 * (found.comparison.change or 0)
    assert found.began is not None
    assert (
        found.began.earliest
        <= date(2026, 10, 1)
        <= date(2026, 10, 11)
        <= date.fromordinal(found.began.latest.toordinal() + 6)
    )
    assert "price rise FR annual" in events(found)
    assert found.said[0].reason == "price"
    assert found.said[0].clear
    assert not any(one.clear for one in found.beside)


def test_story_1_among_annual_plans_the_place_is_france_alone(analyst: Analyst) -> None:
    found = found_of(analyst, "churn_rate", month(2026, 10), "up", "annual")
    assert found.place is not None
    assert found.place.filters == filters({"country": ["FR"]})
    whole, before = found.comparison.main.rows[0]["whole"], found.comparison.baseline.rows[0]["whole"]
    planted = 0.55 * 119 / whole - 0.14 * 107 / before
    assert found.place.interval is not None
    assert found.place.interval[0] <= planted <= found.place.interval[1]


def test_story_2_the_android_fault_is_found_without_naming_a_month(analyst: Analyst) -> None:
    """Its size is that of docs/demo-company.md: 16 of 113 newcomers on Android activated in June, of 475 in all."""
    found = found_of(analyst, "activation_rate", claim="down")
    assert found.comparison.main.query.window == month(2026, 6)
    assert found.looks == 12
    assert found.quiet is not None
    assert found.place is not None
    assert found.place.filters == filters({"platform": ["android"]})
    others_usual = 0.598  # Android in May by the same page; the plan of the generator says 0.58
    in_data = (16 / 113 - others_usual) * 113 / 475
    assert found.place.interval is not None
    assert found.place.interval[0] <= in_data <= found.place.interval[1]
    assert found.began is not None
    assert (found.began.start, found.began.earliest, found.began.latest) == (date(2026, 6, 1),) * 3
    assert found.began.end in (date(2026, 6, 29), date(2026, 7, 6))
    assert "Android app 4.2" in events(found)


def test_story_4_a_campaign_is_told_by_those_held_back_and_one_without_them_is_not(analyst: Analyst) -> None:
    """12 points were planted in the first; of the second nobody can tell."""
    may = found_of(analyst, "churn_rate", month(2026, 5))
    assert may.caused is not None
    row = next(one for one in may.caused.rows if one["campaign"] == "win-back-2026-05")
    assert row["interval"][0] <= 0.12 <= row["interval"][1]
    assert row["interval"][0] > 0
    august = found_of(analyst, "churn_rate", month(2026, 8))
    assert august.caused is not None
    assert [(one["campaign"], one["value"]) for one in august.caused.rows] == [("re-engage-2026-08", None)]


def test_story_5_support_in_march_goes_with_the_fall_of_satisfaction_of_everybody(
    analyst: Analyst,
) -> None:
    found = found_of(analyst, "csat", claim="down")
    assert found.comparison.main.query.window == month(2026, 3)
    assert found.place is None
    assert found.began is not None
    assert (found.began.earliest, found.began.latest) == (date(2026, 3, 2),) * 2
    (speed,) = [one for one in found.beside if one.metric == "first_response_time"]
    assert speed.clear
    assert speed.now > 2 * speed.usual.high
    assert not next(one for one in found.beside if one.metric == "ticket_volume").clear
    assert "support backlog: two agents away" in events(found)


def test_story_6_a_month_that_is_not_over_is_held_against_its_own_days_and_shows_no_fall(analyst: Analyst) -> None:
    found = found_of(analyst, "active_users", Window(date(2026, 11, 1), date(2026, 12, 1), Grain.MONTH), "down")
    window, before = found.comparison.main.query.window, found.comparison.baseline.query.window
    assert window is not None
    assert before is not None
    assert not window.complete
    assert before.days == window.days == 9
    assert not found.real
    assert found.place is None


def test_story_7_the_last_week_in_france_to_the_day(analyst: Analyst) -> None:
    """Three in ten people in France stay away from 2 November on."""
    window = Window(date(2026, 11, 2), date(2026, 11, 9), Grain.WEEK, name="week")
    found = found_of(analyst, "active_users", window)
    assert found.real
    assert found.place is not None
    assert found.place.filters == filters({"country": ["FR"]})
    assert found.place.interval is not None
    assert found.place.interval[0] <= -0.3 * found.place.row["baseline_part"] <= found.place.interval[1]
    assert found.began is not None
    assert (found.began.start, found.began.earliest, found.began.latest) == (date(2026, 11, 2),) * 3
    assert found.began.end is None
    assert found.began.inside == pytest.approx(0.7, abs=0.03)


def test_story_8_the_quiet_customers_are_in_france_and_small(analyst: Analyst) -> None:
    found = found_of(analyst, "active_user_share")
    assert found.place is not None
    assert found.place.filters == filters({"country": ["FR"], "size": ["small"]})


def test_what_happened_in_june_is_about_activation(analyst: Analyst) -> None:
    query, looked = loudest(analyst, Query(Intent.WHY, window=month(2026, 6)))
    assert query.metric == "activation_rate"
    assert looked == 6


TIMES = 200
MOST = ERROR * TIMES + 3 * sqrt(ERROR * (1 - ERROR) * TIMES)


@pytest.mark.parametrize(("metric", "window"), [("churn_rate", month(2026, 10)), ("csat", month(2026, 3))])
def test_of_shuffled_copies_at_most_one_in_twenty_shows_a_change_or_names_a_group(
    analyst: Analyst, metric: str, window: Window
) -> None:
    """What each account did is dealt anew over all accounts and both months; then nothing is to be found."""
    comparison = compare(analyst, Query(Intent.WHY, metric, window))
    open_to = tuple(name for name in catalogue()[metric].by if name not in NOT_SPLIT)
    accounts, _ = by_account(analyst, comparison, open_to)
    assert accounts is not None
    chance, changed, named = np.random.default_rng(20), 0, 0
    slots = [(row, at) for row, one in enumerate(accounts.adds) for at in (0, 2) if one[at + 1]]
    dealt = np.array([accounts.adds[row, at : at + 2] for row, at in slots])
    for _ in range(TIMES):
        adds = np.zeros_like(accounts.adds)
        for (row, at), pair in zip(slots, dealt[chance.permutation(len(slots))], strict=True):
            adds[row, at : at + 2] = pair
        part, whole, before, base = adds.sum(axis=0)
        low, high = difference(part, whole, before, base)
        if low <= 0 <= high:
            continue
        changed += 1
        copy = replace(accounts, adds=adds)
        change = part / whole - before / base
        single = singled_out(copy, change)
        named += bool(single or paired(copy, change, None))
    assert changed <= MOST
    assert named <= changed
    assert named <= ERROR * TIMES


@pytest.mark.parametrize(("metric", "first"), [("churn_rate", date(2026, 1, 5)), ("csat", date(2026, 4, 6))])
def test_of_weeks_in_a_shuffled_order_at_most_one_in_twenty_has_a_beginning(
    analyst: Analyst, metric: str, first: date
) -> None:
    span = Window(first, date.fromordinal(first.toordinal() + 14 * 7), Grain.WEEK)
    rows = measure(analyst, Query(Intent.TREND, metric, span)).rows
    part, whole = (np.array([row[name] for row in rows], dtype=float) for name in ("part", "whole"))
    chance, begun = np.random.default_rng(4), 0
    for _ in range(TIMES):
        order = chance.permutation(len(rows))
        found = in_shares(part[order].tolist(), whole[order].tolist(), rounds=199)
        begun += found is not None and found.p <= 0.05
    assert begun <= MOST
