"""What holds for French texts only."""

from __future__ import annotations

from collections.abc import Iterator

from bot.drafting.guardrails import Copy, guardrail


@guardrail("FR-01", "BLOCK", "fr")
def one_form_of_address(copy: Copy) -> Iterator[str]:
    """Vous throughout, or tu where the brand says so; never both."""
    form = copy.brand.formality.get("fr", copy.words["formality"])
    yield from copy.found("vous" if form == "tu" else "tu")


@guardrail("FR-02", "WARN", "fr")
def spaces_before_marks(copy: Copy) -> Iterator[str]:
    """A no-break space before : ; ! ? » % € and after «."""
    yield from copy.found("spacing")


@guardrail("FR-03", "WARN", "fr")
def curly_apostrophes(copy: Copy) -> Iterator[str]:
    """The apostrophe of an email is ’."""
    yield from copy.found("straight_apostrophe")


@guardrail("FR-04", "BLOCK", "fr")
def neutral_about_the_reader(copy: Copy) -> Iterator[str]:
    """No word tells the reader's gender: it is never guessed."""
    yield from copy.found("gendered")


@guardrail("FR-05", "WARN", "fr")
def no_inclusive_dots(copy: Copy) -> Iterator[str]:
    """No inclusive dots: they are hard on screen readers."""
    yield from copy.found("inclusive")


@guardrail("FR-06", "BLOCK", "fr")
def greets(copy: Copy) -> Iterator[str]:
    """The message opens with "Bonjour" and the first name, or "Bonjour" alone."""
    yield from (parts[0] for parts in copy.paragraphs() if not copy.words.starts("greetings", parts[0]))


@guardrail("FR-07", "WARN", "fr")
def accents_on_capitals(copy: Copy) -> Iterator[str]:
    """Capitals bear their accents too."""
    yield from copy.found("capital_without_accent")


@guardrail("FR-08", "BLOCK", "fr")
def words_of_the_way_out(copy: Copy) -> Iterator[str]:
    """The way out of the messages is "Se désabonner"; "résilier" is for the contract."""
    for variant in copy.variants:
        if not copy.words.found("unsubscribe", variant.body):
            yield variant.body.rsplit("\n", 1)[-1]
        yield from copy.words.found("unsubscribe_wrong", variant.body)
