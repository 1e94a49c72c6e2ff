"""Texts that customers wrote, read by machine: which themes they touch, and how one may be shown.

The texts are anybody's: they are only searched and cut, never run, and what is shown of one is masked.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

LIST = Path(__file__).with_name("themes.toml")
LANGUAGES = ("en", "fr", "es", "pl")
UNSPLIT = str.maketrans({"ł": "l", "Ł": "l", "œ": "oe", "Œ": "oe", "æ": "ae", "ß": "ss", "’": "'", "‘": "'"})
"""Letters that the decomposition of Unicode leaves whole."""
LONGEST_EXAMPLE, LONGEST_READ = 140, 300
MASK = "…"
ADDRESS = re.compile(r"\S*@\S*|(?:https?://|www\.)\S*|\b[\w-]+\.(?:com|org|net|io|fr|es|pl|de|eu)\b\S*", re.IGNORECASE)
NUMBER = re.compile(r"\S*\d\S*(?:[\s.\-/()]*\d\S*)*")
UNFIT = re.compile(r"[^\w\s.,;:!?'’\"()\-…%€$£/]|_")
SENTENCE_END = ".!?:"


def plain(text: str) -> str:
    """Without accents and capitals; everything but letters, digits and apostrophes is one space."""
    split = unicodedata.normalize("NFKD", text.translate(UNSPLIT))
    kept = "".join(letter for letter in split if not unicodedata.combining(letter)).casefold()
    return " ".join(re.sub(r"[^\w']|_", " ", kept).split())


@cache
def themes() -> Mapping[str, re.Pattern[str]]:
    """Theme → what is looked for in a plain text."""
    return {
        name: re.compile(r"\b(?:" + "|".join(_pattern(word) for code in LANGUAGES for word in one[code]) + r")\b")
        for name, one in _list().items()
    }


@cache
def codes() -> Mapping[str, str]:
    """A company's code, in small letters with underscores → the theme it stands for."""
    return {code: name for name, one in _list().items() for code in one["codes"]}


@cache
def _list() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads(LIST.read_text(encoding="utf-8"))


def _pattern(word: str) -> str:
    whole = re.escape(plain(word.removesuffix("*")))
    return whole + r"\w*" if word.endswith("*") else whole


def touched(code: str | None, text: str | None) -> frozenset[str]:
    """The themes of one piece of feedback: that of its code, and those whose words stand in its text."""
    found = {name for name, words in themes().items() if words.search(plain(text))} if text else set()
    coded = codes().get("_".join(plain(code).split())) if code else None
    return frozenset(found | {coded}) if coded else frozenset(found)


def masked(text: str, names: Iterable[str]) -> str:
    """A text fit to be shown: without names, addresses and numbers, on one line, and short.

    The names given are masked wherever they stand, in any writing; of others, each word with a capital that does
    not begin a sentence, and such a word at its beginning where another follows: a name too much is hidden rather
    than one too few. A name in small letters that nobody gave is not known for one.
    """
    text = unicodedata.normalize("NFKC", text[:LONGEST_READ])
    known = {part for name in names for part in plain(name).split() if len(part) > 1}
    text = NUMBER.sub(MASK, ADDRESS.sub(MASK, text))
    pieces = UNFIT.sub(" ", text).split()
    told: list[str] = []
    for place, piece in enumerate(pieces):
        begins = place == 0 or pieces[place - 1][-1] in SENTENCE_END
        followed = place + 1 < len(pieces) and _capital(pieces[place + 1]) and piece[-1].isalnum()
        named = _capital(piece) and (not begins or followed)
        hidden = named or any(part in known for part in re.split(r"[\s']", plain(piece)))
        told.append(MASK + ("" if piece[-1].isalnum() else piece[-1]) if hidden else piece)
    line = re.sub(rf"{MASK}(?:[\s,;.]*{MASK})+", MASK, " ".join(told))
    return line if len(line) <= LONGEST_EXAMPLE else line[:LONGEST_EXAMPLE].rsplit(" ", 1)[0] + " " + MASK


def _capital(word: str) -> bool:
    """Whether a word begins with a capital and is longer than one letter, as names are and the English I is not."""
    letters = [letter for letter in word if letter.isalpha()]
    return len(letters) > 1 and letters[0].isupper() and not re.match(r"I['’]", word)
