"""From a person's words to the passages that answer them, or to none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.playbook.plays import APPLIES, Play
from bot.playbook.words import Words
from bot.types import Citation

if TYPE_CHECKING:
    import numpy as np

    from bot.playbook.glossary import Concepts
    from bot.playbook.index import Index

FLOOR = 0.03
"""Below it no play is about the question: the best play's score, less what speaks for a topic elsewhere.

It refuses 38 of 40 written questions that no play covers, and with them hardly any that one does.
"""
_ELSEWHERE = 1.0
"""How much the nearest topic outside the playbook weighs against the plays."""
_SAID = 0.15
"""So much of what words and concepts say for a play counts there: an invoice is also what accountants ask about."""
CITED = (APPLIES, "audience", "steps", "measure", "risks")
"""The sections an answer may show: an example illustrates, but what is cited must advise."""
_SAME = 0.95
"""A cosine of texts that hold the same words."""
_TOP = 5
"""So many of a play's rows tell how near it is."""
_ASKED, _APPLIES, _WORDS, _CONCEPTS = 0.75, 0.4, 1.0, 0.5
"""What a play's score is made of: the cosines of its title and phrases, those of the sentences on when it applies, the
share of the question's words that it uses, and the share of the concepts heard in it. Chosen with questions
written for that; what they find is nearly the same for weights a fifth away."""
_UNTOLD = 0.45
"""The share of a play that is not written in the asker's language: what the right one usually has."""


@dataclass(frozen=True, slots=True)
class Passage:
    """The section of a play that answers best, in the asker's language where it is translated; or a part of a section
    of one of the company's own documents, whose id is then in place of a play's."""

    play: str
    language: str
    section: str
    title: str
    text: str
    score: float
    citation: Citation

    def document(self) -> dict[str, str | float | bool]:
        """As JSON, without the text."""
        return {
            "id": self.play,
            "language": self.language,
            "section": self.section,
            "score": round(self.score, 4),
            "title": self.title,
            "own": self.citation.own,
        }


def search(
    index: Index,
    plays: Mapping[str, Play],
    words: Words,
    concepts: Concepts,
    text: str,
    *,
    language: str,
    limit: int,
) -> list[Passage]:
    """The best passage of each of the `limit` best plays, best first; [] when nothing is relevant.

    A play is found by its rows and its concepts in every language it has, and by its words in `language`, in which the
    question is heard and the play is shown.
    """
    cosines = index.cosines(index.vector(text))
    likeness = _likeness(index, plays, cosines)
    said = _said(plays, words.shares(text), concepts.shares(text, language))
    elsewhere = cosines[index.places("", "")].max(initial=0.0)
    if max((likeness[play] + _SAID * said[play] for play in plays), default=0.0) - _ELSEWHERE * elsewhere < FLOOR:
        return []
    scores = {play: likeness[play] + said[play] for play in plays}
    best = sorted(scores, key=lambda play: (-scores[play], play))[:limit]
    return [_passage(index, plays[play], language, cosines, scores[play]) for play in best]


def by_vectors(index: Index, plays: Iterable[str], text: str) -> dict[str, float]:
    """Play → its score by vectors alone."""
    return _likeness(index, plays, index.cosines(index.vector(text)))


def _likeness(index: Index, plays: Iterable[str], cosines: np.ndarray) -> dict[str, float]:
    return {
        play: _ASKED * _mean(cosines[index.places(play, "")]) + _APPLIES * _mean(cosines[index.places(play, APPLIES)])
        for play in plays
    }


def _mean(cosines: np.ndarray) -> float:
    """Of the best, for that is steadier than the best one alone, unless it is the very words."""
    best: list[float] = sorted(cosines.tolist())[-_TOP:]
    return best[-1] if best[-1] >= _SAME else sum(best) / len(best)


def _said(plays: Iterable[str], used: Mapping[str, float], meant: Mapping[str, float]) -> dict[str, float]:
    """Play → what words and concepts say for it."""
    return {play: _WORDS * used.get(play, _UNTOLD) + _CONCEPTS * meant.get(play, 0.0) for play in plays}


def _passage(index: Index, play: Play, language: str, cosines: np.ndarray, score: float) -> Passage:
    """The section nearest to the question."""
    text = play.text(language)
    near = {one: cosines[index.places(play.id, one, text.language)].max(initial=-1.0) for one in CITED}
    section = max(near, key=near.__getitem__)
    cited = play.cite(section, language)
    return Passage(play.id, text.language, cited.section, text.title, text.sections[section], score, cited)
