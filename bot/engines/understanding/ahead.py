"""Whether a question looks ahead: then its periods are those to come, and a figure of them is a forecast."""

from __future__ import annotations

from collections.abc import Sequence

from bot.engines.answers.futures import PROJECTED
from bot.engines.understanding.picks import Pick
from bot.language import Span
from bot.types import Intent

INTENTS = (Intent.PROJECT, Intent.WHAT_IF)
"""Intents whose periods are those to come."""
SILENT = frozenset({"asks", "how", "what_is", "make"})
"""Cues beside which a period to come is all that tells a forecast."""
TO_COME = frozenset({
    "next_unit", "this_unit", "month", "month_this_year", "quarter", "ordinal_quarter", "half", "ordinal_half", "year",
    "day_month", "iso_day", "iso_month", "iso_quarter",
})  # fmt: skip
"""Forms of a period that may lie ahead; beside them those of the language's table `ahead`."""
COMING = frozenset({"next_unit", "next_unit_end", "coming"})
"""Forms of a period that cannot lie behind."""
HENCE = "hence"
"""The form of "in 6 months", which lies ahead only of what is told of a moment: "MRR in 6 months"."""
LEVELS = frozenset({"mrr", "arr"})
"""Figures of a moment that can be projected."""


def asks_ahead(picks: Sequence[Pick]) -> bool:
    """True for "forecast churn for June"; why something came about is asked of what was, and so is what October would
    be by another method."""
    cues = {span.id for pick in picks for span in pick.of("intent")}
    counted_otherwise = Intent.PROJECT not in cues and any(
        span.id.partition("=")[0] in ("vendor", "method") for pick in picks for span in pick.of("variant")
    )
    return bool(cues & {*INTENTS}) and Intent.WHY not in cues and not counted_otherwise


def foresees(picks: Sequence[Pick], spans: Sequence[Span]) -> bool:
    """True for "churn next quarter": a figure that can be projected, of a time to come, and nothing else asked."""
    named = {span.id for pick in picks for span in (*pick.of("metric"), *pick.of("ambiguous"))}
    cues = {span.id for pick in picks for span in pick.of("intent")}
    told = {span.id for span in spans if span.kind in ("period", "ahead") and not _before_now(span, spans)}
    claims = any(pick.of("claim") for pick in picks)
    coming = bool(told & COMING) or (HENCE in told and bool(named & LEVELS) and not claims)
    return coming and cues <= SILENT and bool(named & {*PROJECTED, "retention"})


def _before_now(span: Span, spans: Sequence[Span]) -> bool:
    """Whether "in six months" is a part of "in six months ago terms"."""
    return any(one.id == "ago" and one.start < span.end < one.end for one in spans)
