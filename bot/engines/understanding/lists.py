"""People in a list: which words only say in what order they come, and how many of them are wanted.

A list of people has the most valuable first, so "by MRR" and "the biggest spenders first" ask for no figure beside it;
another order cannot be had, and is declined.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from bot.engines.understanding.cues import RANKING
from bot.engines.understanding.heard import Heard
from bot.language import Span
from bot.types import Group, Intent

FIGURE = frozenset({"metric", "ambiguous", "stranger"})
ELSE = frozenset({"dimension", "compare", "claim", "step", "rate"})
"""Kinds of phrase that ask for something else than a list."""
ASKING = frozenset({
    "how", "how_much", "what_is", "why", "define", "advise", "draft", "trend", "breakdown", "change", "what_if",
})  # fmt: skip
TIMES = frozenset({"period", "part"})
TAKEN = frozenset({"period", "ahead", "value", "data", "metric"})
"""Kinds of phrase whose numbers count no people."""
MOST_VALUABLE = "vip"
EVERYBODY = Group().text
"""The segment of all customers."""
RANKED = frozenset({"top_high", "top_number"})
MOST = 500
BETWEEN = 5
"""So many words may stand between a number and the people it counts: "the 12 largest accounts on Pro with ..."."""


def beside_order(heard: Heard, spans: Sequence[Span]) -> list[Span]:
    """The phrases that say something else than the order of a list and its length, which is a phrase of its own."""
    told = heard.language.of_lists(heard.tokens)
    order = {at for one in told if one.id != "many" for at in range(one.start, one.end)}
    groups = [one for one in spans if one.kind == "segment" and order.isdisjoint(range(one.start, one.end))]
    everybody = None if any(one.id != MOST_VALUABLE for one in groups) else _everybody(heard, spans, order)
    if everybody:
        groups, spans = [everybody], [one for one in spans if one.id != MOST_VALUABLE]
    if any(one.kind in TIMES for one in spans):  # "new customers last week" are those of that week
        groups = [one for one in groups if not any(_alike(one, other) for other in spans)]
    within = {at for one in groups for at in range(one.start, one.end)}
    valued = [one for one in spans if one.kind in ("value", "data")]
    outside = [one for one in spans if one.start not in within and order.isdisjoint(range(one.start, one.end))]
    figures = [one for one in outside if one.kind in FIGURE and not _in_longer(one, valued)]
    cues = {one.id for one in outside if one.kind == "intent"}
    listed = Intent.LIST_PEOPLE.value in cues
    if (cues & ASKING and not listed) or any(one.kind in ELSE and not _in_longer(one, valued) for one in outside):
        return list(spans)
    number = _number(heard, told, groups, spans)
    ranked = number is not None and any(one.id in RANKING for one in spans)
    low = [one for one in told if one.id == "least"] + [one for one in outside if one.id == "top_low"]
    if groups and figures and ranked:  # "top 10 at-risk accounts by health score"
        low, figures = [*figures, *low], []
    behind = bool(figures and listed and order)  # "who left in October, by MRR"
    if not (behind or (groups and not figures and (listed or order or ranked))):
        return list(spans)
    heard.intents.add(Intent.LIST_PEOPLE.value)
    heard.segments += [everybody.id] if everybody else []  # its words may be those of a value: "annual accounts"
    heard.order = " … ".join(dict.fromkeys(heard.words(one.start, one.end) for one in low))
    rest = [one for one in spans if one in groups or (one in outside and not (groups and one.kind in FIGURE))]
    rest += [one for one in spans if one.start in within and one.kind not in FIGURE and one not in rest]
    told_of = order | {at for one in low for at in range(one.start, one.end)}
    return [*rest, *(Span("word", "aside", at, at + 1) for at in sorted(told_of)), *([number] if number else [])]


def _everybody(heard: Heard, spans: Sequence[Span], order: Collection[int]) -> Span | None:
    """All customers, where nothing but the order of a list says which of them: "our 25 biggest customers"."""
    people = heard.language.people
    others = [one for one in spans if one.kind in {*ELSE, *FIGURE, "segment"} and one.id != MOST_VALUABLE]
    named = {at for one in others for at in range(one.start, one.end)}
    ranks = {one.end for one in spans if one.id in RANKED and (one.id != "top_high" or one.start in order)}
    ranks |= {at for one in spans if one.id in RANKED for at in range(one.end, one.end + 2) if one.id == "top_number"}
    for at, token in enumerate(heard.tokens):
        ranked = at in ranks or at + 1 in order  # "the customers who pay most"
        if token.folded.startswith(people) and at not in named and ranked:
            return Span("segment", EVERYBODY, at, at + 1)
    return None


def _alike(group: Span, other: Span) -> bool:
    """Whether the words for a group are those of a figure too."""
    return other.kind == "metric" and (other.start, other.end) == (group.start, group.end)


def _in_longer(span: Span, others: Sequence[Span]) -> bool:
    """Whether a longer phrase holds it; the "plan" of "Business plan" is of the value beside it."""
    beside = span.kind == "dimension" and any(span.start == one.end or span.end == one.start for one in others)
    alike = span.kind == "rate" and any((one.start, one.end) == (span.start, span.end) for one in others)
    return (
        beside
        or alike
        or any(one.length > span.length and one.start <= span.start and span.end <= one.end for one in others)
    )


def _number(heard: Heard, told: Sequence[Span], groups: Sequence[Span], spans: Sequence[Span]) -> Span | None:
    """How many people are wanted, as the phrase "top {n}"; not the number of "with 3 users"."""
    places = {one.end for one in spans if (one.kind, one.id) == ("word", "place")}
    taken = {at for one in spans if one.kind in TAKEN for at in range(one.start, one.end)}
    for at, n in _counted(heard, told, groups):
        if at not in taken and at not in places and 1 < n <= MOST:
            return Span("word", "top_number", at, at + 1, (("n", n),))
    return None


def _counted(heard: Heard, told: Sequence[Span], groups: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """(place, number) of the numbers that may count people: in words that say so, or before the people."""
    tokens = heard.tokens
    people = heard.language.people
    numbers = {at: one.slots["n"] for at, one in enumerate(tokens) if "n" in one.slots and "vague" not in one.slots}
    within = {at for one in groups for at in range(one.start, one.end)}
    for one in told:
        if one.id == "many":
            yield from ((at, numbers[at]) for at in range(one.start, one.end) if at in numbers and at not in within)
    for at, n in numbers.items():
        after = range(at + 1, min(at + 1 + BETWEEN, len(tokens)))
        if at not in within and any(i in within or tokens[i].folded.startswith(people) for i in after):
            yield at, n
