"""What a text states: its figures with their units, and the period, the group and the metric that each is said of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest
from typing import Literal, TypeAlias

from bot.errors import BadQuestion
from bot.language import Calendar, Language, Matcher, Period, Span
from bot.language.amounts import Stated
from bot.types import Window

Written: TypeAlias = Literal["percent", "points", "money", "times", "number"]
SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=[^\s\da-zà-ÿ])|\n+|(?<=[;])\s+")
PART = re.compile(r"[,;:](?=\s)|[()·]|\s[–—-]\s")
DURATIONS = ("n_units", "over_n", "twelve_months")
"""Forms that in a statement say how long, not when."""
SMALL = 3
"""Whole numbers in words up to here count things of the text itself ("two countries"), unless people follow."""

LEVELS = (80.0, 90.0, 95.0, 99.0)
"""Confidence levels of intervals."""
LAST_DAY = 31


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as written: its value, the half of its last place, and what the words beside it say it is of."""

    words: str
    value: float
    slack: float
    unit: Written
    period: Window | None
    values: frozenset[tuple[str, str]]
    carried: bool
    """True where the group is not named beside the figure but before it: a total may follow the parts."""
    metrics: frozenset[str]
    beside: frozenset[str]
    """Of the metrics of the sentence those named in the figure's own part of it."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: its figures, and what it names besides."""

    text: str
    figures: tuple[Figure, ...]
    periods: tuple[Period, ...]
    values: tuple[tuple[str, str, str], ...]
    """(words, dimension, value) of each value of a dimension."""
    claims: tuple[tuple[str, bool], ...]
    """(direction, whether a "not" stands beside it): up, down, higher, lower, better, worse."""
    metrics: frozenset[str]
    asks: bool
    deed: bool
    """Whether it claims that something was done, or will be, which only a person does."""


def sentences(text: str, language: Language, when: Calendar, values: Iterable[tuple[str, str]]) -> list[Sentence]:
    """The sentences of a text. `values` are (dimension, value) of the evidence, so that they are heard as written."""
    known = Matcher(
        ("known", f"{dimension}={value}", re.sub(r"[*()\[\]{}|]", " ", phrase))
        for dimension, value in values
        for phrase in {value, language.value_name(dimension, value)}
        if re.search(r"\w", phrase) and not phrase.isdecimal()
    )
    return [_Reader(part, language, when, known).sentence() for part in SENTENCE.split(text) if part.strip()]


