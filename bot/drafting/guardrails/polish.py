"""What holds for Polish texts only: words bend, and a value from the data does not bend with them (see TAG-08)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.drafting.guardrails import TYPESET, Copy, guardrail, letter

_OTHERS: Mapping[str, tuple[str, ...]] = {
    "ty": ("panstwo", "pan", "small_pronouns"),
    "pan": ("ty", "panstwo"),
    "państwo": ("ty", "pan"),
}
"""Form of address → the word lists that belong to another; whoever says Ty writes it with a capital."""


@guardrail("PL-01", "BLOCK", "pl")
def one_form_of_address(copy: Copy) -> Iterator[str]:
    """Ty throughout, or Pan/Pani or Państwo where the brand says so; never mixed."""
    form = copy.brand.formality.get("pl", copy.words["formality"]).lower().partition("/")[0]
    for other in _OTHERS.get(form, _OTHERS[copy.words["formality"]]):
        yield from copy.found(other)


@guardrail("PL-03", "BLOCK", "pl")
def no_name_without_its_vocative(copy: Copy) -> Iterator[str]:
    """No first name from the data: a greeting wants the vocative (Anno, Marku), and the field holds the nominative."""
    for _, text in copy.texts():
        yield from copy.words.found("name_uncalled", text)


@guardrail("PL-06", "WARN", "pl", on=TYPESET)
def marks_of_polish(copy: Copy) -> Iterator[str]:
    """Quotes are „ ”, and no space stands before a mark or a percent sign."""
    yield from copy.found("marks")


@guardrail("PL-07", "WARN", "pl", on=TYPESET)
def no_letter_left_alone(copy: Copy) -> Iterator[str]:
    """Words of one letter are bound to the next word by a no-break space."""
    yield from copy.found("loose_letters")


neutral_about_the_reader = guardrail("PL-02", "BLOCK", "pl")(letter.neutral_about_the_reader)
words_of_the_way_out = guardrail("PL-09", "BLOCK", "pl", on=("email",))(letter.words_of_the_way_out)
greets = guardrail("PL-11", "BLOCK", "pl", on=("email", "letter", "linkedin"))(letter.greets)
named_as_commercial = guardrail("PL-12", "BLOCK", "pl", on=("email", "letter"))(letter.named_as_commercial)
