"""Questions for the whole page: "what is going on with churn?", "dig deeper", "what happened in June?"."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.engines.understanding.reading import INVESTIGATE, Reading
from bot.types import Intent, Note, Query

if TYPE_CHECKING:  # understanding asks here, and this builds with it
    from bot.engines.understanding.understand import Understanding

QUIET = ("slipping_away", "inactive", "dormant", "fading")
"""Groups whose page is that of the share of people who are active."""
ACTIVE = "active_user_share"


def asked_for(asked: Understanding) -> bool:
    """Whether the words ask for everything that is known, or go on with a page that did."""
    if INVESTIGATE in asked.heard.intents:
        return True
    previous, own = asked.question.previous, asked.heard.metrics or asked.heard.unclear
    return previous is not None and previous.subject == INVESTIGATE and not own and "why" not in asked.heard.intents


def wider(asked: Understanding, reading: Reading) -> Reading:
    """The reading with each "why" of it made a whole page, where that was asked for."""
    if not asked_for(asked):
        return reading

    def page(query: Query) -> Query:
        about = query.intent in (Intent.WHY, Intent.PREMISE)
        return replace(query, intent=Intent.WHY, subject=INVESTIGATE) if about else query

    clarify = reading.clarify
    if clarify is not None:
        clarify = replace(clarify, choices=tuple(replace(one, query=page(one.query)) for one in clarify.choices))
    intent = Intent.WHY if reading.intent is Intent.PREMISE else reading.intent
    return replace(reading, intent=intent, queries=tuple(page(one) for one in reading.queries), clarify=clarify)


def without_metric(asked: Understanding) -> Reading | None:
    """ "What happened in June?": the figure that moved most; a quiet group: how many are active."""
    heard = asked.heard
    if INVESTIGATE not in heard.intents or heard.strangers or heard.unexplained:
        return None
    query = asked.plain(Intent.WHY)
    if not heard.segments:
        return asked.done(asked.timed(query))
    if not set(heard.segments) <= set(QUIET) or ACTIVE not in asked.catalogue:
        return None
    asked.assumed.append(Note("assumed_metric", {"words": asked.question.text, "metric": ACTIVE}))
    return asked.done(asked.timed(replace(query, metric=ACTIVE)))
