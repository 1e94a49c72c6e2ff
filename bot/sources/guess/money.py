"""The currency of a company's amounts: as its columns say, else as its customers' countries suggest."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.sources.guess.look import Seen
from bot.sources.guess.names import country_code, fold, words
from bot.sources.guess.proposal import Ask, Scene, TableGuess
from bot.types import Note

SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "zł": "PLN"}
AMOUNTS = {"mrr", "net_amount", "amount", "price"}
CODES: tuple[str, ...] = tuple(sorted(set(words()["values"]["currency"].values())))


def currency_of(scene: Scene, tables: Iterable[TableGuess], notes: list[Note]) -> str:
    """The company's currency (ISO 4217); a question where there are amounts and nothing tells it."""
    tables = list(tables)
    sources = {name for one in tables for name in one.sources}
    columns = [seen for name in sorted(sources) for seen in scene.sheets[name].columns]
    found = next((code for seen in columns if (code := written(seen))), None)
    if found is not None:
        return found
    if not any(known.column in AMOUNTS for one in tables for known in one.columns):
        return "USD"
    country = next(
        (
            code
            for seen in columns
            if fold(seen.name) in words()["shared"]["country"]
            and seen.values
            and (code := country_code(seen.values[0]))
        ),
        None,
    )
    likely = words()["values"]["currency"].get(country)
    if likely is not None:
        notes.append(Note("try_note_currency", {"currency": likely, "country": country}))
        return str(likely)
    return scene.choose(Ask("currency", "try_ask_currency", ("USD", "EUR", "GBP")))


def written(seen: Seen) -> str | None:
    """The currency that a column's name or values write down."""
    parts = fold(seen.name).split()
    if "currency" in parts and seen.values and re.fullmatch("[A-Za-z]{3}", seen.values[0]):
        return seen.values[0].upper()
    named: str | None = next((code for code in CODES if code.lower() in parts), None)
    if named is not None and seen.numeric:
        return named
    if seen.kind == "marked":
        text = seen.most or ""
        sign = next((code for mark, code in SIGNS.items() if mark in text), None)
        return sign or next((code for code in CODES if code in text), None)
    return None
