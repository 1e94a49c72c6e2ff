"""Shares by age as lines: how many outlast each month, or are still there, a line for each group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot.language import Language
from bot.pictures import canvas
from bot.types import Evidence, Picture, Shape

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEIGHT = 5.2
MOST = 6
"""Lines that can be told apart."""
LINES = (
    ("#0072b2", "-"), ("#d55e00", "--"), ("#009e73", "-."), ("#111111", ":"), ("#cc79a7", (0, (5, 1, 1, 1, 1, 1))),
    ("#e69f00", (0, (7, 2))),
)  # fmt: skip
"""Colour and stroke of each line: told apart in any colours, or none."""
STEPPED = "survival_curve"
UNKNOWN = "unknown"
BANDED = 3
"""Lines whose bands can lie over each other."""
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its points by age, the ages up to which it is firm, and what it is called."""

    name: str
    ages: Sequence[int]
    values: Sequence[float]
    bounds: Sequence[tuple[float, float] | None]
    firm: int
    """How many of its first points can be relied on."""

    @property
    def band(self) -> list[int]:
        """Which of its points have bounds to be shown."""
        return [at for at in range(self.firm) if self.bounds[at]]


def groups(evidence: Evidence) -> tuple[str, ...]:
    """The dimensions that split the evidence, besides its own."""
    return tuple(name for name in evidence.query.by if name not in ("cohort", "age") and name in evidence.columns)


