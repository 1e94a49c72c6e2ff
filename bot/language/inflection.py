"""Other forms of the words of a phrase: "tickets que resolvemos" is heard in "tickets que se resolvieron"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bot.language.matcher import fold

SHORTEST = 4
"""Letters of the shortest word that has other forms."""
SHORTEST_STEM = 3


@dataclass(frozen=True, slots=True)
class Inflection:
    """How words of a language bend, by their endings; one that has no table has none.

    `verbs` end a form of a verb and nothing else, `loose` may end another word too ("-a"): a person's word is taken for
    such a form of a phrase's verb, never a phrase's word. `nouns` are endings of the plural; `changes` are what becomes
    of a stem within its forms ("resuelv", "resolv").
    """

    verbs: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()
    nouns: tuple[str, ...] = ()
    changes: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, written: Mapping[str, Any]) -> Inflection:
        """From the table `inflection` of a language file."""
        verbs, loose, nouns = (_longest_first(str(written.get(one, ""))) for one in ("verbs", "loose", "nouns"))
        return cls(verbs, loose, nouns, tuple((fold(a), fold(b)) for a, b in written.get("changes", {}).items()))

    def forms(self, word: str, *, asked: bool) -> frozenset[str]:
        """What two forms of one word have in common; nothing for a word without other forms.

        `asked`: whether a person wrote the word, else it is a phrase's.
        """
        return _forms(self, word, asked)


@lru_cache(maxsize=50_000)
def _forms(bends: Inflection, word: str, asked: bool) -> frozenset[str]:
    if not bends.verbs or len(word) < SHORTEST or not word.isalpha():
        return frozenset()
    found = {f"noun {word}", *(f"noun {word[: -len(one)]}" for one in bends.nouns if word.endswith(one))}
    ending = next((one for one in bends.verbs if word.endswith(one)), "")
    loose = next((one for one in bends.loose if word.endswith(one)), "") if asked and not ending else ""
    stem = word[: -len(ending or loose)] if ending or loose else ""
    if len(stem) >= SHORTEST_STEM:
        found.add(f"verb {_stem(bends, stem)}")
    return frozenset(found)


def _stem(bends: Inflection, stem: str) -> str:
    """The stem as all forms of the verb have it: the change nearest to its end counts."""
    for changed, plain in bends.changes:
        head, mark, tail = stem.rpartition(changed)
        if mark and not any(vowel in tail for vowel in "aeiou"):
            return head + plain + tail
    return stem


def _longest_first(endings: str) -> tuple[str, ...]:
    return tuple(sorted((fold(one) for one in endings.split()), key=lambda one: -len(one)))
