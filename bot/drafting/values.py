"""What merge tags stand for: a person's values as texts, in the language of the message.

A value from the data is text and nothing else: whatever looks like a template, markup, a link or a formula counts as
missing, so the fallback stands instead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pandas as pd
from babel.dates import format_date, format_datetime, get_timezone_location
from babel.numbers import format_decimal

from bot.drafting.brand import Brand
from bot.drafting.merge import NOTHING
from bot.drafting.policy import Words

LONGEST_NAME, LONGEST_COMPANY, MOST_FEATURES = 40, 60, 5

_TEMPLATE = re.compile(r"[{}<>`\\$|*]|%%|%\w+%|\[if\b|\[else|\[end|https?:|www\.|^[=+\-@]", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_]+(?:[ .'’-]+[^\W\d_]+)*\.?")
_NO_NAME = {"test", "tester", "testing", "asdf", "qwerty", "null", "none", "na", "nan", "admin", "user",
            "info",            "unknown", "inconnu", "xxx", "foo", "bar"}  # fmt: skip


def as_text(value: Any, longest: int = LONGEST_COMPANY) -> str | None:
    """A value from the data as harmless text on one line, or None when it is missing, harmful or too long."""
    if value is None or pd.isna(value):
        return None
    letters = "".join(" " if char.isspace() else char for char in unicodedata.normalize("NFC", str(value)))
    text = " ".join("".join(char for char in letters if unicodedata.category(char)[0] != "C").split())
    if text.lower() in NOTHING or len(text) > longest or _TEMPLATE.search(text):
        return None
    return text


def as_name(value: Any) -> str | None:
    """A first name fit for a greeting, or None: no test value, no capitals throughout, letters only."""
    text = as_text(value, LONGEST_NAME)
    if text is None or not _NAME.fullmatch(text) or text.lower() in _NO_NAME:
        return None
    return None if text.isupper() and sum(map(str.isalpha, text)) > 1 else text


@dataclass(frozen=True, slots=True)
class Telling:
    """How values are told: in which language, on which day, and by which names things of the data go in it."""

    language: str
    as_of: date
    names: Mapping[str, str] = field(default_factory=dict)
    moment: str = "EEEE d MMMM, HH:mm"
    """The pattern of a day with its time."""
    colon: str = ":"
    """What stands between a name and its figure."""

    @classmethod
    def of(cls, words: Words, as_of: date, brand: Brand) -> Telling:
        """In the language of these words, by the brand's own names."""
        return cls(words.language, as_of, brand.names.get(words.language, {}), words["moment"], words["colon"])

    def name(self, value: Any, longest: int = LONGEST_COMPANY) -> str | None:
        """A thing of the data by its name in this language; by the data's own where it has none."""
        text = as_text(value, longest)
        return None if text is None else self.names.get(text, text)


def values_of(person: Mapping[str, Any], telling: Telling) -> dict[str, str | None]:
    """What the tags about a person stand for; None where the fallback shall stand, or the person be left out."""
    return {tag: tell(telling, *(person.get(column) for column in columns)) for tag, (columns, tell) in _VALUES.items()}


def coverage(people: pd.DataFrame, names: Iterable[str], telling: Telling) -> dict[str, float]:
    """Tag → share of the people with a value."""
    told = filled(people, names, telling)
    return {name: sum(one is not None for one in texts) / len(people) for name, texts in told.items()}


def filled(people: pd.DataFrame, names: Iterable[str], telling: Telling) -> dict[str, list[str | None]]:
    """Tag → its value for each of the people, in their order; each different value is made once."""
    found: dict[str, list[str | None]] = {}
    for name in names:
        columns, tell = _VALUES[name]
        if not set(columns) <= set(people.columns):
            found[name] = [None] * len(people)
            continue
        cells = list(zip(*(_by_day(people[column]).astype("object") for column in columns), strict=True))
        made: dict[str, str | None] = {}
        for cell in cells:
            if (key := repr(cell)) not in made:
                made[key] = tell(telling, *cell)
        found[name] = [made[repr(cell)] for cell in cells]
    return found


def _by_day(column: pd.Series) -> pd.Series:
    return column.dt.normalize() if column.dtype.kind == "M" else column


def column_of(tag: str) -> str:
    """The column without which a tag has no value."""
    return _VALUES[tag][0][0]


def unnamed(people: pd.DataFrame, tags_used: Iterable[str], telling: Telling) -> tuple[str, ...]:
    """Things of the data that a text names and that have no name in its language, in order."""
    columns = [column for tag in tags_used for column in NAMED.get(tag, ()) if column in people]
    cells = [cell for column in columns for cell in people[column]]
    told = {str(one) for cell in cells for one in (_each(cell)) if as_text(one) is not None}
    return tuple(sorted(told - set(telling.names)))


