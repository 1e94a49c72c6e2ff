"""Which of the phrases found in a text count: the longest, and those that are not there by accident."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.engines.understanding.finer import WITHIN
from bot.language import Language, Matcher, Span, Token, available, fold, load
from bot.types import Intent, Meaning

SHORTEST_NAME = 3
"""Shorter words of values are heard only as they stand in the data."""
SHORTEST_VALUE = 3
"""Values shorter than this ("US", "M") are heard only as they are written in the data."""
PLACING = frozenset({"place", "without", "only"})
"""Words before a value."""
FIGURED = 10
"""So many words longer a value counts that has figures in its name."""
BRACKETS = re.compile(r"\([^()]*\)")
LOST = "churned_customers"
"""The figure whose words may begin with the people that a list is asked of."""
UNPAID = "failed_payment"
NAMES = frozenset({"metric", "ambiguous", "stranger", "segment"})
"""Kinds whose longer phrases say more exactly what is meant than a word in them."""
RANKS = ("when", "intent", "metric", "ambiguous", "stranger", "segment", "compare", "data", "value", "claim")


@dataclass(frozen=True, slots=True)
class Pick:
    """A place in the text and the kinds of phrase that cover it alike."""

    start: int
    end: int
    spans: tuple[Span, ...]

    def of(self, kind: str) -> list[Span]:
        return [span for span in self.spans if span.kind == kind]


def plainly(text: str) -> str:
    """A text of the data as a phrase: without the signs that a phrase is written with."""
    return re.sub(r"[*()\[\]{}|]", " ", text)


@lru_cache(maxsize=8)
def values_in(
    values: tuple[tuple[str, tuple[str, ...]], ...], markets: tuple[str, ...], endings: tuple[str, ...]
) -> Matcher:
    """The phrases that are values in the data: plan names, channels, features, each in the forms of a language; people
    by their first names too, where that is one person's."""
    entries = [
        (*_named(dimension, value), " ".join(_forms(word, endings) for word in words))
        for dimension, found in values
        if dimension != "language"
        for value, words in _spoken(dimension, found)
    ]
    return Matcher([*entries, *(("data", f"market={name}", name.replace("_", " ")) for name in markets)])


def _named(dimension: str, value: str) -> tuple[str, str]:
    """Kind and id of a value; a segment of the company's own is heard like those that are built in."""
    return ("segment", value) if dimension == "segment" else ("data", f"{dimension}={value}")


