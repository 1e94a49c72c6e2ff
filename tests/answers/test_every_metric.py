"""Whatever the catalogue holds can be asked: told in every language, in Slack too, and never our fault."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.documents import query_document
from bot.language import available, load
from bot.metrics import catalogue
from bot.playground.blocks import faults
from bot.slack.blocks import build
from bot.terminal import Session
from bot.types import Intent, Query


def told(session: Session, query: Query) -> None:
    """Asks in every language; what comes back has words, valid blocks, and no fault of ours."""
    document = query_document(query)
    for code in available():
        question = replace(session.question(""), language=code)
        answer = session.service.choose(question, document)
        assert answer.error is None or answer.error.key != "our_fault", (query, code)
        assert answer.text.strip()
        assert not re.search(r"\{\w+(:\w+)?\}", answer.text)
        assert "nan" not in answer.text.lower().split()
        assert faults(list(build(answer, load(code)).blocks)) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", catalogue())
def test_a_metric_is_told_in_every_language_and_in_slack(fingers: Session, name: str) -> None:
    told(fingers, Query(Intent.VALUE, name))
    told(fingers, Query(Intent.DEFINE, name))


@pytest.mark.slow
@pytest.mark.parametrize("name", list(catalogue())[::2])
def test_a_metric_of_the_demo_company_is_told_by_a_dimension_and_by_its_people(demo: Session, name: str) -> None:
    told(demo, Query(Intent.LIST_PEOPLE, name))
    for dimension in catalogue()[name].by[:1]:
        told(demo, Query(Intent.BREAKDOWN, name, by=(dimension,)))
