"""ADD A LANGUAGE: one TOML each, with the words it hears, the sentences it says, the examples that test it.

`load("fr")` gives a `Language`: `say` words a sentence (formats: phrasing.py), `hear` finds the phrases
of a text (notation: matcher.py), `periods` the periods (periods.py). `detect` tells a text's language.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache, cached_property
from pathlib import Path
from string import ascii_letters
from typing import Any

from bot.errors import OurFault
from bot.language import amounts, dated_words, entries, filler, periods
from bot.language.amounts import Stated
from bot.language.days import Ahead, Calendar
from bot.language.filler import Filler
from bot.language.inflection import Inflection
from bot.language.matcher import Matcher, Readers, Span, Token, fold, words
from bot.language.periods import Period
from bot.language.phrasing import Phrasing
from bot.language.spelled import Numbers
from bot.language.telling import Letters
from bot.language.visible import one_line
from bot.types.sizes import LONGEST_QUESTION

__all__ = [
    "Ahead",
    "Calendar",
    "Language",
    "Matcher",
    "Period",
    "Span",
    "Stated",
    "Token",
    "available",
    "detect",
    "fold",
    "load",
    "one_line",
]

FOLDER = Path(__file__).parent
ENGLISH = "en"
"""Whose names of things are heard in every language."""
CODE = 2
"""Letters of the code of a country, which tells nothing of the language it stands in."""
SHORTEST_NAME = 4
"""Shorter names of countries are left to the file: "us" is a word."""


class Language(Phrasing):
    """One language: what it says (`Phrasing`) and what it hears. Made by `load`."""

    def __init__(self, code: str, data: Mapping[str, Any]) -> None:
        super().__init__(code, data)
        self.data = data
        self.title = str(data["name"])
        self.complete = bool(data["complete"])

    def definition(self, metric: str) -> Mapping[str, str] | None:
        """The words of a metric (summary, formula, at_risk); None in the language its docstring is written in."""
        texts: Mapping[str, str] | None = self.data.get("definitions", {}).get(metric)
        return texts

    def rule(self, segment: str) -> str | None:
        """Who is in a segment, in a sentence; None in the language in which the rule itself is written."""
        text: str | None = self.data.get("rules", {}).get(segment)
        return text

    @cached_property
    def function_words(self) -> frozenset[str]:
        """The small words that give a language away."""
        return frozenset(fold(word) for word in self.data["detect"]["words"].split())

    @cached_property
    def letters(self) -> frozenset[str]:
        """Letters with marks that this language writes."""
        return frozenset(self.data["detect"]["letters"])

    @cached_property
    def filler(self) -> Filler:
        """Words that change nothing in what a question asks for."""
        return Filler.of([*self.function_words, *self.data["hears"]["filler"]["words"].split()])

    @cached_property
    def idle(self) -> Filler:
        """Words that say nothing of whom or of what where they stand by themselves; in a clause they may."""
        return filler.idle(self.data["hears"].get("idle", {}))

    @cached_property
    def modifiers(self) -> frozenset[str]:
        """The sides of a noun, "before" and "after", on which the words stand that say which one is meant."""
        return frozenset(self.data["hears"]["modifiers"]["sides"])

    @cached_property
    def people(self) -> tuple[str, ...]:
        """How words for people begin, folded."""
        return tuple(fold(one) for one in self.data["grounding"]["people"])

    @cached_property
    def _amount_words(self) -> amounts.Words:
        return amounts.Words.of(self.data["hears"]["amounts"], self._numbers)

    @cached_property
    def _numbers(self) -> Numbers:
        return Numbers.of(self.data["numbers"])

    @cached_property
    def _small(self) -> frozenset[str]:
        """Articles and prepositions that people in a hurry leave out within a name."""
        return frozenset(fold(word) for word in self.data["hears"]["small"]["words"].split())

    def hear(self, text: str) -> tuple[tuple[Token, ...], list[Span]]:
        """The words of a text and every phrase in them, also those that overlap.

        Kinds: metric, ambiguous, stranger, metric_window, dimension, value, variant, segment, intent,
        compare, claim, step, rate, word, period, ahead (a period to come), link. A value is "dimension=value".
        """
        short = self.data["hears"].get("short", {})
        told = words(text, self._slots)
        written = ((one, short.get(one.folded)) for one in told)
        full = (replace(one, folded=whole, slots=self._slots(whole)) if whole else one for one, whole in written)
        tokens = tuple(self._numbers.joined(unicodedata.normalize("NFC", text), self._matcher.mend(full)))
        return tokens, self.phrases(tokens)

    def phrases(self, tokens: tuple[Token, ...]) -> list[Span]:
        """Every phrase in these words of a text."""
        return self._matcher.find(dated_words.placed_months(tokens, self.data["periods"]))

    def contexts(self, metric: str) -> tuple[str, ...]:
        """The words that speak for a figure where a word may mean several."""
        found = (entry["context"].get(metric, ()) for entry in self.data["hears"]["ambiguous"].values())
        return tuple(phrase for phrases in found for phrase in phrases)

    @cached_property
    def adjectives(self) -> tuple[str, ...]:
        """How words may end that say which people are meant; "" where any may be one."""
        return tuple(self.data["hears"]["modifiers"]["endings"])

    @cached_property
    def endings(self) -> tuple[str, ...]:
        """What this language puts at the end of a name that is not its own: "Startera", "Starters"."""
        return tuple(fold(one) for one in self.data["hears"]["endings"]["words"].split())

    @cached_property
    def asked(self) -> Mapping[str, tuple[str, ...]]:
        """What questions are about ("metric:churn_rate", "intent:weekly", "elsewhere:figures") → how people ask it."""
        with (FOLDER / "asked" / f"{self.code}.toml").open("rb") as file:
            tables = tomllib.load(file)
        metrics = {f"metric:{one}": (*texts, self.name("metrics", one)) for one, texts in tables["metrics"].items()}
        others = {f"intent:{one}": tuple(texts) for one, texts in tables["intents"].items()}
        return metrics | others | {f"elsewhere:{one}": tuple(texts) for one, texts in tables["elsewhere"].items()}

    @cached_property
    def letters_in_threes(self) -> Letters:
        """What tells a text of this language from those of others."""
        return Letters(self.asked)

    def writes(self, word: str) -> bool:
        """True when a folded word stands in some phrase of this language just so, or names a time in it."""
        return self._matcher.holds(word) or not dated_words.NAMES.isdisjoint(self._slots(word))

    def periods(self, tokens: tuple[Token, ...], spans: list[Span], when: Calendar) -> list[Period]:
        """The periods that the words name; BadQuestion for one that cannot be (Q9) or has not begun."""
        return periods.read(spans, tokens, self.data["periods"]["skip"], when)

    def figures(self, text: str, tokens: tuple[Token, ...]) -> list[Stated]:
        """Every figure that the text states, in its order."""
        found = amounts.read(unicodedata.normalize("NFC", text), tokens, self._amount_words, self.data["locale"])
        return sorted(found, key=lambda one: one.start)

    def amounts(self, text: str, tokens: tuple[Token, ...]) -> list[Stated]:
        """The figures that the text states with a unit or a sign; a bare number is none."""
        return [one for one in self.figures(text, tokens) if one.amount.unit != "number" or one.amount.step]

    def supposed(self, tokens: tuple[Token, ...]) -> list[tuple[str, tuple[int, int]]]:
        """What a question about the future names besides metrics: (idea, the places `[start, end)` of its phrase).

        Of words in each other the longer phrase is meant: "plus bas" is down, though "plus" alone is up.
        """
        return [(span.id, (span.start, span.end)) for span in self.told("supposed", tokens)]

    def conditions(self, tokens: tuple[Token, ...]) -> list[Span]:
        """What a description of customers says of them, in the order of the text: use of a feature, an amount, what
        is counted, and the words that ask for a segment or for keeping one. The longer phrase is meant."""
        return self.told("conditions", tokens)

    def paid(self, tokens: tuple[Token, ...]) -> list[Span]:
        """What a text says of what customers pay, in its order: that they do, a month or a year, and its limits."""
        return self.told("paid", tokens)

    def of_messages(self, tokens: tuple[Token, ...]) -> list[Span]:
        """What a text says of a message that it asks for, in its order: what is written ("channel", "kind"), "whom" it
        is for, what it "says", and in what "manner". The longer phrase is meant."""
        return self.told("messages", tokens)

    def of_lists(self, tokens: tuple[Token, ...]) -> list[Span]:
        """What a text says of a list of people: their order by "worth" or the other way round ("least"), how "many"."""
        return self.told("lists", tokens)

    def of_occasions(self, tokens: tuple[Token, ...]) -> list[Span]:
        """The words that say why something is asked: a "reason" begins so, "amid" other words too; a "setting" is
        what it is for, which says nothing else only where nothing is named beside it."""
        return self.told("occasions", tokens)

    def meant(self, tokens: tuple[Token, ...]) -> list[Span]:
        """The words that say what a word means, in the order of the text: "says" before that word, "is" between it
        and its meaning, "not" before what is not meant, and "NAME=VALUE" for a variant of what the word is."""
        return self.told("meant", tokens)

    def near_metrics(self, tokens: Iterable[Token]) -> list[str]:
        """The metrics nearest to what these words ask for, by the file's own table, likeliest first."""
        found = self._tables["near"].find(tuple(tokens))
        counts: dict[str, int] = {}
        for span in found:
            counts[span.id] = counts.get(span.id, 0) + 1
        order = list(self.data["hears"]["near"])
        return sorted(counts, key=lambda metric: (-counts[metric], order.index(metric)))

    def ideas(self, tokens: tuple[Token, ...]) -> dict[str, list[tuple[int, int]]]:
        """What sayings are made of, found in these words: idea → the places `[start, end)` of its phrases."""
        return self._places("ideas", tokens)

    def notions(self, tokens: tuple[Token, ...]) -> dict[str, list[tuple[int, int]]]:
        """What the ideas of figures are made of, found in these words: notion → the places `[start, end)` of its
        phrases."""
        return self._places("notions", tokens) if "notions" in self.data["hears"] else {}

    def told(self, table: str, tokens: tuple[Token, ...]) -> list[Span]:
        """The phrases of a table in these words, in their order; of those in each other the longest."""
        return sorted(_outermost(self._tables[table].find(tokens)), key=lambda span: span.start)

    def _places(self, table: str, tokens: tuple[Token, ...]) -> dict[str, list[tuple[int, int]]]:
        found: dict[str, list[tuple[int, int]]] = {}
        for span in self._tables[table].find(tokens):
            found.setdefault(span.id, []).append((span.start, span.end))
        return found

    def deeds(self, text: str) -> frozenset[str]:
        """What a text says that customers do: stems of the words that events and features are often named by, and
        its own longer words, for names that are the company's."""
        tokens = self._matcher.mend(words(text, self._slots))
        own = {
            token.folded for token in tokens if len(token.folded) >= SHORTEST_NAME and token.folded not in self.filler
        }
        return frozenset({span.id for span in self._tables["deeds"].find(tokens)} | own)

    def claims_deed(self, tokens: tuple[Token, ...]) -> bool:
        """Whether words claim that something was done, or will be, which only a person does: "I have sent"."""
        return bool(self._claimed_deeds.find(tokens))

    def likened(self, tokens: tuple[Token, ...]) -> list[Span]:
        """Shares and ratios in words, longest first: kind "fraction" ("a third of") or "multiple" ("doubled"), the
        number as id."""
        return sorted(self._likened.find(tokens), key=lambda one: (-one.length, one.start))

    def extremes(self, tokens: tuple[Token, ...]) -> list[Span]:
        """Claims that something is the highest, lowest, best or worst of its kind, longest first."""
        return sorted(self._extremes.find(tokens), key=lambda one: (-one.length, one.start))

    def goes_on(self, tokens: tuple[Token, ...]) -> list[Span]:
        """Denials that affirm: "has not stopped" falling is falling."""
        return self._going_on.find(tokens)

    @cached_property
    def _slots(self) -> Readers:
        read = dated_words.slots(self.data["periods"], self._numbers.whole, self._months, self.weekdays)
        languages = {fold(name): code for code, name in self._locale.languages.items() if len(code) == 2}
        languages |= self.data.get("inflected", {}).get("languages", {})

        def slots(word: str) -> dict[str, Any]:
            found = read(word)
            if word in languages:
                found["language"] = languages[word]
            return found

        return slots

    def _calendar_words(self, what: str) -> dict[str, int]:
        """Names of months or weekdays, wide and short, from CLDR, and cut after four letters or more ("Sept")."""
        tables = getattr(self._locale, what)
        names = {
            fold(str(name)).rstrip("."): number
            for context in ("format", "stand-alone")
            for width in ("wide", "abbreviated")
            for number, name in tables[context][width].items()
        }
        known = {name[:n]: number for name, number in names.items() for n in range(4, len(name))} | names
        known |= self.data.get("inflected", {}).get(what, {})
        return {name: number for name, number in known.items() if number != ""}

    @cached_property
    def weekdays(self) -> Mapping[str, int]:
        """Names of the days of the week, folded, also bent and cut short; Monday = 0."""
        return self._calendar_words("days")

    @cached_property
    def _months(self) -> Mapping[str, int]:
        return self._calendar_words("months")

    @cached_property
    def _matcher(self) -> Matcher:
        names = {*self._months, *self.weekdays}
        heard = list(entries.own(self.data, self._locale.territories))
        if self.code != ENGLISH:
            heard += entries.borrowed(load(ENGLISH).data, self.filler.words | {phrase for _, _, phrase in heard})
        known, stems = self.filler.words | self.idle.words | names, self.filler.stems + self.idle.stems
        bends = Inflection.of(self.data["hears"].get("inflection", {}))
        return Matcher(
            heard,
            known=known,
            stems=stems,
            slots=self._slots,
            small=self._small,
            forms=lambda word, asked: bends.forms(word, asked=asked),
        )

    @cached_property
    def _tables(self) -> _Tables:
        return _Tables(self.data["hears"])

    @cached_property
    def _claimed_deeds(self) -> Matcher:
        return Matcher(("deed", "done", phrase) for phrase in self.data["grounding"]["done"])

    @cached_property
    def _likened(self) -> Matcher:
        written = self.data["grounding"]
        return Matcher(
            (kind, number, phrase)
            for kind in ("fraction", "multiple")
            for number, phrases in written[f"{kind}s"].items()
            for phrase in phrases
        )

    @cached_property
    def _extremes(self) -> Matcher:
        ways = self.data["grounding"]["extremes"]
        return Matcher(("extreme", way, phrase) for way, phrases in ways.items() for phrase in phrases)

    @cached_property
    def _going_on(self) -> Matcher:
        return Matcher(("still", "still", phrase) for phrase in self.data["grounding"]["still"])


