"""Each language file carries the examples that test it; a language is complete when they all hold."""

import pytest

from bot.language import available, load
from bot.types import Intent
from tests.languages.asked import written

EXAMPLES = [(code, one["text"], one["means"]) for code in available() for one in load(code).data["examples"]]
SERVED = set(Intent) - {
    Intent.WHAT_IF,
    Intent.PROJECT,
    Intent.SEGMENT,
    Intent.RECONCILE,
    Intent.CLAIM,
    Intent.OFF_TOPIC,
    Intent.MULTI,
}


@pytest.mark.parametrize(("code", "text", "means"), EXAMPLES)
def test_an_example_of_the_language_file_is_taken_for_what_it_says(code, text, means):
    assert written(text, language=code) == means


@pytest.mark.parametrize("code", [code for code in available() if load(code).complete])
def test_a_complete_language_has_an_example_of_every_intent_that_is_served(code):
    shown = {means.split()[0] for language, _, means in EXAMPLES if language == code}
    assert {intent.value for intent in SERVED} <= shown
