"""From the blocks of a document to its title and sections, without what is there on every page for other reasons."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.playbook.kinds import PAGE, Block, Draft

LONGEST_HEADING = 160
BETWEEN = " › "
"""Stands between a heading and the one that it belongs to."""
_UNSEEN = {"Cc", "Cf", "Co", "Cs"}
_JOINERS = "\u200c\u200d"
"""Invisible, but letters of several scripts and emoji need them."""
_ADVERT = re.compile(
    r"\W*(advert(isement|orial)?|sponsored( (content|post|by .{1,40}))?|promoted|publicité|contenu sponsorisé|"
    r"publicidad|anuncio|contenido patrocinado|patrocinado|reklama|materiał sponsorowany|artykuł sponsorowany)"
    r"\W*",
    re.IGNORECASE,
)
"""A line that says of what follows, or of itself, that somebody paid for it."""
_REPEATED = 20
"""A block of so many letters or more is told once: again it is a notice that runs through the pages."""


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under a heading, a block a line; the heading names those above it."""

    heading: str
    text: str


def outlined(draft: Draft, name: str) -> tuple[str, tuple[Section, ...]]:
    """The title and the sections in order. A heading that stands above all others, first in the document, is its
    title; else what the file says; else `name`, that of the file."""
    blocks = [Block(one.level, text) for one in draft.blocks if (text := clean(one.text))]
    blocks = without_adverts(blocks)
    title = clean(draft.title)
    if _titled(blocks):
        title, blocks = blocks[0].text, blocks[1:]
    title = (title or name)[:LONGEST_HEADING]
    above: list[Block] = []
    sections: dict[str, list[str]] = {}
    heading = title
    for block in blocks:
        if block.level:
            above = [*(one for one in above if one.level < block.level), block]
            heading = BETWEEN.join(one.text for one in above)[:LONGEST_HEADING]
        else:
            sections.setdefault(heading, []).append(block.text)
    return title, tuple(Section(heading, "\n".join(lines)) for heading, lines in sections.items())


def _titled(blocks: Sequence[Block]) -> bool:
    """Whether the first block is a heading above all others, or has nothing under it but the next one."""
    levels = [one.level for one in blocks[:2]]
    if not levels or not 0 < levels[0] < PAGE:
        return False
    return 0 not in levels[1:] or all(one.level > levels[0] for one in blocks[1:] if one.level)


def clean(text: str) -> str:
    """Nothing invisible, nothing that turns the reading around, one space between words."""
    composed = unicodedata.normalize("NFC", text)
    seen = (
        " " if one.isspace() else one
        for one in composed
        if one.isspace() or one in _JOINERS or unicodedata.category(one) not in _UNSEEN
    )
    return " ".join("".join(seen).split())


def without_adverts(blocks: Sequence[Block]) -> list[Block]:
    """The blocks without lines that call themselves adverts, and without repetitions of what was told before."""
    told: Counter[str] = Counter()
    kept = []
    for block in blocks:
        told[block.text] += 1
        repeated = not block.level and told[block.text] > 1 and letters([block.text]) >= _REPEATED
        if not repeated and (block.level or not _ADVERT.fullmatch(block.text)):
            kept.append(block)
    return kept


def letters(texts: Iterable[str]) -> int:
    """How many letters and digits there are, in any script."""
    return sum(one.isalnum() for text in texts for one in text)
