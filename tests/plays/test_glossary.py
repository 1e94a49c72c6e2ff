"""What people say leads to what the plays say of the same thing, in the same words or others, in any language."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import BadWorkspace
from bot.language import available
from bot.playbook import load
from bot.playbook.glossary import Concepts, Glossary, read

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"
PLAYS = load(KNOWLEDGE)
SMALL = """# words
[card_expiry]
en = ["card* expir*", "new card"]
fr = ["carte* expir*", "l'échéance de la carte"]

[order]
en = ["order", "orders"]
fr = ["commande*"]
"""


@pytest.fixture(scope="module")
def glossary() -> Glossary:
    return read(KNOWLEDGE / "glossary.toml")


@pytest.fixture(scope="module")
def translated(glossary: Glossary) -> dict[str, Concepts]:
    """By language, what the plays speak of if they are written in that one alone."""
    return {
        language: Concepts(glossary, [replace(play, texts={language: play.texts[language]}) for play in PLAYS])
        for language in available()
    }


def test_the_glossary_is_well_formed_in_every_language(glossary: Glossary) -> None:
    """Its reader has found words for each concept in each of them, and none that two concepts share."""
    assert set(glossary.languages) == set(available())


@pytest.mark.parametrize(
    ("text", "language", "heard"),
    [
        ("My CARDS expired last week", "en", {"card_expiry": 1}),
        ("Une carte EXPIREE, et l’échéance de la carte ?", "fr", {"card_expiry": 2}),
        ("the card has expired", "en", {}),
        ("ordering a new card, two orders", "en", {"card_expiry": 1, "order": 1}),
        ("My cards expired", "fr", {}),
        ("Meine Karte", "de", {}),
    ],
)
def test_a_star_stands_for_the_rest_of_a_word_and_accents_do_not_count(
    tmp_path: Path, text: str, language: str, heard: dict[str, int]
) -> None:
    (tmp_path / "glossary.toml").write_text(SMALL, encoding="utf-8")
    assert read(tmp_path / "glossary.toml").heard(text, language) == heard


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('fr = ["commande*"]\n', "", "glossary.toml:6: order needs a list of words in fr"),
        ('"orders"', '"*"', "glossary.toml:6: order needs a list of words in en"),
        ('"orders"', '"New Card"', "glossary.toml:6: order and card_expiry share 'New Card' in en"),
        ("[order]", "[order", "glossary.toml:6: not written as TOML"),
        ("# words\n", "order_2 = 3\n", "glossary.toml:1: order_2 is no table of languages"),
    ],
)
def test_a_wrong_glossary_is_told_with_its_line(tmp_path: Path, old: str, new: str, fault: str) -> None:
    (tmp_path / "glossary.toml").write_text(SMALL.replace(old, new), encoding="utf-8")
    with pytest.raises(BadWorkspace) as raised:
        read(tmp_path / "glossary.toml")
    assert raised.value.values["gaps"] == (fault,)


def test_a_missing_glossary_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadWorkspace, match="missing or unreadable"):
        read(tmp_path / "glossary.toml")


@pytest.mark.parametrize("written", available())
@pytest.mark.parametrize(
    ("question", "language", "play"),
    [
        ("overdue accounts with an expired card", "en", "involuntary-churn"),
        ("des moins bons payeurs : impayés et cartes expirées", "fr", "involuntary-churn"),
        ("impagos y tarjetas caducadas", "es", "involuntary-churn"),
        ("zaległości i wygasłe karty", "pl", "involuntary-churn"),
        ("nikt nie poleca nas znajomym", "pl", "referral"),
        ("parrainage : mes clients nous recommandent peu", "fr", "referral"),
        ("groupe témoin et significativité", "fr", "measure-with-holdout"),
        ("impagos y tarjetas caducadas", "en", "involuntary-churn"),
    ],
)
def test_concepts_find_a_play_in_whatever_language_it_is_written(
    translated: dict[str, Concepts], question: str, language: str, play: str, written: str
) -> None:
    """Also where the asker is thought to speak another language than the question's (the last)."""
    found = translated[written].shares(question, language)
    assert max(found, key=found.__getitem__) == play


def test_what_speaks_of_nothing_in_the_field_leads_nowhere(glossary: Glossary) -> None:
    assert Concepts(glossary, PLAYS).shares("what is the capital of Australia", "en") == {}
