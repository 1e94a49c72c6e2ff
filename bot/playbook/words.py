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


class Shares:
    """How much of what is asked each text uses, from the uses of terms by text, and by term."""

    def __init__(self, uses: Mapping[str, Mapping[str, float]], half: float, doubt: float = 0.0) -> None:
        """`half` uses of a term count half of what endless uses would; `doubt` is a weight that nothing answers."""
        self._uses = uses
        self._texts_with = Counter(term for used in uses.values() for term in used)
        self._half = half
        self._doubt = doubt

    def of(self, asked: Iterable[str]) -> dict[str, float]:
        """Text → between 0 and 1, rare terms weighing most; {} where nothing is asked, or there are no texts."""
        weights = [(term, self._weight(term)) for term in asked]
        total = sum(weight for _, weight in weights)
        if not total:
            return {}
        return {
            id: sum(weight * used[term] / (used[term] + self._half) for term, weight in weights if term in used)
            / (total + self._doubt)
            for id, used in self._uses.items()
        }

    def _weight(self, term: str) -> float:
        with_it = self._texts_with[term]
        return math.log(1 + (len(self._uses) - with_it + 0.5) / (with_it + 0.5))


class Words:
    """The words of texts by id, all in one language."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._shares = Shares({id: Counter(_words(text)) for id, text in texts.items()}, _HALF)

    def shares(self, question: str) -> dict[str, float]:
        """Id → between 0 and 1: the share of the question's words that it uses; without texts, nothing."""
        return self._shares.of(_words(question))


def written(plays: Iterable[Play], language: str) -> dict[str, str]:
    """Play → its text in a language. Titles and phrases say what a play is about: they count three and two times."""
    texts = {play.id: play.texts[language] for play in plays if language in play.texts}
    return {
        id: " ".join([*[text.title] * 3, *text.asked_as * 2, *text.sections.values()]) for id, text in texts.items()
    }


def plain(text: str) -> str:
    """A text in small letters without accents."""
    small = text.lower()
    if small.isascii():
        return small
    letters = unicodedata.normalize("NFD", small.replace("ł", "l"))
    return letters.translate(dict.fromkeys(ord(c) for c in set(letters) if unicodedata.combining(c)))


def _words(text: str) -> list[str]:
    """The beginnings of words of two letters and more; an elided article stands alone."""
    return [word[:_STEM] for word in re.findall(r"\w+", plain(text)) if len(word) > 1]
