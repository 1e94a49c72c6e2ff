"""The second opinion: what a question is about when no phrase decides it, by the examples that it is most like.

Two looks are added up: rare words that question and examples share, and how near an embedder finds them. It never
answers by itself: `doubt` says what is done with it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import nlargest
from statistics import fmean
from threading import Lock

import numpy as np
import numpy.typing as npt

from bot.language import Language
from bot.language.matcher import words

STEM = 6
"""Letters by which words count as one: inflected languages change the others."""
NEAREST = 2
"""So many of the nearest examples tell how near a subject is: one may be near by accident."""

Vectors = npt.NDArray[np.float32]
Embed = Callable[[Sequence[str]], Sequence[Sequence[float]]]


@dataclass(frozen=True, slots=True)
class Guess:
    """What a question may be about ("metric:churn_rate", "intent:weekly", "elsewhere:figures"), and how like it is."""

    about: str
    score: float
    covered: frozenset[str]
    """The stems of the question that examples of it use too."""

    @property
    def kind(self) -> str:
        return self.about.partition(":")[0]

    @property
    def name(self) -> str:
        return self.about.partition(":")[2]


class Opinion:
    """The examples of all languages, read when first needed. Safe to use from many threads."""

    def __init__(self, embed: Embed) -> None:
        self._embed = embed
        self._languages: dict[str, _Examples] = {}
        self._reading = Lock()

    def of(self, text: str, language: Language) -> tuple[Guess, ...]:
        """All that the text may be about, the likeliest first; nothing for a text without a telling word."""
        with self._reading:
            if language.code not in self._languages:
                self._languages[language.code] = _Examples(language, self._embed)
        return self._languages[language.code].alike(text)


def stems(text: str, language: Language) -> frozenset[str]:
    """The telling words of a text by their first letters."""
    telling = (token.folded for token in words(text) if token.folded not in language.filler)
    return frozenset(word[:STEM] for word in telling if len(word) > 1)


class _Examples:
    """The examples of one language."""

    def __init__(self, language: Language, embed: Embed) -> None:
        self._language, self._embed = language, embed
        self._texts = [(about, text) for about, texts in language.asked.items() for text in texts]
        self._uses: dict[str, frozenset[str]] = {
            about: frozenset().union(*(stems(text, language) for text in texts))
            for about, texts in language.asked.items()
        }
        known = Counter(stem for uses in self._uses.values() for stem in uses)
        self._weight = {stem: math.log((len(self._uses) + 1) / (n + 0.5)) for stem, n in known.items()}
        self._unknown = math.log((len(self._uses) + 1) / 0.5)
        self._length = {about: self._norm(uses) for about, uses in self._uses.items()}

    @cached_property
    def _vectors(self) -> Vectors:
        return np.array(self._embed([text for _, text in self._texts]), dtype=np.float32)

    def alike(self, text: str) -> tuple[Guess, ...]:
        said = stems(text, self._language)
        if not said or not self._texts:
            return ()
        vector = np.array(self._embed([text])[0], dtype=np.float32)
        near: dict[str, list[float]] = {about: [] for about in self._uses}
        for (about, _), likeness in zip(self._texts, (self._vectors @ vector).tolist(), strict=True):
            near[about].append(likeness)
        length = self._norm(said)
        guesses = (
            Guess(
                about,
                fmean(nlargest(NEAREST, near[about])) + self._shared(said & uses) / (length * self._length[about]),
                said & uses,
            )
            for about, uses in self._uses.items()
        )
        return tuple(sorted(guesses, key=lambda one: -one.score))

    def _shared(self, both: frozenset[str]) -> float:
        return sum(self._weight[stem] for stem in both)

    def _norm(self, uses: frozenset[str]) -> float:
        return math.sqrt(sum(self._weight.get(stem, self._unknown) for stem in uses)) or 1.0
