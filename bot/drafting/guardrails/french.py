"""What holds for French texts only."""

from __future__ import annotations

from collections.abc import Iterator

from bot.drafting.guardrails import TYPESET, Copy, guardrail, letter


@guardrail("FR-01", "BLOCK", "fr")
def one_form_of_address(copy: Copy) -> Iterator[str]:
    """Vous throughout, or tu where the brand says so; never both."""
    form = copy.brand.formality.get("fr", copy.words["formality"])
    yield from copy.found("vous" if form == "tu" else "tu")


@guardrail("FR-02", "WARN", "fr", on=TYPESET)
def spaces_before_marks(copy: Copy) -> Iterator[str]:
    """A no-break space before : ; ! ? » % € and after «."""
    yield from copy.found("spacing")


@guardrail("FR-03", "WARN", "fr", on=TYPESET)
def curly_apostrophes(copy: Copy) -> Iterator[str]:
    """The apostrophe of an email is ’."""
    yield from copy.found("straight_apostrophe")


@guardrail("FR-05", "WARN", "fr")
def no_inclusive_dots(copy: Copy) -> Iterator[str]:
    """No inclusive dots: they are hard on screen readers."""
    yield from copy.found("inclusive")


@guardrail("FR-07", "WARN", "fr")
def accents_on_capitals(copy: Copy) -> Iterator[str]:
    """Capitals bear their accents too."""
    yield from copy.found("capital_without_accent")


neutral_about_the_reader = guardrail("FR-04", "BLOCK", "fr")(letter.neutral_about_the_reader)
greets = guardrail("FR-06", "BLOCK", "fr", on=("email", "letter", "linkedin"))(letter.greets)
words_of_the_way_out = guardrail("FR-08", "BLOCK", "fr", on=("email",))(letter.words_of_the_way_out)
