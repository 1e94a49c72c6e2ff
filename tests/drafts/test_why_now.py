"""Why this person, why now: the rule with their own values, what they did, and what speaks against writing to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest

from bot.access import BUILT_IN
from bot.drafting import prepare
from bot.engines.answers.drafts import requested
from bot.errors import BadQuestion, NotAllowed
from bot.language import load
from bot.records import open_records
from bot.service import Service
from bot.types import Answer, Intent, Query, Question, filters
from tests.served import DEMO, served

NOW = datetime(2026, 11, 10, 12)
ANALYST = BUILT_IN["analyst"]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with open_records(f"sqlite:///{tmp_path_factory.mktemp('why')}/records.sqlite") as records:
        yield served(DEMO, records)


@pytest.fixture(scope="module")
def people(service: Service) -> dict[str, str]:
    """Reason → the first account that it holds back among the slipping away in France; free: one it does not."""
    analyst = service.decided.analyst(ANALYST, NOW)
    query = Query(Intent.DRAFT, filters=filters({"country": ["FR"]}), subject="slipping_away", language="fr")
    request, plays = requested(analyst, query, service.brand), tuple(service.playbook.plays.values())
    found = prepare(request, plays, service.handbook.messages, service.handbook.policy).screened
    pairs = zip(found.reasons, found.people.account_id, strict=True)
    return {str(reason) or "free": str(account) for reason, account in sorted(pairs, reverse=True)}


def explain(service: Service, account: str | None, segment: str | None = "slipping_away", code: str = "en") -> Answer:
    question = Question("", NOW, ANALYST, language=code)
    return service.explain(question, account, segment, load(code))


@pytest.mark.slow
def test_who_may_be_written_to_is_told_why(service: Service, people: dict[str, str]) -> None:
    told = {one.key: one.values for one in explain(service, people["free"]).findings}
    assert list(told) == [
        "explain_header", "explain_segment", "explain_facts", "explain_did", "explain_written", "explain_text",
        "explain_free", "explain_others", "draft_held_back",
    ]  # fmt: skip
    assert told["explain_segment"]["segment"] == "slipping_away"
    assert any("last active on" in fact for fact in told["explain_facts"]["facts"])


@pytest.mark.slow
@pytest.mark.parametrize("reason", ["SUP-04"])
def test_who_may_not_is_told_by_which_rule(service: Service, people: dict[str, str], reason: str) -> None:
    told = {one.key: one.values for one in explain(service, people[reason]).findings}
    assert told["explain_held"]["rule"] == reason
    assert "explain_free" not in told


@pytest.mark.slow
def test_a_segment_that_a_person_is_not_in_is_said_so(service: Service, people: dict[str, str]) -> None:
    told = [one.key for one in explain(service, people["free"], "dormant").findings]
    assert told[1] == "explain_not_in"


@pytest.mark.slow
def test_only_who_may_see_people_asks_and_a_person_must_be_named(service: Service, people: dict[str, str]) -> None:
    question = Question("", NOW, replace(ANALYST, person_level=False))
    with pytest.raises(NotAllowed, match="people_not_allowed"):
        service.explain(question, people["free"], None, load("en"))
    with pytest.raises(BadQuestion, match="explain_needs_account"):
        explain(service, None)
    with pytest.raises(BadQuestion, match="unknown_account"):
        explain(service, "A-nobody")
    with pytest.raises(BadQuestion, match="unknown_value"):
        explain(service, people["free"], "slipping_awayy")