def drawn(evidence: Evidence, language: Language, small: int) -> Picture | None:
    """The picture of a curve, or of a cohort table by group; None where it has more lines than can be told apart.

    A curve goes on thin and dotted where its estimate is not firm; of cohorts a line ends with the last age that
    `small` customers have reached.
    """
    lines = _lines(evidence, language, small)
    if not 1 <= len(lines) <= MOST:
        return None
    faint = any(one.firm < len(one.ages) for one in lines)
    below = [
        *(canvas.wrapped(language.say("picture_band")) if any(one.band for one in lines) else []),
        *(canvas.wrapped(language.say("picture_ends", n=small)) if evidence.shape is Shape.GRID else []),
        *(canvas.wrapped(language.say("picture_faint", n=small)) if faint else []),
        canvas.footing(evidence, language),
    ]
    legend = 0.26 * -(-len(lines) // 2) if lines[0].name else 0.0
    under = 0.7 + legend + canvas.LINE * len(below)
    made, axes = canvas.figure(HEIGHT + legend, left=0.8, below=under)
    for line, (colour, stroke) in zip(lines, LINES, strict=False):
        _trace(axes, line, colour, stroke, stepped=evidence.query.metric == STEPPED)
    _scale(axes, lines, evidence, language)
    if lines[0].name:
        below_axis = -(0.55 / (made.get_figheight() - under - canvas.ABOVE))
        told = axes.legend(loc="upper left", bbox_to_anchor=(0, below_axis), ncols=2, frameon=False,
                           fontsize=canvas.SMALL, borderpad=0, borderaxespad=0, handlelength=3.2)  # fmt: skip
        canvas.unread(told.get_texts())
    canvas.named(made, evidence, language, below)
    metric, window = evidence.query.metric, evidence.query.window
    return canvas.picture(
        made, evidence, language.say("choice_window", metric=metric, window=window), _alt(evidence, lines, language)
    )


def _lines(evidence: Evidence, language: Language, small: int) -> list[Line]:
    by = groups(evidence)
    found: dict[str, dict[int, list[Row]]] = {}
    for row in evidence.rows:
        if row.get("value") is not None:
            found.setdefault(_label(by, row, language), {}).setdefault(int(row["age"]), []).append(row)
    made = _pooled if evidence.shape is Shape.GRID else _followed
    lines = [made(name, points, small) for name, points in sorted(found.items())]
    told = [one for one in lines if one.firm > 1]
    return told if len(told) <= BANDED else [replace(one, bounds=[None] * len(one.ages)) for one in told]


def _pooled(name: str, points: Mapping[int, Sequence[Row]], small: int) -> Line:
    """All cohorts that reached an age together, each by its size, for as long as they are enough."""
    ages, values = [], []
    for age in sorted(points):
        rows = points[age]
        whole = sum(row["whole"] for row in rows)
        if not whole or sum(row["n"] if row.get("n") is not None else row["whole"] for row in rows) < small:
            break
        ages.append(age)
        values.append(sum(row["part"] for row in rows) / whole)
    return Line(name, ages, values, [None] * len(ages), len(ages))


def _followed(name: str, points: Mapping[int, Sequence[Row]], small: int) -> Line:
    """A curve as it was estimated, age by age."""
    rows = [points[age][0] for age in sorted(points)]
    pairs = [row.get("interval") for row in rows]
    sure = [row.get("at_risk", row.get("whole", small)) >= small and row.get("firm", True) for row in rows]
    return Line(
        name,
        sorted(points),
        [float(row["value"]) for row in rows],
        [(float(pair[0]), float(pair[1])) if pair else None for pair in pairs],
        next((at for at, one in enumerate(sure) if not one), len(rows)),
    )


def _label(by: Sequence[str], row: Row, language: Language) -> str:
    told = [str(row[name]) for name in by]
    return " · ".join(
        language.say("unknown_value_label") if one == UNKNOWN else language.value_name(name, one)
        for name, one in zip(by, told, strict=True)
    )


def _trace(axes: Axes, line: Line, colour: str, stroke: Any, *, stepped: bool) -> None:
    style: Any = {"drawstyle": "steps-post"} if stepped else {"marker": "o", "markersize": 3.5}
    name = canvas.shortened(line.name, 34) if line.name else None
    firm = slice(0, line.firm)
    axes.plot(line.ages[firm], line.values[firm], color=colour, linestyle=stroke, linewidth=2.2, label=name, **style)
    rest = slice(max(line.firm - 1, 0), None)
    if line.firm < len(line.ages):
        axes.plot(line.ages[rest], line.values[rest], color=colour, linestyle=(0, (1, 2)), linewidth=1.1, **style)
    if line.band:
        low, high = zip(*(line.bounds[at] or (0.0, 0.0) for at in line.band), strict=True)
        more: Any = {"step": "post"} if stepped else {}
        axes.fill_between([line.ages[at] for at in line.band], low, high, color=colour, alpha=0.16, linewidth=0, **more)


def _scale(axes: Axes, lines: Sequence[Line], evidence: Evidence, language: Language) -> None:
    """From 0 to 100 %, or as far as the values reach where they stay low; ages in whole steps."""
    sure = [pair[1] for one in lines for pair in one.bounds[: one.firm] if pair]
    highest = max([*sure, *(value for one in lines for value in one.values)])
    last = max(one.ages[-1] for one in lines)
    step = next(one for one in (1, 2, 3, 6, 12, 24, 60, 600) if last / one <= 12)
    top = 1.0 if highest > 0.5 else highest * 1.05 or 1.0
    marks = [0, 0.25, 0.5, 0.75, 1.0] if top == 1.0 else [0, *_round_marks(top)]
    axes.set_ylim(0, max(top, highest) * 1.02)
    axes.set_xlim(0, last * 1.01 or 1)
    axes.set_yticks(marks, [language.say("picture_percent", n=round(one * 100, 1)) for one in marks])
    axes.set_xticks(list(range(0, last + 1, step)))
    axes.grid(axis="y", color="#dddddd", linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("left", "bottom"):
        axes.spines[side].set_color("#aaaaaa")
    months = language.say("picture_age_tenure" if evidence.shape is Shape.CURVE else "picture_age_month")
    axes.set_xlabel(months, fontsize=canvas.SMALL, color=canvas.INK)
    canvas.unread([*axes.get_xticklabels(), *axes.get_yticklabels()])


def _round_marks(top: float) -> list[float]:
    step = next(one for one in (0.01, 0.02, 0.05, 0.1, 0.2) if top / one <= 6)
    return [step * at for at in range(1, int(top / step) + 1)]


def _alt(evidence: Evidence, lines: Sequence[Line], language: Language) -> str:
    told = [
        language.say("picture_line_end", label=one.name, share=one.values[one.firm - 1], age=one.ages[one.firm - 1])
        if one.name
        else language.say("picture_end", share=one.values[one.firm - 1], age=one.ages[one.firm - 1])
        for one in lines
        if one.firm
    ]
    metric, window = evidence.query.metric, evidence.query.window
    return language.say("picture_curve_alt", metric=metric, window=window, n=len(lines), ends=told)
