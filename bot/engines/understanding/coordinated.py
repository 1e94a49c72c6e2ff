"""Where one clause ends and the next begins: "who never used exports but opened two tickets".

What "and", "but" or a comma joins are conditions that hold together. What "or" joins cannot be one rule, and is said
back.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.engines.understanding.heard import Heard
from bot.language import Span

JOINING = frozenset({"join", "either", "but"})
BEGINNING = frozenset({
    "used", "stopped", "unused", "never", "none", "opened", "bought", "joined", "away", "longer", "shorter",
})  # fmt: skip
"""Kinds of phrase that a clause may begin with; an amount alone goes on with the clause before it."""
BETWEEN = 3
"""Small words that may stand between "and" and the verb: "and who have not yet"."""
TOLD = frozenset({"value", "data", "segment", "dimension", "word", "period", "link"})
"""Kinds of phrase that may stand in the first part of a clause: "who are on Pro in Spain and opened a ticket"."""


class Joints:
    """The places of one text where a clause may go on with another."""

    def __init__(self, heard: Heard, marks: Sequence[Span], openers: Sequence[Span]) -> None:
        """`marks` are the phrases that conditions are made of, `openers` those like "customers who"."""
        self._heard, self._openers = heard, openers
        within = {at for one in marks for at in range(one.start, one.end) if one.length > 1}
        words = [one for one in heard.spans if one.kind == "word" and one.id in JOINING and one.start not in within]
        self._either = {one.start for one in words if one.id == "either"}
        begins = {one.start for one in marks if one.id.partition("=")[0] in BEGINNING}
        begins |= {one.start for one in openers}
        self._words = {one.start: one.end for one in words if self._begins(one.end, begins)}
        self.places = frozenset(at for start, end in self._words.items() for at in range(start, end))
        """The places of the words that join two clauses."""

    def _begins(self, at: int, begins: Collection[int]) -> bool:
        """Whether a clause begins here, small words aside."""
        tokens, filler = self._heard.tokens, self._heard.language.filler
        for place in range(at, min(at + BETWEEN, len(tokens))):
            if place in begins:
                return True
            if tokens[place].folded not in filler:
                return False
        return False

    def before(self, start: int) -> range:
        """The places of the joining word before a clause that begins here; empty where there is none."""
        found = next((one for one in self._words.items() if one[1] == start), None)
        return range(*found) if found else range(start, start)

    def is_either(self, word: range) -> bool:
        """Whether the word is an "or"."""
        return word.start in self._either and word.start > 0

    def goes_on(self, start: int, covered: Collection[int]) -> bool:
        """Whether a clause here goes on from "customers who", with nothing but what is understood in between."""
        tokens = self._heard.tokens
        parted = 0 < start < len(tokens) and tokens[start].start - tokens[start - 1].end > 1
        if not (parted or self.before(start)):
            return False
        openers = [one for one in self._openers if one.end <= start]
        if not openers:
            return False
        known = {at for one in self._heard.spans if one.kind in TOLD for at in range(one.start, one.end)}
        known |= {*covered, *self.places}
        filler = self._heard.language.filler
        return all(at in known or tokens[at].folded in filler for at in range(openers[-1].end, start))
