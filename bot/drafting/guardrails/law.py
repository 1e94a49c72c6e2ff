"""What the law wants to see in a marketing email."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.drafting.guardrails import Copy, guardrail
from bot.types import Note


@guardrail("LEG-05", "BLOCK")
def way_out(copy: Copy) -> Iterator[str]:
    """Every marketing email shows a way to unsubscribe, in its body."""
    yield from (f"{variant.name}: {{unsubscribe}}" for variant in copy.variants if "{unsubscribe}" not in variant.body)


@guardrail("LEG-07", "BLOCK")
def true_sender(copy: Copy) -> Iterator[str | Note]:
    """Sender, reply address and postal address are the company's own; replies reach somebody."""
    for variant in copy.variants:
        if "{postal_address}" not in variant.body:
            yield f"{variant.name}: {{postal_address}}"
    settings = {"name": copy.brand.name, "sender": copy.brand.sender, "reply_to": copy.brand.reply_to,
                "postal_address": copy.brand.postal_address}  # fmt: skip
    if missing := tuple(name for name, value in settings.items() if not value.strip()):
        yield Note("leg_07_settings", {"settings": missing})
    if re.search(r"no.?reply|do.?not.?reply|ne.?pas.?repondre", copy.brand.reply_to, re.IGNORECASE):
        yield Note("leg_07_no_reply", {"address": copy.brand.reply_to})


@guardrail("LEG-08", "BLOCK")
def true_subject(copy: Copy) -> Iterator[str]:
    """The subject plays no trick: no "Re:", no invoice, order or alert that does not exist."""
    for variant in copy.variants:
        yield from copy.words.found("trick_subject", variant.subject)
