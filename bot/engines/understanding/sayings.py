"""Which saying of the register a text repeats, and what is read from a question that doubts one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engines.answers.behaviours import supposes
from bot.engines.understanding.heard import Heard
from bot.engines.understanding.reading import Reading
from bot.types import Intent, Query, filters

if TYPE_CHECKING:  # understanding asks this reader, and it builds with it
    from bot.engines.understanding.understand import Understanding

TIMELESS = frozenset({"CL10", "CL16"})
"""Their own words sound like periods: "every 30 days"."""
SHORTEST_PERIOD = 28
"""Days: of less than a month none of the figures tells anything."""
LASTING = "median_lifetime"
"""Sayings, too, are about who "stays longer"."""
NARROWED = ("country", "market", "plan", "size", "industry")
"""Dimensions whose words are no part of any saying, so that they narrow the question."""


def hear_sayings(heard: Heard) -> None:
    """Notes which saying the text repeats, and whether it supposes something of what customers do."""
    drafted = any((one.kind, one.id) == ("intent", "draft") for one in heard.spans)
    heard.saying = None if drafted else saying_of(heard)
    if heard.saying:
        heard.intents.add("saying")
    if supposes(heard):
        heard.intents.add(Intent.CLAIM.value)


def saying_of(heard: Heard) -> str | None:
    """The claim that the text is about: the one of whose ideas it has most. None where nothing doubts or asks it.

    A plain question of a metric stays one: there it takes more than a figure, or "is" at the beginning.
    """
    found = heard.ideas
    opens = any(start == 0 for start, _ in found.get("opens", ()))
    doubted = "doubt" in found or "claim" in heard.intents or "really" in heard.intents
    doubted = doubted or (opens and "figure" in found)
    asked = all(one.metric == LASTING for one in heard.metrics) and ("figure" in found or opens)
    if not (doubted or asked):
        return None
    ways = [
        (len(way.split()), claim)
        for claim, several in heard.language.data["hears"]["register"].items()
        for way in several
        if set(way.split()) <= set(found)
    ]
    return max(ways, key=lambda one: one[0])[1] if ways else None


def read(asked: Understanding) -> Reading | None:
    """A claim of the register, asked of all customers or of those that the question names."""
    heard = asked.heard
    if heard.saying is None:
        return None
    windows = [one.window for one in heard.periods if one.window.days >= SHORTEST_PERIOD]
    window = windows[0] if windows and heard.saying not in TIMELESS else None
    passing = filters({name: found for name, found in heard.filters.items() if name in NARROWED})
    without = filters({name: found for name, found in heard.exclude.items() if name in NARROWED})
    query = Query(Intent.CLAIM, window=window, filters=passing, exclude=without, subject=heard.saying)
    return Reading(heard.language.code, Intent.CLAIM, (query,))
