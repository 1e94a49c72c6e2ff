"""The index of the plays: one vector a title, an "asked as" phrase, a sentence on when the play applies, and the
opening of every other section, kept by Chroma on disk. All are short, as questions are: a vector of much text blurs.

A collection's name is the digest of embedder and content, so an index can never be read with
vectors of another model: when either changes, a new collection is built and the old one dropped.
What did not change keeps its vectors. Two processes may open the same folder: one builds, the other waits for it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import chromadb
import httpx
import numpy as np
from chromadb.api import ClientAPI
from chromadb.api.types import Where
from chromadb.config import Settings
from chromadb.errors import ChromaError, NotFoundError

from bot.errors import Unavailable
from bot.playbook.plays import APPLIES, SECTIONS, Play

log = logging.getLogger(__name__)

_LAYOUT = 3
"""Counts the ways in which rows are made; another number rebuilds every index."""
_OPENING = 30
"""So many words tell what a section is about."""
FAILURES = (ChromaError, OSError, httpx.HTTPError, ValueError)
"""What opening or asking an index may raise; a server that cannot be reached is a ValueError."""
_BATCH = 1000
"""So many rows are put in at a time: SQLite bounds the names of one statement."""
_NOWHERE = np.array([], dtype=int)


class Embedder(Protocol):
    """What turns texts into vectors; name and version tell whether two vectors may be compared."""

    name: str
    version: str

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector of length 1 for each text, in their order."""
        ...


@dataclass(frozen=True, slots=True)
class Hit:
    """One row near a query; `section` is empty for titles and phrases; `score` is the cosine.

    `play` is empty for a topic that lies elsewhere: something no play is about.
    """

    play: str
    language: str
    section: str
    score: float


@dataclass(frozen=True, slots=True)
class Row:
    """One text to be found: of a play or a document, in a language, and which part of it."""

    play: str
    language: str
    section: str
    part: str
    text: str

    @property
    def id(self) -> str:
        return f"{self.play}/{self.language}/{self.part}"


class Rows:
    """Rows in a collection of their own among those of the folder, named by `shelf`.

    Opened, and where need be built, by its constructor; on a Chroma server where there is one.
    Raises Unavailable("index_unavailable").
    """

    def __init__(
        self, folder: Path, shelf: str, rows: Sequence[Row], embedder: Embedder, server: str | None = None
    ) -> None:
        self._folder = folder
        self._server = server
        self._shelf = f"{shelf}-"
        self._rows = rows
        self._rows_by_id = {row.id: row for row in rows}
        self._embedder = embedder
        self._open()

    def vector(self, text: str) -> list[float]:
        """A question as a vector, to ask `nearest` with."""
        return self._embedder.embed([fold(text)])[0]

    def nearest(self, vector: list[float], limit: int, where: Where | None = None) -> list[Hit]:
        """The rows nearest to a vector, best first; `where` filters by play, language or section."""
        asked = {"query_embeddings": [vector], "n_results": limit, "where": where, "include": ["distances"]}
        found = self._asked(lambda: self._collection.query(**asked))
        rows = (self._rows_by_id[id] for id in found["ids"][0])
        return [
            Hit(row.play, row.language, row.section, 1 - distance)
            for row, distance in zip(rows, found["distances"][0], strict=True)
        ]

    def _asked(self, ask: Callable[[], Any]) -> Any:
        """What the collection answers; opened anew where another process moved on to other content and dropped ours."""
        with self._worded():
            try:
                return ask()
            except NotFoundError:
                self._open()
                return ask()

    def _open(self) -> None:
        with self._worded():
            self._folder.mkdir(parents=True, exist_ok=True)
            with _alone(self._folder):
                self._collection = self._built(self._client())

    @contextmanager
    def _worded(self) -> Iterator[None]:
        try:
            yield
        except FAILURES as error:
            raise Unavailable("index_unavailable", folder=self._server or str(self._folder)) from error

    def _client(self) -> ClientAPI:
        settings = Settings(anonymized_telemetry=False)
        if not self._server:
            return chromadb.PersistentClient(str(self._folder), settings)
        place = urlsplit(self._server)
        secure = place.scheme == "https"
        return chromadb.HttpClient(
            place.hostname or "", place.port or (443 if secure else 80), secure, settings=settings
        )

    def _built(self, client: Any) -> Any:
        identity = {
            "embedder": self._embedder.name,
            "embedder_version": self._embedder.version,
            "content": _digest([_LAYOUT, [[row.id, row.text] for row in self._rows]]),
        }
        name = self._shelf + _digest(identity)[:16]
        others = {c.name: c.metadata or {} for c in client.list_collections() if c.name.startswith(self._shelf)}
        if name in others:
            collection = client.get_collection(name, embedding_function=None)
            if collection.count() == len(self._rows):
                return collection
        log.info("playbook index: building %d rows (%s)", len(self._rows), _why(identity, others))
        collection = client.get_or_create_collection(
            name,
            metadata=identity,
            embedding_function=None,
            configuration={"hnsw": {"space": "cosine", "ef_search": 200}},
        )
        self._fill(client, collection, [other for other in others if _comparable(others[other], identity)])
        for other in set(others) - {name}:
            try:
                client.delete_collection(other)
            except NotFoundError:  # dropped by another process that builds the same
                continue
        return collection

    def _fill(self, client: Any, collection: Any, earlier: Sequence[str]) -> None:
        """Puts in every row, a bounded number at a time, with the vector that an earlier collection has of its text."""
        for start in range(0, len(self._rows), _BATCH):
            rows = self._rows[start : start + _BATCH]
            known: dict[tuple[str, str], Any] = {}
            for name in earlier:
                found = client.get_collection(name, embedding_function=None).get(
                    ids=[row.id for row in rows], include=["embeddings", "metadatas"]
                )
                known |= {
                    (id, str(meta.get("text"))): vector.tolist()
                    for id, meta, vector in zip(found["ids"], found["metadatas"], found["embeddings"], strict=True)
                }
            texts = [_digest(row.text) for row in rows]
            new = [row.text for row, text in zip(rows, texts, strict=True) if (row.id, text) not in known]
            vectors = iter(self._embedder.embed(new))
            collection.upsert(
                ids=[row.id for row in rows],
                embeddings=[
                    known[row.id, text] if (row.id, text) in known else next(vectors)
                    for row, text in zip(rows, texts, strict=True)
                ],
                metadatas=[
                    {"play": row.play, "language": row.language, "section": row.section, "text": text}
                    for row, text in zip(rows, texts, strict=True)
                ],
            )


