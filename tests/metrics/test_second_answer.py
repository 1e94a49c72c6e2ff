"""Every metric of the catalogue equals SQL written by hand from its definition, on the demo company."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.analysis.measure import Analyst, measure, measure_all
from bot.metrics import catalogue
from bot.settings import read_workspace
from bot.sources.demo import FOLDER, ensure
from bot.types import Evidence, Intent, Query, Rights, Shape, Window
from bot.wiring import company_of
from tests.metrics.by_hand import AS_OF, Answers, Hand
from tests.metrics.second import QUARTER, WINDOWS, YEAR, Case, every
from tests.metrics.second.core import CASES as CORE
from tests.metrics.second.core import LEFT, LOST, over_accounts

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def hand() -> Hand:
    return Hand.over(ensure(FOLDER))


@pytest.fixture(scope="module")
def analyst() -> Analyst:
    ensure(FOLDER)
    return Analyst(company_of(read_workspace(ROOT / "workspace.toml")), Rights(), AS_OF)


def told(evidence: Evidence, figures: tuple[str, ...] = ()) -> Answers:
    """Segment → (part, whole), or (value, n and what the metric adds), as the evidence has them."""
    named = {*evidence.query.by, *catalogue()[evidence.query.metric or ""].keys}
    keys = [name for name in evidence.columns if name in named]
    if not figures:
        figures = ("part", "whole") if "whole" in evidence.columns else ("value", "n")
        figures += ("mrr",) if "value" in figures and "mrr" in evidence.columns else ()
        figures = ("value",) if evidence.shape is Shape.FLOW else figures
    return {
        tuple(str(row[name]) for name in keys): tuple(float(row[name] or 0) for name in figures)
        for row in evidence.rows
    }


def same(found: Answers, expected: Answers) -> None:
    """Equal segment by segment; a segment of nothing but zeros may be left out by either side."""
    wholes = {key: row for key, row in expected.items() if any(row)}
    assert {key: row for key, row in found.items() if any(row)} == {
        key: pytest.approx(row, rel=1e-9, abs=1e-9) for key, row in wholes.items()
    }


def asked(metric: str, variant: Mapping[str, str], **rest: Any) -> Query:
    return Query(Intent.VALUE, metric, variant=tuple(sorted(variant.items())), **rest)


FIRST = {case.metric: case for case in reversed(every())}
"""Metric → its first case, under its default variants."""
QUICK = {case.metric for case in CORE}
"""The metrics compared in every run; the others in the longer one, where all of them are in every kind of window."""


def equals_its_sql(analyst: Analyst, hand: Hand, case: Case, windows: tuple[Window, ...]) -> None:
    """The metric in these windows, fetched together, against the hand-written SQL of each."""
    query = analyst.settled(asked(case.metric, case.variant, window=windows[0]))
    count = len(windows)
    found = measure_all(analyst, query, windows, ids=["e1"] * count, roles=["main"] * count)
    for window, one in zip(windows, found, strict=True):
        expected = case.second(hand, window, (), "true")
        same(told(one, case.figures), expected)
        assert any(any(row) for row in expected.values()) or window in case.empty


@pytest.mark.parametrize("case", [case for name, case in FIRST.items() if name in QUICK], ids=lambda case: case.metric)
def test_a_metric_equals_its_sql(analyst: Analyst, hand: Hand, case: Case) -> None:
    equals_its_sql(analyst, hand, case, case.windows[:2])


@pytest.mark.slow
@pytest.mark.parametrize("case", every(), ids=lambda case: case.name)
def test_a_metric_equals_its_sql_in_every_kind_of_window(analyst: Analyst, hand: Hand, case: Case) -> None:
    """A variant in two of them: what it changes is who counts, not how days are."""
    equals_its_sql(analyst, hand, case, case.windows if case is FIRST[case.metric] else case.windows[:2])


@pytest.mark.slow
@pytest.mark.parametrize("case", FIRST.values(), ids=lambda case: case.name)
def test_a_metric_equals_its_sql_in_every_segment_and_under_a_filter(analyst: Analyst, hand: Hand, case: Case) -> None:
    filters, exclude, where = case.where
    for window in [one for one in (QUARTER, YEAR) if one in case.windows][:1]:
        query = asked(case.metric, case.variant, window=window, filters=filters, exclude=exclude)
        expected = case.second(hand, window, (), where)
        if any(any(row) for row in expected.values()):
            same(told(measure(analyst, query), case.figures), expected)
        if case.by:
            query = asked(case.metric, case.variant, window=window, by=case.by)
            same(told(measure(analyst, query), case.figures), case.second(hand, window, case.by, "true"))


@pytest.mark.slow
@pytest.mark.parametrize("dimension", ["type", "reason"])
def test_churned_customers_by_the_way_they_left_equal_their_sql(analyst: Analyst, hand: Hand, dimension: str) -> None:
    answer = over_accounts(LEFT.format(LOST, LOST), rows=LOST)
    for window in WINDOWS:
        query = asked("churned_customers", {}, window=window, by=(dimension,))
        same(told(measure(analyst, query)), answer(hand, window, (dimension,), "true"))


def test_every_metric_of_the_catalogue_has_a_second_answer() -> None:
    assert {case.metric for case in every()} == set(catalogue())
