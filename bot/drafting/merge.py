"""Merge tags in the neutral form: `{first_name|there}` is a field of the person and its fallback.

A draft keeps the neutral form; `render` fills it in for previews. A value from the data is text and
nothing else: whatever looks like a template, markup, a link or a formula counts as missing, so the
fallback stands instead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import pandas as pd
from babel.dates import format_date

TAG = re.compile(r"\{([A-Za-z_]\w*)(?:\|([^{}]*))?\}")
GAP = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands in `plain` for a value that only the person's own text will have."""

LONGEST_NAME, LONGEST_COMPANY, MOST_FEATURES = 40, 60, 5

_TEMPLATE = re.compile(r"[{}<>`\\$|*]|%%|%\w+%|\[if\b|\[else|\[end|https?:|www\.|^[=+\-@]", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_]+(?:[ .'’-]+[^\W\d_]+)*\.?")
_NO_NAME = {"test", "tester", "testing", "asdf", "qwerty", "null", "none", "na", "nan", "admin", "user",
            "info",            "unknown", "inconnu", "xxx", "foo", "bar"}  # fmt: skip
_NOTHING = {"", "null", "none", "n/a", "na", "nan", "-", "--", "."}


@dataclass(frozen=True, slots=True)
class Field:
    """What a merge tag stands for, and who supplies it."""

    source: str
    """The canonical column, the setting, or the sending tool."""
    kind: Literal["person", "news", "brand", "tool"]
    """A person's value may be missing and needs a fallback; people without news are left out instead."""


FIELDS: Mapping[str, Field] = {
    "first_name": Field("users.first_name", "person"),
    "company": Field("accounts.name", "person"),
    "plan": Field("plans.name", "person"),
    "tenure_years": Field("subscriptions.valid_from", "person"),
    "last_active_month": Field("events.occurred_at", "person"),
    "features_new": Field("releases.name", "news"),
    "brand": Field("brand.name", "brand"),
    "sender_name": Field("brand.sender", "brand"),
    "postal_address": Field("brand.postal_address", "brand"),
    "link": Field("tool.link", "tool"),
    "unsubscribe": Field("tool.unsubscribe", "tool"),
}
"""Every tag a draft may hold; the names are case sensitive."""

AMBER = ("last_active_month",)
"""Facts that need a person's consideration before their first use, and are rounded."""


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag as it stands in a text."""

    name: str
    fallback: str | None

    def __str__(self) -> str:
        return f"{{{self.name}}}" if self.fallback is None else f"{{{self.name}|{self.fallback}}}"


def tags(text: str) -> tuple[Tag, ...]:
    """The tags of a text, in order, repeated ones too."""
    return tuple(Tag(found[1], found[2]) for found in TAG.finditer(text))


def render(text: str, values: Mapping[str, str | None]) -> str:
    """The text with each tag as its value, else its fallback; a tag with neither stays as it is.

    An empty fallback takes the space before it along: "Hello {first_name|}," is "Hello,".
    """
    out: list[str] = []
    last = 0
    for found in TAG.finditer(text):
        out.append(text[last : found.start()])
        last = found.end()
        value = values.get(found[1])
        value = found[2] if value is None or value.strip().lower() in _NOTHING else value
        if value == "" and out[-1].endswith((" ", "\u00a0")):
            out[-1] = out[-1][:-1]
        out.append(found[0] if value is None else value)
    return "".join([*out, text[last:]])


def plain(text: str) -> str:
    """The words a text says by itself: tags become their fallbacks, and those without one a mark."""
    return TAG.sub(lambda found: GAP if found[2] is None else found[2], text)


def as_text(value: Any, longest: int = LONGEST_COMPANY) -> str | None:
    """A value from the data as harmless text on one line, or None when it is missing, harmful or too long."""
    if value is None or pd.isna(value):
        return None
    letters = "".join(" " if char.isspace() else char for char in unicodedata.normalize("NFC", str(value)))
    text = " ".join("".join(char for char in letters if unicodedata.category(char)[0] != "C").split())
    if text.lower() in _NOTHING or len(text) > longest or _TEMPLATE.search(text):
        return None
    return text


def as_name(value: Any) -> str | None:
    """A first name fit for a greeting, or None: no test value, no capitals throughout, letters only."""
    text = as_text(value, LONGEST_NAME)
    if text is None or not _NAME.fullmatch(text) or text.lower() in _NO_NAME:
        return None
    return None if text.isupper() and sum(map(str.isalpha, text)) > 1 else text


def values_of(person: Mapping[str, Any], language: str, as_of: date) -> dict[str, str | None]:
    """What the tags of kind "person" stand for; None where the fallback shall stand."""
    return {
        name: value(*(person[column] for column in columns), language=language, as_of=as_of)
        for name, (columns, value) in _VALUES.items()
    }


def coverage(people: pd.DataFrame, names: Iterable[str], language: str, as_of: date) -> dict[str, float]:
    """Tag → share of the people with a value; each different value is looked at once."""
    found = {}
    for name in names:
        columns, value = _VALUES[name]
        kinds = people.groupby([_by_day(people[column]) for column in columns], dropna=False).size()
        cells = [key if isinstance(key, tuple) else (key,) for key in kinds.index]
        known = [value(*cell, language=language, as_of=as_of) is not None for cell in cells]
        found[name] = float(kinds[known].sum() / len(people))
    return found


def _by_day(column: pd.Series) -> pd.Series:
    return column.dt.normalize() if column.dtype.kind == "M" else column


def listed(names: Iterable[str]) -> str | None:
    """News as a list, the newest first, at most five; None when there is none."""
    lines = [f"- {text}" for name in names if (text := as_text(name)) is not None]
    return "\n".join(lines[:MOST_FEATURES]) or None


def _day(value: Any) -> date | None:
    if value is None or pd.isna(value):
        return None
    return value.date() if isinstance(value, datetime) else value


def _years(began: Any, ended: Any, *, as_of: date, **_: Any) -> str | None:
    """Whole years, from two on: "over one years" is no sentence."""
    since, until = _day(began), _day(ended) or as_of
    if since is None:
        return None
    years = until.year - since.year - ((until.month, until.day) < (since.month, since.day))
    return str(years) if years >= 2 else None


def _month(moment: Any, *, as_of: date, language: str) -> str | None:
    """The month, with its year unless within eleven months; never the running one: that is too exact."""
    if (day := _day(moment)) is None:
        return None
    months = (as_of.year - day.year) * 12 + as_of.month - day.month
    if months < 1:
        return None
    return str(format_date(day, "LLLL" if months < 12 else "LLLL y", locale=language))


_VALUES: Mapping[str, tuple[tuple[str, ...], Callable[..., str | None]]] = {
    "first_name": (("first_name",), lambda name, **_: as_name(name)),
    "company": (("company",), lambda name, **_: as_text(name)),
    "plan": (("plan",), lambda name, **_: as_text(name, LONGEST_NAME)),
    "tenure_years": (("since", "churned_on"), _years),
    "last_active_month": (("last_active_on",), _month),
}
"""Tag → the columns of the person it is made from, and how."""
