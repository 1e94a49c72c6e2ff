"""What a text says, and how."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.drafting.guardrails import Copy, guardrail
from bot.drafting.merge import GAP, PERSONAL, plain, used

_SENTENCE = re.compile(r"(?<=[.!?…])\s+")
_ABOUT_THEM = PERSONAL - {"first_name"}
_NOTES = ("email", "letter", "linkedin")
"""Channels whose texts are written to one person, with room to say something of them."""


@guardrail("CON-01", "BLOCK")
def no_generic_greeting(copy: Copy) -> Iterator[str]:
    """A greeting has a first name, or none; "Dear customer" is no greeting."""
    yield from copy.found("generic_greeting")


@guardrail("CON-02", "BLOCK")
def motivates_before_it_asks(copy: Copy) -> Iterator[str]:
    """The first sentence holds a benefit, news or help; it does not order the reader about."""
    for parts in copy.prose():
        first = _SENTENCE.split(plain(parts[0]).strip())[0] if parts else ""
        if copy.words.starts("commands", first):
            yield first


@guardrail("CON-03", "BLOCK")
def missed_only_with_a_reason(copy: Copy) -> Iterator[str]:
    """Only former customers (DT22) are missed, with a reason to return in the same sentence or the next."""
    for text in copy.said:
        sentences = _SENTENCE.split(text)
        for place, sentence in enumerate(sentences):
            reason = " ".join(sentences[place : place + 2])
            if copy.type != "DT22" or not copy.words.found("reason_to_return", reason):
                yield from copy.words.found("miss_you", sentence)


@guardrail("CON-04", "BLOCK")
def no_guilt(copy: Copy) -> Iterator[str]:
    """No guilt, shame or threat: leaving was a decision."""
    yield from copy.found("guilt")


@guardrail("CON-05", "BLOCK")
def no_urgency(copy: Copy) -> Iterator[str]:
    """No hurry and no scarcity that an approved offer does not set."""
    yield from copy.found("urgency")


@guardrail("CON-11", "WARN")
def one_main_link(copy: Copy) -> Iterator[str]:
    """One goal, one link, with words before it that say what happens; none where the channel carries it apart."""
    wanted = int("link" in copy.form.get("needs", ()))
    most = max(wanted, copy.policy.limit(copy.channel, "links", "most") or 0)
    for variant in copy.variants:
        lines = [line for line in variant["body"].splitlines() if "{link}" in line]
        if not wanted <= variant["body"].count("{link}") <= most:
            yield f"{len(lines)} × {{link}}"
        yield from (line for line in lines if len(plain(line).strip(f" :\u00a0\u202f{GAP}")) < 4)


@guardrail("CON-12", "WARN")
def short_sentences(copy: Copy) -> Iterator[str]:
    """Sentences of 20 words at most on average, so that they are read."""
    for parts in copy.prose():
        prose = [part for part in parts if "{link}" not in part and "{postal" not in part]
        sentences = [s for part in prose for s in _SENTENCE.split(plain(part)) if len(s.split()) > 1]
        words = sum(len(sentence.split()) for sentence in sentences)
        if sentences and words > 20 * len(sentences):
            yield max(sentences, key=len)


@guardrail("CON-18", "BLOCK")
def no_promised_effect(copy: Copy) -> Iterator[str]:
    """No effect is promised that no test has shown."""
    yield from copy.found("causal")


@guardrail("PER-01", "WARN", on=_NOTES)
def personal_beyond_the_name(copy: Copy) -> Iterator[str]:
    """At least two facts about the reader besides the name, or it is a circular."""
    for variant in copy.variants:
        facts = _ABOUT_THEM & set(used([variant["body"]]))
        if len(facts) < 2:
            yield ", ".join(sorted(facts)) or "0"
