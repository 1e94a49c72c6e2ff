"""Definitions that an analyst stands by: said with name and day below answers, until they change or are taken back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from bot.engines.answers import endorsed as room
from bot.language import load
from bot.metrics import catalogue
from bot.records import open_records
from bot.service import Service
from bot.types import Answer, Outcome, Place, Question, Rights
from bot.wiring import service_of
from tests.served import FINGERS

NOW = datetime(2026, 10, 3, 9)


@pytest.fixture(scope="module")
def opened() -> Service:
    return service_of(FINGERS)


@pytest.fixture
def service(opened: Service, tmp_path: Path) -> Iterator[Service]:
    """The bot with records in which nothing stands yet."""
    with open_records(f"sqlite:///{tmp_path}/records.sqlite") as records:
        opened.__dict__["records"] = records
        yield opened


def question(service: Service, text: str, role: str = "analyst", language: str = "en") -> Question:
    return Question(
        text, NOW, service.rights_of(role, Place.DM), asker="U1", name="Ana", language=language, id=f"T/C/{text}"
    )


def endorse(service: Service, text: str, role: str = "analyst", language: str = "en") -> Answer:
    return service.clerk.endorse(question(service, text, role, language))


@pytest.mark.parametrize(
    ("language", "text", "asked"),
    [
        ("en", "endorse churn rate", "churn rate in September 2026"),
        ("fr", "valider taux de churn", "taux de churn en septembre 2026"),
        ("es", "avalar tasa de abandono", "tasa de abandono en septiembre de 2026"),
        ("pl", "potwierdź wskaźnik churn", "wskaźnik churn we wrześniu 2026"),
    ],
)
def test_answers_by_an_endorsed_definition_say_by_whom_and_when(
    service: Service, language: str, text: str, asked: str
) -> None:
    line = load(language).say("footing_endorsed", by="Ana", day=date(2026, 10, 3))
    assert line not in service.ask(question(service, asked, language=language)).caveats
    assert endorse(service, text, language=language).findings[0].key == "endorsed_kept"
    assert line in service.ask(question(service, asked, language=language)).caveats
    assert "Ana" in endorse(service, "endorse", "viewer", language).text


def test_another_variant_is_another_definition(service: Service) -> None:
    endorse(service, "endorse churn_rate method=events")
    line = load("en").say("footing_endorsed", by="Ana", day=date(2026, 10, 3))
    assert line not in service.ask(question(service, "churn rate in September 2026")).caveats
    plain = question(service, "churn rate in September 2026")
    receipt = service.receipt(plain.id, plain.rights)
    first, evidence = next(iter(service.others(receipt, plain.rights, NOW)))
    assert first.variant == evidence.query.variant == (("method", "events"),)


def test_a_new_version_of_the_definition_ends_the_endorsement(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    endorse(service, "endorse churn rate")
    known = dict(catalogue())
    known["churn_rate"] = replace(known["churn_rate"], version=known["churn_rate"].version + 1)
    monkeypatch.setattr(room, "catalogue", lambda: known)
    assert service.clerk.endorsements.all() == ()
    assert "No definition is endorsed" in endorse(service, "endorse").text
    endorse(service, "endorse churn rate")
    assert [one.metric for one in service.clerk.endorsements.all()] == ["churn_rate"]


def test_an_endorsement_is_taken_back(service: Service) -> None:
    endorse(service, "endorse churn rate")
    assert endorse(service, "endorse drop churn rate").outcome is Outcome.ANSWER
    assert service.clerk.endorsements.all() == ()


@pytest.mark.parametrize(
    ("text", "role", "key"),
    [
        ("endorse the weather", "analyst", "endorse_unknown"),
        ("endorse churn_rate method=magic", "analyst", "endorse_unknown"),
        ("endorse drop churn rate", "admin", "endorse_none"),
        ("endorse churn rate", "marketer", "endorse_not_allowed"),
        ("endorse drop churn rate", "viewer", "endorse_not_allowed"),
    ],
)
def test_what_cannot_be_endorsed_is_said(service: Service, text: str, role: str, key: str) -> None:
    said = endorse(service, text, role)
    assert said.error is not None
    assert said.error.key == key
    assert service.clerk.endorsements.all() == ()


def test_the_receipt_offers_it_to_who_may_and_marks_the_answer(service: Service) -> None:
    asked = question(service, "churn rate in September 2026")
    service.ask(asked)
    assert not service.receipt(asked.id, service.rights_of("marketer", Place.DM)).endorsable
    assert service.receipt(asked.id, asked.rights).endorsable
    service.endorse_answer(asked.id, asked)
    assert [one.by for one in service.receipt(asked.id, asked.rights).endorsed] == ["Ana"]
    assert [one["up"] for one in service.marks(Rights(role="admin"))] == [True]
