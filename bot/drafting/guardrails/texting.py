"""What holds for text messages only: marks that double their price, and who is speaking."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from bot.drafting import sms
from bot.drafting.guardrails import Copy, guardrail
from bot.types import Note


@guardrail("SMS-07", "BLOCK", on=("sms",))
def plain_marks(copy: Copy) -> Iterator[Note]:
    """Curly quotes, long dashes and no-break spaces are plain ones here: one makes the whole message expensive."""
    for _, text in copy.texts():
        if marks := sms.costly(text):
            found = tuple(unicodedata.name(char).lower() for char in marks)
            yield Note("sms_07_failed", {"found": found, "text": sms.plain(text)})


@guardrail("SMS-08", "WARN", on=("sms",))
def accents_at_a_price(copy: Copy) -> Iterator[Note]:
    """Accents are right and stay; where they cost parts, a version without them is offered and a person decides."""
    for preview in copy.previews:
        body = preview.variant["body"]
        parts, bare = sms.parts(body), sms.parts(sms.unaccented(body))
        if preview.profile == "full" and bare < parts:
            yield Note("sms_08_price", {"n": parts, "without": bare, "text": sms.unaccented(body)})


@guardrail("SMS-09", "BLOCK", on=("sms",))
def says_who_writes(copy: Copy) -> Iterator[str]:
    """The company's name stands in the message."""
    yield from (one.name for one in copy.variants if "{brand}" not in one["body"])
