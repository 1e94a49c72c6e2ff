"""Question → Query: what is asked, in types and without words.

A question is answered only when its words decide one reading. Where two readings would give different
figures the asker is asked (`clarify`, the likeliest first); what cannot be measured is declined with the
nearest that can; words that seem to change the question and are not understood decline it too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from rapidfuzz import fuzz, process

from bot.engines.followup import carried
from bot.engines.match import MOST_NEAR, Heard, Named, hear, unknown_value
from bot.engines.timing import default_steps, timing
from bot.errors import BadQuestion
from bot.language import Calendar, Language, detect, load
from bot.types import Choice, Clarify, Definitions, Filters, Intent, Metric, Note, Query, Question, filters

SMALLTALK = ("hello", "thanks", "goodbye", "who_are_you")
NOT_YET = (Intent.PROJECT, Intent.WHAT_IF, Intent.RECONCILE, Intent.CLAIM, Intent.PROFILE)
TIMELESS = ("project", "what_if")
FALLBACK = ("churn_rate", "retention_rate", "mrr", "nps")
"""Offered when nothing is near."""
WORDS_OF_ANOTHER_QUESTION = 4
"""From this many unexplained words on, the text is about something else too."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a question was taken for: queries to answer, or a question back, or a refusal with its reason."""

    language: str
    intent: Intent
    queries: tuple[Query, ...] = ()
    clarify: Clarify | None = None
    declined: Note | None = None
    assumed: tuple[Note, ...] = field(default=())
    """What was read into the words; to be said with the answer."""


def understand(
    question: Question,
    catalogue: Mapping[str, Metric],
    values: Mapping[str, tuple[str, ...]],
    definitions: Definitions,
    as_of: date,
) -> Reading:
    """The reading of a question; BadQuestion for a period or a value that cannot be.

    `values` are the values found in the data, by dimension.
    """
    if not question.text.strip():
        raise BadQuestion("empty_question")
    code = detect(question.text, question.language or definitions.language)
    when = Calendar(as_of, definitions.week_start, definitions.zone)
    language = load(code)
    markets = dict(definitions.markets)
    heard = hear(question.text, language, values, markets, when, timeless=TIMELESS)
    return _Understanding(question, heard, catalogue, values, markets, when).reading()


