"""What holds for Spanish texts only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.drafting.guardrails import Copy, guardrail, letter

_OTHERS: Mapping[str, tuple[str, ...]] = {
    "tú": ("usted", "vos"),
    "vos": ("usted", "only_tu"),
    "usted": ("tu", "only_tu", "vos"),
}
"""Form of address → the word lists that belong to another form; "te" and "tu" are of tú and vos alike."""


@guardrail("ES-01", "BLOCK", "es")
def one_form_of_address(copy: Copy) -> Iterator[str]:
    """Tú throughout, or usted or vos where the brand says so; never mixed."""
    form = copy.brand.formality.get("es", copy.words["formality"]).lower()
    for other in _OTHERS.get(form, _OTHERS[copy.words["formality"]]):
        yield from copy.found(other)


@guardrail("ES-02", "BLOCK", "es")
def opening_marks(copy: Copy) -> Iterator[str]:
    """Every question and exclamation has its opening mark, ¿ or ¡, in the subject too."""
    yield from copy.found("opening_marks")


@guardrail("ES-04", "BLOCK", "es")
def small_months_and_days(copy: Copy) -> Iterator[str]:
    """Months and days of the week are written small."""
    yield from copy.found("capitals")


neutral_about_the_reader = guardrail("ES-03", "BLOCK", "es")(letter.neutral_about_the_reader)
words_of_the_way_out = guardrail("ES-06", "BLOCK", "es", on=("email",))(letter.words_of_the_way_out)
named_as_commercial = guardrail("ES-07", "BLOCK", "es", on=("email", "letter"))(letter.named_as_commercial)
greets = guardrail("ES-08", "BLOCK", "es", on=("email", "letter", "linkedin"))(letter.greets)
