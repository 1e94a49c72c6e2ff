"""Customers named in a text, and the text without them: before any word of a person's leaves for a language model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bot.analysis.measure import Analyst
from bot.analysis.profile import MOST_NAMES, folded, names_of
from bot.discreet import GONE, masked

LONGEST_NAME = 6
"""Words of a name that is looked for in a company with more accounts than are compared one by one."""
ID = re.compile(r"[\w-]+")
WORD = re.compile(r"\w+")
SENTENCE_ENDS = '.!?:¿¡\n"“„«('
Span = tuple[int, int]


def customers_in(analyst: Analyst, text: str) -> list[Span]:
    """Where accounts' names, ids of accounts and people, and first names stand in a text, whoever may see them."""
    return [*_named(analyst, text), *_ids(analyst, text), *_first_names(analyst, text)]


def unnamed(analyst: Analyst, text: str) -> str:
    """The text with a mark in the place of each customer, address and telephone number."""
    for start, end in sorted(customers_in(analyst, text), reverse=True):
        text = f"{text[:start]}{GONE}{text[end:]}"
    return masked(text)


def _named(analyst: Analyst, text: str) -> Iterator[Span]:
    words = [(part, one.span()) for one in WORD.finditer(text) for part in folded(one[0]).split()]
    said = f" {' '.join(word for word, _ in words)} "
    names = names_of(analyst)
    known = [name for _, name in names if f" {name} " in said]
    if len(names) >= MOST_NAMES:
        known += _beyond(analyst, text)
    for name in known:
        parts = name.split()
        for at in range(len(words) - len(parts) + 1):
            if [word for word, _ in words[at : at + len(parts)]] == parts:
                yield words[at][1][0], words[at + len(parts) - 1][1][1]


def _beyond(analyst: Analyst, text: str) -> list[str]:
    """The names in a text of accounts beyond those that are compared one by one: as they are written, but for case."""
    words = [one.span() for one in WORD.finditer(text)]
    runs = {
        text[words[at][0] : words[at + many - 1][1]].lower()
        for many in range(1, LONGEST_NAME + 1)
        for at in range(len(words) - many + 1)
    }
    return [folded(name) for name in _among(analyst, "accounts", "name", runs) if len(name) > 1]


def _ids(analyst: Analyst, text: str) -> Iterator[Span]:
    """Words with letters and digits that are somebody's id; a number alone names nobody."""
    spans = {one.span(): one[0].lower() for one in ID.finditer(text) if not one[0].isdigit() and _has_digit(one[0])}
    known: set[str] = set()
    for table, column in (("accounts", "account_id"), ("users", "user_id")):
        known |= {one.lower() for one in _among(analyst, table, column, spans.values())}
    yield from (span for span, word in spans.items() if word in known)


def _first_names(analyst: Analyst, text: str) -> Iterator[Span]:
    """First names written as names are: with a capital, where no sentence begins with it."""
    spans = {
        one.span(): one[0]
        for one in WORD.finditer(text)
        if one[0][0].isupper() and (before := text[: one.start()].rstrip(" ")) and before[-1] not in SENTENCE_ENDS
    }
    known = _among(analyst, "users", "first_name", {one.lower() for one in spans.values()})
    lower = {one.lower() for one in known}
    yield from (span for span, word in spans.items() if word.lower() in lower)


def _has_digit(word: str) -> bool:
    return any(one.isdigit() for one in word)


def _among(analyst: Analyst, table: str, column: str, words: Iterable[str]) -> list[str]:
    """The values of a column that are, but for case, among these words."""
    wanted, company = sorted(set(words)), analyst.company
    if not wanted or not company.has(table, column):
        return []
    values = company.tables[table][column]
    rows = company.run(company.tables[table].filter(values.lower().isin(wanted)).select(column).distinct())
    return [str(one) for one in rows[column].dropna()]
