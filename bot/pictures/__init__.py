"""Pictures of answers that a chart of Slack's cannot show: cohorts as a heat map, survival as curves.

    canvas    a figure with its title, its letters and its colours
    heat      a cohort table
    curves    shares by age, a line for each group

A picture holds what the answer's evidence holds, which rights and small cells have cut already; a rate on a small base
is not shown, as in the table. matplotlib loads with the first picture, and draws one at a time: it is not made for
threads.
"""

from __future__ import annotations

from threading import Lock

from bot.language import Language
from bot.pictures import curves, heat
from bot.types import Answer, Definitions, Evidence, Picture, Shape

__all__ = ["Painter"]
FEWEST = 3
"""Rows of which a picture shows a shape."""


class Painter:
    """Draws for many threads."""

    def __init__(self) -> None:
        self._at_work = Lock()

    def draw(self, answer: Answer, language: Language) -> Picture | None:
        """The picture of an answer's cohorts or curve; None where it has none, or more than anybody could read."""
        shown = drawable(answer)
        if shown is None:
            return None
        small = Definitions().small_sample
        with self._at_work:
            if shown.shape is Shape.GRID and not curves.groups(shown):
                return heat.drawn(shown, language, small)
            return curves.drawn(shown, language, small)


def drawable(answer: Answer) -> Evidence | None:
    """The first evidence of an answer that is a cohort table or a curve."""
    kinds = (Shape.GRID, Shape.CURVE)
    found = (one for one in answer.evidence if one.role == "main" and one.shape in kinds and len(one.rows) >= FEWEST)
    return next(found, None)
