"""A figure told by its idea and not by its name: "of the payments that failed, how many did we collect in the end".

What is said of a figure is made of notions ("payment", "fail", "collect"), whose words are the language's own; which
notions tell a figure together, in whatever order, is the same in every language (gists.toml).
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.engines.understanding.opinion import stems
from bot.engines.understanding.vocabulary import STEM
from bot.language import Language, Span, Token

with Path(__file__).with_suffix(".toml").open("rb") as _file:
    WAYS: Mapping[str, tuple[str, ...]] = {figure: tuple(ways) for figure, ways in tomllib.load(_file).items()}
"""Figure → the notions that tell it together, several ways; "-" before those that are said of another figure."""
OTHERWISE = frozenset({
    "draft", "message", "advise", "why", "profile", "help", "off_topic", "segment", "weekly", "what_if", "reconcile",
    "claim", "sample_size", "campaign_win_back", "campaign_re_engagement", "campaign_onboarding", "campaign_newsletter",
})  # fmt: skip
"""Cues of questions that want no figure, even where its idea is told."""
NAMES = frozenset({"metric", "ambiguous", "stranger"})
KEPT = frozenset({"period", "ahead", "part", "step", "metric_window"})
"""Kinds that say of when, also within the words of an idea."""
FILLER = 0.3
"""What a word that says little counts beside one that tells something."""
SIGNS = "=#%"
COUNTING = frozenset({"at_least", "more_than", "at_most", "fewer_than"})
COUNTED = frozenset({"tickets", "orders"})
FEWEST = 2
"""So many notions tell a figure; one alone may be said of several."""


def by_gist(language: Language, tokens: tuple[Token, ...], spans: Sequence[Span]) -> tuple[list[Span], frozenset[int]]:
    """The spans, with the figure whose idea the text tells, where that is of more words than any name in it; and the
    places of these words.

    The figure stands where the first of its notions does; the words of the others say nothing by themselves.
    """
    idea = _told(language, tokens, spans)
    if idea is None or _otherwise(spans, idea) or _denies(spans, idea) or _named_better(language, tokens, spans, idea):
        return list(spans), frozenset()
    if _described(language, tokens, spans):
        return list(spans), frozenset()
    names = [one for one in spans if one.kind == "metric" and one.id.partition("?")[0] == idea.figure]
    named = {at for one in names for at in range(one.start, one.end)}
    left = [one for one in spans if one in names or not _replaced(one, idea, told_so=bool(names))]
    named |= {at for one in left for at in range(one.start, one.end)} if names else set()
    free = [one for one in idea.places if named.isdisjoint(range(*one))]
    told_here = [] if names else [Span("metric", idea.figure, *free.pop(0))]
    free += _said_of(language, idea.figure, tokens, [*left, *told_here, *(Span("word", "aside", *one) for one in free)])
    idle = [Span("word", "aside", *one) for one in free]
    return [*left, *told_here, *idle], frozenset() if names else idea.covered


def _said_of(
    language: Language, figure: str, tokens: tuple[Token, ...], spans: Sequence[Span]
) -> list[tuple[int, int]]:
    """The places of words that nothing else explains and that people use of this figure anyway: "mails they got"."""
    explained = {at for one in spans for at in range(one.start, one.end)}
    said = frozenset().union(*(stems(one, language) for one in language.asked[f"metric:{figure}"]))
    return [
        (at, at + 1)
        for at, token in enumerate(tokens)
        if at not in explained and token.text.islower() and token.folded[:STEM] in said
    ]


@dataclass(frozen=True, slots=True)
class _Idea:
    """A figure that a text tells, the places of its words in their order, and how many signs tell it besides."""

    figure: str
    places: tuple[tuple[int, int], ...]
    signs: int

    @property
    def covered(self) -> frozenset[int]:
        return frozenset(at for start, end in self.places for at in range(start, end))


def _told(language: Language, tokens: tuple[Token, ...], spans: Sequence[Span]) -> _Idea | None:
    """The figure that most notions tell; None where two are told alike.

    "=feature" is a value of a dimension, "#" stands for "how many" and "%" for a share: these keep their own meaning.
    """
    found = {**_less_splits(language.notions(tokens), spans), **_signs(spans)}
    told = {figure: most for figure, ways in WAYS.items() if (most := max(_held(way, found) for way in ways))}
    most = max(told.values(), default=0)
    best = [figure for figure, notions in told.items() if notions == most]
    if most < FEWEST or len(best) > 1:
        return None
    ways = [way for way in WAYS[best[0]] if _held(way, found)]
    own = {notion for way in WAYS[best[0]] for notion in way.split() if notion in found}
    places = {place for notion in own for place in found[notion]}
    signs = {notion for way in ways for notion in way.split() if notion[0] in SIGNS}
    return _Idea(best[0], _merged(places), len(signs))


def _less_splits(
    notions: Mapping[str, list[tuple[int, int]]], spans: Sequence[Span]
) -> dict[str, list[tuple[int, int]]]:
    """The notions without the words that name what is split by, where others tell them: "failed payments we recover,
    by decline code"."""
    splits = {one.end for one in spans if (one.kind, one.id) == ("word", "by")}
    named = [one for one in spans if one.kind == "dimension" and one.start in splits]
    inside = {at for one in named for at in range(one.start, one.end)}
    left = {notion: [one for one in places if inside.isdisjoint(range(*one))] for notion, places in notions.items()}
    return {notion: left[notion] or places for notion, places in notions.items()}


