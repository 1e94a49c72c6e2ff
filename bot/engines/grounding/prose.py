"""What a text states: its figures with their units, and the period, the group and the metric that each is said of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

from bot.engines.grounding.numbers import YEAR, Numbers, Said, Written
from bot.errors import BadQuestion
from bot.language import Calendar, Language, Matcher, Period, Span
from bot.types import Window

Where: TypeAlias = tuple[str, str]
"""A dimension and its value."""
SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=[^\s\da-zà-ÿ])|\n+|(?<=[;])\s+")
MARKS = re.compile(r"[*~`]|(?<!\w)_|_(?!\w)")
"""What Slack formats with; the underscore inside a name is part of it."""
PART = re.compile(r"[,;:](?=\s)|[()·]|\s[–—-]\s")
DURATIONS = ("n_units", "over_n", "twelve_months")
"""Forms that in a statement say how long, not when."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as written: between what it may stand for, and what the words beside it say it is of."""

    words: str
    low: float
    high: float
    unit: Written
    sign: int
    currency: str | None
    period: Window | None
    values: frozenset[Where]
    of: frozenset[Where]
    than: frozenset[Where]
    """Of a ratio between two values that are named those two: Starter loses 2.5 times as many as Pro."""
    carried: bool
    """True where the group is not named beside the figure but before it: a total may follow the parts."""
    whole: bool
    """True for the Y of "X of Y", which may be of more than the group."""
    metrics: frozenset[str]
    beside: frozenset[str]
    """Of the metrics of the sentence those named in the figure's own part of it."""
    bound: Literal["lower", "upper"] | None
    """Whether it is said as one end of what is between two figures, or as the least or the most."""
    other: Said | None
    """The other end, where it is named."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A word for a change or a comparison: up, down, higher, lower, better, worse, highest, lowest, best, worst."""

    way: str
    denied: bool
    """Whether a "not" stands beside it."""
    of: frozenset[Where] = frozenset()
    than: frozenset[Where] = frozenset()
    """The two values compared, where it compares two; else none."""
    backward: bool = False
    """True where the earlier period is said to be so against the later one."""
    period: Window | None = None
    """Of highest, lowest, best and worst the period that is said to be it, where no value is."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: its figures, and what it names besides."""

    text: str
    figures: tuple[Figure, ...]
    periods: tuple[Period, ...]
    values: tuple[tuple[str, str, str], ...]
    """(words, dimension, value) of each value of a dimension."""
    claims: tuple[Claim, ...]
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
        if re.search(r"\w", phrase) and (not phrase.isdecimal() or YEAR.fullmatch(phrase))
    )
    return [_Reader(part, language, when, known).sentence() for part in SENTENCE.split(text) if part.strip()]


