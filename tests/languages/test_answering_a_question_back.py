"""A question back may be answered in words, and a thread keeps its language (notation: asked.py)."""

import pytest

from bot.language import detect
from tests.languages.asked import written

OCTOBER = "2026-10-01/2026-11-01"
CASES = [
    ("fr", "taux de réponse en octobre", "aux mails", f"value reply_rate {OCTOBER} rate"),
    ("fr", "taux de réponse en octobre", "celui des enquêtes", f"value survey_response_rate {OCTOBER} rate"),
    ("fr", "taux de réponse en octobre", "je parle des campagnes", f"value reply_rate {OCTOBER} rate"),
    ("fr", "taux de réponse en octobre", "la deuxième", f"value survey_response_rate {OCTOBER} rate"),
    (
        "fr",
        "le désabonnement en octobre",
        "des newsletters, en Espagne",
        f"value unsubscribe_rate {OCTOBER} country=ES",
    ),
    ("en", "response rate in October", "the survey one", f"value survey_response_rate {OCTOBER} rate"),
    ("en", "response rate in October", "emails I mean", f"value reply_rate {OCTOBER} rate"),
    ("en", "revenue retention in October", "both", f"value nrr {OCTOBER} & value grr {OCTOBER}"),
    ("es", "tasa de respuesta en octubre", "la de encuestas", f"value survey_response_rate {OCTOBER} rate"),
    ("es", "tasa de respuesta en octubre", "la primera", f"value reply_rate {OCTOBER} rate"),
    ("fr", "taux de réponse en octobre", "le NPS de septembre", "value nps 2026-09-01/2026-10-01"),
    ("pl", "retencja przychodów w październiku", "netto", f"value nrr {OCTOBER}"),
    ("pl", "rezygnacje w październiku", "z newslettera", f"value unsubscribe_rate {OCTOBER}"),
    ("fr", "le churn en octobre", "le premier", "no off_topic"),
]


@pytest.mark.parametrize(("language", "before", "answer", "expected"), CASES)
def test_an_answer_in_words_chooses_only_what_it_speaks_for(
    language: str, before: str, answer: str, expected: str
) -> None:
    assert written(answer, language=language, said=(before,)) == expected


MIXED = [
    ("drill down sur Starter only", "fr", "fr"),
    ("vs T2", "fr", "fr"),
    ("only on Pro?", "fr", "en"),
    ("and in Spain?", "fr", "en"),
    ("et en Espagne ?", "en", "fr"),
    ("y en España?", "en", "es"),
]


@pytest.mark.parametrize(("text", "spoken", "expected"), MIXED)
def test_a_thread_keeps_its_language_through_borrowed_words(text: str, spoken: str, expected: str) -> None:
    assert detect(text, "en", spoken) == expected
