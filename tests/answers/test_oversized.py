"""A question that is longer than anybody asks is refused before it is read, and not kept as it came."""

import time
from collections.abc import Iterator

import pytest

from bot.records import open_records
from bot.service import Service
from bot.types import Outcome, Place, Question
from bot.types.sizes import LONGEST_QUESTION
from tests.served import FINGERS, served


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with open_records(f"sqlite:///{tmp_path_factory.mktemp('long')}/records.sqlite") as records:
        yield served(FINGERS, records)


@pytest.mark.parametrize("text", ["churn " * 200_000, "a" * 1_000_000, "(" * 50_000, "€" * (LONGEST_QUESTION + 1)])
def test_a_question_beyond_all_measure_is_refused_at_once_and_cut_in_the_records(service: Service, text: str) -> None:
    asked = Question(text, service.now(), service.rights_of("analyst", Place.DM), language="en", id=f"T/C/{text[:3]}")
    began = time.process_time()
    answer = service.ask(asked, "T/C/1")
    assert time.process_time() - began < 1
    assert answer.outcome is Outcome.REFUSE
    assert "up to 2,000" in answer.text
    kept = service.records.answers.get(asked.id)
    assert len(kept["asked"]["text"]) == LONGEST_QUESTION


def test_a_long_question_that_is_none_too_long_is_read(service: Service) -> None:
    text = "what was our churn rate in October?".ljust(LONGEST_QUESTION)
    answer = service.ask(Question(text, service.now(), service.rights_of("analyst", Place.DM), language="en"))
    assert "3 of 8" in answer.text
