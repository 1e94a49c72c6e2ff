"""Which language a text is written in, by its letters in threes, where its small words do not tell."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping

from bot.language.matcher import words

SMOOTHED = 0.5
"""So often a trigram counts that no example has."""


class Letters:
    """How usual each three letters are in the example questions of one language."""

    def __init__(self, examples: Mapping[str, Iterable[str]]) -> None:
        self._seen = Counter(three for texts in examples.values() for text in texts for three in _threes(text))
        self._total = sum(self._seen.values()) + SMOOTHED * 27**3

    def likelihood(self, text: str) -> float:
        """The logarithm of how likely a text is, as this language writes."""
        return sum(math.log((self._seen[three] + SMOOTHED) / self._total) for three in _threes(text))


def _threes(text: str) -> list[str]:
    """The trigrams of the words of a text, without accents; a space stands at both ends of a word."""
    padded = (f" {token.folded} " for token in words(text))
    return [word[at : at + 3] for word in padded for at in range(len(word) - 2)]
