"""What a form asks of a draft: for whom it is, what can be chosen, and what of a text can be left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from bot.access import BUILT_IN
from bot.drafting import load_handbook
from bot.drafting.merge import tags
from bot.engines.answers.composed import Composer, _dispensable
from bot.errors import BadQuestion, NotAllowed
from bot.language import load
from bot.records import open_records
from bot.service import Service
from bot.settings import ROOT
from bot.types import Composition, Intent, Question
from tests.served import DEMO, served

EN, FR = load("en"), load("fr")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with open_records(f"sqlite:///{tmp_path_factory.mktemp('composed')}/records.sqlite") as records:
        yield served(DEMO, records)


@pytest.fixture
def composer(service: Service) -> Composer:
    return service.clerk.composer


def question(text: str = "", **more: Any) -> Question:
    given = {"text": text, "now": datetime(2026, 11, 10, 12), "rights": BUILT_IN["marketer"], "asker": "U1"}
    return Question(**{**given, "language": "en", **more})


def test_a_form_offers_groups_that_a_text_is_written_for_and_only_approved_offers(composer):
    choices = composer.choices(question(), FR)
    assert "slipping_away" in choices.segments
    assert dict(choices.plays)["win-back"] != "win-back"
    assert choices.offers == ("discount",)
    assert "neutral" in dict(choices.tools)
    assert choices.persons


def test_who_may_not_draft_and_who_may_see_no_person_is_offered_less(composer):
    with pytest.raises(NotAllowed):
        composer.choices(question(rights=BUILT_IN["viewer"]), EN)
    with pytest.raises(NotAllowed):
        composer.query(question(rights=BUILT_IN["viewer"]), Composition(segment="dormant"))
    shared = replace(BUILT_IN["marketer"], person_level=False)
    assert not composer.choices(question(rights=shared), EN).persons
    with pytest.raises(NotAllowed):
        composer.query(question(rights=shared), Composition(person="A0613"))


def test_a_customer_is_found_by_id_or_name(composer):
    for words in ("A0613", "Atelier Rovadine"):
        assert composer.query(question(), Composition(person=words)).subject == "A0613"
    with pytest.raises(BadQuestion):
        composer.query(question(), Composition(person="nobody of this name at all"))


@pytest.mark.parametrize(
    ("wanted", "key"),
    [
        (Composition(), "compose_nobody"),
        (Composition(person="  "), "compose_nobody"),
        (Composition(segment="dormant", person="A0613"), "compose_both"),
        (Composition(answer="T/C/0"), "compose_answer_gone"),
    ],
)
def test_a_form_that_names_nobody_or_too_many_is_told_so(composer, wanted, key):
    with pytest.raises(BadQuestion) as refused:
        composer.query(question(), wanted)
    assert refused.value.key == key


def test_the_people_of_an_answer_are_those_of_its_figure(service, composer):
    service.ask(question("churn rate in Spain last month", id="T/C/1"))
    assert composer.choices(question(), EN, "T/C/1").chosen == Composition(answer="T/C/1")
    query = composer.query(question(), Composition(answer="T/C/1", language="es", channel="sms"))
    assert (query.intent, query.metric, query.filters) == (Intent.DRAFT, "churn_rate", (("country", ("ES",)),))
    assert (query.language, query.channel, query.subject) == ("es", "sms", None)
    assert composer.choices(question(), EN, "T/C/3").chosen == Composition()


def test_an_offer_names_the_text_that_states_it(composer):
    assert composer.message(Composition(offer="discount")) == "DT27"
    assert composer.message(Composition(offer="discount", message="DT12")) == "DT12"
    with pytest.raises(BadQuestion):
        composer.message(Composition(offer="discount", play="farewell"))


def test_what_is_left_out_of_any_text_is_never_needed():
    cut = 0
    for message in load_handbook(ROOT / "knowledge").messages:
        for place, text in message.texts.items():
            found = _dispensable(text.variants, message, place)
            if found is None:
                continue
            cut += 1
            first = text.said["body"].split("\n\n")[0]
            assert found != first
            assert found in text.said["body"]
            assert not {"link", "features_new", "offer"} & {tag.name for tag in tags(found)}
            assert all(found in one["body"].split("\n\n") for one in text.variants)
    assert cut > 50


@pytest.mark.slow
def test_a_draft_is_shortened_replaced_by_the_next_text_and_each_time_shown_whole(service, composer):
    wanted = Composition(segment="slipping_away", language="fr", channel="email")
    drafted = service.draft(question(), composer.query(question(), wanted), None, None, "email").drafts[0]
    shorter = composer.shorter(question(), drafted.id, "Ana", EN)
    assert len(shorter.drafts[0].variants[0]["body"]) < len(drafted.variants[0]["body"])
    assert {one["body"] for one in service.decided.texts(drafted.id)} == {shorter.drafts[0].variants[0]["body"]}
    assert "Audience: " in shorter.text
    assert [one.verb for one in service.decided.history(drafted.id)] == ["edit"]
    other = composer.another(drafted.id, wanted)
    assert other.message not in ("", drafted.message)
    with pytest.raises(NotAllowed):
        composer.shorter(question(rights=BUILT_IN["viewer"]), drafted.id, "Ana", EN)
    with pytest.raises(BadQuestion):
        composer.another("d-none", wanted)
