"""What people mean by a word: "by churn I mean revenue churn". The question is answered anew under that meaning."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.engines.answers.part import Desk, Part
from bot.engines.understanding.clarify import choice_of
from bot.engines.understanding.followup import KEPT
from bot.engines.understanding.heard import Heard, Named
from bot.engines.understanding.reading import Reading
from bot.engines.understanding.thread import says_something
from bot.language import Language, Span, fold
from bot.types import Intent, Meaning, Note, Query, over

if TYPE_CHECKING:  # understanding asks this reader, and it builds with it
    from bot.engines.understanding.understand import Understanding

MOST_WORDS = 4
"""Words that one meaning is given to: "customers we lost"; more are a sentence."""
ENDS = ".;?!\n"
ASSUMED = ("assumed_meaning", "assumed_meaning_here")
"""Notes of an answer in which a word stands for what it was said to mean."""


def noted(heard: Heard, meanings: Sequence[Meaning]) -> list[Note]:
    """A note for each word of a text that was taken for what it was said to mean."""
    used = [
        one
        for one in meanings
        if any(
            (named.metric, named.fixed) == (one.metric, one.variant) and one.words in fold(named.words)
            for named in heard.metrics
        )
    ]
    return [Note(ASSUMED[not one.agreed], {"words": one.words, "means": told(one, heard.language)}) for one in used]


def told(meaning: Meaning, language: Language) -> str:
    """The metric of a meaning, with its variant, in words."""
    key = "meaning_variant" if meaning.variant else "meaning_metric"
    return language.say(key, metric=meaning.metric, variant=meaning.variant)


# ---------------------------------------------------------------- what is corrected


def corrected(asked: Understanding) -> Reading | None:
    """ "By X I mean Y": what stands beside it is answered under that meaning, else the thread's question anew."""
    parts = _parts(asked.heard, asked.question.text)
    if parts is None:
        return None
    says, word, sense = parts
    tokens, text, taught = asked.heard.tokens, asked.question.text, asked.question.meanings
    words = fold(" ".join(one.text for one in tokens[word.start : word.end]))
    found = _meant(asked, text[tokens[word.start].start : tokens[word.end - 1].end], sense)
    if isinstance(found, Reading):
        return found
    before, after = text[: tokens[says].start], text[tokens[sense.end - 1].end :]
    queries = []
    for one in found:
        meaning = Meaning(words, one.metric, tuple(sorted(dict(one.fixed).items())))
        around = asked.again(f"{before.rstrip(' ,(')} {after.strip(ENDS + ' )')}", over(taught, (meaning,)))
        beside = around.reading() if says_something(around.heard) else None
        if beside is not None and not beside.queries:
            return beside
        query = beside.queries[0] if beside else _anew(asked, one)
        if refused := asked.refusals.impossible([query]):
            return refused
        queries.append(replace(query, subject=meaning.text))
    if len(queries) == 1:
        assumed = tuple(note for note in asked.assumed if note.key not in ASSUMED)
        return Reading(asked.language.code, queries[0].intent, tuple(queries), assumed=assumed)
    choices = [choice_of(asked, query) for query in queries]
    return asked.ask("ask_metric", queries[0].intent, choices, words=asked.heard.words(sense.start, sense.end))


def _parts(heard: Heard, text: str) -> tuple[int, Span, Span] | None:
    """Where a correction begins, the word that it is about, and what is meant; None for any other text."""
    spans, tokens = heard.language.meant(heard.tokens), heard.tokens
    openings = [one for one in spans if one.id == "says"]
    between = [
        (says, is_said)
        for is_said in spans
        for says in reversed(openings)
        if is_said.id == "is"
        and says.end < is_said.start <= says.end + MOST_WORDS
        and "," not in text[tokens[says.end].start : tokens[is_said.start - 1].end]
    ]
    if not between:
        return None
    says, is_said = between[0]
    end = next((one.start for one in spans if one.id == "not" and one.start > is_said.end), len(tokens))
    for at in range(is_said.end, end - 1):
        if set(ENDS) & set(text[tokens[at].end : tokens[at + 1].start]):
            end = at + 1
            break
    if end <= is_said.end:
        return None
    return says.start, replace(says, start=says.end, end=is_said.start), replace(is_said, start=is_said.end, end=end)


def _meant(asked: Understanding, word: str, sense: Span) -> list[Named] | Reading:
    """The metrics that the sense may be, likeliest first; the refusal where it is none of ours, or says more."""
    heard, tokens = asked.heard, asked.heard.tokens
    text = asked.question.text[tokens[sense.start].start : tokens[sense.end - 1].end]
    said = asked.again(text, asked.question.meanings).heard
    own = [one for taught in (asked.question.meanings, ()) for one in _named(asked.again(word, taught).heard)]
    variants = [one.id for one in heard.language.meant(said.tokens) if "=" in one.id] or [
        f"{name}={value}" for name, value in said.variants.items() if not said.metrics
    ]
    if variants and own:
        ways = [Named.of(f"{one.metric}?{'&'.join(variants)}", text) for one in own]
        found = [one for one in ways if _possible(asked, one)][:1] or ways[:1]
    else:
        found = [replace(one, fixed=(*one.fixed, *said.variants.items())) for one in _named(said)]
    found = [one for one in found if one.metric in asked.catalogue]
    if not found or (said.unexplained and not variants):
        near = asked.refusals.near(text)
        return asked.refusals.say(Intent.DEFINE, "meaning_unknown", words=word, sense=text, near=near)
    told_more = said.filters or said.exclude or said.by or said.periods
    if told_more or not _possible(asked, found[0]):
        return asked.refusals.say(Intent.DEFINE, "meaning_narrow", words=word)
    return found


def _possible(asked: Understanding, named: Named) -> bool:
    """Whether the metric is counted in the ways that the words fix."""
    metric = asked.catalogue.get(named.metric)
    return metric is not None and all(name in metric.variants for name, _ in named.fixed)


def _named(heard: Heard) -> list[Named]:
    """The metrics that words may stand for."""
    unclear = [one for word in heard.unclear for one in ([word.decided] if word.decided else word.choices)]
    return list(dict.fromkeys(heard.metrics or unclear))


def _anew(asked: Understanding, named: Named) -> Query:
    """The thread's question of another metric; where there is none, what that metric is."""
    previous = asked.question.previous
    if previous is None or previous.metric is None:
        return asked.fixed(Query(Intent.DEFINE, named.metric), named)
    intent = previous.intent if previous.intent in KEPT else Intent.VALUE
    return asked.fixed(replace(previous, intent=intent, metric=named.metric, variant=(), amounts=()), named)


# ---------------------------------------------------------------- what is said of it


def answered(desk: Desk, query: Query, meaning: Meaning, answer: Callable[[Desk, Query], Part]) -> Part:
    """The query under its meaning, and that it holds in this thread. Nothing is kept of what cannot be answered."""
    part = Part(meanings=[meaning])
    found = answer(desk, replace(query, subject=None))
    desk.keep(meaning)
    part.say("meaning_kept", words=meaning.words, means=told(meaning, desk.language))
    part.add(found)
    return part
