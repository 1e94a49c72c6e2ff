"""Whether prose says only what its Evidence holds: each figure with its unit, its period, its group and its metric,
each direction, each name of a group, and no deed that nobody did.

`faults(text, evidence, …)` gives the faults, none for prose that may be posted. Rounding, numbers in words, and the
difference, change, ratio, share or sum of figures of one metric are allowed; questions at the end are not statements.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from bot.engines.grounding.directions import later_first, untrue
from bot.engines.grounding.facts import Fact, days, facts, quotable
from bot.engines.grounding.numbers import LENGTHS
from bot.engines.grounding.prose import Figure, Sentence, Where, sentences
from bot.language import Calendar, Language
from bot.metrics import catalogue
from bot.types import Evidence, Unit, Window

EXACT = 1e-9
QUOTED = "…"
"""What stands in place of the words of others while a text is read: they claim what they claim."""
DAYS_A_MONTH = 365.25 / 12
WRITTEN = {"percent": (Unit.SHARE, Unit.RATIO), "points": (Unit.SHARE, Unit.POINTS), "money": (Unit.MONEY,)}
"""Unit of a figure → the units of the metrics that are told so; a count can be said of many."""


SCALES: Mapping[tuple[str, str], tuple[float, ...]] = {
    ("percent", "share"): (100.0,),
    ("percent", "plain"): (100.0,),
    ("points", "points"): (1.0,),
    ("points", "plain"): (1.0,),
    ("money", "money"): (1.0,),
    ("times", "times"): (1.0,),
    ("times", "plain"): (1.0,),
    **{("number", kind): (1.0,) for kind in ("count", "plain", "money", "times", "share", "hours", "days", "months")},
    **{(unit, unit): (1.0,) for unit in ("hours", "days", "months")},
    ("hours", "days"): (24.0,),
    ("days", "hours"): (1 / 24,),
    ("days", "months"): (DAYS_A_MONTH,),
    ("months", "days"): (1 / DAYS_A_MONTH,),
}
"""Unit of a figure, kind of a fact → what the fact is multiplied by to be written so."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What a sentence says that the evidence does not: its kind, the words, and the sentence."""

    kind: str
    """figure, unit, period, group, metric, date, name, direction, or deed."""
    words: str
    sentence: str


