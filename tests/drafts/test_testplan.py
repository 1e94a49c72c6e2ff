"""Sample sizes against a published table, a simulation, and common sense."""

import numpy as np
import pytest

from bot.drafting.testplan import detectable, plan, sample_size


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
    assert sample_size(p1, p2) == n


def test_two_thousand_an_arm_at_four_percent_show_a_difference_of_1_7_points() -> None:
    assert detectable(0.04, 2000, 2000) == pytest.approx(0.0174, abs=0.0001)


def test_the_planned_size_finds_the_effect_in_four_of_five_simulated_tests() -> None:
    """Power 0.80, counted instead of derived."""
    n, rng = sample_size(0.10, 0.12), np.random.default_rng(7)
    a, b = rng.binomial(n, 0.10, 20_000) / n, rng.binomial(n, 0.12, 20_000) / n
    mean = (a + b) / 2
    z = (b - a) / np.sqrt(2 * mean * (1 - mean) / n)
    assert np.mean(np.abs(z) > 1.959964) == pytest.approx(0.80, abs=0.01)


def test_a_tenth_is_held_out_and_at_least_one_of_two() -> None:
    assert (plan(20_000, 0.04).held_out, plan(20_000, 0.04).treated) == (2000, 18_000)
    assert plan(2, 0.04).held_out == 1
    assert plan(1, 0.04).detectable is None
    assert plan(0, 0.04).treated == 0


def test_a_small_group_is_said_to_show_nothing_and_a_large_one_something() -> None:
    assert not plan(300, 0.04).worth_it
    assert plan(50_000, 0.04).worth_it
