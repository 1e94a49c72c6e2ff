"""What a text promises. The first texts carry no offer: any word of one is invented."""

from __future__ import annotations

from collections.abc import Iterator

from bot.drafting.guardrails import Copy, guardrail


@guardrail("OFF-01", "BLOCK")
def no_invented_offer(copy: Copy) -> Iterator[str]:
    """No discount, gift, extension or refund that the approved catalogue does not hold."""
    yield from copy.found("discount")


@guardrail("OFF-07", "BLOCK")
def free_means_free(copy: Copy) -> Iterator[str]:
    """What is called free costs nothing, now or later."""
    yield from copy.found("free")
