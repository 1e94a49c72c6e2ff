"""What can be measured, and the company's own settings of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal, TypeAlias

from bot.types.windows import Grain

Value: TypeAlias = str | int | float | bool | date | datetime | None


Good: TypeAlias = Literal["up", "down", "context"]
Parts: TypeAlias = Literal["counts", "money", "averages"]


class Unit(StrEnum):
    """What a number counts; shares are ratios between 0 and 1, money is in major units, points are those of NPS."""

    SHARE = "share"
    RATIO = "ratio"
    MONEY = "money"
    COUNT = "count"
    POINTS = "points"
    SCORE = "score"
    HOURS = "hours"
    DAYS = "days"
    MONTHS = "months"


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


LENT = "lent/"
"""How the name of a data set begins that one person lent, for that person alone."""


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
    gone_days: int = 180
    """From so many days without activity on, nobody is called inactive any more: they are gone."""
    inactive_days_by_plan: tuple[tuple[str, int], ...] = ()
    """Plan name → its own `inactive_days`."""
    new_days: int = 14
    onboarding_days: int = 30
    long_term_days: int = 365
    lapsed_trial_days: int = 90
    win_back_from_days: int = 14
    win_back_until_days: int = 365
    habit_days: int = 4
    """Active days of 28 that make a habit; fewer are shallow use."""
    power_days: int = 16
    """Active days of 28 that make a power user."""
    narrow_features: int = 2
    vip_share: float = 0.1
    loyal_orders: int = 4
    several_tickets: int = 3
    unused_deliveries: int = 3
    order_value_bands: tuple[float, ...] = ()
    """Where the bands of the average order begin; none: thirds of the buyers."""
    purchase_frequency_bands: tuple[int, ...] = (2, 4, 7)
    """Where the bands of orders a year begin, after that of the first order."""
    error_events: tuple[str, ...] = ()
    help_events: tuple[str, ...] = ()
    """Names of the events that mean an error, or a look for help by oneself."""
    stages: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Stage of the customer's life → the segments that make it up, where the company has its own."""
    margin: float | None = None
    """The gross margin of recurring revenue, between 0 and 1; None: not known, so that a value is told as revenue."""
    message_costs: tuple[tuple[str, float], ...] = ()
    """What a message costs by channel, or "personal" where one person writes it, where that is not the usual amount."""
    merge_same_day_orders: bool = True
    freshness_hours: int = 48
    small_sample: int = 30
    work_days: tuple[int, ...] = (0, 1, 2, 3, 4)
    """The days on which support works, Monday = 0; the two hours below are of the reporting zone."""
    work_from: int = 9
    work_to: int = 17
    markets: tuple[tuple[str, tuple[str, ...]], ...] = ()
    snapshot: bool = False
    """True where the data is one undated picture: a share of it can be told, no period."""
    data: str = ""
    """Which data set of the workspace it is, by its name there; empty for the main one."""


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
    parts: Parts = "counts"
    """What part and whole are; only counts get a Wilson interval."""
    keys: tuple[str, ...] = ()
    """Columns that name each row besides the breakdown: ("type",), ("cohort", "age"), ("reason",)."""
    finish: Callable[..., Any] | None = None
    """What no engine computes alike, on the fetched rows: `(frame, asked) → frame`; `metrics.declare` says how."""
    notes: Callable[..., Any] | None = None
    """What must be said beside the rows: `(rows, asked) → notes`; `metrics.declare` says how."""
    units: Mapping[str, Unit] = field(default_factory=dict)
    """Value of a variant → the unit it is told in, where that is not `unit`."""
    people: Callable[..., Any] | None = None
    """The roster behind the number, one row per account."""
    listed: Callable[..., Any] | None = None
    """The last step of the roster's fetched rows: `(frame, asked) → frame`."""
    version: int = 1

    def __call__(self, *args: Any, **variant: Any) -> Any:
        return self.expression(*args, **variant)
