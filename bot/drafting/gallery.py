"""Ten messages as their readers get them, in four languages: `make docs` writes docs/drafts.md."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bot.drafting import Brand, Handbook, load_handbook
from bot.drafting.example import EXAMPLE
from bot.drafting.offers import Offer
from bot.drafting.previews import previews
from bot.drafting.values import Telling
from bot.language import load
from bot.settings import read_workspace

ROOT = Path(__file__).parents[2]
AS_OF = date(2026, 11, 10)
SHOWN = (
    ("DT23-price", "en", "email"), ("DT12", "fr", "email"), ("DT18-last", "pl", "email"), ("DT04", "es", "email"),
    ("DT40", "en", "sms"), ("DT40", "pl", "whatsapp"), ("DT29", "es", "push"), ("DT34", "fr", "letter"),
    ("DT20", "en", "call"), ("DT41-landing", "fr", "landing"),
)  # fmt: skip
OFFER = Offer("return-20", "20% off for three months after coming back, then full price.", frozenset(), None, "")


def pages() -> Iterator[str]:
    """The gallery, part by part."""
    workspace = read_workspace(ROOT / "workspace.toml")
    brand, handbook = Brand(**workspace.brand.model_dump()), load_handbook(ROOT / "knowledge")
    yield "# Ten drafts\n\n"
    yield f"Of the {len(handbook.messages)} messages, each written in four languages for the channels that suit it,\n"
    yield "ten as a reader would get them: variant A, filled in for somebody of whom all is known.\n"
    yield "`python app.py draft --type DT40 --channel sms --segment repeat_customers` drafts one for people of yours,\n"
    yield "with its audience, its checks and its test plan.\n"
    for id, language, channel in SHOWN:
        yield from _page(id, language, channel, brand, handbook)


def _page(id: str, language: str, channel: str, brand: Brand, handbook: Handbook) -> Iterator[str]:
    message = next(one for one in handbook.messages if one.id == id)
    text = message.texts[language, channel]
    telling = Telling.of(handbook.policy.words[language], AS_OF, brand)
    shown = previews(text.variants, EXAMPLE, telling, brand, handbook.policy, OFFER, alone=False)
    english, full = load("en"), next(one.variant for one in shown if one.profile == "full")
    yield f"\n## {id}, {english.value_name('message_channel', channel)}, {load(language).title}\n\n"
    yield f"{english.say('stg_' + message.stage.lower().removeprefix('stg-'))} "
    yield f"{english.say('objective_' + handbook.policy.kinds[message.type].objective)}\n\n"
    for part, told in full.parts.items():
        lines = told.splitlines() if part == "body" else [f"**{told}**"]
        yield "".join(f"> {line}\n" if line else ">\n" for line in lines) + ">\n"


if __name__ == "__main__":
    sys.stdout.write("".join(pages()))