def _each(cell: Any) -> Iterator[Any]:
    """The names in a cell: one, several, or several with a count each."""
    for one in cell if isinstance(cell, tuple | list) else (cell,):
        yield one[0] if isinstance(one, tuple | list) else one


def listed(telling: Telling, names: Any) -> str | None:
    """News as a list, the newest first, at most five; None when there is none."""
    lines = [f"- {text}" for name in _each(() if names is None else names) if (text := telling.name(name)) is not None]
    return "\n".join(lines[:MOST_FEATURES]) or None


def _day(value: Any) -> date | None:
    if value is None or pd.isna(value):
        return None
    return value.date() if isinstance(value, datetime) else value


def _years(telling: Telling, began: Any, ended: Any) -> str | None:
    """Whole years, from two on: "over one years" is no sentence."""
    since, until = _day(began), _day(ended) or telling.as_of
    if since is None:
        return None
    years = until.year - since.year - ((until.month, until.day) < (since.month, since.day))
    return str(years) if years >= 2 else None


def _month(telling: Telling, moment: Any) -> str | None:
    """The month, with its year unless within eleven months; never the running one: that is too exact."""
    if (day := _day(moment)) is None:
        return None
    months = (telling.as_of.year - day.year) * 12 + telling.as_of.month - day.month
    if months < 1:
        return None
    return str(format_date(day, "LLLL" if months < 12 else "LLLL y", locale=telling.language))


def _recap(telling: Telling, figures: Any) -> str | None:
    """What an account did, a line each: what, and how often."""
    lines = [
        f"- {text}{telling.colon} {format_decimal(int(n), locale=telling.language)}"
        for name, n in (() if figures is None else figures)
        if (text := telling.name(name)) is not None
    ]
    return "\n".join(lines) or None


def _points(telling: Telling, points: Any) -> str | None:
    if points is None or pd.isna(points) or points <= 0:
        return None
    return str(format_decimal(int(points), locale=telling.language))


def _moment(telling: Telling, instant: Any, zone: Any) -> str | None:
    """Day and time in the reader's own zone, with the city that the zone is named after."""
    if instant is None or pd.isna(instant) or zone is None or pd.isna(zone):
        return None
    local = pd.Timestamp(instant).tz_localize("UTC").tz_convert(str(zone))
    day = format_datetime(local, telling.moment, locale=telling.language)
    return f"{day} ({get_timezone_location(str(zone), locale=telling.language, return_city=True)})"


def until(telling: Telling, day: date) -> str:
    """A last day, in full."""
    return str(format_date(day, "long", locale=telling.language))


_VALUES: Mapping[str, tuple[tuple[str, ...], Callable[..., str | None]]] = {
    "first_name": (("first_name",), lambda _, name: as_name(name)),
    "company": (("company",), lambda _, name: as_text(name)),
    "plan": (("plan",), lambda telling, name: telling.name(name, LONGEST_NAME)),
    "tenure_years": (("since", "churned_on"), _years),
    "last_active_month": (("last_active_on",), _month),
    "tier": (("tier",), lambda telling, name: telling.name(name, LONGEST_NAME)),
    "topic": (("topic",), lambda telling, name: telling.name(name, LONGEST_NAME)),
    "features_new": (("news",), listed),
    "next_feature": (("next_feature",), lambda telling, name: telling.name(name)),
    "tool": (("tool",), lambda telling, name: telling.name(name)),
    "upcoming": (("upcoming",), lambda telling, name: telling.name(name)),
    "wish": (("wish",), lambda telling, name: telling.name(name)),
    "recap": (("recap",), _recap),
    "points": (("points",), _points),
    "milestone": (("milestone",), lambda telling, name: telling.name(name)),
    "last_item": (("last_item",), lambda telling, name: telling.name(name)),
    "recommended": (("recommended",), lambda telling, name: telling.name(name)),
    "event": (("event",), lambda _, name: as_text(name)),
    "event_at": (("event_at", "zone"), _moment),
}
"""Tag → the columns of the person it is made from, and how."""
NAMED = {
    tag: _VALUES[tag][0]
    for tag in (
        "tier", "topic", "features_new", "next_feature", "tool", "upcoming", "wish", "recap", "milestone", "last_item",
        "recommended",
    )
}  # fmt: skip
"""Tags that name things of the data, which are called otherwise in another language."""
