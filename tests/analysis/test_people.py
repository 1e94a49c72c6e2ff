"""Who is behind a number, and who may see them: each list against SQL written by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.analysis.measure import Analyst, measure
from bot.analysis.people import MOST_PEOPLE, list_people
from bot.errors import BadQuestion, ForPerson, NotAllowed
from bot.metrics import catalogue
from bot.types import Intent, Query, RowFilter
from tests.metrics.by_hand import Hand
from tests.metrics.second import MONTH
from tests.metrics.second.core import LOST


def test_the_people_behind_churn_are_those_the_rate_counts(analyst: Analyst, hand: Hand) -> None:
    evidence = list_people(analyst, Query(Intent.LIST_PEOPLE, "churn_rate", MONTH))
    rows = hand.accounts(MONTH.start, MONTH.end)
    expected = hand.connection.execute(f"SELECT who, mrr0, type FROM ({rows}) WHERE {LOST}").fetchall()
    assert {(row["account_id"], row["mrr"], row["loss"]) for row in evidence.rows} == set(expected)
    worth = [row["mrr"] for row in evidence.rows]
    assert worth == sorted(worth, reverse=True)


WITH_PEOPLE = [
    pytest.param(name, ((parameter, value),), marks=() if name == "churn_rate" else pytest.mark.slow)
    for name, metric in catalogue().items()
    if metric.people
    for parameter, values in metric.variants.items()
    for value in values[-1:]
    if value != "*"
]
REFUSED = ("discounts_alike",)
"""What the demo company's data cannot tell, and says so."""


@pytest.mark.slow
@pytest.mark.parametrize(("metric", "variant"), WITH_PEOPLE, ids=str)
def test_a_list_of_people_can_be_had_under_every_variant(
    analyst: Analyst, metric: str, variant: tuple[tuple[str, str], ...]
) -> None:
    try:
        rows = list_people(analyst, Query(Intent.LIST_PEOPLE, metric, MONTH, variant=variant)).rows
    except ForPerson as error:
        assert error.key in REFUSED  # noqa: PT017  any other refusal, and any fault, fails
        return
    if metric == "churn_rate" and variant[0][0] not in ("method", "include_early"):
        assert len(rows) == measure(analyst, Query(Intent.VALUE, metric, MONTH, variant=variant)).rows[0]["part"]


@pytest.mark.parametrize("reason", ["price", "competitor"])
def test_the_people_who_left_for_a_reason_are_as_many_as_are_counted(analyst: Analyst, reason: str) -> None:
    query = Query(Intent.LIST_PEOPLE, "churned_customers", MONTH, filters=(("reason", (reason,)),))
    assert len(list_people(analyst, query).rows) == measure(analyst, query).rows[0]["value"]


def test_names_are_refused_to_whoever_may_not_see_persons(analyst: Analyst) -> None:
    figures_only = replace(analyst, rights=replace(analyst.rights, person_level=False))
    for query in (
        Query(Intent.SEGMENT, subject="slipping_away"),
        Query(Intent.LIST_PEOPLE, "churn_rate", MONTH),
        Query(Intent.PROFILE, subject="A0001"),
    ):
        with pytest.raises(NotAllowed, match="people_not_allowed"):
            list_people(figures_only, query)


def test_accounts_outside_a_persons_rows_are_in_no_list_and_said_to_be_outside_by_id(analyst: Analyst) -> None:
    spain = replace(analyst, rights=replace(analyst.rights, row_filters=(RowFilter("country", ("ES",)),)))
    rows = list_people(spain, Query(Intent.SEGMENT, subject="slipping_away")).rows
    assert rows
    assert {row["country"] for row in rows} == {"ES"}
    other = list_people(analyst, Query(Intent.SEGMENT, subject="slipping_away", filters=(("country", ("FR",)),)))
    with pytest.raises(NotAllowed, match="account_outside"):
        list_people(spain, Query(Intent.PROFILE, subject=str(other.rows[0]["account_id"])))


def test_a_segment_is_not_filtered_by_a_dimension_outside_the_role(analyst: Analyst) -> None:
    by_plan = replace(analyst, rights=replace(analyst.rights, dimensions=frozenset({"plan"})))
    with pytest.raises(NotAllowed, match="dimension_not_allowed"):
        list_people(by_plan, Query(Intent.SEGMENT, subject="slipping_away", filters=(("country", ("FR",)),)))


def test_a_segment_filtered_by_a_value_that_does_not_exist_is_refused(analyst: Analyst) -> None:
    with pytest.raises(BadQuestion, match="unknown_value"):
        list_people(analyst, Query(Intent.SEGMENT, subject="slipping_away", filters=(("country", ("XX",)),)))


def test_a_list_is_cut_and_says_how_many_there_are(analyst: Analyst) -> None:
    window = replace(MONTH, start=MONTH.start.replace(year=2025), grain=MONTH.grain.RANGE)
    query = Query(Intent.LIST_PEOPLE, "new_customers", window)
    evidence = list_people(analyst, query)
    there = measure(analyst, query).rows[0]["value"]
    assert len(evidence.rows) == min(there, MOST_PEOPLE)
    assert [note.values["n"] for note in evidence.caveats if note.key == "list_cut"] == (
        [there] if there > MOST_PEOPLE else []
    )
    assert len(list_people(analyst, replace(query, limit=3)).rows) == 3
