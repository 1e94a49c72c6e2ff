"""A summary that comes by itself, asked for: "schedule weekly monday 9:00", "send us the summary every Monday at 9".

A word that means nothing here is kept as unread and not passed over: who asks is told, and nothing is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import time
from functools import cache
from typing import Literal, TypeAlias
from zoneinfo import available_timezones

from bot.language import fold, load
from bot.types import Cadence, Readers
from bot.types.schedules import LAST_DAY

Verb: TypeAlias = Literal["list", "make", "change", "delete", "pause", "resume"]
VERBS: tuple[Verb, ...] = ("list", "change", "delete", "pause", "resume")
READERS: tuple[Readers, ...] = ("leadership", "marketing", "success")
ENGLISH = "en"
AREAS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
LONGEST_CITY = 3
"""Words in the name of a city that a zone is called after."""
TOKEN = re.compile(
    r"(?P<zone>[a-z_]+(?:/[a-z0-9_+-]+)+)"
    r"|(?P<clock>\d+[:.]\d+|\d+\s?h(?:\s?\d+)?(?!\w)|\d+(?=\s?[ap]\.?m\b))(?:\s?(?P<half>[ap])\.?m\b\.?)?"
    r"|#?(?P<number>\d+)(?:(?:st|nd|rd|th|er|ere|o|a)(?!\w))?"
    r"|(?P<word>[^\W\d_]+)"
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of a schedule; None is what the words do not say.

    `day` is a weekday (Monday = 0) or a day of the month, as the cadence has it. `unread` are words that mean nothing
    here; `no_time` and `no_zone` what was meant as a time, or a zone, and is none. `everyone` is for no readers in
    particular.
    """

    verb: Verb
    id: int | None = None
    cadence: Cadence | None = None
    day: int | None = None
    at: time | None = None
    zone: str | None = None
    readers: Readers | None = None
    everyone: bool = False
    unread: tuple[str, ...] = ()
    no_time: str | None = None
    no_zone: str | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number, a clock time or a zone of the text, folded."""

    kind: str
    text: str


def scheduled(text: str, code: str) -> bool:
    """Whether a text is about summaries that come by themselves, and not about their figures."""
    known, tokens = _words(code), _tokens(text)
    said = [one.text for one in tokens]
    named = [at for at, word in enumerate(said) if word in known["words"]]
    if named:
        alone = len(said) == 1 or _deed(tokens, code) is not None
        return alone or (named[0] == 0 and any(_telling(one, code) for one in tokens[1:]))
    if not any(word in known["sends"] for word in said):
        return False
    clock, noun = any(one.kind == "clock" for one in tokens), any(word in known["nouns"] for word in said)
    when = [word in _weekdays(code) or any(word in known[one.value] for one in Cadence) for word in said]
    again = any(word in known["every"] and any(when[at : at + 3]) for at, word in enumerate(said))
    return (noun and again) or (clock and (again or (noun and any(when))))


def read(text: str, code: str) -> Wish:
    """What such a text wants; of a text that names no deed but says when, a new one."""
    return _Reader(code).read(_tokens(text))


class _Reader:
    """Takes one text apart; made anew for each."""

    def __init__(self, code: str) -> None:
        self._code, self._known, self._days = code, _words(code), _weekdays(code)
        self._filler = load(code).filler
        self._verb: Verb | None = None
        self._cadences: set[Cadence] = set()
        self._weekdays: list[str] = []
        self._numbers: list[int] = []
        self._clocks: list[str] = []
        self._later = self._last = False
        self._wish = Wish("list")
        self._unread: list[str] = []

    def read(self, tokens: list[Token]) -> Wish:
        """All of it."""
        place, deed = 0, _deed(tokens, self._code)
        if deed is not None:
            self._verb = deed[0]
            tokens = [*tokens[: deed[1]], *tokens[deed[1] + 1 :]]
        while place < len(tokens):
            place += self._taken(tokens, place)
        cadence = self._cadence()
        day = self._day(cadence)
        at = self._time()
        self._unread += [str(one) for one in self._numbers]
        told = any(one is not None for one in (cadence, at, self._wish.zone, self._wish.readers)) or self._unread
        verb = self._verb or ("make" if told or self._wish.no_zone or self._wish.no_time else "list")
        return replace(self._wish, verb=verb, cadence=cadence, day=day, at=at, unread=tuple(self._unread))

    def _taken(self, tokens: list[Token], place: int) -> int:
        """Takes what begins at a place; how many tokens that was."""
        kind, text = tokens[place].kind, tokens[place].text
        if kind == "zone":
            zone = _zones().get(text)
            self._wish = replace(self._wish, zone=zone) if zone else replace(self._wish, no_zone=text)
        elif kind == "clock":
            self._clocks.append(text)
        elif kind == "number":
            self._number(text, tokens[place - 1].text if place else "")
        elif city := _city(tokens[place:], alone=not self._knows(text)):
            self._wish = replace(self._wish, zone=city[0])
            return city[1]
        else:
            self._word(text)
        return 1

    def _number(self, text: str, before: str) -> None:
        if self._verb not in (None, "list", "make") and self._wish.id is None:
            self._wish = replace(self._wish, id=int(text))
        elif before in self._known["at"] and not self._clocks:
            self._clocks.append(text)
        else:
            self._numbers.append(int(text))

    def _word(self, word: str) -> None:
        known = self._known
        if cadence := next((one for one in Cadence if word in known[one.value]), None):
            self._cadences.add(cadence)
        elif readers := next((one for one in READERS if word in known[one]), None):
            self._wish = replace(self._wish, readers=readers)
        elif word in known["everyone"]:
            self._wish = replace(self._wish, everyone=True)
        elif word in self._days:
            self._weekdays.append(word)
        elif word in known["noon"]:
            self._clocks.append("12:00")
        elif word in known["later"]:
            self._later = True
        elif word in known["last"]:
            self._last = True
        elif word in known["never"] or not self._knows(word):
            self._unread.append(word)

    def _knows(self, word: str) -> bool:
        return word in self._days or word in self._filler or any(word in words for words in self._known.values())

    def _cadence(self) -> Cadence | None:
        """The longest that is named: "on day 1 of each month" is monthly."""
        if self._weekdays and Cadence.MONTHLY not in self._cadences:
            return Cadence.WEEKLY
        return next((one for one in reversed(Cadence) if one in self._cadences), None)

    def _day(self, cadence: Cadence | None) -> int | None:
        days = {self._days[word] for word in self._weekdays}
        if cadence is not Cadence.MONTHLY and len(days) == 1:
            return days.pop()
        self._unread += self._weekdays
        if cadence is Cadence.MONTHLY and self._last:
            return LAST_DAY
        if cadence is Cadence.WEEKLY or cadence is Cadence.DAILY or not self._numbers:
            return None
        if 1 <= self._numbers[0] <= LAST_DAY and (cadence or self._clocks):
            return self._numbers.pop(0)
        return None

    def _time(self) -> time | None:
        if not self._clocks and self._numbers:
            self._clocks.append(str(self._numbers.pop(0)))
        if not self._clocks:
            return None
        self._unread += self._clocks[1:]
        hour, minute = (*re.findall(r"\d+", self._clocks[0]), "00")[:2]
        later = 12 if self._later and int(hour) < 12 else 0
        if int(hour) + later > 23 or int(minute) > 59 or len(minute) != 2:
            self._wish = replace(self._wish, no_time=self._clocks[0])
            return None
        return time(int(hour) + later, int(minute))


def _tokens(text: str) -> list[Token]:
    """The parts of a text."""
    return [
        Token(kind, _of_the_day(found[kind], found["half"]) if found["half"] else found[kind])
        for found in TOKEN.finditer(fold(text))
        for kind in ("zone", "clock", "number", "word")
        if found[kind]
    ]


def _deed(tokens: list[Token], code: str) -> tuple[Verb, int] | None:
    """The verb beside the word "schedule", and its place."""
    known, said = _words(code), [one.text for one in tokens]
    for at in (at for at, word in enumerate(said) if word in known["words"]):
        for beside in (at + 1, at - 1):
            if 0 <= beside < len(said) and said[beside] not in known["nouns"]:
                deed = next((one for one in VERBS if said[beside] in known[f"verb_{one}"]), None)
                if deed is not None:
                    return deed, beside
    return None


def _of_the_day(clock: str, half: str) -> str:
    """An hour before (a) or after (p) noon as one of the day: 12:30 and "a" is 0:30."""
    hour, minute = (*re.findall(r"\d+", clock), "00")[:2]
    return f"{int(hour) % 12 + 12 * (half == 'p') if int(hour) <= 12 else hour}:{minute}"


def _telling(token: Token, code: str) -> bool:
    """Whether what stands after "schedule" says that it is one of ours."""
    known, word = _words(code), token.text
    kinds = ("every", "nouns", *READERS, *(one.value for one in Cadence))
    return token.kind == "clock" or word in _weekdays(code) or any(word in known[kind] for kind in kinds)


@cache
def _words(code: str) -> Mapping[str, frozenset[str]]:
    """What is heard, by kind; the English words in every language."""
    kinds = ("words", "at", "every", "everyone", "idle", "last", "later", "never", "noon", "nouns", "sends", *READERS)
    names = (*kinds, *(f"verb_{verb}" for verb in VERBS), *(cadence.value for cadence in Cadence))
    spoken = (load(code), load(ENGLISH))
    return {name: frozenset(fold(" ".join(one.say(f"schedule_{name}") for one in spoken)).split()) for name in names}


@cache
def _weekdays(code: str) -> Mapping[str, int]:
    """Names of weekdays, also in the plural, Monday = 0."""
    names = {**load(ENGLISH).weekdays, **load(code).weekdays}
    return {f"{name}s": number for name, number in names.items() if len(name) > LONGEST_CITY} | names


@cache
def _zones() -> Mapping[str, str]:
    return {name.lower(): name for name in available_timezones()}


@cache
def _cities() -> Mapping[str, str]:
    """City → the zone that is called after it."""
    names = sorted((one for one in available_timezones() if one.partition("/")[0] in AREAS), key=len, reverse=True)
    return {name.rpartition("/")[2].lower(): name for name in names} | {"utc": "UTC", "gmt": "UTC"}


def _city(tokens: list[Token], *, alone: bool) -> tuple[str, int] | None:
    """The zone of the city whose name begins here, and its words; one word counts where it is nothing else."""
    lengths: Iterator[int] = (many for many in range(LONGEST_CITY, 0, -1) if many > 1 or alone)
    for many in lengths:
        named = tokens[:many]
        if len(named) == many and all(one.kind == "word" for one in named):
            zone = _cities().get("_".join(one.text for one in named))
            if zone is not None:
                return zone, many
    return None
