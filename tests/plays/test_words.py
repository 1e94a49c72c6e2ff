"""A question's words count by how rare they are among what is said, and by how often a text says them."""

import pytest

from bot.playbook.words import Words

TEXTS = {
    "cards": [("we sent a card", 1.0), ("the card expired", 1.0)],
    "parties": [("we give a party", 1.0), ("we write a card", 1.0)],
    "others": [("we call", 1.0), ("we listen", 1.0), ("we answer", 1.0), ("a card comes", 1.0)],
}


def test_of_two_words_that_every_text_uses_the_one_of_fewer_phrases_weighs_more() -> None:
    """One of the first two uses "card" twice and "we" once, the other the reverse: counted by texts they were equal."""
    shares = Words(TEXTS).shares("we card")
    assert shares["cards"] > shares["parties"]


def test_a_piece_that_counts_twice_is_as_good_as_two() -> None:
    twice = {id: [(piece, 2.0) for piece, _ in pieces] for id, pieces in TEXTS.items()}
    doubled = {id: [*pieces, *pieces] for id, pieces in TEXTS.items()}
    assert Words(twice).shares("my card expired") == pytest.approx(Words(doubled).shares("my card expired"))


@pytest.mark.parametrize(("texts", "question"), [({}, "a card"), (TEXTS, ""), (TEXTS, "?!")])
def test_without_texts_or_words_there_is_nothing_to_share(texts: dict, question: str) -> None:
    assert Words(texts).shares(question) == {}


def test_endings_and_accents_do_not_count() -> None:
    words = Words({"cobro": [("la domiciliación vino devuelta", 1.0)], "fiesta": [("un cumpleaños", 1.0)]})
    assert words.shares("DOMICILIACIONES devueltas")["cobro"] > 0 == words.shares("domiciliaciones")["fiesta"]


@pytest.mark.parametrize(
    ("question", "said"), [("przychodzą", "odchodzi klient"), ("reactivar", "una cuenta inactiva")]
)
def test_a_word_is_known_behind_another_prefix(question: str, said: str) -> None:
    """Their beginnings have nothing in common."""
    shares = Words({"near": [(said, 1.0)], "far": [("un premio", 1.0)]}).shares(question)
    assert shares["near"] > 0 == shares["far"]
