"""Periods amid other words: within a figure's own ("points issued in March that were used"), and taken back at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from bot.engines.understanding.picks import NAMES, Pick
from bot.language import Language, Period, Span, Token


def bridged(language: Language, tokens: tuple[Token, ...], spans: Sequence[Span]) -> list[Span]:
    """The spans, with each figure that is heard once the periods within its words are left out.

    Such a figure stands on its words before the period; those after it say nothing by themselves.
    """
    gaps = _gaps(tokens, spans)
    if not gaps:
        return list(spans)
    inside = {at for start, end in gaps for at in range(start, end)}
    places = [at for at in range(len(tokens)) if at not in inside]
    left = list(spans)
    for found in language.phrases(tuple(tokens[at] for at in places)):
        start, end = places[found.start], places[found.end - 1] + 1
        if found.kind != "metric" or end - start == found.length:
            continue
        first = min(gap for gap, _ in gaps if gap > start)
        after = max(until for _, until in gaps if until < end)
        if any(one.kind == "metric" and one.start <= start and end - after < one.end - start for one in spans):
            continue
        own = [(start, first), (after, end)]
        left = [one for one in left if one.kind not in NAMES or not _within(one, own)]
        left += [Span("metric", found.id, start, first, found.slots), Span("word", "aside", after, end)]
    return left


def _gaps(tokens: Sequence[Token], spans: Sequence[Span]) -> list[tuple[int, int]]:
    """The places of periods amid words, each with the preposition before it; not those that a comma sets apart."""
    periods = sorted((one for one in spans if one.kind == "period"), key=lambda one: -one.length)
    before = {one.start: one.end for one in spans if one.kind == "link" or (one.kind, one.id) == ("word", "place")}
    taken: list[tuple[int, int]] = []
    for one in periods:
        start = next((at for at, end in before.items() if end == one.start), one.start)
        apart = start == 0 or one.end == len(tokens) or any(start < end and one.end > begin for begin, end in taken)
        if not apart and _close(tokens, start) and _close(tokens, one.end):
            taken.append((start, one.end))
    return sorted(taken)


def _close(tokens: Sequence[Token], at: int) -> bool:
    """Whether nothing but a space stands before this word."""
    return tokens[at].start - tokens[at - 1].end <= 1


def _within(span: Span, places: Sequence[tuple[int, int]]) -> bool:
    return any(start <= span.start and span.end <= end for start, end in places)


def last_said(periods: Sequence[Period], picks: Sequence[Pick]) -> tuple[list[Period], list[Period]]:
    """The periods that are meant, and those that are cut out of another, which cannot be measured.

    One that is taken back or denied is none: "in September, sorry, October", "in October, not September".
    """
    meant, cut = list(periods), []
    for first, second in pairwise(periods):
        between = [one for one in picks if first.end <= one.start and one.end <= second.start <= one.end + 1]
        if any(span.id == "correction" for one in between for span in one.of("turn")):
            meant.remove(first)
        elif any(span.id == "without" for one in between for span in one.of("word")):
            meant.remove(second)
            inside = first.window.start <= second.window.start and second.window.end <= first.window.end
            cut += [second] if inside else []
    return meant, cut


def held(span: Span, phrase: Span) -> bool:
    """Whether a phrase holds another; of a link, also where it only begins in it: "week by week of June"."""
    if span.kind == "link":
        return span.start < phrase.end and phrase.start < span.end
    return phrase.start <= span.start and span.end <= phrase.end
