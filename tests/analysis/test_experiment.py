"""What is judged of a test besides its result: the draw, several comparisons at once, and what peeking does."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bot.analysis.chance import holm
from bot.analysis.experiment import UNFAIR, by_campaign, p_value, sample_ratio, usual_share
from bot.metrics.estimates import Group
from bot.metrics.uplift import measured


def test_the_worked_examples_of_the_sample_ratio_come_out() -> None:
    """2,250 of 20,000 against one in ten is no chance; 50,400 against 49,600 may be one."""
    assert sample_ratio(2250, 17_750, 0.1) == pytest.approx(4e-9, rel=0.1)
    assert sample_ratio(50_400, 49_600, 0.5) == pytest.approx(0.011, abs=0.0005)
    assert sample_ratio(2250, 17_750, 0.1) < UNFAIR < sample_ratio(50_400, 49_600, 0.5)


def test_fair_draws_are_called_unfair_about_once_in_a_hundred_and_planted_ones_nearly_always() -> None:
    rng = np.random.default_rng(11)
    fair = [sample_ratio(int(held), 5000 - int(held), 0.1) < UNFAIR for held in rng.binomial(5000, 0.1, 2000)]
    planted = [sample_ratio(int(held), 5000 - int(held), 0.1) < UNFAIR for held in rng.binomial(5000, 0.13, 500)]
    assert 0.003 < np.mean(fair) < 0.02
    assert np.mean(planted) > 0.95


@pytest.mark.parametrize(
    ("held", "treated", "arms", "share"),
    [(127, 126, 1, 0.5), (38, 428, 1, 0.1), (21_306, 42_694, 2, 1 / 3), (50, 950, 1, 0.05), (250, 750, 1, 0.25)],
)
def test_the_plan_is_taken_for_the_nearest_usual_one(held: int, treated: int, arms: int, share: float) -> None:
    assert usual_share(held, treated, arms) == pytest.approx(share)


def test_the_probability_is_that_of_the_worked_example() -> None:
    """18,000 at 5.0 % against 2,000 at 4.0 %: z 1.97, p 0.049 with one variance, z 2.14, p 0.032 with two."""
    error = sqrt(0.05 * 0.95 / 18_000 + 0.04 * 0.96 / 2000)
    assert p_value(0.01, 0.01 - 1.96 * error, 0.01 + 1.96 * error) == pytest.approx(0.0324, abs=0.0002)
    pooled = sqrt(0.049 * 0.951 * (1 / 18_000 + 1 / 2000))
    assert p_value(0.01, 0.01 - 1.96 * pooled, 0.01 + 1.96 * pooled) == pytest.approx(0.049, abs=0.001)


def clear(chances: list[float]) -> list[bool]:
    return [p <= 0.05 for p in holm(chances)]


def test_holm_keeps_what_is_clear_among_several() -> None:
    """Four at 5 %: limits 0.0125, 0.0167, 0.025, 0.05, in the order of the probabilities, until one fails."""
    assert clear([0.01, 0.04, 0.03, 0.005]) == [True, False, False, True]
    assert clear([0.04]) == [True]
    assert clear([0.04, 0.045]) == [False, False]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_lies_between_no_correction_and_that_of_bonferroni(found: list[float]) -> None:
    kept = clear(found)
    assert all(p <= 0.05 for p, holds in zip(found, kept, strict=True) if holds)
    assert all(holds for p, holds in zip(found, kept, strict=True) if p <= 0.05 / len(found))


def arm(outcomes: NDArray[Any]) -> Group:
    return Group(len(outcomes), float(outcomes.sum()), float(outcomes.sum()))


def test_without_an_effect_one_test_in_twenty_looks_clear_and_five_looks_nearly_triple_that() -> None:
    """800 tests with the same 20 % in both arms, read once at the end, and at each fifth of the people."""
    rng, tests, many = np.random.default_rng(5), 800, 1000
    once = peeked = 0
    for _ in range(tests):
        treated, held = rng.random((2, many)) < 0.2
        clear = [
            measured(arm(treated[:n]), arm(held[:n]), 30)["verdict"] in ("clear_gain", "clear_loss")
            for n in range(many // 5, many + 1, many // 5)
        ]
        once += clear[-1]
        peeked += any(clear)
    assert 0.03 < once / tests < 0.07
    assert 0.11 < peeked / tests < 0.18


def test_the_interval_holds_the_true_effect_in_nineteen_of_twenty_tests_with_one_in_ten_held_out() -> None:
    rng, tests = np.random.default_rng(9), 600
    hits = 0
    for _ in range(tests):
        row = measured(arm(rng.random(1800) < 0.30), arm(rng.random(200) < 0.22), 30)
        hits += row["low"] <= 0.08 <= row["high"]
    assert 0.925 < hits / tests < 0.975


def test_the_arms_of_a_campaign_are_told_apart() -> None:
    rows = [{"campaign": "a", "held": 1, "arm": "control"}, {"campaign": "a", "held": 0, "arm": "B"}]
    rows.append({"campaign": "b", "held": 0, "arm": "A"})
    found = by_campaign(rows)
    assert [[row["arm"] for row in side] for side in found["a"]] == [["control"], ["B"]]
    assert found["b"][0] == []
