"""The rate + mix split adds up to the change, whatever the segments do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.analysis.compare import compare
from bot.analysis.explain import explain
from bot.analysis.measure import Analyst
from bot.analysis.split import averages, levels, parts_of, split, volume_and_price
from bot.types import Grain, Intent, Query, Window
from tests.metrics.second import MONTH

CELL = st.tuples(st.integers(0, 50).map(float), st.integers(0, 200).map(float))
COUNTS = st.dictionaries(st.sampled_from("abcdef"), CELL, min_size=1)


def rate(counts: dict[str, tuple[float, float]]) -> float:
    return sum(part for part, _ in counts.values()) / sum(whole for _, whole in counts.values())


@given(
    COUNTS.filter(lambda c: sum(w for _, w in c.values()) > 0),
    COUNTS.filter(lambda c: sum(w for _, w in c.values()) > 0),
)
def test_the_effects_of_all_segments_sum_to_the_change_exactly(
    now: dict[str, tuple[float, float]], before: dict[str, tuple[float, float]]
) -> None:
    effects = split(now, before)
    assert sum(effect.total for effect in effects) == pytest.approx(rate(now) - rate(before), abs=1e-9)


LEVELS = st.dictionaries(
    st.sampled_from("abcdef"), st.tuples(st.floats(-1e6, 1e6), st.integers(0, 200).map(float)), min_size=1
)


@given(LEVELS, LEVELS)
def test_volume_and_price_of_all_segments_sum_to_the_change_of_a_level(
    now: dict[str, tuple[float, float]], before: dict[str, tuple[float, float]]
) -> None:
    change = sum(value for value, _ in now.values()) - sum(value for value, _ in before.values())
    assert sum(effect.total for effect in levels(now, before)) == pytest.approx(change, abs=1e-6)


@given(LEVELS, LEVELS)
def test_the_effects_on_an_average_sum_to_its_change(
    now: dict[str, tuple[float, float]], before: dict[str, tuple[float, float]]
) -> None:
    def average(counts: dict[str, tuple[float, float]]) -> float:
        return sum(value * n for value, n in counts.values()) / sum(n for _, n in counts.values())

    effects = averages(now, before)
    if not sum(n for _, n in now.values()) or not sum(n for _, n in before.values()):
        assert effects == []
    else:
        assert sum(effect.total for effect in effects) == pytest.approx(average(now) - average(before), abs=1e-4)


PARTS = st.dictionaries(st.sampled_from(["new", "expansion", "contraction", "churn"]), st.floats(-1e6, 1e6))


@given(PARTS, PARTS)
def test_the_parts_of_a_bridge_sum_to_the_change_of_its_net(now: dict[str, float], before: dict[str, float]) -> None:
    effects = parts_of(now, before)
    assert sum(effect.total for effect in effects) == pytest.approx(sum(now.values()) - sum(before.values()), abs=1e-6)


def test_more_customers_at_the_same_price_are_all_volume_and_a_dearer_price_for_the_same_is_all_price() -> None:
    assert volume_and_price((1200, 12), (1000, 10)) == pytest.approx((0, 200))
    assert volume_and_price((1100, 10), (1000, 10)) == pytest.approx((100, 0))
    assert volume_and_price((300, 3), (0, 0)) == pytest.approx((0, 300))


def test_a_segment_that_appears_or_vanishes_has_a_mix_effect_only() -> None:
    effects = {
        effect.segment: effect
        for effect in split({"old": (10, 100), "new": (30, 100)}, {"old": (10, 100), "gone": (5, 50)})
    }
    assert (effects["new"].rate, effects["gone"].rate) == (0, 0)
    assert effects["new"].mix == pytest.approx(0.5 * (0.3 - (0.2 + 0.1) / 2))


def test_a_shift_between_unchanged_segments_is_all_mix() -> None:
    effects = split({"a": (10, 100), "b": (90, 300)}, {"a": (30, 300), "b": (30, 100)})
    assert all(effect.rate == pytest.approx(0) for effect in effects)
    assert sum(effect.mix for effect in effects) == pytest.approx(100 / 400 - 60 / 400)


@pytest.mark.slow
@pytest.mark.parametrize(
    "metric", ["churn_rate", "retention_rate", "churned_customers", "mrr", "grr", "nrr", "nps", "repeat_purchase_rate"]
)
def test_every_dimension_of_an_explanation_sums_to_the_change_of_the_demo(analyst: Analyst, metric: str) -> None:
    found = explain(analyst, Query(Intent.WHY, metric, MONTH))
    assert found.drivers
    scale = 100 if metric == "nps" else 1
    for driver in found.drivers:
        total = scale * sum(row["effect"] for row in driver.rows)
        assert total == pytest.approx(found.comparison.change, abs=1e-6)


def test_the_rise_in_churn_of_annual_plans_is_traced_to_the_country_of_the_price_rise(analyst: Analyst) -> None:
    found = explain(analyst, Query(Intent.WHY, "churn_rate", MONTH, filters=(("interval", ("annual",)),)))
    assert found.comparison.direction == "up"
    assert found.driver is not None
    assert (found.driver[0], found.driver[1].segment) == ("country", "FR")


def test_a_rate_above_one_is_compared_without_an_interval(analyst: Analyst) -> None:
    """Churn by events may count one customer twice: the change stays, the interval of a share is not given."""
    week = Window(analyst.as_of.replace(day=2), analyst.as_of.replace(day=9), Grain.WEEK)
    found = compare(analyst, Query(Intent.COMPARE, "churn_rate", week, variant=(("method", "events"),)))
    assert found.change is not None
