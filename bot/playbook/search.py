"""From a person's words to the passages that answer them, or to none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.playbook.plays import ORIGINAL, Play
from bot.playbook.words import Words
from bot.types import Citation

if TYPE_CHECKING:
    from bot.playbook.index import Hit, Index

FLOOR = 0.08
"""A play below it is not about the question: its mean cosine, less what speaks for a topic elsewhere.

On the written questions it loses 6 of 150 right plays, and keeps none of 16 off-topic ones.
"""
ELSEWHERE = 0.85
"""How much the nearest topic outside the playbook weighs against a play."""
CITED = ("applies", "audience", "steps", "measure", "risks")
"""The sections an answer may show: an example illustrates, but what is cited must advise."""
_ROWS = 200
"""So many rows are ranked: a good part of a playbook in two languages, and a bound on the time."""
_TOP = 5
"""A play's score is the mean of its best five rows: steadier than its single best one."""
WORDS = 0.3
"""What shared words may add to the mean cosine."""


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
    index: Index, plays: Mapping[str, Play], words: Words, text: str, *, language: str, limit: int
) -> list[Passage]:
    """The best passage of each of the `limit` best plays, best first; [] when nothing is relevant.

    A play is found by its rows in `language`, in which it is shown, and in the original, so that
    one language more changes nothing for the others; `words` are those of the plays in `language`.
    """
    vector = index.vector(text)
    scores = _relevant(index.spoken(vector, _ROWS, (language, ORIGINAL)))
    for play, share in words.shares(text).items():
        if play in scores:
            scores[play] += WORDS * share
    best = sorted(scores, key=lambda play: (-scores[play], play))[:limit]
    return _passages(index, [plays[play] for play in best], vector, language, scores) if best else []


def _relevant(hits: Sequence[Hit]) -> dict[str, float]:
    """Play → mean cosine of its best rows, for those above the floor; `hits` come best first.

    A row beyond the ranked ones counts as the last of them.
    """
    rows: dict[str, list[float]] = defaultdict(list)
    for hit in hits:
        rows[hit.play].append(hit.score)
    last = hits[-1].score
    elsewhere = rows.pop("", [last])[0]
    means = {play: sum((found + [last] * _TOP)[:_TOP]) / _TOP for play, found in rows.items()}
    return {play: mean for play, mean in means.items() if mean - ELSEWHERE * elsewhere >= FLOOR}


def _passages(
    index: Index, best: Sequence[Play], vector: list[float], language: str, scores: Mapping[str, float]
) -> list[Passage]:
    shown = {play.id: play.text(language) for play in best}
    languages = sorted({text.language for text in shown.values()})
    nearest: dict[str, str] = {}
    for hit in index.sections(vector, list(shown), languages, CITED):
        if hit.language == shown[hit.play].language:
            nearest.setdefault(hit.play, hit.section)
    found = []
    for play in best:
        text, section = shown[play.id], nearest[play.id]
        cited = play.cite(section, language)
        words = text.sections[section]
        found.append(Passage(play.id, text.language, cited.section, text.title, words, scores[play.id], cited))
    return found
