"""What a channel is about, put into what is asked there, and said: a question that says otherwise wins."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from bot.analysis.measure import Analyst, takes
from bot.language import Language
from bot.metrics import catalogue
from bot.types import Answer, Defaults, Intent, Note, Query, filters

MOST_NEAR = 10
NARROWED = frozenset({
    Intent.VALUE, Intent.VARIANT, Intent.TREND, Intent.COMPARE, Intent.BREAKDOWN, Intent.TOP, Intent.WHY,
    Intent.PREMISE, Intent.PROJECT, Intent.WHAT_IF, Intent.LIST_PEOPLE, Intent.SEGMENT, Intent.DRAFT, Intent.WEEKLY,
})  # fmt: skip
"""Intents that are about some customers rather than all, where a filter says which."""
OF_ALL = frozenset({Intent.RECONCILE, Intent.CLAIM})
"""Intents with figures of all customers, which is said."""


def applied(analyst: Analyst, query: Query, defaults: Defaults) -> Query:
    """The query with what the channel is about, as far as it says nothing else and can be told that way."""
    if query.intent not in NARROWED or not (defaults.filters or defaults.variant):
        return query
    metric = catalogue().get(query.metric or "")
    of_some = analyst.segment(query.subject) is not None or (query.intent is Intent.WEEKLY and not query.subject)
    if metric is None and not of_some:
        return query
    said = {_axis(name) for name in analyst.touched(query)}
    fitting = {
        name: values
        for name, values in defaults.filters
        if _axis(name) not in said and (metric is None or name in metric.by)
    }
    own = dict(query.variant)
    chosen = {
        name: value
        for name, value in defaults.variant
        if metric is not None and name not in own and "vendor" not in own and takes(metric, name, value)
    }
    return replace(
        query,
        filters=filters({**dict(query.filters), **fitting}),
        variant=tuple(sorted({**own, **chosen}.items())),
    )


def bare(query: Query, defaults: Defaults) -> Query:
    """The query as a thread remembers it: what the channel adds by itself is added to the next question anew."""
    return replace(
        query,
        filters=tuple(one for one in query.filters if one not in defaults.filters),
        variant=tuple(one for one in query.variant if one not in defaults.variant),
    )


def told(answer: Answer, analyst: Analyst, language: Language, defaults: Defaults) -> Iterator[str]:
    """What of the channel's own an answer with figures stands under, what the question put in its place, and what
    could not be told that way."""
    if answer.intent not in NARROWED | OF_ALL | {Intent.MULTI}:
        return
    queries = [one.query for one in answer.evidence if one.role == "main"] or list(answer.queries)
    states: dict[str, dict[str, tuple[str, ...]]] = {"here": {}, "otherwise": {}, "whole": {}}
    for query in queries:
        said = {_axis(name) for name in analyst.touched(query)}
        for name, values in defaults.filters:
            held = (name, values) in query.filters and name not in query.by
            state = "here" if held else "otherwise" if _axis(name) in said else "whole"
            states[state][name] = values
    for state, found in states.items():
        if found:
            yield language.say(f"channel_{state}", filters=filters(found))
    if used := [one for one in defaults.variant if any(one in query.variant for query in queries)]:
        yield language.say("channel_variant", variant=tuple(used))


def gaps(channel: str, defaults: Defaults, spoken: Collection[str]) -> Iterator[Note]:
    """What is wrong with a channel's own: dimensions, ways of counting and languages that there are not."""
    known = sorted({name for metric in catalogue().values() for name in metric.by} | {"market"})
    ways: dict[str, set[str]] = {}
    for metric in catalogue().values():
        for name, declared in metric.variants.items():
            ways.setdefault(name, set()).update(declared)
    for name, _ in defaults.filters:
        if name not in known:
            yield Note("gap_channel_filter", {"channel": channel, "dimension": name, "near": tuple(known)})
    for name, value in defaults.variant:
        if not any(takes(metric, name, value) for metric in catalogue().values()):
            near = tuple(sorted(ways.get(name, ways)))
            yield Note("gap_channel_variant", {"channel": channel, "name": name, "value": value, "near": near})
    if defaults.language and defaults.language not in spoken:
        near = tuple(sorted(spoken))
        yield Note("gap_channel_language", {"channel": channel, "language": defaults.language, "near": near})


def strange(analyst: Analyst, channel: str, defaults: Defaults) -> Iterator[Note]:
    """The values of a channel's own that the data does not have."""
    for name, values in defaults.filters:
        known = analyst.values(name)
        for value in values:
            if known and value not in known:
                near = tuple(known[:MOST_NEAR])
                yield Note("gap_channel_value", {"channel": channel, "dimension": name, "value": value, "near": near})


def _axis(dimension: str) -> str:
    """A market is a set of countries: who names the one has named the other."""
    return "country" if dimension == "market" else dimension
