"""Intervals against figures worked out elsewhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.analysis.intervals import balance, difference, wilson


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(25, 500, 3.4, 7.3), (38, 950, 2.9, 5.4), (1, 12, 1.5, 35.4), (0, 20, 0.0, 16.1), (24, 200, 8.2, 17.2)],
)
def test_wilson_gives_the_published_bounds(part: int, whole: int, low: float, high: float) -> None:
    assert [round(100 * bound, 1) for bound in wilson(part, whole)] == [low, high]


def test_the_difference_of_two_shares_has_the_published_bounds() -> None:
    low, high = difference(900, 18000, 80, 2000)
    assert [round(100 * bound, 1) for bound in (low, high)] == [0.1, 1.9]


def test_the_margin_of_a_promoter_score_is_the_published_one() -> None:
    low, high = balance(120, 30, 200)
    assert (round(100 * (low + high) / 2, 1), round(100 * (high - low) / 2, 1)) == (45.0, 10.3)


@given(st.integers(1, 10_000).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_an_interval_holds_its_share_and_stays_between_nothing_and_all(counts: tuple[int, int]) -> None:
    part, whole = counts
    low, high = wilson(part, whole)
    assert -1e-12 <= low <= part / whole + 1e-12
    assert part / whole - 1e-12 <= high <= 1
