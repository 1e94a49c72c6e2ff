"""The words of a phrase in their other forms."""

from __future__ import annotations

import pytest

from bot.language import fold, load
from bot.language.inflection import Inflection
from tests.languages.asked import written

SPANISH = Inflection.of(load("es").data["hears"]["inflection"])
ALIKE = [
    ("resuelven", "resolvimos"),
    ("cierran", "cerrar"),
    ("piden", "pidieron"),
    ("pagan", "paga"),
    ("correos", "correo"),
]
OTHERS = [("cancelaron", "cancelarán"), ("bajas", "bajo"), ("activan", "activación"), ("quejan", "quedan")]


@pytest.mark.parametrize(("phrase", "asked"), ALIKE)
def test_forms_of_one_word_have_something_in_common(phrase: str, asked: str) -> None:
    assert SPANISH.forms(phrase, asked=False) & SPANISH.forms(asked, asked=True)


@pytest.mark.parametrize(("phrase", "asked"), OTHERS)
def test_other_words_and_times_to_come_have_not(phrase: str, asked: str) -> None:
    assert not SPANISH.forms(fold(phrase), asked=False) & SPANISH.forms(fold(asked), asked=True)


def test_a_figure_is_heard_in_another_form_of_its_verb() -> None:
    assert written("tickets que solucionamos al primer intento en octubre") == written(
        "tickets que solucionábamos al primer intento en octubre"
    )
