"""Rules that each language has for itself, with words of its own; the modules of the languages give them their ids."""

from __future__ import annotations

from collections.abc import Iterator

from bot.drafting.guardrails import Copy


def greets(copy: Copy) -> Iterator[str]:
    """The message opens with a greeting of its language."""
    yield from (
        parts[0] for parts in copy.paragraphs() if not any(copy.words.starts("greetings", part) for part in parts[:2])
    )


def neutral_about_the_reader(copy: Copy) -> Iterator[str]:
    """No word tells the reader's gender: it is never guessed."""
    yield from copy.found("gendered")


def words_of_the_way_out(copy: Copy) -> Iterator[str]:
    """The way out of the messages is named as such; the words for ending the contract are kept for that."""
    for variant in () if copy.service else copy.variants:
        if not copy.words.found("unsubscribe", variant["body"]):
            yield variant["body"].rsplit("\n", 1)[-1]
        yield from copy.words.found("unsubscribe_wrong", variant["body"])


def named_as_commercial(copy: Copy) -> Iterator[str]:
    """The last lines say that this is a commercial message, and whose."""
    sells = () if copy.service else copy.variants
    yield from (variant.name for variant in sells if not copy.words.found("commercial", variant["body"]))
