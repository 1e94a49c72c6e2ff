"""What is not answered, and how that is said: no such figure, an unknown value, words not understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rapidfuzz import fuzz, process

from bot.analysis.measure import takes
from bot.engines.understanding.cues import intent_of
from bot.engines.understanding.heard import Heard
from bot.engines.understanding.overlooked import overlooked
from bot.engines.understanding.reading import Reading
from bot.engines.understanding.unknown import MOST_NEAR, unknown_value
from bot.engines.understanding.vocabulary import strange
from bot.errors import BadQuestion
from bot.language import Period
from bot.types import Intent, Metric, Note, Query

FALLBACK = ("churn_rate", "retention_rate", "mrr", "nps")
"""Offered when nothing is near."""
ANOTHER_QUESTION = 4
"""From this many unexplained words on, the text is about something else too."""
MOST_PERIODS = 2
"""A period and one to compare it with."""
WITH_SUBJECT = (Intent.LIST_PEOPLE, Intent.PROJECT, Intent.RECONCILE)
"""Intents that have a use for a subject beside a metric."""
MEASURED = (
    Intent.VALUE, Intent.TREND, Intent.COMPARE, Intent.BREAKDOWN, Intent.TOP, Intent.WHY, Intent.PREMISE,
)  # fmt: skip
COMPARED = "benchmark_compare"
"""The figure that a share may be stated for."""
NOT_MEASURED = (Intent.DEFINE, Intent.ADVISE, Intent.DRAFT)


class Refusals:
    """The refusals that one text may need."""

    def __init__(self, heard: Heard, catalogue: Mapping[str, Metric], values: Mapping[str, tuple[str, ...]]) -> None:
        self._heard, self._catalogue, self._values = heard, catalogue, values

    def say(self, intent: Intent, key: str, /, **values: object) -> Reading:
        """A refusal with its sentence and the values that fill it."""
        return Reading(self._heard.language.code, intent, declined=Note(key, values))

    def off_topic(self) -> Reading:
        """Outside of what this is for."""
        return replace(self.say(Intent.OFF_TOPIC, "off_topic"), queries=(Query(Intent.OFF_TOPIC),))

    def no_such_metric(self, name: str) -> Reading:
        """A figure that does not exist, with the nearest that do."""
        return self.say(intent_of(self._heard, measured=False), "no_such_metric", name=name, near=self.near(name))

    def not_available(self, metric: str, words: str) -> Reading:
        """A metric that is known by name and not measured here."""
        intent = intent_of(self._heard, measured=True)
        return self.say(intent, "metric_not_available", metric=metric, near=self.near(words))

    def near(self, words: str, *, fallback: bool = True) -> list[str]:
        """The measurable metrics nearest to some words, at most three."""
        language = self._heard.language
        own = [one for one in language.near_metrics(self._heard.tokens) if one in self._catalogue]
        names = {language.name("metrics", one): one for one in self._catalogue}
        alike = process.extract(words, list(names), scorer=fuzz.token_set_ratio, score_cutoff=70)
        found = list(dict.fromkeys([*own, *(names[name] for name, _, _ in alike)]))[:3]
        return found or ([one for one in FALLBACK if one in self._catalogue] if fallback else [])

    def unknown_subject(self) -> Reading:
        """No metric, but words that name something: a figure that does not exist, or quite another topic."""
        heard = self._heard
        words = " ".join(heard.unexplained)
        business = heard.ours or heard.names_rate or heard.periods or heard.by or self.near(words, fallback=False)
        if business or len(heard.tokens) < ANOTHER_QUESTION:
            return self.no_such_metric(words)
        return self.off_topic()

    def unknown_words(self) -> Reading:
        """Words that stand where a filter would and are no value: always raises BadQuestion."""
        heard, language = self._heard, self._heard.language
        for dimension, words in heard.misfits:
            if self._values.get(dimension):
                raise unknown_value(language, dimension, words, self._values[dimension])
        words = (heard.placed or heard.beside or [words for _, words in heard.misfits] or heard.unexplained)[0]
        known = [language.value_name(dimension, value) for dimension, found in self._values.items() for value in found]
        alike = process.extract(words, known, scorer=fuzz.ratio, score_cutoff=72, limit=MOST_NEAR)
        if alike:
            raise BadQuestion("unknown_part_near", value=words, near=[name for name, _, _ in alike])
        raise BadQuestion("unknown_part", value=words)

    def before(self, periods: Sequence[Period]) -> None:
        """BadQuestion for "before October", which says no beginning: only of signing up does it mean something."""
        for one in periods:
            if one.form == "before":
                raise BadQuestion("unknown_period", text=self._heard.words(one.start, one.end))

    def trouble(self, metric: str | None) -> Reading | None:
        """The refusal for words that nothing explains and that seem to change what is asked, if there are any."""
        heard = self._heard
        if heard.timeless:
            raise BadQuestion("unknown_period", text=heard.timeless[0])
        if heard.misfits or heard.placed:
            return self.unknown_words()
        # A figure with its unit changes what is asked, and only some intents know what to do with one.
        told = intent_of(heard, measured=True)
        stated = [one for one in heard.amounts if one.amount.unit != "number"]
        # "It dropped by 5 points, why?": by how much it did is told anyway; "is 5 % churn normal?" is told of that too.
        compared = metric == COMPARED and {one.amount.unit for one in stated} == {"percent"}
        stated = [] if compared or (told is Intent.WHY and heard.claims) else stated
        # The playbook hears the whole text of who asks for advice.
        beside = [] if told is Intent.ADVISE else heard.beside
        loose = beside + [heard.words(one.start, one.end) for one in stated]
        if "off_topic" in heard.intents or len(" ".join(heard.unexplained).split()) >= ANOTHER_QUESTION:
            loose = loose or heard.unexplained
            if not loose:
                return self.off_topic()
        if heard.metrics:
            loose += heard.strangers + heard.in_turn
        if told is Intent.VALUE and not (heard.periods or heard.filters or heard.exclude):
            loose = loose or heard.unexplained
        loose = loose or self._strange(metric)
        if len(heard.periods) > 1 and any(len(found) > 1 for found in heard.filters.values()):
            second = heard.periods[1]
            loose.append(heard.words(second.start, second.end))
        if len(heard.periods) > MOST_PERIODS:
            third = heard.periods[MOST_PERIODS]
            loose.append(heard.words(third.start, third.end))
        if not loose:
            return None
        if metric is None:
            return self.unknown_subject()
        return self.say(told, "not_understood", metric=metric, words=" … ".join(loose))

    def _strange(self, metric: str | None) -> list[str]:
        """The words that nothing explains and that are not said of the figures named, where the language can tell."""
        heard = self._heard
        named = [one.metric for one in (*heard.metrics, *(choice for one in heard.unclear for choice in one.choices))]
        metrics = tuple(self._catalogue[one] for one in dict.fromkeys([*named, metric or ""]) if one in self._catalogue)
        if not metrics or not heard.language.idle.words or intent_of(heard, measured=True) not in MEASURED:
            return []
        return [run for run in heard.unexplained if strange(run, metrics, heard.language.code)]

    def passed_over(self, queries: Sequence[Query]) -> list[Note]:
        """The words without which a figure is told, for nothing explains them."""
        words = self._heard.unexplained
        measured = any(query.metric and query.intent in MEASURED for query in queries)
        return [Note("passed_over", {"words": " … ".join(words)})] if words and measured else []

    def incomplete(self, queries: Sequence[Query]) -> Reading | None:
        """The refusal of queries that leave words aside which may change them. BadQuestion where no figure is named."""
        words = " … ".join(dict.fromkeys(overlooked(self._heard, queries, self._catalogue)))
        metric = next((query.metric for query in queries if query.metric), None)
        if not words:
            return None
        if metric is None:
            raise BadQuestion("unknown_part", value=words)
        return self.say(queries[0].intent, "not_understood", metric=metric, words=words)

    def impossible(self, queries: Sequence[Query]) -> Reading | None:
        """The refusal for a split, a filter, a variant or a group that a metric does not have."""
        for query in queries:
            metric = self._catalogue.get(query.metric or "")
            if metric is None or query.intent in NOT_MEASURED:
                continue
            if found := self._impossible(query, metric):
                return found
        return None

    def _impossible(self, query: Query, metric: Metric) -> Reading | None:
        for dimension in (*query.by, *(name for name, _ in (*query.filters, *query.exclude))):
            if dimension not in metric.by:
                near = list(metric.by)
                return self.say(
                    query.intent, "dimension_not_available", metric=metric.name, dimension=dimension, near=near
                )
        for name, value in query.variant:
            if not takes(metric, name, value):
                return self.say(query.intent, "variant_not_available", metric=metric.name, variant=((name, value),))
        if query.subject is None or "segment" in query.by or query.intent in WITH_SUBJECT:
            return None
        if query.subject == self._heard.account:
            return self.say(query.intent, "not_understood", metric=metric.name, words=query.subject)
        return self.say(query.intent, "segment_not_available", metric=metric.name, segment=query.subject)
