"""ADD A LANGUAGE: one TOML each, with the words it hears, the sentences it says, the examples that test it.

`load("fr")` gives a `Language`: `say` words a sentence (formats: phrasing.py), `read` finds the phrases
of a text (notation: matcher.py), `periods` reads the period (periods.py). `detect` tells a text's language.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from bot.errors import OurFault
from bot.language.matcher import Span, Token, fold, words
from bot.language.phrasing import Phrasing

__all__ = ["Language", "Span", "Token", "available", "detect", "fold", "load"]

FOLDER = Path(__file__).parent


class Language(Phrasing):
    """One language: what it says (`Phrasing`) and what it hears. Made by `load`."""

    def __init__(self, code: str, data: Mapping[str, Any]) -> None:
        super().__init__(code, data)
        self.data = data
        self.title = str(data["name"])
        self.complete = bool(data["complete"])

    @cached_property
    def function_words(self) -> frozenset[str]:
        """The small words that give a language away."""
        return frozenset(fold(word) for word in self.data["detect"]["words"].split())

    @cached_property
    def letters(self) -> frozenset[str]:
        """Letters with marks that this language writes."""
        return frozenset(self.data["detect"]["letters"])


@cache
def available() -> tuple[str, ...]:
    """The codes of all languages that have a file here."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


@cache
def load(code: str) -> Language:
    """The language `code`; OurFault when it has no file."""
    if code not in available():
        raise OurFault(f"there is no language file for {code!r}")
    with (FOLDER / f"{code}.toml").open("rb") as file:
        return Language(code, tomllib.load(file))


def detect(text: str, prior: str | None = None) -> str:
    """The language of a text, told by its small words and marked letters.

    `prior` (the thread's or the person's language) wins when the text gives nothing away ("MRR ?").
    """
    heard = {token.folded for token in words(text)}
    marks = set(text.lower())

    def score(code: str) -> int:
        language = load(code)
        return 2 * len(heard & language.function_words) + len(marks & language.letters)

    scores = {code: score(code) for code in available()}
    best = max(scores.values())
    leaders = [code for code in available() if scores[code] == best]
    if prior in available() and (best == 0 or prior in leaders):
        return str(prior)
    return leaders[0]
