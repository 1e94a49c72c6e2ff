"""Projections: against companies whose truth is known, by hand, by their laws, and the demo's months by other SQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.analysis.measure import Analyst
from bot.analysis.project import history, horizon, outlook
from bot.analysis.projection import (
    PATHS,
    Change,
    History,
    back_test,
    bounds,
    course,
    monthly,
    overall,
    rates,
)
from bot.analysis.what_if import effects, readings
from bot.errors import BadData, BadQuestion
from bot.types import Amount, Grain, Intent, Query, Window
from tests.metrics.by_hand import DEFAULT

FORECAST = Query(Intent.PROJECT, "mrr")


def months(n: int) -> tuple[date, ...]:
    return tuple(date(2024 + month // 12, month % 12 + 1, 1) for month in range(n))


def simulated(seed: int, over: int, shock: float = 0.15) -> History:
    """A company with hazards 10, 6, 4, 3, 3 ... percent, about 40 new a month, 100 each, and growth of 0.4 %.

    Months differ: leaving by `shock`, new customers by a fifth, growth by half a point.
    """
    chance = np.random.default_rng(seed)
    ages = over + 1
    hazard = np.full(ages, 0.03)
    hazard[:3] = 0.10, 0.06, 0.04
    customers, mrr = np.zeros((over + 1, ages)), np.zeros((over + 1, ages))
    stayed, kept = np.zeros((over, ages)), np.zeros((over, ages))
    came, came_mrr = np.zeros(over), np.zeros(over)
    customers[0, 0], mrr[0, 0] = 200, 20_000
    for month in range(over):
        leaving = np.clip(hazard * chance.gamma(1 / max(shock, 1e-6) ** 2, max(shock, 1e-6) ** 2), 0, 1)
        stayed[month] = chance.binomial(customers[month].astype(int), 1 - leaving)
        each = np.divide(mrr[month], customers[month], out=np.zeros(ages), where=customers[month] > 0)
        kept[month] = each * stayed[month] * chance.normal(1.004, 0.005)
        came[month] = chance.poisson(40 * chance.gamma(25, 1 / 25))
        came_mrr[month] = came[month] * chance.normal(100, 5)
        customers[month + 1, 1:], mrr[month + 1, 1:] = stayed[month, :-1], kept[month, :-1]
        customers[month + 1, 0], mrr[month + 1, 0] = came[month], came_mrr[month]
    return History(months(over + 1), customers, mrr, stayed, kept, customers[:-1] - stayed, came, came_mrr)


def steady(over: int = 12, lost: float = 10.0, new: float = 10.0, paid: float = 100.0) -> History:
    """Every month 100 customers of one age, `lost` of them leave, `new` come; all pay the same."""
    customers, mrr = np.full((over + 1, 1), 100.0), np.full((over + 1, 1), 100.0 * paid)
    stayed = np.full((over, 1), 100.0 - lost)
    more, worth = np.full(over, new), np.full(over, new * paid)
    return History(months(over + 1), customers, mrr, stayed, stayed * paid, 100.0 - stayed, more, worth)


@pytest.mark.slow
@pytest.mark.parametrize("ahead", [6, 12])
def test_the_interval_covers_what_came_about_as_often_as_it_says(ahead: int) -> None:
    """200 companies: 95 % of what came lies within the 95 % interval and 80 % within the 80 %, less chance."""
    inside = {name: [0, 0] for name in ("customers", "mrr")}
    for seed in range(200):
        whole = simulated(seed, 24 + ahead)
        past = whole.until(24)
        drawn = course(past, rates(past), ahead, paths=PATHS)
        for figure, truth in (("customers", whole.customers), ("mrr", whole.mrr)):
            sure, actual = bounds(monthly(drawn, figure)[:, -1]), truth[-1].sum()
            inside[figure][0] += sure["low"] <= actual <= sure["high"]
            inside[figure][1] += sure["low_80"] <= actual <= sure["high_80"]
    for wide, narrow in inside.values():
        # A share of 200 is known to about 3 (95 %) and 6 points (80 %); an interval too wide says nothing either.
        assert 0.91 <= wide / 200 <= 0.995
        assert 0.73 <= narrow / 200 <= 0.92


def test_the_middle_is_that_of_the_true_rates() -> None:
    """The mean over companies of what is told is what comes on average: no drift of the method itself."""
    told, came = [], []
    for seed in range(40):
        whole = simulated(seed, 30)
        past = whole.until(24)
        told.append(course(past, rates(past), 6).customers[0, -1])
        came.append(whole.customers[-1].sum())
    assert np.mean(told) == pytest.approx(np.mean(came), rel=0.02)


def test_a_steady_company_by_hand() -> None:
    """100 customers, 10 leave and 15 come: 105, 109.5, 113.55; each pays 100; a tenth leaves a month."""
    past = steady(new=15)
    known = rates(past)
    found = course(past, known, 3)
    assert found.customers[0] == pytest.approx([105, 109.5, 113.55])
    assert found.mrr[0] == pytest.approx([10_500, 10_950, 11_355])
    assert found.lost[0] == pytest.approx([10, 10.5, 10.95])
    assert monthly(found, "churn_rate")[0] == pytest.approx([0.1, 0.1, 0.1])
    assert overall(found, "revenue", 0)[0] == pytest.approx(32_805)
    assert overall(found, "revenue", 1)[0] == pytest.approx(22_305)
    assert overall(found, "churn_rate", 1)[0] == pytest.approx(21.45 / 214.5)
    assert (known.churn, known.new.mean, known.brings.mean, known.growth.mean) == pytest.approx((0.1, 15, 100, 1))


def test_hazards_are_told_by_age() -> None:
    """Half of the new leave and none of the old: who is old stays, whoever comes is halved."""
    over = 12
    customers = np.tile([1000.0, 500.0], (over + 1, 1))
    stayed = np.tile([500.0, 500.0], (over, 1))
    past = History(months(over + 1), customers, customers * 10, stayed, stayed * 10, customers[:-1] - stayed,
        np.full(over, 1000.0), np.full(over, 10_000.0))  # fmt: skip
    found = course(past, rates(past), 1)
    # 20 customers' weight of the mean hazard draws each age a little to the whole.
    assert found.customers[0, 0] == pytest.approx(2000, rel=0.01)
    assert found.lost[0, 0] == pytest.approx(500, rel=0.02)


def test_the_back_test_by_hand() -> None:
    """A year of 10 lost and 10 won, then six months in which 20 leave: told 100, came what the months say."""
    past = steady(18)
    customers = past.customers.copy()
    churned = past.churned.copy()
    for month in range(12, 18):
        churned[month] = 20
        customers[month + 1] = customers[month] - 20 + 10
    stayed = customers[:-1] - churned
    past = replace(past, customers=customers, churned=churned, stayed=stayed)
    test = back_test(past, "customers")
    assert test is not None
    assert [row["value"] for row in test.rows] == pytest.approx([100.0] * 6)
    assert [row["actual"] for row in test.rows] == [90, 80, 70, 60, 50, 40]
    assert (test.told, test.actual) == (pytest.approx(100), 40)
    assert [row["period"] for row in test.rows] == [f"2025-0{month}-01" for month in range(1, 7)]
    assert test.inside == sum(row["interval"][0] <= row["actual"] <= row["interval"][1] for row in test.rows) < 6
    churn = back_test(past, "churn_rate")
    assert churn is not None
    assert (churn.told, churn.actual) == (pytest.approx(0.1), pytest.approx(120 / (100 + 90 + 80 + 70 + 60 + 50)))
    assert back_test(steady(11), "mrr") is None


@pytest.mark.parametrize("seed", range(3))
def test_nothing_supposed_changes_nothing(seed: int) -> None:
    past = simulated(seed, 18)
    known = rates(past)
    for one in effects(past, known, 12, Change(), 0.8):
        assert (one.change, one.low, one.high) == (0, 0, 0)
    for lever in ("churn_rate", "retention_rate", "new_customers", "arpa"):
        found, _ = readings(past, known, lever, Amount(0, "percent", step=True), "down")
        assert all(one.before == pytest.approx(one.after) for one in found)


def test_where_all_leave_each_month_both_readings_of_a_percent_are_one() -> None:
    """1 % of 100 % is a point."""
    past = steady(lost=100.0, new=100.0)
    found, left_out = readings(past, rates(past), "churn_rate", Amount(1, "percent", step=True), "down")
    assert [one.reading for one in found] == ["relative", "points"]
    assert found[0].after == pytest.approx(found[1].after) == 0.99
    assert not left_out


def test_the_readings_of_an_amount_by_hand() -> None:
    """Churn of 10 %: down 1 % is 9.9 % or 9 %; a point is a point; 20 % can only be of itself; half is 5 %."""
    past = steady()
    known = rates(past)

    def after(lever: Any, amount: Amount, way: Any) -> list[float]:
        return [one.after for one in readings(past, known, lever, amount, way)[0]]

    assert after("churn_rate", Amount(1, "percent", step=True), "down") == pytest.approx([0.099, 0.09])
    assert after("churn_rate", Amount(1, "points", step=True), "down") == pytest.approx([0.09])
    assert after("churn_rate", Amount(20, "percent", step=True), "down") == pytest.approx([0.08])
    assert after("churn_rate", Amount(0.5, "number"), None) == pytest.approx([0.05])
    assert after("churn_rate", Amount(3, "percent"), None) == pytest.approx([0.03])
    assert after("retention_rate", Amount(1, "points", step=True), "up") == pytest.approx([0.91])
    assert after("new_customers", Amount(20, "number", step=True), "up") == pytest.approx([30])
    assert after("new_customers", Amount(50, "percent", step=True), "up") == pytest.approx([15])
    assert after("arpa", Amount(5, "percent", step=True), "up") == pytest.approx([105])
    assert after("arpa", Amount(5, "money", step=True), "down") == pytest.approx([95])
    assert readings(past, known, "churn_rate", Amount(20, "percent", step=True), "down")[1]


def test_the_effect_of_a_point_by_hand() -> None:
    """10 % churn made 9 %: 100, 100 become 101, 101.91; with ARPA 100 and a margin of a half CLV goes 500 to 555.56."""
    past = steady()
    known = rates(past)
    supposed = readings(past, known, "churn_rate", Amount(1, "points", step=True), "down")[0][0]
    told = {one.figure: one for one in effects(past, known, 2, supposed.change, 0.5)}
    assert (told["customers"].base, told["customers"].value) == pytest.approx((100, 101.91))
    assert (told["mrr"].base, told["mrr"].value) == pytest.approx((10_000, 10_191))
    assert (told["revenue"].base, told["revenue"].value) == pytest.approx((20_000, 20_291))
    assert (told["margin"].base, told["margin"].value) == pytest.approx((10_000, 10_145.5))
    assert (told["clv"].base, told["clv"].value) == pytest.approx((500, 50 / 0.09))


CHURN = some.floats(0, 2)


@given(CHURN, CHURN, some.integers(0, 20), some.integers(1, 18))
def test_more_churn_is_never_more_customers(one: float, other: float, seed: int, ahead: int) -> None:
    """On every path and in every month, also in MRR and revenue."""
    past = simulated(seed % 3, 14)
    known = rates(past)
    low, high = sorted((one, other))
    less, more = (course(past, known, ahead, Change(churn=churn), paths=20) for churn in (low, high))
    assert (less.customers >= more.customers - 1e-9).all()
    assert (less.mrr >= more.mrr - 1e-6).all()


@given(some.floats(0, 3), some.floats(0, 3), some.floats(0, 50), some.integers(1, 12))
def test_more_new_customers_and_dearer_prices_are_never_less(one: float, other: float, more: float, ahead: int) -> None:
    past = simulated(1, 14)
    known = rates(past)
    low, high = sorted((one, other))
    few, many = (course(past, known, ahead, Change(new=new, more=more), paths=20) for new in (low, high))
    assert (many.customers >= few.customers - 1e-9).all()
    cheap, dear = (course(past, known, ahead, Change(price=price), paths=20) for price in (low, high))
    assert (dear.mrr >= cheap.mrr - 1e-6).all()
    assert np.array_equal(cheap.customers, dear.customers)


def test_nobody_who_comes_or_goes_is_a_straight_line() -> None:
    past = steady(lost=0.0, new=0.0)
    drawn = course(past, rates(past), 12, paths=50)
    assert np.allclose(drawn.customers, 100)
    assert bounds(drawn.mrr[:, -1]) == pytest.approx({"low": 1e4, "high": 1e4, "low_80": 1e4, "high_80": 1e4})


# ------------------------------------------------------------ the demo


def test_the_months_of_the_demo_by_other_sql(analyst: Analyst, hand: Any) -> None:
    """Customers, MRR, those lost and those who came, each month, from spells written by hand."""
    past, _ = history(analyst, FORECAST)
    spells = hand.spells(DEFAULT)
    for month in (0, 5, 14, 23, 24):
        t0, t1 = (f"TIMESTAMP '{past.months[month + step]}'" for step in (0, 1))
        row = hand.connection.execute(f"""
            WITH each AS (SELECT who, coalesce(max(1) FILTER (pays AND begins <= {t0} AND {t0} < ends), 0) AS here,
                coalesce(sum(mrr) FILTER (pays AND begins <= {t0} AND {t0} < ends), 0) AS mrr,
                coalesce(max(1) FILTER (pays AND begins <= {t1} AND {t1} < ends), 0) AS later,
                coalesce(sum(mrr) FILTER (pays AND begins <= {t1} AND {t1} < ends), 0) AS mrr_later,
                coalesce(max(1) FILTER ((pays OR rests) AND begins <= {t1} AND {t1} < ends), 0) AS kept
                FROM {spells} WHERE who IN (SELECT account_id FROM known) GROUP BY who)
            SELECT sum(here), sum(mrr), sum(here * later), sum(mrr_later) FILTER (here = 1),
                sum(here * (1 - kept)), sum((1 - here) * later), sum(mrr_later) FILTER (here = 0) FROM each
        """).fetchone()  # fmt: skip
        assert row is not None
        assert [float(one) for one in row] == pytest.approx([
            past.customers[month].sum(), past.mrr[month].sum(), past.stayed[month].sum(), past.kept[month].sum(),
            past.churned[month].sum(), past.came[month], past.came_mrr[month],
        ])  # fmt: skip


def test_ages_add_up_to_all_and_grow_by_a_month(analyst: Analyst) -> None:
    """Who stays in a month is a month older in the next: no age has more than stayed and came."""
    past, _ = history(analyst, FORECAST)
    older = past.customers[1:, 1:]
    # Those who come back come at the age of their first payment.
    assert (older >= past.stayed[:, :-1]).all()
    assert (past.customers[1:].sum(axis=1) == past.stayed.sum(axis=1) + past.came).all()


def test_the_demo_of_half_a_year_ago_told_the_mrr_that_came_and_not_the_churn_of_the_price_rise(
    analyst: Analyst,
) -> None:
    """The back-test of the demo: MRR six months ahead lies in its interval; the price rise makes churn lie outside."""
    found = outlook(analyst, FORECAST, "mrr")
    test = found.tested()
    assert test is not None
    assert test.inside == 6
    assert abs(test.told / test.actual - 1) < 0.05
    churn = back_test(found.past, "churn_rate")
    assert churn is not None
    assert [row["inside"] for row in churn.rows][-1] is False


def test_a_filter_is_a_company_of_its_own_and_too_few_are_refused(analyst: Analyst) -> None:
    parts = [
        history(analyst, replace(FORECAST, filters=(("interval", (name,)),)))[0].customers[-1].sum()
        for name in ("annual", "monthly")
    ]
    assert sum(parts) == history(analyst, FORECAST)[0].customers[-1].sum()
    with pytest.raises(BadQuestion):
        history(analyst, replace(FORECAST, filters=(("segment", ("vip",)),)))
    with pytest.raises(BadData):
        history(replace(analyst, as_of=date(2025, 1, 20)), FORECAST)


def test_a_horizon_is_whole_months_from_the_running_one(analyst: Analyst) -> None:
    past, _ = history(analyst, FORECAST)

    def months_of(window: Window | None) -> tuple[date, date]:
        found = horizon(past.months[-1], window, "UTC")
        return found.start, found.end

    assert months_of(None) == (date(2026, 11, 1), date(2027, 11, 1))
    assert months_of(Window(date(2026, 11, 1), date(2026, 12, 9))) == (date(2026, 11, 1), date(2027, 1, 1))
    assert months_of(Window(date(2027, 1, 1), date(2027, 4, 1), Grain.QUARTER)) == (date(2027, 1, 1), date(2027, 4, 1))
    with pytest.raises(BadQuestion):
        months_of(Window(date(2030, 1, 1), date(2031, 1, 1)))
    with pytest.raises(BadQuestion):
        months_of(Window(date(2026, 1, 1), date(2026, 11, 1)))
