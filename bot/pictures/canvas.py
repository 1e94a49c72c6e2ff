"""A figure as our pictures are: sized for a phone, with its title above and what is to be known of it below.

No pyplot and no settings of matplotlib's own are used: both belong to the whole process.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.language import Language
from bot.types import Evidence, Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

WIDTH = 6.4
"""Inches."""
DOTS = 180
"""To the inch: 1,152 across."""
INK, FAINT, HATCHED = "#1d1c1d", "#616061", "#b8b8b8"
SMALL, TITLE = 9.5, 14.0
"""Sizes in points."""
ACROSS = 78
"""Characters of small letters that fit on a line."""
ABOVE, LINE = 0.85, 0.2
"""Inches for title and subtitle, and for a line below."""
MOST_ALT = 1_000


def figure(height: float, left: float, below: float) -> tuple[Figure, Axes]:
    """A white figure of so many inches, and its one pair of axes with these margins; the title has its room above."""
    from matplotlib.figure import Figure

    made = Figure(figsize=(WIDTH, height), dpi=DOTS, facecolor="white")
    box = (left / WIDTH, below / height, 1 - (left + 0.25) / WIDTH, 1 - (below + ABOVE) / height)
    axes = made.add_axes(box)
    axes.tick_params(colors=INK, labelsize=SMALL, length=0)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return made, axes


def named(made: Figure, evidence: Evidence, language: Language, below: Sequence[str]) -> None:
    """Writes the title, the period and the filters above a figure, and lines below it."""
    height = made.get_figheight()

    def write(up: float, text: str, size: float, colour: str, **more: Any) -> None:
        made.text(0.25 / WIDTH, up / height, text, fontsize=size, color=colour, parse_math=False, **more)

    metric = language.say("choice_metric", metric=evidence.query.metric)
    write(height - 0.2, metric, TITLE, INK, va="top", weight="bold")
    write(height - 0.52, shortened(" · ".join(_about(evidence, language))), SMALL, FAINT, va="top")
    for at, line in enumerate(reversed(below)):
        write(0.1 + at * LINE, line, SMALL, FAINT, va="bottom")


def _about(evidence: Evidence, language: Language) -> list[str]:
    query = evidence.query
    window = [language.say("cell_window", window=query.window)] if query.window else []
    variant = [language.say("picture_variant", variant=query.variant)] if query.variant else []
    return [*window, *variant, *([language.say("picture_filters", filters=query.filters)] if query.filters else [])]


def footing(evidence: Evidence, language: Language) -> str:
    """How far the data reaches."""
    return language.say("picture_reach", day=evidence.as_of - timedelta(days=1))


def wrapped(text: str) -> list[str]:
    """A sentence in lines that fit."""
    return textwrap.wrap(text, ACROSS, break_on_hyphens=False)


def shortened(text: str, most: int = ACROSS) -> str:
    """A text that fits on a line."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def unread(labels: Sequence[Text]) -> None:
    """Labels that come from the data: a "$" among them is a dollar and begins no formula."""
    for one in labels:
        one.set_parse_math(False)


def picture(made: Figure, evidence: Evidence, title: str, alt: str) -> Picture:
    """The figure as a file."""
    out = io.BytesIO()
    made.savefig(out, format="png")
    window = f"-{evidence.query.window.start}" if evidence.query.window else ""
    return Picture(f"{evidence.query.metric}{window}.png", title, alt[:MOST_ALT], out.getvalue())
