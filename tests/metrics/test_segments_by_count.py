"""Segments of the finger-count company, on each engine: counted by hand, and the same everywhere."""

from __future__ import annotations

import pytest

from bot.analysis.measure import Analyst
from bot.analysis.people import accounts_of
from bot.metrics.membership import ready
from bot.sources import Company
from bot.types import Intent, Query, Rights

COUNTED = {
    "churned_eligible_for_win_back": {"A3"},  # left on 15 October; A4, A7 and A12 left in the last 14 days
    "one_time_buyers": {"C3", "D2"},
    "repeat_customers": {"C1", "C2", "C4", "D1", "D3"},  # the one order of C5 is refunded
    "past_usual_purchase_interval": {"C4"},  # gaps of 10 and 40 days, nine in ten: 37; 43 days since the last
    "new": set(),  # A8 came on 18 October
}


@pytest.mark.parametrize("segment", COUNTED)
def test_a_segment_holds_those_counted_by_hand(analyst: Analyst, segment: str) -> None:
    assert set(accounts_of(analyst, Query(Intent.SEGMENT, subject=segment))) == COUNTED[segment]


@pytest.mark.slow
@pytest.mark.postgres
def test_every_segment_is_the_same_on_both_engines(fingers: Company, fingers_in_postgres: Company) -> None:
    here, there = (Analyst(one, Rights(), one.as_of(one.pinned)) for one in (fingers, fingers_in_postgres))
    names = ready(here.tables(Query(Intent.SEGMENT)))
    assert len(names) > 30
    for name in names:
        query = Query(Intent.SEGMENT, subject=name)
        assert accounts_of(there, query) == accounts_of(here, query), name
