"""The nouns: what passes from room to room.

Every one is frozen, holds data only, and knows nothing of Slack, SQL, or prose
except where its one line says so. Instants are naive UTC; days are calendar days
in the reporting zone; windows are half-open, `[start, end)`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

Value: TypeAlias = str | int | float | bool | date | datetime | None
Good: TypeAlias = Literal["up", "down", "context"]
Filters: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]
"""Dimension → the values that pass, sorted, so that equal filters compare equal."""


def filters(values: Mapping[str, list[str] | tuple[str, ...]]) -> Filters:
    """The canonical form of a mapping of dimension → values; empty lists vanish."""
    return tuple((name, tuple(sorted(set(values[name])))) for name in sorted(values) if values[name])


class Unit(StrEnum):
    """What a number counts; shares are ratios between 0 and 1, money is in major units."""

    SHARE = "share"
    RATIO = "ratio"
    MONEY = "money"
    COUNT = "count"
    POINTS = "points"
    DAYS = "days"


class Shape(StrEnum):
    """What the rows of a metric look like; section 4 of the design names the columns."""

    SHARE = "share"
    RATIO = "ratio"
    LEVEL = "level"
    FLOW = "flow"
    CURVE = "curve"
    GRID = "grid"
    ROSTER = "roster"
    VERDICT = "verdict"


class Grain(StrEnum):
    """The calendar unit of a window, and of the steps of a trend."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    RANGE = "range"


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


class Place(StrEnum):
    """Where an answer will be read; the audience counts as well as the asker."""

    DM = "dm"
    PRIVATE = "private"
    PUBLIC = "public"
    EXTERNAL = "external"


@dataclass(frozen=True, slots=True)
class Window:
    """Calendar days `[start, end)` in the reporting zone.

    `name` says how the period was meant ("month", "week", "last_n_days", "to_date", "range"),
    for phrasing only; `complete` is False while the data does not reach its end.
    In a trend `grain` is the step and `[start, end)` spans all steps.
    """

    start: date
    end: date
    grain: Grain = Grain.RANGE
    zone: str = "UTC"
    name: str = ""
    complete: bool = True

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def first(self) -> datetime:
        """The instant (naive UTC) at which the window opens."""
        return instant(self.start, self.zone)

    @property
    def last(self) -> datetime:
        """The instant (naive UTC) at which the window closes; itself outside."""
        return instant(self.end, self.zone)


def instant(day: date, zone: str) -> datetime:
    """Midnight at the start of `day` in `zone`, as naive UTC; right on daylight-saving days too."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Rows a person is confined to, by a dimension of the account; named in every answer."""

    dimension: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rights:
    """What may be shown. None means "all". Only ever narrowed, by `within`."""

    role: str = "analyst"
    metrics: frozenset[str] | None = None
    dimensions: frozenset[str] | None = None
    person_level: bool = True
    drafts: bool = True
    row_filters: tuple[RowFilter, ...] = ()
    smallest_cell: int = 0

    def within(self, other: Rights) -> Rights:
        """The intersection: what both may see."""

        def both(a: frozenset[str] | None, b: frozenset[str] | None) -> frozenset[str] | None:
            return b if a is None else a if b is None else a & b

        return replace(
            self,
            metrics=both(self.metrics, other.metrics),
            dimensions=both(self.dimensions, other.dimensions),
            person_level=self.person_level and other.person_level,
            drafts=self.drafts and other.drafts,
            row_filters=tuple(dict.fromkeys(self.row_filters + other.row_filters)),
            smallest_cell=max(self.smallest_cell, other.smallest_cell),
        )


