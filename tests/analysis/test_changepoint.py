"""When a series changed: a published series, planted stretches, and no more false alarms than stated."""

from __future__ import annotations

import numpy as np
import pytest

from bot.analysis.changepoint import in_levels, in_shares
from bot.analysis.usual import student, usual

# The yearly flow of the Nile at Aswan, 1871 to 1970, in 10^8 cubic metres: Cobb 1978, "The problem of the Nile".
NILE = [
    1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958, 1140,
    1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020, 1050, 969, 831,
    726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796, 1040, 759, 781, 865, 845,
    944, 984, 897, 822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890, 744, 749, 838, 1050, 918,
    986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740,
]  # fmt: skip


def test_the_nile_runs_lower_from_1899_on_as_published() -> None:
    found = in_levels(NILE, rounds=199)
    assert found is not None
    assert (1871 + found.first, found.last) == (1899, len(NILE))
    assert found.earliest <= 1899 - 1871 <= found.latest
    assert 1871 + found.earliest >= 1895
    assert 1871 + found.latest <= 1901
    assert found.p == pytest.approx(0.005)
    assert found.outside == pytest.approx(1097.75, abs=0.01)  # the means Cobb gives: about 1100 and 850
    assert found.inside == pytest.approx(849.97, abs=0.01)


def test_a_fault_that_is_repaired_has_an_end_and_a_direction() -> None:
    part, whole = [58, 61, 57, 60, 20, 18, 22, 59, 62, 57, 60, 58], [100] * 12
    found = in_shares(part, whole, rising=False)
    assert found is not None
    assert (found.first, found.last) == (4, 7)
    assert found.inside == pytest.approx(0.2)
    assert found.p <= 0.05
    up = in_shares(part, whole, rising=True)
    assert up is None or up.p > 0.05


def test_too_short_a_series_or_one_that_never_moves_tells_nothing() -> None:
    assert in_levels([1, 2, 3, 9, 9, 9, 9]) is None
    assert in_levels([5.0] * 12) is None
    assert in_shares([0] * 12, [0] * 12) is None


def test_where_nothing_happens_one_series_in_twenty_says_otherwise_and_a_planted_start_lies_in_its_interval() -> None:
    chance = np.random.default_rng(11)
    alarms = held = told = 0
    many = 300
    for _ in range(many):
        whole = chance.integers(80, 150, 14)
        calm = in_shares(chance.binomial(whole, 0.3), whole, rounds=199)
        alarms += calm is not None and calm.p <= 0.05
        first, rates = int(chance.integers(4, 10)), np.full(14, 0.30)
        rates[first : first + 4] = 0.42
        found = in_shares(chance.binomial(whole, rates), whole, rising=True, rounds=199)
        if found is not None and found.p <= 0.05:
            told += 1
            held += found.earliest <= first <= found.latest
    assert alarms / many <= 0.05 + 3 * (0.05 * 0.95 / many) ** 0.5
    assert told > many / 2
    assert held / told >= 0.93


@pytest.mark.parametrize(
    ("freedom", "published"), [(3, 3.182), (4, 2.776), (5, 2.571), (7, 2.365), (10, 2.228), (30, 2.042)]
)
def test_students_t_is_that_of_the_tables(freedom: int, published: float) -> None:
    assert student(freedom) == pytest.approx(published, abs=0.004)


def test_the_usual_range_holds_the_next_figure_nineteen_times_in_twenty() -> None:
    chance = np.random.default_rng(5)
    inside = 0
    for _ in range(2000):
        *before, now = chance.normal(100, 15, 7).tolist()
        told = usual(before, now)
        assert told is not None
        assert told.outside is not (told.low <= now <= told.high)
        inside += not told.outside
    assert 0.935 <= inside / 2000 <= 0.965
    assert usual([1.0, 2.0, 3.0], 9.0) is None
