"""The finger-count company with instructions hidden in its names, values, texts, files, columns and plays, and its
clean twin. `place` says where the texts of a case go; every text of a place stands in some cell of it.
"""

from __future__ import annotations

import csv
import re
import shutil
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import cycle
from pathlib import Path

from bot.language import detect
from bot.models import embedding
from bot.playbook import Documents, Playbook
from bot.service import Service
from bot.types import Answer, Place, Question, Rights
from bot.wiring import service_of
from tests.playbooks import some_plays

ROOT = Path(__file__).parents[2]
FINGERS = ROOT / "tests" / "finger_count"
CASES: list[dict[str, str]] = tomllib.loads((Path(__file__).parent / "injections.toml").read_text(encoding="utf-8"))[
    "injections"
]
CELLS: Mapping[str, tuple[tuple[tuple[str, str], ...], tuple[str, ...]]] = {
    "name": ((("accounts", "name"),), ("Cedar", "Larch", "Dogwood")),
    "plan": ((("plans", "name"),), ("Starter", "Pro", "Business")),
    "industry": ((("accounts", "industry"),), ("retail", "software")),
    "channel_value": ((("accounts", "acquisition_channel"),), ("organic", "ads", "sales")),
    "reason": ((("churn_reasons", "reason_code"), ("subscriptions", "reason_code")), ("no_need", "price")),
    "ticket": ((("tickets", "category"),), ("bug", "billing", "how_to")),
    "survey": ((("survey_answers", "text"),), ("Fast and clear",)),
}
"""Place → its (table, column) pairs, and the values there that the texts stand in for."""
NOW = datetime(2026, 11, 2, 9)
JOIN = " · "

Ask = Callable[[Service, Question], Answer]
"""An engine: how a question is put to a service."""


def texts(where: str) -> list[str]:
    return [case["text"] for case in CASES if case["where"] == where]


def stand_ins() -> dict[str, dict[str, str]]:
    """Place → clean value → what stands in its cells."""
    found: dict[str, dict[str, str]] = {}
    for where, (_, values) in CELLS.items():
        parts: dict[str, list[str]] = {value: [] for value in values}
        for value, text in zip(cycle(values), texts(where), strict=False):
            parts[value].append(text)
        found[where] = {value: JOIN.join(some) for value, some in parts.items() if some}
    return found


@dataclass(frozen=True)
class Twins:
    """The same company, clean and with instructions in it."""

    clean: Service
    hidden: Service

    def rights(self, place: Place = Place.DM) -> Rights:
        return self.clean.rights_of("analyst", place)


def twins(folder: Path) -> Twins:
    """Both companies; the second is written into `folder`."""
    clean, hidden = service_of(FINGERS / "workspace.toml", engine="rules"), _hidden(folder)
    hidden._opinion = clean._opinion  # of the product's own examples, no matter whose data
    encoder = embedding.offline()
    clean_own = _documents(folder / "own", ["" for _ in texts("document")])
    hidden_own = _documents(folder / "hidden own", texts("document"))
    clean_plays, hidden_plays = _plays(folder / "plays"), _plays(folder / "hidden plays", JOIN.join(texts("play")))
    clean.playbook = Playbook(clean_plays, folder / "index", lambda: encoder, clean_own)
    hidden.playbook = Playbook(hidden_plays, folder / "hidden index", lambda: encoder, hidden_own)
    return Twins(clean, hidden)


def _documents(folder: Path, said: list[str]) -> Documents:
    """A document of the company's own, with something said at the end of each item."""
    folder.mkdir()
    items = ("Call the customer.", "Look at their usage.", "Write down what they got.", "Offer a review.")
    ends = [f"- {item} {end}".rstrip() for item, end in zip(items, said, strict=True)]
    text = "\n\n".join(("Renewal handbook", "Ninety days before a renewal", *ends))
    (folder / "renewals.txt").write_text(text, encoding="utf-8")
    return Documents(folder, folder / "uploaded", folder / "read", detect)


def _hidden(folder: Path) -> Service:
    data = folder / "data"
    shutil.copytree(FINGERS / "data", data)
    for where, replaced in stand_ins().items():
        for table, column in CELLS[where][0]:
            _rewrite(data / f"{table}.csv", column, replaced)
    _add_columns(data / "accounts.csv", texts("column"))
    workspace = (FINGERS / "workspace.toml").read_text(encoding="utf-8")
    for table, text in zip(("accounts", "subscriptions", "plans", "users"), texts("file"), strict=True):
        name = f"{text.replace('/', '')}.csv"
        (data / f"{table}.csv").rename(data / name)
        workspace = workspace.replace(f'file = "{table}.csv"', f"file = '{name}'")
    (folder / "workspace.toml").write_text(workspace, encoding="utf-8")
    return service_of(folder / "workspace.toml", engine="rules")


def _rewrite(file: Path, column: str, replaced: Mapping[str, str]) -> None:
    rows = list(csv.DictReader(file.open(encoding="utf-8", newline="")))
    for row in rows:
        row[column] = replaced.get(row[column], row[column])
    _write(file, rows)


def _add_columns(file: Path, names: list[str]) -> None:
    rows = list(csv.DictReader(file.open(encoding="utf-8", newline="")))
    _write(file, [row | dict.fromkeys(names, "x") for row in rows])


def _write(file: Path, rows: list[dict[str, str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _plays(folder: Path, said: str = "") -> Path:
    """Some of the plays, with something said at the end of every numbered step."""
    for play in sorted(some_plays(folder).glob("??/*.md")):
        lines = play.read_text(encoding="utf-8").splitlines()
        lines = [f"{line} {said}".rstrip() if re.match(r"\d+\. ", line) else line for line in lines]
        play.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
