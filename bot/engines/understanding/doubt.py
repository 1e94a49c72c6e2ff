"""A question whose words decide no reading, or leave much unsaid, is looked at again before it is declined.

An account may be named in it; else the second opinion is asked what it is like. Only a clear opinion is followed, and
said; of several likely ones the asker chooses. Words that stand where a group or a period would are never passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.engines.understanding.heard import Heard, Named, Unclear
from bot.engines.understanding.opinion import Guess, Opinion, stems
from bot.engines.understanding.reading import Reading
from bot.engines.understanding.vocabulary import strange
from bot.errors import BadQuestion
from bot.metrics import catalogue
from bot.types import Intent, Query

CLEAR, LIKELY = 0.8, 0.7
"""Scores from which a guess is followed, and offered."""
AHEAD, FAR_AHEAD = 0.1, 0.2
"""So much likelier than the next it must be to be followed, and than what the words themselves named or denied."""
MOST_CHOICES = 3
DECLINES = frozenset({"no_such_metric", "not_understood", "off_topic", "nothing_before", "metric_not_available"})
"""Refusals for words; those for rights, data or dimensions stand."""
DRAFTING = frozenset({"draft", "make", "message"})
FAULTS = frozenset({"unknown_part", "unknown_part_near", "unknown_value", "unknown_period"})


@dataclass(frozen=True, slots=True)
class Doubt:
    """What can be asked about words that no phrase explains."""

    opinion: Opinion
    account: Callable[[str], str | None]
    """The id of the one account whose name stands in a text, for who may see it."""


def read_twice(heard: Heard, read: Callable[[Heard], Reading], doubt: Doubt | None) -> Reading:
    """The reading, or the one that a second look comes to. Raises BadQuestion."""
    try:
        reading: Reading | BadQuestion = read(heard)
    except BadQuestion as error:
        reading = error
    if doubt is not None and (again := looked_at_again(heard, reading, read, doubt)):
        return again
    if isinstance(reading, BadQuestion):
        raise reading
    return reading


def looked_at_again(
    heard: Heard, first: Reading | BadQuestion, read: Callable[[Heard], Reading], doubt: Doubt
) -> Reading | None:
    """Another reading than the first, or None where that one stands. `read` reads what was heard otherwise."""
    told = first.queries if isinstance(first, Reading) else ()
    answered = bool(told)
    asks = isinstance(first, Reading) and first.clarify is not None
    mixed = (len(told) > 1 or asks) and len({one.metric for one in heard.metrics}) > 1 and not heard.joins
    if not (_declined(first) or asks or (answered and heard.unexplained) or mixed):
        return None
    one = not heard.metrics or Intent.PROFILE.value in heard.intents  # "the profile of X, with its churn risk"
    if one and (account := doubt.account(" ".join(token.text for token in heard.tokens))):
        intent = Intent.DRAFT if Intent.DRAFT.value in heard.intents else Intent.PROFILE
        query = Query(intent, subject=account, language=heard.wish if intent is Intent.DRAFT else None)
        return Reading(heard.language.code, intent, (query,))
    guesses = doubt.opinion.of(heard.matter, heard.language)
    if not guesses or guesses[0].score < LIKELY:
        return None
    if asks and not mixed:
        again = _instead_of_asking(heard, guesses)
    else:
        again = _one_of(heard, guesses) if mixed else _otherwise(heard, guesses, told)
    if again is None:
        return None
    try:
        reading = read(again)
    except BadQuestion:
        return None
    return None if _declined(reading) or (answered and reading.declined is not None) else reading


def _declined(reading: Reading | BadQuestion) -> bool:
    """Whether a question was declined for its words."""
    if isinstance(reading, BadQuestion):
        return reading.key in FAULTS
    return reading.declined is not None and reading.declined.key in DECLINES


def _one_of(heard: Heard, guesses: tuple[Guess, ...]) -> Heard | None:
    """Of several figures that are named in one breath the one that the whole is clearly about."""
    best, *others = guesses
    named = {one.metric for one in heard.metrics}
    if best.name not in named or any(best.score - one.score < AHEAD for one in others if one.name in named):
        return None
    return replace(heard, metrics=[one for one in heard.metrics if one.metric == best.name][:1])


def _instead_of_asking(heard: Heard, guesses: tuple[Guess, ...]) -> Heard | None:
    """The figure that the whole is clearly about, where one of its words alone would have been asked back about."""
    best = guesses[0]
    far = best.kind == "metric" and best.score >= CLEAR and best.score - guesses[1].score >= FAR_AHEAD
    asked = frozenset().union(*(stems(one.words, heard.language) for one in heard.unclear))
    more = best.covered & (stems(heard.matter, heard.language) - asked)
    if not (far and more) or heard.metrics or not _may_be_passed_over(heard, best):
        return None
    chosen = next((one for each in heard.unclear for one in each.choices if one.metric == best.name), None)
    return _plain(heard, metrics=[chosen or Named(best.name, words=heard.matter)], intents=heard.intents - DRAFTING)


def _otherwise(heard: Heard, guesses: tuple[Guess, ...], told: Sequence[Query]) -> Heard | None:
    """What was heard as the guesses take it, a likely few to be chosen from; None where they say nothing new.

    `told` is what the words themselves were taken for. A figure that the language knows as none of ours ("pipeline
    revenue") is declined whatever it is like.
    """
    best = guesses[0]
    own = heard.metrics[0].metric if heard.metrics else told[0].metric if told else None
    behind = next((best.score - one.score for one in guesses if one.name == own), FAR_AHEAD)
    denied = heard.negates and not heard.exclude  # a guess hardly hears what is denied
    clear = best.score >= CLEAR and best.score - guesses[1].score >= (FAR_AHEAD if denied else AHEAD)
    if best.kind == "intent":
        cue = f"{best.name}_hello" if best.name == Intent.SMALLTALK else best.name
        counted = any(one.kind == "word" and one.id in ("count", "rate") for one in heard.spans)
        clear = clear and _may_be_passed_over(heard, best) and not (counted and best.name == Intent.DRAFT)
        return _plain(heard, intents=heard.intents | {cue}) if clear and own is None else None
    if best.kind == "elsewhere" or not _may_be_passed_over(heard, best):
        return None
    if own == best.name:
        return None if told else _plain(heard)
    if told and not (clear and behind >= FAR_AHEAD and _covers(heard, best)):
        return None
    likely = [one.name for one in guesses if one.kind == "metric" and one.score >= LIKELY][:MOST_CHOICES]
    alone = clear and behind >= FAR_AHEAD and (bool(told) or not heard.metrics)  # what is named outright stays in
    names = [best.name] if alone else list(dict.fromkeys([*likely, *([own] if own else [])]))
    choices = tuple(Named(name, words=heard.matter) for name in names)
    return _plain(heard, metrics=[], unclear=[Unclear("", heard.matter, choices)]) if clear or len(names) > 1 else None


def _covers(heard: Heard, best: Guess) -> bool:
    """Whether a guess is about the figures that were named outright: an answer on "churn" becomes none on ARR."""
    return all(stems(one.words, heard.language) <= best.covered for one in heard.metrics)


def _may_be_passed_over(heard: Heard, best: Guess) -> bool:
    """Whether the words that nothing explains belong to what the guess is about, and name no group and no time."""
    beside = heard.beside if heard.metrics or heard.negates or heard.conditions else ()
    bound = [*heard.placed, *(words for _, words in heard.misfits), *beside]
    bound += [words for words in heard.unexplained if words[:1].isupper() or words.isdecimal()]
    bound += heard.timeless
    groups = {heard.words(one.start, one.end) for one in heard.spans if one.kind == "segment"}
    if groups.intersection(beside):  # "annual accounts with a low NPS and renewals in 60 days"
        return False
    if heard.either or any(one.form == "before" for one in heard.periods):
        return False
    metric = catalogue().get(best.name)
    if any(
        words.isdecimal() or (metric and strange(words, (metric,), heard.language.code)) for words in heard.unexplained
    ):
        return False
    return not heard.strangers and all(stems(words, heard.language) <= best.covered for words in bound)


def _plain(heard: Heard, **changed: Any) -> Heard:
    """What was heard, without the words that nothing explains."""
    kinds = ("unexplained", "beside", "placed", "misfits", "strangers", "timeless", "unclear")
    return replace(heard, **{**{kind: [] for kind in kinds}, **changed})
