"""What customers pay, as a condition on them: "paying over $500 a month", "with an MRR of at least 300"."""

from __future__ import annotations

from collections.abc import Sequence

from bot.engines.understanding.heard import Heard
from bot.language import Span, Stated
from bot.types import Condition

LIMITS = {"over": ">", "from": ">=", "under": "<", "up_to": "<="}
"""How a limit is said → its sign."""
BEHIND = {"or_more": "from", "or_less": "up_to"}
"""How one is said after its figure → how it would be said before."""
BETWEEN = 2
"""Small words that may stand between the parts of such a clause."""


def payers(heard: Heard) -> list[tuple[Condition, int, int]]:
    """The conditions on what customers pay, each with the places `[start, end)` of its words."""
    if heard.moment:  # "when did MRR pass 300k"
        return []
    spans = [one for one in heard.language.paid(heard.tokens) if one.start not in heard.of_message]
    found = [_payers(heard, spans, one) for one in (*heard.amounts, *heard.figures)]
    return [one for one in found if one is not None]


def limited(heard: Heard, stated: Stated) -> bool:
    """Whether a figure is a limit of what customers pay, and none that is disputed: "who pay over $500"."""
    return any(start <= stated.start < end for _, start, end in payers(heard))


def _payers(heard: Heard, spans: Sequence[Span], stated: Stated) -> tuple[Condition, int, int] | None:
    amount, limit = stated.amount, _limit(heard, spans, stated)
    if limit is None or amount.unit not in ("money", "number"):
        return None
    start, end = min(limit.start, stated.start), max(limit.end, stated.end)
    before = next((one for one in reversed(spans) if one.id in ("pays", "mrr") and _near(heard, one.end, start)), None)
    after = _behind(heard, spans, ("mrr", "monthly"), end)
    if _behind(heard, spans, ("yearly",), end) or not (before or (after and amount.unit == "money")):
        return None
    while after:
        end, after = after.end, _behind(heard, spans, ("mrr", "monthly"), after.end)
    limits = f"{LIMITS[BEHIND.get(limit.id, limit.id)]}{abs(amount.value):g}"
    return Condition("mrr", limits, least=1), before.start if before else start, end


def _limit(heard: Heard, spans: Sequence[Span], stated: Stated) -> Span | None:
    """The words of a limit before the figure, or those of "or more" right after it."""
    before = (one for one in spans if one.id in LIMITS and _near(heard, one.end, stated.start))
    return next(before, None) or next((one for one in spans if one.id in BEHIND and one.start == stated.end), None)


def _behind(heard: Heard, spans: Sequence[Span], ids: tuple[str, ...], at: int) -> Span | None:
    return next((one for one in spans if one.id in ids and _near(heard, at, one.start)), None)


def _near(heard: Heard, end: int, start: int) -> bool:
    """Whether nothing but few small words stands between two places."""
    filler = heard.language.filler
    return 0 <= start - end <= BETWEEN and all(heard.tokens[at].folded in filler for at in range(end, start))
