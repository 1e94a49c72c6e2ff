"""What was asked, and what goes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal, TypeAlias

from bot.types.drafts import Draft
from bot.types.meanings import Meaning
from bot.types.metrics import Good, Parts, Shape, Unit
from bot.types.notes import Citation, Note
from bot.types.rights import Place, Rights, RowFilter
from bot.types.windows import Window

Filters: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]
"""Dimension → the values that pass, sorted, so that equal filters compare equal."""


def filters(values: Mapping[str, list[str] | tuple[str, ...]]) -> Filters:
    """The canonical form of a mapping of dimension → values; empty lists vanish."""
    return tuple((name, tuple(sorted(set(values[name])))) for name in sorted(values) if values[name])


class Intent(StrEnum):
    """What a question wants; the ids are those of `ask --json`."""

    VALUE = "value"
    TREND = "trend"
    COMPARE = "compare"
    BREAKDOWN = "breakdown"
    TOP = "top"
    WHY = "why"
    PREMISE = "premise"
    WHAT_IF = "what_if"
    PROJECT = "project"
    LIST_PEOPLE = "list_people"
    PROFILE = "profile"
    SEGMENT = "segment"
    DEFINE = "define"
    VARIANT = "variant"
    RECONCILE = "reconcile"
    CLAIM = "claim"
    ADVISE = "advise"
    DRAFT = "draft"
    WEEKLY = "weekly"
    DATA_HEALTH = "data_health"
    HELP = "help"
    SMALLTALK = "smalltalk"
    OFF_TOPIC = "off_topic"
    MULTI = "multi"


class Outcome(StrEnum):
    """How a question ended."""

    ANSWER = "answer"
    ASK_BACK = "ask_back"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as a person said it: 4.4 of percent, +1 of points, 500 of money; `step` is True for "+1" and "by 1".

    `to` is what one unit of its last digit is worth, so how it was rounded: 0.1 in "4.4", 0.01 in "4.40".
    """

    value: float
    unit: Literal["percent", "points", "money", "number"]
    step: bool = False
    to: float = field(default=1.0, compare=False)


@dataclass(frozen=True, slots=True)
class Query:
    """A question, understood: typed, canonical, and without words. It is the cache key's heart."""

    intent: Intent
    metric: str | None = None
    window: Window | None = None
    baseline: Literal["previous", "last_year"] | Window | None = None
    variant: tuple[tuple[str, str], ...] = ()
    filters: Filters = ()
    exclude: Filters = ()
    by: tuple[str, ...] = ()
    claim: Literal["up", "down"] | None = None
    subject: str | None = None
    """What else the intent is about: an account id (profile), a segment, a play or draft type, free words (advise),
    the readers of a summary (weekly),
    the definition that the metric's own is set against (reconcile: "churn_rate?method=events")."""
    language: str | None = None
    """A language the asker wants the result in ("draft for those, in French"), not the asker's own."""
    channel: str | None = None
    """Of a draft: the channel it is for, where the question names one."""
    message: str | None = None
    """Of a draft: the draft type, or the written message, where the question names one."""
    limit: int | None = None
    amounts: tuple[Amount, ...] = ()
    """Figures that the question itself states ("you say 4.2 %", "churn down 10 %")."""
    names_rate: bool = False
    """True when the question itself asks for a rate, so that a small sample still gets one."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One measurement: the receipt behind every figure. Never holds prose.

    Each row carries its own `part` and `whole`, or `value` and `n`; where part and whole are
    counts also `interval` (low, high), 95 % Wilson. `value` is null where it is not defined.
    """

    id: str
    query: Query
    role: Literal["main", "baseline", "companion", "driver"]
    unit: Unit
    good: Good
    shape: Shape
    version: int
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Any], ...]
    as_of: date
    currency: str | None = None
    parts: Parts = "counts"
    """What part and whole are; `currency` also stands for amounts beside them."""
    rights: tuple[RowFilter, ...] = ()
    sql: str = ""
    caveats: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something worth saying, its values taken from the Evidence it points to."""

    key: str
    values: Mapping[str, Any]
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to read an ambiguous question; choosing it finishes the question."""

    label: str
    query: Query


@dataclass(frozen=True, slots=True)
class Clarify:
    """A question back, with its choices, the likeliest first."""

    question: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a question in one channel means where it does not say otherwise."""

    filters: Filters = ()
    variant: tuple[tuple[str, str], ...] = ()
    language: str | None = None
    """Of words that give none away."""


@dataclass(frozen=True, slots=True)
class Question:
    """A person's words, with all that decides how they are read."""

    text: str
    now: datetime
    rights: Rights
    place: Place = Place.DM
    asker: str = "terminal"
    name: str = ""
    """What the asker is called, where that is known."""
    language: str | None = None
    alone: Rights | None = None
    """What the asker may see where nobody reads along; None where that is no other than here."""
    defaults: Defaults = Defaults()
    """What the channel it is asked in is about."""
    previous: Query | None = None
    meanings: tuple[Meaning, ...] = ()
    """What words mean in this thread."""
    said: tuple[str, ...] = ()
    """What was asked in this thread before."""
    id: str = ""
    zone: str = ""
    """The asker's own time zone, where the surface knows it."""


@dataclass(frozen=True, slots=True)
class Final:
    """An answer that will still change: from which day on it is final, what is to be asked then, and what it was."""

    day: date
    query: Query
    asked: date
    """The day of the question; the data reached to the day before `as_of`."""
    as_of: date
    value: float | None = None
    """The one figure it was about; None where there were several, or none."""
    unit: Unit = Unit.COUNT
    currency: str | None = None
    version: int = 1
    rights: tuple[RowFilter, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: findings that point into evidence, and the prose made from them. Never Block Kit."""

    outcome: Outcome
    intent: Intent
    language: str
    text: str
    engine: Literal["rules", "agent"] = "rules"
    queries: tuple[Query, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    findings: tuple[Finding, ...] = ()
    citations: tuple[Citation, ...] = ()
    caveats: tuple[str, ...] = ()
    clarify: Clarify | None = None
    follow_ups: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    """Follow-up → what its button says, where that is shorter than what it asks."""
    drafts: tuple[Draft, ...] = ()
    meanings: tuple[Meaning, ...] = ()
    """What the question taught of its thread's words."""
    final: Final | None = None
    error: Note | None = None
    fuller: bool = False
    """Whether the asker may see more of this where nobody reads along."""
    elapsed_ms: int = 0
