"""Query → Answer, without a model: each intent has one function that measures and finds the sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bot.analysis.unnamed import unnamed
from bot.engines.answers import meanings, risk
from bot.engines.answers.campaigns import resolved
from bot.engines.answers.claims import claim
from bot.engines.answers.defaults import applied
from bot.engines.answers.defined import defined
from bot.engines.answers.drafted import draft
from bot.engines.answers.experiment import returned
from bot.engines.answers.groups import shown
from bot.engines.answers.investigate import explained
from bot.engines.answers.outcome import judged
from bot.engines.answers.own import quoted
from bot.engines.answers.part import Desk, Part
from bot.engines.answers.people import who
from bot.engines.answers.plays import chapter, chapter_of, old_sources
from bot.engines.answers.profile import profile
from bot.engines.answers.project import project
from bot.engines.answers.reconcile import reconciled
from bot.engines.answers.sample_size import SUBJECT, sample_size
from bot.engines.answers.track import tell
from bot.engines.answers.values import breakdown, trend, value
from bot.engines.answers.wanted import requested
from bot.engines.answers.weekly import weekly
from bot.engines.answers.what_if import what_if
from bot.metrics import catalogue
from bot.playbook import Play
from bot.types import Answer, Finding, Intent, Meaning, Note, Outcome, Query, Wanted

MOST_STEPS = 4


def answer(desk: Desk, queries: Sequence[Query], assumed: Sequence[Note] = ()) -> Answer:
    """The answer to one or several understood queries. Raises what a person must be told (ForPerson)."""
    whole = Part()
    for query in queries:
        whole.add(answered(desk, query))
    intent = queries[0].intent if len(queries) == 1 else Intent.MULTI
    return assembled(desk, whole, intent, assumed)


def answered(desk: Desk, query: Query) -> Part:
    """What one query contributes to an answer. Raises ForPerson."""
    if meaning := Meaning.of(query.subject):
        return meanings.answered(desk, query, meaning, answered)
    query = applied(desk.analyst, resolved(desk, query), desk.defaults)
    return ANSWERS.get(query.intent, cannot)(desk, query)


def assembled(desk: Desk, whole: Part, intent: Intent, assumed: Sequence[Note]) -> Answer:
    """All parts of an answer together, worded."""
    caveats = tuple(desk.language.say(note.key, **note.values) for note in (*assumed, *whole.caveats))
    return Answer(
        outcome=Outcome.REFUSE if intent is Intent.OFF_TOPIC else Outcome.ANSWER,
        intent=intent,
        language=desk.language.code,
        text=worded(desk, whole.findings),
        queries=tuple(whole.queries),
        evidence=tuple(whole.evidence),
        findings=tuple(whole.findings),
        citations=tuple(dict.fromkeys(whole.citations)),
        caveats=caveats,
        follow_ups=tuple(dict.fromkeys(whole.follow_ups)),
        labels=whole.labels,
        drafts=tuple(whole.drafts),
        meanings=tuple(whole.meanings),
    )


def worded(desk: Desk, findings: Sequence[Finding]) -> str:
    """The findings as prose, one line each."""
    return "\n".join(desk.language.say(finding.key, **finding.values) for finding in findings)


def define(desk: Desk, query: Query) -> Part:
    """What a metric means here: formula, who counts, default period, the other common definitions, source."""
    if query.subject == risk.CARD:
        return risk.card(desk, query)
    if query.metric is None:
        return defined(desk, query)
    part = Part(queries=[query])
    metric = catalogue()[query.metric or ""]
    texts = desk.language.definition(metric.name) or {
        "summary": metric.summary,
        "formula": metric.formula,
        "at_risk": metric.at_risk,
    }
    part.say("define_header", metric=metric.name, summary=texts["summary"])
    part.say("define_formula", formula=texts["formula"])
    part.say("define_base", base=texts["at_risk"])
    part.say("define_window", period=desk.language.say(f"default_{metric.window.value}"))
    others = [f"{name} = {' | '.join(values)}" for name, values in metric.variants.items() if len(values) > 1]
    if others:
        part.say("define_variants", variants=others)
    part.say("define_source", source=metric.source)
    part.follow_ups = [desk.language.say("follow_value", metric=metric.name)]
    return part


def advise(desk: Desk, query: Query) -> Part:
    """What the playbook recommends for the person's words, or how large a test must be."""
    if query.subject == SUBJECT:
        return sample_size(desk, query)
    part = Part(queries=[query])
    if name := chapter_of(desk):
        return chapter(desk, part, name)
    words = unnamed(desk.analyst, query.subject or desk.text)  # the index may be at an endpoint
    passages = desk.playbook().search(words, desk.language.code, limit=2)
    if not passages:
        part.say("advise_none")
        return part
    best, *others = passages
    if best.citation.own:
        quoted(part, best)
    else:
        _advised(desk, part, desk.playbook().plays[best.play])
    for other in others:
        part.citations.append(other.citation)
        part.say("advise_also_own" if other.citation.own else "advise_also", title=other.title, section=other.section)
    return part


