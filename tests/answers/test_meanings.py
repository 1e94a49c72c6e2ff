"""What somebody means by a word: answered anew, kept for the thread, proposed to the company, said with each use."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.documents import query_document
from bot.language import available, load
from bot.records import open_records
from bot.service import Service
from bot.terminal import Turn, gone_on, remember, remembered
from bot.types import Answer, Meaning, Outcome, Place, Question, Rights
from tests.served import FINGERS, served

REVENUE = Meaning("churn", "gross_revenue_churn")
NAME = "churn = gross_revenue_churn"
HERE, THERE = "T1/C1/1", "T1/C1/2"
CHURN = "what was our churn rate in October?"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with open_records(f"sqlite:///{tmp_path}/records.sqlite") as records:
        yield served(FINGERS, records)


def asked(service: Service, text: str, thread: str | None = HERE, asker: str = "U1") -> Answer:
    return service.ask(Question(text, service.now(), service.rights_of("analyst", Place.DM), asker=asker), thread)


def decided(service: Service, text: str = "", role: str = "admin", language: str = "en") -> Answer:
    return service.clerk.requests(Question(text, service.now(), service.rights_of(role, Place.DM), language=language))


def metrics(answer: Answer) -> list[str | None]:
    return [query.metric for query in answer.queries]


@pytest.mark.slow
def test_the_question_of_the_thread_is_answered_anew_and_the_meaning_holds_there_alone(service: Service) -> None:
    """€620 of the €1,320 of September were lost in October (tests/finger_count/README.md)."""
    assert metrics(asked(service, CHURN)) == ["churn_rate"]
    anew = asked(service, "by churn I mean revenue churn")
    assert anew.findings[0].key == "meaning_kept"
    assert metrics(anew) == ["gross_revenue_churn"]
    assert (anew.evidence[0].rows[0]["part"], anew.evidence[0].rows[0]["whole"]) == (620, 1320)
    later = asked(service, CHURN)
    assert later.evidence[0].rows == anew.evidence[0].rows
    note = load("en").say("assumed_meaning_here", words="churn", means="gross revenue churn")
    assert note in later.caveats
    assert metrics(asked(service, "and logo churn in October?")) == ["churn_rate"]
    elsewhere = asked(service, CHURN, THERE)
    assert (metrics(elsewhere), note in elsewhere.caveats) == (["churn_rate"], False)


def test_a_proposal_that_is_accepted_holds_for_everybody_until_it_is_dropped(service: Service) -> None:
    asked(service, "by churn I mean revenue churn", asker="U1")
    asked(service, "by churn I mean revenue churn", THERE, asker="U2")
    listed = decided(service)
    assert listed.findings[1].values["askers"] == ["U1", "U2"]
    assert listed.follow_ups == (f"requests accept {NAME}", f"requests drop {NAME}")
    assert decided(service, listed.follow_ups[0]).findings[0].key == "meaning_accepted"
    for text in (CHURN, "quel était notre taux de churn en octobre ?"):
        answer = asked(service, text, None, asker="U3")
        said = load(answer.language)
        assert metrics(answer) == ["gross_revenue_churn"]
        means = said.say("meaning_metric", metric="gross_revenue_churn", variant=())
        assert said.say("assumed_meaning", words="churn", means=means) in answer.caveats
    asked(service, "by churn I mean revenue churn", "T1/C1/3")
    assert decided(service).follow_ups == (f"requests drop {NAME}",), "what is agreed stays so, whoever says it again"
    assert decided(service, f"requests drop {NAME}").findings[0].key == "meaning_dropped"
    assert metrics(asked(service, CHURN, None)) == ["churn_rate"]


def test_a_word_means_one_thing_to_the_company(service: Service) -> None:
    asked(service, "by churn I mean revenue churn")
    asked(service, "by churn I mean net revenue churn", THERE)
    for name in (NAME, "churn = net_revenue_churn"):
        decided(service, f"requests accept {name}")
    assert metrics(asked(service, CHURN, None)) == ["net_revenue_churn"]
    assert decided(service).follow_ups == ("requests drop churn = net_revenue_churn",)


def test_a_way_of_counting_is_taken_too_and_a_later_correction_comes_in_place_of_the_first(service: Service) -> None:
    asked(service, CHURN)
    asked(service, "by churn I mean revenue churn")
    answer = asked(service, "No, by churn I mean cancelled (requested)")
    (query,) = answer.queries
    assert (query.metric, query.variant) == ("churn_rate", (("recognition", "request"),))
    assert asked(service, CHURN).queries[0].variant == query.variant


def test_what_cannot_be_meant_is_said_and_changes_nothing(service: Service) -> None:
    asked(service, CHURN)
    refused = asked(service, "by churn I mean carbon footprint")
    assert refused.outcome is Outcome.REFUSE
    assert "carbon footprint" in refused.text
    assert metrics(asked(service, CHURN)) == ["churn_rate"]
    assert [one.key for one in decided(service).findings] == ["requests_none"]


def test_a_metric_that_the_asker_may_not_see_is_not_kept_as_a_meaning(service: Service) -> None:
    rights = Rights(metrics=frozenset({"churn_rate"}))
    for text, outcome in ((CHURN, Outcome.ANSWER), ("by churn I mean revenue churn", Outcome.REFUSE)):
        assert service.ask(Question(text, service.now(), rights), HERE).outcome is outcome
    assert [one.key for one in decided(service).findings] == ["requests_none"]


@pytest.mark.slow
def test_a_choice_among_two_senses_finishes_the_correction(service: Service) -> None:
    asked(service, "quel était notre churn en octobre ?")
    back = asked(service, "par churn, j’entends le churn en MRR")
    assert back.clarify is not None
    question = Question("Attrition nette", service.now(), service.rights_of("analyst", Place.DM), language="fr")
    chosen = service.choose(question, query_document(back.clarify.choices[1].query), HERE)
    assert chosen.findings[0].key == "meaning_kept"
    assert metrics(asked(service, "quel était notre churn en octobre ?")) == ["net_revenue_churn"]


def test_only_admins_see_and_decide(service: Service) -> None:
    asked(service, "by churn I mean revenue churn")
    for text in ("", f"requests accept {NAME}"):
        refused = decided(service, text, "analyst")
        assert refused.error is not None
        assert refused.error.key == "requests_not_allowed"
    assert metrics(asked(service, CHURN, None)) == ["churn_rate"]
    unknown = decided(service, "requests accept sales = mrr")
    assert unknown.error is not None
    assert unknown.error.key == "proposal_unknown"


@pytest.mark.slow
@pytest.mark.parametrize("code", available())
def test_the_decision_is_typed_in_each_language(service: Service, code: str) -> None:
    asked(service, "by churn I mean revenue churn")
    accept = decided(service, language=code).follow_ups[0]
    assert decided(service, accept, language=code).text == load(code).say(
        "meaning_accepted", words="churn", means=load(code).say("meaning_metric", metric=REVENUE.metric, variant=())
    )
    assert NAME in accept


def test_a_conversation_file_keeps_what_words_mean(service: Service, tmp_path: Path) -> None:
    file = tmp_path / "thread.json"
    question = Question("by churn I mean revenue churn", service.now(), service.rights_of("analyst", Place.DM))
    remember(file, gone_on(service.ask(question), Turn(), question.text))
    turn = remembered(file)
    assert turn.meanings == (REVENUE,)
    later = service.ask(replace(question, text=CHURN, previous=turn.query, meanings=turn.meanings))
    assert metrics(later) == ["gross_revenue_churn"]
    assert gone_on(later, turn, CHURN).meanings == (REVENUE,)
