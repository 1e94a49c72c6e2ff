"""What may stand in each section of `workspace.toml`."""

from __future__ import annotations

from datetime import date
from math import inf
from typing import Annotated, Any, Literal, Self, TypeAlias, get_args
from zoneinfo import available_timezones

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from bot.types import Defaults, Limits, Rate, filters

Weekday: TypeAlias = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS = get_args(Weekday)


class Section(BaseModel):
    """A table of the workspace file; an unknown key is a gap, not a surprise later."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CompanySection(Section):
    """Who the company is: its zone, its money, its language, its week."""

    name: str = "Your company"
    zone: str = "UTC"
    currency: str = Field("USD", pattern="^[A-Z]{3}$")
    language: str = Field("en", pattern="^[a-z]{2}$")
    week_start: Weekday = "monday"

    @field_validator("zone")
    @classmethod
    def known_zone(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError("an IANA zone, such as Europe/Paris")
        return zone


class TableSection(Section):
    """One of `select`, `table` or `file`; `columns` maps canonical names to the company's own."""

    select: str | None = None
    table: str | None = None
    file: str | None = None
    columns: dict[str, str] = {}


class DataSection(Section):
    """Where the data lies, and what is where in it."""

    url: str
    as_of: date | None = None
    snapshot: bool = False
    tables: dict[str, TableSection] = {}
    sets: dict[Annotated[str, Field(pattern="^[a-z0-9_-]{1,40}$")], str] = {}
    """Further data sets: name → a workspace file, of which all counts but access, agent, records, limits and own."""


class DefinitionsSection(Section):
    """The conventions of the company that its figures follow."""

    grace_days: int = Field(30, ge=1, le=90)
    pause_days: int = Field(90, ge=1, le=366)
    inactive_days: int = Field(30, ge=1, le=366)
    dormant_days: int = Field(90, ge=1, le=366)
    gone_days: int = Field(180, ge=1, le=1098)
    inactive_days_by_plan: dict[str, Annotated[int, Field(ge=1, le=366)]] = {}
    new_days: int = Field(14, ge=1, le=366)
    onboarding_days: int = Field(30, ge=1, le=366)
    long_term_days: int = Field(365, ge=1, le=3660)
    lapsed_trial_days: int = Field(90, ge=1, le=366)
    win_back_from_days: int = Field(14, ge=0, le=366)
    win_back_until_days: int = Field(365, ge=1, le=1098)
    habit_days: int = Field(4, ge=1, le=28)
    power_days: int = Field(16, ge=1, le=28)
    narrow_features: int = Field(2, ge=1, le=20)
    vip_share: float = Field(0.1, gt=0, lt=1)
    loyal_orders: int = Field(4, ge=1, le=1000)
    several_tickets: int = Field(3, ge=2, le=100)
    unused_deliveries: int = Field(3, ge=1, le=100)
    order_value_bands: list[Annotated[float, Field(gt=0)]] = []
    purchase_frequency_bands: list[Annotated[int, Field(ge=2)]] = [2, 4, 7]
    error_events: list[str] = []
    help_events: list[str] = []
    stages: dict[
        Literal["awareness", "acquisition", "onboarding", "engagement", "retention", "advocacy"], list[str]
    ] = {}

    margin: float | None = Field(None, gt=0, le=1)
    message_costs: dict[Literal["email", "personal"], Annotated[float, Field(ge=0)]] = {}
    merge_same_day_orders: bool = True
    freshness_hours: int = Field(48, ge=1)
    small_sample: int = Field(30, ge=1)
    work_days: list[Weekday] = Field(["monday", "tuesday", "wednesday", "thursday", "friday"], min_length=1)
    work_from: int = Field(9, ge=0, le=23)
    work_to: int = Field(17, ge=1, le=24)

    @field_validator("work_to")
    @classmethod
    def after_the_start(cls, work_to: int, info: ValidationInfo) -> int:
        if work_to <= info.data.get("work_from", 0):
            raise ValueError("an hour after work_from")
        return work_to

    def settled(self) -> dict[str, Any]:
        """The same as the frozen noun has it: tables as pairs, lists as tuples; cut points in order."""
        cuts = ("order_value_bands", "purchase_frequency_bands")
        settled: dict[str, Any] = {
            name: tuple((key, tuple(one) if isinstance(one, list) else one) for key, one in sorted(value.items()))
            if isinstance(value, dict)
            else tuple(sorted(set(value)) if name in cuts else value)
            if isinstance(value, list)
            else value
            for name, value in self.model_dump().items()
        }
        return settled | {"work_days": tuple(sorted({WEEKDAYS.index(day) for day in self.work_days}))}


