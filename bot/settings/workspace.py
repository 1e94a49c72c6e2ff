"""The workspace file, read; every gap at once, by name."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from bot.errors import BadWorkspace
from bot.settings.environment import ROOT
from bot.settings.sections import (
    WEEKDAYS,
    AccessSection,
    AgentSection,
    BrandSection,
    CompanySection,
    DataSection,
    DefinitionsSection,
    LimitsSection,
    OwnSection,
    PlaybookSection,
    RecordsSection,
    Section,
)
from bot.types import Definitions, Note

MOST_BYTES = 2**20
"""Of a workspace file."""


class Workspace(Section):
    """The whole file. `base` is its folder: paths in it are relative to that."""

    company: CompanySection = CompanySection()
    data: DataSection
    definitions: DefinitionsSection = DefinitionsSection()
    markets: dict[str, list[str]] = Field(default_factory=dict)
    access: AccessSection = AccessSection()
    playbook: PlaybookSection = PlaybookSection()
    own: OwnSection = OwnSection()
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
