"""What anybody may see holds nothing of anybody."""

from __future__ import annotations

from collections.abc import Iterator

from bot.drafting.guardrails import Copy, guardrail
from bot.drafting.merge import PERSONAL, tags


@guardrail("PUB-01", "BLOCK")
def nobody_named_in_public(copy: Copy) -> Iterator[str]:
    """A page or a post that anybody may see holds no value of a person."""
    if copy.form.get("public"):
        yield from (str(tag) for _, text in copy.texts() for tag in tags(text) if tag.name in PERSONAL)
