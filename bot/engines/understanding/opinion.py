"""The second opinion: what a question is about when no phrase decides it, by the examples that it is most like.

Two looks are added up: words that question and examples share, the rarer the more, and how near an embedder finds them.
It never answers by itself: `doubt` says what is done with it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import nlargest
from statistics import fmean
from threading import Lock

import numpy as np
import numpy.typing as npt

from bot.engines.understanding.vocabulary import STEM
from bot.language import Language
from bot.language.matcher import words

OF_PHRASES = 0.5
"""What a word counts that stands in the phrases of a figure alone and in none of its examples."""
SHARED = 1.3
"""What shared words count against likeness."""
LENGTH = 0.45
"""How much the number of words takes off what is shared: 0.5 is the angle, less favours subjects told in many ways."""
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


def stems(text: str, language: Language | None = None) -> frozenset[str]:
    """The words of a text by their first letters; only the telling ones, where the language can say which."""
    return frozenset(_stem(word) for word in _words(text) if language is None or word not in language.filler)


def _words(text: str) -> Iterable[str]:
    return (token.folded for token in words(text) if len(token.folded) > 1)


def _stem(word: str) -> str:
    return word[:STEM]


class _Examples:
    """The examples of one language."""

    def __init__(self, language: Language, embed: Embed) -> None:
        self._language, self._embed = language, embed
        self._texts = [(about, text) for about, texts in language.asked.items() for text in texts]
        self._uses: dict[str, dict[str, float]] = {about: {} for about in language.asked}
        """What each stem counts, by subject."""
        for name, phrases in language.data["hears"]["metrics"].items():
            if (uses := self._uses.get(f"metric:{name.partition('?')[0]}")) is not None:
                uses.update((_stem(word), OF_PHRASES) for phrase in phrases for word in _words(phrase))
        for about, text in self._texts:
            self._uses[about].update((_stem(word), 1.0) for word in _words(text))
        known = Counter(stem for uses in self._uses.values() for stem in uses)
        self._weight = {stem: math.log((len(self._uses) + 1) / (n + 0.5)) for stem, n in known.items()}
        self._unknown = math.log((len(self._uses) + 1) / 0.5)
        self._length = {about: self._sum(uses) ** LENGTH or 1.0 for about, uses in self._uses.items()}

    @cached_property
    def _vectors(self) -> Vectors:
        return np.array(self._embed([text for _, text in self._texts]), dtype=np.float32)

    def alike(self, text: str) -> tuple[Guess, ...]:
        if not stems(text, self._language) or not self._texts:
            return ()
        vector = np.array(self._embed([text])[0], dtype=np.float32)
        near: dict[str, list[float]] = {about: [] for about in self._uses}
        for (about, _), likeness in zip(self._texts, (self._vectors @ vector).tolist(), strict=True):
            near[about].append(likeness)
        said = dict.fromkeys(stems(text), 1.0)
        length = math.sqrt(self._sum(said)) or 1.0
        guesses = []
        for about, uses in self._uses.items():
            shared = {stem: uses[stem] for stem in said if stem in uses}
            alike = SHARED * self._sum(shared) / (length * self._length[about])
            guesses.append(Guess(about, fmean(nlargest(NEAREST, near[about])) + alike, frozenset(shared)))
        return tuple(sorted(guesses, key=lambda one: -one.score))

    def _sum(self, uses: Mapping[str, float]) -> float:
        """What some stems weigh together."""
        return sum(self._weight.get(stem, self._unknown) * counts for stem, counts in uses.items())
