"""A company's own documents beside the plays: found by the same vectors and words, preferred where both answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.playbook.documents import Document
from bot.playbook.index import Embedder, Row, Rows, fold
from bot.playbook.search import Passage
from bot.playbook.words import Words
from bot.types import Citation

NEAR = 1.15
"""A document goes before the best play if its score is lower by no more than this.

A document is found by what stands in it; a play by the phrases of askers and by concepts as well, and words count more.
Where both answer a question, that lifts the play by 0.3 to 1.1; where only the play does, the document is below the
floors or further away.
"""
LEAST = 0.3
"""A document below it is not about the question, ..."""
FLOOR = 0.1
"""... nor one whose score, less what speaks for a topic elsewhere, is below this.

On 55 written questions in four languages they lose 5 of 32 that a document answers, and keep 2 of 23 others, both on
matters that a document touches.
"""
_ELSEWHERE = 0.6
"""How much the nearest topic outside the playbook weighs against a document."""
_WORDS = 0.3
"""What shared words may add to the mean cosine."""
_HALF = 1.2
"""So many uses of a word in a piece count half of what endless uses would."""
_TOP = 3
"""A piece's score is the mean of its best three rows of four: a short heading alone is near to much."""
_PIECE = 500
"""So many characters are found by one vector: in a longer one each sentence counts for little."""
_ROWS = 200
"""So many rows are ranked; one beyond counts as the last of them."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a section, as it is found and quoted."""

    document: Document
    heading: str
    text: str


def pieces(document: Document) -> Iterator[Piece]:
    """The sections in parts of whole lines."""
    for section in document.sections:
        part: list[str] = []
        for line in section.text.split("\n"):
            if part and sum(map(len, part)) + len(line) > _PIECE:
                yield Piece(document, section.heading, "\n".join(part))
                part = []
            part.append(line)
        yield Piece(document, section.heading, "\n".join(part))


class Own(Rows):
    """The index of some documents, and their words by language."""

    def __init__(
        self, folder: Path, shelf: str, documents: Sequence[Document], embedder: Embedder, server: str | None = None
    ) -> None:
        self._pieces = {f"{one.id}#{n}": piece for one in documents for n, piece in enumerate(pieces(one), 1)}
        rows = [row for id, piece in self._pieces.items() for row in _rows(id, piece)]
        super().__init__(folder, shelf, rows, embedder, server)
        self._words: dict[str, Words] = {}

    def search(self, text: str, language: str, elsewhere: float) -> list[Passage]:
        """The best passage of each document that is about the words, in whatever language it is, best first.

        `elsewhere` is the cosine of the nearest topic outside the playbook.
        """
        words = self._words.setdefault(language, Words(self._written(language), _HALF))
        best: dict[str, tuple[float, Piece]] = {}
        shares = words.shares(text)
        for id, mean in self._means(self.vector(text)).items():
            score, piece = mean + _WORDS * shares.get(id, 0), self._pieces[id]
            about = score >= LEAST and score - _ELSEWHERE * elsewhere >= FLOOR
            if about and score > best.get(piece.document.id, (0.0, piece))[0]:
                best[piece.document.id] = score, piece
        ranked = sorted(best.values(), key=lambda pair: (-pair[0], pair[1].document.id))
        return [_passage(piece, score) for score, piece in ranked]

    def _means(self, vector: list[float]) -> dict[str, float]:
        """Piece → mean cosine of its best rows."""
        rows: dict[str, list[float]] = defaultdict(list)
        hits = self.nearest(vector, _ROWS)
        for hit in hits:
            rows[hit.play].append(hit.score)
        return {id: sum((found + [hits[-1].score] * _TOP)[:_TOP]) / _TOP for id, found in rows.items()}

    def _written(self, language: str) -> dict[str, list[tuple[str, float]]]:
        """Piece → its words, of the documents in this language; where it stands counts two times."""
        return {
            id: [(f"{piece.document.title} {piece.heading} {piece.heading} {piece.text}", 1.0)]
            for id, piece in self._pieces.items()
            if piece.document.language == language
        }


def preferred(own: Sequence[Passage], plays: Sequence[Passage], limit: int) -> list[Passage]:
    """Both together, best first, but the best document before the plays if it is near the best of those."""
    first = [one for one in own[:1] if not plays or one.score >= plays[0].score - NEAR]
    others = sorted([*own[len(first) :], *plays], key=lambda one: -one.score)
    return [*first, *others][:limit]


def _rows(id: str, piece: Piece) -> Iterator[Row]:
    """Its heading alone and with the title, its text alone and with both: short questions lie near short texts."""
    title, language = piece.document.title, piece.document.language
    texts = {
        "heading": piece.heading,
        "place": f"{title}. {piece.heading}",
        "text": piece.text,
        "whole": f"{title}. {piece.heading}. {piece.text}",
    }
    yield from (Row(id, language, piece.heading, part, fold(text)) for part, text in texts.items())


def _passage(piece: Piece, score: float) -> Passage:
    document = piece.document
    cited = Citation(document.id, document.title, piece.heading, piece.text.split("\n", 1)[0], own=True)
    return Passage(document.id, document.language, piece.heading, document.title, piece.text, score, cited)
