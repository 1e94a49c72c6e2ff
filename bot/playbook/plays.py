"""The plays: one article a file and language under `knowledge/`, read and checked as a whole.

    knowledge/sections.toml      the fixed headings, by language
    knowledge/en/<id>.md         the facts of a play, once, and its English text
    knowledge/<language>/<id>.md its translation: id, language, title, asked_as, and the text

Loading reports every fault of every file at once, so that an editor mends them in one go.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

import yaml

from bot.errors import BadWorkspace
from bot.playbook.front import fact_faults, key_faults
from bot.types import Citation, Filters, filters

APPLIES = "applies"
SECTIONS = (APPLIES, "audience", "steps", "measure", "risks", "example")
ORIGINAL = "en"
"""The language whose files hold the facts, and which is shown where a translation is missing."""
_YAML = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The loader in C where there is one: it reads the plays five times as fast, and the first answer waits for them."""


@dataclass(frozen=True, slots=True)
class Signal:
    """A metric that moved, and where: what a finding shows, or what a play answers."""

    metric: str
    direction: Literal["up", "down"]
    where: Filters = ()
    """Dimension or variant parameter → values, as in a Query's filters."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a play's knowledge comes from; `status` is what is known of its claim."""

    title: str
    year: int | None = None
    url: str = ""
    claim: str = ""
    """Id in the claims register, where the play touches one."""
    status: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A play in one language: sections by id, in Markdown."""

    language: str
    title: str
    asked_as: tuple[str, ...]
    headings: Mapping[str, str]
    sections: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Play:
    """A practice that answers a finding: the facts once, the text per language."""

    id: str
    stage: str
    campaign: str
    lever: str
    chapter: str
    date: date
    metrics: tuple[str, ...]
    segments: tuple[str, ...]
    signals: tuple[Signal, ...]
    draft_types: tuple[str, ...]
    campaign_types: tuple[str, ...]
    """What a company calls the type of a campaign that runs this play; its own id is always one."""
    sources: tuple[Source, ...]
    texts: Mapping[str, Text] = field(repr=False)

    def text(self, language: str) -> Text:
        """The play in `language`, else in the original one."""
        return self.texts.get(language, self.texts[ORIGINAL])

    def cite(self, section: str, language: str) -> Citation:
        """A citation of one section, its first sentence as the quote."""
        text = self.text(language)
        first = re.split(r"(?<=[.!?])\s", _plain(text.sections[section]), maxsplit=1)[0]
        return Citation(self.id, text.title, text.headings[section], first)


def load(folder: Path, metrics: Collection[str] | None = None, beside: Path | None = None) -> tuple[Play, ...]:
    """All plays of a folder, by id; `metrics` are the names that may be mentioned (None: any).

    `beside` is the folder whose headings these plays have and whose ids they may not take, where that is another one.
    Raises BadWorkspace("plays_broken", folder, gaps) naming every fault of every file.
    """
    faults: list[str] = []
    headings = _headings(beside or folder, faults)
    taken = {path.stem for path in (beside / ORIGINAL).glob("*.md")} if beside else set()
    texts: dict[str, dict[str, Text]] = {}
    facts: dict[str, Mapping[str, Any]] = {}
    for language, path, front, body in _files(folder, headings, faults):
        where = f"{language}/{path.name}"
        found = list(key_faults(front, path.stem, language, facts=language == ORIGINAL))
        if language == ORIGINAL:
            facts[path.stem] = front
            found += fact_faults(front, metrics)
        faults += [f"{where}: {fault}" for fault in found]
        if not found:
            text, wrong = _text(front, body, headings[language])
            faults += [f"{where}: {fault}" for fault in wrong]
            texts.setdefault(path.stem, {})[language] = text
    for name in sorted(texts):
        if name in taken:
            faults.append(f"{name}: is the id of a play that is there already")
        if name not in facts:
            faults.append(f"{name}: has no {ORIGINAL} file, which holds its facts")
    if faults:
        raise BadWorkspace("plays_broken", folder=str(folder), gaps=tuple(faults))
    return tuple(_play(facts[name], texts[name]) for name in sorted(facts))


def _headings(folder: Path, faults: list[str]) -> dict[str, dict[str, str]]:
    """Language → section → its heading."""
    try:
        table = tomllib.loads((folder / "sections.toml").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        faults.append("sections.toml: missing or unreadable")
        return {}
    for language, row in table.items():
        if lacking := set(SECTIONS) - set(row):
            faults.append(f"sections.toml: [{language}] lacks {', '.join(sorted(lacking))}")
    return {language: row for language, row in table.items() if not set(SECTIONS) - set(row)}


def _files(
    folder: Path, headings: Collection[str], faults: list[str]
) -> Iterator[tuple[str, Path, dict[str, Any], str]]:
    for language in headings:
        for path in sorted((folder / language).glob("*.md")):
            try:
                _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
                mapping = yaml.load(front, _YAML)  # noqa: S506 (safe in both)
            except (OSError, ValueError, yaml.YAMLError):  # a wrong encoding is a ValueError too
                faults.append(f"{language}/{path.name}: no readable front matter between two lines of ---")
                continue
            if isinstance(mapping, dict):
                yield language, path, mapping, body
            else:
                faults.append(f"{language}/{path.name}: the front matter is no list of keys")


def _text(front: Mapping[str, Any], body: str, headings: Mapping[str, str]) -> tuple[Text, list[str]]:
    """The sections of a body; what stands under a heading nobody knows is a fault."""
    faults: list[str] = []
    ids = {heading: name for name, heading in headings.items()}
    sections: dict[str, str] = {}
    before, *parts = re.split(r"^## +(.+?) *$", body, flags=re.MULTILINE)
    if before.strip():
        faults.append("text before the first heading")
    for heading, content in zip(parts[::2], parts[1::2], strict=True):
        if heading not in ids or ids[heading] in sections or not content.strip():
            faults.append(f"heading {heading!r} is unknown, doubled or empty")
        else:
            sections[ids[heading]] = content.strip()
    if lacking := [headings[name] for name in SECTIONS if name not in sections]:
        faults.append(f"lacks the section {', '.join(lacking)}")
    names = {name: headings[name] for name in SECTIONS}
    return Text(front["language"], str(front["title"]), tuple(front["asked_as"]), names, sections), faults


def _play(front: Mapping[str, Any], texts: Mapping[str, Text]) -> Play:
    return Play(
        id=front["id"],
        stage=front["stage"],
        campaign=front["campaign"],
        lever=front["lever"],
        chapter=front["chapter"],
        date=front["date"],
        metrics=tuple(front["metrics"]),
        segments=tuple(front["segments"]),
        signals=tuple(_signal(row) for row in front["signals"]),
        draft_types=tuple(front["draft_types"]),
        campaign_types=(type_of(front["id"]), *front.get("campaign_types", ())),
        sources=tuple(Source(**row) for row in front["sources"]),
        texts=texts,
    )


def type_of(name: str) -> str:
    """The type of a campaign as it is compared: "Win-back" is win_back."""
    return "_".join(re.findall(r"\w+", name.lower().replace("_", " ")))


def _signal(row: Mapping[str, Any]) -> Signal:
    where = {key: [str(value)] for key, value in row.items() if key not in ("metric", "direction")}
    return Signal(row["metric"], row["direction"], filters(where))


def _plain(markdown: str) -> str:
    """Markdown without list marks and emphasis, on one line."""
    return " ".join(re.sub(r"^(\d+\.|[-*]) +|\*\*", "", markdown, flags=re.MULTILINE).split())