class Index(Rows):
    """The plays, and the topics that lie elsewhere. A question is compared with every row of theirs.

    What all rows have in common is taken from each vector first: some embedders make any two texts look alike, and
    cosines would mean another thing with each (Mu and Viswanath 2018, "All-but-the-Top").
    """

    def __init__(
        self,
        folder: Path,
        plays: Sequence[Play],
        embedder: Embedder,
        elsewhere: Sequence[str] = (),
        server: str | None = None,
    ) -> None:
        rows = [row for play in plays for row in _rows(play)]
        rows += [Row("", "", "", one, fold(one)) for one in elsewhere]
        super().__init__(folder, "plays", rows, embedder, server)

    def cosines(self, vector: list[float]) -> np.ndarray:
        """One cosine for each row."""
        matrix, middle = self._centred
        cosines: np.ndarray = matrix @ _of_length_1(np.asarray(vector, dtype=np.float32) - middle)
        return cosines

    def places(self, play: str, section: str, language: str = "") -> np.ndarray:
        """Where in `cosines` the rows of a play's section stand; without a language, those of all."""
        return self._places.get((play, section, language), _NOWHERE)

    def elsewhere(self, vector: list[float]) -> float:
        """The score of the nearest topic that no play is about, as `nearest` has it; 0 where there are none."""
        return max((hit.score for hit in self.nearest(vector, 1, {"language": ""})), default=0.0)

    @cached_property
    def _centred(self) -> tuple[np.ndarray, np.ndarray]:
        """A vector for each row, and what was taken from all of them."""
        found = self._asked(lambda: self._collection.get(include=["embeddings"]))
        vectors = dict(zip(found["ids"], found["embeddings"], strict=True))
        matrix = np.array([vectors[row.id] for row in self._rows], dtype=np.float32)
        middle = matrix.mean(axis=0)
        return _of_length_1(matrix - middle), middle

    @cached_property
    def _places(self) -> Mapping[tuple[str, str, str], np.ndarray]:
        found: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        for at, row in enumerate(self._rows):
            for language in {row.language, ""}:
                found[row.play, row.section, language].append(at)
        return {key: np.array(some) for key, some in found.items()}


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One builder at a time, also among processes: the next one finds the index built."""
    with (folder / "building.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def fold(text: str) -> str:
    """Typography made plain, so that typed and printed apostrophes and spaces are alike."""
    return " ".join(text.replace("\u2019", "'").split())


def _rows(play: Play) -> Iterator[Row]:
    for language, text in sorted(play.texts.items()):
        yield Row(play.id, language, "", "title", fold(text.title))
        for number, phrase in enumerate(text.asked_as, 1):
            yield Row(play.id, language, "", f"asked-{number}", fold(phrase))
        for number, sentence in enumerate(re.split(r"(?<=[.!?]) +", fold(text.sections[APPLIES])), 1):
            yield Row(play.id, language, APPLIES, f"{APPLIES}-{number}", sentence)
        for section in SECTIONS[1:]:
            opening = " ".join(text.sections[section].split()[:_OPENING])
            yield Row(play.id, language, section, section, fold(f"{text.headings[section]}. {opening}"))


def _of_length_1(vectors: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    found: np.ndarray = vectors / np.maximum(lengths, 1e-12)
    return found


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _comparable(other: Mapping[str, Any], identity: Mapping[str, str]) -> bool:
    """Whether the vectors of another collection come from the same model."""
    return all(other.get(key) == identity[key] for key in ("embedder", "embedder_version"))


def _why(identity: dict[str, str], others: dict[str, Any]) -> str:
    if not others:
        return "there is none yet"
    changed = [key for old in others.values() for key in identity if old.get(key) != identity[key]]
    return f"changed: {', '.join(dict.fromkeys(changed))}" if changed else "the last build was not finished"
