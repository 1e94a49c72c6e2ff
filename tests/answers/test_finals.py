"""Answers that will still change say from which day on they are final, and then what they were and are."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

import pytest

from bot.documents import final_document, final_from
from bot.engines.answers.finals import final_of, told
from bot.language import load
from bot.records import open_records
from bot.service import Service
from bot.types import Answer, Evidence, Grain, Intent, Note, Outcome, Query, Question, Rights, Shape, Unit, Window
from tests.served import FINGERS, served

NOW = datetime(2026, 11, 2, 9)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with open_records(f"sqlite:///{tmp_path_factory.mktemp('finals')}/records.sqlite") as records:
        yield served(FINGERS, records)


def ask(service: Service, text: str, id: str = "") -> Answer:
    return service.ask(Question(text, NOW, Rights(), id=id))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("MRR this month", date(2026, 12, 1)),
        ("MRR ce mois-ci", date(2026, 12, 1)),
        ("MRR de este mes", date(2026, 12, 1)),
        ("MRR w tym miesiącu", date(2026, 12, 1)),
        ("churned customers this quarter", date(2027, 1, 1)),
        ("churned customers by month since July 2026", date(2026, 12, 1)),
        ("churned customers by country this year", date(2027, 1, 1)),
    ],
)
def test_a_running_period_is_final_when_it_is_over(service: Service, text: str, day: date) -> None:
    final = ask(service, text).final
    assert final is not None
    assert final.day == day
    assert final.query.window is not None
    assert (final.query.window.end, final.query.window.complete) == (day, True)


@pytest.mark.parametrize(
    "text",
    ["churn rate in October 2026", "MRR last week", "what is churn rate?", "why did churn change this month?", "hello"],
)
def test_what_is_over_or_says_no_figure_waits_for_nothing(service: Service, text: str) -> None:
    assert ask(service, text).final is None


def measured(rows: tuple[dict[str, object], ...], columns: tuple[str, ...], caveats: tuple[Note, ...] = ()) -> Answer:
    query = Query(Intent.VALUE, "uplift", Window(date(2026, 9, 1), date(2026, 10, 1), Grain.MONTH, name="month"))
    evidence = Evidence(
        "e1", query, "main", Unit.SHARE, "up", Shape.RATIO, 1, columns, rows, date(2026, 11, 2), caveats=caveats
    )
    return Answer(Outcome.ANSWER, Intent.VALUE, "en", "so far", queries=(query,), evidence=(evidence,))


def test_a_test_is_final_when_the_days_of_everybody_are_over(service: Service) -> None:
    arms = tuple({"campaign": "c", "ripe_on": day} for day in (date(2026, 11, 20), date(2026, 12, 3)))
    final = final_of(measured(arms, ("campaign", "ripe_on")), service._analyst(Rights(), NOW), NOW.date())
    assert final is not None
    assert (final.day, final.value) == (date(2026, 12, 3), None)
    over = tuple({**one, "ripe_on": date(2026, 10, 1)} for one in arms)
    assert final_of(measured(over, ("campaign", "ripe_on")), service._analyst(Rights(), NOW), NOW.date()) is None


def test_a_share_is_final_when_its_newest_people_have_had_their_days(service: Service) -> None:
    analyst = service._analyst(Rights(), NOW)
    young = measured(({"value": 0.5},), ("value",), (Note("still_returning", {"n": 3, "days": 60}),))
    final = final_of(young, analyst, NOW.date())
    assert final is not None
    assert (final.day, final.value) == (date(2026, 11, 30), 0.5)
    old = measured(({"value": 0.5},), ("value",), (Note("still_returning", {"n": 3, "days": 30}),))
    assert final_of(old, analyst, NOW.date()) is None


@pytest.mark.parametrize("language", ["en", "fr", "es", "pl"])
def test_then_and_now_are_said_first_where_they_compare(service: Service, language: str) -> None:
    first = ask(service, "MRR this month")
    final = first.final
    assert final is not None
    assert final_from(final_document(final)) == final
    later = replace(first, evidence=tuple(replace(one, rows=({"value": 1_234.5, "n": 9},)) for one in first.evidence))
    spoken = load(language)
    said = told(final, later, spoken).text.splitlines()
    assert said[0] == spoken.say(
        "final_then_now", then=final.value, now=1_234.5, day=date(2026, 11, 1), unit="money", currency="EUR"
    )
    assert said[1:] == first.text.splitlines()
    other = replace(final, version=final.version + 1)
    assert told(other, later, spoken).text.splitlines()[0] == spoken.say("final_now")


def test_the_answer_is_given_once_the_data_reaches_its_day(service: Service) -> None:
    ask(service, "MRR this month", id="T/C/1")
    asked, final = service.awaited("T/C/1")
    assert asked == "MRR this month"
    question = Question("", NOW, Rights(), language="en")
    assert service.final(question, final) is None
    due = replace(final, day=date(2026, 11, 2), query=replace(final.query, window=None))
    answer = service.final(question, due)
    assert answer is not None
    assert answer.findings[0].key == "final_then_now"