def _spoken(dimension: str, found: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Each value with its words; of people also the first name alone, where it is one person's."""
    words = {value: plainly(value).split() for value in found}
    yield from words.items()
    if dimension == "owner":
        first = {value: re.split(r"[\W_]+", value)[0] for value in found}
        for value, name in first.items():
            if len(name) >= SHORTEST_VALUE and name != value and list(first.values()).count(name) == 1:
                yield value, [name]


def _forms(word: str, endings: Iterable[str]) -> str:
    """The forms that a language gives a name: "Starter", "Startera", "Starterze"."""
    parts = re.split(r"([\W_]+)", word)
    if not all(part.isalpha() for part in parts[::2]):
        return word
    return " ".join(_bent(part, endings) for part in parts[::2])


def _bent(word: str, endings: Iterable[str]) -> str:
    if len(word) < SHORTEST_NAME:
        return word
    stem = fold(word)
    cut = stem[:-1] if stem[-1] in "aeoy" else stem
    return f"({'|'.join(dict.fromkeys((word, *(one + more for one in (stem, cut) for more in endings))))})"


def spellings(dimension: str, value: str) -> list[str]:
    """How the data may write a value: by its code or by its name in any language."""
    return [value, *(load(code).value_name(dimension, value) for code in available())]


def as_taught(
    spans: Sequence[Span], tokens: tuple[Token, ...], meanings: Iterable[Meaning], language: Language
) -> list[Span]:
    """The spans, with each word that was given a meaning taken for that metric, also in "churn rate".

    A longer wording ("logo churn") stays what it says.
    """
    taught = Matcher(("metric", one.means, plainly(one.words)) for one in meanings).find(tokens)
    plain = {at for one in spans if (one.kind, one.id) == ("word", "rate") for at in range(one.start, one.end)}
    plain |= {at for at, token in enumerate(tokens) if token.folded in language.filler}
    left = list(spans)
    for own in taught:
        within = set(range(own.start, own.end))
        around = [one for one in left if one.kind in NAMES and within < set(range(one.start, one.end))]
        if all(set(range(one.start, one.end)) - within <= plain for one in around):
            start, end = min(one.start for one in (own, *around)), max(one.end for one in (own, *around))
            left = [one for one in left if not (start <= one.start and one.end <= end) or one.kind == "word"]
            left.append(replace(own, start=start, end=end))
    return left


def meant(span: Span, spans: Sequence[Span], tokens: Sequence[Token], language: Language) -> bool:
    """False for a phrase that is a value only by accident: "us" is no country, "our business" no plan."""
    words = tokens[span.start : span.end]
    if span.kind in ("metric", "ambiguous"):
        common = span.kind == "metric" and words[0].folded in language.data["hears"].get("common", {})
        return _called(span, tokens, language) if common and span.length == 1 else not _lists(span, spans, tokens)
    if span.kind == "segment" and span.start == 0 and words[0].folded in language.data["periods"]["unclear_months"]:
        return False  # "may churn in Spain?"
    if (
        span.kind == "segment"
        and span.id == UNPAID
        and any(one.id.startswith("interval=") and span.start < one.start <= span.end < one.end for one in spans)
    ):
        return False  # "who do not pay | annually"
    if span.kind == "word" and span.guessed and any(spelt(one) for one in words if one.near):
        return False
    short = len(words[0].folded) < SHORTEST_VALUE
    if short and span.kind in ("value", "data") and span.length == 1 and _placed(span, spans, tokens, language):
        return True
    if span.kind == "value" and span.length == 1 and short:
        return words[0].text.isupper()
    if span.kind in ("value", "data") and span.length == 1 and _of_language(words[0], language):
        placing = PLACING if span.kind == "value" else {span.id.partition("=")[0]}
        told = span.kind == "value" and words[0].text.isupper()
        return told or any(one.end == span.start and one.id in placing for one in spans)
    people = language.people
    common = words[0].folded in language.filler or (span.kind == "data" and words[0].folded.startswith(people))
    if span.kind != "data" or span.length > 1 or not (short or common):
        return True
    as_written = words[0].text == span.id.partition("=")[2]
    if short or (as_written and span.start > 0 and not words[0].text.islower()):
        return as_written
    dimension = span.id.partition("=")[0]
    alone = words[0].folded.startswith(people)  # "churn of accounts" is of no category
    apart = span.start > 0 and words[0].start - tokens[span.start - 1].end > 1  # "failed payments, solo los anuales"
    beside = tokens[span.start - 1 : span.start] if "after" in language.modifiers else ()
    beside = (*beside, *(tokens[span.end : span.end + 1] if "before" in language.modifiers else ()))
    if any(one.folded.startswith(people) for one in beside):  # "Business customers"
        return True
    if any(_beside_value(span, other, spans, dimension) for other in spans):
        return True
    return any(
        (other.start == span.end and (other.kind == "metric" or other.id == dimension))
        or (other.end == span.start and other.id == dimension)
        or (other.end == span.start and not (apart or alone) and (other.kind == "metric" or other.id == "place"))
        for other in spans
    )


def _of_language(word: Token, language: Language) -> bool:
    """Whether a word for a value is a small word of the language: "cada cliente usa", "solo los anuales"."""
    return word.folded in language.data["hears"]["small"].get("values", "").split()


def _lists(span: Span, spans: Sequence[Span], tokens: Sequence[Token]) -> bool:
    """Whether a comma parts the words into two figures: "MRR, churn and NPS" asks for no churn of MRR."""
    named = {(one.start, one.end) for one in spans if one.kind in ("metric", "ambiguous") and one.id != span.id}
    return any(
        tokens[at].start - tokens[at - 1].end > 1 and {(span.start, at), (at, span.end)} <= named
        for at in range(span.start + 1, span.end)
    )


def _beside_value(span: Span, other: Span, spans: Sequence[Span], dimension: str) -> bool:
    """Whether a value of the same dimension stands on the other side of an "or" or a "versus": "pro vs business"."""
    first, second = sorted((span, other), key=lambda one: one.start)
    return (
        other.kind in ("data", "value")
        and other.id.startswith(f"{dimension}=")
        and other.id != span.id
        and any(
            (one.start, one.end) == (first.end, second.start) and (one.id == "join" or one.kind == "compare")
            for one in spans
        )
    )


def spelt(token: Token) -> bool:
    """Whether a word that is no known one is no slip of the pen either: a name, or one whose accents are written."""
    return not token.text.isascii() or (token.start > 0 and token.text[:1].isupper())


def _placed(span: Span, spans: Sequence[Span], tokens: Sequence[Token], language: Language) -> bool:
    """True for a code in small letters after "in", "without", or in a list of such: "w es i pl"; no word of its own."""
    if tokens[span.start].folded in language.filler:
        return False
    dimension = span.id.partition("=")[0]
    return any(
        (one.end == span.start and one.kind == "word" and one.id in PLACING)
        or (
            one.end in (span.start - 1, span.start)
            and one.kind == span.kind
            and one.length == 1
            and one.id.startswith(f"{dimension}=")
            and one.start < span.start
            and _placed(one, spans, tokens, language)
        )
        for one in spans
    )


def _called(span: Span, tokens: Sequence[Token], language: Language) -> bool:
    """Whether a word of the language is the name of a figure here: "le CES", not "ces clients"."""
    word, before = tokens[span.start], tokens[max(0, span.start - 1) : span.start]
    after = language.data["hears"]["common"][word.folded]
    return len(tokens) == 1 or word.text.isupper() or any(one.folded in after for one in before)


def bare(spans: Sequence[Span]) -> list[Span]:
    """The phrases without those that swallow what follows.

    That is the preposition of the next words ("churn of" before "of Atlantis"), or the figure that a cue is about
    ("expected churn", "which customers left").
    """
    short = [span for span in spans if span.kind == "word" and span.length == 1]
    places = {span.start for span in short if span.id == "place"}
    splits = {span.start for span in short if span.id == "by"}
    known = {(span.kind, span.id, span.start, span.end) for span in spans}
    named = [(span.start, span.end) for span in spans if span.kind == "metric"]

    asking = [(one.start, one.end) for one in spans if (one.kind, one.id) == ("intent", Intent.LIST_PEOPLE.value)]

    def cut(span: Span) -> Span:
        about = [start for start, end in named if span.kind == "intent" and end == span.end and start > span.start]
        asked = [end for start, end in asking if span.id == LOST and start <= span.start < end < span.end]
        span = replace(span, start=max(asked)) if asked else span  # "which customers | did we lose"
        return replace(span, end=max(about)) if about else span

    def steps_apart(span: Span) -> bool:
        """True for "year by month", which is no step as "month by month" is."""
        return span.kind == "step" and len({value for _, value in span.slots}) > 1

    def swallows(span: Span) -> bool:
        if span.kind == "intent" and any(start == span.end - 1 and end > span.end for start, end in named):
            return (span.kind, span.id, span.start, span.end - 1) in known  # "list of customers" before "lost"
        small = span.end - 1 in places or (span.kind == "metric" and span.end - 1 in splits)
        return small and (span.kind, span.id, span.start, span.end - 1) in known

    def coarser(span: Span) -> bool:
        """True for the "how many tickets" of "how many tickets open": a finer figure goes on from its last word."""
        return span.kind == "metric" and any(
            one.kind == "metric" and span.start < one.start < span.end < one.end and span.id in WITHIN.get(one.id, ())
            for one in spans
        )

    advice = [one for one in spans if (one.kind, one.id) == ("intent", Intent.ADVISE.value)]

    def advised(span: Span) -> bool:
        """True for the figure that begins with the verb of "how do we | win back | customers who left"."""
        return span.kind == "metric" and any(one.start < span.start < one.end < span.end for one in advice)

    left = [span for span in spans if not (swallows(span) or steps_apart(span) or coarser(span) or advised(span))]
    return [cut(span) for span in left]


def headed(spans: Sequence[Span], language: Language) -> list[Span]:
    """The phrases without the figures that end within one as long: of "monthly revenue churn" the last word is what
    is asked for, where this language puts before a noun what says which one is meant."""
    if "before" not in language.modifiers:
        return list(spans)
    figures = [one for one in spans if one.kind in ("metric", "ambiguous") and one.length > 1]
    return [
        span
        for span in spans
        if not any(
            span in figures and span.start < one.start < span.end < one.end and one.length == span.length
            for one in figures
        )
    ]


def picked(spans: Iterable[Span]) -> list[Pick]:
    """The longest phrases that do not overlap, each place with all kinds that cover it alike."""
    taken: dict[tuple[int, int], list[Span]] = {}
    covered: set[int] = set()

    def rank(span: Span) -> int:
        return RANKS.index(span.kind) if span.kind in RANKS else len(RANKS)

    def length(span: Span) -> int:
        """A value with figures in its name ("win-back-2026-05") is nothing else."""
        return span.length + (FIGURED if span.kind == "data" and re.search(r"\d", span.id) else 0)

    for span in sorted(spans, key=lambda one: (-length(one), one.guessed, rank(one), one.start)):
        place = (span.start, span.end)
        if place in taken:
            if span.guessed == taken[place][0].guessed:
                taken[place].append(span)
        elif covered.isdisjoint(range(*place)):
            taken[place] = [span]
            covered.update(range(*place))
    return [Pick(start, end, tuple(taken[start, end])) for start, end in sorted(taken)]


def changes(pick: Pick) -> bool:
    """Whether the words name a change and claim none: "growth"."""
    return any(one.id == "change" for one in pick.of("intent"))


def asides(text: str, tokens: Sequence[Token]) -> frozenset[int]:
    """The places of the words that stand in brackets."""
    inside = [found.span() for found in BRACKETS.finditer(text)]
    return frozenset(at for at, token in enumerate(tokens) if any(start < token.start < end for start, end in inside))


def runs(places: Sequence[int]) -> list[tuple[int, int]]:
    """Neighbouring places as `[start, end)`."""
    runs: list[tuple[int, int]] = []
    for at in places:
        if runs and runs[-1][1] == at:
            runs[-1] = (runs[-1][0], at + 1)
        else:
            runs.append((at, at + 1))
    return runs
