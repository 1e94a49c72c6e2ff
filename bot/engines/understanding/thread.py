"""A question that goes on from the one before: whether it does, and which figure it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.engines.understanding.clarify import decided
from bot.engines.understanding.cues import intent_of
from bot.engines.understanding.followup import carried
from bot.engines.understanding.heard import HEADCOUNT, Heard, Named
from bot.engines.understanding.lists import EVERYBODY
from bot.engines.understanding.reading import Reading
from bot.engines.understanding.refusals import FALLBACK
from bot.language import fold
from bot.language.matcher import words as words_of
from bot.metrics.benchmarks import COMPARED as BENCHMARKED
from bot.metrics.segments import SEGMENTS
from bot.types import Grain, Group, Intent, Note, Query, filters

if TYPE_CHECKING:  # understanding asks here, and this builds with it
    from bot.engines.understanding.understand import Understanding

ABOUT_PEOPLE = (Intent.DRAFT, Intent.ADVISE, Intent.LIST_PEOPLE, Intent.SEGMENT)
ORDER = "mrr"
"""What lists are in the order of: "the five biggest by MRR" names it and asks for nothing else."""
MOVED: Mapping[str, str] = {"churned_customers": "churn", "new_customers": "new"}
"""People that a figure counts → the movement of MRR that "their MRR" is."""
COUSINS: Mapping[str, Mapping[str, str]] = {
    "gross": {"nrr": "grr", "net_revenue_churn": "gross_revenue_churn"},
    "net": {"grr": "nrr", "gross_revenue_churn": "net_revenue_churn"},
    "count": {
        "active_user_share": "active_users",
        "churn_rate": "churned_customers",
        "expansion_rate": "expansion_revenue",
        "tickets_per_100_customers": "ticket_volume",
    },
    "share": {
        "active_users": "active_user_share",
        "churned_customers": "churn_rate",
        "expansion_revenue": "expansion_rate",
        "ticket_volume": "tickets_per_100_customers",
    },
}
"""How a figure is wanted instead ("and in net terms?", "as a percentage?") → the figure before → the one that is so."""


def goes_on(asked: Understanding) -> Reading | None:
    """The reading of a message that changes the question before it; None for a question of its own."""
    heard, previous = asked.heard, asked.question.previous
    if previous is None:
        return None
    _in_its_light(asked, previous)
    own = bool(heard.metrics or heard.unclear or heard.strangers)
    held = heard.those and any(one.metric == "benchmark_compare" for one in heard.metrics)  # "is that good?"
    held = held or _of_them(heard, previous) or _narrows(heard, previous)
    held = held or (_theirs(heard) and (previous.intent is Intent.PROFILE or previous.metric in MOVED))
    if (own and not (heard.follows or held)) or heard.strangers or not says_something(heard):
        return None
    if previous.intent is Intent.PROFILE and (found := _of_the_account(heard, previous)):
        return asked.done(found)
    if trouble := asked.refusals.trouble(previous.metric):
        return trouble
    several = list({one.metric: one for one in heard.metrics if one.metric in asked.catalogue}.values())
    if len(several) > 1 and heard.joins:
        return asked.done(*(_query(asked, previous, one) for one in several))
    metric = _metric_named(asked, previous)
    if isinstance(metric, Reading):
        return metric
    if metric is not None and metric.metric not in asked.catalogue:
        return asked.refusals.not_available(metric.metric, metric.words)
    query = _query(asked, previous, metric)
    if query.metric is None and query.intent not in ABOUT_PEOPLE:
        return asked.refusals.say(query.intent, "nothing_before")
    more = "add" in heard.turns and bool(heard.segments)
    both = more and previous.intent is query.intent is Intent.LIST_PEOPLE  # "plus the VIPs": they are no part of those
    return asked.done(previous, query) if both else asked.done(query)


def _query(asked: Understanding, previous: Query, metric: Named | None) -> Query:
    """What the query before becomes by the new words, of the metric that they name if they name one."""
    heard = asked.heard
    base = _base(asked, previous) if metric is None else _of_people_before(asked, previous, metric.metric)
    intent = intent_of(heard, measured=base.metric is not None)
    fresh = replace(asked.plain(intent), claim=asked.claim(base.metric))
    query = carried(heard, base, fresh, asked.when, listed=_has_people(asked, base))
    query = query if intent is Intent.LIST_PEOPLE else _with_more(heard, base, asked.within(query))
    query = asked.with_variants(query if metric is None else asked.fixed(query, metric))
    if query.metric == "benchmark_compare" and query.intent is Intent.COMPARE:  # what it is compared with is its own
        query = replace(query, intent=Intent.VALUE, baseline=None)
    return replace(query, subject=_advised(asked, base)) if query.intent is Intent.ADVISE else query


def _with_more(heard: Heard, base: Query, query: Query) -> Query:
    """The query with the groups of the one before beside those that are added: "plus the VIPs"."""
    before = dict(base.filters).get("segment", ())
    if not ("add" in heard.turns and before and heard.segments):
        return query
    now = dict(query.filters)
    several = tuple(dict.fromkeys((*before, *now.get("segment", ()))))
    return replace(query, filters=filters({**now, "segment": several}))


def _advised(asked: Understanding, base: Query) -> str:
    """What is sought in the playbook: the words, with what "them" and "that" stand for."""
    language, heard = asked.language, asked.heard
    if heard.metrics or heard.segments:
        return asked.question.text
    named = [language.value_name("segment", base.subject)] if base.subject and base.subject in SEGMENTS else []
    named += [language.name("metrics", base.metric)] if base.metric else []
    return " ".join([asked.question.text, *named])


def _of_the_account(heard: Heard, previous: Query) -> Query | None:
    """The page of the account before, of which a figure is asked ("did they open tickets?"), or of another."""
    if heard.account:
        return Query(Intent.PROFILE, subject=heard.account)
    others = heard.segments or heard.filters or heard.exclude or heard.by or heard.which
    figure = heard.metrics or heard.unclear
    return previous if figure and _theirs(heard) and not (others or "draft" in heard.intents) else None


def _theirs(heard: Heard) -> bool:
    """Whether the words are of somebody named before: "their NPS", "did they"."""
    return any(one.kind == "word" and one.id in ("of_them", "its") for one in heard.spans)


def _of_them(heard: Heard, previous: Query) -> bool:
    """Whether a figure is asked of the people listed before: "how much MRR is that?" after a list."""
    listed = previous.metric is None and previous.subject is not None and previous.intent in ABOUT_PEOPLE
    theirs = heard.those or _theirs(heard)
    return listed and theirs and not (heard.periods or heard.filters or heard.segments)


def _narrows(heard: Heard, previous: Query) -> bool:
    """Whether a text opens with "only" or "without", and names no other figure: "counting only voluntary churn"."""
    family = {previous.metric, *(cousins.get(previous.metric or "") for cousins in COUSINS.values())}
    opens = [one for one in heard.spans if one.kind == "word" and one.id in ("only", "without")]
    small = heard.language.filler
    return (
        bool(heard.metrics)
        and {one.metric for one in heard.metrics} <= family
        and not heard.periods
        and any(all(token.folded in small for token in heard.tokens[: one.start]) for one in opens)
    )


def _in_its_light(asked: Understanding, previous: Query) -> None:
    """Words that say something only after the question before: a number or an order of a list, an account beside an
    account, values of what was split by, "not only Spain"."""
    heard, loose = asked.heard, asked.heard.unexplained
    counted = any(one.kind == "stranger" and one.id in ("counts", "customers") for one in heard.spans)
    anew = any((one.kind, one.id) == ("stranger", "customers_now") for one in heard.spans)
    counted = counted and not anew and previous.metric != HEADCOUNT
    if counted and heard.strangers and previous.metric and not heard.periods:  # "how many customers is that?"
        heard.strangers.clear()
        heard.turns.add("count")
    numbers = [one for one in loose if one.isdecimal()]
    if previous.intent is Intent.LIST_PEOPLE and heard.limit is None and len(numbers) == 1:
        heard.limit = int(numbers[0])
        _explained(heard, numbers[0])
    if previous.intent is Intent.LIST_PEOPLE and heard.limit and {one.metric for one in heard.metrics} == {ORDER}:
        heard.metrics.clear()
    if previous.intent is Intent.PROFILE and heard.account is None and len(loose) == 1 and not heard.metrics:
        heard.account = loose[0]
        _explained(heard, loose[0])
    for dimension in (*previous.by, *(name for name, _ in (*previous.filters, *previous.exclude))):
        names = {fold(asked.language.value_name(dimension, one)): one for one in asked.values.get(dimension, ())}
        small = [one.text for at, one in enumerate(heard.tokens) if at not in heard.explained]  # "why is business low?"
        for words in dict.fromkeys(one for one in (*loose, *small) if fold(one) in names):
            into = heard.exclude if heard.negates else heard.filters
            into.setdefault(dimension, []).append(names[fold(words)])
            _explained(heard, words)
    if "add" in heard.turns:  # "put Spain back"
        said = {word.folded for one in heard.language.data["hears"]["turns"]["add"] for word in words_of(one)}
        for words in [one for one in loose if fold(one) in said]:
            _explained(heard, words)
    if previous.metric and heard.segments == [EVERYBODY]:  # "the five biggest customers", of those before
        heard.segments.clear()
    if "less" in heard.turns:
        _less(heard, previous)
    _them(heard, previous)
    if "widen" in heard.turns:
        heard.undone += [*heard.filters, *heard.exclude]
        heard.turns.add("whole")
        heard.filters.clear()
        heard.exclude.clear()


def _them(heard: Heard, previous: Query) -> None:
    """ "And with them?" takes in again who was left out, "and without them?" leaves out of whom it was told, where that
    is clear; "is that a lot?" asks of the figure before."""
    judged = [one for one in heard.spans if (one.kind, one.id) == ("degree", "judged")]
    if judged and previous.metric in BENCHMARKED and not (heard.something or heard.claims or heard.compare):
        heard.metrics.append(Named("benchmark_compare", words=heard.words(judged[0].start, judged[0].end)))
        heard.those = True
    places = {one.end for one in heard.spans if (one.kind, one.id) == ("word", "place")}
    number = [one.metric for one in heard.metrics] == [HEADCOUNT] and heard.metrics[0].start in places
    if number and previous.metric in COUSINS["count"] and not (heard.periods or heard.filters or heard.segments):
        heard.metrics.clear()  # "in number of customers"
        heard.turns.add("count")
    if "back" in heard.turns and previous.exclude:
        heard.undone += [name for name, _ in previous.exclude]
        heard.turns.add("whole")
    elif "out" in heard.turns and len(previous.filters) == 1:
        ((dimension, values),) = previous.filters
        heard.exclude.setdefault(dimension, []).extend(values)
    else:
        said = [one for one in heard.spans if one.kind == "turn" and one.id in {"back", "out"} & heard.turns]
        heard.beside += [heard.words(one.start, one.end) for one in said]


def _less(heard: Heard, previous: Query) -> None:
    """ "Drop Poland": no longer only of it, where it was; else without it."""
    before = dict(previous.filters)
    heard.claims.clear()
    for dimension, named in heard.filters.items():
        if set(named) >= set(before.get(dimension, ("",))):
            heard.undone.append(dimension)
            heard.turns.add("whole")
        else:
            heard.exclude.setdefault(dimension, []).extend(named)
    heard.filters.clear()


def _explained(heard: Heard, words: str) -> None:
    """Takes words from all that nothing explains."""
    for into in (heard.unexplained, heard.beside, heard.placed):
        into[:] = [one for one in into if one != words]


def says_something(heard: Heard) -> bool:
    """Whether the words say anything that changes a question before them."""
    asks = heard.asks or {"make", "message"} <= heard.intents or heard.turns - {"again", "instead", "correction"}
    split = heard.which or heard.mentioned
    compares = heard.compare or heard.claims
    return bool(heard.something or asks or split or compares or heard.wish or heard.names_rate or heard.limit)


def _has_people(asked: Understanding, query: Query) -> bool:
    """Whether people can be listed of what the thread is about, with no rows beside them."""
    metric = asked.catalogue.get(query.metric or "")
    return not query.by and (metric is None or metric.people is not None)


def _base(asked: Understanding, previous: Query) -> Query:
    """What a follow-up goes on from; after the weekly summary that is the week's churn."""
    if previous.intent is not Intent.WEEKLY or previous.metric is not None:
        return previous
    asked.assumed.append(Note("assumed_metric", {"words": asked.question.text, "metric": FALLBACK[0]}))
    week = asked.when.window("", asked.when.back(1, Grain.WEEK), Grain.WEEK)
    return replace(previous, metric=FALLBACK[0], window=previous.window or week)


