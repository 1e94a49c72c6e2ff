"""Finds the phrases of a language file in a person's words; knows no language itself.

Phrases are written as people spell them and are compared without case and accents:

    churn rate          these words, in this order
    (left|gone)         one of several; [the] may be missing; both may hold several words, and end in *
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
    r"|\d{1,2}[/.]\d{1,2}[/.]\d{4}|\d{1,2}/(?:0[1-9]|1[0-2])(?![\d/])"  # days written with figures
    r"|[A-Za-z]{2,8}[-_]\d+\b(?![-_\w])"  # ids such as ACC-12
    r"|[^\W_]+|(?<![^\d ])\.\.(?![^\d ])|[%+\u2013]|(?<=\d)-(?=\d)|(?<=\d )-(?= \d)"
)
RANGE = "\u2013"
"""How the hyphen of "3-9 March" is read, which is none that parts a word."""
SHORTEST_MISSPELT = 5
SHORTEST_STEM = 6
LONG_WORD = 8
"""From this length on two letters may be wrong, before only one."""
TELEGRAPHIC = frozenset({"metric", "ambiguous", "stranger"})
"""Kinds in whose phrases small words may be missing: "taux churn", "coste adquisición"."""
BENDING = frozenset({"metric", "ambiguous", "segment"})
"""Kinds in whose phrases of several words these may stand in other forms: "tickets que resolvimos"."""
Readers = Callable[[str], Mapping[str, Any]]
Forms = Callable[[str, bool], Iterable[str]]
"""What the forms of a word have in common: of a word, and whether a person wrote it."""


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """Lower case, without accents, ligatures apart."""
    if text.isascii():
        return text.lower()
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
    bent: bool = False
    """True while it is told apart from phrases whose words stand just so."""

    @property
    def length(self) -> int:
        return self.end - self.start

    def slot(self, name: str) -> Any:
        return dict(self.slots).get(name)


def words(text: str, slots: Readers | None = None) -> tuple[Token, ...]:
    """The words of a text. Apostrophes and hyphens part words: "l'attrition" gives two, "win-back" too."""
    text = unicodedata.normalize("NFC", text)
    out = []
    for found in WORD.finditer(text):
        folded = RANGE if found.group(0) == "-" else fold(found.group(0))
        out.append(Token(found.group(0), folded, found.start(), found.end(), slots(folded) if slots else {}))
    return tuple(out)


class _Node:
    __slots__ = ("bent", "ends", "prefixes", "slots", "words")

    def __init__(self) -> None:
        self.bent: dict[str, list[_Node]] = {}
        self.words: dict[str, list[_Node]] = {}
        self.prefixes: dict[str, list[_Node]] = {}
        self.slots: dict[str, list[_Node]] = {}
        self.ends: list[tuple[str, str]] = []

    def onward(self, word: str) -> Iterator[_Node]:
        yield from self.words.get(word, ())
        if self.prefixes:
            for length in range(1, len(word) + 1):
                yield from self.prefixes.get(word[:length], ())


class Matcher:
    """Phrases as a graph of words. `entries` are (kind, id, phrase).

    `known` are words that stand for themselves, and `stems` beginnings of such; `small` those that may be missing in a
    phrase; `slots` fill the slots of a word once it is mended; `forms` tell which words are forms of one.
    """

    def __init__(
        self,
        entries: Iterable[tuple[str, str, str]],
        known: Iterable[str] = (),
        stems: tuple[str, ...] = (),
        slots: Readers | None = None,
        small: Iterable[str] = (),
        forms: Forms | None = None,
    ) -> None:
        self._root = _Node()
        self._forms = forms
        self._bent: set[str] = set()
        self._slots = slots
        self._known = {fold(word) for word in known}
        self._known_stems = stems
        self._words: set[str] = set()
        self._stems: set[str] = set()
        for kind, name, phrase in entries:
            self._add(phrase, (kind, name), frozenset(small) if kind in TELEGRAPHIC else frozenset())
        self._targets = sorted(word for word in self._words | self._known if len(word) >= SHORTEST_MISSPELT - 1)
        self._long_stems = sorted(stem for stem in self._stems if len(stem) >= SHORTEST_STEM)

    def _add(self, phrase: str, end: tuple[str, str], small: frozenset[str]) -> None:
        heads = [self._root]
        parts = list(pieces(phrase))
        bends = end[0] in BENDING and sum(not optional for _, optional in parts) > 1
        for ways, optional in parts:
            after = _Node()
            for way in ways:
                nodes = [*(_Node() for _ in way[1:]), after]
                for head in heads:
                    self._link(head, way[0], nodes[0], bends=bends)
                for word, before, node in zip(way[1:], nodes, nodes[1:], strict=False):
                    self._link(before, word, node, bends=bends)
            skipped = len(ways) == 1 and len(ways[0]) == 1 and ways[0][0] in small and heads != [self._root]
            heads = [*heads, after] if optional or skipped else [after]
        for head in heads:
            if head is not self._root:
                head.ends.append(end)

    def _link(self, before: _Node, word: str, after: _Node, *, bends: bool) -> None:
        if word[0] == "{":
            before.slots.setdefault(word[1:-1], []).append(after)
        elif word[-1] == "*":
            self._stems.add(word[:-1])
            before.prefixes.setdefault(word[:-1], []).append(after)
        else:
            self._words.add(word)
            before.words.setdefault(word, []).append(after)
            for form in self._forms(word, False) if bends and self._forms else ():
                self._bent.add(form)
                before.bent.setdefault(form, []).append(after)

    def holds(self, word: str) -> bool:
        """True for a word that stands for itself or in some phrase."""
        return word in self._words or word in self._known

    def knows(self, word: str) -> bool:
        """True for a word of some phrase, another form of one, or one that begins like an inflected one."""
        inflected = any(word[:length] in self._stems for length in range(3, len(word) + 1))
        inflected = inflected or bool(self._forms and not self._bent.isdisjoint(self._forms(word, True)))
        return inflected or self.holds(word) or word.startswith(self._known_stems)

    def mend(self, tokens: Iterable[Token]) -> tuple[Token, ...]:
        """The same words, each unknown long one with the known word that it probably is."""
        return tuple(self._mended(token) for token in tokens)

    def _mended(self, token: Token) -> Token:
        if token.slots or not token.folded.isalpha() or self.knows(token.folded):
            return token
        near = self._nearest(token.folded)
        return replace(token, near=near, slots=self._slots(near) if near and self._slots else {})

    def _nearest(self, word: str) -> str | None:
        if len(word) < SHORTEST_MISSPELT:
            return None
        slack = 1 if len(word) < LONG_WORD else 2
        best = process.extractOne(word, self._targets, scorer=OSA.distance, score_cutoff=slack)
        if best is not None and best[0][0] == word[0]:
            return str(best[0])
        return next(
            (stem for stem in self._long_stems if stem[0] == word[0] and _slips(stem, word)),
            None,
        )

    def find(self, tokens: tuple[Token, ...]) -> list[Span]:
        """Every phrase in the words, also those that overlap."""
        found: dict[Span, None] = {}
        for start in range(len(tokens)):
            waiting = [(self._root, Span("", "", start, start))]
            while waiting:
                node, so_far = waiting.pop()
                if so_far.length:
                    found.update((replace(so_far, kind=kind, id=name), None) for kind, name in node.ends)
                if so_far.end < len(tokens):
                    waiting.extend(self._steps(node, so_far, tokens[so_far.end]))
        exact = {(one.start, one.end) for one in found if one.kind in BENDING and not one.bent}
        return [replace(one, bent=False) for one in found if not (one.bent and (one.start, one.end) in exact)]

    def _steps(self, node: _Node, so_far: Span, token: Token) -> Iterator[tuple[_Node, Span]]:
        """Where one more word leads, also in another form."""
        yield from _steps(node, so_far, token)
        if node.bent and self._forms:
            plain = set(node.words.get(token.folded, ()))
            bent = replace(so_far, end=so_far.end + 1, bent=True)
            for form in self._forms(token.folded, True):
                yield from ((after, bent) for after in node.bent.get(form, ()) if after not in plain)


def _slips(stem: str, word: str) -> bool:
    """Whether a word begins like a stem with one slip, a letter too few or too many among them."""
    return any(OSA.distance(stem, word[:end], score_cutoff=1) <= 1 for end in range(len(stem) - 1, len(stem) + 2))


def _steps(node: _Node, so_far: Span, token: Token) -> Iterator[tuple[_Node, Span]]:
    """Where one more word leads."""
    longer = replace(so_far, end=so_far.end + 1)
    for after in node.onward(token.folded):
        yield after, longer
    if token.near is not None:
        guess = replace(longer, guessed=True)
        for after in node.onward(token.near):
            yield after, guess
    for name, value in token.slots.items():
        filled = replace(longer, slots=(*so_far.slots, (name, value)), guessed=so_far.guessed or token.near is not None)
        for after in node.slots.get(name, ()):
            yield after, filled


PIECE = re.compile(r"\(([^()]*)\)(\*?)|\[([^\[\]]*)\](\*?)|(\S+)")


def pieces(phrase: str) -> Iterator[tuple[list[tuple[str, ...]], bool]]:
    """The parts of a phrase in order: the ways to say each, and whether it may be missing."""
    for either, bent, maybe, maybe_bent, plain in PIECE.findall(phrase):
        ways = [plain] if plain else [way + (bent or maybe_bent) for way in (either or maybe).split("|")]
        split = [words_of_way for way in ways if (words_of_way := _split(way))]
        if split:
            yield split, bool(maybe)


@lru_cache(maxsize=20_000)
def _split(piece: str) -> tuple[str, ...]:
    out: list[str] = []
    for word in piece.split():
        if word[0] == "{":
            out.append(word)
            continue
        parts = [RANGE if found == "-" else fold(found) for found in WORD.findall(word)]
        if word[-1] == "*" and parts:
            parts[-1] += "*"
        out.extend(parts)
    return tuple(out)
