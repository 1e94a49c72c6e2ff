"""What holds for English texts only: the twins of the French rules."""

from __future__ import annotations

from collections.abc import Iterator

from bot.drafting.guardrails import Copy, guardrail, letter


@guardrail("EN-02", "WARN", "en")
def no_space_before_marks(copy: Copy) -> Iterator[str]:
    """No space before : ; ! ?, and no « »."""
    yield from copy.found("spacing")


neutral_about_the_reader = guardrail("EN-04", "BLOCK", "en")(letter.neutral_about_the_reader)
greets = guardrail("EN-06", "BLOCK", "en", on=("email", "letter", "linkedin"))(letter.greets)
words_of_the_way_out = guardrail("EN-08", "BLOCK", "en", on=("email",))(letter.words_of_the_way_out)
