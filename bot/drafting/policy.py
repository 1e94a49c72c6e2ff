"""The rules' numbers and words, read from `knowledge/policy/`: a change of law needs no code.

countries/XX.toml  what marketing needs in a country, by channel (see `law`)
caps.toml          how much is too much, by channel and by purpose
areas.toml         where an American number is at home
channels.toml      parts, lengths, frequency, silence
draft_types.toml   what a type of draft is for, and to whom it may go
effects.toml       what a message of an objective may do, where no test tells it
costs.toml         what a message costs
words/xx.toml      the words that checks look for, by language
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from bot.drafting.hours import Area
from bot.drafting.law import Country, Law, countries
from bot.errors import BadWorkspace


@dataclass(frozen=True, slots=True)
class Kind:
    """What a draft type is for, and to whom it may go (see draft_types.toml)."""

    objective: str
    metric: str
    days: int
    base_rate: float
    to: tuple[str, ...]
    inactive: bool = False
    news: bool = False
    survey: bool = False
    ask: bool = False
    farewell: bool = False
    last_choice: bool = False
    personal: bool = False
    service: bool = False
    event: bool = False
    sells: bool = False


@dataclass(frozen=True, slots=True)
class Assumed:
    """What a message of an objective may do to the share of accounts with an outcome (see effects.toml)."""

    outcome: str
    low: float
    mid: float
    high: float
    segments: tuple[str, ...]
    campaigns: tuple[str, ...] = ()


class Words:
    """One language's word lists, compiled; a list that the language lacks finds nothing."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.table = table
        self.language = str(table["language"])

    def __getitem__(self, name: str) -> str:
        return str(self.table[name])

    @cached_property
    def _patterns(self) -> dict[str, list[re.Pattern[str]]]:
        flags = re.IGNORECASE | re.MULTILINE
        return {
            name: [re.compile(pattern, flags) for pattern in patterns]
            for name, patterns in self.table.items()
            if isinstance(patterns, list)
        }

    @cached_property
    def function_words(self) -> frozenset[str]:
        """Small words that give the language away."""
        return frozenset(self["function_words"].split())

    def found(self, name: str, text: str) -> tuple[str, ...]:
        """What the list finds in the text, each once, in order."""
        hits = sorted(
            (hit.start(), hit[0].strip()) for pattern in self._patterns.get(name, ()) for hit in pattern.finditer(text)
        )
        return tuple(dict.fromkeys(words for _, words in hits))

    def starts(self, name: str, text: str) -> bool:
        """Whether the text begins with one of the list."""
        return any(pattern.match(text) for pattern in self._patterns.get(name, ()))


@dataclass(frozen=True)
class Policy:
    """All of `knowledge/policy/`."""

    countries: Mapping[str, Country]
    caps: Mapping[str, Mapping[str, Any]]
    channels: Mapping[str, Mapping[str, Any]]
    kinds: Mapping[str, Kind]
    words: Mapping[str, Words]
    effects: Mapping[str, Assumed]
    """Objective → what may be hoped for; without one nothing may."""
    costs: Mapping[str, float]
    """Channel, or "personal" → what one message costs."""
    areas: Mapping[str, Area] = field(default_factory=dict)
    """American area code → where its numbers are at home."""
    version: str = ""
    """Changes with any of the files: the rules by which a draft was checked."""

    def country(self, code: str) -> Country:
        """The country's own file; for one without, that of the union it belongs to, else the strictest."""
        if code in self.countries:
            return self.countries[code]
        return self.countries["EU" if code in self.countries["EU"].members else "other"]

    def law(self, country: str, channel: str = "email") -> Law:
        """What marketing on a channel needs of the people of a country."""
        return self.country(country).law(channel)

    @cached_property
    def forms(self) -> Mapping[str, Mapping[str, Any]]:
        """Channel → what a message of it is made of; the other tables of channels.toml hold for all of them."""
        return {name: row for name, row in self.channels.items() if "parts" in row}

    def limit(self, channel: str, field: str, bound: str) -> int | None:
        """A length or count of a channel, None where it has no such bound."""
        value = self.channels[channel].get(field, {}).get(bound)
        return None if value is None else int(value)

    def sells(self, touch: str) -> bool:
        """Whether a message sells, by the type of its draft or of the campaign in the company's data."""
        return self.kinds[touch].sells if touch in self.kinds else touch in self.caps["sales"]["types"]

    def oversells(self, touches: Iterable[str]) -> bool:
        """Whether one more message that sells would leave too few beside it that do not; a first one never does."""
        got = [one for one in touches if one not in self.kinds or not self.kinds[one].service]
        others = sum(not self.sells(one) for one in got)
        return bool(got) and others / (len(got) + 1) < float(self.caps["sales"]["non_sales_share"])

    def days(self, name: str) -> int:
        """A length of silence."""
        return int(self.channels["silence"][name])


