"""The arguments of a model's call → a Query, by the readers that a person's own words go through.

Names come from the catalogue, values from the data, and periods and amounts from the words of the question: a date or
a figure of the model's own is refused. What is refused says in one sentence what would do.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal

from bot.analysis.happenings import on_record
from bot.analysis.measure import Analyst
from bot.engines.agent.schemas import UNSEEN, Schema
from bot.engines.understanding.ahead import INTENTS as AHEAD
from bot.engines.understanding.ahead import TO_COME
from bot.engines.understanding.heard import Heard
from bot.engines.understanding.match import hear
from bot.engines.understanding.timing import timing
from bot.errors import MainstayError
from bot.language import Ahead, Calendar, Language, Period, fold
from bot.metrics import catalogue
from bot.types import Amount, Filters, Grain, Intent, Note, Query, Question, filters
from bot.types.sizes import LONGEST_QUESTION

Given = Mapping[str, Any]
FACTORS = {"halve": 0.5, "double": 2.0}
"""Words of a supposition that stand for a figure."""
ALIKE = 1e-9
MOST_ITEMS = 100
"""Items of one list: a filter with more of them is a segment."""


class BadCall(MainstayError):
    """What is wrong with a call, in a sentence for the model."""


@dataclass
class Asked:
    """The question that calls are made for, and what its words are read with. `values` are those of the data."""

    question: Question
    analyst: Analyst
    language: Language
    values: Mapping[str, tuple[str, ...]]
    assumed: list[Note] = field(default_factory=list)
    """What was read into the words, of all calls; to be said with the answer."""

    @property
    def when(self) -> Calendar:
        definitions = self.analyst.company.definitions
        return Calendar(self.analyst.as_of, definitions.week_start, definitions.zone, partial(on_record, self.analyst))

    def query(self, intent: Intent, given: Given) -> Query:
        """What every measuring call says alike: metric, variant, filters, and the period that is read for it."""
        metric = given.get("metric")
        query = Query(
            intent,
            metric,
            variant=tuple(sorted(_pairs(given.get("variant", ())))),
            filters=self._passing(given.get("filters", ())),
            exclude=self._passing(given.get("exclude", ())),
            by=tuple(dict.fromkeys(given.get("by", ()))),
            claim=given.get("direction"),
            subject=given.get("segment"),
            limit=given.get("limit"),
            names_rate=any(
                (span.kind, span.id) == ("word", "rate") for span in self.language.hear(self.question.text)[1]
            ),
        )
        return self.timed(query, given)

    # ------------------------------------------------------------ values

    def _passing(self, given: Iterable[str]) -> Filters:
        """Filters, each value as the data writes it."""
        found: dict[str, list[str]] = {}
        for dimension, said in _pairs(given):
            if dimension in UNSEEN:
                raise BadCall(f"There is no dimension {dimension!r}.")
            found.setdefault(dimension, []).append(self._value(dimension, said))
        return filters(found)

    def _value(self, dimension: str, said: str) -> str:
        """The data's own value for what was said: its spelling, its printed name, or another word for it."""
        known = self.analyst.values(dimension)
        if said in known:
            return said
        bare = _bare(said)
        for one in known:
            if bare in (_bare(one), _bare(self.language.value_name(dimension, one))):
                return one
        heard = [span.id.partition("=") for span in self.language.hear(said)[1] if span.kind == "value"]
        return next((value for name, _, value in heard if name == dimension and value in known), said)

    # ------------------------------------------------------------ periods

    def timed(self, query: Query, given: Given) -> Query:
        """The query with window and baseline by the words of the question, or those of the question before."""
        words = given.get("period")
        heard = self._heard(words, query.intent) if words else Heard(self.language, ())
        if words and not (heard.periods or heard.compare or heard.rhythm or heard.step or heard.metric_window):
            raise BadCall(f"{words!r} names no period: copy the words that say when, or leave `period` out.")
        heard.step = Grain(given["steps"]) if "steps" in given else heard.step
        if query.intent in AHEAD:
            return replace(
                query, window=max((one.window for one in heard.periods), key=lambda one: one.end, default=None)
            )
        timed, notes = timing(heard, query, catalogue().get(query.metric or ""), self.when)
        self.assumed.extend(note for note in notes if note not in self.assumed)
        return self._as_before(timed) if given.get("as_before") and not words else timed

    def _as_before(self, query: Query) -> Query:
        """The query in the period of the question before, which a change of subject or split leaves as it is."""
        before = self.question.previous
        if before is None or before.intent in AHEAD:
            return query
        if (before.intent is Intent.TREND) is not (query.intent is Intent.TREND):
            return query
        baseline = before.baseline if before.intent is query.intent else query.baseline
        return replace(query, window=before.window or query.window, baseline=baseline)

    def _heard(self, words: str, intent: Intent) -> Heard:
        said = {token.folded for token in self.language.hear(self.question.text)[0]}
        foreign = [token.text for token in self.language.hear(words)[0] if token.folded not in said]
        if foreign:
            raise BadCall(
                f"The message does not say {' '.join(foreign)!r}: `period` holds words copied from it, or is left out."
            )
        if intent in AHEAD:
            return Heard(self.language, (), periods=self._ahead(words))
        markets = dict(self.analyst.company.definitions.markets)
        return hear(words, self.language, self.values, markets, self.when)

    def _ahead(self, words: str) -> list[Period]:
        """The periods that words name in a question of what is to come."""
        tokens, spans = self.language.hear(words)
        ahead = [replace(span, kind="period") for span in spans if span.kind == "ahead"]
        kept = [span for span in spans if span.kind != "ahead" and (span.kind != "period" or span.id in TO_COME)]
        when = self.when
        return self.language.periods(tokens, [*kept, *ahead], Ahead(when.as_of, when.week_start, when.zone))

    # ------------------------------------------------------------ amounts

    def amount(self, value: float, unit: Literal["percent", "points", "money", "number"], *, step: bool) -> Amount:
        """An amount of the question's own: a model makes none up."""
        tokens, _ = self.language.hear(self.question.text)
        said = {abs(one.amount.value) for one in self.language.figures(self.question.text, tokens)}
        for name, _ in self.language.supposed(tokens):
            if name in FACTORS:
                said |= {FACTORS[name], 100.0 * abs(FACTORS[name] - 1)}
        if not any(abs(abs(value) - one) <= ALIKE for one in said):
            raise BadCall(
                f"The message does not say {value:g}: `amount` is a figure of it. Ask back where there is none."
            )
        return Amount(abs(value), unit, step=step)


