"""From a person's words to the passages that answer them, or to none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.playbook.plays import Play
from bot.playbook.words import Words
from bot.types import Citation

if TYPE_CHECKING:
    from bot.playbook.index import Index

FLOOR = 0.325
"""Below this score nothing in the playbook is about the question (tests/plays prints both bands)."""
CITED = ("applies", "audience", "steps", "measure", "risks")
"""The sections an answer may show: an example illustrates, but what is cited must advise."""
_ROWS = 200
"""So many rows are ranked: a good part of a playbook, and a bound on the time."""
_TOP = 5
"""A play's score is the mean of its best five rows: steadier than its single best one."""
_WORDS = 0.3
"""What shared words may add to the mean cosine."""


@dataclass(frozen=True, slots=True)
class Passage:
    """The section of a play that answers best, in the asker's language where it is translated."""

    play: str
    language: str
    section: str
    title: str
    text: str
    score: float
    citation: Citation


def search(
    index: Index, plays: Mapping[str, Play], words: Words, text: str, *, language: str, limit: int
) -> list[Passage]:
    """The best passage of each of the `limit` best plays, best first; [] when nothing is relevant.

    A play is found by its rows in every language, and shown in `language`; `words` are those of
    the plays in `language`.
    """
    vector = index.vector(text)
    scores = _scores(index, vector)
    for play, share in words.shares(text).items():
        if play in scores:
            scores[play] += _WORDS * share
    best = sorted((play for play in scores if scores[play] >= FLOOR), key=lambda play: (-scores[play], play))
    return [_passage(index, plays[play], vector, language, scores[play]) for play in best[:limit]]


def _scores(index: Index, vector: list[float]) -> dict[str, float]:
    """Play → mean cosine of its best rows; a row beyond the ranked ones counts as the last of them."""
    hits = index.nearest(vector, _ROWS)
    rows: dict[str, list[float]] = defaultdict(list)
    for hit in hits:
        rows[hit.play].append(hit.score)
    return {
        play: sum((found + [hits[-1].score] * _TOP)[:_TOP]) / _TOP  # hits come best first
        for play, found in rows.items()
    }


def _passage(index: Index, play: Play, vector: list[float], language: str, score: float) -> Passage:
    shown = play.text(language)
    section = index.section(vector, play.id, shown.language, CITED)
    cited = play.cite(section, language)
    return Passage(play.id, shown.language, cited.section, shown.title, shown.sections[section], score, cited)
