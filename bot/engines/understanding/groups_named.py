"""Several groups named in one breath, where people are wanted: who is in all of them ("VIPs slipping away"), or which
of them is asked ("VIPs or promoters")."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.engines.understanding.clauses import rolling
from bot.engines.understanding.heard import HEADCOUNT, Heard, Named
from bot.engines.understanding.reading import Reading
from bot.errors import BadQuestion
from bot.metrics.segments import SEGMENTS
from bot.types import Choice, Group, Intent, Note, Query, filters

if TYPE_CHECKING:  # understanding asks here, and this builds with it
    from bot.engines.understanding.understand import Understanding


def of_groups(asked: Understanding, query: Query) -> Reading:
    """The reading of a query of people, for the groups that the text names. BadQuestion for those of another day."""
    named = _named(asked.heard)
    if query.intent is not Intent.DRAFT:
        _of_now(asked)
    if not apart(asked.heard):
        return asked.done(replace(query, subject=together(named)))
    choices = [
        Choice(asked.language.value_name("segment", one), replace(query, subject=one))
        for one in (*named, together(named))
    ]
    return asked.ask("ask_groups", query.intent, choices)


def _of_now(asked: Understanding) -> None:
    """Tells of a period that a group has not: BadQuestion where it is over ("who was at risk in May?")."""
    heard = asked.heard
    for one in heard.periods:
        if rolling(heard, one):
            asked.assumed.append(Note("passed_over", {"words": heard.words(one.start, one.end)}))
        elif one.window.end < asked.when.as_of:
            raise BadQuestion("segment_period", window=one.window)


def _named(heard: Heard) -> list[str]:
    """The groups, each once; of two that go by the same words only the first."""
    taken: set[tuple[int, int]] = set()
    found: list[str] = []
    for one in dict.fromkeys(heard.segments):
        places = {(span.start, span.end) for span in heard.spans if (span.kind, span.id) == ("segment", one)}
        if not places or not places <= taken:
            found.append(one)
        taken |= places
    return found


def together(named: list[str]) -> str:
    """The subject of those who are in all of the groups."""
    if len(named) == 1:
        return named[0]
    rules = [Group.of(one) or Group(segments=(one,)) for one in named]
    return Group(
        segments=tuple(dict.fromkeys(name for one in rules for name in one.segments)),
        filters=filters({name: found for one in rules for name, found in one.filters}),
        exclude=filters({name: found for one in rules for name, found in one.exclude}),
        conditions=tuple(dict.fromkeys(condition for one in rules for condition in one.conditions)),
    ).text


def counted(heard: Heard, intent: Intent) -> None:
    """ "How many at risk per country": people are counted where they are split, for a list has no split."""
    if heard.segments and set(heard.by) - {"segment"} and intent is Intent.BREAKDOWN:
        heard.headcount = heard.headcount or Named(HEADCOUNT)


def narrowed(previous: str | None, named: list[str], heard: Heard) -> str:
    """The subject of a list that goes on from another: "only the VIPs", "how many of them are VIPs" are of that list;
    "and the VIPs?" are others."""
    listed = previous is not None and (previous in SEGMENTS or Group.of(previous) is not None)
    return together([previous, *named] if previous and listed and of_those(heard) else named)


def of_those(heard: Heard) -> bool:
    """Whether the words are of some of those before: "only the VIPs", "which of them"."""
    return heard.narrows or any(one.kind == "word" and one.id in ("only", "of_them") for one in heard.spans)


def apart(heard: Heard) -> bool:
    """Whether the groups are listed, and not said of the same people: not "customers who are VIPs and at risk"."""
    if len(set(heard.segments)) < 2 or not heard.lists_segments:
        return False
    places = [one.start for one in heard.spans if one.kind == "segment" and one.id in heard.segments]
    first, last = min(places, default=0), max(places, default=0)
    between = {one.id for one in heard.spans if first < one.start < last}
    clause = any((one.kind, one.id) == ("word", "relative") and one.start < first for one in heard.spans)
    return "either" in between or not (clause or between & {"relative", "list_people", "which"})
