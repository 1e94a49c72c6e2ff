"""What a text invites the reader to, and how little stands in the way."""

from __future__ import annotations

from collections.abc import Iterator

from bot.drafting.guardrails import Copy, guardrail
from bot.drafting.merge import plain


@guardrail("CON-21", "WARN")
def room_for_a_question(copy: Copy) -> Iterator[str]:
    """An invitation to an event has room for the reader's own question, sent beforehand or brought along."""
    if copy.type in copy.policy.kinds and copy.policy.kinds[copy.type].event:
        yield from (one.name for one in copy.variants if not copy.words.found("question_slot", plain(one["body"])))


@guardrail("CON-22", "WARN")
def installed_in_one_step(copy: Copy) -> Iterator[str]:
    """Who is asked to install an app gets there by the link at once, with no second step."""
    if copy.found("asks_to_install"):
        yield from copy.found("second_step")
