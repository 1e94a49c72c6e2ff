"""A text as its readers get it: a full, an empty and the longest profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from bot.drafting.brand import Brand
from bot.drafting.guardrails import Preview, Profile
from bot.drafting.merge import FIELDS, render
from bot.drafting.offers import Offer
from bot.drafting.policy import Policy
from bot.drafting.values import Telling, until, values_of
from bot.types import Variant

LONGEST = {
    "first_name": "Maximilienne-Alexandrine de Castelbajac",
    "company": "Société coopérative des artisans réunis du Val-de-Montferrand",
}
"""The longest values that merge tags let through (see `values`)."""
NEEDED = tuple(name for name, field in FIELDS.items() if field.kind == "needed")
LINK = "https://example.com/a1b2c"
"""As long as a short link is: a text message pays for it."""
SIGNATURE = "{sender_name}, {brand}"
"""Under a letter or an email, unless the brand signs otherwise."""
LOOKED_AT = 200
"""So many people are looked at for values to show."""


def previews(
    variants: Sequence[Variant],
    left: pd.DataFrame,
    telling: Telling,
    brand: Brand,
    policy: Policy,
    offer: Offer | None,
    *,
    alone: bool,
) -> tuple[Preview, ...]:
    """Each variant for each profile. `alone` for a draft to one person, which shows their own values; that to several
    shows an invented name and company beside values that somebody of them has, so that it gives nobody away."""
    same = ours(telling, brand, policy, offer)
    if "preheader" not in variants[0].parts:  # only an email shows words in the place of its link
        same["link"] = LINK
    filled = _profiles(left, telling, same, policy, alone=alone)
    return tuple(
        Preview(profile, Variant(one.name, {part: render(text, values) for part, text in one.parts.items()}))
        for one in variants
        for profile, values in filled.items()
    )


def as_read(variant: Variant) -> str:
    """All parts of a text below each other, the longest set apart."""
    return "\n".join(f"\n{text}\n" if part == "body" else text for part, text in variant.parts.items()).strip("\n")


def ours(telling: Telling, brand: Brand, policy: Policy, offer: Offer | None) -> dict[str, str | None]:
    """What is the same for everybody: the brand, the tool, the offer."""
    words = policy.words[telling.language]
    ours: dict[str, str | None] = {
        "brand": brand.name, "sender_name": brand.sender, "postal_address": brand.postal_address,
        "reply_to": brand.reply_to, "stop": brand.stop.get(telling.language, words.table.get("stop")),
        "link": words["link"], "unsubscribe": words["unsubscribe_link"],
    }  # fmt: skip
    ours["signature"] = render(brand.voice_in(telling.language).signature or SIGNATURE, ours)
    if offer is not None:
        ours["offer"] = telling.names.get(offer.terms, offer.terms)
        ours["offer_until"] = None if offer.last_day is None else until(telling, offer.last_day)
    return ours


def _profiles(
    left: pd.DataFrame, telling: Telling, ours: Mapping[str, str | None], policy: Policy, *, alone: bool
) -> dict[Profile, dict[str, str | None]]:
    words = policy.words[telling.language]
    rows: list[dict[Any, Any]] = left.head(LOOKED_AT).to_dict("records")
    people = [values_of(row, telling) for row in rows]
    typical = max(people, key=lambda values: sum(value is not None for value in values.values()), default={})
    if not alone:
        typical = {**typical, "first_name": words["example_name"], "company": words["example_company"]}
    found = {name: sorted((one[name] or "" for one in people if one[name]), key=len) for name in typical}
    longest = {name: texts[-1] for name, texts in found.items() if texts}
    # A needed value has no fallback: whoever has none is left out, so the shortest stands in the empty profile.
    shortest = {name: texts[0] for name, texts in found.items() if texts and FIELDS[name].kind == "needed"}
    sample = {**dict.fromkeys(NEEDED, words["sample"]), "features_new": f"- {words['features']}"}
    return {
        "full": {**ours, **sample, **_known(typical)},
        "empty": {**ours, **sample, **shortest},
        "longest": {**ours, **sample, **longest, **LONGEST},
    }


def _known(values: Mapping[str, str | None]) -> dict[str, str | None]:
    return {name: text for name, text in values.items() if text is not None}
