"""What is often said of retention, with its status and its source, and which figures of one's own answer it.

ADD A CLAIM: one entry in `knowledge/claims.toml`, and the ideas it is heard by under `[hears.register]`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from bot.types import Filters, filters

FILE = Path(__file__).parents[2].joinpath("knowledge", "claims.toml")
FIRST_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Own:
    """One figure of the company's own: which metric, under what, over what period, and which row and column of it."""

    metric: str
    variant: tuple[tuple[str, str], ...] = ()
    filters: Filters = ()
    exclude: Filters = ()
    split: str = ""
    """The dimension it is broken down by, so that a row of it can be taken."""
    row: tuple[tuple[str, str], ...] = ()
    """Column → value of the row; "first" and "last" are the first and the last row with base enough."""
    named: str = ""
    """The column whose value names the row; none: those of `row`."""
    figure: str = "value"
    months: int = 0
    """So many complete months; 0 = the metric's own period."""
    matured: int = 0
    """The period ends at least so many days before the data does."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """Two figures of `own` held against each other, or one on its own, and what the claim says of that."""

    of: int
    than: Literal["more", "less", ""] = ""
    """What the claim says it is; "" = it only names a size."""
    against: int | None = None
    size: tuple[float, float] | None = None
    """How many times, or which figure, the claim says; None = it gives no size."""
    unit: Literal["ratio", "share", "points"] = "ratio"


@dataclass(frozen=True, slots=True)
class Wording:
    """A claim in one language."""

    said: str
    known: str
    caution: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim of the register."""

    id: str
    status: str
    own: tuple[Own, ...]
    weighed: tuple[Weighed, ...]
    texts: Mapping[str, Wording]
    special: Literal["", "usage", "tests"] = ""
    """A figure that is no metric: how often the product is used, or the campaigns with a group held back."""

    def text(self, language: str) -> Wording:
        """Its words in a language; in English where that has none."""
        return self.texts.get(language) or self.texts[FIRST_LANGUAGE]


@cache
def register(file: Path = FILE) -> Mapping[str, Claim]:
    """All claims of the file by id, in its order."""
    rows = tomllib.loads(file.read_text(encoding="utf-8"))["claim"]
    return {row["id"]: _claim(row) for row in rows}


def _claim(row: Mapping[str, Any]) -> Claim:
    texts = {name: Wording(**words) for name, words in row.items() if isinstance(words, dict)}
    weighed = tuple(
        Weighed(**{**one, "size": tuple(one["size"]) if "size" in one else None}) for one in row.get("weighed", ())
    )
    own = tuple(_own(one) for one in row["own"])
    return Claim(row["id"], row["status"], own, weighed, texts, row.get("special", ""))


def _own(row: Mapping[str, Any]) -> Own:
    plain = {name: tuple(sorted(row[name].items())) for name in ("variant", "row") if name in row}
    passing = {name: filters(row[name]) for name in ("filters", "exclude") if name in row}
    return Own(**{**row, **plain, **passing})
