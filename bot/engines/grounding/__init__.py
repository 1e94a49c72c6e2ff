"""Whether prose says only what its Evidence holds: each figure with its unit, its period, its group and its metric,
each direction, each name of a group, and no deed that nobody did.

`faults(text, evidence, …)` gives the faults, none for prose that may be posted. Rounding, numbers in words, and the
difference, change, ratio, share or sum of figures of one metric are allowed; questions at the end are not statements.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.engines.grounding.facts import Fact, days, facts
from bot.engines.grounding.prose import Figure, Sentence, sentences
from bot.language import Calendar, Language
from bot.metrics import catalogue
from bot.types import Evidence, Good, Unit, Window

EXACT = 1e-9
WRITTEN = {"percent": (Unit.SHARE, Unit.RATIO), "points": (Unit.SHARE, Unit.POINTS), "money": (Unit.MONEY,)}
"""Unit of a figure → the units of the metrics that are told so; a count can be said of many."""
OPPOSITE: Mapping[str, str] = {"up": "down", "down": "up"}


@dataclass(frozen=True, slots=True)
class Fault:
    """What a sentence says that the evidence does not: its kind, the words, and the sentence."""

    kind: str
    """figure, unit, period, group, metric, date, name, direction, or deed."""
    words: str
    sentence: str


def faults(text: str, evidence: Sequence[Evidence], language: Language, when: Calendar) -> list[Fault]:
    """What the prose says beyond its evidence."""
    known = facts(evidence)
    values = sorted({pair for fact in known for pair in fact.where})
    found: list[Fault] = []
    for sentence in sentences(text, language, when, values):
        if not sentence.asks:
            found += _figures(sentence, known)
            found += _names(sentence, values)
            found += _dates(sentence, known, evidence)
            found += _directions(sentence, known, evidence)
        if sentence.deed:
            found.append(Fault("deed", sentence.text, sentence.text))
    return found


# ------------------------------------------------------------ figures


def _figures(sentence: Sentence, known: Sequence[Fact]) -> list[Fault]:
    wrong = [(_wrong(figure, known), figure.words) for figure in sentence.figures]
    return [Fault(kind, words, sentence.text) for kind, words in wrong if kind is not None]


def _wrong(figure: Figure, known: Sequence[Fact]) -> str | None:
    """The kind of fault in a figure; None where some fact bears it out in every respect."""
    alike = [fact for fact in known if _equal(figure, fact)]
    if not alike:
        return "unit" if any(_equal(figure, fact, whatever=True) for fact in known) else "figure"
    measured = {fact.metric for fact in known}
    # A metric named elsewhere in the sentence ("retention is the other side") is no claim about this figure.
    written = WRITTEN.get(figure.unit, ())
    meant = {name for name in figure.beside if catalogue()[name].unit in written} or (figure.metrics & measured)
    if meant:
        alike = [fact for fact in alike if fact.metric is None or fact.metric in meant or fact.kind == "any"]
        if not alike:
            return "metric"
    if figure.period is not None:
        alike = [fact for fact in alike if _of_period(fact, figure.period)]
        if not alike:
            return "period"
    return None if any(_of_group(fact, figure) for fact in alike) else "group"


def _equal(figure: Figure, fact: Fact, *, whatever: bool = False) -> bool:
    """Whether a figure is a fact, rounded as it is written; signs are for directions to check."""
    scales = _scales(figure, fact) if not whatever else (1.0, 100.0)
    return any(
        abs(abs(figure.value) - abs(fact.value) * scale) <= figure.slack + EXACT * abs(figure.value) for scale in scales
    )


def _scales(figure: Figure, fact: Fact) -> tuple[float, ...]:
    """How a fact of its kind is written with the figure's unit; none where it cannot be."""
    if fact.kind == "any":
        return {"percent": (100.0, 1.0), "points": (100.0, 1.0)}.get(figure.unit, (1.0, 100.0))
    written: dict[tuple[str, str], tuple[float, ...]] = {
        ("percent", "share"): (100.0,),
        ("points", "points"): (1.0,),
        ("points", "plain"): (1.0,),
        ("money", "money"): (1.0,),
        ("times", "times"): (1.0,),
        ("times", "plain"): (1.0,),
        ("number", "count"): (1.0,),
        ("number", "plain"): (1.0,),
        ("number", "money"): (1.0,),
        ("number", "times"): (1.0,),
        ("number", "share"): (1.0,),
        ("percent", "plain"): (100.0,),
    }
    return written.get((figure.unit, fact.kind), ())


def _of_period(fact: Fact, period: Window) -> bool:
    if not fact.windows or period.days == 1:  # a day is looked up among those that the evidence names
        return True
    return any(
        (one.start == period.start and (one.end == period.end or not period.complete or not one.complete))
        or (one.start <= period.start and period.end <= one.end and one.days > 3 * period.days)
        for one in fact.windows
    )


def _of_group(fact: Fact, figure: Figure) -> bool:
    """Whether the fact is of a group that the sentence names, where it names any; a total may follow its parts."""
    return not figure.values or bool(figure.values & fact.where) or (figure.carried and fact.how == "sum")


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


# ------------------------------------------------------------ directions


def _directions(sentence: Sentence, known: Sequence[Fact], evidence: Sequence[Evidence]) -> list[Fault]:
    """A rise or a fall that no two figures of what the sentence is about bear out."""
    if not sentence.claims:
        return []
    good = {one.query.metric: one.good for one in evidence}
    groups = {(dimension, value) for _, dimension, value in sentence.values}
    changes = [
        fact
        for fact in known
        if fact.how == "difference"
        and _later_first(fact)
        and (not groups or groups & fact.where)
        and (not sentence.metrics or fact.metric in sentence.metrics)
    ]
    # Of what is named and no narrower: what the segments of it did is not meant.
    fewest = min((len(fact.where - groups) for fact in changes), default=0)
    changes = [fact for fact in changes if len(fact.where - groups) == fewest]
    found = []
    for claim, denied in sentence.claims:
        borne_out = any(_moves(claim, fact.value, good.get(fact.metric, "context")) for fact in changes)
        if borne_out == denied and (changes or not denied):
            found.append(Fault("direction", claim, sentence.text))
    return found


def _later_first(fact: Fact) -> bool:
    """Whether a difference is one in time, the later less the earlier, or one that the evidence itself tells."""
    return len(fact.windows) < 2 or fact.windows[0].start >= fact.windows[1].start


def _moves(claim: str, change: float, good: Good) -> bool:
    """Whether a change went the way that a word claims; one that is neither good nor bad may be called either."""
    if claim in ("better", "worse"):
        if good == "context":
            return True
        claim = good if claim == "better" else OPPOSITE[good]
    return change > 0 if claim in ("up", "higher") else change < 0
