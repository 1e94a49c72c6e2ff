"""Words that a question can be read without: small words anywhere, and idle ones where nothing hangs on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.language.matcher import fold


@dataclass(frozen=True, slots=True)
class Filler:
    """Words, and beginnings of words, that change nothing in what a question asks for."""

    words: frozenset[str]
    stems: tuple[str, ...]

    def __contains__(self, folded: str) -> bool:
        return folded in self.words or folded.startswith(self.stems)

    @classmethod
    def of(cls, written: Iterable[str]) -> Filler:
        """From words as a language file writes them; "*" ends the beginning of one."""
        folded = {fold(word) for word in written}
        whole = frozenset(word for word in folded if not word.endswith("*"))
        return cls(whole, tuple(word[:-1] for word in folded if word.endswith("*")))


def idle(heard: Mapping[str, Any]) -> Filler:
    """From the table `idle`: verbs by their beginnings and endings, and whole words; nothing where there is none."""
    verbs, endings, words = (heard.get(name, "").split() for name in ("verbs", "endings", "words"))
    return Filler.of([*words, *(verb + ending for verb in verbs for ending in endings)])
