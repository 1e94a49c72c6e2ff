"""How many of a question's telling words a text uses, for questions in its own language.

Vectors find meaning across languages; words add what a vector blurs ("annual", "card", "NPS").
They help only where question and text share a language, so no other is ever compared.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache

from bot.playbook.plays import Play

_STEM = 6
"""Letters by which words count as one: inflected languages change the others."""
_RUN = 4
"""So many letters in a row are a term as well, a word's edges among them: prefixes and short stems that change hide a
word's beginning ("odchodzą", "przychodzi"). Other lengths of either found less of the phrases of plays, held out one by
one, and of questions written for that."""
_KNOWN = 50_000
"""Words whose runs are made once: texts say the same words again and again."""
_HALF = 3.0
"""So many uses of a word in a play count half of what endless uses would (k1 of BM25)."""

Pieces = Iterable[tuple[str, float]]
"""What a text is made of, each piece with how many times it counts."""


class Shares:
    """How much of what is asked each text uses, from the uses of terms in its pieces.

    A term is rare by the pieces that use it: nearly every text of some length uses nearly every common word, once.
    """

    def __init__(
        self, texts: Mapping[str, Iterable[tuple[Mapping[str, float], float]]], half: float, doubt: float = 0.0
    ) -> None:
        """By text, the uses of terms in each piece and how many times it counts. `half` uses of a term count half of
        what endless uses would; `doubt` is a weight that nothing answers."""
        self._uses: dict[str, dict[str, float]] = {}
        self._pieces = 0.0
        self._pieces_with: dict[str, float] = defaultdict(float)
        for id, pieces in texts.items():
            used = self._uses[id] = defaultdict(float)
            for uses, times in pieces:
                self._pieces += times
                for term, count in uses.items():
                    used[term] += count * times
                    self._pieces_with[term] += times
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
        with_it = self._pieces_with.get(term, 0.0)
        return math.log(1 + (self._pieces - with_it + 0.5) / (with_it + 0.5))


class Words:
    """The words of texts by id, all in one language."""

    def __init__(self, texts: Mapping[str, Pieces], half: float = _HALF) -> None:
        known = {id: [(_words(piece), times) for piece, times in pieces] for id, pieces in texts.items()}
        self._by = tuple(
            (terms, Shares({id: [(Counter(terms(said)), n) for said, n in some] for id, some in known.items()}, half))
            for terms in (_stems, _runs)
        )

    def shares(self, question: str) -> dict[str, float]:
        """Id → between 0 and 1: the share of the question's words that it uses, the mean of what their beginnings and
        their runs of letters tell; without texts, nothing."""
        said = _words(question)
        stems, runs = (shares.of(terms(said)) for terms, shares in self._by)
        return {id: (share + runs[id]) / 2 for id, share in stems.items()}


def written(play: Play, language: str) -> list[tuple[str, float]]:
    """What a play says in a language, in pieces. Its title and phrases say what it is about: they count three and two
    times."""
    text = play.texts[language]
    phrases, sections = [(phrase, 2.0) for phrase in text.asked_as], [(one, 1.0) for one in text.sections.values()]
    return [(text.title, 3.0), *phrases, *sections]


def plain(text: str) -> str:
    """A text in small letters without accents."""
    small = text.lower()
    if small.isascii():
        return small
    letters = unicodedata.normalize("NFD", small.replace("ł", "l"))
    return letters.translate(dict.fromkeys(ord(c) for c in set(letters) if unicodedata.combining(c)))


def _words(text: str) -> list[str]:
    """The words of two letters and more; an elided article stands alone."""
    return [word for word in re.findall(r"\w+", plain(text)) if len(word) > 1]


def _stems(words: Iterable[str]) -> list[str]:
    return [word[:_STEM] for word in words]


def _runs(words: Iterable[str]) -> list[str]:
    return [run for word in words for run in _runs_of(word)]


@lru_cache(_KNOWN)
def _runs_of(word: str) -> tuple[str, ...]:
    edged = f"<{word}>"
    return tuple(edged[at : at + _RUN] for at in range(len(edged) - _RUN + 1))
