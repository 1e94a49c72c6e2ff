"""What a question is about, without the words by which it asks for advice: `knowledge/asking.toml`.

read(Path("knowledge/asking.toml")).about("we email too much, any tips?", "en")     "we email too much, ?"
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.playbook.words import plain

_FEWEST = 2
"""A question of fewer words than these, without those that ask, is looked for as it stands."""


class Asking:
    """The phrases that ask for advice, by language; a language without any keeps its questions whole."""

    def __init__(self, phrases: Mapping[str, Sequence[str]]) -> None:
        self._phrases = {
            language: sorted((plain(one).split() for one in some), key=len, reverse=True)
            for language, some in phrases.items()
        }

    def about(self, question: str, language: str) -> str:
        """The question without what only asks; whole where next to nothing else is said."""
        said = [(plain(one[0]), one.start(), one.end()) for one in re.finditer(r"\w+", question)]
        words = [word for word, _, _ in said]
        kept, start, after = [], 0, 0
        while start < len(said):
            asks = next((one for one in self._phrases.get(language, ()) if words[start : start + len(one)] == one), [])
            if asks:
                kept.append(question[after : said[start][1]])
                after = said[start + len(asks) - 1][2]
            start += len(asks) or 1
        told = " ".join([*kept, question[after:]])
        return told if len(re.findall(r"\w+", told)) >= _FEWEST else question


def read(path: Path) -> Asking:
    """The phrases of a file."""
    return Asking(tomllib.loads(path.read_text(encoding="utf-8")))