class _Reader:
    """One sentence being read."""

    def __init__(self, text: str, language: Language, when: Calendar, known: Matcher) -> None:
        # The marks of Slack's own formatting say nothing.
        self._text = MARKS.sub("", text)
        self._language = language
        self._tokens, self._spans = language.hear(self._text)
        self._numbers = Numbers(self._text, self._tokens, language)
        self._known = self._read_values(known)
        self._periods = self._read_periods(when)
        self._edges = self._parts()

    def sentence(self) -> Sentence:
        stated = self._numbers.read(self._taken())
        figures = tuple(self._figure(at, stated) for at in range(len(stated)))
        named = [span for span in [*self._spans, *self._known] if span.kind in ("metric", "known")]
        inside = {at for span in named if span.length > 1 for at in range(span.start, span.end)}
        extremes = self._longest(self._language.extremes(self._tokens))
        inside |= {at for span in extremes for at in range(span.start, span.end)}
        claims = [
            span for span in self._spans if span.kind == "claim" and not span.guessed and span.start not in inside
        ]
        claimed = [self._claim(span) for span in self._longest(claims)] + [self._extreme(span) for span in extremes]
        return Sentence(
            self._text.strip(),
            figures,
            tuple(self._periods),
            tuple((self._words(span), *self._value(span)) for span in self._longest(self._known)),
            tuple(dict.fromkeys(claimed)),
            frozenset(self._metrics(0, len(self._tokens))),
            self._text.rstrip().endswith("?"),
            self._language.claims_deed(self._tokens),
        )

    # ------------------------------------------------------------ figures

    def _taken(self) -> set[int]:
        """The places of dates and of names, whose figures count nothing."""
        named = [span for span in self._spans if span.kind in ("metric", "metric_window") and not span.guessed]
        spans = [span for span in named if span.length > 1] + self._longest(self._known)
        places = [(one.start, one.end) for one in spans] + [(one.start, one.end) for one in self._periods]
        return {at for start, end in places for at in range(start, end)}

    def _figure(self, place: int, stated: Sequence[Said]) -> Figure:
        one, before = stated[place], stated[place - 1] if place else None
        values, carried = self._values_of(one)
        between = self._tokens[before.end : one.start] if before is not None else ()
        of = 0 < len(between) <= 3 and all(token.folded in self._words_of("of") for token in between)
        return Figure(
            self._language_words(one.start, one.end),
            one.low,
            one.high,
            one.unit,
            one.sign,
            self._numbers.currency(one) if one.unit == "money" else None,
            self._period_of(one, stated),
            frozenset(values),
            *(self._compared(one) if one.unit == "times" else (frozenset(), frozenset())),
            carried,
            of,
            frozenset(self._metrics(0, len(self._tokens))),
            frozenset(self._metrics(*self._part_of(one.start))),
            *self._bound(place, stated),
        )

    def _bound(self, place: int, stated: Sequence[Said]) -> tuple[Literal["lower", "upper"] | None, Said | None]:
        """Whether a figure is said as a bound, and the other one of the two."""
        one = stated[place]
        if place + 1 < len(stated) and self._numbers.to(one, stated[place + 1]):
            return "lower", stated[place + 1]
        if place and self._numbers.to(stated[place - 1], one):
            return "upper", stated[place - 1]
        return self._numbers.least_or_most(one), None

    def _compared(self, one: Said) -> tuple[frozenset[Where], frozenset[Where]]:
        """The value before a ratio and the value of the same dimension after it; none where there are not both."""
        mentioned = self._longest(self._known)
        before = [self._value(span) for span in mentioned if span.end <= one.start]
        after = [self._value(span) for span in mentioned if span.start >= one.end]
        if before and after and _two_of_one(before[-1], after[0]):
            return frozenset(before[-1:]), frozenset(after[:1])
        return frozenset(), frozenset()

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

    def _period_of(self, one: Said, stated: Sequence[Said]) -> Window | None:
        """The period nearest after the figure and before the next one, else before it, else the one that opens."""
        following = [other.start for other in stated if other.start > one.start]
        limit = following[0] if following else len(self._tokens)
        after = [period for period in self._periods if one.end <= period.start < limit]
        if after and self._part_of(after[0].start)[0] - one.end <= 1 and not self._opens(after[0], one, following):
            return after[0].window
        earlier = [other.end for other in stated if other.end <= one.start]
        before = [period for period in self._periods if period.end <= one.start]
        here = self._part_of(one.start)[0]
        near = [period for period in before if period.start >= here and (not earlier or period.start >= earlier[-1])]
        if near:
            return near[-1].window
        opening = [period for period in before if not earlier or period.end <= min(earlier)]
        return opening[-1].window if opening and len(self._periods) == 1 else None

    def _opens(self, period: Period, one: Said, following: Sequence[int]) -> bool:
        """Whether a period after a figure opens what is said of the next: "93.7% (September: 96.5%)"."""
        if not following or self._part_of(period.start) == self._part_of(one.start):
            return False
        between = self._text[self._tokens[period.end - 1].end : self._tokens[following[0]].start]
        return ":" in between or not re.search(r"[,;)]", between)

    def _values_of(self, one: Said) -> tuple[set[Where], bool]:
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

    def _read_values(self, known: Matcher) -> list[Span]:
        """The values named; a word of a metric's name ("referral rate") is none."""
        named = [one for one in self._spans if one.kind == "metric" and one.length > 1 and not one.guessed]
        inside = {at for one in named for at in range(one.start, one.end)}
        found = [*known.find(self._tokens), *(span for span in self._spans if span.kind == "value")]
        return [one for one in found if not inside.issuperset(range(one.start, one.end))]

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
            and not self._numbers.cited(one.start, one.end)
            and not any(span.start <= one.start and one.end <= span.end for span in self._longest(self._known))
            and (self._has_year(one) or not self._beside(one, relative))
        ]

    def _has_year(self, period: Period) -> bool:
        """Whether a period names its year, so that no word beside it makes it another one."""
        return any(YEAR.fullmatch(token.text) for token in self._tokens[period.start : period.end])

    def _beside(self, period: Period, stems: tuple[str, ...]) -> bool:
        near = self._tokens[max(0, period.start - 1) : period.end + 2]
        return any(token.folded.startswith(stems) for token in near)

    def _periods_in(self, start: int, end: int, when: Calendar) -> list[Period]:
        """The periods of a part of the text; none where they cannot be, as in data that has no such day."""
        places = {at for at, token in enumerate(self._tokens) if start <= token.start < end}
        inside = [
            span
            for span in self._spans
            if set(range(span.start, span.end)) <= places and not (span.kind == "period" and self._lasts(span.start))
        ]
        try:
            return self._language.periods(self._tokens, inside, when)
        except BadQuestion:
            return []

    def _lasts(self, at: int) -> bool:
        """Whether a figure with a unit of time stands at a place: "0.8 months in September" says how long."""
        figure, *beside = self._tokens[at : at + 2]
        return figure.text.isdecimal() and any("unit" in token.slots for token in beside)

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

    def _value(self, span: Span) -> Where:
        dimension, _, value = span.id.partition("=")
        return dimension, value

    def _words(self, span: Span) -> str:
        return self._language_words(span.start, span.end)

    # ------------------------------------------------------------ changes and comparisons

    def _claim(self, span: Span) -> Claim:
        """A word for a change, with the two values or periods that it compares."""
        at = next((at for at in range(span.end, len(self._tokens)) if self._is_than(at)), None)
        if at is None:
            return Claim(span.id, self._denied(span))
        mentioned = self._longest(self._known)
        other = next((self._value(one) for one in mentioned if one.start > at), None)
        own = [self._value(one) for one in mentioned if one.end <= at]
        own = [value for value in own if other is not None and _two_of_one(value, other)]
        if own and other is not None:
            return Claim(span.id, self._denied(span), frozenset(own[-1:]), frozenset({other}))
        then = next((one.window for one in self._periods if one.start > at), None)
        now = [one.window for one in self._periods if one.end <= at]
        backward = then is not None and bool(now) and now[-1].start < then.start
        return Claim(span.id, self._denied(span), backward=backward)

    def _extreme(self, span: Span) -> Claim:
        """What is said to be the highest of its kind: the value, or the period, of its own part of the sentence."""
        start, end = self._part_of(span.start)
        values = [self._value(one) for one in self._longest(self._known) if start <= one.start < end]
        periods = [one.window for one in self._periods if start <= one.start < end]
        of = frozenset(values[:1])
        return Claim(span.id, self._denied(span), of, period=periods[0] if len(periods) == 1 and not of else None)

    def _is_than(self, at: int) -> bool:
        return self._tokens[at].folded in self._words_of("than")

    def _denied(self, span: Span) -> bool:
        no = self._words_of("not")
        affirmed = {at for one in self._language.goes_on(self._tokens) for at in range(one.start, one.end)}
        return any(
            self._tokens[at].folded in no
            for at in range(max(0, span.start - 3), min(span.end + 1, len(self._tokens)))
            if at not in affirmed
        )


def _two_of_one(first: Where, second: Where) -> bool:
    """Whether two values are different ones of the same dimension."""
    return first[0] == second[0] and first != second
