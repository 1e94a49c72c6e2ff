"""Words that make another figure of the one that was named: its median, its spread, that of one customer, of the
customers' own first months; no figure here is any of these, so the asker is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.engines.understanding.heard import Heard
from bot.language import Span
from bot.types import Intent, Metric, Query, Unit

FIGURES = (Intent.VALUE, Intent.TREND, Intent.COMPARE, Intent.BREAKDOWN, Intent.TOP, Intent.PREMISE)
TIMES = (Unit.HOURS, Unit.DAYS, Unit.MONTHS)
NAMES = ("metric", "ambiguous", "segment")
ALWAYS = "another"
"""What makes another figure of each."""
STATISTIC = "median"
"""What is another figure, but of times, which are told so anyway."""
THEIRS = "theirs"
NEAR = 3
"""Words from "their" within which a length of time is that of each customer: "in their first three months"."""


def changing(heard: Heard, told: Sequence[Query], catalogue: Mapping[str, Metric]) -> list[str]:
    """The words that ask for another figure than those of these queries; none where all is well."""
    figures = [one.metric or "" for one in told if one.intent in FIGURES]
    metrics = [catalogue[one] for one in figures if one in catalogue]
    if not metrics:
        return []
    found = _said(heard, metrics) or _claimed_of_people(heard)
    if not found and all(one.unit not in TIMES for one in metrics):
        found = _counted(heard)
    return found


def _said(heard: Heard, metrics: Sequence[Metric]) -> list[str]:
    for one in heard.language.told("changing", heard.tokens):
        end = 0 if one.guessed else _of_each(heard, one) if one.id == THEIRS else one.end
        usual = one.id == STATISTIC and any(metric.unit in TIMES for metric in metrics)
        if end and not usual and not _named(heard, one):
            return [heard.words(one.start, end)]
    return []


def _of_each(heard: Heard, span: Span) -> int:
    """The end of the length of time that "their" stands before; 0 where there is none."""
    near = range(span.end, min(span.end + NEAR, len(heard.tokens)))
    return next((at + 1 for at in near if "unit" in heard.tokens[at].slots), 0)


def _counted(heard: Heard) -> list[str]:
    """ "How many months did churn rise": a number of days or months of a figure that is none."""
    for one in heard.spans:
        counts = (one.kind, one.id) == ("word", "count") and one.end < len(heard.tokens)
        if counts and "unit" in heard.tokens[one.end].slots and not _named(heard, one):
            return [heard.words(one.start, one.end + 1)]
    return []


def _claimed_of_people(heard: Heard) -> list[str]:
    """ "Churn of customers who moved to a lower plan": what rose or fell there is none of the figure."""
    claims = [one for one in heard.spans if one.kind == "claim"]
    openers = [one for one in heard.spans if (one.kind, one.id) == ("word", "relative")]
    figures = [one.start for one in heard.metrics]
    opener = next((one for one in openers if figures and one.start > figures[0]), None)
    if opener is None or not heard.claims or not claims or any(one.start < opener.end for one in claims):
        return []
    return [heard.words(opener.end, max(one.end for one in claims))]


def _named(heard: Heard, span: Span) -> bool:
    """Whether the words are part of a longer name, or of the idea that the figure is told by."""
    within = any(
        one.kind in NAMES and one.start <= span.start and span.end <= one.end and one.length > span.length
        for one in heard.spans
    )
    told = span.id != STATISTIC and not heard.told.isdisjoint(range(span.start, span.end))
    return within or told
