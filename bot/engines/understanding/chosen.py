"""An answer in words to a question back: "the second one", "the one on surveys", "both".

Only words that speak for one choice and against the others choose it; a message that names another figure is a question
of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.engines.understanding import thread
from bot.engines.understanding.heard import Heard
from bot.engines.understanding.reading import Reading
from bot.engines.understanding.vocabulary import STEM, said_of
from bot.errors import BadQuestion
from bot.language.matcher import words
from bot.types import Choice, Question

if TYPE_CHECKING:  # understanding asks here, and this builds with it
    from bot.engines.understanding.understand import Understanding

LONGEST = 9
"""So many words an answer has at most, where it names no figure."""
BOTH = "both"


def offered(question: Question, heard: Heard, read: Callable[[Question], Reading]) -> tuple[Choice, ...]:
    """The choices of the question back that the message before was answered with; none where there was none, or where
    these words can be no answer."""
    if not question.said or (len(heard.tokens) > LONGEST and not _named(heard)):
        return ()
    try:
        before = read(replace(question, text=question.said[-1], said=()))
    except BadQuestion:
        return ()
    return before.clarify.choices if before.clarify is not None else ()


def chosen(asked: Understanding, choices: Sequence[Choice]) -> Reading | None:
    """The reading of the choices that the words pick, with what else they say; None where they pick none."""
    picked = _picked(asked, choices)
    if not picked:
        return None
    heard = asked.heard
    rest = replace(heard, intents=set(), metrics=[], unclear=[], segments=[], mentioned=[], follows=True, limit=None)
    for loose in ("unexplained", "beside", "placed", "misfits", "strangers"):
        setattr(rest, loose, [])
    if len(picked) == 1 and thread.says_something(rest):
        return thread.goes_on(asked.after(picked[0].query, rest))
    return asked.done(*(one.query for one in picked))


def _picked(asked: Understanding, choices: Sequence[Choice]) -> tuple[Choice, ...]:
    heard = asked.heard
    if named := _named(heard):
        fitting = tuple(one for one in choices if {one.query.metric, one.query.subject} & named)
        return fitting if len(fitting) == len(named) else ()
    if len(choices) == 2 and any((one.kind, one.id) == ("word", BOTH) for one in heard.spans):
        return tuple(choices)
    numbers = {int(one.slots["ordinal"]) for one in heard.tokens if "ordinal" in one.slots}
    numbers |= {int(one.folded) for one in heard.tokens if one.folded.isdecimal()}
    if len(numbers) == 1 and not heard.periods:
        return tuple(choices[n - 1] for n in numbers if 0 < n <= len(choices))
    return _likest(asked, choices)


def _named(heard: Heard) -> set[str]:
    decided = {one.decided.metric for one in heard.unclear if one.decided is not None}
    return {one.metric for one in heard.metrics} | set(heard.segments) | decided


def _likest(asked: Understanding, choices: Sequence[Choice]) -> tuple[Choice, ...]:
    """The one choice whose words the text uses most: its name and the words that speak for it before its definition."""
    language = asked.language
    small = language.function_words
    told = {one.folded[:STEM] for one in asked.heard.tokens if one.folded not in small and len(one.folded) > 1}
    names, texts = [], []
    for one in choices:
        metric = asked.catalogue.get(one.query.metric or "")
        spoken = [one.label, *language.contexts(one.query.metric or "")]
        names.append({word.folded[:STEM] for text in spoken for word in words(text)})
        texts.append(said_of(metric, language.code) if metric is not None else frozenset())
    for group in (names, texts):
        hits = [len(told & one.difference(*(other for other in group if other is not one))) for one in group]
        if hits.count(max(hits)) == 1:
            return (choices[hits.index(max(hits))],)
    return ()
