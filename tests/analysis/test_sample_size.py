"""Sample sizes against published tables, a simulation, and laws."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.analysis.sample_size import detectable, each_arm, needed, split, weeks


@pytest.mark.parametrize(
    ("p1", "p2", "n"),
    [
        (0.02, 0.03, 3826),
        (0.03, 0.04, 5301),
        (0.04, 0.048, 10317),
        (0.04, 0.05, 6745),
        (0.05, 0.055, 31234),
        (0.05, 0.06, 8158),
        (0.10, 0.12, 3841),
    ],
)
def test_two_proportions_need_this_many_people_an_arm(p1: float, p2: float, n: int) -> None:
    assert each_arm(p1, p2) == n
    assert needed(p1, p2, 0.5).held == needed(p1, p2, 0.5).treated == n


@pytest.mark.parametrize(
    ("p1", "p2", "n"), [(0.05, 0.15, 160), (0.10, 0.20, 219), (0.20, 0.30, 313), (0.30, 0.40, 376), (0.30, 0.50, 103)]
)
def test_with_the_continuity_correction_the_table_of_fleiss_comes_out(p1: float, p2: float, n: int) -> None:
    """Fleiss, "Statistical Methods for Rates and Proportions", table A.3: error 0.05, power 0.80."""
    plain = each_arm(p1, p2)
    corrected = plain / 4 * (1 + sqrt(1 + 4 / (plain * abs(p2 - p1)))) ** 2
    assert corrected == pytest.approx(n, abs=1)


def test_unequal_arms_keep_the_variances_apart() -> None:
    """Chow, Shao, Wang: 65 % against 85 % takes 70 an arm; and a worked example of one in ten held out."""
    assert needed(0.85, 0.65, 0.5000001).held == 70
    arms = needed(0.04, 0.05, 0.10)
    assert (arms.held, arms.treated) == (3429, 30854)


def test_two_thousand_an_arm_at_four_percent_show_a_difference_of_1_7_points() -> None:
    assert detectable(0.04, 2000, 2000) == pytest.approx(0.0174, abs=0.0001)


@pytest.mark.parametrize(("held", "treated"), [(0.10, 0.12), (0.12, 0.10)])
@pytest.mark.parametrize("share", [0.5, 0.1])
def test_the_planned_size_finds_the_effect_in_four_of_five_simulated_tests(
    held: float, treated: float, share: float
) -> None:
    """Power 0.80, counted instead of derived, by the interval that a test is read with."""
    arms, rng = needed(held, treated, share), np.random.default_rng(7)
    a, b = rng.binomial(arms.held, held, 20_000) / arms.held, rng.binomial(arms.treated, treated, 20_000) / arms.treated
    error = np.sqrt(a * (1 - a) / arms.held + b * (1 - b) / arms.treated)
    assert np.mean(np.abs(b - a) > 1.96 * error) == pytest.approx(0.80, abs=0.015)


@given(base=st.floats(0.02, 0.6), effect=st.floats(0.01, 0.3), share=st.floats(0.05, 0.5))
def test_a_larger_effect_needs_fewer_people_and_a_holdout_of_half_the_fewest(
    base: float, effect: float, share: float
) -> None:
    assert needed(base, base + effect, share).total >= needed(base, base + effect * 1.2, share).total
    if effect < base / 10:  # where both rates vary alike
        assert needed(base, base + effect, share).total >= 0.98 * needed(base, base + effect, 0.5).total


@given(audience=st.integers(2, 100_000), share=st.floats(0.05, 0.5))
def test_an_audience_is_split_whole(audience: int, share: float) -> None:
    arms = split(audience, share)
    assert arms.total == audience
    assert arms.held >= 1


def test_a_test_runs_whole_weeks_at_least_two_and_until_its_outcome_is_seen() -> None:
    assert (weeks(1), weeks(14), weeks(15), weeks(90)) == (2, 2, 3, 13)
