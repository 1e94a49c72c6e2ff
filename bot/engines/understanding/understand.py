"""Question → Query: what is asked, in types and without words.

A question is answered only when its words decide one reading. Where two readings would give different
figures the asker is asked (`clarify`, the likeliest first); what cannot be measured is declined with the
nearest that can; words that seem to change the question and are not understood decline it too.

In a ranking (intent top) the claim says which end comes first: up = the highest value, down = the lowest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from bot.engines.answers import groups, meanings, wanted
from bot.engines.understanding import chosen, features, groups_named, inquiry, messages, offered, several, thread
from bot.engines.understanding.clarify import choice_of, decided, one_within_another, two_readings_of_annual
from bot.engines.understanding.cues import against_the_rest, claim_of, intent_of, listed, rows_of
from bot.engines.understanding.doubt import Doubt, read_twice
from bot.engines.understanding.finer import OF_NEWCOMERS, finer, in_its_name, less_beside, looks_ahead, meant, twin
from bot.engines.understanding.heard import Heard, Named
from bot.engines.understanding.match import hear
from bot.engines.understanding.occasion import without_occasion
from bot.engines.understanding.portions import of_customers, of_figure, of_those_lost
from bot.engines.understanding.readers import of_its_own
from bot.engines.understanding.reading import Reading
from bot.engines.understanding.refusals import Refusals
from bot.engines.understanding.spoken import spoken
from bot.engines.understanding.timing import timing
from bot.errors import BadQuestion
from bot.language import Calendar, detect, load
from bot.metrics.benchmarks import COMPARED as BENCHMARKED
from bot.metrics.vendors import differing, expanded, ruled_by_vendors
from bot.types import (
    Choice,
    Clarify,
    Definitions,
    Filters,
    Good,
    Grain,
    Group,
    Happening,
    Intent,
    Meaning,
    Metric,
    Note,
    Query,
    Question,
    filters,
    over,
)

__all__ = ["Reading", "Understanding", "understand"]

SMALLTALK = ("complaint", "who_are_you", "goodbye", "thanks", "hello")
NOT_OF_ONE = frozenset({"draft", "message", "list_people", "advise", "why", "define"})
"""Cues that ask for something else than one account on one screen, even where its id stands there."""


def understand(
    question: Question,
    catalogue: Mapping[str, Metric],
    values: Mapping[str, tuple[str, ...]],
    definitions: Definitions,
    as_of: date,
    doubt: Doubt | None = None,
    agreed: tuple[Meaning, ...] = (),
    happened: Callable[[], tuple[Happening, ...]] = tuple,
) -> Reading:
    """The reading of a question; BadQuestion for a period or a value that cannot be.

    `values` are the values found in the data, by dimension; `doubt` is asked where the words decide nothing;
    `agreed` are the meanings of words that hold for everybody: those of the thread come before them; `happened` is what
    days may be named by.
    """
    if not question.text.strip():
        raise BadQuestion("empty_question")
    code = detect(question.text, definitions.language, question.language)
    when = Calendar(as_of, definitions.week_start, definitions.zone, happened)
    markets = dict(definitions.markets)
    if opened := offered.draft(question.text, load(code)):
        return opened
    question = replace(question, meanings=over(agreed, question.meanings))
    question = replace(question, text=without_occasion(question.text, load(code)))

    def heard_of(text: str) -> Heard:
        return hear(text, load(code), values, markets, when, meanings=question.meanings)

    def read(heard: Heard) -> Reading:
        return Understanding(question, heard, catalogue, values, markets, when).reading()

    def anew(question: Question) -> Reading:
        return understand(question, catalogue, values, definitions, as_of, doubt, agreed, happened)

    heard = heard_of(question.text)
    if parts := several.apart(question.text, heard, heard_of):
        return several.in_turn(replace(question, language=code), parts, heard_of, anew)
    if both := several.gone_on(replace(question, language=code), heard, heard_of, anew):
        return both
    if choices := chosen.offered(question, heard, anew):
        asked = Understanding(question, replace(heard), catalogue, values, markets, when)
        if picked := chosen.chosen(asked, choices):
            return picked
    return read_twice(heard, read, doubt)


class Understanding:
    """One question on its way to a Reading. Its public parts are what a reader of an intent of its own builds with."""

    def __init__(
        self,
        question: Question,
        heard: Heard,
        catalogue: Mapping[str, Metric],
        values: Mapping[str, tuple[str, ...]],
        markets: Mapping[str, tuple[str, ...]],
        when: Calendar,
    ) -> None:
        self.question, self.heard, self.catalogue, self.when = question, heard, catalogue, when
        self.language, self.values, self.markets = heard.language, values, markets
        self.refusals = Refusals(heard, catalogue, values)
        self.assumed = [Note("assumed_spelling", {"words": words, "read": read}) for words, read in heard.guesses]
        self.assumed += meanings.noted(heard, question.meanings)
        self.assumed += [Note("assumed_at_risk")] if heard.foretold else []
        for name in heard.markets:
            self._add_market(name, [one for one in markets[name] if one in values.get("country", (one,))])

    def reading(self) -> Reading:
        """Courtesies and refusals first, then the thread, then a question of its own."""
        own = groups.saved(self) or wanted.asked_for(self) or meanings.corrected(self)
        own = own or messages.changed(self) or self._courtesy() or of_its_own(self)
        return inquiry.wider(self, own) if own else groups.narrowed(self).of_people_or_figures()

    def of_people_or_figures(self) -> Reading:
        """What is no courtesy and has no reader of its own."""
        self.refusals.before(self.heard.periods)
        alone = of_customers(self) or groups.described(self) or self._profile()
        return inquiry.wider(self, alone or thread.goes_on(self) or self._without_metric() or self._measured())

    def again(self, text: str, taught: tuple[Meaning, ...]) -> Understanding:
        """Other words of the same question, where words have these meanings."""
        heard = hear(text, self.language, self.values, self.markets, self.when, meanings=taught)
        question = replace(self.question, text=text, meanings=taught)
        return Understanding(question, heard, self.catalogue, self.values, self.markets, self.when)

    def after(self, previous: Query, heard: Heard) -> Understanding:
        """The same question, heard so, as it goes on from another query."""
        question = replace(self.question, previous=previous)
        return Understanding(question, heard, self.catalogue, self.values, self.markets, self.when)

    def done(self, *queries: Query) -> Reading:
        if queries[0].intent is Intent.DRAFT:
            messages.left_to_others(self)
            queries = tuple(messages.as_written(self.heard, one) for one in queries)
        refused = self.refusals.impossible(queries) or self.refusals.incomplete(queries)
        self.assumed += self.refusals.passed_over(queries)
        intent = queries[0].intent if len(queries) == 1 else Intent.MULTI
        return refused or Reading(self.language.code, intent, queries, assumed=tuple(self.assumed))

    def ask(self, key: str, intent: Intent, choices: Sequence[Choice], /, **values: object) -> Reading:
        clarify = Clarify(self.language.say(key, **values), tuple(choices))
        return Reading(self.language.code, intent, clarify=clarify, assumed=tuple(self.assumed))

    # ------------------------------------------------------------ what needs no metric

    def _courtesy(self) -> Reading | None:
        heard = self.heard
        if "off_topic" in heard.intents and not heard.metrics and not heard.segments:
            return self.refusals.off_topic()
        content = heard.something or heard.unexplained or heard.wish or heard.which or heard.mentioned
        said = [name for name in SMALLTALK if f"smalltalk_{name}" in heard.intents]
        asks = {one for one in heard.asks if not one.startswith("top_")}
        if said and not content and not asks:
            return self.done(Query(Intent.SMALLTALK, subject=said[0]))
        if "help" in heard.intents and not content and Intent.RECONCILE.value not in heard.intents:
            return self.done(Query(Intent.HELP))
        if "model_card" in heard.intents:
            return self.done(Query(Intent.DEFINE, "churn_risk", subject="card"))
        more = heard.by or heard.which or heard.compare or heard.claims or heard.segments or asks - {"data_health"}
        if "data_health" in heard.intents and not (heard.metrics and more):  # "are yesterday's tickets loaded?"
            return self.done(Query(Intent.DATA_HEALTH))
        if heard.metrics:
            return None
        if "weekly" in heard.intents and not heard.unclear and not heard.strangers:
            return self.done(self.plain(Intent.WEEKLY))
        return None

    def _profile(self) -> Reading | None:
        """One account, by its id or by words that may be its name; a subject of our own is none."""
        heard = self.heard
        ours = heard.metrics or heard.unclear or heard.segments or heard.strangers
        asked = Intent.PROFILE.value in heard.intents and (heard.account or heard.unexplained)
        alone = heard.account and not (heard.follows or heard.intents & NOT_OF_ONE)
        if ours or not (asked or alone):
            return None
        words = heard.account or heard.about.strip()
        return self.done(Query(Intent.PROFILE, subject=words)) if words else None

    # ------------------------------------------------------------ no metric named

    def _without_metric(self) -> Reading | None:
        heard = self.heard
        intent = intent_of(heard, measured=False)
        drafting = intent is Intent.DRAFT
        if drafting:
            messages.to_those_lost(heard)
        if (heard.metrics and not (drafting and heard.segments)) or (heard.unclear and not drafting):
            return None
        if found := inquiry.without_metric(self):
            return found
        groups_named.counted(heard, intent)
        if heard.headcount and not heard.unexplained and heard.headcount.metric in self.catalogue:
            heard.metrics, heard.strangers = [heard.headcount], []
            return None
        if heard.strangers:
            return self.refusals.no_such_metric(heard.strangers[0])
        if drafting:
            return messages.wanted(self)
        more = intent is Intent.VALUE and (heard.names_rate or heard.unexplained)  # a share of them, or something else
        if heard.segments and intent in (Intent.LIST_PEOPLE, Intent.VALUE, Intent.BREAKDOWN) and not more:
            return self._people()
        if intent is Intent.ADVISE:
            return self.done(self.plain(intent, subject=self.question.text))
        if "loses" in heard.intents and (ranking := self._ranking()):
            return ranking
        if heard.unexplained:
            return self.refusals.unknown_subject()
        if thread.says_something(heard) or heard.those:
            return self.refusals.say(intent, "nothing_before")
        return self.refusals.off_topic()

    def plain(self, intent: Intent, metric: str | None = None, subject: str | None = None) -> Query:
        return Query(intent, metric, filters=self._filters(), exclude=self._excluded(), subject=subject)

    def _people(self) -> Reading:
        heard = self.heard
        if heard.beside or heard.placed or heard.misfits:
            return self.refusals.unknown_words()
        if heard.account:
            raise BadQuestion("unknown_part", value=heard.account)
        if stated := [one for one in heard.amounts if one.amount.unit != "number"]:  # a limit that is not understood
            raise BadQuestion("unknown_part", value=heard.words(stated[0].start, stated[0].end))
        if heard.order:
            return self.refusals.say(Intent.LIST_PEOPLE, "list_order", words=heard.order)
        return groups_named.of_groups(self, replace(self.plain(Intent.LIST_PEOPLE), limit=heard.limit))

    def _ranking(self) -> Reading | None:
        """ "Which plan loses most?": by share or by number, which may be two different plans."""
        heard = self.heard
        by = tuple(heard.which or heard.by or heard.mentioned)
        metrics = [name for name in ("churn_rate", "churned_customers") if name in self.catalogue]
        if not by or len(metrics) < 2:
            return None
        plain = self.plain(Intent.TOP)
        queries = [self.timed(replace(plain, metric=name, by=by, claim=self.claim(name))) for name in metrics]
        return self.ask("ask_rank", Intent.TOP, [choice_of(self, query) for query in queries])

    # ------------------------------------------------------------ a metric named

    def _measured(self) -> Reading:
        heard = self.heard
        named = list(heard.metrics)
        if heard.unclear:
            if trouble := self.refusals.trouble(heard.unclear[0].choices[0].metric):
                return trouble
            found = decided(self, None)
            if isinstance(found, Reading):
                return found
            named.append(found)
        named = self._distinct(named)
        known = [one for one in named if one.metric in self.catalogue]
        if not known:
            return self.refusals.not_available(named[0].metric, named[0].words)
        if len(known) < len(named) and intent_of(heard, measured=True) is Intent.COMPARE:
            unknown = next(one for one in named if one not in known)
            return self.refusals.not_available(unknown.metric, unknown.words)
        for one in named:
            if one not in known:
                values = {"metric": one.metric, "near": self.refusals.near(one.words)}
                self.assumed.append(Note("metric_not_available", values))
        features.named(heard, self.catalogue.get(known[0].metric), self.values.get(features.DIMENSION, ()))
        spoken(heard, self.catalogue.get(known[0].metric), self.values.get("language", ()))
        if trouble := self.refusals.trouble(known[0].metric):
            return trouble
        queries = list(dict.fromkeys(self.query(one) for one in known))
        queries = queries[:1] if queries[0].intent is Intent.ADVISE else queries  # the question itself says the rest
        if len(queries) > 1 and queries[0].intent is Intent.COMPARE and not (heard.periods or queries[0].by):
            queries = [replace(query, intent=Intent.VALUE, baseline=None) for query in queries]
        return two_readings_of_annual(self, queries) or one_within_another(self, queries) or self.done(*queries)

    def _distinct(self, named: list[Named]) -> list[Named]:
        """Each metric once, the more exact wording first; "new customers" in "churn of new customers" is a group."""
        heard = self.heard
        named = of_those_lost(heard, named) if "churn_rate" in self.catalogue else named
        named = meant(named, heard)
        if len(named) > 1 and "new" in heard.segments:
            named = [one for one in named if one.metric != "new_customers"] or named[:1]
        named = finer(less_beside(named, heard), joined=heard.joins)
        if named[0].metric in OF_NEWCOMERS:
            heard.segments = [one for one in heard.segments if one != "new"]
        ours = [one for one in named if one.metric in BENCHMARKED]
        if ours and any(one.metric == "benchmark_compare" for one in named):
            named = [replace(ours[0], metric="benchmark_compare", fixed=(("compared", ours[0].metric),))]
        elif (others := [one for one in named if one.metric != "benchmark_compare"]) and len(others) < len(named):
            named = others
            self.assumed.append(Note("no_benchmark", {"metric": named[0].metric}))
        exact = {one.metric for one in named if one.fixed}
        unique: dict[tuple[str, tuple[tuple[str, str], ...]], Named] = {}
        for one in named:
            if one.fixed or one.metric not in exact:
                unique.setdefault((one.metric, one.fixed), one)
        return list(unique.values())

    def query(self, named: Named) -> Query:
        heard = self.heard
        ahead = looks_ahead(heard, self.catalogue.get(named.metric))
        intent = intent_of(heard, measured=True)
        intent = rows_of(heard, intent, self.catalogue.get(named.metric))
        if intent is Intent.ADVISE:
            return self.plain(intent, named.metric, subject=self.question.text)
        if intent is Intent.DEFINE:
            return self.with_variants(self.fixed(Query(intent, named.metric), named))
        query = replace(
            self.plain(intent, named.metric, subject=heard.account or next(iter(heard.segments), None)),
            limit=heard.limit,
            names_rate=heard.names_rate,
            claim=self.claim(named.metric),
            language=heard.wish if intent is Intent.DRAFT else None,
            amounts=tuple(one.amount for one in heard.amounts if named.metric == "benchmark_compare"),
        )
        query = replace(query, variant=(("horizon_days", ahead),)) if ahead else query
        return self.timed(of_figure(self._split(self.with_variants(self.fixed(self.within(query), named)))))

    def within(self, query: Query) -> Query:
        """A segment named beside a metric is a filter of it, where the metric can be filtered so."""
        metric, named = self.catalogue.get(query.metric or ""), self.heard.segments
        whole = query.intent in (Intent.DRAFT, Intent.DEFINE, Intent.ADVISE)
        query = query if metric is None else self._fitting(query, metric)
        if metric is None or not named or "segment" not in metric.by or whole or "segment" in self.heard.by:
            return query
        own = in_its_name(self.heard, query.metric) if query.intent is not Intent.LIST_PEOPLE else set()
        several = tuple(dict.fromkeys(one for one in named if one not in own))
        if not several:
            return replace(query, subject=self.heard.account)
        if len(several) > 1 and not (self.heard.lists_segments or self.heard.compare):
            several = (Group(segments=several).text,)  # "VIP promoters" are both
        passing = filters({**dict(query.filters), "segment": several})
        return replace(query, filters=passing, subject=self.heard.account)

    def _fitting(self, query: Query, metric: Metric) -> Query:
        """A value that several dimensions have ("bug") is of the one that the metric has."""

        def fits(passing: Filters) -> Filters:
            found: dict[str, list[str]] = {}
            for name, values in passing:
                for one in values:
                    own = [by for by in metric.by if one in self.values.get(by, ())] if name not in metric.by else []
                    found.setdefault(own[0] if own else name, []).append(one)
            return filters(found)

        return replace(query, filters=fits(query.filters), exclude=fits(query.exclude))

    def fixed(self, query: Query, named: Named) -> Query:
        """The variant or filter that the metric's wording carries."""
        metric = self.catalogue.get(named.metric)
        for name, value in named.fixed:
            if metric is not None and name not in metric.variants and name in metric.by:
                query = replace(query, filters=filters({**dict(query.filters), name: [value]}))
            else:
                query = replace(query, variant=_with(query.variant, name, value))
        return query

    def with_variants(self, query: Query) -> Query:
        """The variants that the text names; a vendor's name stands for its bundle, and what differs is told."""
        metric = self.catalogue.get(query.metric or "")
        if "vendor" in self.heard.variants and query.metric is not None:
            ruled = ruled_by_vendors(query.metric)  # what another vendor was said to do holds no longer
            query = replace(query, variant=tuple(one for one in query.variant if one[0] not in ruled))
        for name, value in self.heard.variants.items():
            query = replace(query, variant=_with(query.variant, name, value))
        vendor = dict(query.variant).get("vendor")
        if vendor is None or metric is None:
            return query
        query = replace(query, variant=expanded(query.variant, metric))
        told, other = {"vendor": (("vendor", vendor),)}, differing(vendor, metric)
        note = Note("assumed_vendor", {**told, "variant": other}) if other else Note("assumed_vendor_same", told)
        if note not in self.assumed:
            self.assumed.append(note)
        return query

    def _split(self, query: Query) -> Query:
        """The dimensions that the intent splits by."""
        heard, by = self.heard, self.heard.by
        if query.intent is Intent.TOP:
            by = heard.which or by or heard.mentioned
        elif query.intent is Intent.BREAKDOWN:
            by = by or heard.which or heard.mentioned or listed(heard)
            whole = {name for name in by if set(dict(query.filters).get(name, ())) >= set(self.values.get(name, ("",)))}
            query = replace(query, filters=tuple(one for one in query.filters if one[0] not in whole))
        elif query.intent is Intent.COMPARE and against_the_rest(heard):
            return replace(query, filters=(), by=tuple(heard.filters))
        elif query.intent is Intent.COMPARE and not by:
            by = listed(heard)
        metric = self.catalogue.get(query.metric or "")
        if query.intent is Intent.TOP and not by:  # "top 5 reasons": rows that the figure has anyway
            query = replace(query, intent=Intent.VALUE if metric and metric.keys and query.limit else Intent.TREND)
        own = [name for name in by if metric and name in metric.keys and name not in metric.by]  # has these rows anyway
        if own and set(by) == set(own) and query.intent is Intent.BREAKDOWN:
            query = replace(query, intent=Intent.VALUE)
        return replace(query, by=tuple(dict.fromkeys(twin(name, metric) for name in by if name not in own)))

    def timed(self, query: Query) -> Query:
        metric = self.catalogue.get(query.metric or "")
        if self.heard.unbegun is not None and (metric is None or metric.window is not Grain.DAY):
            raise self.heard.unbegun
        query, notes = timing(self.heard, query, self.catalogue.get(query.metric or ""), self.when)
        self.assumed.extend(note for note in notes if note not in self.assumed)
        return query

    def claim(self, metric: str | None) -> Literal["up", "down"] | None:
        good: Good = self.catalogue[metric].good if metric is not None and metric in self.catalogue else "context"
        return claim_of(self.heard, good)

    def _filters(self) -> Filters:
        return filters(self.heard.filters)

    def _excluded(self) -> Filters:
        return filters(self.heard.exclude)

    def _add_market(self, name: str, countries: list[str]) -> None:
        found = self.heard.filters.setdefault("country", [])
        found.extend(one for one in countries if one not in found)
        self.assumed.append(Note("assumed_market", {"market": name, "filters": filters({"country": countries})}))


def _with(variant: tuple[tuple[str, str], ...], name: str, value: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted({**dict(variant), name: value}.items()))
