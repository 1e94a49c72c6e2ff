"""A segment from a sentence, in a conversation: shown, kept on the asker's word, used by its name from then on."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from bot.records import Records, open_records
from bot.service import Service
from bot.terminal import Session
from bot.types import Answer, Intent, Outcome, Question
from tests.metrics.by_hand import AS_OF
from tests.served import DEMO, served

Say = Callable[..., Answer]


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    with open_records(f"sqlite:///{tmp_path_factory.mktemp('groups')}/records.sqlite") as records:
        yield records


@pytest.fixture(scope="module")
def service(records: Records) -> Service:
    """The bot of the demo company, with records that only these tests know."""
    return served(DEMO, records)


@pytest.fixture
def say(demo: Session, service: Service, request: pytest.FixtureRequest) -> Say:
    """Says something in the thread of this test."""

    def said(text: str, asker: str = "U1", **more: object) -> Answer:
        question: Question = replace(demo.question(text), asker=asker, **more)  # type: ignore[arg-type] # fields by name
        return service.ask(question, f"T1/C1/{request.node.name}")

    return said


def keys(answer: Answer) -> list[str]:
    return [finding.key for finding in answer.findings]


def test_a_described_segment_is_shown_with_its_rule_its_size_and_its_change(say: Say, demo: Session) -> None:
    answer = say("annual customers in Spain who stopped using reports")
    assert answer.intent is Intent.SEGMENT
    assert keys(answer) == ["segment_size", "list_segment_rule", "segment_more", "segment_not_kept"]
    assert "Spain, annual, used custom_reports at some time" in answer.text
    assert "did not use custom_reports in the last 30 days" in answer.text
    assert "10 November 2026" in answer.text
    assert [one.role for one in answer.evidence] == ["main", "baseline"]
    assert all(one.sql and one.as_of == AS_OF for one in answer.evidence)
    assert demo.service.unfounded(answer.text, answer.evidence) == []


@pytest.mark.slow
def test_kept_on_a_word_it_is_a_filter_a_breakdown_a_list_and_an_audience(say: Say) -> None:
    shown = say("klienci roczni w Hiszpanii, którzy przestali używać raportów")
    size = shown.evidence[0].rows[0]["value"]
    assert shown.follow_ups[0].startswith("Zapisz to jako")
    assert "segment_kept" in keys(say("zapisz to jako „Bez raportów”"))
    listed = say("kto?")
    assert len(listed.evidence[0].rows) == size
    churn = say("what was the churn rate of bez raportów in 2025?")
    assert dict(churn.queries[0].filters) == {"segment": ("Bez raportów",)}
    split = say("churn by Bez raportów in Q3", language="en")
    assert {row["segment"] for row in split.evidence[0].rows} <= {"Bez raportów", "others"}
    assert "not in it" in split.text
    draft = say("draft a message for Bez raportów", language="en").drafts[0]
    assert draft.audience.before == size
    assert dict(draft.audience.rule.values)["segment"] == "Bez raportów"


def test_a_name_is_its_keepers(say: Say) -> None:
    say("customers with at least 3 tickets")
    assert "segment_kept" in keys(say("save it as Complainers"))
    say("Pro customers with at least 3 tickets")
    refused = say("save it as complainers", asker="U2")
    assert refused.outcome is Outcome.REFUSE
    assert refused.error is not None
    assert refused.error.key == "segment_name_kept"
    assert "segment_kept" in keys(say("save it as complainers"))
    assert "Pro" in say("who are the complainers?").text


def test_a_segment_of_a_kept_one_holds_when_that_is_changed(say: Say) -> None:
    say("customers with at least 2 tickets")
    say("save it as Callers")
    first = say("create a segment of callers in France")
    say("save it as French callers")
    say("customers with at least 5 tickets")
    say("save it as Callers")
    say("create a segment of french callers")
    again = say("who are the French callers?")
    assert len(again.evidence[0].rows) == first.evidence[0].rows[0]["value"] > 0


def test_a_role_that_sees_no_single_customer_sees_no_small_segment(say: Say, demo: Session) -> None:
    viewer = demo.service.rights_of("viewer", demo.place)
    answer = say("annual customers in Spain who stopped using reports", rights=viewer)
    assert answer.error is not None
    assert answer.error.key == "too_few_to_show"
    assert not answer.evidence