def _of_people_before(asked: Understanding, previous: Query, metric: str) -> Query:
    """The query before with another metric; people listed by their segment are those it is told of."""
    query = replace(previous, metric=metric, variant=())
    listed = previous.metric is None and previous.intent in ABOUT_PEOPLE and previous.subject
    known = listed in SEGMENTS or Group.of(listed or None) is not None
    if not listed or not known or "segment" not in asked.catalogue[metric].by:
        return query
    if previous.window is not None and previous.window.start == previous.window.end:  # the day that a list is of
        query = replace(query, window=None)
    passing = filters({**dict(previous.filters), "segment": [listed]})
    return replace(query, intent=Intent.VALUE, filters=passing, subject=None, limit=None)


def _metric_named(asked: Understanding, previous: Query) -> Named | Reading | None:
    """The metric that a follow-up names ("and NPS?", "and in net terms?"), or what to ask when it is unclear."""
    heard = asked.heard
    if heard.metrics and heard.metrics[0].metric == "benchmark_compare" and previous.metric in BENCHMARKED:
        return replace(heard.metrics[0], fixed=(("compared", previous.metric),))
    moved = MOVED.get(previous.metric or "")
    if heard.metrics and moved and _theirs(heard) and not (heard.filters or heard.segments):
        if heard.metrics[0].metric == ORDER:
            return replace(heard.metrics[0], metric="mrr_movements", fixed=(("type", moved),))
        if heard.metrics[0].metric not in MOVED:  # the NPS of those who left is told of no one figure
            words = heard.metrics[0].words
            return asked.refusals.say(Intent.VALUE, "not_understood", metric=heard.metrics[0].metric, words=words)
    if heard.metrics:
        return heard.metrics[0]
    if heard.unclear:
        return decided(asked, previous)
    for turn, cousins in COUSINS.items():
        if turn in heard.turns and previous.metric and previous.metric not in cousins.values():
            cousin = cousins.get(previous.metric or "")
            return Named(cousin, words=asked.question.text) if cousin else asked.refusals.unknown_subject()
    return None
