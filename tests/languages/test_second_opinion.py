"""Where no phrase decides what a question is about, the examples do: clearly, or by asking, or not at all."""

from collections import Counter

import pytest

from bot.engines.understanding.opinion import Opinion
from bot.language import available, detect, load
from bot.metrics import catalogue
from bot.models.embedding import offline
from bot.models.kept_vectors import kept
from bot.settings import Environment


@pytest.fixture(scope="module")
def opinion() -> Opinion:
    """With the vectors of the examples that the bot itself keeps: whoever comes first works them out."""
    return Opinion(kept(offline(), Environment().mainstay_home / "index"))


@pytest.mark.parametrize("code", available())
def test_each_metric_has_examples_of_its_own_in_each_language(code: str) -> None:
    asked = load(code).asked
    assert {name.removeprefix("metric:") for name in asked if name.startswith("metric:")} == set(catalogue())
    assert min(len(texts) for texts in asked.values()) >= 8
    many = Counter(text for texts in asked.values() for text in {one.casefold() for one in texts})
    assert [text for text, n in many.items() if n > 1] == []


@pytest.mark.parametrize(
    ("code", "text", "about"),
    [
        ("en", "people who cancelled already but whose paid term is still running", "scheduled_churn"),
        ("fr", "part des paiements qui ne passent pas", "failed_payment_rate"),
        ("es", "cuántos días tarda de media un cliente en volver a comprar", "time_between_purchases"),
        ("pl", "jaki odsetek płatności nam nie przechodzi", "failed_payment_rate"),
        ("fr", "combien de nos clients parrainés valent plus que les autres", "referred_value_ratio"),
        ("pl", "jaka część punktów przepadła", "breakage"),
    ],
)
def test_words_that_no_example_has_are_nearest_to_what_they_mean(
    opinion: Opinion, code: str, text: str, about: str
) -> None:
    assert opinion.of(text, load(code))[0].name == about


def test_a_text_without_a_telling_word_is_like_nothing(opinion: Opinion) -> None:
    assert opinion.of("and the", load("en")) == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [("la retention ?", "fr"), ("wskaźnik utrzymania", "pl"), ("la tasa", "es"), ("NPS Q3, ES vs PL", "en")],
)
def test_a_language_is_told_by_its_letters_where_small_words_do_not(text: str, code: str) -> None:
    assert detect(text, "en") == code
