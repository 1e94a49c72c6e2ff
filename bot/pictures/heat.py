"""A cohort table as a heat map: a row a cohort, a column an age, the share still there in words and in colour."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from bot.language import Language
from bot.pictures import canvas
from bot.types import Evidence, Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CELL = 0.34
"""Inches, the height of one."""
MOST, NUMBERED = 26, 14
"""Rows or columns that can be read, and columns with room for a number in each."""
ROOMY, WIDE = 10, 4
"""Columns with room for larger letters, and characters that need smaller ones."""
DARK = 0.55
"""From this depth of colour on, letters are white."""
COLOURS = "YlGnBu"
"""From light to dark, and told apart whatever colours somebody sees."""
MONTHLY = ("month", "30_days")
Cells = Mapping[tuple[str, int], float | None]


def drawn(evidence: Evidence, language: Language, small: int) -> Picture | None:
    """The picture of a grid without groups; None where it has more rows or columns than can be read.

    A cell on fewer than `small` customers is hatched; one whose time is not over is not there, and stays white.
    """
    cells, sizes = _cells(evidence, small), _sizes(evidence)
    cohorts, ages = sorted(sizes), sorted({age for _, age in cells})
    if not 2 <= len(cohorts) <= MOST or not 2 <= len(ages) <= MOST or not any(v is not None for v in cells.values()):
        return None
    below = [
        *canvas.wrapped(language.say("picture_white")),
        *(canvas.wrapped(language.say("picture_hatched", n=small)) if None in cells.values() else []),
        canvas.footing(evidence, language),
    ]
    under = 0.65 + canvas.LINE * len(below)
    made, axes = canvas.figure(canvas.ABOVE + 0.1 + CELL * len(cohorts) + under, left=1.75, below=under)
    _paint(axes, cells, cohorts, ages, language)
    labels = [_cohort(evidence, one, sizes[one], language) for one in cohorts]
    axes.set_yticks([at + 0.5 for at in range(len(cohorts))], labels)
    axes.set_xticks([at + 0.5 for at in range(len(ages))], [str(age) for age in ages])
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.set_xlabel(_age_label(evidence, language), fontsize=canvas.SMALL, color=canvas.INK)
    canvas.unread([*axes.get_xticklabels(), *axes.get_yticklabels()])
    canvas.named(made, evidence, language, below)
    metric, window = evidence.query.metric, evidence.query.window
    title = language.say("choice_window", metric=metric, window=window)
    alt = language.say("picture_heat_alt", metric=metric, window=window, n=len(cohorts), ages=len(ages))
    return canvas.picture(made, evidence, title, alt)


def _cells(evidence: Evidence, small: int) -> Cells:
    """(cohort, age) → the share still there; None on a base too small for one."""
    found: dict[tuple[str, int], float | None] = {}
    for row in evidence.rows:
        if row.get("value") is not None:
            enough = (row["n"] if row.get("n") is not None else row["whole"]) >= small
            found[str(row["cohort"]), int(row["age"])] = float(row["value"]) if enough else None
    return found


def _sizes(evidence: Evidence) -> dict[str, Any]:
    """Cohort → how many began in it."""
    sizes: dict[str, Any] = {}
    for row in evidence.rows:
        size = row["n"] if row.get("n") is not None else row["whole"]
        sizes[str(row["cohort"])] = max(size, sizes.get(str(row["cohort"]), 0))
    return sizes


def _paint(axes: Axes, cells: Cells, cohorts: list[str], ages: list[int], language: Language) -> None:
    from matplotlib import colormaps
    from matplotlib.patches import Rectangle

    known = [value for value in cells.values() if value is not None]
    low, high = math.floor(min(known) * 10) / 10, max(1.0, *known)
    colours = colormaps[COLOURS]
    for y, cohort in enumerate(cohorts):
        for x, age in enumerate(ages):
            if (cohort, age) not in cells:
                continue
            value = cells[cohort, age]
            corner = (x + 0.03, y + 0.03)
            if value is None:
                look: dict[str, Any] = {
                    "facecolor": "white",
                    "edgecolor": canvas.HATCHED,
                    "hatch": "/////",
                    "linewidth": 0.0,
                }
                axes.add_patch(Rectangle(corner, 0.94, 0.94, **look))
                continue
            depth = 0.12 + 0.88 * (value - low) / (high - low or 1)
            axes.add_patch(Rectangle(corner, 0.94, 0.94, facecolor=colours(depth), linewidth=0.0))
            if len(ages) <= NUMBERED:
                ink = "white" if depth >= DARK else canvas.INK
                told = language.say("picture_percent", n=round(value * 100))
                size = canvas.SMALL - (1.0 if len(ages) > ROOMY else 0.0) - (0.7 if len(told) > WIDE else 0.0)
                axes.text(x + 0.5, y + 0.53, told, ha="center", va="center", fontsize=size, color=ink, parse_math=False)
    axes.set_xlim(0, len(ages))
    axes.set_ylim(len(cohorts), 0)
    if len(ages) > NUMBERED:
        _scale(axes, low, high, language)


def _scale(axes: Axes, low: float, high: float, language: Language) -> None:
    """What the colours stand for, in the corner that no cohort has reached."""
    from matplotlib import colormaps
    from matplotlib.colors import ListedColormap

    inset = axes.inset_axes((0.62, 0.1, 0.34, 0.03))
    shades = [colormaps[COLOURS](0.12 + 0.88 * at / 99) for at in range(100)]
    inset.imshow([list(range(100))], aspect="auto", cmap=ListedColormap(shades), extent=(low, high, 0, 1))
    marks = [low, (low + high) / 2, high]
    inset.set_xticks(marks, [language.say("picture_percent", n=round(one * 100)) for one in marks])
    inset.set_yticks([])
    inset.tick_params(labelsize=canvas.SMALL, length=0, colors=canvas.INK)
    for side in inset.spines.values():
        side.set_visible(False)


def _cohort(evidence: Evidence, cohort: str, size: Any, language: Language) -> str:
    steps = dict(evidence.query.variant).get("steps", "month")
    day = date.fromisoformat(cohort)
    form = "cell_month" if steps in MONTHLY else "cell_day"
    return language.say("picture_cohort", cohort=language.say(form, value=day), n=size)


def _age_label(evidence: Evidence, language: Language) -> str:
    steps = dict(evidence.query.variant).get("steps", "month")
    return language.say(f"picture_age_{steps if steps in ('week', '30_days') else 'month'}")