@dataclass(frozen=True, slots=True)
class Person:
    """Who is asking, as the surface knows them; access turns this into Rights or a refusal."""

    id: str
    team: str = ""
    guest: bool = False
    stranger: bool = False
    """From another company or workspace."""
    bot: bool = False
    deleted: bool = False
    email: str | None = None
    groups: tuple[str, ...] = ()
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Definitions:
    """The company's own settings of the conventions G01 to G29 of the metric definitions."""

    company: str = "Your company"
    zone: str = "UTC"
    currency: str = "USD"
    language: str = "en"
    week_start: int = 0
    grace_days: int = 30
    pause_days: int = 90
    inactive_days: int = 30
    dormant_days: int = 90
    merge_same_day_orders: bool = True
    freshness_hours: int = 48
    small_sample: int = 30
    markets: tuple[tuple[str, tuple[str, ...]], ...] = ()
    snapshot: bool = False
    """True where the data is one undated picture: a share of it can be told, no period."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One entry of the catalogue; calling it builds the expression. Never holds results.

    The docstring of its function is its help text, its tool schema and its row in the docs.
    """

    name: str
    unit: Unit
    good: Good
    shape: Shape
    entity: str
    needs: tuple[str, ...]
    by: tuple[str, ...]
    variants: Mapping[str, tuple[str, ...]]
    """Parameter → its values, the default first."""
    window: Grain
    """The default window: the last complete one of this grain; DAY = the day before as-of."""
    companions: tuple[str, ...]
    summary: str
    formula: str
    at_risk: str
    example: str
    source: str
    expression: Callable[..., Any]
    parts: Literal["counts", "money", "averages"] = "counts"
    """What part and whole are; only counts get a Wilson interval."""
    people: Callable[..., Any] | None = None
    """The roster behind the number, one row per account."""
    version: int = 1

    def __call__(self, *args: Any, **variant: Any) -> Any:
        return self.expression(*args, **variant)


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
    """What else the intent is about: an account id (profile), a segment, a play or draft type, free words (advise)."""
    language: str | None = None
    """A language the asker wants the result in ("draft for those, in French"), not the asker's own."""
    limit: int | None = None
    names_rate: bool = False
    """True when the question itself asks for a rate, so that a small sample still gets one."""


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence to be said in any language: its key and the values it needs."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


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
class Citation:
    """A play and the section of it that an advice stands on."""

    play: str
    title: str
    section: str
    quote: str = ""


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
class Check:
    """One guardrail's verdict on a draft; `severity` is BLOCK, HOLD, WARN or INFO."""

    id: str
    severity: Literal["BLOCK", "HOLD", "WARN", "INFO"]
    passed: bool
    reason: Note


@dataclass(frozen=True, slots=True)
class Audience:
    """Who a draft is for: before = all suppressed + all elsewhere + after."""

    rule: Note
    before: int
    suppressed: Mapping[str, int]
    """Rule id → people held back by it first; its words are the sentence of that id."""
    after: int
    people: tuple[Mapping[str, Any], ...] = ()
    """`account_id` and `user_id` of those who remain; only for whoever may see persons."""
    elsewhere: Mapping[str, int] = field(default_factory=dict)
    """Language → people who may get the message, but read it in that language: another draft."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One text of a draft, in the neutral merge-tag form."""

    name: str
    subject: str
    preheader: str
    body: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A message a human may send. It carries its reasons and checks, and no way to send itself."""

    id: str
    type: str
    play: str
    stage: str
    language: str
    channel: str
    audience: Audience
    objective: str
    """The key of a sentence."""
    metric: str
    variants: tuple[Variant, ...]
    element: str
    """What A and B differ in."""
    facts: Mapping[str, str]
    """Merge tag → the field or metric it stands for."""
    previews: tuple[tuple[str, str], ...]
    """Profile (full, empty, longest) → variant A as such a reader gets it."""
    checks: tuple[Check, ...]
    test_plan: Note
    citations: tuple[Citation, ...] = ()
    state: Literal["ready", "held", "blocked"] = "held"
    brief: tuple[Note, ...] = ()
    """For the reviewer: why these people, what for, when it goes, what takes a person out of it."""


@dataclass(frozen=True, slots=True)
class Question:
    """A person's words, with all that decides how they are read."""

    text: str
    now: datetime
    rights: Rights
    place: Place = Place.DM
    asker: str = "terminal"
    language: str | None = None
    previous: Query | None = None
    id: str = ""


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
    drafts: tuple[Draft, ...] = ()
    error: Note | None = None
    elapsed_ms: int = 0
