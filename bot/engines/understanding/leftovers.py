"""The words that nothing explains, sorted by where they stand: there they may be a filter, a period, a condition."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from rapidfuzz.distance import OSA

from bot.engines.understanding.cues import RANKING
from bot.engines.understanding.heard import Heard
from bot.engines.understanding.picks import Pick, runs, spelt
from bot.language import Span, Token
from bot.language.filler import Filler

ACCOUNT = re.compile(r"(?=.*\d)[A-Za-z]{1,8}[-_]?\d+$")
LONG_NUMBER = 4
"""Digits from which a word is an id wherever it stands."""
LONG_SLIP = 6
"""Letters from which a word with one slip is still known."""
MISTAKEN = {"size": {"plan"}}
"""Dimension → those whose values may have the same words."""
DATED = ("since", "after", "between", "week_of")
"""Links that only a period can follow."""


class Around:
    """What stands around a place in a text."""

    def __init__(self, heard: Heard, picks: Sequence[Pick], spans: Sequence[Span]) -> None:
        self.picks, self.spans, self._tokens = picks, spans, heard.tokens
        self._filler, self._language = heard.language.filler, heard.language
        joins = [one for one in spans if (one.kind, one.id) == ("word", "join")]
        self._joins = {at for one in joins for at in range(one.start, one.end)}

    def relative(self, span: Span) -> bool:
        """True for the "who" of "customers who" and "promoters who", which asks for no list."""
        return span.id == "list_people" and any(
            (one.id == "relative" and one.kind == "word" and one.end == span.end and one.start < span.start)
            or (one.kind == "segment" and one.end == span.start and span.length == 1 and not self.parted(span.start))
            for one in self.spans
        )

    def after(self, start: int, word: str) -> bool:
        """True when only small words stand between such a word and this place."""
        for pick in reversed([pick for pick in self.picks if pick.end <= start]):
            if any(span.id == word for span in pick.of("word")) or (
                word == "relative" and any(self.relative(span) for span in pick.of("intent"))
            ):
                between = self._tokens[pick.end : start]
                return len(between) <= (4 if word == "relative" else 2)
            if not pick.of("word"):
                return False
        return False

    def near(self, end: int, start: int) -> bool:
        """Whether nothing but two small words, or the name of the dimension, stand between the two places."""
        named = {at for one in self.spans if one.kind == "dimension" for at in range(one.start, one.end)}
        small = all(at in named or self._tokens[at].folded in self._filler for at in range(end, start))
        return 0 <= end <= start <= end + 2 and small

    def ends_in_split(self, pick: Pick) -> bool:
        """Whether a figure is named with what it is split by, which a list may go on: "reasons for leaving by plan"."""
        named = {one.start for one in self.spans if one.kind == "dimension" and one.end == pick.end}
        return any(one.id == "by" and one.end in named and one.start > pick.start for one in self.spans)

    def splits(self, pick: Pick) -> bool:
        """Whether a dimension follows at once: "each channel"."""
        return any(one.of("dimension") and one.start == pick.end for one in self.picks)

    def of_whom(self, pick: Pick) -> bool:
        """Whether an adjective is said of the people before it, and not of their figure: "ces des clients annuels"."""
        language, before = self._language, self._tokens[pick.start - 1]
        said = "after" in language.modifiers and self._tokens[pick.end - 1].folded.endswith(language.adjectives)
        return said and before.folded.startswith(language.people)

    def named_as(self, pick: Pick, dimension: str) -> str | None:
        """The dimension that stands right beside a word for a value of another: "the Enterprise plan" is no size."""
        if dimension not in MISTAKEN or pick.of("data"):
            return None
        beside = [one for one in self.picks if one.of("dimension") and pick.start in (one.end, one.start - 1)]
        named = {span.id for one in beside for span in one.of("dimension")} & MISTAKEN[dimension]
        return min(named, default=None)

    def parted(self, at: int) -> bool:
        """Whether more than a space stands before this place."""
        return 0 < at < len(self._tokens) and self._tokens[at].start - self._tokens[at - 1].end > 1

    def listed(self, end: int, start: int, *, sure: bool = False) -> bool:
        """Whether a list goes on: "and", or a comma, and small words between the places; `sure`: no comma alone."""
        between = range(end, start)
        if end < 0 or end > start or sum(at not in self._joins for at in between) > 4:
            return False
        plain = all(at in self._joins or self._tokens[at].folded in self._filler for at in between)
        comma = not sure and self._tokens[end].start - self._tokens[end - 1].end > 1
        return plain and (comma or any(at in self._joins for at in between))

    def denied(self, start: int) -> bool:
        """Whether "not" stands right before."""
        return any((one.kind, one.id) == ("word", "without") and one.end == start for one in self.spans)

    def either(self, end: int, start: int) -> bool:
        """Whether an "or" stands between the places."""
        return any((one.kind, one.id) == ("word", "either") and end <= one.start < start for one in self.spans)

    def placed(self, pick: Pick) -> bool:
        """Whether a word is one that a value follows: "from"."""
        return any(span.id == "place" for span in pick.of("word"))

    def counted(self, start: int) -> bool:
        """Whether "how many" stands right before."""
        return any((one.kind, one.id, one.end) == ("word", "count", start) for one in self.spans)

    def joined(self, start: int) -> bool:
        """Whether "and" stands right before."""
        return start - 1 in self._joins

    def among_figures(self, pick: Pick) -> bool:
        """Whether an "and" joins the words to a figure: "churn and the number of advocates"."""
        others = [one for one in self.picks if one is not pick and not one.of("word")]
        before = next((one for one in reversed(others) if one.end <= pick.start), None)
        after = next((one for one in others if one.start >= pick.end), None)
        figures = [one for one in (before, after) if one is not None and one.of("metric") and not one.of("segment")]
        of_figure = before is not None and before in figures and not self.listed(before.end, pick.start, sure=True)
        return not of_figure and any(
            self.listed(min(one.end, pick.end), max(one.start, pick.start), sure=True) for one in figures
        )


def of_people(pick: Pick) -> bool:
    """Whether the words say of whom: a value or a segment."""
    return bool(pick.of("value") or pick.of("data") or pick.of("segment"))


def _slips(token: Token, filler: Filler) -> bool:
    """Whether a long word is a small word with one slip: "custmoers", and no name."""
    near = token.near
    if spelt(token):
        return False
    if near is None or near not in filler or len(token.folded) < LONG_SLIP:
        return False
    return OSA.distance(token.folded, near, score_cutoff=1) == 1


class Leftovers:
    """Sorts what is left of a text into what it may be."""

    def __init__(self, heard: Heard, around: Around, explained: Collection[int], asides: Collection[int]) -> None:
        """`asides` are the places of words in brackets."""
        self._heard, self._around, self._explained, self._asides = heard, around, explained, frozenset(asides)

    def sort(self) -> None:
        """Sorts the words that nothing explains by where they stand."""
        heard = self._heard
        tokens = heard.tokens
        filler = heard.language.filler
        loose = [
            at
            for at, token in enumerate(tokens)
            if at not in self._explained
            and token.folded not in filler
            and not _slips(token, filler)
            and (len(token.folded) > 1 or token.folded.isdecimal())
            and not self._is_idle(at)
        ]
        for at in loose:
            if heard.account is None and self._is_account(at):
                heard.account = tokens[at].text
        # A gloss in brackets explains what was said; where nothing was said it is all there is.
        glossed = self._asides if heard.metrics else frozenset()
        loose = [at for at in loose if tokens[at].text != heard.account and at not in glossed]
        loose = self._limited(loose)
        for start, end in runs(loose):
            words = self._heard.words(start, end)
            heard.unexplained.append(words)
            if dimension := self._misfit(start, end):
                heard.misfits.append((dimension, words))
            elif words.isdecimal() or any(one.start <= start and end <= one.end for one in heard.figures):
                heard.beside.append(words)
            elif self._after_link(start):
                heard.timeless.append(words)
            elif (
                self._modifies(start, end)
                or self._around.after(start, "relative")
                or self._around.after(start, "without")
            ):
                heard.beside.append(words)
            elif (
                self._around.after(start, "place")
                or self._around.after(start, "by")
                or self._is_only(start, end)
                or self._in_list(start, end)
                or self._is_opposed(start, end)
                or self._describes(start, end)
            ):
                heard.placed.append(words)

    def _is_idle(self, at: int) -> bool:
        """True for a word that says nothing by itself: "the rate that comes out", not "customers who came out"."""
        tokens, around = self._heard.tokens, self._around
        named = at > 0 and tokens[at].text[:1].isupper() and tokens[at].start - tokens[at - 1].end == 1
        clause = around.after(at, "relative") or around.after(at, "without")
        return tokens[at].folded in self._heard.language.idle and not named and not clause

    def _in_list(self, start: int, end: int) -> bool:
        """Next to a value that it is listed with: "in Spain and Atlantis"."""
        around, tokens = self._around, self._heard.tokens
        before = next((one for one in reversed(around.picks) if one.end <= start and not one.of("word")), None)
        after = next((one for one in around.picks if one.start >= end and not one.of("word")), None)
        named = tokens[start].text[:1].isupper()
        return bool(
            (before and of_people(before) and around.listed(before.end, start, sure=not named))
            or (after and named and start > 0 and of_people(after) and around.listed(end, after.start, sure=True))
        )

    def _is_only(self, start: int, end: int) -> bool:
        """Next to "only": "only resellers", "resellers only"; not "is that only talk"."""
        around = self._around
        ends = {0, *(one.end for one in around.picks if not one.of("word"))}
        for one in around.spans:
            if (one.kind, one.id) == ("word", "only"):
                before = around.near(one.end, start) and (one.start in ends or around.parted(one.start))
                if before or (one.start == end and not around.parted(end)):
                    return True
        return False

    def _is_opposed(self, start: int, end: int) -> bool:
        """Next to "versus", with no period on its other side: "ads compared to organic", "exports vs reports"."""
        around = self._around
        for at, pick in enumerate(around.picks):
            if any(one.id == "versus" for one in pick.of("compare")):
                sides = (around.near(end, pick.start), at + 1), (around.near(pick.end, start), at - 1)
                others = [around.picks[other] for near, other in sides if near and 0 <= other < len(around.picks)]
                if any(near for near, _ in sides) and not any(one.of("when") for one in others):
                    return True
        return False

    def _describes(self, start: int, end: int) -> bool:
        """Next to the people that another word tells of, where this language puts adjectives: "funeral companies"."""
        tokens, language = self._heard.tokens, self._heard.language
        people = language.people
        after = "after" in language.modifiers and start > 0 and tokens[start - 1].folded.startswith(people)
        before = "before" in language.modifiers and end < len(tokens) and tokens[end].folded.startswith(people)
        return (after and tokens[start].folded.endswith(language.adjectives)) or (
            before and tokens[end - 1].folded.endswith(language.adjectives)
        )

    def _limited(self, loose: list[int]) -> list[int]:
        """The places less that of the number of "two industries with the worst churn", "our 10 biggest customers"."""
        heard = self._heard
        people = heard.language.people
        for at, token in enumerate(heard.tokens[:-1]):
            n = token.slots.get("n")
            if not n or (n == 1 and not token.folded.isdecimal()) or at in self._explained or heard.limit is not None:
                continue
            pick = next(
                (one for one in self._around.picks if one.start in (at + 1, at + 2) and not one.of("word")), None
            )
            counted = heard.segments and any(one.folded.startswith(people) for one in heard.tokens[at + 1 : at + 3])
            beside = pick is not None and (pick.start == at + 1 or at + 1 in self._explained)
            ranked = bool(heard.intents & RANKING)
            rows = {one.start for one in self._around.spans if one.kind == "dimension"}  # "3 reasons for leaving"
            named = beside and pick is not None and ((pick.start in rows and ranked) or pick.of("segment"))
            if (counted or named) and heard.tokens[at - 1].folded != "%":
                heard.limit = int(n)
                loose = [one for one in loose if one != at]
        return loose

    def _is_account(self, at: int) -> bool:
        """True for ACC-12 and A0139, and for A3 after "customer", "to" ..."""
        token = self._heard.tokens[at]
        text = token.text
        if not ACCOUNT.match(text):
            return False
        long = sum(one.isdecimal() for one in text) >= LONG_NUMBER and not token.slots
        return (
            not text.isalnum()
            or long
            or any(span.kind == "word" and span.id == "account" and span.end == at for span in self._around.spans)
        )

    def _misfit(self, start: int, end: int) -> str | None:
        """The dimension that these words seem to name a value of: "gold plan", not "which plan behaves"."""
        for pick in self._around.picks:
            if not pick.of("dimension"):
                continue
            dimension = pick.of("dimension")[0].id
            if pick.start == end:
                return dimension
            named = self._heard.tokens[start].text[:1].isupper() and not self._ends(start)
            if pick.end == start and (named or dimension not in self._heard.which + self._heard.by):
                return dimension
        return None

    def _ends(self, at: int) -> bool:
        """Whether a sentence ends before this place."""
        tokens = self._heard.tokens
        return self._around.parted(at) and tokens[at].text[:1].isupper() and tokens[at - 1].text.islower()

    def _modifies(self, start: int, end: int) -> bool:
        """Next to a metric, where this language puts what says which one is meant; names are that on either side."""
        sides = self._heard.language.modifiers
        named = self._heard.tokens[start].text[:1].isupper()
        return any(
            (pick.start == end and (named or "before" in sides)) or (pick.end == start and (named or "after" in sides))
            for pick in self._around.picks
            if pick.of("metric") or pick.of("ambiguous")
        )

    def _after_link(self, start: int) -> bool:
        """True after "since", "between" ... with nothing but small words in between."""
        filler = self._heard.language.filler
        return any(
            span.kind == "link"
            and span.id in DATED
            and span.end <= start <= span.end + 2
            and all(token.folded in filler for token in self._heard.tokens[span.end : start])
            for span in self._around.spans
        )
