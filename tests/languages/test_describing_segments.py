"""Customers that a sentence describes, in four languages: a rule in types, a filter beside a metric, a name for it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.errors import BadQuestion
from bot.language import available, load
from bot.types import Condition, Group, Intent, Query
from tests.languages.asked import reading

STOPPED = (Condition("feature", "Reports", least=1), Condition("feature", "Reports", most=0, days=30))
UNUSED = (Condition("feature", "Exports", most=0),)
THREE = (Condition("tickets", least=3, days=30),)
SPAIN = {"country": ["ES"], "interval": ["annual"]}
FRANCE = {"country": ["FR"], "plan": ["Pro"]}

DESCRIBED: list[tuple[str, dict[str, Any], dict[str, Any], Group]] = [
    ("annual customers in Spain who stopped using reports", SPAIN, {}, Group(conditions=STOPPED)),
    ("Annual accounts in Spain that no longer use Reports", SPAIN, {}, Group(conditions=STOPPED)),
    ("create a segment of Pro customers in France with at least 3 tickets", FRANCE, {}, Group(conditions=THREE)),
    ("Pro customers in France with more than 2 tickets", FRANCE, {}, Group(conditions=THREE)),
    ("customers who never used Exports, except in Germany", {}, {"country": ["DE"]}, Group(conditions=UNUSED)),
    ("Pro customers with no tickets in the last 90 days", {"plan": ["Pro"]}, {},
     Group(conditions=(Condition("tickets", most=0, days=90),))),
    ("customers with fewer than 2 orders", {}, {}, Group(conditions=(Condition("orders", most=1),))),
    ("save a segment: Pro accounts in France without Exports since 20 days", FRANCE, {},
     Group(conditions=(Condition("feature", "Exports", most=0, days=20),))),
    ("VIP customers slipping away in Spain", {"country": ["ES"]}, {}, Group(segments=("vip", "slipping_away"))),
    ("annual customers in Spain", SPAIN, {}, Group()),
    ("les clients Pro en France avec au moins 3 tickets", FRANCE, {}, Group(conditions=THREE)),
    ("clients annuels en Espagne qui n’utilisent plus les rapports", SPAIN, {}, Group(conditions=STOPPED)),
    ("les clients qui n’ont jamais utilisé Exports, sauf l’Allemagne", {}, {"country": ["DE"]},
     Group(conditions=UNUSED)),
    ("crée un segment des clients annuels en Espagne", SPAIN, {}, Group()),
    ("clientes anuales en España que dejaron de usar los informes", SPAIN, {}, Group(conditions=STOPPED)),
    ("los clientes Pro en Francia con al menos 3 tickets", FRANCE, {}, Group(conditions=THREE)),
    ("clientes que nunca usaron Exports, excepto Alemania", {}, {"country": ["DE"]}, Group(conditions=UNUSED)),
    ("klienci roczni w Hiszpanii, którzy przestali używać raportów", SPAIN, {}, Group(conditions=STOPPED)),
    ("klienci Pro we Francji z co najmniej 3 zgłoszeniami", FRANCE, {}, Group(conditions=THREE)),
    ("klienci, którzy nigdy nie używali Exports, oprócz Niemiec", {}, {"country": ["DE"]}, Group(conditions=UNUSED)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "passing", "leaving", "group"), DESCRIBED, ids=[one[0] for one in DESCRIBED])
def test_a_sentence_about_customers_is_a_segment(
    text: str, passing: dict[str, Any], leaving: dict[str, Any], group: Group
) -> None:
    (query,) = reading(text).queries
    assert query.intent is Intent.SEGMENT
    assert {name: list(found) for name, found in query.filters} == passing
    assert {name: list(found) for name, found in query.exclude} == leaving
    assert Group.of(query.subject) == group


@pytest.mark.parametrize(
    "text",
    [
        "churn last month of annual customers in Spain who stopped using reports",
        "le churn du mois dernier des clients annuels en Espagne qui n’utilisent plus les rapports",
        "churn del mes pasado de los clientes anuales en España que dejaron de usar los informes",
        "churn w zeszłym miesiącu klientów rocznych w Hiszpanii, którzy przestali używać raportów",
    ],
)
def test_beside_a_metric_a_description_is_its_filter(text: str) -> None:
    (query,) = reading(text).queries
    assert (query.intent, query.metric) == (Intent.VALUE, "churn_rate")
    passing = {name: list(found) for name, found in query.filters}
    assert passing == {**SPAIN, "segment": [Group(conditions=STOPPED).text]}


def test_users_of_a_feature_are_compared_with_all_others() -> None:
    (query,) = reading("compare churn of customers who use Exports with those who do not").queries
    used = Group(conditions=(Condition("feature", "Exports", least=1, days=30),))
    assert (query.metric, query.by, query.filters) == ("churn_rate", ("segment",), ())
    assert Group.of(query.subject) == used


@pytest.mark.parametrize("text", ["which customers have at least 3 tickets?", "quels clients ont au moins 3 tickets ?"])
def test_asked_for_a_list_it_is_one(text: str) -> None:
    (query,) = reading(text).queries
    assert (query.intent, Group.of(query.subject)) == (Intent.LIST_PEOPLE, Group(conditions=THREE))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("customers with at least 3 tickets who adore dogs", "segment_not_understood"),
        ("create a segment of customers on Android", "segment_dimension"),
        ("save it as Reports quitters", "segment_nothing_to_save"),
    ],
)
def test_what_no_segment_can_hold_is_refused(text: str, key: str) -> None:
    declined = reading(text).declined
    assert declined is not None
    assert declined.key == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("customers who stopped using telepathy", "unknown_value"),
        ("customers with at least 3 tickets in October", "segment_period"),
    ],
)
def test_a_feature_or_a_period_that_cannot_be_is_an_error(text: str, key: str) -> None:
    with pytest.raises(BadQuestion, match=key):
        reading(text)


SHOWN = Query(Intent.SEGMENT, subject=Group(conditions=STOPPED).text, filters=(("country", ("ES",)),))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("save it as Reports quitters", "Reports quitters"),
        ("Please save this segment as “Q2 reports quitters”.", "Q2 reports quitters"),
        ("enregistre-le sous « Déçus des rapports »", "Déçus des rapports"),
        ("Guárdalo como «Hartos de informes»", "Hartos de informes"),
        ("Zapisz to jako „Bez raportów”", "Bez raportów"),
    ],
)
def test_it_is_kept_under_the_name_that_is_said(text: str, name: str) -> None:
    (query,) = reading(text, SHOWN).queries
    assert query.intent is Intent.SEGMENT
    assert Group.of(query.subject) == Group(name=name, filters=SHOWN.filters, conditions=STOPPED)


@pytest.mark.parametrize("code", available())
def test_the_offer_to_keep_it_is_heard_in_its_own_language(code: str) -> None:
    (query,) = reading(load(code).say("follow_save", name="Zorgs 1"), SHOWN, code).queries
    assert Group.of(query.subject) == Group(name="Zorgs 1", filters=SHOWN.filters, conditions=STOPPED)


@pytest.mark.parametrize("name", ["VIP", "Spain", "hiszpania", "churn", "promotores", "plan", "Pro", "last month"])
def test_a_name_that_means_something_already_is_refused(name: str) -> None:
    with pytest.raises(BadQuestion, match="segment_name_taken"):
        reading(f"save it as {name}", SHOWN, "en")


@pytest.mark.parametrize("name", ["A", "our customers", "x" * 61])
def test_a_name_without_a_word_of_its_own_is_refused(name: str) -> None:
    with pytest.raises(BadQuestion, match="segment_name_unusable"):
        reading(f"save it as {name}", SHOWN, "en")


def test_a_group_is_the_same_after_it_was_written_and_no_other_text_is_one() -> None:
    whole = Group("n", ("vip",), (("country", ("ES",)),), (("segment", ("new",)),), (*STOPPED, *THREE))
    assert Group.of(whole.text) == whole
    assert Group.of(Group().text) == Group()
    strange = json.dumps({"conditions": [{"what": "passwords"}]})
    assert [Group.of(one) for one in (None, "vip", "{", "{[]}", '{"filters": 3}', strange)] == [None] * 6


def test_only_those_words_are_taken_from_a_question_that_the_conditions_explain() -> None:
    (query,) = reading("NPS of customers with at least 3 tickets in Spain").queries
    assert replace(query, filters=()) == Query(Intent.VALUE, "nps")
    assert dict(query.filters) == {"country": ("ES",), "segment": (Group(conditions=THREE).text,)}
