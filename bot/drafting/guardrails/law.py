"""What the law wants to see in a marketing message."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.drafting.guardrails import TITLES, Copy, guardrail
from bot.types import Note


@guardrail("LEG-05", "BLOCK")
def way_out(copy: Copy) -> Iterator[str]:
    """Every marketing message shows the way out that belongs to its channel."""
    for tag in ("unsubscribe", "stop"):
        if tag in copy.form.get("needs", ()) and not copy.service:
            without = (one.name for one in copy.variants if f"{{{tag}}}" not in "".join(one.parts.values()))
            yield from (f"{name}: {{{tag}}}" for name in without)


@guardrail("LEG-07", "BLOCK")
def true_sender(copy: Copy) -> Iterator[str | Note]:
    """Sender, reply address and postal address are the company's own; replies reach somebody."""
    if "postal_address" in copy.form.get("needs", ()):
        yield from (f"{one.name}: {{postal_address}}" for one in copy.variants if "{postal_address}" not in one["body"])
    settings = {"name": copy.brand.name, "sender": copy.brand.sender, "reply_to": copy.brand.reply_to,
                "postal_address": copy.brand.postal_address}  # fmt: skip
    if missing := tuple(name for name, value in settings.items() if not value.strip()):
        yield Note("leg_07_settings", {"settings": missing})
    if re.search(r"no.?reply|do.?not.?reply|ne.?pas.?repondre", copy.brand.reply_to, re.IGNORECASE):
        yield Note("leg_07_no_reply", {"address": copy.brand.reply_to})


@guardrail("LEG-08", "BLOCK")
def true_subject(copy: Copy) -> Iterator[str]:
    """The subject plays no trick: no "Re:", no invoice, order or alert that does not exist."""
    for _, text in copy.texts(*TITLES):
        yield from copy.words.found("trick_subject", text)
