"""A message that is asked for: whom it is for is understood to the last word, how it is to be is said back."""

import pytest

from bot.types import Query
from tests.languages.asked import reading, written

SAID = {
    "draft an sms to dormant customers in Spain": ("draft country=ES about=dormant by=sms",),
    "a cheeky text for one-time buyers offering 10% off their second order": (
        "draft about=one_time_buyers by=sms",
        "cheeky text … offering 10% off their second order",
    ),
    "letter to long-term customers, formal, thanking them for five years with us": (
        "draft about=long_term by=letter",
        "formal … thanking them for five years with us",
    ),
    "email the dormant customers in Spain to remind them of their reports": (
        "draft country=ES about=dormant",
        "to remind them of their reports",
    ),
    "compose an upbeat Black Friday email for loyal customers, in French": (
        "draft about=loyal in=fr",
        "upbeat Black Friday email",
    ),
    "draft a win back email for ppl who left": ("draft about=churned_eligible_for_win_back", "win back email"),
    "draft a win-back email to our VIPs": ("draft about=vip", "win-back email"),
    "Rédige un SMS décontracté pour les clients dormants en Espagne": (
        "draft country=ES about=dormant by=sms",
        "décontracté",
    ),
    "écris un mail à nos promoteurs pour leur demander un témoignage": (
        "draft about=promoters",
        "pour leur demander un témoignage",
    ),
    "una carta formal a los clientes leales, agradeciendo su confianza": (
        "draft about=loyal by=letter",
        "formal … agradeciendo su confianza",
    ),
    "napisz luźny sms do uśpionych klientów w Hiszpanii": ("draft country=ES about=dormant by=sms", "luźny sms"),
    "a referral ask for promoters, please draft it": ("draft about=promoters as=DT31",),
    "draft a push notification for dormant customers": ("draft about=dormant by=push",),
    "rédige une invitation au webinaire pour les nouveaux clients": ("draft about=new as=DT04",),
    "escribe una encuesta para los clientes leales": ("draft about=loyal as=DT18",),
    "napisz zaproszenie na webinar do nowych klientów": ("draft about=new as=DT04",),
    "napisz maila do promotorów, żeby poprosić o opinię": ("draft about=promoters", "żeby poprosić o opinię"),
}


@pytest.mark.parametrize(("text", "expected"), SAID.items())
def test_what_a_message_is_to_be_like_is_said_back_and_says_nothing_of_whom_it_is_for(
    text: str, expected: tuple[str, ...]
) -> None:
    found = reading(text)
    told = [note.values["words"] for note in found.assumed if note.key == "assumed_draft"]
    assert (written(text), *told) == expected


@pytest.mark.parametrize(
    "text",
    [
        "draft an email for dentists",
        "write something to vegan accounts in France",
        "draft an email to at risk accounts run by women",
        "escribe un correo a los dentistas",
        "écris un mail pour les dentistes",
    ],
)
def test_whom_a_message_is_for_is_never_passed_over(text: str) -> None:
    assert written(text) == "error unknown_part"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("make it shorter", "draft about=vip in=fr"),
        ("make it an SMS", "draft about=vip in=fr by=sms"),
        ("in German, more formal", "draft about=vip in=de"),
        ("add a joke at the end", "draft about=vip in=fr"),
        ("only those in Spain", "draft country=ES about=vip in=fr"),
        ("plus court, en espagnol", "draft about=vip in=es"),
        ("más corto, en inglés", "draft about=vip in=en"),
        ("krócej i po niemiecku", "draft about=vip in=de"),
        ("who is in it?", "list_people about=vip"),
        ("thanks!", "smalltalk about=thanks"),
    ],
)
def test_a_wish_about_the_message_of_the_thread_keeps_whom_it_is_for(text: str, expected: str) -> None:
    (draft,) = reading("draft for vip customers, in French").queries
    assert isinstance(draft, Query)
    assert written(text, previous=draft) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("give me the open rate of our emails to dormant customers", "value open_rate segment=dormant rate"),
        ("something for our promoters", "draft about=promoters"),
        ("draft something for those", "draft about=detractors"),
        ("write these people an email, apologetic", "draft about=detractors"),
    ],
)
def test_a_message_is_told_from_a_figure_about_messages(text: str, expected: str) -> None:
    (people,) = reading("who are the detractors?").queries
    assert written(text, previous=people) == expected
