"""Merge tags in the neutral form: `{first_name|there}` is a field of the person and its fallback.

A draft keeps the neutral form; `render` fills it in for previews. What the fields stand for is told in `values`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

TAG = re.compile(r"\{([A-Za-z_]\w*)(?:\|([^{}]*))?\}")
GAP = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands in `plain` for a value that only the person's own text will have."""

NOTHING = {"", "null", "none", "n/a", "na", "nan", "-", "--", "."}
"""What counts as no value."""


@dataclass(frozen=True, slots=True)
class Field:
    """What a merge tag stands for, and who supplies it."""

    source: str
    """The canonical column, the setting, or the sending tool."""
    kind: Literal["person", "needed", "offer", "brand", "tool"]
    """A person's value may be missing and has a fallback; people without a needed one are left out instead."""
    means: str
    """What it is, for whoever writes with it."""


FIELDS: Mapping[str, Field] = {
    "first_name": Field("users.first_name", "person", "the reader's first name"),
    "company": Field("accounts.name", "person", "the reader's company"),
    "plan": Field("plans.name", "person", "the name of the reader's plan"),
    "tenure_years": Field(
        "subscriptions.valid_from", "person", "for how many whole years they have been a customer, a number"
    ),
    "last_active_month": Field("events.occurred_at", "person", "the month they last used it"),
    "tier": Field("loyalty_ledger.tier", "person", "their level of the loyalty programme"),
    "topic": Field("preferences.value", "person", "the subject they said they care about"),
    "features_new": Field(
        "releases.name", "needed", "what was released since they were last there, a list on lines of its own"
    ),
    "next_feature": Field("features.name", "needed", "a feature they do not use yet and that suits them"),
    "tool": Field("preferences.value", "needed", "a tool of theirs that it works with"),
    "upcoming": Field("releases.name", "needed", "what is announced as next"),
    "wish": Field("feature_requests.feature_tag", "needed", "the feature that they had asked for, now released"),
    "recap": Field(
        "events.event_id", "needed", "what they did in the past period, a list with figures, on lines of its own"
    ),
    "points": Field("loyalty_ledger.points", "needed", "how many points they have, a number"),
    "milestone": Field("milestones.event_name", "needed", "the milestone that they reached"),
    "last_item": Field("products.name", "needed", "what they bought last"),
    "recommended": Field(
        "order_items.product_id", "needed", "an item that others often bought beside what they bought"
    ),
    "event": Field("gatherings.name", "needed", "the name of the event"),
    "event_at": Field("gatherings.starts_at", "needed", "day and time of the event"),
    "offer": Field("offers.terms", "offer", "the approved offer, whole sentences on a line of their own"),
    "offer_until": Field("offers.valid_to", "offer", "the last day of the offer"),
    "brand": Field("brand.name", "brand", "the company that writes"),
    "sender_name": Field("brand.sender", "brand", "the person who writes"),
    "postal_address": Field("brand.postal_address", "brand", "the company's postal address"),
    "reply_to": Field("brand.reply_to", "brand", "the address that answers reach"),
    "stop": Field("brand.stop", "brand", "how to end text messages"),
    "signature": Field("brand.voice", "brand", "the signature"),
    "link": Field("tool.link", "tool", "the link to the page"),
    "unsubscribe": Field("tool.unsubscribe", "tool", "the link that ends the messages"),
}
"""Every tag a draft may hold; the names are case sensitive."""

PERSONAL = frozenset(name for name, field in FIELDS.items() if field.kind in ("person", "needed"))
"""The tags that stand for something of the reader; what is the same for everybody is filled in by us."""

AMBER = ("last_active_month",)
"""Facts that need a person's consideration before their first use, and are rounded."""


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag as it stands in a text."""

    name: str
    fallback: str | None

    def __str__(self) -> str:
        return f"{{{self.name}}}" if self.fallback is None else f"{{{self.name}|{self.fallback}}}"


def tags(text: str) -> tuple[Tag, ...]:
    """The tags of a text, in order, repeated ones too."""
    return tuple(Tag(found[1], found[2]) for found in TAG.finditer(text))


def used(texts: Iterable[str]) -> dict[str, None]:
    """The names of the tags in several texts, each once, in order."""
    return dict.fromkeys(tag.name for text in texts for tag in tags(text))


def render(text: str, values: Mapping[str, str | None]) -> str:
    """The text with each tag as its value, else its fallback; a tag with neither stays as it is.

    An empty fallback takes the space before it along: "Hello {first_name|}," is "Hello,".
    """
    out: list[str] = []
    last = 0
    for found in TAG.finditer(text):
        out.append(text[last : found.start()])
        last = found.end()
        value = values.get(found[1])
        value = found[2] if value is None or value.strip().lower() in NOTHING else value
        if value == "" and out[-1].endswith((" ", "\u00a0")):
            out[-1] = out[-1][:-1]
        out.append(found[0] if value is None else value)
    return "".join([*out, text[last:]])


def plain(text: str) -> str:
    """The words a text says by itself: tags become their fallbacks, and those without one a mark."""
    return TAG.sub(lambda found: GAP if found[2] is None else found[2], text)
