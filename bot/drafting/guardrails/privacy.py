"""What a text lets the reader know that we know."""

from __future__ import annotations

from collections.abc import Iterator

from bot.drafting.guardrails import Copy, guardrail
from bot.drafting.merge import AMBER, used


@guardrail("PER-03", "BLOCK")
def no_watching(copy: Copy) -> Iterator[str]:
    """Silence is told without proof of watching: no exact times, no opens, no "we saw that you"."""
    yield from copy.found("surveillance")


@guardrail("PER-06", "BLOCK")
def no_inner_words(copy: Copy) -> Iterator[str]:
    """Segment names, scores and codes of ours never reach the reader."""
    yield from copy.found("internal")


@guardrail("PER-AMBER", "HOLD")
def amber_facts_are_approved(copy: Copy) -> Iterator[str]:
    """A rounded fact about the reader's use is looked at by a person before it is used first."""
    told = used(text for _, text in copy.texts())
    yield from (f"{{{name}}}" for name in AMBER if name in told)
