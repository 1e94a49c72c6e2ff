"""How networks split a text message (GSM 03.38; Twilio, "What is the SMS character limit?")."""

from __future__ import annotations

import unicodedata

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""What a message may hold to be sent in seven bits a character."""
EXTENDED = frozenset("^{}\\[~]|€\f")
"""What takes two of those."""
GSM = 160, 153
UCS2 = 70, 67
"""Characters of a message in one part, and of each part of a longer one."""
PLAIN = str.maketrans({
    "\u2018": "'", "\u2019": "'", "\u201a": ",", "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u00ab": '"',
    "\u00bb": '"', "\u2013": "-", "\u2014": "-", "\u2026": "...", "\u00a0": " ", "\u202f": " ", "\u2009": " ",
})  # fmt: skip
"""Marks that would make the whole message an expensive one → the plain ones that say the same."""


def parts(text: str) -> int:
    """In how many parts a text is sent; a single foreign character makes all of it UCS-2."""
    if any(char not in BASIC and char not in EXTENDED for char in text):
        return _split([len(char.encode("utf-16-le")) // 2 for char in text], *UCS2)
    return _split([2 if char in EXTENDED else 1 for char in text], *GSM)


def _split(sizes: list[int], alone: int, each: int) -> int:
    """No character is split over two parts."""
    if sum(sizes) <= alone:
        return 1
    count, room = 1, each
    for size in sizes:
        if size > room:
            count, room = count + 1, each
        room -= size
    return count


def costly(text: str) -> tuple[str, ...]:
    """The marks in a text for which a plain one would do."""
    return tuple(dict.fromkeys(char for char in text if ord(char) in PLAIN))


def plain(text: str) -> str:
    """The text with plain marks, which say the same."""
    return text.translate(PLAIN)


def unaccented(text: str) -> str:
    """The text with plain marks and without the letters that seven bits cannot hold, each as its bare letter."""
    return "".join(char if char in BASIC or char in EXTENDED else _bare(char) for char in plain(text))


def _bare(char: str) -> str:
    found = {"ł": "l", "Ł": "L", "œ": "oe", "Œ": "OE"}.get(char)
    return found or "".join(one for one in unicodedata.normalize("NFKD", char) if not unicodedata.combining(one))
