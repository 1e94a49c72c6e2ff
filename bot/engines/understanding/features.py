"""Features that a question names in its own language: "adopcja kalendarza", where the data says "calendar"."""

from __future__ import annotations

from collections.abc import Sequence

from bot.analysis.behaviours import Deed, deed_of
from bot.engines.answers.behaviours import meant
from bot.engines.understanding.heard import Heard
from bot.types import Metric

DIMENSION = "feature"
LONGEST = 5
"""Words of a feature's name."""
SHORTEST = 4
"""Letters that two forms of a word share."""


def named(heard: Heard, metric: Metric | None, present: Sequence[str]) -> None:
    """Makes a filter of the words that nothing else explains and that mean a feature, where a figure is of features.

    After "without" they stay as they are, and are not passed over.
    """
    if metric is None or DIMENSION not in metric.by or heard.negates:
        return
    known = [deed_of(one) for one in present]
    for span in heard.language.conditions(heard.tokens):
        used = told_at(heard, known, span.end)[0] if span.id == "used" else None
        if used is not None and used.name not in heard.filters.get(DIMENSION, []):  # "used reports", a word like others
            heard.filters.setdefault(DIMENSION, []).append(used.name)
    for words in list(heard.unexplained):
        start = next((at for at in range(len(heard.tokens)) if words.startswith(heard.words(at, at + 1))), None)
        if start is None:
            continue
        deed, end = told_at(heard, known, start)
        if deed is None or not _names(deed, heard, start):
            continue
        passing = heard.filters.setdefault(DIMENSION, [])
        passing += [deed.name] if deed.name not in passing else []
        name = heard.words(start, end)
        for found in (heard.unexplained, heard.beside, heard.placed, heard.timeless):
            found[:] = [one for one in found if one not in name and one != words]
        heard.misfits = [one for one in heard.misfits if one[1] not in name and one[1] != words]


def told_at(heard: Heard, features: Sequence[Deed], start: int) -> tuple[Deed | None, int]:
    """The feature that the words from a place on mean, and the place after the last word of its name."""
    for end in range(start + 1, min(start + LONGEST, len(heard.tokens)) + 1):
        if end - 1 > start and heard.tokens[end - 1].start - heard.tokens[end - 2].end > 1:
            break  # "using exports, tell them about automations"
        deed = meant(heard.language, heard.words(start, end), features)
        if deed is not None:
            beyond = (at for at in range(end, len(heard.tokens)) if not _names(deed, heard, at))
            return deed, next(beyond, len(heard.tokens))
    return None, start


def _names(deed: Deed, heard: Heard, at: int) -> bool:
    """Whether a word is one of the feature's name: "telepathy" before "vs reports" is not."""
    said = heard.language.deeds(heard.tokens[at].text)
    return any(word.startswith(stem[:SHORTEST]) for stem in said for word in deed.words)
