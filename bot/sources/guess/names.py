"""Names of columns and files against the words that companies use for them (`words.toml`)."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz

FOLDER = Path(__file__).parent
EXACT, SHORTENED, WITHIN, NEAR = 1.0, 0.95, 0.75, 0.6
"""How sure a name makes us: the very words; less its table's name; the words among others; a slip of the pen."""
SLIP = 90
HOUSED = {"shared", "values"}


def fold(name: str) -> str:
    """A name as plain words: `MonthlyCharges`, `monthly_charges` and `Monthly Charges` are one."""
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    text = unicodedata.normalize("NFKD", text.lower().replace("ß", "ss").replace("ł", "l"))
    text = "".join(letter if letter.isalnum() else " " for letter in text if not unicodedata.combining(letter))
    return " ".join(text.split())


@cache
def words() -> Mapping[str, Any]:
    """The whole of `words.toml`."""
    with (FOLDER / "words.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def countries() -> Mapping[str, str]:
    """Folded name of a country → its code."""
    with (FOLDER / "countries.toml").open("rb") as file:
        return {name: code for code, names in tomllib.load(file).items() for name in names}


def kinds_of_table() -> Mapping[str, Mapping[str, Any]]:
    """The tables that `words.toml` can recognise."""
    return {name: table for name, table in words().items() if name not in HOUSED}


def phrases(table: str, column: str) -> tuple[str, ...]:
    """The names a column of a table goes by."""
    shared = words()["shared"]
    own = kinds_of_table()[table]["columns"].get(column, ())
    also = shared.get("account_id" if column == "customer_id" else column, ())
    return (column.replace("_", " ").strip(), *own, *also)


def likeness(name: str, known: Iterable[str], tables: Iterable[str] = ()) -> float:
    """How sure a column's name is one of these; `tables` are folded names of its table, dropped from its front."""
    mine = fold(name)
    short = next((mine.removeprefix(f"{one} ") for one in tables if one and mine.startswith(f"{one} ")), None)
    best = 0.0
    parts = set(mine.split())
    for place, phrase in enumerate(known):
        worth = 1 - place * 0.001  # earlier names are likelier
        if mine == phrase or mine.replace(" ", "") == phrase.replace(" ", ""):
            best = max(best, EXACT * worth)
        elif short == phrase:
            best = max(best, SHORTENED * worth)
        elif len(phrase) > 2 and set(phrase.split()) <= parts and len(parts) <= len(phrase.split()) + 2:
            best = max(best, WITHIN * worth)
        elif len(phrase) > 4 and fuzz.ratio(mine, phrase) >= SLIP:
            best = max(best, NEAR * worth)
    return best


def titled(name: str, table: str) -> float:
    """How sure a file's name is one of that table's."""
    mine = fold(name)
    known = kinds_of_table()[table]["names"]
    if mine in known:
        return 1.0
    return 0.6 if any(set(phrase.split()) <= set(mine.split()) for phrase in known) else 0.0


def meaning(value: str, group: str) -> str | None:
    """What a value means by the words of `[values.<group>]`: the very words first, then words within it."""
    mine = fold(value)
    table: Mapping[str, list[str]] = words()["values"][group]
    for name, known in table.items():
        if mine in known:
            return name
    parts = mine.split()
    for name, known in table.items():
        for phrase in known:
            wanted = phrase.split()
            if any(parts[at : at + len(wanted)] == wanted for at in range(len(parts))):
                return name
    return None


def country_code(value: str) -> str | None:
    """The code of a country that is written as a code or by its name."""
    text = value.strip()
    if len(text) == 2 and text.isalpha() and text.upper() in set(countries().values()):
        return text.upper()
    return countries().get(fold(text))
