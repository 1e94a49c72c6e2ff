"""How a question asks for advice does not lead to a play: what it is about does."""

from pathlib import Path

import pytest

from bot.language import available
from bot.playbook import Playbook
from bot.playbook.asking import Asking, read

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"


@pytest.fixture(scope="module")
def asking() -> Asking:
    return read(KNOWLEDGE / "asking.toml")


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("we email people too much, what would you recommend?", "en"),
        ("on envoie trop d’e-mails, que recommandez-vous ?", "fr"),
        ("mandamos demasiados correos, ¿qué recomiendas?", "es"),
        ("wysyłamy za dużo maili, co polecasz?", "pl"),
    ],
)
def test_who_asks_what_is_recommended_is_not_told_of_recommendations(
    book: Playbook, question: str, language: str
) -> None:
    assert book.search(question, language, limit=1)[0].play == "attention"


@pytest.mark.parametrize(
    ("question", "language", "about"),
    [
        ("Que  faire contre les impayés ?", "fr", "contre les impayés ?"),
        ("QUE HAGO con los impagos", "es", "con los impagos"),
        ("co zrobić, żeby wrócili?", "pl", ", żeby wrócili?"),
        ("our app is slow. any ideas? what should we do", "en", "our app is slow. ?"),
        ("a recommendation engine", "en", "a recommendation engine"),
        ("any tips?", "en", "any tips?"),
        ("que faire contre les impayés", "de", "que faire contre les impayés"),
        ("", "en", ""),
    ],
)
def test_only_what_asks_is_taken_off(asking: Asking, question: str, language: str, about: str) -> None:
    assert " ".join(asking.about(question, language).split()) == about


def test_every_language_of_the_bot_has_its_ways_of_asking(asking: Asking) -> None:
    first = {"en": "any tips", "fr": "que faire", "es": "qué hago", "pl": "co radzisz"}
    left = {asking.about(f"{first[language]}: nps falls", language) for language in available()}
    assert left == {" : nps falls"}
