"""Which table of the company is which canonical one, and which of its columns feed what: by name and by values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.sources.canonical import TABLES
from bot.sources.guess.look import Seen, Sheet
from bot.sources.guess.names import (
    EXACT,
    SHORTENED,
    country_code,
    fold,
    kinds_of_table,
    likeness,
    meaning,
    phrases,
    titled,
)

REAL = {"snapshot": "subscriptions", "churn_answers": "survey_answers", "nps_answers": "survey_answers"}
"""What `words.toml` tells apart although it is one canonical table."""
RATIO = {"percent", "pct", "percentage", "ratio"}
"""Numbers so named are no amounts."""
LEAST = 0.5
"""Below this nothing is said to be anything."""
ROLES: Mapping[str, str] = {
    "_price": "number",
    "_amount": "number",
    "_arr": "number",
    "_seats": "number",
    "_tenure": "number",
    "_months": "number",
    "_reply_minutes": "number",
    "_churned": "two",
    "_trial": "two",
    "_interval": "few",
    "_kind": "few",
}
FITTING: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "whole", "flag", "number"),
    "flag": ("flag", "whole"),
    "count": ("whole", "number"),
    "number": ("whole", "number", "comma", "marked"),
    "money": ("whole", "number", "comma", "marked"),
    "instant": ("day", "instant"),
    "day": ("day", "instant"),
    "few": ("text", "whole"),
    "two": ("flag", "whole", "text"),
}


@dataclass(frozen=True, slots=True)
class Fit:
    """A table of the source read as one that `words.toml` knows."""

    kind: str
    sheet: Sheet
    columns: Mapping[str, tuple[Seen, float]]
    """Canonical column or role → the source's column, and how sure that is."""
    confidence: float

    @property
    def table(self) -> str:
        """The canonical table."""
        return REAL.get(self.kind, self.kind)

    def get(self, column: str) -> Seen | None:
        """The source's column for a canonical one or a role."""
        found = self.columns.get(column)
        return found[0] if found else None

    def __getitem__(self, column: str) -> Seen:
        """The same, where it is known to be there."""
        return self.columns[column][0]

    def sure(self, *columns: str) -> float:
        """How sure the least sure of those is."""
        return min(self.columns[column][1] for column in columns if column in self.columns)


def fits(sheet: Sheet) -> list[Fit]:
    """All that a sheet may be, the likeliest first."""
    found = [fit for kind in kinds_of_table() if (fit := fitting(sheet, kind)) is not None]
    return sorted(found, key=lambda fit: -fit.confidence)


def fitting(sheet: Sheet, kind: str) -> Fit | None:
    """The sheet read as one kind of table; None where something needed is missing."""
    known = kinds_of_table()[kind]
    columns = assigned(sheet, kind)
    if not all(need in columns for need in known["needs"]) or not any(one in columns for one in known["one_of"]):
        return None
    key = known.get("key")
    if key and not sheet.unique(columns[key][0].name):
        return None
    if kind == "snapshot" and any(seen.dated for seen in sheet.columns):
        return None
    if kind == "nps_answers" and not scores(columns["score"][0]):
        return None
    sure = [columns[need][1] for need in known["needs"]]
    best = max(columns[one][1] for one in known["one_of"] if one in columns)
    title = titled(sheet.name, kind)
    more = min(1.0, len(columns) / (len(known["needs"]) + 3))
    confidence = 0.55 * sum(sure) / len(sure) + 0.15 * best + 0.2 * title + 0.1 * more
    return Fit(kind, sheet, columns, round(confidence, 3)) if confidence >= LEAST else None


def assigned(sheet: Sheet, kind: str) -> dict[str, tuple[Seen, float]]:
    """Canonical column → the sheet's column, each used once; the surest pairs first."""
    known = kinds_of_table()[kind]
    pairs = sorted(scored(sheet, kind), key=lambda pair: (-pair[0], pair[1] not in known["needs"]))
    found: dict[str, tuple[Seen, float]] = {}
    used: set[str] = set()
    for score, column, seen in pairs:
        if column not in found and seen.name not in used:
            found[column] = (seen, round(score, 2))
            used.add(seen.name)
    return found


def scored(sheet: Sheet, kind: str) -> Iterator[tuple[float, str, Seen]]:
    """Every pair of a canonical column and one of the sheet's that may feed it."""
    known = kinds_of_table()[kind]
    wanted = dict.fromkeys((*known["needs"], *known["one_of"], *known["columns"], *shared(kind)))
    tables = {fold(sheet.name), fold(sheet.name).removesuffix("s"), *known["names"]}
    for column in wanted:
        names = phrases(kind, column)
        for seen in sheet.columns:
            score = likeness(seen.name, names, tables)
            if fold(seen.name) in ("id", "external id"):
                if column == known.get("key") and titled(sheet.name, kind):
                    score = max(score, SHORTENED)
                elif column == "account_id" and titled(sheet.name, "accounts") == 1:
                    score = EXACT  # the id of a file of customers is theirs, whatever else the file tells
            if score >= LEAST and suits(seen, column, kind):
                yield score, column, seen


def shared(kind: str) -> Iterator[str]:
    """The columns with shared names that the table has, and its link to subscriptions."""
    names = TABLES[REAL.get(kind, kind)].names
    yield from (name for name in ("account_id", "user_id", "country", "currency") if name in names)
    if kind == "snapshot":
        yield "country"
    if kind in ("events", "tickets"):
        yield "_subscription"


def suits(seen: Seen, column: str, kind: str) -> bool:
    """Whether a column's values can be that; a column of blanks can be nothing."""
    if seen.kind in ("empty", "other") or (seen.numeric and RATIO & set(fold(seen.name).split())):
        return False
    needed = TABLES[REAL.get(kind, kind)].column(column)
    form = ROLES.get(column) or (needed.kind if needed else "text")
    if seen.kind not in FITTING[form]:
        return False
    if form == "two":
        return (0 < seen.distinct <= 3 and seen.kind != "text") or told_apart(seen)
    if form == "few":
        return 0 < len(seen.values) <= 60
    if column == "country" and seen.values:
        return sum(country_code(value) is not None for value in seen.values) * 2 >= len(seen.values)
    if column == "status" and kind == "subscriptions":
        return any(meaning(value, "status") for value in seen.values)
    if column == "interval":
        return any(meaning(value, "interval") for value in seen.values)
    return True


def told_apart(seen: Seen) -> bool:
    """Whether two words say who left and who stayed (`Existing Customer`, `Attrited Customer`)."""
    return seen.kind == "text" and seen.distinct == 2


def scores(seen: Seen) -> bool:
    """Whether the values are answers from 0 to 10."""
    numbers: list[Any] = [value for value in seen.values if value.replace(".", "", 1).isdigit()]
    return len(numbers) == len(seen.values) > 0 and max(float(value) for value in numbers) <= 10
