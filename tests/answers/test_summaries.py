"""The summary of a day, a week and a month, and the same figures for each of its readers."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bot.engines.answers.weekly import BASE, TELLINGS
from bot.records import open_records
from bot.service import Service
from bot.types import Answer, Grain, Question, Readers, Rights
from tests.served import FINGERS, served

NOW = datetime(2026, 11, 2, 9)
READERS: tuple[Readers, ...] = ("leadership", "marketing", "success")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with open_records(f"sqlite:///{Path(tmp_path_factory.mktemp('summaries'))}/records.sqlite") as records:
        yield served(FINGERS, records)


def told(service: Service, grain: Grain, readers: Readers | None = None, language: str = "en") -> Answer:
    return service.weekly(Question("", NOW, Rights("viewer", drafts=False), language=language), None, grain, readers)


def figures(answer: Answer) -> dict[str, tuple[object, ...]]:
    """Metric → its values in the last window, before, and usually, as they are told."""
    lines = [one.values for one in answer.findings if one.key in ("weekly_line", "weekly_money_line")]
    counts = [one.values for one in answer.findings if one.key == "weekly_counts_line"]
    return {one["metric"]: (one["value"], one["before"], one["base"]) for one in lines} | {
        one["metric"]: (one["part"], one["whole"], one["before"]) for one in counts
    }


@pytest.mark.slow
def test_leadership_marketing_and_success_get_the_same_figures_in_their_own_order_and_length(service: Service) -> None:
    for_all = figures(told(service, Grain.WEEK))
    assert for_all["churned_customers"] == (1, 2, 1.0)
    lengths = {}
    for readers in READERS:
        answer = told(service, Grain.WEEK, readers)
        own = figures(answer)
        assert list(own) == [name for name in TELLINGS[readers].metrics if name in own]
        assert {name: own[name] for name in own if name in for_all} == {n: for_all[n] for n in for_all if n in own}
        lengths[readers] = len(answer.text)
    assert lengths["leadership"] < min(lengths["marketing"], lengths["success"])
    assert next(iter(figures(told(service, Grain.WEEK, "leadership")))) == "mrr"
    assert next(iter(figures(told(service, Grain.WEEK, "success")))) == "value_at_risk"


def test_marketing_reads_what_moved_before_the_figures_and_success_is_offered_people_first(service: Service) -> None:
    keys = [one.key for one in told(service, Grain.WEEK, "marketing").findings]
    changed = next(keys.index(key) for key in ("weekly_changed", "weekly_nothing") if key in keys)
    assert changed < keys.index("weekly_line")
    assert told(service, Grain.WEEK, "success").follow_ups[0] == "Which customers are slipping away?"
    assert told(service, Grain.WEEK).follow_ups[0] == "Why?"


def test_a_month_is_told_against_the_month_before_and_the_six_before(service: Service) -> None:
    """Counted on fingers: 3 customers left in October, nobody in September, 1 in the six months before."""
    answer = told(service, Grain.MONTH, "leadership")
    assert answer.text.startswith("The month: October 2026")
    assert "Churned customers: 3, 0 the month before, 0.2 on average in the six months before." in answer.text
    assert "MRR: €950, €1,320 the month before" in answer.text
    assert {one.query.window.grain for one in answer.evidence if one.query.window} <= {
        Grain.MONTH,
        Grain.WEEK,
        Grain.DAY,
    }


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The day: 1 November 2026"),
        ("fr", "Le jour\u00a0: 1er novembre 2026"),
        ("es", "El día: 1 de noviembre de 2026"),
        ("pl", "Dzień: 1 listopada 2026"),
    ],
)
def test_a_day_is_told_against_the_seven_days_before_in_each_language(
    service: Service, language: str, text: str
) -> None:
    answer = told(service, Grain.DAY, "leadership", language)
    assert text in answer.text
    usual = [one for one in answer.evidence if one.role == "baseline"]
    assert usual
    assert {(one.query.window.days, one.rows[0]["n"]) for one in usual if one.query.window} == {(7, BASE[Grain.DAY])}


def test_a_follow_up_on_a_month_is_about_that_month(service: Service) -> None:
    month = told(service, Grain.MONTH, "leadership").queries[0]
    asked = Question("and by country?", NOW, Rights("viewer"), language="en", previous=month)
    assert "October 2026" in service.ask(asked).text
    assert replace(month, window=None) == replace(told(service, Grain.WEEK, "leadership").queries[0], window=None)