class _Tables(dict[str, Matcher]):
    """The tables of [hears] that are lists of phrases by name, each made ready where it is first asked for."""

    def __init__(self, hears: Mapping[str, Any]) -> None:
        super().__init__()
        self._hears = hears

    def __missing__(self, table: str) -> Matcher:
        names = self._hears[table].items()
        return self.setdefault(table, Matcher((table, name, phrase) for name, phrases in names for phrase in phrases))


def _outermost(found: list[Span]) -> list[Span]:
    """The spans that lie in no longer one."""
    return [
        span
        for span in found
        if not any(one.length > span.length and one.start <= span.start and span.end <= one.end for one in found)
    ]


@cache
def available() -> tuple[str, ...]:
    """The codes of all languages that have a file here."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


@cache
def load(code: str) -> Language:
    """The language `code`; OurFault when it has no file."""
    if code not in available():
        raise OurFault(f"there is no language file for {code!r}")
    with (FOLDER / f"{code}.toml").open("rb") as file:
        return Language(code, tomllib.load(file))


def detect(text: str, prior: str | None = None, spoken: str | None = None) -> str:
    """The language of a text, told by its small words and marked letters, then by words it hears, then by all letters.

    `prior` (the company's language, or `spoken`) wins when the text gives nothing away ("MRR ?"); what is `spoken` in
    the thread, or by the person, also where half of the small words are its own ("drill down sur Starter only").
    """
    prior, text = spoken or prior, text[:LONGEST_QUESTION].replace("w/o", "without")
    codes = {token.text for token in words(text) if len(token.text) == CODE and token.text.isupper()}
    said = [token for token in words(text) if text.isupper() or token.text not in codes]  # "ES vs PL"
    heard = [token.folded for token in said]
    marks = set(text.lower())

    def small_words(code: str) -> int:
        language = load(code)
        own = {*ascii_letters, *language.letters}  # "à" is no English "a"
        foreign = {one.folded for one in said if one.folded.isalpha() and not own.issuperset(one.text.lower())}
        return 2 * len(language.function_words.intersection(heard) - foreign) + len(language.letters & marks)

    leaders = _best(available(), small_words)
    if spoken is not None and spoken not in leaders:
        own = load(spoken).function_words.difference(*(load(one).function_words for one in leaders))
        if 4 * len(own.intersection(heard)) >= small_words(leaders[0]):
            return spoken
    if len(leaders) > 1:
        leaders = _best(leaders, lambda code: sum(load(code).writes(word) for word in heard if not word.isdecimal()))
    if prior is not None and prior in leaders:
        return prior
    return max(leaders, key=lambda code: load(code).letters_in_threes.likelihood(text))


def _best(codes: Iterable[str], score: Callable[[str], int]) -> list[str]:
    scores = {code: score(code) for code in codes}
    return [code for code, found in scores.items() if found == max(scores.values())]