def faults(text: str, evidence: Sequence[Evidence], language: Language, when: Calendar) -> list[Fault]:
    """What the prose says beyond its evidence."""
    known, record = facts(evidence), quotable(evidence)
    values = sorted({pair for fact in known for pair in fact.where} | {pair for _, pair in record if pair})
    for quoted in sorted({words for words, _ in record}, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(quoted)}(?= \()", QUOTED, text)  # its day follows in brackets
    read = sentences(text, language, when, values)
    named = {(dimension, value) for sentence in read for _, dimension, value in sentence.values}
    parts = {(name, str(row.get(name))) for one in evidence for name in one.query.by for row in one.rows}
    held = Held(known, {one.currency for one in evidence if one.currency is not None}, parts - named)
    found: list[Fault] = []
    for sentence in read:
        if not sentence.asks:
            found += _figures(sentence, held)
            found += _names(sentence, values)
            found += _dates(sentence, known, evidence)
            found += [Fault("direction", words, sentence.text) for words in untrue(sentence, known, evidence)]
        if sentence.deed:
            found.append(Fault("deed", sentence.text, sentence.text))
    return found


class Held(NamedTuple):
    """What figures are held against."""

    facts: Sequence[Fact]
    currencies: set[str]
    unnamed: set[Where]
    """Parts that the text never names: what is of one of them would be taken for the whole."""


# ------------------------------------------------------------ figures


def _figures(sentence: Sentence, held: Held) -> list[Fault]:
    moves = bool(sentence.claims) or any(figure.unit == "times" for figure in sentence.figures)
    wrong = [(_wrong(figure, held, moves=moves), figure.words) for figure in sentence.figures]
    return [Fault(kind, words, sentence.text) for kind, words in wrong if kind is not None]


def _wrong(figure: Figure, held: Held, *, moves: bool) -> str | None:
    """The kind of fault in a figure; None where some fact bears it out in every respect."""
    alike = [
        fact for fact in held.facts if _within(figure, fact, _scales(figure, fact)) and _may_be(figure, fact, held)
    ]
    if not alike:
        return "unit" if any(_within(figure, fact, _other_scales(figure, fact)) for fact in held.facts) else "figure"
    if figure.currency is not None and held.currencies and figure.currency not in held.currencies:
        return "unit"
    metrics = _metrics_of(figure, held.facts)
    checks: tuple[tuple[str, Callable[[Fact], bool]], ...] = (
        ("metric", lambda fact: not metrics or _of_metric(fact, metrics)),
        ("period", lambda fact: figure.period is None or _of_period(fact, figure.period, moves=moves)),
        ("group", lambda fact: _of_group(fact, figure) and not fact.where & held.unnamed),
        ("direction", lambda fact: _of_direction(fact, figure)),
    )
    for kind, holds in checks:
        alike = [fact for fact in alike if holds(fact)]
        if not alike:
            return kind
    return None


def _within(figure: Figure, fact: Fact, scales: Iterable[float]) -> bool:
    """Whether a figure is a fact, rounded as it is written; which way a change went is for directions to check."""
    exact = EXACT * (1 + abs(figure.high))
    return any(figure.low - exact <= abs(fact.value) * scale <= figure.high + exact for scale in scales)


def _may_be(figure: Figure, fact: Fact, held: Held) -> bool:
    """Whether a bound of an interval is said as one, and beside the other bound where two are named."""
    if fact.how not in ("lower", "upper"):
        return True
    if figure.other is None:
        return figure.bound == fact.how
    if figure.bound != fact.how:
        return False
    opposite = "upper" if fact.how == "lower" else "lower"
    other = replace(figure, low=figure.other.low, high=figure.other.high)
    return any(
        (one.how, one.metric, one.windows, one.where) == (opposite, fact.metric, fact.windows, fact.where)
        and _within(other, one, _scales(other, one))
        for one in held.facts
    )


def _scales(figure: Figure, fact: Fact) -> tuple[float, ...]:
    """How a fact of its kind is written with the figure's unit; none where it cannot be."""
    if fact.kind == "any":
        return {"percent": (100.0, 1.0), "points": (100.0, 1.0)}.get(figure.unit, (1.0, 100.0))
    return SCALES.get((figure.unit, fact.kind), ())


def _other_scales(figure: Figure, fact: Fact) -> Iterable[float]:
    """How a fact would be written with the same number and another unit."""
    if fact.kind in ("any", "count") or fact.how not in ("measured", "difference", "change"):
        return ()
    if figure.unit in ("hours", "days", "months"):
        return {scale for _, scale in LENGTHS.values()}
    return (100.0 if fact.kind == "share" else 1.0,)


def _metrics_of(figure: Figure, known: Sequence[Fact]) -> set[str]:
    """The metrics that a figure is said of. One named elsewhere in the sentence ("retention is the other side") is
    no claim about it, unless it was measured."""
    written = WRITTEN.get(figure.unit, ())
    measured = {fact.metric for fact in known if fact.metric is not None}
    return {name for name in figure.beside if catalogue()[name].unit in written} or set(figure.metrics & measured)


def _of_metric(fact: Fact, metrics: set[str]) -> bool:
    """Whether a fact is of these metrics; the parts of a share of revenue are MRR whatever the share is called."""
    if fact.metric is None or fact.metric in metrics or fact.kind == "any":
        return True
    return fact.kind == "money" and metrics == {"mrr"} and catalogue()[fact.metric].unit is not Unit.MONEY


def _of_period(fact: Fact, period: Window, *, moves: bool) -> bool:
    """Whether a fact is of a period; where the sentence tells a change over it, of its first or last step."""
    if not fact.windows or period.days == 1:  # a day is looked up among those that the evidence names
        return True
    return any(
        (one.start == period.start and (one.end == period.end or not period.complete or not one.complete))
        or (one.start <= period.start and period.end <= one.end and one.days > 3 * period.days)
        or (
            moves
            and period.start <= one.start
            and one.end <= period.end
            and (one.start == period.start or one.end == period.end)
        )
        for one in fact.windows
    )


def _of_group(fact: Fact, figure: Figure) -> bool:
    """Whether a fact is of a group that the sentence names, where it names any; a total may follow its parts."""
    if figure.than and fact.than:
        return figure.than <= fact.than and figure.of <= fact.where - fact.than
    if not figure.values or figure.values & fact.where or fact.how == "setting":
        return True
    total = not {dimension for dimension, _ in figure.values} & {dimension for dimension, _ in fact.where}
    return (figure.carried and fact.how == "sum") or (figure.whole and total)


def _of_direction(fact: Fact, figure: Figure) -> bool:
    """Whether a fact goes the way that the sign of a figure says, and a ratio is that of the later."""
    if fact.kind == "any" or (not figure.sign and figure.unit != "times"):
        return True
    return later_first(fact) and (not figure.sign or fact.value * figure.sign > 0)


# ------------------------------------------------------------ names and dates


def _names(sentence: Sentence, values: Iterable[tuple[str, str]]) -> list[Fault]:
    known = set(values)
    return [
        Fault("name", words, sentence.text)
        for words, dimension, value in sentence.values
        if (dimension, value) not in known and not any(one == value for _, one in known)
    ]


def _dates(sentence: Sentence, known: Sequence[Fact], evidence: Sequence[Evidence]) -> list[Fault]:
    if not sentence.periods:
        return []
    named = days(evidence)
    windows = {window for fact in known for window in fact.windows}
    windows |= {one.query.baseline for one in evidence if isinstance(one.query.baseline, Window)}
    found = []
    for period in sentence.periods:
        window = period.window
        within = any(window.start < one.end and one.start < window.end for one in windows)
        if not within and not any(window.start <= day < window.end for day in named):
            found.append(Fault("date", f"{window.start.isoformat()}/{window.end.isoformat()}", sentence.text))
    return found
