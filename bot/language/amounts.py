"""The figures that a text states, with what they count: "4.4 %", "+1 point", "by 10 percent", "$500"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from babel.numbers import NumberFormatError, get_decimal_symbol, parse_decimal

from bot.language.matcher import Token, fold
from bot.types import Amount

MONEY = "[$€£]"
FIGURE = re.compile(
    rf"(?<![\w.,])(?P<sign>[+\-\u2212\u2013])?\s?(?P<before>{MONEY})?"
    r"(?P<figure>\d{1,3}(?:[ \u00a0\u202f']\d{3})+(?:[.,]\d+)?|\d(?:[\d.,]*\d)?)"
    rf"(?P<times>[km]\b)?\s?(?P<after>{MONEY})?",
    re.IGNORECASE,
)
TIMES = {"k": 1_000.0, "m": 1_000_000.0}
LONGEST_UNIT = 3
"""Words that a unit has at most."""


Unit = Literal["points", "percent", "money"]
UNITS: tuple[Unit, ...] = ("points", "percent", "money")


class Stated(NamedTuple):
    """An amount and the tokens `[start, end)` that say it."""

    amount: Amount
    start: int
    end: int


def read(text: str, tokens: tuple[Token, ...], words: Mapping[str, Any], locale: str) -> Iterator[Stated]:
    """Each figure of the text that has a unit or a sign; a bare number is none.

    `words` are those of the language file: `percent`, `points`, `money` (after a figure), `by` (before a step) and
    `numbers` (figures in words).
    """
    for found in FIGURE.finditer(text):
        value = _value(found, locale)
        within = [at for at, token in enumerate(tokens) if found.start("figure") <= token.start < found.end("figure")]
        if value is not None and within:
            money = bool(found["before"] or found["after"])
            yield from _stated(value, tokens, within[0], within[-1] + 1, words, money=money, sign=found["sign"])
    spelled = {fold(word): float(value) for word, value in words["numbers"].items()}
    for at, token in enumerate(tokens):
        if token.folded in spelled:
            yield from _stated(spelled[token.folded], tokens, at, at + 1, words)


def _stated(
    value: float,
    tokens: tuple[Token, ...],
    start: int,
    end: int,
    words: Mapping[str, Any],
    *,
    money: bool = False,
    sign: str | None = None,
) -> Iterator[Stated]:
    unit, length = ("money", 0) if money else _unit(tokens[end : end + LONGEST_UNIT], words)
    step = sign is not None or (start > 0 and tokens[start - 1].folded in {fold(word) for word in words["by"]})
    if unit is not None or sign is not None:
        amount = Amount(value if sign in (None, "+") else -value, unit or "number", step)
        yield Stated(amount, start, end + length)


def _unit(after: tuple[Token, ...], words: Mapping[str, Any]) -> tuple[Unit | None, int]:
    """The unit that the words after a figure name, and how many words that takes; the longest wins."""
    for length in range(len(after), 0, -1):
        said = " ".join(token.folded for token in after[:length])
        for unit in UNITS:
            if said in {fold(word) for word in words[unit]}:
                return unit, length
    return None, 0


def _value(found: re.Match[str], locale: str) -> float | None:
    """The figure; a lone comma or point that parts no thousands is the decimal mark, as people type it anywhere."""
    written = re.sub(r"[ \u00a0\u202f']", "", found["figure"])
    mark = get_decimal_symbol(locale)
    other = "," if mark == "." else "."
    if other in written and mark not in written and not re.fullmatch(rf"\d{{1,3}}(\{other}\d{{3}})+", written):
        written = written.replace(other, mark)
    try:
        return float(parse_decimal(written, locale)) * TIMES.get((found["times"] or "").lower(), 1.0)
    except NumberFormatError:
        return None
