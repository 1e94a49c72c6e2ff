"""Whether a rise, a fall or a comparison that a sentence claims is borne out by two figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from bot.engines.grounding.facts import Fact
from bot.engines.grounding.prose import Claim, Sentence
from bot.types import Evidence, Good, Window

EXTREMES: Mapping[str, str] = {"highest": "up", "lowest": "down", "best": "better", "worst": "worse"}
"""What is so of all its kind → how it compares with each other."""
OPPOSITE: Mapping[str, str] = {"up": "down", "down": "up"}
FEW = 3
"""Periods of which each may be compared with each; of more, those that a sentence means."""


def untrue(sentence: Sentence, known: Sequence[Fact], evidence: Sequence[Evidence]) -> Iterator[str]:
    """The claims of a sentence that no two figures of what it is about bear out."""
    if not sentence.claims:
        return
    good = {one.query.metric: one.good for one in evidence}
    differences = [
        fact for fact in known if fact.how == "difference" and (not sentence.metrics or fact.metric in sentence.metrics)
    ]
    changes = _changes(sentence, differences)
    for claim in sentence.claims:
        if claim.way in EXTREMES:
            others = [fact for fact in differences if _of_its_kind(fact, claim)]
            beaten = any(_goes(claim, -fact.value, good.get(fact.metric, "context")) for fact in others)
            if others and beaten != claim.denied:
                yield claim.way
            continue
        meant = [fact for fact in differences if compares(fact, claim)] if claim.than else changes
        borne_out = any(_goes(claim, fact.value, good.get(fact.metric, "context")) for fact in meant)
        if borne_out == claim.denied and (meant or not claim.denied):
            yield claim.way


def later_first(fact: Fact) -> bool:
    """Whether what is told from two is told of the later against the earlier, or of one period."""
    return len(fact.windows) < 2 or fact.windows[0].start >= fact.windows[1].start


def compares(fact: Fact, claim: Claim) -> bool:
    """Whether a fact is told of the one value against the other, in one period."""
    return claim.of <= fact.where - fact.than and claim.than <= fact.than and len(set(fact.windows)) < 2


def _of_two_groups(fact: Fact) -> bool:
    """Whether it is told of two groups in one period: no change of either."""
    return len(fact.windows) == 2 and fact.windows[0] == fact.windows[1]


def _of_its_kind(fact: Fact, claim: Claim) -> bool:
    """Whether a fact tells what is said to be the highest of its kind against another of the kind."""
    if claim.of:
        kinds = {dimension for dimension, _ in claim.of}
        beside = {pair for pair in fact.than if pair[0] in kinds}
        return claim.of <= fact.where - fact.than and bool(beside) and _of_two_groups(fact)
    if claim.period is None or len(fact.windows) != 2:
        return False
    first, second = fact.windows
    return first.start == claim.period.start and first.end == claim.period.end and second.start != first.start


def _goes(claim: Claim, change: float, good: Good) -> bool:
    """Whether a change went the way that a word claims; one that is neither good nor bad may be called either."""
    way = EXTREMES.get(claim.way, claim.way)
    if way in ("better", "worse"):
        if good == "context":
            return claim.way not in EXTREMES
        way = good if way == "better" else OPPOSITE[good]
    change = -change if claim.backward else change
    return change > 0 if way in ("up", "higher") else change < 0


def _changes(sentence: Sentence, differences: Sequence[Fact]) -> list[Fact]:
    """The differences in time that a sentence is about, later less earlier."""
    groups = {(dimension, value) for _, dimension, value in sentence.values}
    found = [
        fact
        for fact in differences
        if later_first(fact) and not _of_two_groups(fact) and (not groups or groups & fact.where)
    ]
    # Of what is named and no narrower: what the segments of it did is not meant.
    fewest = min((len(fact.where - groups) for fact in found), default=0)
    found = [fact for fact in found if len(fact.where - groups) == fewest]
    periods = sorted({window for fact in found for window in fact.windows}, key=lambda one: one.start)
    if len(periods) <= FEW:
        return found
    meant = _meant(periods, [one.window for one in sentence.periods])
    return [fact for fact in found if len(fact.windows) < 2 or fact.windows in meant]


def _meant(periods: Sequence[Window], named: Sequence[Window]) -> set[tuple[Window, ...]]:
    """Of the periods of a trend the (later, earlier) that a sentence compares: the ends of each stretch it names, a
    period it names and the one before, two that it names; where it names none, the newest with the first and the last
    but one."""
    ends: set[Window] = set()
    pairs: set[tuple[Window, ...]] = set()
    for window in named:
        inside = [one for one in periods if one.start < window.end and window.start < one.end]
        ends.update((*inside[:1], *inside[-1:]))
        if len(inside) == 1 and inside[0] != periods[0]:
            pairs.add((inside[0], periods[periods.index(inside[0]) - 1]))
    pairs |= {(later, earlier) for earlier, later in combinations(sorted(ends, key=lambda one: one.start), 2)}
    return pairs or {(periods[-1], periods[0]), (periods[-1], periods[-2])}
