"""A draft as it is shown to whoever asked for it."""

from __future__ import annotations

from bot.engines.answers.drafted import differing
from bot.terminal import Session
from bot.types import Variant

EMAIL = Variant("A", {"subject": "One", "preheader": "Two", "body": "Hello,\n\nfirst.\n\nSee it: {link}"})


def test_of_the_second_variant_only_what_differs_is_shown() -> None:
    assert list(differing(EMAIL, EMAIL.but("subject", "Another", "B"))) == ["Another"]
    assert list(differing(EMAIL, EMAIL.but("body", "Hello,\n\nother.\n\nSee it: {link}", "B"))) == ["other."]
    assert list(differing(EMAIL, EMAIL)) == []


def test_a_draft_names_its_play_and_channel_in_the_language_of_the_question(demo: Session) -> None:
    answer = demo.service.ask(demo.question("draft an email for dormant customers, in Spanish"))
    assert answer.text.startswith("Draft: Reactivate inactive customers, in Spanish, by email.")
    assert "— B: subject —" in answer.text
    assert answer.text.count("Comunicación comercial de") == 1
