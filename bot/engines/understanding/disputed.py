"""Reads a question that sets two figures against each other: ours, and that of another tool, report or definition.

Ours goes into the query's own fields; the other definition is the `subject`, written as the language files write one
("churn_rate?vendor=stripe", "churn_rate?method=events"), and figures that are only stated are the `amounts`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.analysis.definitions import PLAIN
from bot.engines.understanding.alerting import phrases_of
from bot.engines.understanding.heard import Heard, Named
from bot.engines.understanding.paying import limited
from bot.engines.understanding.reading import Reading
from bot.language import Stated
from bot.metrics.benchmarks import COMPARED as BENCHMARKED
from bot.metrics.vendors import expanded, with_convention
from bot.types import Amount, Choice, Intent, Metric, Note, Query, Unit

if TYPE_CHECKING:  # understanding asks the readers, and they build with it
    from bot.engines.understanding.understand import Understanding

USUAL = ("churn_rate", "churned_customers", "mrr", "nrr", "grr", "retention_rate")
"""The figures offered when two reports disagree and nobody says about what."""
MOST_CHOICES = 5
ELSE = frozenset({"project", "what_if", "draft", "advise", "list_people", "claim", "sample_size", "define"})
"""Cues of questions whose figures are no report's."""
LIMITED = frozenset({"churn_risk", "health_score"})
"""Figures of a person, which a figure in the text is a limit of."""


def disputed(asked: Understanding) -> Reading | None:
    """The reading of a dispute; None where the words set nothing against anything."""
    heard = asked.heard
    if found := judged(asked):
        return found
    amounts = _amounts(asked)
    named = [one for one in heard.metrics if one.metric in asked.catalogue]
    sides = bool(amounts or heard.variants or heard.rivals or len(named) > 1)
    mentioned = set(heard.mentioned) - {"reason"}  # "the reason" is that of the difference
    apart = heard.filters or heard.by or heard.which or mentioned or heard.claims or len(heard.periods) > 1
    if not sides and (apart or heard.segments or asked.heard.account):
        return None
    if heard.timeless or heard.misfits or heard.placed:
        asked.refusals.trouble(named[0].metric if named else None)
    if heard.metrics and not named:
        return asked.refusals.not_available(heard.metrics[0].metric, heard.metrics[0].words)
    choices = _choices(asked, named, amounts)
    queries = [_query(asked, one, named, amounts) for one in choices]
    if len(queries) == 1:
        return asked.done(queries[0])
    offers = [Choice(asked.language.say("choice_metric", metric=one.metric), one) for one in queries]
    return asked.ask("ask_which_metric", Intent.RECONCILE, offers)


def stated(asked: Understanding) -> Reading | None:
    """A dispute that only its figure tells: "the BI shows 9.2% churn for October"; None where the figure is for
    something else, or is none that the metric could be."""
    heard = asked.heard
    if found := judged(asked):
        return found
    named = [asked.catalogue[one.metric] for one in heard.metrics if one.metric in asked.catalogue]
    amounts = [one.amount for one in heard.amounts if one.amount.unit in ("percent", "money") and not one.amount.step]
    if not amounts and heard.intents & {"why", "really"} and len(_written(heard)) > 1:  # "112 for them and 114 for you"
        amounts = [one.amount for one in _written(heard)]
    limit = any(limited(heard, one) for one in heard.amounts)  # "customers who pay over $500"
    other = limit or heard.intents & ELSE or heard.claims or heard.compare or heard.by or heard.segments
    if len(named) == 1 and not other and (passed := _threshold(asked)):  # its value tells
        heard.amounts = []
        _less(heard, passed)
        return asked.refusals.trouble(named[0].name) or asked.done(asked.query(heard.metrics[0]))
    if len(named) != 1 or not amounts or other or heard.saying is not None or named[0].name in LIMITED:
        return None
    return disputed(asked) if all(_told_so(named[0], one) for one in amounts) else None


def _threshold(asked: Understanding) -> range | None:
    """The places of a limit that the figure is asked to have passed, and of its word: "is churn above 8%?"; not what
    people have: "customers with a health score below 40"."""
    heard, code = asked.heard, asked.language.code
    if len(heard.amounts) != 1 or heard.asks - {"really"} or heard.which:
        return None
    (stated,) = heard.amounts
    folded = [one.folded for one in heard.tokens]
    people = any(word.startswith(heard.language.people) for word in folded[: heard.metrics[0].start])
    limits = [one for what in ("above", "below") for one in phrases_of(code, what)]
    lengths = [len(one) for one in limits if tuple(folded[max(0, stated.start - len(one)) : stated.start]) == one]
    return range(stated.start - max(lengths), stated.end) if lengths and not people else None


def _less(heard: Heard, places: Collection[int]) -> None:
    """Takes words that were read here from those that nothing explains."""
    words = {heard.tokens[at].text for at in places}
    heard.explained |= set(places)
    for loose in (heard.unexplained, heard.beside):
        loose[:] = [one for one in loose if not words.issuperset(one.split())]


