"""Cited guidance: the plays of `knowledge/`, found by a finding's signals or by a person's words.

    book = Playbook(Path("knowledge"), Path(".mainstay/index"), embedding.offline)
    book.fitting([Signal("churn_rate", "up", where)], "fr")     no index, no model
    book.search("how to win back customers", "en", limit=3)     loads both at first use

ADD A PLAY: one file in `knowledge/en/`, and its translations beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING

from bot.playbook.fit import Fit, fits
from bot.playbook.messages import Message
from bot.playbook.plays import Play, Signal, Text, load
from bot.playbook.search import Passage, search
from bot.playbook.words import Words

if TYPE_CHECKING:
    from bot.playbook.index import Embedder, Index

__all__ = ["Fit", "Message", "Passage", "Play", "Playbook", "Signal", "Text", "load"]


class Playbook:
    """The plays of a folder, and the ways to find one. Safe for several threads.

    Nothing is read before it is used: the plays at the first finding, the index (in its own
    folder) and the embedder, which `embedder` makes, at the first search.
    """

    def __init__(self, knowledge: Path, index: Path, embedder: Callable[[], Embedder]) -> None:
        self._knowledge = knowledge
        self._folder = index
        self._embedder = embedder
        self._opening = RLock()
        self._words: dict[str, Words] = {}

    @property
    def plays(self) -> Mapping[str, Play]:
        """All plays by id. Raises BadWorkspace("plays_broken") naming every fault."""
        with self._opening:
            return self._plays

    def fits(self, signals: Sequence[Signal]) -> tuple[Fit, ...]:
        """The plays that answer a finding's signals, best first, each with the reason why."""
        return fits(self.plays.values(), signals)

    def fitting(self, signals: Sequence[Signal], language: str) -> Play | None:
        """The one play to name beside a finding, sooner one that `language` can tell."""
        found = [fit.play for fit in self.fits(signals)]
        return next((play for play in found if language in play.texts), found[0] if found else None)

    def search(self, text: str, language: str, limit: int = 3) -> list[Passage]:
        """The best passages for a person's words, one a play; [] when no play is about them."""
        with self._opening:
            index = self._index
            if language not in self._words:
                self._words[language] = Words(self._plays.values(), language)
        return search(index, self._plays, self._words[language], text, language=language, limit=limit)

    def build(self) -> None:
        """Opens the index, which builds it where it is missing or out of date."""
        with self._opening:
            _ = self._index

    @cached_property
    def _plays(self) -> Mapping[str, Play]:
        return {play.id: play for play in load(self._knowledge)}

    @cached_property
    def _index(self) -> Index:
        from bot.playbook.index import Index  # chromadb costs half a second: only for those who search

        topics = (self._knowledge / "elsewhere.txt").read_text(encoding="utf-8").splitlines()
        return Index(self._folder, list(self._plays.values()), self._embedder(), topics)
