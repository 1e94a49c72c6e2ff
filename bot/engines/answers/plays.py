"""How plays are named: the one that answers a finding, with the reason why, and all of a chapter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.engines.answers.part import Desk, Part
from bot.engines.answers.shapes import label_of
from bot.engines.answers.track import records, tell
from bot.engines.understanding.vocabulary import STEM
from bot.language.matcher import words
from bot.playbook import Play, Signal
from bot.types import Note

OLD = 3
"""Sources of more years are named beside the advice: their figures may no longer hold."""


def answering(desk: Desk, part: Part, signals: Sequence[Signal]) -> None:
    """Names the play whose own signals a finding shows, and which of them it is chosen for."""
    book, code = desk.playbook(), desk.language.code
    known = records(desk, (fit.play for fit in book.fits(signals)))
    play = book.fitting(signals, code, known)
    if play is None:
        return
    citation = play.cite("steps", code)
    part.citations.append(citation)
    part.say("advise_play", title=citation.title, section=citation.section)
    because = next(fit.because for fit in book.fits(signals, known) if fit.play is play)
    chosen = max(because, key=lambda signal: len(signal.where))
    labels = [label_of(desk, name, value) for name, values in chosen.where for value in values]
    key = f"advise_because_{chosen.direction}"
    if labels:
        part.say(f"{key}_where", metric=chosen.metric, labels=labels)
    else:
        part.say(key, metric=chosen.metric)
    tell(desk, part, play)


def old_sources(play: Play, today: date) -> list[Note]:
    """The caveat that names the sources of a play older than three years; none where all are newer or undated."""
    old = [f"{one.title} ({one.year})" for one in play.sources if one.year and today.year - one.year > OLD]
    return [Note("advise_old_sources", {"sources": old})] if old else []


def chapter_of(desk: Desk) -> str | None:
    """The chapter that the question names after the word "chapter", else before it."""
    said = _beginnings(desk.text)
    [word] = _beginnings(desk.language.say("chapter_word"))
    if word not in said:
        return None
    at = said.index(word)
    names = {one: _beginnings(desk.language.value_name("chapter", one)) for one in desk.playbook().chapters}
    places = (set(said[at + 1 :]), set(said[:at]))
    return next((one for place in places for one, name in names.items() if place.issuperset(name)), None)


def _beginnings(text: str) -> list[str]:
    return [token.folded[:STEM] for token in words(text)]


def chapter(desk: Desk, part: Part, name: str) -> Part:
    """All plays of a chapter, by title."""
    plays = desk.playbook().chapters[name]
    part.say("advise_chapter", chapter=desk.language.value_name("chapter", name), n=len(plays))
    for number, play in enumerate(plays, 1):
        part.say("advise_step", n=number, step=play.text(desk.language.code).title)
    return part
