"""Questions about campaigns and tests, read: "did the win-back campaign work?", "how many people do I need?"."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.analysis.experiment import all_days, campaigns_of
from bot.engines.answers.part import Desk
from bot.engines.answers.sample_size import SHARE_NAME, SUBJECT, plannable
from bot.engines.understanding.cues import intent_of
from bot.engines.understanding.heard import Named
from bot.engines.understanding.reading import Reading
from bot.errors import BadQuestion
from bot.types import Filters, Intent, Note, Query, filters

if TYPE_CHECKING:  # understanding asks these readers, and they build with it
    from bot.engines.understanding.understand import Understanding

KINDS = ("win_back", "re_engagement", "onboarding", "newsletter")
"""Types of campaigns that have words; the subject of a Query until the data says which campaigns they are."""
CUES = ("campaign_outcome", "campaign_worked", *(f"campaign_{kind}" for kind in KINDS))
SEGMENTS = {"win_back": "churned_eligible_for_win_back"}
"""Type → the people of whom the same words speak when the question is about them and not about a result."""
ELSEWHERE = (Intent.DRAFT, Intent.ADVISE, Intent.LIST_PEOPLE, Intent.DEFINE)
BASES = {"win_back": "win_back_rate"}
"""Type → the metric that its test would be planned on; retention where none is named."""
USUAL_BASE = "retention_rate"
RESULT = "uplift"
OF_TESTS = (RESULT, "retention_roi", "cost_per_retained", "revenue_per_recipient", "propensity_band_return")
"""Metrics that follow a test from its start: a month by itself seldom holds one."""
CAUSED = ("churn_rate", "retention_rate", "churned_customers")
"""What a campaign is asked to change: whether it did is the result of its test."""


def resolved(desk: Desk, query: Query) -> Query:
    """A type of campaign as the campaigns of the data, and all days where a question about tests names none.

    BadQuestion where there is no campaign of the type.
    """
    if query.metric is None or query.intent in ELSEWHERE:
        return query
    named = query.subject in KINDS
    if named:
        found = campaigns_of(desk.analyst, query.subject or "")
        query = replace(query, subject=None, filters=filters({**dict(query.filters), "campaign": found}))
    if query.window is None and (named or query.metric in OF_TESTS) and query.intent is not Intent.TREND:
        query = replace(query, window=all_days(desk.analyst))
    return query


def performed(asked: Understanding) -> Reading | None:
    """ "How did the win-back campaign do?": the result of its test; None: it is no such question after all."""
    heard = asked.heard
    kind = next((one for one in KINDS if f"campaign_{one}" in heard.intents), None)
    mentioned = {*heard.mentioned, *heard.by, *heard.which, *heard.filters}
    if kind is None and "campaign_outcome" not in heard.intents and "campaign" not in mentioned:
        return None
    if intent_of(heard, measured=True) in ELSEWHERE:
        if kind in SEGMENTS and SEGMENTS[kind] not in heard.segments:
            heard.segments.append(SEGMENTS[kind])
        return None
    others = [one for one in heard.metrics if one.metric not in (RESULT, *CAUSED)]
    if others and not heard.claims:
        return _figure_of(asked, others[0], kind)
    if any(one.amount.unit in ("points", "percent") for one in heard.amounts) and not heard.metrics:
        return sized(asked)  # an effect is named: it is to be detected
    own = next((one for one in heard.metrics if one.metric == RESULT), None)
    if own is None and (words := [*heard.placed, *heard.beside, *heard.unexplained]):
        raise BadQuestion("unknown_part", value=words[0])
    if trouble := asked.refusals.trouble(RESULT) if own else None:
        return trouble
    window = heard.periods[0].window if heard.periods else None
    query = asked.query(own) if own else replace(asked.plain(Intent.VALUE, RESULT), window=window)
    if kind is None:
        return asked.done(query)
    return asked.refusals.impossible((query,)) or _read(asked, replace(query, subject=kind))


def _figure_of(asked: Understanding, named: Named, kind: str | None) -> Reading | None:
    """ "The click rate of the win-back campaign": that metric, of the campaigns of the type."""
    metric = asked.catalogue.get(named.metric)
    if kind is None or metric is None:
        return None
    if "campaign" not in metric.by:
        near = list(metric.by)
        values = {"metric": metric.name, "dimension": "campaign", "near": near}
        return asked.refusals.say(Intent.VALUE, "dimension_not_available", **values)
    if trouble := asked.refusals.trouble(named.metric):
        return trouble
    query = asked.query(named)
    return asked.refusals.impossible((query,)) or _read(asked, replace(query, subject=kind))


def _read(asked: Understanding, query: Query) -> Reading:
    return Reading(asked.language.code, query.intent, (query,), assumed=tuple(asked.assumed))


def sized(asked: Understanding) -> Reading | None:
    """ "How many customers do I need to detect 2 points?": the base metric, the effect, the share held out."""
    heard = asked.heard
    spoken = {span.id for span in asked.language.hear(asked.question.text)[1] if span.kind == "intent"}
    kind = next((one for one in KINDS if f"campaign_{one}" in spoken), None)
    if heard.placed or heard.misfits:
        return asked.refusals.unknown_words()
    named = [one for one in _spoken(asked) if plannable(asked.catalogue.get(one))]
    if not named and heard.metrics:
        return asked.refusals.say(Intent.ADVISE, "size_needs_share", metric=heard.metrics[0].metric)
    metric = named[0] if named else BASES.get(kind or "", USUAL_BASE)
    if metric not in asked.catalogue:
        return None
    amounts = [one.amount for one in heard.amounts]
    variant: tuple[tuple[str, str], ...] = ()
    percent = [one for one in amounts if one.unit == "percent"]
    if "size_share" in heard.intents and len(percent) == 1 and 0 < percent[0].value < 100:
        amounts.remove(percent[0])
        variant = ((SHARE_NAME, str(percent[0].value / 100)),)
    elif "size_share" in heard.intents or "size_power" in heard.intents:
        fixed = [one for one in percent if one.value >= 50] if "size_power" in heard.intents else percent
        if fixed:
            asked.assumed.append(Note("size_fixed"))
            amounts = [one for one in amounts if one not in fixed]
    passing = _within(asked, metric)
    query = replace(asked.plain(Intent.ADVISE, metric, SUBJECT), amounts=tuple(amounts), variant=variant)
    return asked.done(replace(query, filters=passing))


def _spoken(asked: Understanding) -> list[str]:
    """The metrics that the words name, also inside of longer phrases ("a point of churn"); said back where unclear."""
    found = [one.metric for one in asked.heard.metrics]
    if found:
        return found
    spans = asked.language.hear(asked.question.text)[1]
    if named := [span.id.partition("?")[0] for span in spans if span.kind == "metric"]:
        return named
    for span in spans:
        if span.kind == "ambiguous":
            choices = asked.language.data["hears"]["ambiguous"][span.id]["choices"]
            named = [one.partition("?")[0] for one in choices]
            fitting = next((one for one in named if plannable(asked.catalogue.get(one))), None)
            if fitting:
                words = asked.heard.words(span.start, span.end)
                asked.assumed.append(Note("assumed_metric", {"words": words, "metric": fitting}))
                return [fitting]
    return []


def _within(asked: Understanding, metric: str) -> Filters:
    """The filters of the base rate: those of the text that the metric knows, with a segment it names."""
    passing = {name: list(values) for name, values in asked.heard.filters.items() if name != "campaign"}
    segments = [one for one in asked.heard.segments if one not in SEGMENTS.values()]
    if segments and "segment" in asked.catalogue[metric].by:
        passing["segment"] = segments
    return filters(passing)
