"""Days that are named by what happened on them: "since the price change", "before the Android release".

What happened is read only where a text dates something by it; of several of a kind the latest is meant, and said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.engines.understanding.picks import plainly
from bot.errors import BadQuestion
from bot.language import Calendar, Matcher, Span, Token
from bot.types import Happening

DATING = frozenset({"since", "after", "before", "preceding", "following", "between", "from", "to", "and"})
"""Links after which a day can be named so."""
FORM = "happening"


def with_days(tokens: tuple[Token, ...], spans: Sequence[Span], when: Calendar) -> list[Span]:
    """The spans, with what happened as a period of one day; without it where nothing of the kind is on record.

    BadQuestion for "the August outage" where there was none in August.
    """
    others = [one for one in spans if one.kind != FORM]
    ends = {one.end for one in others if one.kind == "link" and one.id in DATING}
    linked = [one for one in spans if one.kind == FORM and _after(one, ends)]
    if not ends or not (linked or _loose(tokens, others, ends)):
        return others
    known = [one for one in when.happened() if one.day < when.as_of]
    named = Matcher((FORM, str(n), plainly(one.what)) for n, one in enumerate(known)).find(tokens)
    found = [_day(one, known[int(one.id)]) for one in named if _after(one, ends)]
    for span in linked:
        month = _month(span, others)
        alike = [
            one for one in known if one.kind == span.id and (month is None or month.slot("month") == one.day.month)
        ]
        if month is not None and not alike:
            raise BadQuestion(
                "unknown_period", text=" ".join(one.text for one in tokens[span.start - 1 : span.end + 2])
            )
        start, end = min(span.start, (month or span).start), max(span.end, (month or span).end)
        if month is not None:  # "the August outage" is one day, and not August
            others = [one for one in others if not (start <= one.start and one.end <= end)]
        whole = replace(span, start=start, end=end)
        found += [_day(whole, max(alike, key=lambda one: one.day))] if alike else []
    return others + found


def _after(span: Span, ends: set[int]) -> bool:
    """Whether a link stands before it, with at most two words between: "since our last price change"."""
    return any(end <= span.start <= end + 2 for end in ends)


def _month(span: Span, spans: Sequence[Span]) -> Span | None:
    """The month that says which one is meant: "the August outage", "la panne d'août"."""
    of = {one.start: one.end for one in spans if (one.kind, one.id) == ("link", "of") and one.start == span.end}
    beside = of.get(span.end, span.end)
    months = [one for one in spans if (one.kind, one.id) == ("period", "month")]
    return next((one for one in months if one.end == span.start or one.start == beside), None)


def _loose(tokens: Sequence[Token], spans: Sequence[Span], ends: set[int]) -> bool:
    """Whether a link stands before words that are no period."""
    periods = {at for one in spans if one.kind == "period" for at in range(one.start, one.end)}
    return any(end < len(tokens) and periods.isdisjoint(range(end, end + 3)) for end in ends)


def _day(span: Span, happening: Happening) -> Span:
    return Span("period", FORM, span.start, span.end, (("on", happening.day.isoformat()),))
