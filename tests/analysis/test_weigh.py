"""A claim weighed: the interval of a ratio as published, and verdicts that follow from intervals alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.analysis.weigh import Figure, risk_ratio, weigh

SMALL = 30


def share(part: float, whole: float) -> Figure:
    return Figure(part / whole, whole, (part, whole))


def test_the_interval_of_a_ratio_is_that_of_the_physicians_health_study() -> None:
    """Agresti, Categorical Data Analysis (2002), section 3.1: 189 of 11,034 on placebo, 104 of 11,037 on aspirin."""
    found = risk_ratio((189, 11_034), (104, 11_037))
    assert found is not None
    assert [round(one, 2) for one in found] == [1.43, 2.31]
    weight = weigh(share(189, 11_034), share(104, 11_037), "ratio", "more", (2.0, 2.0), SMALL)
    assert weight is not None
    assert round(weight.value, 2) == 1.82
    assert weight.verdict == "fits"


@pytest.mark.parametrize(
    ("figure", "against", "than", "claimed", "verdict"),
    [
        (share(300, 1000), share(100, 1000), "more", (3.0, 5.0), "fits"),
        (share(150, 1000), share(100, 1000), "more", (3.0, 5.0), "falls_short"),
        (share(900, 1000), share(100, 1000), "more", (3.0, 5.0), "goes_beyond"),
        (share(50, 1000), share(100, 1000), "more", (3.0, 5.0), "against"),
        (share(105, 1000), share(100, 1000), "more", (3.0, 5.0), "unclear_not_size"),
        (share(7, 100), share(5, 100), "more", (1.2, 1.4), "unclear"),
        (share(150, 1000), share(100, 1000), "more", None, "same_way"),
        (share(50, 1000), share(100, 1000), "less", None, "same_way"),
        (share(150, 1000), share(100, 1000), "less", None, "against"),
        (share(10, 1000), share(100, 1000), "less", (0.4, 0.6), "goes_beyond"),
        (share(4, 13), share(311, 1637), "less", None, "small"),
        (Figure(400.0, 500), Figure(200.0, 500), "more", (5.0, 25.0), "falls_short"),
    ],
)
def test_what_a_comparison_says_of_a_claim(figure, against, than, claimed, verdict) -> None:
    weight = weigh(figure, against, "ratio", than, claimed, SMALL)
    assert weight is not None
    assert weight.verdict == verdict


@pytest.mark.parametrize(
    ("value", "interval", "verdict"),
    [(0.1, (0.07, 0.14), "within"), (0.03, (0.01, 0.04), "below"), (0.3, (0.25, 0.35), "above"), (1.58, None, "above")],
)
def test_a_figure_alone_is_placed_by_its_interval(value, interval, verdict) -> None:
    weight = weigh(Figure(value, 300, None, interval), None, "share", "", (0.052, 0.201), SMALL)
    assert weight is not None
    assert weight.verdict == verdict


def test_a_difference_of_points_has_the_interval_of_both() -> None:
    weight = weigh(Figure(20, 400, None, (17, 23)), Figure(30, 400, None, (26, 34)), "points", "more", None, SMALL)
    assert weight is not None
    assert (weight.value, weight.interval, weight.verdict) == (-10, (-15.0, -5.0), "against")


def test_there_is_no_ratio_to_nothing() -> None:
    assert weigh(share(5, 100), share(0, 100), "ratio", "more", None, SMALL) is None
    assert risk_ratio((0, 100), (5, 100)) is None


parts = some.integers(1, 999)


@given(parts, parts)
def test_turning_a_comparison_round_turns_its_interval_and_its_verdict_round(part: int, other: int) -> None:
    there = weigh(share(part, 1000), share(other, 1000), "ratio", "more", None, SMALL)
    back = weigh(share(other, 1000), share(part, 1000), "ratio", "less", None, SMALL)
    assert there is not None
    assert back is not None
    assert there.interval is not None
    assert back.interval is not None
    assert there.value == pytest.approx(1 / back.value)
    assert there.interval == pytest.approx((1 / back.interval[1], 1 / back.interval[0]))
    assert there.verdict == back.verdict
    assert there.interval[0] <= there.value <= there.interval[1]


@given(parts, parts, some.floats(1.01, 20))
def test_a_claim_is_never_both_borne_out_and_missed(part: int, other: int, size: float) -> None:
    weight = weigh(share(part, 1000), share(other, 1000), "ratio", "more", (size, size), SMALL)
    assert weight is not None
    assert weight.interval is not None
    low, high = weight.interval
    assert (weight.verdict == "fits") == (low > 1 and low <= size <= high)
    assert (weight.verdict == "against") == (high < 1)
