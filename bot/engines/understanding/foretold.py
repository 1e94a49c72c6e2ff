"""Who will do what nobody knows yet: of "which customers will leave next month" those at risk can be told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.engines.understanding.heard import Heard
from bot.engines.understanding.picks import LOST
from bot.errors import BadQuestion
from bot.language import Calendar, Span
from bot.language.periods import OF_A_YEAR
from bot.types import Intent

RISK = "at_risk"
LEAVING = "will_leave"
TIMES = frozenset({"period", "ahead", "part"})
COMING = frozenset({"next_unit", "next_unit_end"})
"""Forms of a period that cannot lie behind."""
RENEWALS = "renewal_rate"
RENEWING = "renewing"
FORECAST = (("metric", LOST), ("intent", Intent.PROJECT.value))
NAMING = frozenset({"metric", "ambiguous", "stranger", "segment", "claim"})
WANTED = frozenset({Intent.LIST_PEOPLE.value, Intent.DRAFT.value})


def foretold(heard: Heard, spans: Sequence[Span]) -> list[Span]:
    """The phrases, with those at risk for who "will leave", and without the time to come, which a list of now has not.

    How many will leave is a forecast, and what would make them leave a supposition: those stay as they are.
    """
    spans = [one for one in spans if (one.kind, one.id) != ("word", RENEWING)]  # they only date what is named
    coming = any(one.kind in TIMES and one.id in COMING for one in spans)
    leaving = [one for one in spans if (one.kind, one.id) == ("word", LEAVING) or (coming and one.id == LOST)]
    risk = [one for one in spans if (one.kind, one.id) == ("segment", RISK)]
    plain = [one for one in spans if (one.kind, one.id) != ("word", LEAVING)]
    cues = {one.id for one in spans if one.kind == "intent"}
    counted = any((one.kind, one.id) == ("word", "count") for one in spans)
    people = any((one.kind, one.id) == ("word", "relative") for one in spans) and cues <= {Intent.PROJECT.value}
    wanted = cues & WANTED or (leaving and people)
    told = {at for one in (*leaving, *risk) for at in range(one.start, one.end)}
    own = [one for one in plain if one.kind not in NAMING or not _touches(one, told)]
    figures = any(one.kind in ("metric", "ambiguous") for one in own)
    if counted and leaving and not figures and not cues & WANTED:
        return [*own, *(replace(one, kind=kind, id=id) for one in leaving for kind, id in FORECAST)]
    if counted or Intent.WHAT_IF.value in cues or not (leaving or risk) or not wanted:
        return plain
    if figures:
        return plain
    times = [one for one in spans if one.kind in TIMES]
    dated = {at for one in times if leaving or one.id in COMING for at in range(one.start, one.end)}
    if not (leaving or dated):
        return plain
    heard.foretold = True
    heard.intents |= {Intent.LIST_PEOPLE.value} & cues
    asking = [one for one in spans if one.id == Intent.LIST_PEOPLE.value]
    left = [*own, *risk]
    left = [one for one in left if not (one.kind in TIMES and _touches(one, dated)) and one.id != Intent.PROJECT.value]
    left += [Span("segment", RISK, _behind(one, asking), one.end) for one in leaving]
    return [*left, *(Span("word", "aside", at, at + 1) for at in sorted(dated - told))]


def renewing(heard: Heard, when: Calendar) -> None:
    """BadQuestion for renewals of a month to come: "customers who renew in December" are none of last December."""
    said = any((one.kind, one.id) == ("word", RENEWING) for one in heard.spans)
    if not said or all(one.metric != RENEWALS for one in heard.metrics):
        return
    for one in heard.periods:
        dated = any("year" in token.slots for token in heard.tokens[one.start : one.end])
        if one.form in OF_A_YEAR and one.window.start.year < when.as_of.year and not dated:
            raise BadQuestion("period_not_begun", text=heard.words(one.start, one.end), as_of=when.as_of)


def _behind(span: Span, asking: Sequence[Span]) -> int:
    """Where a phrase begins behind the words that ask for a list: "who | will leave"."""
    ends = [one.end for one in asking if one.start <= span.start < one.end < span.end]
    return max(ends, default=span.start)


def _touches(span: Span, places: Collection[int]) -> bool:
    return any(at in places for at in range(span.start, span.end))