class _Reader:
    """One sentence being read."""

    def __init__(self, text: str, language: Language, when: Calendar, known: Matcher) -> None:
        # The marks of Slack's own formatting say nothing.
        self._text = re.sub(r"[*_~`]", "", text)
        self._language = language
        self._tokens, self._spans = language.hear(self._text)
        self._known = [*known.find(self._tokens), *(span for span in self._spans if span.kind == "value")]
        self._periods = self._read_periods(when)
        self._edges = self._parts()

    def sentence(self) -> Sentence:
        stated = self._stated()
        figures = tuple(self._figure(one, stated) for one in stated)
        named = [span for span in [*self._spans, *self._known] if span.kind in ("metric", "known")]
        inside = {at for span in named if span.length > 1 for at in range(span.start, span.end)}
        claims = [
            span for span in self._spans if span.kind == "claim" and not span.guessed and span.start not in inside
        ]
        return Sentence(
            self._text.strip(),
            figures,
            tuple(self._periods),
            tuple((self._words(span), *self._value(span)) for span in self._longest(self._known)),
            tuple(dict.fromkeys((span.id, self._denied(span)) for span in self._longest(claims))),
            frozenset(self._metrics(0, len(self._tokens))),
            self._text.rstrip().endswith("?"),
            self._language.claims_deed(self._tokens),
        )

    # ------------------------------------------------------------ figures

    def _stated(self) -> list[Stated]:
        """The figures of the sentence, but for those of dates, names and enumerations."""
        taken = {at for one in self._periods for at in range(one.start, one.end)}
        named = [span for span in self._spans if span.kind in ("metric", "metric_window") and not span.guessed]
        taken |= {at for span in named for at in range(span.start, span.end) if span.length > 1}
        taken |= {at for span in self._longest(self._known) for at in range(span.start, span.end)}
        found = self._language.figures(self._text, self._tokens)
        kept = [one for one in found if taken.isdisjoint(range(one.start, one.end)) and self._counts(one)]
        return [self._ranged(one, beside) for one, beside in zip_longest(kept, kept[1:])]

    def _ranged(self, one: Stated, beside: Stated | None) -> Stated:
        """The first figure of "8.3 to 11.7 %" has the unit of the second."""
        if beside is None or one.amount.unit != "number":
            return one
        between = [token.folded for token in self._tokens[one.end : beside.start]]
        if len(between) == 1 and between[0] in {*self._words_of("ranges"), "\u2013"}:
            return one._replace(amount=replace(one.amount, unit=beside.amount.unit))
        return one

    def _counts(self, one: Stated) -> bool:
        """False for "1." before a line, an interval's level, a day, and what counts the text's own things."""
        token, before = self._tokens[one.start], self._tokens[max(0, one.start - 1)].folded
        sure = one.amount.unit == "percent" and one.amount.value in LEVELS
        if sure and any(word.folded.startswith(tuple(self._words_of("sure"))) for word in self._tokens):
            return False
        if before in self._words_of("until") and one.amount.unit == "number" and one.amount.value <= LAST_DAY:
            return False
        beside = self._tokens[one.end].folded if one.end < len(self._tokens) else ""
        if beside.startswith(tuple(self._words_of("others"))):
            return False
        if one.start == 0 and re.match(r"\s*\d{1,2}[.)]\s", self._text):
            return False
        if token.text.isdecimal() or any(character.isdigit() for character in token.text):
            return True
        if one.amount.unit != "number":
            return True
        after = self._tokens[one.end : one.end + 2]
        if any("unit" in token.slots for token in after[:1]):  # "the four weeks before"
            return False
        people = tuple(self._words_of("people"))
        return one.amount.value > SMALL or any(token.folded.startswith(people) for token in after)

    def _figure(self, one: Stated, stated: Sequence[Stated]) -> Figure:
        unit: Written = one.amount.unit
        after = self._tokens[one.end].folded if one.end < len(self._tokens) else ""
        if unit == "number" and after in self._words_of("times"):
            unit = "times"
        slack = one.half if not self._about(one.start) else max(one.half, abs(one.amount.value) * 0.05)
        values, carried = self._values_of(one)
        return Figure(
            self._language_words(one.start, one.end),
            one.amount.value,
            slack,
            unit,
            self._period_of(one, stated),
            frozenset(values),
            carried,
            frozenset(self._metrics(0, len(self._tokens))),
            frozenset(self._metrics(*self._part_of(one.start))),
        )

    def _about(self, at: int) -> bool:
        rough = self._words_of("about")
        return any(token.folded in rough for token in self._tokens[max(0, at - 2) : at])

    def _language_words(self, start: int, end: int) -> str:
        return self._text[self._tokens[start].start : self._tokens[end - 1].end]

    # ------------------------------------------------------------ what a figure is said of

    def _parts(self) -> list[int]:
        """Where the parts of the sentence begin, as places of tokens."""
        cuts = [found.end() for found in PART.finditer(self._text)]
        joins = self._words_of("joins")
        cuts += [token.start for token in self._tokens if token.folded in joins]
        return sorted({0, *(sum(token.start < cut for token in self._tokens) for cut in cuts)})

    def _part_of(self, at: int) -> tuple[int, int]:
        starts = [edge for edge in self._edges if edge <= at]
        ends = [edge for edge in self._edges if edge > at]
        return starts[-1], (ends[0] if ends else len(self._tokens))

    def _period_of(self, one: Stated, stated: Sequence[Stated]) -> Window | None:
        """The period nearest after the figure and before the next one, else before it, else the one that opens."""
        following = [other.start for other in stated if other.start > one.start]
        limit = following[0] if following else len(self._tokens)
        after = [period for period in self._periods if one.end <= period.start < limit]
        if after and self._part_of(after[0].start)[0] - one.end <= 1:
            return after[0].window
        earlier = [other.end for other in stated if other.end <= one.start]
        before = [period for period in self._periods if period.end <= one.start]
        here = self._part_of(one.start)[0]
        near = [period for period in before if period.start >= here and (not earlier or period.start >= earlier[-1])]
        if near:
            return near[-1].window
        opening = [period for period in before if not earlier or period.end <= min(earlier)]
        return opening[-1].window if opening and len(self._periods) == 1 else None

    def _values_of(self, one: Stated) -> tuple[set[tuple[str, str]], bool]:
        """The values named in the figure's own part of the sentence, else (True) in the nearest part before that."""
        start, end = self._part_of(one.start)
        mentioned = self._longest(self._known)
        own = [span for span in mentioned if start <= span.start < end]
        carried = not own
        while not own and start > 0:
            start, end = self._part_of(start - 1)
            own = [span for span in mentioned if start <= span.start < end]
        return {self._value(span) for span in own}, carried

    def _metrics(self, start: int, end: int) -> set[str]:
        spans = self._longest([span for span in self._spans if span.kind == "metric" and not span.guessed])
        return {span.id.partition("?")[0] for span in spans if start <= span.start < end}

    # ------------------------------------------------------------ reading

    def _words_of(self, name: str) -> list[str]:
        found: list[str] = self._language.data["grounding"][name]
        return found

    def _read_periods(self, when: Calendar) -> list[Period]:
        """The periods named; "the week before" is another one each time, and left out."""
        cuts = [0, *(found.end() for found in PART.finditer(self._text)), len(self._text) + 1]
        found = [one for start, end in pairwise(cuts) for one in self._periods_in(start, end, when)]
        relative = tuple(self._words_of("before"))
        return [
            one
            for one in found
            if one.form not in DURATIONS
            and not self._cited(one)
            and not any(
                token.folded.startswith(relative) for token in self._tokens[max(0, one.start - 1) : one.end + 2]
            )
        ]

    def _cited(self, one: Period) -> bool:
        """True for the year of a source: "(Ascarza 2018)"."""
        before = self._tokens[one.start - 1] if one.start > 1 else None
        year = one.end - one.start == 1 and self._tokens[one.start].text.isdecimal()
        return year and before is not None and before.text[:1].isupper() and "month" not in before.slots

    def _periods_in(self, start: int, end: int, when: Calendar) -> list[Period]:
        """The periods of a part of the text; none where they cannot be, as in data that has no such day."""
        places = {at for at, token in enumerate(self._tokens) if start <= token.start < end}
        inside = [span for span in self._spans if set(range(span.start, span.end)) <= places]
        try:
            return self._language.periods(self._tokens, inside, when)
        except BadQuestion:
            return []

    def _longest(self, spans: Iterable[Span]) -> list[Span]:
        taken: set[int] = set()
        kept = []
        for span in sorted(spans, key=lambda one: (-one.length, one.kind != "known", one.start)):
            if taken.isdisjoint(range(span.start, span.end)) and self._meant(span):
                kept.append(span)
                taken.update(range(span.start, span.end))
        return sorted(kept, key=lambda one: one.start)

    def _meant(self, span: Span) -> bool:
        """False for a short word that is a code only by accident: "us" is no country."""
        word, at = self._tokens[span.start].text, self._tokens[span.start].start
        if self._text[at - 1 : at] == "$":  # the "US" of $US
            return False
        return span.kind not in ("value", "known") or span.length > 1 or len(word) > 2 or word.isupper()

    def _value(self, span: Span) -> tuple[str, str]:
        dimension, _, value = span.id.partition("=")
        return dimension, value

    def _words(self, span: Span) -> str:
        return self._language_words(span.start, span.end)

    def _denied(self, span: Span) -> bool:
        no = self._words_of("not")
        return any(token.folded in no for token in self._tokens[max(0, span.start - 3) : span.end + 1])
