"""A metric as it is typed, "metric churn_rate 2026-10 by country": read exactly, so that nothing is guessed at and no
model is asked. The names, periods and values may be those of the language or those of the terminal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.analysis.measure import Analyst
from bot.engines.answers.sentences import sentences
from bot.errors import BadQuestion
from bot.language import Language, Span
from bot.language.days import Calendar
from bot.language.periods import parse
from bot.metrics import catalogue
from bot.types import Answer, Finding, Intent, Query, Question, Window

KINDS = ("metric", "dimension", "value", "variant", "segment")
"""What is heard in words beside a period."""


@dataclass
class _Read:
    """What was found of a query so far; `rest` are the words that are left to be heard."""

    metric: str | None = None
    window: Window | None = None
    by: list[str] = field(default_factory=list)
    filters: dict[str, list[str]] = field(default_factory=dict)
    variant: dict[str, str] = field(default_factory=dict)
    rest: list[str] = field(default_factory=list)

    def only(self, dimension: str, value: str) -> None:
        self.filters.setdefault(dimension, []).append(value)

    def set(self, settings: str) -> None:
        """Settings as a language file writes them behind a metric: "split=involuntary&method=events"."""
        self.variant |= {name: value for name, _, value in (one.partition("=") for one in settings.split("&")) if value}


def answered(question: Question, language: Language, analyst: Analyst, choose: Callable[[Query], Answer]) -> Answer:
    """The metric that stands behind the command's word, as `choose` answers it; alone, those that there are.

    Raises BadQuestion (`metric_unnamed`, `metric_unread`).
    """
    _, _, words = question.text.partition(" ")
    if words.strip():
        return choose(read(words, language, analyst))
    allowed = analyst.rights.metrics
    ready = [
        name for name, one in catalogue().items() if (allowed is None or name in allowed) and not analyst.missing(one)
    ]
    example = language.say("metric_example")
    lines = [
        Finding("metric_list", {"n": len(ready), "metrics": ready}), Finding("metric_how", {"typed": example}),
    ]  # fmt: skip
    return sentences(language, lines, [example])


def read(words: str, language: Language, analyst: Analyst) -> Query:
    """The query that the words name. Raises BadQuestion (`metric_unnamed`, `metric_unread`)."""
    definitions = analyst.company.definitions
    when = Calendar(analyst.as_of, definitions.week_start, definitions.zone)
    found = _exact(words, when)
    unread = _heard(found, language, when)
    example = language.say("metric_example")
    if found.metric is None:
        raise BadQuestion("metric_unnamed", words=words.strip(), typed=example)
    if unread:
        raise BadQuestion("metric_unread", words=" ".join(unread), typed=example)
    return Query(
        Intent.BREAKDOWN if found.by else Intent.VALUE,
        found.metric,
        found.window,
        variant=tuple(sorted(found.variant.items())),
        filters=tuple((name, tuple(values)) for name, values in sorted(found.filters.items())),
        by=tuple(dict.fromkeys(found.by)),
    )


def _exact(words: str, when: Calendar) -> _Read:
    """What is written as in the terminal: ids, `2026-10`, `country=FR`; the other words are left."""
    found, known = _Read(), catalogue()
    dimensions = {name for metric in known.values() for name in metric.by}
    for word in words.replace(",", " ").split():
        name, equals, value = word.partition("=")
        if found.metric is None and word in known:
            found.metric = word
        elif equals and name in dimensions:
            found.only(name, value)
        elif equals:
            found.set(word)
        elif not word.isdigit() and (window := _window(word, when)) is not None and found.window is None:
            found.window = window
        elif word in dimensions:
            found.by.append(word)
        else:
            found.rest.append(word)
    return found


def _window(word: str, when: Calendar) -> Window | None:
    try:
        return parse(word, when)
    except BadQuestion:
        return None


def _heard(found: _Read, language: Language, when: Calendar) -> list[str]:
    """Adds what the words that are left name, the longer phrase first; returns those that name nothing."""
    tokens, spans = language.hear(" ".join(found.rest))
    taken: set[int] = set()
    periods = language.periods(tokens, spans, when) if found.window is None else []
    if periods:
        found.window = periods[0].window
        taken |= set(range(periods[0].start, periods[0].end))
    for span in sorted((one for one in spans if one.kind in KINDS), key=lambda one: (one.start - one.end, one.start)):
        places = set(range(span.start, span.end))
        if not places & taken and _add(found, span):
            taken |= places
    small = {at for one in spans if one.kind in ("word", "link", "part") for at in range(one.start, one.end)}
    return [one.text for at, one in enumerate(tokens) if at not in taken | small and one.folded not in language.filler]


def _add(found: _Read, span: Span) -> bool:
    """Whether a phrase says something that was not said yet."""
    match span.kind:
        case "metric" if found.metric is None:
            found.metric, _, settings = span.id.partition("?")
            found.set(settings)
        case "metric":
            return False
        case "dimension":
            found.by.append(span.id)
        case "value":
            found.only(*span.id.split("=", 1))
        case "segment":
            found.only("segment", span.id)
        case _:
            found.set(span.id)
    return True