def load(folder: Path) -> Policy:
    """Read the policy of a folder. Raises BadWorkspace("policy_broken", folder, gaps) naming all faults."""
    gaps: list[str] = []

    def table(name: str) -> dict[str, Any]:
        try:
            return tomllib.loads((folder / name).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
            gaps.append(f"{name}: missing or unreadable")
            return {}

    rows = {path.stem: table(f"countries/{path.name}") for path in sorted((folder / "countries").glob("*.toml"))}
    lands = countries(rows, gaps)
    caps = table("caps.toml")
    kinds = _rows(Kind, table("draft_types.toml"), "draft_types.toml", gaps)
    channels = table("channels.toml")
    effects = _rows(Assumed, table("effects.toml"), "effects.toml", gaps)
    gaps += [f"effects.toml: [{name}] is out of order" for name, one in effects.items() if not _in_order(one)]
    costs = table("costs.toml")
    gaps += [f"costs.toml: lacks {name}" for name in ("email", "personal") if name not in costs]
    gaps += [f"countries/{name}.toml: missing" for name in ("EU", "other") if name not in rows]
    gaps += [f"caps.toml: lacks [{name}]" for name in ("gap_hours", "most", "sequence", "sales") if name not in caps]
    gaps += [f"channels.toml: lacks [{name}]" for name in ("email", "frequency", "silence") if name not in channels]
    areas = _areas(table("areas.toml"), gaps)
    words = {}
    for path in sorted((folder / "words").glob("*.toml")):
        try:
            words[path.stem] = Words(table(f"words/{path.name}"))
            words[path.stem].found("", "")
        except (KeyError, re.error):
            gaps.append(f"words/{path.name}: names no language, or holds an expression that cannot be read")
    if gaps:
        raise BadWorkspace("policy_broken", folder=str(folder), gaps=tuple(gaps))
    return Policy(lands, caps, channels, kinds, words, effects, costs, areas, version_of(folder))


def _in_order(one: Assumed) -> bool:
    return one.low <= one.mid <= one.high and one.low < one.high


def version_of(folder: Path) -> str:
    """A short hash of all files of the folder, by their names and what they hold."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.toml")):
        digest.update(f"{path.relative_to(folder).as_posix()}\0".encode())
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _areas(rows: Mapping[str, Any], gaps: list[str]) -> dict[str, Area]:
    found: dict[str, Area] = {}
    for state, row in rows.items():
        if isinstance(row, dict):
            home = Area(state, tuple(row.get("zones", ())))
            gaps += [f"areas.toml: {code} is in {state} and {found[str(code)].state}"
                     for code in row.get("codes", ()) if str(code) in found]  # fmt: skip
            found |= {str(code): home for code in row.get("codes", ())}
    return found


def _rows(kind: type[Any], table: Mapping[str, Any], name: str, gaps: list[str]) -> dict[str, Any]:
    known = {field.name for field in fields(kind)}
    found = {}
    for key, row in table.items():
        if unknown := sorted(set(row) - known):
            gaps.append(f"{name}: [{key}] has unknown {', '.join(unknown)}")
            continue
        values = {field: tuple(value) if isinstance(value, list) else value for field, value in row.items()}
        try:
            found[key] = kind(**values)
        except TypeError:
            gaps.append(f"{name}: [{key}] lacks a field")
    return found
