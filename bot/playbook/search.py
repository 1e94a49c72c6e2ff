"""From a person's words to the passages that answer them, or to none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.playbook.plays import APPLIES, Play
from bot.playbook.words import Words
from bot.types import Citation

if TYPE_CHECKING:
    from bot.playbook.glossary import Concepts
    from bot.playbook.index import Hit, Index

FLOOR = 0.07
"""A play below it is not about the question: its score, less what speaks for a topic elsewhere.

It refuses 38 of 40 written questions that no play covers, and with them 2 in 100 of those that one does.
"""
_ELSEWHERE = 1.4
"""How much the nearest topic outside the playbook weighs against a play."""
CITED = (APPLIES, "audience", "steps", "measure", "risks")
"""The sections an answer may show: an example illustrates, but what is cited must advise."""
_ROWS = 1000
"""So many rows are ranked, of all languages: enough for a score of each play that may win."""
_TOP = 3
"""The mean of so many of a play's rows is steadier than the single best one."""
_ASKED, _APPLIES, _WORDS, _CONCEPTS = 0.6, 0.5, 0.5, 0.6
"""What a play's score is made of: the cosines of its title and phrases, those of the sentences on when it applies, the
share of the question's words that it uses, and the share of the concepts heard in it. Chosen by asking half of the
plays' own phrases of an index that has the other half."""
_UNTOLD = 0.25
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
    hits = index.nearest(index.vector(text), _ROWS)
    scores = _scores(hits, words.shares(text), concepts.shares(text, language))
    elsewhere = next((hit.score for hit in hits if not hit.play), hits[-1].score)
    about = [play for play, score in scores.items() if score - _ELSEWHERE * elsewhere >= FLOOR]
    best = sorted(about, key=lambda play: (-scores[play], play))[:limit]
    return [_passage(plays[play], language, hits, scores[play]) for play in best]


def likeness(index: Index, text: str) -> dict[str, float]:
    """Play → its score by vectors alone."""
    return _scores(index.nearest(index.vector(text), _ROWS), {}, {})


def _scores(hits: Sequence[Hit], used: Mapping[str, float], meant: Mapping[str, float]) -> dict[str, float]:
    """Play → its score, for those with a row among the hits, which come best first."""
    asked, applies = (_means(hits, kind) for kind in ("", APPLIES))
    last = hits[-1].score
    return {
        play: _ASKED * asked.get(play, last)
        + _APPLIES * applies.get(play, last)
        + _WORDS * used.get(play, _UNTOLD)
        + _CONCEPTS * meant.get(play, 0.0)
        for play in asked.keys() | applies.keys()
    }


def _means(hits: Sequence[Hit], section: str) -> dict[str, float]:
    """Play → mean cosine of its best rows of a section; a row beyond the ranked ones counts as the last of them."""
    rows: dict[str, list[float]] = defaultdict(list)
    for hit in hits:
        if hit.section == section and hit.play:
            rows[hit.play].append(hit.score)
    return {play: sum((found + [hits[-1].score] * _TOP)[:_TOP]) / _TOP for play, found in rows.items()}


def _passage(play: Play, language: str, hits: Sequence[Hit], score: float) -> Passage:
    """The section nearest to the question; where none is near, the steps."""
    text = play.text(language)
    near = (hit.section for hit in hits if (hit.play, hit.language) == (play.id, text.language))
    section = next((one for one in near if one in CITED), "steps")
    cited = play.cite(section, language)
    return Passage(play.id, text.language, cited.section, text.title, text.sections[section], score, cited)
