"""The estimator against numbers printed in books and manuals."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.metrics.kaplan_meier import above, curve, logrank, median, median_interval


def counted(*lives: tuple[float, int], entered: dict[float, int] | None = None) -> pd.DataFrame:
    """(duration, 1 = ended) pairs as counts per age."""
    ages = sorted({age for age, _ in lives} | set(entered or {}))
    rows = [(age, sum(one == (age, 1) for one in lives), sum(one == (age, 0) for one in lives)) for age in ages]
    frame = pd.DataFrame(rows, columns=["age", "left", "censored"])
    return frame.assign(entered=[entered.get(age, 0) for age in ages]) if entered else frame


TEN = counted((1, 1), (2, 1), (2, 0), (3, 1), (4, 0), (5, 1), (6, 0), (6, 0), (6, 0), (6, 0))
TREATED = counted(
    *((t, 1) for t in (6, 6, 6, 7, 10, 13, 16, 22, 23)),
    *((t, 0) for t in (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)),
)
PLACEBO = counted(*((t, 1) for t in (1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)))
"""Remission of leukaemia in weeks, Freireich and others (1963), as used by Cox (1972)."""


def test_ten_customers_of_whom_four_left() -> None:
    """S = 0.900, 0.800, 0.686, 0.549 at 1, 2, 3, 5; Greenwood 0.095, 0.126, 0.1515, 0.172; no median yet."""
    found = curve(TEN)
    at = found.set_index("age")
    assert [round(at["value"][age], 3) for age in (1, 2, 3, 5)] == [0.9, 0.8, 0.686, 0.549]
    assert [at["error"][age] for age in (1, 2, 3, 5)] == pytest.approx([0.095, 0.126, 0.1515, 0.172], abs=5e-4)
    assert at["at_risk"].to_dict() == {1: 10, 2: 9, 3: 7, 4: 6, 5: 5, 6: 4}
    assert median(found) is None
    assert at["firm"].to_dict() == {1: True, 2: False, 3: False, 4: False, 5: False, 6: False}


def test_the_remission_of_leukaemia_is_that_of_the_manuals() -> None:
    """Survivor function, Greenwood error and log-log interval as Stata's `sts list` prints them."""
    printed = {
        6: (0.8571, 0.0764, 0.6197, 0.9516), 7: (0.8067, 0.0869, 0.5631, 0.9228),
        10: (0.7529, 0.0963, 0.5032, 0.8894), 13: (0.6902, 0.1068, 0.4316, 0.8491),
        16: (0.6275, 0.1141, 0.3675, 0.8049), 22: (0.5378, 0.1282, 0.2678, 0.7468),
        23: (0.4482, 0.1346, 0.1881, 0.6801),
    }  # fmt: skip
    found = curve(TREATED).set_index("age")
    for age, row in printed.items():
        assert tuple(found.loc[age, ["value", "error", "low", "high"]]) == pytest.approx(row, abs=6e-5)
    assert (median(curve(TREATED)), median(curve(PLACEBO))) == (23, 8)
    assert median_interval(curve(PLACEBO)) == (4, 11)
    assert median_interval(curve(TREATED)) == (13, None)


def test_the_log_rank_of_leukaemia_is_that_of_the_books() -> None:
    found = logrank([TREATED, PLACEBO])
    assert found is not None
    assert (found.chi2, found.df, found.p) == (pytest.approx(16.793, abs=5e-4), 1, pytest.approx(4.17e-5, abs=5e-8))


def test_equal_groups_do_not_differ_and_one_group_cannot() -> None:
    found = logrank([TREATED, TREATED, TREATED])
    assert found is not None
    assert (found.df, found.p) == (2, pytest.approx(1.0))
    assert found.chi2 == pytest.approx(0.0, abs=1e-9)
    assert logrank([TREATED]) is None
    assert logrank([counted((3, 0)), counted((4, 0))]) is None


def test_who_enters_late_is_at_risk_only_from_then_on() -> None:
    """Three from the start, two seen only after age 2: at age 2 three are at risk, at age 3 four."""
    found = curve(counted((2, 1), (3, 1), (4, 0), (4, 0), (5, 1), entered={2: 2})).set_index("age")
    assert found["at_risk"].to_dict() == {2: 3, 3: 4, 4: 3, 5: 1}
    assert found["value"].to_dict() == pytest.approx({2: 2 / 3, 3: 1 / 2, 4: 1 / 2, 5: 0})


def test_a_curve_that_ends_at_nothing_has_no_interval_there_and_a_median() -> None:
    found = curve(counted((1, 1), (1, 1)))
    assert found["value"].tolist() == [0]
    assert found[["low", "high"]].isna().all(axis=None)
    assert median(found) == 1


CRITICAL = [
    (3.841, 1, 0.05),
    (5.991, 2, 0.05),
    (7.815, 3, 0.05),
    (9.488, 4, 0.05),
    (11.345, 3, 0.01),
    (18.307, 10, 0.05),
]


@pytest.mark.parametrize(("chi2", "df", "p"), CRITICAL)
def test_the_tail_of_chi_squared_is_that_of_the_tables(chi2: float, df: int, p: float) -> None:
    assert above(chi2, df) == pytest.approx(p, abs=2e-5)


def test_nothing_lies_below_zero_in_chi_squared() -> None:
    assert [above(0.0, df) for df in (1, 2, 5)] == [1.0, 1.0, 1.0]


LIVES = st.lists(st.tuples(st.integers(1, 12), st.integers(0, 1)), min_size=1, max_size=40)


@given(lives=LIVES)
def test_survival_never_rises_and_lies_between_its_bounds(lives: list[tuple[int, int]]) -> None:
    found = curve(counted(*lives))
    assert found["value"].is_monotonic_decreasing
    for row in found.itertuples():
        if not math.isnan(row.low):
            assert 0 <= row.low <= row.value + 1e-12 <= row.high + 2e-12 <= 1 + 3e-12


@given(lives=LIVES.filter(lambda lives: all(ended for _, ended in lives)))
def test_where_nobody_is_censored_the_curve_is_the_share_still_there(lives: list[tuple[int, int]]) -> None:
    for row in curve(counted(*lives)).itertuples():
        assert row.value == pytest.approx(sum(age > row.age for age, _ in lives) / len(lives))
