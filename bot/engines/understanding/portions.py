"""What part of a whole belongs to somebody: "what share of MRR comes from Spain", "what % of customers are VIPs".

Such a question asks for a figure of theirs beside the whole figure, and for no rate.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.analysis.split import WHOLES
from bot.engines.understanding.heard import HEADCOUNT, Heard, Named
from bot.engines.understanding.lists import EVERYBODY
from bot.engines.understanding.reading import Reading
from bot.language import Span
from bot.types import Group, Intent, Query, filters

if TYPE_CHECKING:  # understanding asks here, and this builds with it
    from bot.engines.understanding.understand import Understanding

LEFT = {"churn_rate", "churned_customers"}


def of_customers(asked: Understanding) -> Reading | None:
    """The customers of a group beside all of them; None where no share of customers is asked for."""
    heard = asked.heard
    groups = [one for one in dict.fromkeys(heard.segments) if one != EVERYBODY]
    named = bool(groups or heard.conditions) + (0 if groups or heard.conditions else len(heard.filters))
    people = any(one.folded.startswith(heard.language.people) for one in heard.tokens)
    split = heard.by or heard.which or any(one not in heard.filters for one in heard.mentioned)
    other = heard.metrics or heard.unclear or heard.exclude or split
    unsaid = heard.unexplained or heard.beside or heard.placed or heard.misfits or heard.compare or heard.claims
    if not (heard.names_rate and people and named == 1) or HEADCOUNT not in asked.catalogue:
        return None
    if other or unsaid or (heard.strangers and not heard.headcount) or heard.asks - {Intent.LIST_PEOPLE.value}:
        return None
    query = replace(asked.plain(Intent.BREAKDOWN, HEADCOUNT), names_rate=True)
    if groups or heard.conditions:
        one = groups[0] if len(groups) == 1 and not heard.conditions else None
        group = one or Group(segments=tuple(groups), conditions=heard.conditions).text
        query = replace(query, by=("segment",), filters=filters({**dict(query.filters), "segment": [group]}))
    else:
        query = replace(query, by=tuple(heard.filters))
    return asked.done(asked.timed(query))


def of_figure(query: Query) -> Query:
    """The query with what it is filtered by set beside the whole, where a share of a count or a sum is asked for."""
    if query.intent is not Intent.VALUE or not query.names_rate or query.metric not in WHOLES:
        return query
    return replace(query, intent=Intent.BREAKDOWN, by=(query.filters[0][0],)) if len(query.filters) == 1 else query


def of_those_lost(heard: Heard, named: list[Named]) -> list[Named]:
    """The figures with the churn rate for those who left, where a share or how often is asked; or with these, where it
    is asked who they were: "what share of churn was in Spain", not "the share of customers lost in Spain"."""
    if not (heard.names_rate or heard.often):
        return named
    return [
        replace(one, metric="churned_customers" if _whose(heard, one) else "churn_rate") if one.metric in LEFT else one
        for one in named
    ]


def _whose(heard: Heard, one: Named) -> bool:
    """Whether the share is of those who left: "of" stands before them, and a verb between them and whose they are."""
    if len(heard.filters) != 1:
        return False
    end, words = one.start + one.length, heard.tokens[one.start : one.start + one.length]
    rates = [span.end for span in heard.spans if _is(span, "rate") and span.end < one.start]
    values = [span.start for span in heard.spans if span.kind in ("value", "data") and span.start > end]
    people = [token.folded.startswith(heard.language.people) for token in words]
    if not rates or not values or not all(_small(heard, at) for at in range(max(rates), one.start)):
        return False
    placing = {at for span in heard.spans if _is(span, "place") for at in range(span.start, span.end)}
    told = any(at not in placing for at in range(end, min(values)))  # "came from Spain", and no more than "in Spain"
    return told and (people[-1] or not any(people))


def _is(span: Span, word: str) -> bool:
    return (span.kind, span.id) == ("word", word)


def _small(heard: Heard, at: int) -> bool:
    return heard.tokens[at].folded in heard.language.filler