def _advised(desk: Desk, part: Part, play: Play) -> None:
    """The steps of a play, and what can be drafted from it."""
    citation = play.cite("steps", desk.language.code)
    part.citations.append(citation)
    part.caveats += old_sources(play, desk.analyst.as_of)
    part.say("advise_play", title=citation.title, section=citation.section)
    for number, step in enumerate(steps_of(play, desk.language.code)[:MOST_STEPS], 1):
        part.say("advise_step", n=number, step=step)
    tell(desk, part, play)
    if play.draft_types:
        part.follow_ups = [desk.language.say("follow_draft_inactive")]


def steps_of(play: Play, language: str) -> list[str]:
    """The numbered steps of a play, each as one sentence or two, without Markdown."""
    text = play.text(language).sections["steps"]
    items = re.findall(r"^\s*\d+\.\s+(.*(?:\n(?!\s*\d+\.|\s*$).*)*)", text, flags=re.MULTILINE)
    return [re.sub(r"[*_`]", "", " ".join(item.split())) for item in items] or [text.strip()]


def data_health(desk: Desk, query: Query) -> Part:
    """How far the data reaches, and which metrics it allows."""
    if wanted := Wanted.of(query.subject):
        return requested(desk, wanted, query)
    part = Part(queries=[query])
    known = catalogue()
    ready = [name for name, metric in known.items() if not desk.analyst.missing(metric)]
    part.say("health_as_of", day=desk.analyst.as_of)
    part.say("health_metrics", ready=ready, n=len(known))
    lacking = {name: gaps for name, metric in known.items() if (gaps := desk.analyst.missing(metric))}
    for name, gaps in lacking.items():
        part.say("health_lacks", metric=name, missing=gaps)
    return part


def _said(key: str) -> Callable[[Desk, Query], Part]:
    """What needs no figure: one sentence."""

    def part(desk: Desk, query: Query) -> Part:
        found = Part(queries=[query])
        found.say(query.subject or key)
        if query.intent is Intent.HELP:
            found.follow_ups = [desk.language.say("follow_weekly"), desk.language.say("follow_churn")]
        return found

    return part


def cannot(_desk: Desk, query: Query) -> Part:
    """An intent that is understood but not served: said plainly."""
    part = Part(queries=[query])
    part.say("cannot_intent", intent=query.intent.value)
    return part


def compared(desk: Desk, query: Query) -> Part:
    """Two periods, or the segments of a filter, side by side."""
    several = [name for name, values in query.filters if len(values) > 1]
    if several and not query.by:
        return breakdown(desk, replace(query, by=tuple(several)))
    return value(desk, replace(query, baseline=query.baseline or "previous"))


RESULTS: Mapping[str, Callable[[Desk, Query], Part]] = {
    "uplift": judged,
    "retention_roi": returned,
    "cost_per_retained": returned,
}
"""Metrics of tests, whose number says nothing without what stands beside it."""


def told(desk: Desk, query: Query) -> Part:
    """One number; of a test, what it showed and what it cannot show."""
    return value(desk, query) if query.by else RESULTS.get(query.metric or "", value)(desk, query)


def split(desk: Desk, query: Query) -> Part:
    """A number by segments; of a test, each segment against its own people held out."""
    return (judged if query.metric == "uplift" else breakdown)(desk, query)


ANSWERS: Mapping[Intent, Callable[[Desk, Query], Part]] = {
    Intent.VALUE: told,
    Intent.VARIANT: told,
    Intent.RECONCILE: reconciled,
    Intent.TREND: trend,
    Intent.COMPARE: compared,
    Intent.BREAKDOWN: split,
    Intent.TOP: breakdown,
    Intent.WHY: explained,
    Intent.PREMISE: explained,
    Intent.PROJECT: project,
    Intent.WHAT_IF: what_if,
    Intent.LIST_PEOPLE: who,
    Intent.SEGMENT: shown,
    Intent.PROFILE: profile,
    Intent.CLAIM: claim,
    Intent.DEFINE: define,
    Intent.ADVISE: advise,
    Intent.DRAFT: draft,
    Intent.WEEKLY: weekly,
    Intent.DATA_HEALTH: data_health,
    Intent.HELP: _said("help"),
    Intent.SMALLTALK: _said("hello"),
    Intent.OFF_TOPIC: _said("off_topic"),
}