class _Understanding:
    """One question on its way to a Reading."""

    def __init__(
        self,
        question: Question,
        heard: Heard,
        catalogue: Mapping[str, Metric],
        values: Mapping[str, tuple[str, ...]],
        markets: Mapping[str, tuple[str, ...]],
        when: Calendar,
    ) -> None:
        self._question, self._heard, self._catalogue = question, heard, catalogue
        self._values, self._markets, self._when = values, markets, when
        self._assumed: list[Note] = [
            Note("assumed_spelling", {"words": words, "read": read}) for words, read in heard.guesses
        ]
        for name in heard.markets:
            self._add_market(name)

    @property
    def _language(self) -> Language:
        return self._heard.language

    def reading(self) -> Reading:
        """Courtesies and refusals first, then the thread, then a question of its own."""
        return self._courtesy() or self._not_yet() or self._follow_up() or self._without_metric() or self._measured()

    # ------------------------------------------------------------ the ends

    def _done(self, *queries: Query) -> Reading:
        intent = queries[0].intent if len(queries) == 1 else Intent.MULTI
        return Reading(self._language.code, intent, queries, assumed=tuple(self._assumed))

    def _decline(self, intent: Intent, key: str, /, **values: object) -> Reading:
        return Reading(self._language.code, intent, declined=Note(key, values))

    def _ask(self, key: str, intent: Intent, choices: Sequence[Choice], /, **values: object) -> Reading:
        return Reading(
            self._language.code, intent, clarify=Clarify(self._language.say(key, **values), tuple(choices)),
            assumed=tuple(self._assumed),
        )

    # ------------------------------------------------------------ what needs no metric

    def _courtesy(self) -> Reading | None:
        heard = self._heard
        courtesies = [name for name in SMALLTALK if f"smalltalk_{name}" in heard.intents]
        content = heard.something or heard.unexplained or heard.wish
        asks = {one for one in heard.intents if not one.startswith(("smalltalk_", "top_")) and one not in ("make", "how", "what_is")}
        if "off_topic" in heard.intents and not heard.metrics and not heard.segments:
            return self._off_topic()
        if courtesies and not content and not asks:
            return self._done(Query(Intent.SMALLTALK, subject=courtesies[-1] if "who_are_you" not in courtesies else "who_are_you"))
        if "help" in heard.intents and not content:
            return self._done(Query(Intent.HELP))
        if "data_health" in heard.intents and not heard.metrics:
            return self._done(Query(Intent.DATA_HEALTH))
        if "weekly" in heard.intents and not heard.metrics and not heard.unclear and not heard.strangers:
            return self._done(Query(Intent.WEEKLY))
        return None

    def _off_topic(self) -> Reading:
        return replace(self._decline(Intent.OFF_TOPIC, "off_topic"), queries=(Query(Intent.OFF_TOPIC),))

    def _not_yet(self) -> Reading | None:
        for intent in NOT_YET:
            if intent.value not in self._heard.intents or (intent is Intent.CLAIM and self._heard.claims):
                continue
            if intent is Intent.PROFILE and self._heard.account is None:
                continue
            return self._decline(intent, "cannot_intent", intent=intent.value)
        return None

    # ------------------------------------------------------------ the thread

    def _follow_up(self) -> Reading | None:
        heard, previous = self._heard, self._question.previous
        own = bool(heard.metrics or heard.unclear or heard.strangers)
        if previous is None or (own and not heard.follows):
            return None
        if heard.strangers or (heard.unexplained and not self._says_something()):
            return None
        if trouble := self._trouble(previous.metric):
            return trouble
        if not self._says_something():
            return None
        metric = self._metric_named(previous)
        if isinstance(metric, Reading):
            return metric
        base = previous if metric is None else replace(previous, metric=metric.metric, variant=())
        intent = self._intent(base.metric)
        query = carried(heard, base, intent, self._filters(), self._excluded(), self._when)
        if metric is not None:
            query = self._fixed(query, metric)
        query = self._with_variants(query)
        if query.metric is None and query.intent not in (Intent.DRAFT, Intent.ADVISE, Intent.LIST_PEOPLE):
            query = replace(query, metric=FALLBACK[0])
            self._assumed.append(Note("assumed_metric", {"words": self._question.text, "metric": FALLBACK[0]}))
        if query.intent is Intent.ADVISE:
            query = replace(query, subject=self._question.text)
        return self._checked([query])

    def _says_something(self) -> bool:
        heard = self._heard
        telling = heard.intents - {"how", "what_is", "make", "message"} - {f"smalltalk_{one}" for one in SMALLTALK}
        return bool(heard.something or telling or heard.compare or heard.wish or heard.claims or heard.names_rate)

    def _metric_named(self, previous: Query) -> Named | Reading | None:
        """The metric that a follow-up names ("and NPS?"), or what to ask when it is unclear."""
        if self._heard.metrics:
            return self._heard.metrics[0]
        if self._heard.unclear:
            return self._decided(previous)
        return None

    # ------------------------------------------------------------ no metric named

    def _without_metric(self) -> Reading | None:
        heard = self._heard
        intent = self._intent(None)
        if heard.metrics and not (intent is Intent.DRAFT and heard.segments):
            return None
        if heard.unclear and intent is not Intent.DRAFT:
            return None
        if heard.strangers:
            return self._no_such_metric(" ".join(heard.strangers[:1]))
        for way in (self._draft, self._people, self._advice, self._ranking):
            if (found := way(intent)) is not None:
                return found
        if heard.unexplained:
            return self._unknown_subject()
        if self._says_something() or heard.those:
            return self._decline(intent, "nothing_before")
        return self._off_topic()

    def _draft(self, intent: Intent) -> Reading | None:
        if intent is not Intent.DRAFT:
            return None
        heard = self._heard
        subject = heard.account or (heard.segments[0] if heard.segments else None)
        query = Query(
            Intent.DRAFT, filters=self._filters(), exclude=self._excluded(), subject=subject, language=heard.wish,
            window=heard.periods[0].window if heard.periods else None,
        )
        if heard.beside or heard.placed or heard.misfits:
            return self._unknown_value()
        if subject is None:
            choices = [replace(query, subject=one) for one in ("slipping_away", "dormant", "churned_eligible_for_win_back")]
            return self._ask(
                "ask_draft_for", intent, [Choice(self._language.name("segments", str(one.subject)), one) for one in choices]
            )
        return self._done(query)

    def _people(self, intent: Intent) -> Reading | None:
        heard = self._heard
        if not heard.segments or intent not in (Intent.LIST_PEOPLE, Intent.VALUE, Intent.BREAKDOWN):
            return None
        if heard.beside or heard.placed or heard.misfits:
            return self._unknown_value()
        return self._done(
            Query(Intent.LIST_PEOPLE, filters=self._filters(), exclude=self._excluded(), subject=heard.segments[0], limit=heard.limit)
        )

    def _advice(self, intent: Intent) -> Reading | None:
        if intent is not Intent.ADVISE:
            return None
        return self._done(Query(intent, filters=self._filters(), exclude=self._excluded(), subject=self._question.text))

    def _ranking(self, intent: Intent) -> Reading | None:
        """ "Which plan loses most?": by share or by number, which may be two different plans."""
        heard = self._heard
        dimensions = tuple(heard.which or heard.by or heard.mentioned)
        if "loses" not in heard.intents or not dimensions:
            return None
        queries = [
            self._timed(self._shaped(Query(Intent.TOP, name, by=dimensions, claim="up"))) for name in ("churn_rate", "churned_customers")
            if name in self._catalogue
        ]
        if len(queries) < 2:
            return None
        return self._ask("ask_rank", Intent.TOP, [self._choice(query) for query in queries])

    # ------------------------------------------------------------ a metric named

    def _measured(self) -> Reading:
        heard = self._heard
        named = list(heard.metrics)
        if not named:
            found = self._decided(None)
            if isinstance(found, Reading):
                return found
            named = [found]
        elif heard.unclear and heard.unclear[0].decided:
            named.append(heard.unclear[0].decided)
        named = self._populations(named)
        known = [one for one in named if one.metric in self._catalogue]
        if not known:
            intent = self._intent(None)
            return self._decline(intent, "metric_not_available", metric=named[0].metric, near=self._near(named[0].words))
        for one in named:
            if one.metric not in self._catalogue:
                self._assumed.append(Note("metric_not_available", {"metric": one.metric, "near": self._near(one.words)}))
        if trouble := self._trouble(known[0].metric):
            return trouble
        queries = [self._query(one) for one in known]
        if queries[0].intent is Intent.TOP and not queries[0].by:
            queries = [self._timed(replace(query, intent=Intent.TREND)) for query in queries]
        if clash := self._yearly(queries):
            return clash
        return self._checked(list(dict.fromkeys(queries)))

    def _populations(self, named: list[Named]) -> list[Named]:
        """Leaves out a metric's name that says whose figure is meant: "churn of new customers"."""
        heard = self._heard
        rest = [one for one in named if not ("new" in heard.segments and one.metric == "new_customers" and len(named) > 1)]
        if len(rest) == len(named) and len(named) == 1:
            heard.segments = [one for one in heard.segments if not (one == "new" and named[0].metric == "new_customers")]
        unique: dict[tuple[str, tuple[tuple[str, str], ...]], Named] = {}
        for one in rest:
            unique.setdefault((one.metric, one.fixed), one)
        bare = {metric for metric, fixed in unique if fixed}
        return [one for (metric, fixed), one in unique.items() if fixed or metric not in bare]

    def _query(self, named: Named) -> Query:
        heard = self._heard
        intent = self._intent(named.metric)
        if intent is Intent.ADVISE:
            return Query(
                intent, named.metric, filters=self._filters(), exclude=self._excluded(), subject=self._question.text
            )
        query = Query(
            intent, named.metric, filters=self._filters(), exclude=self._excluded(), limit=heard.limit,
            names_rate=heard.names_rate, claim=self._claim(named.metric), language=heard.wish if intent is Intent.DRAFT else None,
            subject=heard.account or (heard.segments[0] if heard.segments else None),
        )
        query = self._with_variants(self._fixed(query, named))
        return query if intent is Intent.DEFINE else self._timed(self._shaped(query))

    def _fixed(self, query: Query, named: Named) -> Query:
        """The variant or filter that the metric's wording carries."""
        metric = self._catalogue.get(named.metric)
        for name, value in named.fixed:
            if metric is not None and name not in metric.variants and name in metric.by:
                query = replace(query, filters=_merged(query.filters, {name: [value]}))
            else:
                query = replace(query, variant=tuple(sorted({**dict(query.variant), name: value}.items())))
        return query

    def _with_variants(self, query: Query) -> Query:
        metric = self._catalogue.get(query.metric or "")
        wanted = dict(query.variant)
        for name, value in self._heard.variants.items():
            if name == "vendor" and metric is not None and "vendor" not in metric.variants:
                alike = next((one for one in metric.variants.get("method", ()) if one.startswith(value)), None)
                if alike is not None:
                    wanted["method"] = alike
                    continue
            wanted[name] = value
        return replace(query, variant=tuple(sorted(wanted.items())))

    def _shaped(self, query: Query) -> Query:
        """The dimensions that the intent splits by."""
        heard = self._heard
        several = [name for name, passing in query.filters if len(passing) > 1]
        by: list[str] = list(heard.by)
        if query.intent is Intent.TOP:
            by = heard.which or heard.by or heard.mentioned
        elif query.intent is Intent.BREAKDOWN:
            by = heard.by or heard.which or heard.mentioned
        elif query.intent is Intent.COMPARE and not by:
            by = several
        return replace(query, by=tuple(dict.fromkeys(by)))

    def _timed(self, query: Query) -> Query:
        query, notes = timing(self._heard, query, self._catalogue.get(query.metric or ""), self._when)
        self._assumed.extend(note for note in notes if note not in self._assumed)
        return query

    # ------------------------------------------------------------ what is wanted

    def _intent(self, metric: str | None) -> Intent:
        """The intent that the cues speak for, the most telling first."""
        heard, cues = self._heard, self._heard.intents
        bare = not (heard.periods or heard.filters or heard.exclude or heard.by or heard.claims or heard.ours or heard.compare)
        ranked = bool(cues & {"top_high", "top_low", "top_good", "top_bad", "loses"})
        claimed = bool(heard.claims)
        several = any(len(found) > 1 for found in heard.filters.values())
        tests: tuple[tuple[Intent, bool], ...] = (
            (Intent.DRAFT, "draft" in cues or {"make", "message"} <= cues),
            (Intent.VARIANT, "vendor" in heard.variants or "method" in heard.variants),
            (Intent.DEFINE, "define" in cues or {"how", "computed"} <= cues or ("what_is" in cues and bare and not ranked)),
            (Intent.ADVISE, "advise" in cues),
            (Intent.WHY, "why" in cues),
            (Intent.TOP, ranked and bool(heard.which or heard.by or heard.mentioned) and "list_people" not in cues),
            (Intent.LIST_PEOPLE, "list_people" in cues),
            (Intent.COMPARE, several and (bool(heard.compare) or claimed or "compare" in cues)),
            (Intent.TREND, "trend" in cues and not claimed),
            (Intent.COMPARE, "how_much" in cues and (claimed or "change" in cues)),
            (Intent.PREMISE, claimed),
            (Intent.TREND, heard.step is not None),
            (Intent.TREND, "change" in cues and _long(heard)),
            (Intent.COMPARE, bool(heard.compare) or "change" in cues or ("compare" in cues and not heard.by)),
            (Intent.COMPARE, len(heard.periods) > 1),
            (Intent.TOP, ranked and bool(heard.limit)),
            (Intent.TREND, ranked and metric is not None and not heard.filters),
            (Intent.BREAKDOWN, bool(heard.by) or ("breakdown" in cues and bool(heard.mentioned or heard.which))),
            (Intent.BREAKDOWN, bool(heard.which) and bool(heard.mentioned) is False and metric is not None),
        )
        return next((intent for intent, holds in tests if holds), Intent.VALUE)

    def _claim(self, metric: str | None) -> Literal["up", "down"] | None:
        """The direction claimed or ranked by; "worse" and "best" depend on which way is good."""
        heard = self._heard
        good = self._catalogue[metric].good if metric in self._catalogue else "context"
        cues = heard.claims | {name.removeprefix("top_") for name in heard.intents if name.startswith("top_")}
        if "loses" in heard.intents:
            cues.add("high" if not cues & {"low"} else "low")
        up = {"up", "high"} | ({"better"} if good == "up" else {"worse"} if good == "down" else set())
        down = {"down", "low"} | ({"better"} if good == "down" else {"worse"} if good == "up" else set())
        if heard.intents & {"top_good", "top_bad"} and good != "context":
            best_is_high = good == "up"
            (up if best_is_high else down).add("good")
            (down if best_is_high else up).add("bad")
        if cues & up and not cues & down:
            return "up"
        return "down" if cues & down and not cues & up else None

    # ------------------------------------------------------------ filters

    def _filters(self) -> Filters:
        return filters(self._heard.filters)

    def _excluded(self) -> Filters:
        return filters(self._heard.exclude)

    def _add_market(self, name: str) -> None:
        countries = [one for one in self._markets[name] if one in self._values.get("country", (one,))]
        found = self._heard.filters.setdefault("country", [])
        found.extend(one for one in countries if one not in found)
        self._assumed.append(Note("assumed_market", {"market": name, "filters": filters({"country": countries})}))

    # ------------------------------------------------------------ asking back

    def _decided(self, previous: Query | None) -> Named | Reading:
        """The metric that an unclear word means here, or the question which one."""
        unclear = self._heard.unclear[0]
        if unclear.decided is not None:
            return unclear.decided
        choices = [one for one in unclear.choices if self._possible(one)]
        if not choices:
            return unclear.choices[0]
        if len(choices) == 1:
            self._assumed.append(Note("assumed_metric", {"words": unclear.words, "metric": choices[0].metric}))
            return choices[0]
        queries = [self._query(one) for one in choices]
        if previous is not None:
            queries = [replace(one, window=one.window or previous.window, filters=one.filters or previous.filters) for one in queries]
        return self._ask("ask_metric", queries[0].intent, [self._choice(one) for one in queries], words=unclear.words)

    def _possible(self, named: Named) -> bool:
        metric = self._catalogue.get(named.metric)
        return metric is not None and all(
            value in metric.variants.get(name, ()) or name in metric.by for name, value in named.fixed
        )

    def _choice(self, query: Query) -> Choice:
        key = "choice_metric_variant" if query.variant else "choice_metric"
        return Choice(self._language.say(key, metric=query.metric, variant=query.variant), query)

    def _yearly(self, queries: Sequence[Query]) -> Reading | None:
        """ "Annual churn" may be a year's churn or that of annual plans; nothing but a period decides."""
        query = queries[0]
        if self._heard.rhythm is None or self._heard.rhythm.value != "year" or len(queries) > 1:
            return None
        if self._heard.periods or query.intent is not Intent.VALUE or self._heard.filters.get("interval") != ["annual"]:
            return None
        others = filters({name: list(found) for name, found in query.filters if name != "interval"})
        start, end = self._when.back(12, default_steps("month"))
        yearly = replace(query, filters=others, window=self._when.window("", (start, end), name="last_n_months"))
        plans = Choice(
            self._language.say("choice_filtered", metric=query.metric, filters=query.filters), query
        )
        year = Choice(self._language.say("choice_window", metric=query.metric, window=yearly.window), yearly)
        return self._ask("ask_reading", query.intent, [year, plans])

    # ------------------------------------------------------------ what is not understood

    def _trouble(self, metric: str | None) -> Reading | None:
        """Words that nothing explains and that seem to change what is asked."""
        heard = self._heard
        if heard.misfits or heard.placed:
            return self._unknown_value()
        loose = heard.beside
        if "off_topic" in heard.intents or len(" ".join(heard.unexplained).split()) >= WORDS_OF_ANOTHER_QUESTION:
            loose = loose or heard.unexplained
            if not loose:
                return self._off_topic()
        if heard.strangers and heard.metrics:
            loose = loose + heard.strangers
        if not loose:
            return None
        if metric is None:
            return self._unknown_subject()
        return self._decline(self._intent(metric), "not_understood", metric=metric, words=" … ".join(loose))

    def _unknown_value(self) -> Reading:
        heard = self._heard
        for dimension, words in heard.misfits:
            if self._values.get(dimension):
                raise unknown_value(self._language, dimension, words, self._values[dimension])
        words = (heard.placed or heard.beside or [words for _, words in heard.misfits])[0]
        known = {
            self._language.value_name(dimension, value): dimension
            for dimension, found in self._values.items()
            for value in found
        }
        near = [name for name, _, _ in process.extract(words, list(known), scorer=fuzz.ratio, score_cutoff=72, limit=MOST_NEAR)]
        if near:
            raise BadQuestion("unknown_part_near", value=words, near=near)
        raise BadQuestion("unknown_part", value=words)

    def _unknown_subject(self) -> Reading:
        """No metric, but words that name something: a figure that does not exist, or quite another topic."""
        heard = self._heard
        words = " ".join(heard.unexplained)
        near = self._near(words, fallback=False)
        short = len(heard.tokens) <= WORDS_OF_ANOTHER_QUESTION
        if not (near or heard.ours or heard.names_rate or heard.periods or heard.by or short):
            return self._off_topic()
        return self._no_such_metric(words)

    def _no_such_metric(self, name: str) -> Reading:
        return self._decline(self._intent(None), "no_such_metric", name=name, near=self._near(name))

    def _near(self, words: str, *, fallback: bool = True) -> list[str]:
        """The measurable metrics nearest to some words, at most three."""
        own = [one for one in self._language.near_metrics(self._heard.tokens) if one in self._catalogue]
        names = {self._language.name("metrics", one): one for one in self._catalogue}
        alike = [
            names[name] for name, _, _ in process.extract(words, list(names), scorer=fuzz.token_set_ratio, score_cutoff=70)
        ]
        found = list(dict.fromkeys([*own, *alike]))[:3]
        return found or ([one for one in FALLBACK if one in self._catalogue] if fallback else [])

    def _checked(self, queries: list[Query]) -> Reading:
        """Refuses a split, a filter or a variant that the metric does not have."""
        for query in queries:
            metric = self._catalogue.get(query.metric or "")
            if metric is None:
                continue
            if query.intent in (Intent.DEFINE, Intent.ADVISE, Intent.DRAFT):
                continue
            asked = [*query.by, *(name for name, _ in (*query.filters, *query.exclude))]
            for dimension in asked:
                if dimension not in metric.by:
                    return self._decline(
                        query.intent, "dimension_not_available", metric=metric.name, dimension=dimension, near=list(metric.by)
                    )
            for name, value in query.variant:
                if value not in metric.variants.get(name, ()):
                    return self._decline(query.intent, "variant_not_available", metric=metric.name, variant=((name, value),))
            if query.subject is not None and query.intent is not Intent.LIST_PEOPLE:
                if query.subject == self._heard.account:
                    return self._decline(query.intent, "not_understood", metric=metric.name, words=query.subject)
                return self._decline(query.intent, "segment_not_available", metric=metric.name, segment=query.subject)
        return self._done(*queries)


def _long(heard: Heard) -> bool:
    return any(period.window.name.startswith("last_n_") or period.window.name in ("since", "year") for period in heard.periods)


def _merged(given: Filters, more: Mapping[str, list[str]]) -> Filters:
    return filters({**{name: list(found) for name, found in given}, **more})
