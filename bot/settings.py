"""The only reader of the environment and of `workspace.toml`; reports every gap at once, by name."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from math import inf
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeAlias, get_args
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import BadWorkspace
from bot.types import Defaults, Definitions, Endpoint, Limits, Note, Rate, filters

ROOT = Path(__file__).resolve().parent.parent
Weekday: TypeAlias = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS = get_args(Weekday)
MOST_BYTES = 2**20
"""Of a workspace file."""
OPENAI_URL = "https://api.openai.com/v1"


class Environment(BaseSettings):
    """What comes from the environment (or `.env`): secrets and places, never definitions."""

    model_config = SettingsConfigDict(env_file=ROOT / ".env", extra="ignore")

    slack_bot_token: str | None = Field(None, repr=False)
    slack_app_token: str | None = Field(None, repr=False)
    slack_api_url: str = "https://slack.com/api/"
    mainstay_home: Path = ROOT / ".mainstay"
    """Where the demo company, the playbook index, uploaded documents and the SQLite records live."""
    mainstay_records: str | None = Field(None, repr=False)
    """An SQLAlchemy URL; by default SQLite in `mainstay_home`."""
    mainstay_model: str | None = None
    """The language model of the agent; without it, no question leaves this machine, whatever keys there are."""
    mainstay_embedding: str | None = None
    """The model that turns the playbook and what is asked of it into vectors; without it, one inside this program."""
    openai_base_url: str | None = None
    openai_api_key: SecretStr | None = None
    mainstay_chroma: str | None = None
    """The address of a Chroma server for the playbook's index; by default a folder in `mainstay_home`."""

    @property
    def records_url(self) -> str:
        return self.mainstay_records or f"sqlite:///{self.mainstay_home / 'records.sqlite'}"

    def endpoint(self) -> Endpoint | None:
        """Where the agent's model is; None if there is none. Raises BadWorkspace with all that is wrong."""
        return self._endpoint(self.mainstay_model)

    def embedding(self) -> Endpoint | None:
        """Where the playbook's embeddings are; None if none leave this machine. Raises as `endpoint`."""
        return self._endpoint(self.mainstay_embedding)

    def chroma(self) -> str | None:
        """The address of the Chroma server, if there is one. Raises BadWorkspace."""
        if self.mainstay_chroma and not _is_base_url(self.mainstay_chroma):
            raise BadWorkspace("index_gaps", gaps=(Note("gap_chroma_url"),))
        return self.mainstay_chroma or None

    def _endpoint(self, model: str | None) -> Endpoint | None:
        if not model:
            return None
        url = self.openai_base_url or OPENAI_URL
        key = self.openai_api_key.get_secret_value() if self.openai_api_key else ""
        gaps = []
        if not _is_base_url(url):
            gaps.append(Note("gap_model_url"))
        if not key and url == OPENAI_URL:
            gaps.append(Note("gap_model_key"))
        if not (key.isascii() and key.isprintable()) or " " in key:
            gaps.append(Note("gap_model_key_form"))
        if gaps:
            raise BadWorkspace("model_gaps", gaps=tuple(gaps))
        return Endpoint(url, model, key)


def _is_base_url(url: str) -> bool:
    """Whether it is an http(s) address of a host and no more: no user, no password, no query."""
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    clean = url.isascii() and url.isprintable() and not set("@?# \\") & set(url)
    return parts.scheme in {"http", "https"} and named and clean


class Section(BaseModel):
    """A table of the workspace file; an unknown key is a gap, not a surprise later."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CompanySection(Section):
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
    url: str
    as_of: date | None = None
    snapshot: bool = False
    tables: dict[str, TableSection] = {}


class DefinitionsSection(Section):
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

    def settled(self) -> Defaults:
        """What the channel is about."""
        return Defaults(filters(self.filters), tuple(sorted(self.variant.items())), self.language)


class AccessSection(Section):
    default_role: str = "viewer"
    home: list[str] = []
    roles: dict[str, RoleSection] = {}
    channels: dict[str, ChannelSection] = {}


class PlaybookSection(Section):
    """`documents` is the folder of the company's own."""

    documents: str | None = None


