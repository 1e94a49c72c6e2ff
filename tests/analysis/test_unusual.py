"""Whether a figure is unusual: what chance does is not, a step is, and nobody alone makes an alarm."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from bot.analysis.excursions import NORMAL, PAUSE_DAYS, Sight, fresh
from bot.analysis.limits import FALSE_ALARM, FEWEST, Kind, Limits, Point, firm, limits
from bot.analysis.measure import Analyst
from bot.analysis.unusual import (
    HISTORY,
    grain_of,
    is_stock,
    judged,
    last_complete,
    look,
    may_be_judged,
    series,
    settled_after,
)
from bot.errors import BadQuestion
from bot.metrics import catalogue
from bot.types import Evidence, Grain, Intent, Query, Shape, Unit, Window

TRIES = 1000
CHANCE = np.random.default_rng(1931)
BEGINNING = CHANCE.bit_generator.state
MONDAY = date(2026, 11, 2)


@pytest.fixture(autouse=True)
def _the_same_chance_each_time():
    CHANCE.bit_generator.state = BEGINNING


def shares(many: int, whole: int, rate: float) -> list[Point]:
    return [Point(CHANCE.binomial(whole, rate) / whole, whole) for _ in range(many)]


def alarms(kind: Kind, drawn: list[list[Point]], **more: float) -> float:
    """The share of series whose last point is outside the limits of the others, and counts."""
    found = [limits(kind, one[:-1], one[-1], **more) for one in drawn]  # type: ignore[arg-type] # stock and looks
    off = [
        one is not None and one.outside and firm(kind, points[-1], one, 30)
        for one, points in zip(found, drawn, strict=True)
    ]
    return sum(off) / len(off)


@pytest.mark.slow
@pytest.mark.parametrize("n", [FEWEST, 26])
@pytest.mark.parametrize(
    ("kind", "draw"),
    [
        (Kind.SCORE, lambda n: [Point(one) for one in CHANCE.normal(30, 8, n)]),
        (Kind.AMOUNT, lambda n: [Point(one) for one in np.exp(CHANCE.normal(9, 0.05, n))]),
        (Kind.COUNT, lambda n: [Point(float(one)) for one in CHANCE.poisson(9, n)]),
        (Kind.COUNT, lambda n: [Point(float(one)) for one in CHANCE.poisson(5000, n)]),
        (Kind.SHARE, lambda n: shares(n, 400, 0.01)),
        (Kind.SHARE, lambda n: shares(n, 60, 0.6)),
    ],
)
def test_chance_alone_sounds_no_more_alarms_than_two_in_a_hundred_periods(kind, draw, n):
    """Three sigmas promise 0.27 %; with a line and a spread told from few figures it may be some times that."""
    assert alarms(kind, [draw(n + 1) for _ in range(TRIES)]) <= (0.01 if n == 26 else 0.02)


def test_counts_that_vary_more_than_by_counting_widen_their_limits():
    """An overdispersed share would be outside plain binomial limits every third time."""
    drawn = [[Point(CHANCE.binomial(2000, rate) / 2000, 2000) for rate in CHANCE.beta(40, 60, 27)] for _ in range(500)]
    assert alarms(Kind.SHARE, drawn) <= 0.012


def test_segments_looked_at_together_share_one_chance_of_error():
    drawn = [[Point(one) for one in CHANCE.normal(30, 8, 27)] for _ in range(TRIES)]
    assert alarms(Kind.SCORE, drawn, looks=10) <= alarms(Kind.SCORE, drawn)
    alone, of_ten = (limits(Kind.SCORE, drawn[0][:-1], drawn[0][-1], looks=one) for one in (1, 10))
    assert alone is not None
    assert of_ten is not None
    assert alone.limit < of_ten.limit
    assert pytest.approx(0.0027, abs=1e-4) == FALSE_ALARM


@pytest.mark.parametrize(
    ("kind", "draw", "step"),
    [
        (Kind.SCORE, lambda: [Point(one) for one in CHANCE.normal(30, 8, 26)], Point(30 + 5 * 8 * 1.25)),
        (Kind.COUNT, lambda: [Point(float(one)) for one in CHANCE.poisson(100, 26)], Point(100 + 5 * 10 * 1.3)),
        (Kind.SHARE, lambda: shares(26, 400, 0.05), Point(0.05 + 5 * 0.0109 * 1.4, 400)),
        (Kind.SHARE, lambda: shares(26, 60, 0.8), Point(0.8 - 5 * 0.0516 * 1.2, 60)),
    ],
)
def test_a_step_of_some_five_sigmas_is_seen_in_its_first_period(kind, draw, step):
    assert alarms(kind, [[*draw(), step] for _ in range(200)]) >= 0.9


def test_a_trend_is_no_alarm_and_its_end_is_one():
    growing = [Point(float(round(1000 * 1.01**week + CHANCE.normal(0, 8)))) for week in range(28)]
    on, stopped = limits(Kind.COUNT, growing[:27], growing[27]), limits(Kind.COUNT, growing[:27], Point(1000.0))
    assert on is not None
    assert stopped is not None
    assert not on.outside
    assert stopped.outside
    assert stopped.z < 0


def test_an_earlier_trouble_neither_hides_the_next_nor_makes_a_quiet_week_one():
    calm = [Point(one) for one in CHANCE.normal(2, 0.2, 26)]
    troubled = [*calm[:20], Point(9.0), Point(9.5), Point(8.5), *calm[23:]]
    again, quiet = limits(Kind.SCORE, troubled, Point(8.0)), limits(Kind.SCORE, troubled, Point(2.0))
    assert again is not None
    assert quiet is not None
    assert again.outside
    assert not quiet.outside


def test_of_a_stock_the_step_is_judged_and_not_the_level():
    walk = [100_000.0]
    for step in CHANCE.normal(900, 300, 27):
        walk.append(walk[-1] + step)
    points = [Point(one) for one in walk]
    usual = limits(Kind.AMOUNT, points[:-1], points[-1], stock=True)
    fall = limits(Kind.AMOUNT, points[:-1], Point(points[-2].value - 2_500), stock=True)
    assert usual is not None
    assert fall is not None
    assert not usual.outside
    assert fall.outside


@pytest.mark.parametrize("whole", [3, 10, 29])
def test_a_share_of_few_is_never_told(whole):
    before = [Point(0.05, whole)] * 26
    worst = Point(1.0, whole)
    found = limits(Kind.SHARE, before, worst)
    assert found is not None
    assert not firm(Kind.SHARE, worst, found, 30)


@pytest.mark.parametrize(
    ("kind", "before"),
    [
        (Kind.SHARE, [Point(0.0, 200)] * 26),
        (Kind.SHARE, [Point(1 / 40, 40), Point(0.0, 40)] * 13),
        (Kind.COUNT, [Point(0.0)] * 26),
        (Kind.COUNT, [Point(0.0), Point(1.0)] * 13),
    ],
)
def test_one_customer_alone_is_never_told_of(kind, before):
    one = Point(1 / before[0].whole, before[0].whole) if kind is Kind.SHARE else Point(1.0)
    two = Point(2 * one.value, one.whole)
    for now in (one, two):
        found = limits(kind, before, now)
        assert found is not None
        assert not (found.outside and firm(kind, now, found, 30))


def test_what_only_one_customer_makes_unusual_is_not_told():
    """At the very edge of the limits one customer less would be inside."""
    before = [Point(float(one)) for one in CHANCE.poisson(20, 26)]
    told = [
        count for count in range(20, 60)
        if (one := limits(Kind.COUNT, before, Point(float(count)))) and one.outside
        and firm(Kind.COUNT, Point(float(count)), one, 30)
    ]  # fmt: skip
    outside = [n for n in range(20, 60) if (one := limits(Kind.COUNT, before, Point(float(n)))) and one.outside]
    assert told == outside[1:]


def test_fewer_than_twelve_periods_tell_nothing():
    before = [Point(float(one)) for one in CHANCE.poisson(20, FEWEST - 1)]
    assert limits(Kind.COUNT, before, Point(500.0)) is None


# ------------------------------------------------------------ seasons


def told(values: list[float], metric: str = "active_users") -> Evidence:
    """A trend of weeks that ends with the week of MONDAY."""
    days = [MONDAY - timedelta(weeks=back) for back in range(len(values) - 1, -1, -1)]
    query = Query(Intent.TREND, metric, Window(days[0], MONDAY + timedelta(days=7), Grain.WEEK))
    rows = tuple(
        {"period": day.isoformat(), "value": value, "n": value} for day, value in zip(days, values, strict=True)
    )
    return Evidence("e1", query, "main", Unit.COUNT, "up", Shape.LEVEL, 1, ("period", "value", "n"), rows, MONDAY)


def test_a_holiday_that_came_the_year_before_too_is_no_alarm():
    weeks = [float(round(1000 + CHANCE.normal(0, 12))) for _ in range(79)]
    first, both, deeper = list(weeks), list(weeks), list(weeks)
    first[-1] = 600.0
    both[-1], both[-53] = 600.0, 610.0
    deeper[-1], deeper[-53] = 300.0, 610.0
    one, two, three = (
        judged(told(values), series(told(values)), MONDAY, Grain.WEEK, 30)[0] for values in (first, both, deeper)
    )
    assert one.unusual
    assert not two.unusual
    assert three.unusual


def test_a_holiday_may_move_by_a_week():
    weeks = [float(round(1000 + CHANCE.normal(0, 12))) for _ in range(80)]
    weeks[-1], weeks[-54] = 600.0, 610.0
    assert not judged(told(weeks), series(told(weeks)), MONDAY, Grain.WEEK, 30)[0].unusual


def test_it_is_told_of_how_many_weeks_a_figure_is_the_highest():
    weeks = [float(round(1000 + CHANCE.normal(0, 12))) for _ in range(27)]
    weeks[-1] = 1400.0
    one = judged(told(weeks), series(told(weeks)), MONDAY, Grain.WEEK, 30)[0]
    assert (one.unusual, one.up, one.most) == (True, True, 27)
    weeks[3] = 1500.0
    assert judged(told(weeks), series(told(weeks)), MONDAY, Grain.WEEK, 30)[0].most == 0


# ------------------------------------------------------------ which period


@pytest.mark.parametrize("day", range(3, 10))
def test_a_week_that_is_not_over_is_never_judged(analyst: Analyst, day: int):
    of_the_day = replace(analyst, as_of=date(2026, 11, day))
    window = last_complete(of_the_day, Query(Intent.VALUE, "active_users"), Grain.WEEK)
    assert window.end <= of_the_day.as_of
    assert window.start == (date(2026, 10, 26) if day < 9 else date(2026, 11, 2))


def test_people_who_are_followed_for_days_are_judged_when_those_are_over(analyst: Analyst):
    followed = Query(Intent.VALUE, "activation_rate", variant=(("horizon_days", "7"),))
    assert settled_after(catalogue()["activation_rate"], followed) == 7
    assert last_complete(analyst, followed, Grain.WEEK).end == date(2026, 11, 2)
    assert settled_after(catalogue()["activation_rate"], Query(Intent.VALUE, "activation_rate")) == 30
    assert settled_after(catalogue()["churn_rate"], Query(Intent.VALUE, "churn_rate")) == 0


def test_what_is_no_figure_of_one_period_is_not_judged(analyst: Analyst):
    for name in ("median_lifetime", "cohort_retention", "mrr_movements"):
        assert not may_be_judged(catalogue()[name])
        with pytest.raises(BadQuestion, match="alert_not_judged"):
            look(analyst, Query(Intent.VALUE, name), Grain.WEEK)
    assert [grain_of(catalogue()[one]) for one in ("time_between_purchases", "mrr")] == [Grain.MONTH, Grain.WEEK]
    assert is_stock(catalogue()["mrr"])
    assert not is_stock(catalogue()["active_users"])


def test_days_are_held_against_the_same_weekday(analyst: Analyst):
    """On a Sunday few are active; against Sundays that is nothing."""
    sunday = replace(analyst, as_of=date(2026, 10, 12))
    found = look(sunday, Query(Intent.VALUE, "ticket_volume"), Grain.DAY)
    assert found.window.start == date(2026, 10, 11)
    assert len(found.evidence.rows) == HISTORY[Grain.DAY] + 1
    assert {row["period"].weekday() for row in found.evidence.rows} == {6}
    assert not any(one.unusual for one in found.judged)


# ------------------------------------------------------------ telling once


def test_an_alert_is_quiet_until_its_figure_was_back_and_for_a_pause():
    weeks = ["up", "up", NORMAL, "up", NORMAL, "up", "down", "up"]
    out, fired = {}, []
    for number, way in enumerate(weeks):
        day = MONDAY + timedelta(weeks=number)
        new, out = fresh(out, [Sight("", way)], day, Grain.WEEK)
        fired += [number] if new else []
    # 1: the same excursion; 3: back in between, and three weeks on; 5: again; 6: within the pause; 7: still as told.
    assert fired == [0, 3, 5]
    assert PAUSE_DAYS[Grain.WEEK] == 14


def test_each_segment_is_told_for_itself():
    new, out = fresh({}, [Sight("country=FR", "up"), Sight("country=ES", NORMAL)], MONDAY, Grain.WEEK)
    assert new == ("country=FR",)
    new, _ = fresh(out, [Sight("country=FR", "up"), Sight("country=ES", "up")], MONDAY, Grain.WEEK)
    assert new == ("country=ES",)


def test_limits_are_of_the_figure_itself():
    found = limits(Kind.SHARE, shares(26, 400, 0.05), Point(0.05, 400))
    assert isinstance(found, Limits)
    assert 0 <= found.low < found.expected < found.high < 0.12