def _signs(spans: Sequence[Span]) -> dict[str, list[tuple[int, int]]]:
    """What counts as a notion and is none of words."""
    values = {one.id.partition("=")[0] for one in spans if one.kind in ("data", "value")}
    words = {one.id for one in spans if one.kind == "word"}
    signs = [f"={name}" for name in values] + ["#"] * ("count" in words) + ["%"] * ("rate" in words)
    return {sign: [] for sign in signs}


def _held(way: str, found: Mapping[str, Sequence[tuple[int, int]]]) -> int:
    """How many notions of a way the text tells; 0 where one is missing, or speaks for another figure."""
    notions = way.split()
    if any(one[1:] in found if one[0] == "-" else one not in found for one in notions):
        return 0
    return sum(one[0] != "-" for one in notions)


def _merged(places: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Places that overlap as one, in the order of the text."""
    out: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if out and start < out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return tuple(out)


def _replaced(span: Span, idea: _Idea, *, told_so: bool) -> bool:
    """Whether the idea takes the place of a phrase; `told_so`: its name stands there too, and only others go."""
    if told_so:
        return span.kind in NAMES and not idea.covered.isdisjoint(range(span.start, span.end))
    if (span.kind, span.id) == ("intent", "list_people"):  # "how many promoters who invited": no list
        return True
    within = any(start <= span.start and span.end <= end and span.length < end - start for start, end in idea.places)
    return within or (span.kind not in KEPT and not idea.covered.isdisjoint(range(span.start, span.end)))


def _otherwise(spans: Sequence[Span], idea: _Idea) -> bool:
    """Whether a cue outside these words asks for something else than a figure."""
    relative = {one.end for one in spans if (one.kind, one.id) == ("word", "relative")}
    counted = any(one.kind == "word" and one.id in ("count", "rate") for one in spans)
    return any(
        one.kind == "intent"
        and not _part_of(one, idea)
        and (one.id in OTHERWISE or (one.id == "list_people" and not (counted or one.end in relative)))
        for one in spans
    )


def _part_of(cue: Span, idea: _Idea) -> bool:
    """Whether a cue is a part of a longer notion, or the message that a figure is told of."""
    if cue.id == "message":
        return not idea.covered.isdisjoint(range(cue.start, cue.end))
    return any(start <= cue.start and cue.end <= end and cue.length < end - start for start, end in idea.places)


def _described(language: Language, tokens: tuple[Token, ...], spans: Sequence[Span]) -> bool:
    """Whether the text is of customers who did something so and so often, and asks for no figure: "customers who opened
    at least two tickets"."""
    words = {one.id for one in spans if one.kind == "word"}
    opens = any(one.id == "relative" and one.start < FEWEST for one in spans if one.kind == "word")
    marks = {one.id.partition("=")[0] for one in language.conditions(tokens)}
    return opens and bool(marks & COUNTING and marks & COUNTED) and not words & {"count", "rate"}


def _denies(spans: Sequence[Span], idea: _Idea) -> bool:
    """Whether a "not" outside these words changes them: "who did not come back", but not "without Spain"."""
    people = {one.start for one in spans if one.kind in ("data", "value", "segment")}
    return any(
        (one.kind, one.id) == ("word", "without")
        and idea.covered.isdisjoint(range(one.start, one.end))
        and people.isdisjoint((one.end, one.end + 1))
        for one in spans
    )


def _named_better(language: Language, tokens: tuple[Token, ...], spans: Sequence[Span], idea: _Idea) -> bool:
    """Whether a figure or a group is named outright: by words that are no part of the idea, or by as many of them."""

    def telling(places: Iterable[int]) -> set[int]:
        return {at for at in places if tokens[at].folded not in language.filler}

    def weight(places: Collection[int]) -> float:
        several = telling(places)
        return len(several) + FILLER * (len(places) - len(several))

    groups = [frozenset(range(one.start, one.end)) for one in spans if one.kind == "segment"]
    if any(one & idea.covered and not telling(one) <= idea.covered for one in groups):
        return True
    if any(_of_whom(one, idea, tokens, spans) for one in spans if one.kind in ("value", "data")):
        return True
    same = [one for one in spans if one.kind == "metric" and one.id.partition("?")[0] == idea.figure]
    named = [one for one in spans if one.kind in NAMES]
    if _listed([one for one in named if one not in same], same, spans):
        return True
    if any(one.start <= own.start and own.end <= one.end for one in named if one not in same for own in same):
        return True  # "reopened tickets" hold "open tickets"
    own = weight(idea.covered) + idea.signs
    places = [range(one.start, one.end) for one in named if one not in same]
    return any(not telling(one) <= idea.covered or (weight(one) >= own and not same) for one in places)


def _of_whom(value: Span, idea: _Idea, tokens: tuple[Token, ...], spans: Sequence[Span]) -> bool:
    """Whether a word of the idea says of whom: of a longer value, or behind "in": "in the health industry"."""
    inside = [end - start for start, end in idea.places if value.start <= start and end <= value.end]
    links = [one.end for one in spans if (one.kind, one.id) == ("word", "place") and one.end <= value.start]
    alone = (
        value.start > 0 and value.start - max(links, default=-FEWEST) < FEWEST and tokens[value.start].text.islower()
    )
    return bool(inside) and (value.length > max(inside) or (alone and value.end == len(tokens)))


def _listed(others: Sequence[Span], same: Sequence[Span], spans: Sequence[Span]) -> bool:
    """Whether "and" joins other figures to the one that is told: "new customers and lost ones, and the LTV"."""
    joins = [one.start for one in spans if (one.kind, one.id) == ("word", "join")]
    return any(
        min(one.end, own.end) <= at < max(one.start, own.start) for one in others for own in same for at in joins
    )
