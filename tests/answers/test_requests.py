"""A figure that nobody measures can be asked for: refused, offered, kept with who asks, and listed for admins."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.language import available, load
from bot.records import open_records
from bot.service import Service
from bot.types import Answer, Intent, Outcome, Place, Question, Wanted
from tests.languages.asked import reading
from tests.served import FINGERS, served

Say = Callable[..., Answer]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with open_records(f"sqlite:///{tmp_path}/records.sqlite") as records:
        yield served(FINGERS, records)


def question(service: Service, text: str, role: str = "analyst", asker: str = "U1") -> Question:
    return Question(text, service.now(), service.rights_of(role, Place.DM), asker=asker)


def test_a_missing_figure_is_refused_and_offered_as_a_request_that_admins_see(service: Service) -> None:
    refused = service.ask(question(service, "what was our carbon footprint in October?"), "T1/C1/1")
    assert refused.outcome is Outcome.REFUSE
    offer = refused.follow_ups[0]
    assert "carbon footprint" in offer
    kept = service.ask(question(service, offer), "T1/C1/1")
    assert [one.key for one in kept.findings] == ["request_kept", "request_how"]
    more = service.ask(question(service, f"{offer}: sum of open deals; deals.amount", asker="U2"))
    assert [one.key for one in more.findings] == ["request_kept", "request_formula", "request_columns"]
    listed = service.clerk.requests(question(service, "", "admin"))
    assert listed.findings[0].values == {"n": 1}
    line = listed.text.splitlines()[1]
    assert all(part in line for part in ("carbon footprint = sum of open deals", "deals.amount", "U1 and U2"))


def test_a_request_leaves_the_subject_of_the_thread(service: Service) -> None:
    service.ask(question(service, "what was our churn rate in October?"), "T1/C1/2")
    service.ask(question(service, "request the metric time of flight"), "T1/C1/2")
    answer = service.ask(question(service, "and by country?"), "T1/C1/2")
    assert (answer.queries[0].metric, answer.queries[0].by) == ("churn_rate", ("country",))


def test_only_admins_see_who_asked_for_what(service: Service) -> None:
    service.ask(question(service, "request the metric time of flight"))
    answer = service.clerk.requests(question(service, ""))
    assert answer.error is not None
    assert answer.error.key == "requests_not_allowed"
    assert "flight" not in answer.text
    assert "no " not in service.clerk.requests(question(service, "", "admin")).text.casefold()


@pytest.mark.parametrize(
    "code", [pytest.param(code, marks=[] if code == "fr" else [pytest.mark.slow]) for code in available()]
)
def test_the_offer_is_heard_in_its_own_language_and_the_list_is_said_in_it(service: Service, code: str) -> None:
    offer = load(code).say("follow_request", name="Zorgs")
    (query,) = reading(f"{offer}: a / b; t.a, t.b", language=code).queries
    assert query.intent is Intent.DATA_HEALTH
    assert Wanted.of(query.subject) == Wanted("Zorgs", "a / b", "t.a, t.b")
    admin = replace(question(service, "", "admin"), language=code)
    assert service.clerk.requests(admin).text == load(code).say("requests_none")
    service.ask(replace(question(service, offer), language=code))
    assert "Zorgs" in service.clerk.requests(admin).text


def test_a_request_is_the_same_after_it_was_written_and_no_other_text_is_one() -> None:
    wanted = Wanted("A", "b / c", "t.x")
    assert Wanted.of(wanted.text) == wanted
    assert [Wanted.of(one) for one in (None, "", "card", "{}", "[1]", '{"wanted": 3}')] == [None] * 6
