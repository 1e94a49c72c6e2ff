"""Which questions are the agent's, what it gives back, and whether that is about what was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from bot.engines.answers.meanings import ASSUMED
from bot.engines.answers.sample_size import SUBJECT as SAMPLE_SIZE
from bot.engines.understanding.reading import INVESTIGATE, Reading
from bot.errors import ForPerson
from bot.metrics import catalogue
from bot.types import Answer, Intent, Meaning, Note, Query, Window

PLANNED = frozenset({
    Intent.VALUE, Intent.TREND, Intent.COMPARE, Intent.BREAKDOWN, Intent.TOP, Intent.WHY, Intent.PREMISE,
    Intent.PROJECT, Intent.WHAT_IF, Intent.LIST_PEOPLE, Intent.DRAFT, Intent.ADVISE, Intent.MULTI, Intent.OFF_TOPIC,
})  # fmt: skip
"""Intents that the tools serve."""
UNSURE = frozenset({"not_understood", "off_topic"})
"""Refusals of the rules engine that may only mean that it lacks the words."""
SERVED: Mapping[Intent, frozenset[Intent]] = {
    Intent.VALUE: frozenset({Intent.VALUE, Intent.COMPARE, Intent.WHY}),
    Intent.COMPARE: frozenset({Intent.COMPARE, Intent.WHY}),
    Intent.WHY: frozenset({Intent.WHY}),
    Intent.PREMISE: frozenset({Intent.WHY, Intent.COMPARE}),
    Intent.BREAKDOWN: frozenset({Intent.BREAKDOWN, Intent.TOP, Intent.COMPARE}),
}
"""Intent as asked → those whose answer holds what was asked; any other by itself alone."""
Settle = Callable[[Query], Query]


@dataclass(frozen=True)
class Reply:
    """The agent's answer, or None where it gave none that may be posted; the notes belong to whoever answers."""

    answer: Answer | None = None
    notes: tuple[Note, ...] = ()


def plans(reading: Reading) -> bool:
    """Whether a question is the agent's: not where no tool serves it, nor where the figure is known not to exist, nor
    where a word stands for what somebody said it means."""
    if any(Meaning.of(one.subject) for one in reading.queries) or any(one.key in ASSUMED for one in reading.assumed):
        return False
    known = reading.declined is not None and reading.declined.key not in UNSURE
    return reading.intent in PLANNED and not known and all(one.subject != SAMPLE_SIZE for one in reading.queries)


def agrees(reading: Reading, measured: Iterable[Query], settle: Settle) -> bool:
    """Whether what was measured covers what was asked, as far as the rules engine can read that.

    A model that measures something else would give figures that are right, of another question. Where there are
    several readings it is to be one of them. `settle` fills in what a query leaves to its metric.
    """
    if reading.declined is not None:
        return True
    found = [_settled(one, settle) for one in measured]
    if reading.clarify is not None:
        offered = [_settled(one.query, settle) for one in reading.clarify.choices]
        return not found or any(_covers(one, choice) for one in found for choice in offered)
    return all(any(_covers(one, _settled(wanted, settle)) for one in found) for wanted in reading.queries)


def _covers(found: Query, wanted: Query) -> bool:
    if found.intent not in SERVED.get(wanted.intent, {wanted.intent}):
        return False
    if wanted.intent is Intent.ADVISE:
        return True
    against = wanted.baseline is None or _days(found.baseline) == _days(wanted.baseline)
    return against and _what(found) == _what(wanted) and _days(found.window) == _days(wanted.window)


def _what(query: Query) -> tuple[object, ...]:
    """All but the period that makes one figure another."""
    metric = catalogue().get(query.metric or "")
    usual = {name: values[0] for name, values in metric.variants.items()} if metric else {}
    variant = frozenset(one for one in query.variant if usual.get(one[0]) != one[1])
    amounts = tuple((abs(one.value), one.unit) for one in query.amounts)
    subject = None if query.subject == INVESTIGATE else query.subject
    return query.metric, variant, query.filters, query.exclude, frozenset(query.by), subject, amounts


def _days(period: Window | str | None) -> object:
    return (period.start, period.end) if isinstance(period, Window) else period


def _settled(query: Query, settle: Settle) -> Query:
    """The query with what its metric leaves open filled in; as it is, where it is no measurement."""
    measured = query.intent not in (Intent.ADVISE, Intent.DRAFT, Intent.PROJECT, Intent.WHAT_IF) and query.metric
    try:
        return settle(query) if measured else query
    except ForPerson:
        return query
