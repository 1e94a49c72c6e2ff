"""A message that is asked for: which of the words tell of the message, and which of those it is for.

Who gets it must be understood to the last word. How it is to sound and what it is to say is left to whoever edits the
draft, and is said back: "a cheeky SMS for dormant customers in Spain, thanking them" is for dormant customers in Spain.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.engines.understanding.groups_named import of_groups
from bot.engines.understanding.heard import Heard
from bot.engines.understanding.leftovers import ACCOUNT
from bot.engines.understanding.reading import Reading
from bot.language import Language, Span, Token
from bot.metrics.groups import DESCRIBING
from bot.types import Choice, Intent, Note, Query

if TYPE_CHECKING:  # understanding asks here, and this builds with it
    from bot.engines.understanding.understand import Understanding

WON_BACK = "churned_eligible_for_win_back"
OFFERED = ("slipping_away", "dormant", WON_BACK)
"""The groups offered when a message is asked for and nobody is named."""
LEFT_FOR = "reason"
"""The one dimension that tells of those who left, and of nobody else."""
WRITTEN = frozenset({"channel", "kind", "plain"})
CUES = frozenset({"draft", "make", "message"})
FIRST = 6
"""What is written is asked for by its name alone where it stands among the first words: "letter to VIPs"."""
APART = 6
"""So many words may stand between "to" and the group."""
NEXT = 2
"""So many between "for" and what is named at once: "for Christmas" is nobody."""
SOUNDED = 4
"""So many before "tone" say which."""
WHO = frozenset({"segment", "value", "data"})
"""Kinds of phrase that name a group."""
POINTING = frozenset({"those", "relative"})
FIGURE = frozenset({"metric", "ambiguous", "stranger"})
"""Kinds of phrase beside which "give" and "emails" ask for no message."""
ASKING = frozenset({"how", "how_much", "what_is", "which", "why", "list_people", "advise"})
MILD = frozenset({"asks", "how", "what_is", "off_topic", "change", "advise"})
"""Cues that a wish about a message may hold by the way: "can you add a joke"."""
PART = re.compile(r"[,;:.!?()–—]|\s-\s")


def beside_message(heard: Heard, text: str, spans: Sequence[Span]) -> list[Span]:
    """The phrases that say something else than what a message is to be like, which is noted in what was heard."""
    told = _Told(text, heard.tokens, spans, heard.language)
    places = told.places()
    if not told.asked(places):
        return [replace(one, kind="word", id="aside") if one.id == "draft" else one for one in spans]
    heard.message, heard.of_message = " … ".join(told.said(places)), places
    heard.written = told.written(places)
    heard.intents.add(Intent.DRAFT.value)
    return [one for one in spans if _asks(one) or places.isdisjoint(range(one.start, one.end))]


def _asks(span: Span) -> bool:
    """Whether a phrase only asks for a message, or for a language, which may stand anywhere."""
    return (span.kind == "intent" and span.id in CUES) or (span.kind, span.id) == ("word", "language")


def _kind(span: Span) -> str:
    return span.id.partition("=")[0]


def _ours(written: Iterable[Span]) -> dict[str, str]:
    """Channel and kind, where what is written is one of ours; of several names the longest."""
    named = sorted((one for one in written if "=" in one.id), key=lambda one: one.length)
    return {_kind(one): one.id.partition("=")[2] for one in named}


def _holds(group: Span, figure: Span) -> bool:
    """Whether the words of a group are those of a figure too, or more of them: "who signed up but never activated"."""
    if figure.end <= group.start or group.end <= figure.start:
        return False
    return (group.start <= figure.start and figure.end <= group.end) or figure.length < group.length


class _Told:
    """A text whose words tell of a message, or of those it is for."""

    def __init__(self, text: str, tokens: Sequence[Token], spans: Sequence[Span], language: Language) -> None:
        self._text, self._tokens, self._spans, self._language = text, tokens, spans, language
        told = language.of_messages(tuple(tokens))
        self._written = [one for one in told if _kind(one) in WRITTEN]
        self._sounded = [one for one in told if one.id == "manner"]
        self._channels = {at for one in told if one.id == "channel" for at in range(one.start, one.end)}
        groups = {at for one in spans if one.kind == "segment" for at in range(one.start, one.end)}
        says = [one for one in told if one.id == "says" and not self._of_them(one)]
        cues = {one.start for one in spans if (one.kind, one.id) == ("intent", "draft")}
        self._says = {one.start for one in says if groups.isdisjoint(range(one.start, one.end))} - cues
        people = language.people
        self._people = {at for at, one in enumerate(tokens) if one.folded.startswith(people) or ACCOUNT.match(one.text)}
        pairs = enumerate(pairwise(tokens), 1)
        self._breaks = {at for at, (one, two) in pairs if PART.search(text[one.end : two.start])}
        within = {at for one in spans if one.kind in ("segment", "metric") for at in range(one.start + 1, one.end)}
        within |= {at for one in spans if one.id.startswith("reason=") for at in range(one.start, one.end)}
        marks = language.conditions(tuple(tokens))  # "with at least 3 tickets", where "at" is none of whom
        within |= {at for one in marks for at in range(one.start, one.end) if one.length > 1}
        self._whom = {
            one.start: one.end
            for one in told
            if one.id == "whom" and one.start not in within and one.start not in self._says
        }
        self._starts = [at for at, end in sorted(self._whom.items()) if self._group_in(end, end + APART)]

    def _of_them(self, says: Span) -> bool:
        """Whether the words tell whom the message is for: "customers who left because of price"."""
        return any(one.id.startswith("reason=") and says.start <= one.start <= says.end + NEXT for one in self._spans)

    def asked(self, places: frozenset[int]) -> bool:
        """Whether a message is asked for at all, `places` being those that would tell of it."""
        cues = [one for one in self._spans if one.kind == "intent" and not self._within_longer(one)]
        if any(one.id == "off_topic" for one in cues) and not (self._starts or self._named_at_once(len(self._tokens))):
            return False  # "write a poem"
        groups = [one for one in self._spans if one.kind == "segment"]
        figures = {
            one.start for one in self._spans if one.kind in FIGURE and not any(_holds(two, one) for two in groups)
        }
        things = {one.start for one in self._written}
        plainly = [one.start for one in cues if one.id == "draft" or (one.id == "message" and one.start == 0)]
        if any(at not in things or at < min(figures, default=len(self._tokens)) for at in plainly):
            return True  # "the open rate of our emails to VIPs" asks for none
        first = min(things, default=len(self._tokens))
        if any(at < first for at in figures):
            return False
        by_name = first < FIRST and any(at > first for at in self._starts) and self._named(self._starts[0])
        made = {"make", "message"} <= {one.id for one in cues}
        cues = [one for one in cues if not self._of_a_clause(one)]
        which = [one for one in self._spans if one.kind == "word" and not self._of_a_clause(one)]
        asking = any(one.id in ASKING and one.start < FIRST for one in (*cues, *which))
        return (made or by_name) and not asking and not (figures - places if self._starts else figures)

    def _of_a_clause(self, span: Span) -> bool:
        """Whether the words are the "who" of "customers who"."""
        clauses = [one for one in self._spans if (one.kind, one.id) == ("word", "relative")]
        return any(one.start < span.start and span.end <= one.end for one in clauses)

    def _within_longer(self, span: Span) -> bool:
        """Whether a longer phrase holds it: "customers who write to us twice"."""
        return any(
            one.length > span.length and one.start <= span.start and span.end <= one.end
            for one in self._spans
            if one.kind in (*FIGURE, "segment") or one.id == "off_topic"
        )

    def _named(self, start: int) -> bool:
        """Whether a group is named from there, not only customers: "email to customers"."""
        return any(one.kind == "segment" or one.id in POINTING for one in self._spans if one.start > start)

    def places(self) -> frozenset[int]:
        """The places of the words that tell of the message."""
        everything = range(len(self._tokens))
        first = self._starts[0] if self._starts else len(self._tokens)
        group = self._named_at_once(first)
        if not (group or self._starts):
            unknown = [at for at, end in self._whom.items() if not self._any_in(end, end + NEXT, ("period", "ahead"))]
            return frozenset(at for at in everything if at < min(unknown, default=len(self._tokens)))
        found: set[int] = set()
        says = told = not group
        thing = min((one.start for one in self._written), default=0)
        pointed = self._any_in(0, thing, POINTING) and not self._any_in(0, len(self._tokens), WHO)
        for at in everything:
            if at in self._says or (pointed and at == thing):  # "write them | a renewal reminder"
                says = told = True
            elif at in self._starts and not group:
                says, told, group = False, False, True
            elif group and at in self._breaks and not says:
                told = not self._group_in(at, self._end_of_part(at))
            elif group and at in self._whom and not told:
                says = told = not self._group_in(self._whom[at], self._whom[at] + NEXT)
            if told:
                found.add(at)
        return frozenset(found.union(self._manner(), self._thing()))

    def _named_at_once(self, first: int) -> bool:
        """Whether a group is named before any "to" and before what is to be said: "email our VIPs to thank them".

        "A win-back email to VIPs" is for VIPs.
        """
        end = min(self._says | {first, len(self._tokens)})
        named = [one for one in self._spans if one.end <= end and (one.kind in WHO or one.id in POINTING)]
        if first < len(self._tokens):
            written = {one.start for one in self._written}
            named = [one for one in named if one.kind != "value" and one.end not in written]
            return any(one.kind == "segment" or one.id in POINTING for one in named)
        return bool(named) or any(at < end for at in self._people)

    def _group_in(self, start: int, end: int) -> bool:
        """Whether a group is named in these places, before the next part or what is to be said."""
        stop = min({at for at in self._breaks | self._says if at > start} | {end})
        people = any(start <= at < stop for at in self._people)
        return people or self._any_in(start, stop, WHO) or self._any_in(start, stop, POINTING)

    def _any_in(self, start: int, end: int, wanted: Collection[str]) -> bool:
        return any(start <= one.start < end and (one.kind in wanted or one.id in wanted) for one in self._spans)

    def _end_of_part(self, start: int) -> int:
        return min({at for at in self._breaks if at > start} | {len(self._tokens)})

    def _thing(self) -> Iterator[int]:
        """The places of what is written, where no longer phrase names it: not in "who open our emails"."""
        for one in self._written:
            if not self._within_longer(one):
                yield from range(one.start, one.end)

    def _manner(self) -> Iterator[int]:
        """The places of "in a playful tone"."""
        for one in self._sounded:
            yield from range(one.start, one.end)
            for at in range(one.start - 1, max(one.start - SOUNDED, 0) - 1, -1):
                if at + 1 in self._breaks or at in self._people or self._any_in(at, at + 1, WHO):
                    break
                yield at

    def written(self, places: frozenset[int]) -> dict[str, str]:
        """Which of our channels and messages is named, by the longest name of each."""
        named = [one for one in self._written if "=" in one.id and places.issuperset(range(one.start, one.end))]
        return _ours(named)

    def said(self, places: frozenset[int]) -> Iterator[str]:
        """The words that tell of the message, as they were written, less those that only ask for one."""
        asking = {at for one in self._spans if _asks(one) for at in range(one.start, one.end)} - self._channels
        filler = self._language.filler
        ours = (one for one in self._written if one.id == "plain" or "=" in one.id)
        asking |= {at for one in ours for at in range(one.start, one.end)}
        silent = {at for at, one in enumerate(self._tokens) if at in asking or one.folded in filler} - self._channels
        starts = [at for at in sorted(places) if at - 1 not in places or at in self._breaks]
        for start, after in pairwise([*starts, len(self._tokens)]):
            run = [at for at in range(start, after) if at in places]
            telling = [at for at in run if at not in silent]
            if telling or run[0] in self._says:
                first = run[0] if run[0] in self._says else telling[0]
                yield self._text[self._tokens[first].start : self._tokens[run[-1]].end]


# ---------------------------------------------------------------- what is read


def to_those_lost(heard: Heard) -> None:
    """ "Customers who left", at no time that is told, are those who may be won back; the others nobody writes to."""
    if {one.metric for one in heard.metrics} == {"churned_customers"} and not (heard.periods or heard.segments):
        heard.metrics, heard.segments = [], [WON_BACK]


def wanted(asked: Understanding) -> Reading:
    """The message that a question asks for, for the group that it names, or the question back for whom."""
    heard = asked.heard
    if heard.beside or heard.placed or heard.misfits or heard.unexplained:
        return asked.refusals.unknown_words()
    for name in [one for one in heard.filters if one not in (*DESCRIBING, LEFT_FOR)]:  # "an apology for the outage"
        said = [asked.language.value_name(name, one) for one in heard.filters.pop(name)]
        asked.assumed.append(Note("assumed_draft", {"words": ", ".join(said)}))
    window = heard.periods[0].window if heard.periods else None
    query = as_written(heard, replace(asked.plain(Intent.DRAFT), language=heard.wish, window=window))
    if heard.account:
        return asked.done(replace(query, subject=heard.account))
    if heard.segments:
        heard.segments = _addressed(heard)
        return of_groups(asked, query)
    choices = [Choice(asked.language.name("segments", one), replace(query, subject=one)) for one in OFFERED]
    return asked.ask("ask_draft_for", Intent.DRAFT, choices)


def _addressed(heard: Heard) -> list[str]:
    """The groups that the message is for: of "a re-engagement push to dormant users" those after the "to", where there
    is any."""
    whom = [one.end for one in heard.language.of_messages(heard.tokens) if one.id == "whom"]
    spans = [one for one in heard.spans if one.kind == "segment" and one.id in heard.segments]
    after = {one.id for one in spans if whom and one.start >= min(whom)}
    return [one for one in heard.segments if one in after] or heard.segments


def changed(asked: Understanding) -> Reading | None:
    """The message of the thread again, where the words only say how it is to be: "shorter, and in German"."""
    heard, previous = asked.heard, asked.question.previous
    if previous is None or previous.intent is not Intent.DRAFT:
        return None
    other = heard.metrics or heard.unclear or heard.strangers or heard.segments or heard.account or heard.by
    cues = {one for one in heard.intents - CUES - MILD if not one.startswith(("smalltalk", "top_"))}
    if other or cues or heard.filters or heard.exclude or heard.periods:
        return None
    told = heard.language.of_messages(heard.tokens)
    if not (heard.wish or told):
        return None
    heard.written = _ours(told)
    heard.message = asked.question.text if any("=" not in one.id for one in told) else ""
    return asked.done(replace(previous, language=heard.wish or previous.language))


def as_written(heard: Heard, query: Query) -> Query:
    """The draft for the channel and of the kind that the words name."""
    channel, message = heard.written.get("channel"), heard.written.get("kind")
    return replace(query, channel=channel or query.channel, message=message or query.message)


def left_to_others(asked: Understanding) -> None:
    """Says what was asked of the message itself, which the texts of the playbook decide."""
    if asked.heard.message:
        asked.assumed.append(Note("assumed_draft", {"words": asked.heard.message}))
