"""What a language model may not add: its text says what the written message says, in other words, and nothing else.

These rules hold beside all others, for texts of a model only. Each looks for words of its kind that the written message
has not; better that a good text is refused than that an invented fact is sent.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import partial

from bot.drafting.bounds import Bounds
from bot.drafting.guardrails import Copy, guardrail
from bot.drafting.merge import FIELDS, GAP, tags

model_only = partial(guardrail, severity="BLOCK", of_model=True)
_ODD = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Mn", "Me", "Nl", "No", "So", "Sk"})
"""Kinds of characters with which words are hidden or drawn."""
_MARKS = frozenset("<>=@#~^\\_`[]")


def _bounds(copy: Copy) -> tuple[Bounds, ...]:
    return () if copy.bounds is None else (copy.bounds,)


def _beyond(copy: Copy, name: str) -> Iterator[str]:
    """What a word list finds that the written message does not say."""
    for bounds in _bounds(copy):
        for text in copy.said:
            yield from (hit.replace(GAP, "{}") for hit in bounds.beyond(name, text))


@model_only("WRI-01")
def tags_of_the_message(copy: Copy) -> Iterator[str]:
    """The merge tags are those of the written message with their fallbacks, and none that it needs is missing."""
    for bounds in _bounds(copy):
        for variant in copy.variants:
            found = [tag for text in variant.parts.values() for tag in tags(text)]
            yield from (
                str(tag) for tag in found if tag.name in FIELDS and not bounds.knows_tag(tag.name, tag.fallback)
            )
            missing = bounds.kept - {tag.name for tag in found}
            yield from (f"{variant.name}: {{{name}}}" for name in sorted(missing))


@model_only("WRI-02")
def no_amounts_in_words(copy: Copy) -> Iterator[str]:
    """No number, share or amount in words: what is counted comes from a tag."""
    yield from _beyond(copy, "amounts")


@model_only("WRI-03")
def no_days_and_deadlines(copy: Copy) -> Iterator[str]:
    """No day, month, span of time or deadline."""
    yield from _beyond(copy, "deadlines")


@model_only("WRI-04")
def no_terms_of_its_own(copy: Copy) -> Iterator[str]:
    """No price, gift, credit, extension or other advantage: an approved offer is told by its tag."""
    for name in ("terms", "discount", "free"):
        yield from _beyond(copy, name)


@model_only("WRI-05")
def no_names(copy: Copy) -> Iterator[str]:
    """No name of a person, company, product, feature or plan that the message does not have."""
    for bounds in _bounds(copy):
        for text in copy.said:
            yield from bounds.strangers(text)


@model_only("WRI-06")
def no_news_of_its_own(copy: Copy) -> Iterator[str]:
    """No feature and no novelty: what is new comes from a tag."""
    yield from _beyond(copy, "novelties")


@model_only("WRI-07")
def no_promises(copy: Copy) -> Iterator[str]:
    """No promise of what we shall do or the reader shall have."""
    yield from _beyond(copy, "promises")


@model_only("WRI-08")
def no_deeds(copy: Copy) -> Iterator[str]:
    """No claim that something was done, prepared or kept for the reader."""
    yield from _beyond(copy, "deeds")


@model_only("WRI-09")
def no_voices_of_others(copy: Copy) -> Iterator[str]:
    """No quotes, reviews, prizes, other customers or competitors."""
    yield from _beyond(copy, "others")


@model_only("WRI-10")
def no_ways_out_of_the_text(copy: Copy) -> Iterator[str]:
    """No address, number to call, markup, or characters that hide words; links are the tag's."""
    yield from _beyond(copy, "addresses")
    for bounds in _bounds(copy):
        for text in copy.said:
            for char in dict.fromkeys(text):
                letter = char.isalpha() and not unicodedata.name(char, "").startswith("LATIN")
                odd = unicodedata.category(char) in _ODD and char not in ("\n", GAP)
                if (letter or odd or char in _MARKS) and char not in bounds.told:
                    yield unicodedata.name(char, repr(char)).lower() if odd or letter else char


@model_only("WRI-11")
def no_words_of_the_machine(copy: Copy) -> Iterator[str]:
    """No instruction, and no word about models, prompts or tasks."""
    yield from _beyond(copy, "machine")


@model_only("WRI-12")
def no_knowledge_of_the_reader(copy: Copy) -> Iterator[str]:
    """Nothing about what the reader did, left, used or thought that the message does not say."""
    yield from _beyond(copy, "reader")
