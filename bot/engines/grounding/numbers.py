"""The figures of a sentence by themselves: between what their words may stand for, and in which unit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise, zip_longest
from typing import Literal, NamedTuple, TypeAlias

from bot.language import Language, Span, Stated, Token, fold

Written: TypeAlias = Literal["percent", "points", "money", "times", "number", "hours", "days", "months"]
YEAR = re.compile(r"(19|20)\d\d")
SMALL = 3
"""Whole numbers in words up to here count things of the text itself ("two countries"), unless people follow."""

LEVELS = (80.0, 90.0, 95.0, 99.0)
"""Confidence levels of intervals."""
LAST_DAY = 31
ROUGH = 0.05
"""How far "about 60" may be from what was measured, and "over 60" above it, twice that."""
LIKENED = 0.15
"""How far "doubled" and "a third" may be."""
MOST_IN_EVERY = 20
"""The most of which "one in nine" is said."""
LENGTHS: Mapping[str, tuple[Written, float]] = {
    "seconds": ("hours", 1 / 3600), "minutes": ("hours", 1 / 60), "hours": ("hours", 1.0), "day": ("days", 1.0),
    "week": ("days", 7.0), "month": ("months", 1.0), "quarter": ("months", 3.0), "year": ("months", 12.0),
}  # fmt: skip


class Said(NamedTuple):
    """A figure by itself: between what its rounding may stand for, its unit, and its tokens `[start, end)`."""

    low: float
    high: float
    unit: Written
    start: int
    end: int
    sign: int = 0
    """1 and -1 where a plus or a minus is written."""


class Numbers:
    """The figures of one sentence."""

    def __init__(self, text: str, tokens: tuple[Token, ...], language: Language) -> None:
        self._text = text
        self._tokens = tokens
        self._language = language

    def read(self, taken: set[int]) -> list[Said]:
        """The figures, shares in words too, but for those in the places `taken` by dates and names."""
        places = set(taken)
        found = []
        for span in self._language.likened(self._tokens):
            if places.isdisjoint(range(span.start, span.end)):
                found.append(self._likened(span))
                places.update(range(span.start, span.end))
        stated = self._language.figures(self._text, self._tokens)
        kept = [one for one in stated if places.isdisjoint(range(one.start, one.end))]
        kept = [one for one in self._paired(kept, found) if self._counts(one)]
        found += [self._said(self._ranged(one, beside)) for one, beside in zip_longest(kept, kept[1:])]
        return sorted(found, key=lambda one: one.start)

    def cited(self, start: int, end: int) -> bool:
        """True for the year of a source: "(Ascarza 2018)"."""
        before = self._tokens[start - 1] if start else None
        year = end - start == 1 and YEAR.fullmatch(self._tokens[start].text) is not None
        return year and before is not None and before.text[:1].isupper() and "month" not in before.slots

    def currency(self, one: Said) -> str | None:
        """The currency whose sign or word stands at a figure."""
        start = self._tokens[one.start - 1].end if one.start else 0
        end = self._tokens[one.end].start if one.end < len(self._tokens) else len(self._text)
        around = fold(self._text[start:end])
        signs = self._language.data["grounding"]["currencies"]
        return next((code for code in signs if any(fold(sign) in around for sign in signs[code])), None)

    def to(self, one: Said, other: Said) -> bool:
        """Whether two figures are the ends of one range: "8.3 to 11.7", "8.3–11.7", "297 days to 486 days"."""
        after = one.end
        if one.unit == other.unit != "number" and other.start - after > 1:
            after += 1  # the unit, which both are written with
        between = [token.folded for token in self._tokens[after : other.start]]
        if between:
            return len(between) == 1 and between[0] in {*self._words_of("ranges"), "\u2013"}
        marks = self._text[self._tokens[one.end - 1].end : self._tokens[other.start].start]
        return re.fullmatch(r"[\s%]*[-\u2013;,][\s]*", marks) is not None

    def least_or_most(self, one: Said) -> Literal["lower", "upper"] | None:
        """Whether "at least" or "at most" stands before a figure, or after it; an article may stand between."""
        before = [(max(0, one.start - many - gap), one.start - gap) for many in (1, 2, 3) for gap in (0, 1)]
        after = [(one.end, one.end + many) for many in (1, 2)]
        near = [" ".join(token.folded for token in self._tokens[start:end]) for start, end in (*before, *after)]
        if any(words in self._words_of("at_least") for words in near):
            return "lower"
        return "upper" if any(words in self._words_of("at_most") for words in near) else None

    def _likened(self, span: Span) -> Said:
        """ "a third of", "doubled", "more than doubled"."""
        unit: Written = "percent" if span.kind == "fraction" else "times"
        value = float(span.id) * (100 if unit == "percent" else 1)
        rough = LIKENED + (ROUGH if self._about(span.start) else 0)
        above = 0.5 if self._over(span.start, span.end) else rough
        return Said(value * (1 - rough), value * (1 + above), unit, span.start, span.end)

    def _paired(self, read: Sequence[Stated], found: list[Said]) -> list[Stated]:
        """The figures but for those of "one in nine", which are found as one share."""
        left = list(read)
        for one, every in pairwise(read):
            between = [token.folded for token in self._tokens[one.end : every.start]]
            joined = any(f" {' '.join(between)}".endswith(f" {words}") for words in self._words_of("in_every"))
            amounts = one.amount, every.amount
            if (
                joined and len(between) <= 4 and one in left
                and all(amount.unit == "number" for amount in amounts)
                and 1 <= one.amount.value < every.amount.value <= MOST_IN_EVERY
                and self._length_of(every) is None
            ):  # fmt: skip
                share, of = 100 * one.amount.value, every.amount.value
                found.append(Said(share / (of + 0.5), share / (of - 0.5), "percent", one.start, every.end))
                left = [other for other in left if other not in (one, every)]
        return left

    def _said(self, one: Stated) -> Said:
        """A figure as far as its own words say."""
        unit: Written = one.amount.unit
        value, half = abs(one.amount.value), one.half
        after = self._tokens[one.end].folded if one.end < len(self._tokens) else ""
        length = self._length_of(one)
        if unit == "number" and after in self._words_of("times"):
            unit, half = "times", min(half, value * LIKENED)
        elif unit == "number" and length is not None:
            unit, scale = LENGTHS[length]
            value, half = value * scale, half * scale
        low, high = value - half, value + half
        if self._about(one.start):
            low, high = min(low, value * (1 - ROUGH)), max(high, value * (1 + ROUGH))
        if self._over(one.start, one.end):
            high = max(high, value * (1 + 2 * ROUGH))
        return Said(low, high, unit, one.start, one.end, self._sign(one.start))

    def _length_of(self, one: Stated) -> str | None:
        """The unit of time that a figure is of, where it is of one."""
        if one.end >= len(self._tokens):
            return None
        after = self._tokens[one.end]
        if self._text[self._tokens[one.end - 1].end : after.start].strip(" \u00a0\u202f-"):
            return None
        if "unit" in after.slots:
            return str(after.slots["unit"].value)
        return next((unit for unit in ("hours", "minutes", "seconds") if self._is_one_of(after.folded, unit)), None)

    def _is_one_of(self, word: str, name: str) -> bool:
        """Whether a word begins like one of a list; a single letter stands for itself."""
        return any(word == one or (len(one) > 2 and word.startswith(one)) for one in self._words_of(name))

    def _sign(self, start: int) -> int:
        """The sign written before a figure; the dash of "10\u201312" and that of a list are none."""
        found = re.search(r"(?<![\w%.,])([+\-\u2212])[$€£]?$", self._text[: self._tokens[start].start])
        return 0 if found is None else 1 if found[1] == "+" else -1

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
        day = one.amount.unit == "number" and one.amount.value <= LAST_DAY and float(one.amount.value).is_integer()
        if day and before in self._words_of("until"):
            return False
        beside = self._tokens[one.end].folded if one.end < len(self._tokens) else ""
        compared = any(token.folded in self._words_of("than") for token in self._tokens[one.end + 1 : one.end + 2])
        if beside.startswith(tuple(self._words_of("others"))) and not compared:
            return False
        if self.cited(one.start, one.end):
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
        if beside in self._words_of("times"):
            return True
        people = tuple(self._words_of("people"))
        return one.amount.value > SMALL or any(token.folded.startswith(people) for token in after)

    def _over(self, start: int, end: int) -> bool:
        """Whether "more than" stands before a figure, or the like after it."""
        over = self._words_of("over")
        beside = (self._tokens[max(0, start - many) : start] for many in (1, 2))
        after = (self._tokens[end : end + many] for many in (1, 2))
        return any(" ".join(token.folded for token in some) in over for some in (*beside, *after))

    def _about(self, at: int) -> bool:
        rough = self._words_of("about")
        return any(token.folded in rough for token in self._tokens[max(0, at - 2) : at])

    def _words_of(self, name: str) -> list[str]:
        found: list[str] = self._language.data["grounding"][name]
        return found
