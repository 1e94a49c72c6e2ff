"""What a play came to here: pooled by hand, weighed by laws."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engines.answers.track import Trial, recorded
from bot.models import embedding
from bot.playbook import Playbook, Record, Signal

BOOK = Playbook(Path(__file__).parents[2] / "knowledge", Path("nowhere"), embedding.offline)
RISE = [Signal("churn_rate", "up")]
DAY = date(2026, 5, 12)
GAINS = st.floats(-0.5, 0.5)
HALVES = st.floats(0.001, 0.5)


def trial(gain: float, half: float, *markets: str, day: date = DAY) -> Trial:
    return Trial(day, gain, gain - half, gain + half, markets)


def one(gain: float, half: float) -> Record:
    record = recorded([trial(gain, half)])
    assert record is not None
    return record


def test_two_tests_are_pooled_as_worked_by_hand() -> None:
    """Half-widths 2 and 4 points weigh 2500 and 625: (2500 x 3 + 625 x -2) / 3125 = 2.0; 1 / sqrt(3125) = 1.789."""
    record = recorded([trial(0.03, 0.02, "FR", "ES"), trial(-0.02, 0.04, "ES", "PL", day=date(2026, 8, 18))])
    assert record is not None
    assert record.gain == pytest.approx(0.02)
    assert (record.low, record.high) == pytest.approx((0.02 - 0.017889, 0.02 + 0.017889), abs=1e-6)
    assert (record.times, record.last, record.markets) == (2, date(2026, 8, 18), ("FR", "ES", "PL"))
    assert record.likely == pytest.approx(0.02 * 0.0016 / (0.0016 + 0.00032))


def test_no_test_with_a_width_is_no_record() -> None:
    assert recorded([]) is None
    assert recorded([trial(0.1, 0.0)]) is None


@given(GAINS, HALVES)
def test_what_is_expected_lies_between_nothing_and_what_was_seen(gain: float, half: float) -> None:
    expected = one(gain, half).likely
    assert min(0.0, gain) - 1e-9 <= expected <= max(0.0, gain) + 1e-9


@given(GAINS, HALVES, st.integers(1, 6))
def test_more_of_the_same_evidence_comes_closer_to_what_was_seen(gain: float, half: float, more: int) -> None:
    few, many = recorded([trial(gain, half)] * more), recorded([trial(gain, half)] * (more + 1))
    assert few is not None
    assert many is not None
    assert abs(many.likely - gain) <= abs(few.likely - gain) + 1e-9
    assert many.high - many.low < few.high - few.low


def test_without_any_outcome_the_order_of_plays_is_unchanged() -> None:
    plain = [fit.play.id for fit in BOOK.fits(RISE)]
    assert [fit.play.id for fit in BOOK.fits(RISE, {})] == plain
    assert [fit.play.id for fit in BOOK.fits(RISE, {"bees": one(0.3, 0.01)})] == plain


def test_a_play_that_clearly_did_harm_goes_behind_all_others() -> None:
    first = BOOK.fits(RISE)[0].play.id
    assert BOOK.fits(RISE, {first: one(-0.05, 0.01)})[-1].play.id == first
    assert BOOK.fits(RISE, {first: one(-0.01, 0.05)})[0].because


def test_a_proven_play_goes_before_its_equals_but_not_before_a_narrower_one() -> None:
    equals = {
        (own.metric, own.direction): [fit.play.id for fit in BOOK.fits([Signal(own.metric, own.direction)])]
        for play in BOOK.plays.values()
        for own in play.signals
    }
    (metric, direction), order = max(equals.items(), key=lambda pair: len(pair[1]))
    assert len(order) > 1
    proven = {order[-1]: one(0.05, 0.02)}
    assert BOOK.fits([Signal(metric, direction)], proven)[0].play.id == order[-1]
    annual = [Signal("churn_rate", "up", (("interval", ("annual",)),))]
    narrow, *_, wide = [fit.play.id for fit in BOOK.fits(annual)]
    assert BOOK.fits(annual, {wide: one(0.05, 0.02)})[0].play.id == narrow