def _pairs(given: Iterable[str]) -> Iterator[tuple[str, str]]:
    """("country", "Spain") of "country=Spain"."""
    for one in given:
        name, _, value = one.partition("=")
        yield name.strip(), value.strip()


def _bare(text: str) -> str:
    return fold(text.replace("_", " ").strip())


# ------------------------------------------------------------ shape


def checked(given: Any, schema: Schema) -> dict[str, Any]:
    """The arguments as the schema has them; a lone value where a list belongs is a list. Raises BadCall."""
    if not isinstance(given, Mapping):
        raise BadCall("The arguments are no JSON object.")
    arguments = {str(name): value for name, value in given.items() if value not in (None, "", [], {})}
    properties: Mapping[str, Schema] = schema["properties"]
    for name in arguments:
        _known(name, properties, "argument")
    if missing := [name for name in schema.get("required", ()) if name not in arguments]:
        raise BadCall(f"Missing: {', '.join(missing)}.")
    return {name: _fitting(name, value, properties[name]) for name, value in arguments.items()}


def _fitting(name: str, value: Any, schema: Schema) -> Any:
    """A value of the type that the schema gives it. Raises BadCall."""
    kind = schema["type"]
    if kind == "array":
        return [_fitting(name, one, schema["items"]) for one in _items(value, schema["items"])]
    if kind == "object":
        return checked(value, schema)
    if kind in ("integer", "number"):
        return _number(name, value, whole=kind == "integer")
    if kind == "boolean":
        return value is True or str(value).lower() == "true"
    text = value if isinstance(value, str) else str(value)
    if len(text) > LONGEST_QUESTION:
        raise BadCall(f"`{name}` is longer than {LONGEST_QUESTION} characters: say it shorter.")
    if "enum" in schema:
        _known(text, schema["enum"], name)
    if "pattern" in schema and not re.match(schema["pattern"], text):
        raise BadCall(f"`{name}` is written 'name=value', not {text[:60]!r}.")
    return text


def _items(value: Any, items: Schema) -> list[Any]:
    """The items of a list; pairs may also come as an object of name → value or values."""
    if isinstance(value, Mapping) and "pattern" in items:
        return [f"{name}={one}" for name, found in value.items() for one in _items(found, {})]
    found = list(value) if isinstance(value, (list, tuple)) else [value]
    if len(found) > MOST_ITEMS:
        raise BadCall(f"A list holds at most {MOST_ITEMS} items here.")
    return found


def _number(name: str, value: Any, *, whole: bool) -> int | float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise BadCall(f"`{name}` is a number.") from None
    if whole and not number.is_integer():
        raise BadCall(f"`{name}` is a whole number.")
    return int(number) if whole else number


def _known(name: str, known: Iterable[str], what: str) -> None:
    if name not in known:
        near: Sequence[str] = difflib.get_close_matches(name, list(known), n=5, cutoff=0.4) or list(known)[:20]
        raise BadCall(f"There is no {what} {name[:60]!r}. The nearest: {', '.join(near)}.")
