"""The concepts of the field, and what people say for each in each language: `knowledge/glossary.toml`.

    glossary = read(Path("knowledge/glossary.toml"))
    glossary.heard("sa carte a expiré", "fr")     Counter({"card_expiry": 1})

A concept leads from a question to what is said of the same thing in other words, or in another language.
ADD A CONCEPT: a table there, with words in every language.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from bot.errors import BadWorkspace
from bot.playbook.plays import Play
from bot.playbook.words import Shares, plain, written

_HALF = 0.75
"""So many uses of a concept, in the mean of a play's languages, count half of what endless uses would."""
_DOUBT = 8.0
"""So much is added to the weight of what is heard: one common concept alone says little."""

_KNOWN = 20_000
"""Words of a language whose beginnings are looked up once: texts say the same words again and again."""

_Phrase = tuple[tuple[str, bool], ...]
"""Words, each whole (False) or only the beginning of one (True)."""


@dataclass(slots=True)
class _Node:
    """What may follow the words heard so far, and the concept that they are by themselves."""

    words: dict[str, _Node] = field(default_factory=dict)
    stems: dict[str, _Node] = field(default_factory=dict)
    concept: str = ""

    def add(self, phrase: _Phrase, concept: str) -> None:
        node = self
        for word, stem in phrase:
            node = (node.stems if stem else node.words).setdefault(word, _Node())
        node.concept = concept

    def after(self, word: str) -> list[_Node]:
        """Where one more word leads."""
        nodes = [self.words[word]] if word in self.words else []
        if self.stems:
            nodes += [self.stems[word[:end]] for end in range(1, len(word) + 1) if word[:end] in self.stems]
        return nodes


class Glossary:
    """Concept → language → phrases, none of them under two concepts; a star in a phrase ends a stem."""

    def __init__(self, concepts: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        self._roots: dict[str, _Node] = {}
        for concept, languages in concepts.items():
            for language, phrases in languages.items():
                for phrase in phrases:
                    self._roots.setdefault(language, _Node()).add(_folded(phrase), concept)
        self._first = {language: lru_cache(_KNOWN)(root.after) for language, root in self._roots.items()}

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self._roots)

    def heard(self, text: str, language: str) -> Counter[str]:
        """Concept → how often a text in this language speaks of it."""
        said, begun = re.findall(r"\w+", plain(text)), self._first.get(language, _Node().after)
        found: Counter[str] = Counter()
        for start, first in enumerate(said):
            nodes, after = begun(first), start + 1
            while nodes:
                for node in nodes:
                    if node.concept:
                        found[node.concept] += 1
                nodes = [longer for node in nodes for longer in node.after(said[after])] if after < len(said) else []
                after += 1
        return found


class Concepts:
    """What plays speak of, in all their languages together, so that a question in any finds them."""

    def __init__(self, glossary: Glossary, plays: Iterable[Play]) -> None:
        self._glossary = glossary
        self._shares = Shares({play.id: _spoken_of(glossary, play) for play in plays}, _HALF, _DOUBT)

    def shares(self, question: str, language: str) -> dict[str, float]:
        """Play → between 0 and 1: how much it speaks of what is heard; {} where nothing is.

        What says nothing in `language` is heard in the language in which it says most: not everybody asks in theirs.
        """
        heard = self._glossary.heard(question, language)
        if not heard:
            heard = max(
                (self._glossary.heard(question, one) for one in self._glossary.languages), key=len, default=heard
            )
        return self._shares.of(heard)


def read(path: Path) -> Glossary:
    """The glossary of a file. Raises BadWorkspace("plays_broken", folder, gaps) naming every fault with its line."""
    try:
        text = path.read_text(encoding="utf-8")
        concepts = tomllib.loads(text)
        faults = [f"{path.name}:{_line(text, name)}: {fault}" for name, fault in _faults(concepts)]
    except (OSError, UnicodeDecodeError):
        faults = [f"{path.name}: missing or unreadable"]
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+)", str(error))
        faults = [f"{path.name}:{at[1] if at else text.count(chr(10)) + 1}: not written as TOML"]
    if faults:
        raise BadWorkspace("plays_broken", folder=str(path.parent), gaps=tuple(faults))
    return Glossary(concepts)


def _faults(concepts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Concept and what is wrong with it; the languages are all those that any concept has."""
    languages = {language for one in concepts.values() if isinstance(one, dict) for language in one}
    owners: dict[tuple[str, _Phrase], str] = {}
    for concept, phrases in concepts.items():
        if not isinstance(phrases, dict):
            yield concept, f"{concept} is no table of languages"
            continue
        for language in sorted(languages):
            said = phrases.get(language, [])
            if not isinstance(said, list) or not said or not all(isinstance(one, str) and _folded(one) for one in said):
                yield concept, f"{concept} needs a list of words in {language}"
                continue
            for phrase in said:
                owner = owners.setdefault((language, _folded(phrase)), concept)
                if owner != concept:
                    yield concept, f"{concept} and {owner} share {phrase!r} in {language}"


def _line(text: str, concept: str) -> int:
    """Where a concept stands in the file, from 1."""
    found = re.search(rf"^\s*\[?\s*[\"']?{re.escape(concept)}[\"']?\s*[\]=]", text, flags=re.MULTILINE)
    return text.count("\n", 0, found.end()) + 1 if found else 1


@cache
def _folded(phrase: str) -> _Phrase:
    return tuple((word, star == "*") for word, star in re.findall(r"(\w+)(\*?)", plain(phrase)))


def _spoken_of(glossary: Glossary, play: Play) -> Iterator[tuple[Counter[str], float]]:
    """The uses of concepts in each piece of a play; a piece counts less, the more languages the play has."""
    for language in play.texts:
        for piece, times in written(play, language):
            yield glossary.heard(piece, language), times / len(play.texts)
