"""Finds the phrases of a language file in a person's words; knows no language itself.

Phrases are written as people spell them and are compared without case and accents:

    churn rate          these words, in this order
    (left|gone)         one of several; [the] may be missing; both may hold several words
    resili*             any word that begins so: inflection
    last {n} {unit}     a slot: a word that was understood as such when the text was read
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

WORD = re.compile(
    r"\d{4}-\d{2}-\d{2}|\d{4}-(?:\d{2}|[qtQT]\d)\b"  # ISO days, months, quarters
    r"|\d{1,2}[/.]\d{1,2}[/.]\d{4}"  # days written with figures
    r"|[A-Za-z]{2,8}[-_]\d+\b(?![-_\w])"  # ids such as ACC-12
    r"|[^\W_]+|\.\.|[%+]"
)
SHORTEST_MISSPELT = 5
Readers = Callable[[str], Mapping[str, Any]]


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """Lower case, without accents, ligatures apart."""
    text = text.lower().replace("\u0153", "oe").replace("\u00e6", "ae").replace("\u0142", "l")
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


@dataclass(frozen=True, slots=True)
class Token:
    """A word: as written, folded, the slots it can fill, and the known word it is taken for if misspelt."""

    text: str
    folded: str
    start: int
    end: int
    slots: Mapping[str, Any] = field(default_factory=dict)
    near: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A phrase found: what kind of thing, which one, and the tokens `[start, end)` it covers."""

    kind: str
    id: str
    start: int
    end: int
    slots: tuple[tuple[str, Any], ...] = ()
    guessed: bool = False
    """True when one of its words was misspelt."""

    @property
    def length(self) -> int:
        return self.end - self.start

    def slot(self, name: str) -> Any:
        return dict(self.slots).get(name)


def words(text: str, slots: Readers | None = None) -> tuple[Token, ...]:
    """The words of a text. Apostrophes and hyphens part words: "l'attrition" gives two, "win-back" too."""
    text = unicodedata.normalize("NFC", text)
    return tuple(
        Token(
            found.group(0), fold(found.group(0)), found.start(), found.end(), slots(fold(found.group(0))) if slots else {}
        )
        for found in WORD.finditer(text)
    )


class _Node:
    __slots__ = ("ends", "prefixes", "slots", "words")

    def __init__(self) -> None:
        self.words: dict[str, _Node] = {}
        self.prefixes: dict[str, _Node] = {}
        self.slots: dict[str, _Node] = {}
        self.ends: list[tuple[str, str]] = []


class Matcher:
    """Phrases in a tree of words. `entries` are (kind, id, phrase); `known` are words never taken for a misspelling."""

    def __init__(self, entries: Iterable[tuple[str, str, str]], known: Iterable[str] = ()) -> None:
        self._root = _Node()
        self._known = {fold(word) for word in known}
        self._words: set[str] = set()
        self._stems: set[str] = set()
        for kind, id, phrase in entries:
            for sequence in spellings(phrase):
                self._add(sequence).ends.append((kind, id))
        self._targets = sorted(word for word in self._words | self._known if len(word) >= SHORTEST_MISSPELT - 1)

    def _add(self, sequence: tuple[str, ...]) -> _Node:
        node = self._root
        for word in sequence:
            if word.startswith("{"):
                node = node.slots.setdefault(word[1:-1], _Node())
            elif word.endswith("*"):
                self._stems.add(word[:-1])
                node = node.prefixes.setdefault(word[:-1], _Node())
            else:
                self._words.add(word)
                node = node.words.setdefault(word, _Node())
        return node

    def knows(self, word: str) -> bool:
        """True for a word of some phrase, or one that begins like an inflected one."""
        return (
            word in self._words
            or word in self._known
            or any(word[:length] in self._stems for length in range(3, len(word) + 1))
        )

    def mend(self, tokens: Iterable[Token]) -> tuple[Token, ...]:
        """The same words, each unknown long one with the known word that it probably is."""
        return tuple(
            token
            if token.slots or not token.folded.isalpha() or self.knows(token.folded)
            else replace(token, near=self._nearest(token.folded))
            for token in tokens
        )

    def _nearest(self, word: str) -> str | None:
        if len(word) < SHORTEST_MISSPELT:
            return None
        slack = 1 if len(word) < 8 else 2
        best = process.extractOne(word, self._targets, scorer=OSA.distance, score_cutoff=slack)
        if best is not None and best[0][0] == word[0]:
            return str(best[0])
        stems = (stem for stem in self._stems if len(stem) >= 6 and stem[0] == word[0])
        return next((stem for stem in sorted(stems) if OSA.distance(stem, word[: len(stem)]) <= 1), None)

    def find(self, tokens: tuple[Token, ...]) -> list[Span]:
        """Every phrase in the words, also those that overlap."""
        found: list[Span] = []
        for start in range(len(tokens)):
            self._walk(self._root, tokens, start, start, (), False, found)
        return found

    def _walk(
        self,
        node: _Node,
        tokens: tuple[Token, ...],
        start: int,
        at: int,
        slots: tuple[tuple[str, Any], ...],
        guessed: bool,
        found: list[Span],
    ) -> None:
        found.extend(Span(kind, id, start, at, slots, guessed) for kind, id in node.ends if at > start)
        if at == len(tokens):
            return
        token = tokens[at]
        for word in (token.folded, token.near):
            if word is None:
                continue
            misspelt = guessed or word is not token.folded
            for after in _onward(node, word):
                self._walk(after, tokens, start, at + 1, slots, misspelt, found)
        for name, value in token.slots.items():
            if name in node.slots:
                self._walk(node.slots[name], tokens, start, at + 1, (*slots, (name, value)), guessed, found)


def _onward(node: _Node, word: str) -> Iterator[_Node]:
    if word in node.words:
        yield node.words[word]
    if node.prefixes:
        for length in range(1, len(word) + 1):
            if word[:length] in node.prefixes:
                yield node.prefixes[word[:length]]


PIECE = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|(\S+)")


def spellings(phrase: str) -> list[tuple[str, ...]]:
    """All plain word sequences that a phrase stands for."""
    sequences: list[tuple[str, ...]] = [()]
    for either, maybe, plain in PIECE.findall(phrase):
        if plain:
            ways = [_split(plain)]
        else:
            ways = [_split(way) for way in (either or maybe).split("|")]
            if maybe:
                ways.append(())
        sequences = [sequence + way for sequence in sequences for way in ways]
    return sequences


def _split(piece: str) -> tuple[str, ...]:
    out: list[str] = []
    for word in piece.split():
        if word.startswith("{"):
            out.append(word)
            continue
        parts = [fold(found.group(0)) for found in WORD.finditer(word)]
        if word.endswith("*") and parts:
            parts[-1] += "*"
        out.extend(parts)
    return tuple(out)