class RoleSection(Section):
    """What a role may see and do, and who has it."""

    metrics: list[str] | None = None
    dimensions: list[str] | None = None
    person_level: bool | None = None
    drafts: bool | None = None
    approves: bool | None = None
    row_filters: dict[str, list[str]] = {}
    smallest_cell: int | None = None
    members: list[str] = []


class ChannelSection(Section):
    """Who may see what in a channel, by a role; and what it is about, where a question does not say otherwise."""

    role: str | None = None
    filters: dict[str, Annotated[list[str], Field(min_length=1)]] = {}
    variant: dict[str, str] = {}
    language: str | None = Field(None, pattern="^[a-z]{2}$")
    data: str | None = None
    """The name of one of `data.sets`."""

    def settled(self) -> Defaults:
        """What the channel is about."""
        return Defaults(filters(self.filters), tuple(sorted(self.variant.items())), self.language)


class AccessSection(Section):
    """Who may see what."""

    default_role: str = "viewer"
    home: list[str] = []
    roles: dict[str, RoleSection] = {}
    channels: dict[str, ChannelSection] = {}


class PlaybookSection(Section):
    """`documents` is the folder of the company's own."""

    documents: str | None = None


class OwnSection(Section):
    """`folder` holds the company's own metrics, segments, words and plays."""

    folder: str | None = None


class VoiceSection(Section):
    """How the brand speaks one language."""

    use: list[str] = []
    avoid: list[str] = []
    signature: str = ""
    examples: list[str] = []


class BrandSection(Section):
    """The name, the sender and the voice of drafts."""

    name: str = ""
    sender: str = ""
    reply_to: str = ""
    postal_address: str = ""
    formality: dict[str, str] = {}
    stop: dict[str, str] = {}
    competitors: list[str] = []
    for_children: bool = False
    names: dict[str, dict[str, str]] = {}
    voice: dict[str, VoiceSection] = {}
    """By language; what the file says without one holds in all, and stands under ""."""

    @field_validator("voice", mode="before")
    @classmethod
    def by_language(cls, voice: Any) -> Any:
        if not isinstance(voice, dict):
            return voice
        return {"": {name: one for name, one in voice.items() if not isinstance(one, dict)}} | {
            name: one for name, one in voice.items() if isinstance(one, dict)
        }


class AgentSection(Section):
    """What the language model may cost: a question, a person's day, everybody's day."""

    steps: int = Field(8, ge=1, le=50)
    seconds: float = Field(45.0, ge=5, le=600)
    tokens: int = Field(60_000, ge=1_000)
    person_tokens: int = Field(600_000, ge=1_000)
    workspace_tokens: int = Field(6_000_000, ge=1_000)
    money: float | None = Field(None, gt=0, allow_inf_nan=False)
    person_money: float | None = Field(None, gt=0, allow_inf_nan=False)
    workspace_money: float | None = Field(None, gt=0, allow_inf_nan=False)
    price_in: float = Field(0.0, ge=0, allow_inf_nan=False)
    price_out: float = Field(0.0, ge=0, allow_inf_nan=False)

    @model_validator(mode="after")
    def fit_together(self) -> Self:
        set_limits = {name: value for name, value in self.model_dump().items() if value is not None}
        for kind in ("tokens", "money"):
            for narrow, wide in ((kind, f"person_{kind}"), (f"person_{kind}", f"workspace_{kind}")):
                if set_limits.get(wide, inf) < set_limits.get(narrow, 0):
                    places = {"limit": f"agent.{wide}", "narrower": f"agent.{narrow}"}
                    raise PydanticCustomError("gap_limit_order", "", places)
        of_money = sorted(name for name in set_limits if name.endswith("money"))
        if of_money and not self.price_in and not self.price_out:
            raise PydanticCustomError("gap_limit_prices", "", {"limits": of_money})
        return self

    def settled(self) -> Limits:
        """The same as the frozen noun has it."""
        return Limits(**self.model_dump())


class RecordsSection(Section):
    """For how many days answers, conversations and what models cost are kept, and for how many hours a file that
    somebody lent in a direct message."""

    keep_days: int = Field(365, ge=1, le=3660)
    file_hours: int = Field(24, ge=1, le=720)


class LimitsSection(Section):
    """How many questions are taken in Slack within so many minutes: of one person, and of all of them."""

    person_questions: int = Field(60, ge=1)
    workspace_questions: int = Field(600, ge=1)
    minutes: int = Field(10, ge=1, le=1440)

    @model_validator(mode="after")
    def fit_together(self) -> Self:
        if self.workspace_questions < self.person_questions:
            places = {"limit": "limits.workspace_questions", "narrower": "limits.person_questions"}
            raise PydanticCustomError("gap_limit_order", "", places)
        return self

    def settled(self) -> Rate:
        """The same as the frozen noun has it."""
        return Rate(**self.model_dump())
