"""What holds for English texts only: the twins of the French rules."""

from __future__ import annotations

from collections.abc import Iterator

from bot.drafting.guardrails import Copy, guardrail


@guardrail("EN-02", "WARN", "en")
def no_space_before_marks(copy: Copy) -> Iterator[str]:
    """No space before : ; ! ?, and no « »."""
    yield from copy.found("spacing")


@guardrail("EN-04", "BLOCK", "en")
def neutral_about_the_reader(copy: Copy) -> Iterator[str]:
    """No word tells the reader's gender: it is never guessed."""
    yield from copy.found("gendered")


@guardrail("EN-06", "BLOCK", "en")
def greets(copy: Copy) -> Iterator[str]:
    """The message opens with a greeting and the first name, or the greeting alone."""
    yield from (parts[0] for parts in copy.paragraphs() if not copy.words.starts("greetings", parts[0]))


@guardrail("EN-08", "BLOCK", "en")
def words_of_the_way_out(copy: Copy) -> Iterator[str]:
    """The way out of the messages is "Unsubscribe"; "cancel" is for the contract."""
    for variant in copy.variants:
        if not copy.words.found("unsubscribe", variant.body):
            yield variant.body.rsplit("\n", 1)[-1]
        yield from copy.words.found("unsubscribe_wrong", variant.body)
