"""Numbers in words: "eleven", "sixty-four", "two hundred and five", "quatre-vingt-dix", "ochenta y nueve"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from bot.language.matcher import Token, fold

SCALES = (100.0, 1_000.0, 1_000_000.0)
"""What multiplies the number before it: "two hundred"."""
SCORES = (60.0, 80.0)
"""Tens that go on to nineteen: "soixante-quinze", "quatre-vingt-dix"."""
LONGEST = 8
"""Words that a number has at most."""


class Numbers(NamedTuple):
    """The number words of a language, folded: each with its value, the words `within` a number of several ("two
    hundred and five"), and those that multiply a figure in digits ("338 thousand")."""

    words: Mapping[str, float]
    within: frozenset[str]
    times: Mapping[str, float]

    @classmethod
    def of(cls, written: Mapping[str, Any]) -> Numbers:
        """From the language file: `words`, `within`, `times`."""
        values = {fold(word): float(value) for word, value in written["words"].items()}
        times = {fold(word): float(value) for word, value in written["times"].items()}
        return cls(values, frozenset(fold(word) for word in written["within"]), times)

    @property
    def whole(self) -> dict[str, int]:
        """The words for whole numbers; "half" is none."""
        return {word: int(value) for word, value in self.words.items() if value.is_integer()}

    def value(self, token: Token) -> float | None:
        """The number that a token says in words, or None."""
        if token.folded.isdecimal() and not token.text.isdecimal():
            return float(token.folded)  # joined of several words
        return self.words.get(token.folded)

    def joined(self, text: str, tokens: tuple[Token, ...]) -> Iterator[Token]:
        """The tokens, with those that say one number between them as one: the "forty-five" of "forty-five days"."""
        at = 0
        while at < len(tokens):
            value, length = self._spelled([one.near or one.folded for one in _together(text, tokens, at)])
            if value is None or length == 1:
                yield tokens[at]
            else:
                start, end = tokens[at].start, tokens[at + length - 1].end
                yield Token(text[start:end], f"{value:.0f}", start, end, {"n": int(value)})
            at += length

    def _spelled(self, said: Sequence[str]) -> tuple[float | None, int]:
        """The number that the words begin with, and how many of them say it; (None, 1) where they begin with none."""
        value = self.words.get(said[0])
        if value is None:
            return None, 1
        length = 1
        while length < len(said):
            skipped = 1 if said[length] in self.within and value >= 20 else 0
            more = self.words.get(said[length + skipped]) if length + skipped < len(said) else None
            grown = None if more is None else _grown(value, more)
            if grown is None:
                break
            value, length = grown, length + skipped + 1
        return value, length


def _together(text: str, tokens: tuple[Token, ...], at: int) -> Iterator[Token]:
    """The words from one on that only spaces and hyphens part."""
    yield tokens[at]
    for before, token in pairwise(tokens[at : at + LONGEST]):
        if text[before.end : token.start].strip(" \u00a0-"):
            return
        yield token


def _grown(so_far: float, more: float) -> float | None:
    """What one more number word makes of a number; None where it begins another number."""
    tens = so_far % 100
    if more in SCALES:
        low = so_far % more
        if low:
            return so_far - low + low * more
        return so_far + more if so_far > more else None
    if more == 20 and tens == 4:  # quatre-vingt
        return so_far + 76
    goes_on = (
        (so_far >= 1_000 and so_far % 1_000 == 0 and more < 1_000)
        or (so_far >= 100 and tens == 0 and more < 100)
        or (tens >= 20 and tens % 10 == 0 and more < 10)
        or (tens in SCORES and more < 20)
        or (tens == 10 and 7 <= more <= 9)  # dix-sept
    )
    return so_far + more if goes_on and more >= 1 else None
