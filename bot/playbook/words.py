"""How many of a question's telling words a text uses, for questions in its own language.

Vectors find meaning across languages; words add what a vector blurs ("annual", "card", "NPS").
They help only where question and text share a language, so no other is ever compared.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

from bot.playbook.plays import Play

_STEM = 6
"""Letters by which words count as one: inflected languages change the others."""
_HALF = 1.2
"""So many uses of a word count half of what endless uses would (k1 of BM25)."""


class Words:
    """The words of texts by id, all in one language."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._uses = {id: Counter(_words(text)) for id, text in texts.items()}
        self._texts_with = Counter(word for uses in self._uses.values() for word in uses)

    def shares(self, question: str) -> dict[str, float]:
        """Id → between 0 and 1, rare words weighing most; without texts, nothing."""
        words = _words(question)
        total = sum(map(self._weight, words))
        if not total:
            return {}
        return {
            id: sum(self._weight(word) * uses[word] / (uses[word] + _HALF) for word in words) / total
            for id, uses in self._uses.items()
        }

    def _weight(self, word: str) -> float:
        with_it = self._texts_with[word]
        return math.log(1 + (len(self._uses) - with_it + 0.5) / (with_it + 0.5))


def written(plays: Iterable[Play], language: str) -> dict[str, str]:
    """Play → its text in a language. Titles and phrases say what a play is about: they count three and two times."""
    texts = {play.id: play.texts[language] for play in plays if language in play.texts}
    return {
        id: " ".join([*[text.title] * 3, *text.asked_as * 2, *text.sections.values()]) for id, text in texts.items()
    }


def _words(text: str) -> list[str]:
    """The beginnings of words of two letters and more, small, without accents; an elided article stands alone."""
    plain = unicodedata.normalize("NFD", text.lower())
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return [word[:_STEM] for word in re.findall(r"\w+", letters) if len(word) > 1]