def judged(asked: Understanding) -> Reading | None:
    """A figure that is held against nothing ("5% churn, is that a lot?"): ours beside what others publish."""
    heard = asked.heard
    named = {one.metric: one for one in heard.metrics if one.metric in asked.catalogue}
    said = [one for one in heard.spans if (one.kind, one.id) == ("degree", "judged")]
    stated = [*heard.amounts, *_written(heard)]
    confirmed = any(one.start <= other.end <= one.start + 1 for one in stated for other in said)  # "c'est bien 5 %"
    asks = "benchmark_compare" in named or (bool(said) and not confirmed)
    named.pop("benchmark_compare", None)
    limits = any(limited(heard, one) for one in heard.amounts) or any(one.amount.step for one in stated)
    plain = bool(stated) or (bool(said) and not (heard.asks - {"really"} or heard.by or heard.which))
    if not (asks and plain) or len(named) != 1 or limits or heard.compare or heard.claims or heard.intents & ELSE:
        return None
    (figure,) = named.values()
    words = " … ".join(heard.words(one.start, one.end) for one in stated)
    places = {at for one in stated for at in range(one.start, one.end)}
    places |= {at for one in said for at in range(one.start, one.end)}
    heard.amounts, heard.step, heard.intents = [], None, heard.intents - {"really", Intent.RECONCILE.value}
    _less(heard, places)
    if trouble := asked.refusals.trouble(figure.metric):
        return trouble
    if figure.metric not in BENCHMARKED:
        words = words or heard.words(said[0].start, said[0].end)
        return asked.refusals.say(Intent.VALUE, "not_understood", metric=figure.metric, words=words)
    if asked.catalogue[figure.metric].unit is Unit.SHARE:
        heard.amounts = [one for one in stated if one.amount.unit == "percent"]
    words = "" if len(heard.amounts) == len(stated) else words
    asked.assumed += [Note("assumed_benchmark_of_ours", {"words": words})] if words else []
    return asked.done(asked.query(replace(figure, metric="benchmark_compare", fixed=(("compared", figure.metric),))))


def _amounts(asked: Understanding) -> tuple[Amount, ...]:
    """The stated figures in the order of the text; a change ("+1 point") is none, nor a count in words."""
    said = sorted((*asked.heard.amounts, *_written(asked.heard)), key=lambda one: one.start)
    return tuple(replace(one.amount, to=2 * one.half) for one in said if not one.amount.step)


def _written(heard: Heard) -> list[Stated]:
    """The figures without a unit that stand there in digits."""
    return [one for one in heard.figures if heard.tokens[one.start].text[:1].isdigit()]


def _choices(asked: Understanding, named: Sequence[Named], amounts: Sequence[Amount]) -> list[Named]:
    """The metric that is disputed, or those that it may be."""
    heard, previous = asked.heard, asked.question.previous
    if named:
        return [named[0]]
    if heard.unclear:
        unclear = heard.unclear[0]
        known = [one for one in unclear.choices if _possible(asked, one.metric, amounts)]
        return [unclear.decided] if unclear.decided else known or list(unclear.choices[:1])
    if previous is not None and previous.metric is not None and _possible(asked, previous.metric, amounts):
        return [Named(previous.metric, previous.variant)]
    possible = [one for one in USUAL if _possible(asked, one, amounts)]
    vendor = heard.variants.get("vendor", "")
    theirs = [one for one in possible if vendor in with_convention(one)]
    return [Named(one) for one in (theirs or possible or USUAL)[:MOST_CHOICES]]


def _possible(asked: Understanding, name: str, amounts: Sequence[Amount]) -> bool:
    """Whether the metric is one number, and one that can be told as the stated figures are."""
    metric = asked.catalogue.get(name)
    return (
        metric is not None
        and metric.shape in PLAIN
        and not metric.keys
        and all(_told_so(metric, one) for one in amounts)
    )


def _told_so(metric: Metric, amount: Amount) -> bool:
    kinds = {"percent": (Unit.SHARE,), "money": (Unit.MONEY,), "points": (Unit.POINTS, Unit.SHARE)}
    return metric.unit in kinds.get(amount.unit, tuple(Unit))


def _query(asked: Understanding, one: Named, named: Sequence[Named], amounts: tuple[Amount, ...]) -> Query:
    metric, previous = asked.catalogue[one.metric], asked.question.previous
    query = asked.timed(asked.fixed(asked.plain(Intent.RECONCILE, one.metric), one))
    if previous is not None and not named:
        query = replace(query, window=query.window or previous.window, filters=query.filters or previous.filters)
    ours, theirs = _sides(asked, metric)
    if len(named) > 1:
        return replace(
            query, baseline=None, amounts=amounts, subject=_definition(named[1].metric, dict(named[1].fixed))
        )
    variant = tuple(sorted({**dict(query.variant), **ours}.items()))
    subject = _definition(metric.name, {**dict(query.variant), **theirs}) if theirs else None
    return replace(query, variant=variant, baseline=None, amounts=amounts, subject=subject)


def _sides(asked: Understanding, metric: Metric) -> tuple[dict[str, str], dict[str, str]]:
    """The variants of ours and of the other: a vendor is the other, of two the second; of two values of one rule,
    the default is ours."""
    heard = asked.heard
    said = {name: value for name, value in heard.variants.items() if name in metric.variants}
    other = {name: value for name, value in heard.rivals if name in metric.variants}
    named = [value for name, value in (*heard.variants.items(), *heard.rivals) if name == "vendor"]
    vendors = [one for one in dict.fromkeys(named) if one in with_convention(metric.name)]
    theirs = {"vendor": vendors[-1]} if vendors else {}
    if len(vendors) > 1:  # two tools against each other: the first is told as ours
        return {**dict(expanded((("vendor", vendors[0]),), metric)), **said}, theirs
    if not other:
        return ({}, said) if not theirs else (said, theirs)
    mine = {name: said[name] for name in other}
    if all(value == metric.variants[name][0] for name, value in other.items()):
        mine, other = other, mine
    rest = {name: value for name, value in said.items() if name not in other}
    return {**rest, **mine}, {**rest, **other, **theirs}


def _definition(metric: str, rules: dict[str, str]) -> str:
    return f"{metric}?{'&'.join(f'{name}={value}' for name, value in sorted(rules.items()))}" if rules else metric
