"""Cited guidance: the plays of `knowledge/`, found by a finding's signals or by a person's words, and the company's
own documents, found by words and preferred.

    book = Playbook(Path("knowledge"), Path(".mainstay/index"), embedding.offline)
    book.fitting([Signal("churn_rate", "up", where)], "fr")     no index, no model
    book.search("how to win back customers", "en", limit=3)     loads both at first use

ADD A PLAY: one file in `knowledge/en/`, and its translations beside it. ADD A DOCUMENT KIND: see kinds/.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

from bot.playbook import asking, measured
from bot.playbook.documents import Document, Documents
from bot.playbook.fit import Fit, fits
from bot.playbook.front import VOCABULARY
from bot.playbook.glossary import Concepts, read
from bot.playbook.kinds import readers
from bot.playbook.plays import Play, Signal, Text, load
from bot.playbook.record import Record
from bot.playbook.search import Passage, by_vectors, search
from bot.playbook.words import Words, written

if TYPE_CHECKING:
    from bot.playbook.documents import State
    from bot.playbook.index import Embedder, Index
    from bot.playbook.own import Own

__all__ = [
    "Document",
    "Documents",
    "Fit",
    "Passage",
    "Play",
    "Playbook",
    "Record",
    "Signal",
    "Text",
    "load",
    "readers",
]

NO_RECORDS: Mapping[str, Record] = {}


class Playbook:
    """The plays of a folder, a company's `own` and its `documents`, and the ways to find one. Safe for several threads.

    Nothing is read before it is used: the plays at the first finding, the index (in its own
    folder, or on a Chroma `server`) and the embedder, which `embedder` makes, at the first search.
    """

    def __init__(
        self,
        knowledge: Path,
        index: Path,
        embedder: Callable[[], Embedder],
        documents: Documents | None = None,
        server: str | None = None,
        own: Sequence[Play] = (),
    ) -> None:
        self.documents = documents
        self._added = own
        self._knowledge = knowledge
        self._folder = index
        self._server = server
        self._embedder = embedder
        self._opening = RLock()
        self._words: dict[str, Words] = {}
        self._own: Own | None = None
        self._state: State = ()

    @property
    def plays(self) -> Mapping[str, Play]:
        """All plays by id. Raises BadWorkspace("plays_broken") naming every fault."""
        with self._opening:
            return self._plays

    @property
    def chapters(self) -> Mapping[str, Sequence[Play]]:
        """The plays of each chapter, chapters in their order and plays by id."""
        plays = self.plays.values()
        return {name: [play for play in plays if play.chapter == name] for name in VOCABULARY["chapter"]}

    def fits(self, signals: Sequence[Signal], records: Mapping[str, Record] = NO_RECORDS) -> tuple[Fit, ...]:
        """The plays that answer a finding's signals, best first, each with the reason why; `records` are what plays
        came to here."""
        return fits(self.plays.values(), signals, records)

    def fitting(
        self, signals: Sequence[Signal], language: str, records: Mapping[str, Record] = NO_RECORDS
    ) -> Play | None:
        """The one play to name beside a finding, sooner one that `language` can tell."""
        found = [fit.play for fit in self.fits(signals, records)]
        return next((play for play in found if language in play.texts), found[0] if found else None)

    def search(self, text: str, language: str, limit: int = 3) -> list[Passage]:
        """The best passages for a person's words, one a play or document; [] when none is about them."""
        with self._opening:
            index, words = self._index, self._words_of(language)
            concepts, own = self._concepts, self._own_as_it_is()
            text = self._asking.about(text, language)
        found = search(index, self._plays, words, concepts, text, language=language, limit=limit)
        if own is None:
            return found
        from bot.playbook.own import preferred

        return preferred(own.search(text, language, index.elsewhere(index.vector(text))), found, limit)

    def ranked(self, text: str, language: str) -> dict[str, list[str]]:
        """The plays, best first, by the search of plays, by words alone and by vectors alone: to be measured."""
        with self._opening:
            index, words, concepts = self._index, self._words_of(language), self._concepts
            text = self._asking.about(text, language)
        found = search(index, self._plays, words, concepts, text, language=language, limit=3)
        alone = {"words": words.shares(text), "vectors": by_vectors(index, self._plays, text)}
        orders = {way: sorted(scores, key=lambda play: (-scores[play], play)) for way, scores in alone.items()}
        return {"search": [one.play for one in found], **orders}

    def measured(self, questions: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """How often written questions find their play, and how often none is found where none answers: see measured."""
        return list(measured.found(self, questions)), list(measured.refused(self, questions["off_topic"]))

    def build(self) -> None:
        """Opens both indexes, which builds them where they are missing or out of date."""
        with self._opening:
            _ = self._index, self._own_as_it_is()

    def _words_of(self, language: str) -> Words:
        if language not in self._words:
            told = [play for play in self._plays.values() if language in play.texts]
            self._words[language] = Words({play.id: written(play, language) for play in told})
        return self._words[language]

    def _own_as_it_is(self) -> Own | None:
        """The index of the documents as they now are; None where there are none, and never were."""
        state = self.documents.state() if self.documents else ()
        if self.documents is not None and state != self._state:
            from bot.playbook.own import Own

            self._own = Own(self._folder, self.documents.shelf, self.documents.all(), self._embedder(), self._server)
            self._state = state
        return self._own

    @cached_property
    def _plays(self) -> Mapping[str, Play]:
        return {play.id: play for play in (*load(self._knowledge), *self._added)}

    @cached_property
    def _asking(self) -> asking.Asking:
        return asking.read(self._knowledge / "asking.toml")

    @cached_property
    def _concepts(self) -> Concepts:
        return Concepts(read(self._knowledge / "glossary.toml"), self._plays.values())

    @cached_property
    def _index(self) -> Index:
        from bot.playbook.index import Index  # chromadb costs half a second: only for those who search

        topics = (self._knowledge / "elsewhere.txt").read_text(encoding="utf-8").splitlines()
        return Index(self._folder, list(self._plays.values()), self._embedder(), topics, self._server)
