"""Asking back: a word for several figures, or two readings of one, the likeliest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.engines.understanding.heard import Named
from bot.engines.understanding.reading import Reading
from bot.metrics.vendors import with_convention
from bot.types import Choice, Grain, Intent, Note, Query

if TYPE_CHECKING:  # understanding asks back, and its parts are asked with
    from bot.engines.understanding.understand import Understanding


SEVERAL = (Intent.VALUE, Intent.TREND, Intent.BREAKDOWN, Intent.TOP, Intent.LIST_PEOPLE, Intent.PREMISE)
"""Intents in which two figures named in one breath may be meant as one."""


def decided(asked: Understanding, previous: Query | None) -> Named | Reading:
    """The metric that an unclear word means here, or the question which one."""
    unclear = asked.heard.unclear[0]
    choices = [one for one in unclear.choices if _possible(asked, one)]
    if unclear.decided is not None or not choices:
        return unclear.decided or unclear.choices[0]
    if len(choices) == 1:
        values = {"words": unclear.words, "metric": choices[0].metric}
        asked.assumed.append(Note("assumed_metric", values))
        return choices[0]
    queries = [asked.query(one) for one in choices]
    if previous is not None:
        queries = [
            replace(one, window=one.window or previous.window, filters=one.filters or previous.filters)
            for one in queries
        ]
    return asked.ask("ask_metric", queries[0].intent, [choice_of(asked, one) for one in queries], words=unclear.words)


def choice_of(asked: Understanding, query: Query) -> Choice:
    """A query as a button."""
    key = "choice_metric_variant" if query.variant else "choice_metric"
    return Choice(asked.language.say(key, metric=query.metric, variant=query.variant), query)


def two_readings_of_annual(asked: Understanding, queries: Sequence[Query]) -> Reading | None:
    """ "Annual churn" may be a year's churn or that of annual plans; nothing but a period decides."""
    heard, query = asked.heard, queries[0]
    if heard.rhythm is not Grain.YEAR or len(queries) > 1 or heard.periods or query.intent is not Intent.VALUE:
        return None
    if heard.filters.get("interval") != ["annual"]:
        return None
    others = tuple(one for one in query.filters if one[0] != "interval")
    window = asked.when.window("", asked.when.back(12, Grain.MONTH), name="last_n_months")
    plans, year = replace(query, window=None), replace(query, filters=others, window=window)
    say = asked.language.say
    choices = (
        Choice(say("choice_window", metric=query.metric, window=window), year),
        Choice(say("choice_filtered", metric=query.metric, filters=query.filters), plans),
    )
    return asked.ask("ask_reading", query.intent, choices)


def one_within_another(asked: Understanding, queries: Sequence[Query]) -> Reading | None:
    """Two figures with no "and" between them may be one of the people of the other, which is neither of the two."""
    heard = asked.heard
    several = len({one.metric for one in queries}) > 1 and len({one.metric for one in heard.metrics}) > 1
    if not several or heard.joins or heard.compare or queries[0].intent not in SEVERAL:
        return None
    words = heard.words(heard.metrics[0].start, len(heard.tokens))
    return asked.ask("ask_metric", queries[0].intent, [choice_of(asked, one) for one in queries], words=words)


def _possible(asked: Understanding, named: Named) -> bool:
    metric = asked.catalogue.get(named.metric)
    vendor = asked.heard.variants.get("vendor")
    if vendor is not None and vendor not in with_convention(named.metric):
        return False
    return metric is not None and all(
        value in metric.variants.get(name, ()) or name in metric.by for name, value in named.fixed
    )