class VoiceSection(Section):
    use: list[str] = []
    avoid: list[str] = []
    signature: str = ""
    examples: list[str] = []


class BrandSection(Section):
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
    """For how many days answers, conversations and what models cost are kept."""

    keep_days: int = Field(365, ge=1, le=3660)


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


class Workspace(Section):
    """The whole file. `base` is its folder: paths in it are relative to that."""

    company: CompanySection = CompanySection()
    data: DataSection
    definitions: DefinitionsSection = DefinitionsSection()
    markets: dict[str, list[str]] = {}
    access: AccessSection = AccessSection()
    playbook: PlaybookSection = PlaybookSection()
    brand: BrandSection = BrandSection()
    agent: AgentSection = AgentSection()
    records: RecordsSection = RecordsSection()
    limits: LimitsSection = LimitsSection()
    base: Path = ROOT

    def settled(self) -> Definitions:
        """The conventions that metrics, periods and sentences follow."""
        return Definitions(
            company=self.company.name,
            zone=self.company.zone,
            currency=self.company.currency,
            language=self.company.language,
            week_start=WEEKDAYS.index(self.company.week_start),
            markets=tuple((name, tuple(countries)) for name, countries in sorted(self.markets.items())),
            snapshot=self.data.snapshot,
            **self.definitions.settled(),
        )


def read_workspace(path: Path) -> Workspace:
    """The workspace file, with `${NAME}` filled from the environment. Raises BadWorkspace with all gaps."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadWorkspace("workspace_too_large", path=str(path), most=MOST_BYTES // 2**20)
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadWorkspace("workspace_missing", path=str(path)) from None
    except (OSError, UnicodeDecodeError):
        raise BadWorkspace("workspace_unreadable", path=str(path)) from None
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        where = int(line.group(1)) if line else text.count("\n") + 1
        raise BadWorkspace("workspace_not_toml", path=str(path), line=where) from None
    unset: set[str] = set()
    content = _filled(content, unset)
    if unset:
        raise BadWorkspace("workspace_variables_unset", path=str(path), names=sorted(unset))
    try:
        return Workspace(**{**content, "base": path.resolve().parent})
    except ValidationError as error:
        gaps = tuple(_gap(dict(one)) for one in error.errors())
        raise BadWorkspace("workspace_gaps", path=str(path), gaps=gaps) from None
    except TypeError:
        raise BadWorkspace("workspace_unreadable", path=str(path)) from None


def _filled(value: Any, unset: set[str]) -> Any:
    """The value with every `${NAME}` in its strings taken from the environment; unset names are collected."""
    if isinstance(value, dict):
        return {name: _filled(one, unset) for name, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, unset) for one in value]
    if not isinstance(value, str):
        return value
    names = set(re.findall(r"\$\{(\w+)\}", value))
    unset |= {name for name in names if name not in os.environ}
    return re.sub(r"\$\{(\w+)\}", lambda found: os.environ.get(found.group(1), ""), value)


def _gap(fault: Mapping[str, Any]) -> Note:
    where = ".".join(str(part) for part in fault["loc"] if part != "")
    if fault["type"] == "missing":
        return Note("gap_setting_missing", {"where": where})
    if fault["type"] == "extra_forbidden":
        known = _known(fault["loc"][:-1])
        near = difflib.get_close_matches(str(fault["loc"][-1]), known, n=3, cutoff=0.5)
        return Note("gap_setting_unknown", {"where": where, "near": near or known})
    if fault["type"].startswith("gap_"):
        return Note(fault["type"], {"where": where, **fault["ctx"]})
    return Note("gap_setting_bad", {"where": where, "value": str(fault.get("input"))[:80]})


def _known(path: tuple[Any, ...]) -> list[str]:
    """The keys allowed at a place of the workspace file."""
    model: Any = Workspace
    for part in path:
        if getattr(model, "__origin__", None) is dict:
            model = model.__args__[1]
        else:
            field = getattr(model, "model_fields", {}).get(part)
            model = field.annotation if field else None
    return sorted(name for name in getattr(model, "model_fields", {}) if name != "base")
