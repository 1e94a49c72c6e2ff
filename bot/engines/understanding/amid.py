"""Words amid those of a figure: periods ("points issued in March that were used"), also such as are taken back at once,
and names of ours who did what is asked about ("how many accounts did Nora lose")."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from bot.engines.understanding.picks import NAMES, Pick
from bot.language import Language, Period, Span, Token
from bot.language.periods import STRETCHES

COVERED = frozenset({"intent", "turn", "claim"})
"""Kinds of cue that say nothing by themselves within the words of a figure."""
TIMELESS = {("intent", "asks"), ("intent", "trend"), ("word", "aside")}


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
        named = [one for one in spans if one.kind == "metric"]
        if any(one.start <= start and end - after < one.end - start for one in named):
            continue
        if any("?" in one.id and one.start < start < one.end for one in named):  # "M3 retention of the May cohort"
            continue
        own = [(start, first), (after, end)]
        left = [one for one in left if one.kind not in NAMES or not _within(one, own)]
        left += [Span("metric", found.id, start, first, found.slots), Span("word", "aside", after, end)]
    return left


def aside(spans: Sequence[Span], said: Sequence[Span]) -> frozenset[int]:
    """The places of a figure's words that stand apart from its name, or from the first of them."""
    own = {("word", "aside")}
    return frozenset(at for one in {*spans} - {*said} if (one.kind, one.id) in own for at in range(one.start, one.end))


def acted(language: Language, tokens: tuple[Token, ...], spans: Sequence[Span]) -> list[Span]:
    """The spans, with those that are heard once "we" or "our" stands for one of us: "which accounts did Nora lose".

    Only languages whose verbs are alike for "we" and for a name have such words.
    """
    left = list(spans)
    for name, word in _ours_by_name(language, tokens, spans):
        stand_in = replace(tokens[name.start], folded=word, near=None, slots={})
        told = language.phrases((*tokens[: name.start], stand_in, *tokens[name.end :]))
        more = name.length - 1
        for found in (one for one in told if one.start <= name.start < one.end and one.length > 1):
            if found.kind not in NAMES and (found.kind, found.id) != ("intent", "list_people"):
                continue
            before, after = (found.start, name.start), (name.end, found.end + more)
            parts = [part for part in (before, after) if part[0] < part[1]]
            if found.kind == "metric":
                left = [one for one in left if one.kind not in {*NAMES, *COVERED} or not _within(one, parts)]
            left += [replace(found, start=parts[0][0], end=parts[0][1])]
            left += [Span("word", "aside", *part) for part in parts[1:]]
    return list(dict.fromkeys(left))


def _ours_by_name(language: Language, tokens: Sequence[Token], spans: Sequence[Span]) -> Iterator[tuple[Span, str]]:
    """The names of our people, a genitive's ending with them, and the word that says the same of all of us."""
    words = language.data["hears"].get("by_name", {})
    joins = {one.start for one in spans if (one.kind, one.id) == ("word", "join")}
    names: list[Span] = []
    for one in sorted((one for one in spans if one.id.startswith("owner=")), key=lambda one: (one.start, -one.length)):
        if names and one.start - names[-1].end == 1 and names[-1].end in joins:  # "did Nora and Diego lose"
            names[-1] = replace(names[-1], end=one.end)
        elif not names or one.start >= names[-1].end:
            names.append(one)
    for one in names:
        ending = one.end < len(tokens) and tokens[one.end].folded in words.get("genitive", ())
        if "we" in words and not ending:
            yield one, words["we"]
        elif "our" in words and ending:
            yield replace(one, end=one.end + 1), words["our"]


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


def last_said(
    periods: Sequence[Period], picks: Sequence[Pick], tokens: Sequence[Token]
) -> tuple[list[Period], list[Period]]:
    """The periods that are meant, and those that are cut out of another, which cannot be measured.

    One that is taken back or denied is none: "in September, sorry, October", "in October, not September".
    """
    meant, cut = list(periods), []
    for first, second in pairwise(periods):
        between = [one for one in picks if first.end <= one.start and one.end <= second.start <= one.end + 1]
        corrected = [one for one in between if any(span.id == "correction" for span in one.of("turn"))]
        if any(not one.of("word") or not _close(tokens, one.end) for one in corrected):  # "septiembre, no, octubre"
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


def timeless_in(span: Span, spans: Sequence[Span]) -> bool:
    """True for a phrase in which no period is meant: "than last month" is, "month after month", "as of today"; not for
    "the week before" that "October" follows."""
    if span.kind == "compare" and _begins_stretch(span, spans):
        return False
    return (
        span.kind in ("compare", "step", "metric")
        or span.id.startswith("smalltalk")
        or (span.kind, span.id) in TIMELESS
    )


def _begins_stretch(phrase: Span, spans: Sequence[Span]) -> bool:
    """Whether a period follows that the phrase only says the time before or after: "the week before October"."""
    ends = {one.end for one in spans if one.kind == "link" and one.id in STRETCHES}
    return phrase.end in ends and any(one.kind == "period" and 0 <= one.start - phrase.end <= 1 for one in spans)
