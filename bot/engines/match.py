"""What a text says, told by the language file and the values found in the data; nothing is decided here.

The longest phrases win; what two kinds of phrase cover alike ("new customers", "annual") stays open
until `understand` knows what is asked. Words that nothing explains are kept: they may be the point.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from rapidfuzz import fuzz, process

from bot.errors import BadQuestion
from bot.language import Calendar, Language, Matcher, Period, Span, Token, available, fold, load
from bot.types import Grain

ACCOUNT = re.compile(r"(?=.*\d)[A-Za-z]{1,8}[-_]?\d+$")
SHORTEST_VALUE = 3
"""Values shorter than this ("US", "M") are heard only as they are written in the data."""
MOST_NEAR = 5
RANKS = ("when", "intent", "metric", "ambiguous", "stranger", "segment", "compare", "data", "value", "claim")


@dataclass(frozen=True, slots=True)
class Named:
    """A metric as named: its id and what the wording fixes ("voluntary churn", "expansion MRR")."""

    metric: str
    fixed: tuple[tuple[str, str], ...] = ()
    words: str = ""
    start: int = 0

    @classmethod
    def of(cls, text: str, words: str = "", start: int = 0) -> Named:
        """From "churn_rate?split=voluntary", as the language files write it."""
        metric, _, rest = text.partition("?")
        fixed = tuple(tuple(pair.split("=", 1)) for pair in rest.split("&") if pair)
        return cls(metric, fixed, words, start)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Unclear:
    """A word for several metrics ("retention"), with those that the rest of the text speaks for."""

    name: str
    words: str
    choices: tuple[Named, ...]
    decided: Named | None = None


@dataclass(slots=True)
class Heard:
    """All that was found in a text, in the order of the text."""

    language: Language
    tokens: tuple[Token, ...]
    metrics: list[Named] = field(default_factory=list)
    unclear: list[Unclear] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    filters: dict[str, list[str]] = field(default_factory=dict)
    exclude: dict[str, list[str]] = field(default_factory=dict)
    markets: list[str] = field(default_factory=list)
    by: list[str] = field(default_factory=list)
    which: list[str] = field(default_factory=list)
    mentioned: list[str] = field(default_factory=list)
    segments: list[str] = field(default_factory=list)
    variants: dict[str, str] = field(default_factory=dict)
    intents: set[str] = field(default_factory=set)
    compare: set[str] = field(default_factory=set)
    versus: int | None = None
    claims: set[str] = field(default_factory=set)
    step: Grain | None = None
    rhythm: Grain | None = None
    metric_window: Grain | None = None
    periods: list[Period] = field(default_factory=list)
    wish: str | None = None
    account: str | None = None
    limit: int | None = None
    only: bool = False
    follows: bool = False
    ours: bool = False
    those: bool = False
    names_rate: bool = False
    guesses: list[tuple[str, str]] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    """Unexplained words next to a metric, or in a clause about the customers: they change what is asked."""
    placed: list[str] = field(default_factory=list)
    """Unexplained words where a filter would stand: "in Atlantis", "for dentists"."""
    misfits: list[tuple[str, str]] = field(default_factory=list)
    """(dimension, words) of unexplained words next to a dimension: "plan Gold"."""

    @property
    def something(self) -> bool:
        """True when the text says anything that a question can be made of."""
        return bool(
            self.metrics or self.unclear or self.strangers or self.filters or self.exclude or self.by
            or self.segments or self.variants or self.periods or self.account or self.step
        )


@dataclass(frozen=True, slots=True)
class Pick:
    """A place in the text and the kinds of phrase that cover it alike."""

    start: int
    end: int
    spans: tuple[Span, ...]

    def of(self, kind: str) -> list[Span]:
        return [span for span in self.spans if span.kind == kind]


def hear(
    text: str,
    language: Language,
    values: Mapping[str, tuple[str, ...]],
    markets: Iterable[str],
    when: Calendar,
    *,
    timeless: Iterable[str],
) -> Heard:
    """What the text says. BadQuestion for a period or a value that cannot be.

    `timeless` are the intents in whose questions periods are not read ("forecast next month").
    """
    tokens, spans = language.hear(text)
    table = tuple((name, tuple(found)) for name, found in sorted(values.items()))
    spans += _data(table, tuple(sorted(markets))).find(tokens)
    spans = [span for span in spans if _meant(span, tokens, values, language)]
    heard = Heard(language, tokens)
    picks = _picks(spans, tokens)
    if not any(span.id in timeless for pick in picks for span in pick.of("intent")):
        compares = [(span.start, span.end) for pick in picks for span in pick.of("compare") if span.length > 1]
        dated = [span for span in spans if not any(a <= span.start and span.end <= b for a, b in compares)]
        heard.periods = language.periods(tokens, dated, when)
        when_spans = [Span("when", str(n), one.start, one.end) for n, one in enumerate(heard.periods)]
        picks = _picks([span for span in spans if span.kind not in ("period", "link")] + when_spans, tokens)
        kept = {int(span.id) for pick in picks for span in pick.of("when")}
        heard.periods = [one for n, one in enumerate(heard.periods) if n in kept]
    _Reader(heard, values, picks, spans).read()
    return heard


@lru_cache(maxsize=8)
def _data(values: tuple[tuple[str, tuple[str, ...]], ...], markets: tuple[str, ...]) -> Matcher:
    """The phrases that are values in the data: plan names, channels, features."""
    entries = [
        ("data", f"{dimension}={value}", re.sub(r"[*()\[\]{}|]", " ", value))
        for dimension, found in values if dimension != "language"
        for value in found
    ]
    return Matcher([*entries, *(("data", f"market={name}", name.replace("_", " ")) for name in markets)])


def _meant(
    span: Span, tokens: Sequence[Token], values: Mapping[str, tuple[str, ...]], language: Language
) -> bool:
    """False for a phrase that is a value only by accident: "us" is no country, "our business" no plan."""
    words = tokens[span.start : span.end]
    if span.kind == "value" and span.length == 1 and len(words[0].folded) < SHORTEST_VALUE:
        return words[0].text.isupper()
    if span.kind != "data":
        return True
    value = span.id.partition("=")[2]
    if span.length == 1 and (len(words[0].folded) < SHORTEST_VALUE or words[0].folded in language.filler):
        beside = [tokens[at] for at in (span.start - 1, span.end) if 0 <= at < len(tokens)]
        dimension = span.id.partition("=")[0]
        named = {fold(word) for phrase in language.data["hears"]["dimensions"].get(dimension, ()) for word in phrase.split()}
        return (words[0].text == value and span.start > 0) or any(token.folded in named for token in beside)
    return True


def _picks(spans: Iterable[Span], tokens: Sequence[Token]) -> list[Pick]:
    """The longest phrases that do not overlap, each place with all kinds that cover it alike."""
    taken: dict[tuple[int, int], list[Span]] = {}
    covered: set[int] = set()

    def rank(span: Span) -> int:
        return RANKS.index(span.kind) if span.kind in RANKS else len(RANKS)

    for span in sorted(spans, key=lambda one: (-one.length, one.guessed, rank(one), one.start)):
        place = (span.start, span.end)
        if place in taken:
            if span.guessed == taken[place][0].guessed:
                taken[place].append(span)
        elif covered.isdisjoint(range(*place)):
            taken[place] = [span]
            covered.update(range(*place))
    return [Pick(start, end, tuple(taken[start, end])) for start, end in sorted(taken)]


class _Reader:
    """Walks the picks of one text from left to right."""

    def __init__(
        self, heard: Heard, values: Mapping[str, tuple[str, ...]], picks: list[Pick], spans: list[Span]
    ) -> None:
        self._heard, self._values, self._picks, self._spans = heard, values, picks, spans
        self._explained: set[int] = set()
        self._mode: Literal["", "by", "which", "without"] = ""

    def read(self) -> None:
        heard = self._heard
        for at, pick in enumerate(self._picks):
            self._take(at, pick)
            self._explained.update(range(pick.start, pick.end))
        heard.names_rate = any(span.kind == "word" and span.id == "rate" for span in self._spans)
        for span in self._spans:
            if span.kind == "word" and span.id == "language" and heard.wish is None:
                heard.wish = str(span.slot("language"))
        self._leftovers()

    def _text(self, start: int, end: int) -> str:
        return " ".join(token.text for token in self._heard.tokens[start:end])

    def _take(self, at: int, pick: Pick) -> None:
        heard = self._heard
        kinds = {span.kind for span in pick.spans}
        if any(span.guessed for span in pick.spans) and kinds & {"metric", "data", "value", "ambiguous"}:
            read = " ".join(token.near or token.folded for token in heard.tokens[pick.start : pick.end])
            heard.guesses.append((self._text(pick.start, pick.end), read))
        for kind, take in (
            ("metric", self._metric), ("ambiguous", self._ambiguous), ("stranger", self._stranger),
            ("variant", self._variant),
        ):
            if pick.of(kind):
                take(pick)
        for span in pick.of("segment"):
            heard.segments.append(span.id)
        for span in pick.of("intent"):
            heard.intents.add(span.id)
        for span in pick.of("compare"):
            heard.compare.add(span.id)
            if span.id == "versus" and heard.versus is None:
                heard.versus = pick.start
        if pick.of("claim") and not kinds & {"word"}:
            heard.claims.update(span.id for span in pick.of("claim"))
        for span in pick.of("step"):
            heard.step = Grain(span.id)
        for span in pick.of("metric_window"):
            heard.metric_window = Grain(span.id)
        if pick.of("rate") and self._before_metric(at):
            heard.rhythm = Grain(pick.of("rate")[0].id)
        self._words(pick)
        if pick.of("dimension"):
            self._dimension(pick)
        if pick.of("data") or pick.of("value"):
            self._value(at, pick)
        if kinds & {"metric", "ambiguous", "claim", "when", "intent"} and not kinds & {"dimension", "word"}:
            self._mode = ""

    def _words(self, pick: Pick) -> None:
        heard = self._heard
        for span in pick.of("word"):
            if span.id in ("by", "which", "without"):
                self._mode = span.id  # type: ignore[assignment]
            elif span.id == "only":
                heard.only = True
                self._mode = ""
            elif span.id == "follow" and (pick.start == 0 or heard.tokens[0].folded in ("ok", "merci", "thanks")):
                heard.follows = True
            elif span.id == "ours":
                heard.ours = True
            elif span.id == "those":
                heard.those = True
            elif span.id == "language":
                heard.wish = str(span.slot("language"))
            elif span.id == "top_number":
                heard.limit = int(span.slot("n"))
                heard.intents.add("top_high")
        if pick.start == 0 and any(
            span.kind == "word" and span.id == "follow" and span.start == 0 for span in self._spans
        ):
            heard.follows = True

    def _metric(self, pick: Pick) -> None:
        span = min(pick.of("metric"), key=lambda one: ("?" in one.id, one.id))
        if len({one.id for one in pick.of("metric")}) > 1:
            named = [one for one in pick.of("metric") if "?" in one.id]
            span = named[0] if named else span
        self._heard.metrics.append(Named.of(span.id, self._text(pick.start, pick.end), pick.start))

    def _ambiguous(self, pick: Pick) -> None:
        if pick.of("metric"):
            return
        name = pick.of("ambiguous")[0].id
        entry = self._heard.language.data["hears"]["ambiguous"][name]
        around = self._heard.tokens[: pick.start] + self._heard.tokens[pick.end :]
        spoken = Matcher(
            ("context", choice, phrase) for choice, phrases in entry["context"].items() for phrase in phrases
        ).find(around)
        favoured = {span.id for span in spoken}
        choices = tuple(Named.of(choice, self._text(pick.start, pick.end), pick.start) for choice in entry["choices"])
        decided = Named.of(favoured.pop(), self._text(pick.start, pick.end), pick.start) if len(favoured) == 1 else None
        self._heard.unclear.append(Unclear(name, self._text(pick.start, pick.end), choices, decided))

    def _stranger(self, pick: Pick) -> None:
        if not pick.of("metric") and not pick.of("ambiguous"):
            self._heard.strangers.append(self._text(pick.start, pick.end))

    def _variant(self, pick: Pick) -> None:
        for span in pick.of("variant"):
            name, _, value = span.id.partition("=")
            self._heard.variants.setdefault(name, value)

    def _dimension(self, pick: Pick) -> None:
        dimension = pick.of("dimension")[0].id
        into = {"by": self._heard.by, "which": self._heard.which}.get(self._mode, self._heard.mentioned)
        if dimension not in into:
            into.append(dimension)

    def _value(self, at: int, pick: Pick) -> None:
        if pick.of("metric") or pick.of("when") or pick.of("dimension"):
            return
        if self._heard.rhythm is not None and pick.of("rate") and self._heard.rhythm is not Grain.YEAR:
            return
        dimension, value = self._known(pick)
        if dimension == "market":
            self._heard.markets.append(value)
            return
        into = self._heard.exclude if self._mode == "without" else self._heard.filters
        if value not in into.setdefault(dimension, []):
            into[dimension].append(value)

    def _before_metric(self, at: int) -> bool:
        """True for "monthly churn", "churn mensuel": a rhythm that touches the metric, not a kind of plan."""
        pick = self._picks[at]
        return any(
            other.of("metric") or other.of("ambiguous")
            for other in self._picks
            if other.start == pick.end or other.end == pick.start
        )

    def _known(self, pick: Pick) -> tuple[str, str]:
        """The dimension and the value as the data writes it; BadQuestion when the data has no such value."""
        found = [tuple(span.id.split("=", 1)) for span in (*pick.of("data"), *pick.of("value"))]
        near = {d for d in self._heard.mentioned + self._heard.by}
        found.sort(key=lambda one: one[0] not in near)
        dimension, value = found[0]
        present = self._values.get(dimension, ())
        if dimension == "market" or not present or value in present:
            return dimension, value
        written = {fold(one): one for one in present}
        for name in _spellings(dimension, value):
            if fold(name) in written:
                return dimension, written[fold(name)]
        raise unknown_value(self._heard.language, dimension, self._text(pick.start, pick.end), present)

    def _leftovers(self) -> None:
        """Sorts the words that nothing explains by where they stand."""
        heard = self._heard
        tokens = heard.tokens
        filler = heard.language.filler
        loose = [
            at for at, token in enumerate(tokens)
            if at not in self._explained and token.folded not in filler and not token.folded.isdecimal()
            and len(token.folded) > 1
        ]
        for at in loose:
            if ACCOUNT.match(tokens[at].text) and heard.account is None:
                heard.account = tokens[at].text
        loose = [at for at in loose if tokens[at].text != heard.account]
        for start, end in _runs(loose):
            words = self._text(start, end)
            heard.unexplained.append(words)
            if dimension := self._misfit(start, end):
                heard.misfits.append((dimension, words))
            elif self._touching(start, end, "metric") or self._touching(start, end, "ambiguous"):
                heard.beside.append(words)
            elif self._after(start, "relative"):
                heard.beside.append(words)
            elif self._after(start, "place"):
                heard.placed.append(words)

    def _misfit(self, start: int, end: int) -> str | None:
        """The dimension that these words seem to name a value of: "gold plan", "plan Gold", not "which plan behaves"."""
        for pick in self._picks:
            if not pick.of("dimension"):
                continue
            dimension = pick.of("dimension")[0].id
            if pick.start == end:
                return dimension
            if pick.end == start and (
                self._heard.tokens[start].text[:1].isupper() or dimension not in self._heard.which + self._heard.by
            ):
                return dimension
        return None

    def _touching(self, start: int, end: int, kind: str) -> str | None:
        """The phrase of that kind right before or after these words."""
        for pick in self._picks:
            if pick.of(kind) and (pick.end == start or pick.start == end):
                return pick.of(kind)[0].id
        return None

    def _after(self, start: int, word: str) -> bool:
        """True when only small words stand between such a word and this place."""
        for pick in reversed([pick for pick in self._picks if pick.end <= start]):
            if any(span.id == word for span in pick.of("word")):
                between = self._heard.tokens[pick.end : start]
                return len(between) <= (4 if word == "relative" else 2)
            if not pick.of("word"):
                return False
        return False


def _runs(places: Sequence[int]) -> list[tuple[int, int]]:
    """Neighbouring places as `[start, end)`."""
    runs: list[tuple[int, int]] = []
    for at in places:
        if runs and runs[-1][1] == at:
            runs[-1] = (runs[-1][0], at + 1)
        else:
            runs.append((at, at + 1))
    return runs


def _spellings(dimension: str, value: str) -> list[str]:
    """How the data may write a value: by its code or by its name in any language."""
    return [value, *(load(code).value_name(dimension, value) for code in available())]


def unknown_value(language: Language, dimension: str, value: str, present: Sequence[str]) -> BadQuestion:
    """The error for a value that the data does not have, with the nearest that it has."""
    names = [language.value_name(dimension, one) for one in present]
    near = [name for name, _, _ in process.extract(value, names, scorer=fuzz.WRatio, score_cutoff=45, limit=MOST_NEAR)]
    return BadQuestion("unknown_value", dimension=dimension, value=value, near=near or names[:MOST_NEAR])
