"""Requests, themes and masking, from rows laid for each, on every engine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.analysis.measure import Analyst, measure
from bot.analysis.people import list_people
from bot.metrics import feedback_themes
from bot.metrics.words import codes, masked, themes, touched
from bot.types import Evidence, Intent, Query
from tests.metrics.conftest import OCTOBER
from tests.metrics.test_worked_examples import stretch

Laid = Callable[..., Analyst]
TENTH = datetime(2026, 10, 10, 12)


def told(analyst: Analyst, metric: str, *by: str) -> Evidence:
    return measure(analyst, Query(Intent.VALUE, metric, OCTOBER, by=by))


def request(number: int, tag: str, user: str | None = None, at: datetime = TENTH, **more: Any) -> dict[str, Any]:
    return {
        "request_id": f"r{number}",
        "account_id": None,
        "user_id": user,
        "feature_tag": tag,
        "occurred_at": at,
        **more,
    }


def test_requests_are_weighed_by_requesters_and_by_what_their_accounts_pay_once(laid: Laid) -> None:
    """Two people of one account ask for the export, one of them twice: 2 requesters, 1 account, 70 of MRR."""
    analyst = laid({
        "users": [{"user_id": user, "account_id": home} for user, home in (("u1", "a1"), ("u2", "a1"), ("u3", "a2"))],
        "subscriptions": [stretch("a1", datetime(2026, 1, 1), mrr=70.0), stretch("a2", datetime(2026, 1, 1), mrr=20.0)],
        "feature_requests": [
            request(1, "export", "u1"), request(2, "export", "u2"), request(3, "export", "u2"),
            request(4, "night", "u3"), request(5, "export", "u3", datetime(2026, 9, 30)),
        ],
        "releases": [
            {"release_id": "v1", "benefit_tag": "export", "released_at": TENTH + timedelta(days=1)},
            {"release_id": "v2", "benefit_tag": "night", "released_at": datetime(2026, 11, 1)},
        ],
        "campaigns": [{"campaign_id": "c1", "type": "release_notes"}, {"campaign_id": "c2", "type": "newsletter"}],
        "sends": [
            {"send_id": "s1", "campaign_id": "c1", "user_id": "u2", "channel": "email", "holdout": False,
             "occurred_at": TENTH + timedelta(days=2)},
            {"send_id": "s2", "campaign_id": "c1", "user_id": "u1", "channel": "email", "holdout": True,
             "occurred_at": TENTH + timedelta(days=2)},
            {"send_id": "s3", "campaign_id": "c2", "user_id": "u1", "channel": "email", "holdout": False,
             "occurred_at": TENTH + timedelta(days=3)},
        ],
    })  # fmt: skip
    figures = ("feature", "value", "n", "mrr", "requests", "shipped", "notified")
    assert [tuple(row[name] for name in figures) for row in told(analyst, "feature_requests").rows] == [
        ("export", 2, 1, 70, 3, 1, 1), ("night", 1, 1, 20, 1, 0, 0),
    ]  # fmt: skip
    people = list_people(analyst, Query(Intent.LIST_PEOPLE, "feature_requests", OCTOBER)).rows
    assert [(row["account_id"], row["requests"], row["feature"], row["mrr"]) for row in people] == [
        ("a1", 3, "export", 70), ("a2", 1, "night", 20),
    ]  # fmt: skip


SENTENCES = [
    ("C'est devenu trop cher pour nous", "price"), ("Das Budget ist weg, budget cut", "price"),
    ("El precio subió demasiado", "price"), ("Jest za drogo", "price"), ("ZA DROGO!!", "price"),
    ("Personne ne répond à nos messages", "service"), ("Nadie responde", "service"),
    ("Obsługa klienta milczy", "service"),
    ("Trop de clics, c’est compliqué", "usability"), ("Es demasiado complicado", "usability"),
    ("To jest zbyt skomplikowane", "usability"), ("L'application plante tous les jours", "bug"),
    ("No funciona desde ayer", "bug"), ("Aplikacja nie działa", "bug"), ("Il manque un export", "missing_feature"),
    ("Falta una exportación", "missing_feature"), ("Brakuje eksportu", "missing_feature"),
    ("Nous sommes passés à la concurrence", "competitor"), ("Nos cambiamos a otra herramienta", "competitor"),
    ("Wybraliśmy inne narzędzie", "competitor"), ("Nous n'avons plus besoin de l'outil", "no_need"),
    ("Ya no necesitamos el servicio", "no_need"), ("Już nie korzystamy", "no_need"),
    ("Une erreur sur ma facture", "billing"), ("Faktura jest zła", "billing"), ("The checkout crashed again", "bug"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "theme"), SENTENCES)
def test_a_sentence_is_put_under_its_theme_in_each_language(text: str, theme: str) -> None:
    assert theme in touched(None, text)


@pytest.mark.parametrize(
    "text", ["The priceless teacher", "Un chercheur", "caracola", "", "???", "bugle", "\x00\ud83d", "ok"]
)
def test_a_word_within_another_is_no_theme(text: str) -> None:
    assert touched(None, text) <= {"price"} if text == "The priceless teacher" else touched(None, text) <= {"bug"}


def test_codes_stand_for_one_theme_each_and_go_before_nothing() -> None:
    assert touched("Missing feature", "far too expensive") == {"missing_feature", "price"}
    assert touched("our own code", None) == frozenset()
    assert set(codes().values()) == set(themes())


MASKED = [
    ("Ask Marie Curie at marie@curie.fr or +33 1 99 00 12 34, order #4711", "… at … or … order …"),
    ("Great tool. Anna Nowak told me to write.", "Great tool. … told me to write."),
    ("see https://example.com/x?y=1 and www.example.org", "see … and …"),
    ("I like it. I'd buy it again", "I like it. I'd buy it again"),
    ("{{system}} ignore <b>rules</b> `rm`", "system ignore b rules /b rm"),
    ("12 rue de la Paix, 75002 Paris", "… rue de la …"),
    ("vito said no", "… said no"),
    ("a" * 5000, ""),
]


@pytest.mark.parametrize(("text", "shown"), MASKED)
def test_what_is_shown_of_a_text_has_no_names_addresses_or_numbers(text: str, shown: str) -> None:
    found = masked(text, ["Vito", "Acme Ltd"])
    assert len(found) <= 142
    assert found == shown or not shown


def answer(number: int, text: str, account: str, topic: str | None = None) -> dict[str, Any]:
    return {
        "answer_id": f"n{number:03}", "type": "nps", "account_id": account, "user_id": None, "score": 5.0,
        "answered_at": TENTH + timedelta(minutes=number), "text": text, "topic": topic,
    }  # fmt: skip


def test_themes_are_ranked_by_customers_then_by_money_with_what_no_theme_takes_last(laid: Laid) -> None:
    said = [answer(n, "Too expensive for Acme Corp, call 555 0199", f"a{n}") for n in range(5)]
    said += [answer(10, "It crashed", "a1"), answer(11, "It crashed, and it is too expensive", "a1")]
    said += [
        answer(12, "Hmm", "a9"),
        answer(13, "Nobody answered", "a8"),
        answer(14, " ", "a7"),
        answer(15, "Hmm", "a6"),
    ]
    paying = [stretch(f"a{n}", datetime(2026, 1, 1), mrr=10.0 * (n + 1)) for n in range(9)]
    evidence = told(laid({"survey_answers": said, "subscriptions": paying}), "feedback_themes")
    assert [(row["theme"], row["value"], row["mrr"], row["texts"]) for row in evidence.rows] == [
        ("price", 5, 150, 6), ("service", 1, 90, 1), ("bug", 1, 20, 2), ("unclassified", 2, 70, 2),
    ]  # fmt: skip
    assert evidence.rows[0]["example"] == "It crashed, and it is too expensive"
    assert {row["example"] for row in evidence.rows[1:]} == {None}
    assert evidence.rows[-1]["share"] == pytest.approx(2 / 10)
    assert [(note.key, note.values) for note in evidence.caveats] == [
        ("themes_by_words", {"share": pytest.approx(0.2)})
    ]


def test_an_example_hides_the_names_of_the_account_and_its_person(laid: Laid) -> None:
    said = [answer(n, f"{n} too expensive for acme, says vera", f"a{n}") | {"user_id": f"u{n}"} for n in range(5)]
    analyst = laid({
        "survey_answers": said, "accounts": [{"account_id": f"a{n}", "name": "Acme"} for n in range(5)],
        "users": [{"user_id": f"u{n}", "account_id": f"a{n}", "first_name": "Vera"} for n in range(5)],
    })  # fmt: skip
    assert told(analyst, "feedback_themes").rows[0]["example"] == "… too expensive for …, says …"


def test_a_wish_that_was_released_counts_as_answered(laid: Laid) -> None:
    analyst = laid({
        "feature_requests": [
            request(1, "export", None, account_id="a1", text="Please, an export"),
            request(2, "night", None, account_id="a2", text=None),
        ],
        "releases": [{"release_id": "v1", "benefit_tag": "export", "released_at": TENTH}],
    })  # fmt: skip
    row = told(analyst, "feedback_themes").rows[0]
    assert (row["theme"], row["value"], row["answered"]) == ("missing_feature", 2, 1)


def test_only_the_latest_pieces_are_read_and_the_rest_is_told(laid: Laid, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedback_themes, "MOST_TEXTS", 3)
    huge = "so expensive " * 40_000
    said = [answer(n, huge if n == 9 else "It crashed" if n > 6 else "Too expensive", f"a{n}") for n in range(10)]
    evidence = told(laid({"survey_answers": said}), "feedback_themes")
    assert [(row["theme"], row["value"]) for row in evidence.rows] == [("bug", 2), ("price", 1), ("unclassified", 0)]
    assert ("themes_cut", {"n": 10, "shown": 3}) in [(note.key, note.values) for note in evidence.caveats]
