"""The figures that a text states, with what they count: "4.4 %", "+1 point", "by 10 percent", "$500"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from babel.numbers import NumberFormatError, get_decimal_symbol, parse_decimal

from bot.language.matcher import Token, fold
from bot.language.spelled import Numbers
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
    """An amount, the tokens `[start, end)` that say it, and the half of its last place: what rounding may hide."""

    amount: Amount
    start: int
    end: int
    half: float = 0.5


class Words(NamedTuple):
    """What a language says around figures, folded: units by their words, words before a step, and figures in words."""

    units: Mapping[str, Unit]
    by: frozenset[str]
    numbers: Numbers

    @classmethod
    def of(cls, written: Mapping[str, Any], numbers: Numbers) -> Words:
        """From the language file: `percent`, `points`, `money` (after a figure), `by`."""
        return cls(
            {fold(word): unit for unit in reversed(UNITS) for word in written[unit]},
            frozenset(fold(word) for word in written["by"]),
            numbers,
        )


def read(text: str, tokens: tuple[Token, ...], words: Words, locale: str) -> Iterator[Stated]:
    """Each figure of the text, with its unit where it has one; one in words too."""
    scaled: set[int] = set()
    for found in FIGURE.finditer(text):
        figure = _value(found, locale)
        within = [at for at, token in enumerate(tokens) if found.start("figure") <= token.start < found.end("figure")]
        if figure is not None and within:
            money, end = bool(found["before"] or found["after"]), within[-1] + 1
            if end < len(tokens) and (times := words.numbers.times.get(tokens[end].folded)):  # "338 thousand", "12 mil"
                figure, end = (figure[0] * times, figure[1] * times), end + 1
                scaled.add(end - 1)
            yield _stated(figure, tokens, (within[0], end), words, money=money, sign=found["sign"])
    at = 0
    while at < len(tokens):
        value = None if at in scaled else words.numbers.value(tokens[at])
        if value is None:
            at += 1
            continue
        stated = _stated((value, 0.5), tokens, (at, at + 1), words)
        yield stated
        at = stated.end


def _stated(
    figure: tuple[float, float],
    tokens: tuple[Token, ...],
    place: tuple[int, int],
    words: Words,
    *,
    money: bool = False,
    sign: str | None = None,
) -> Stated:
    (value, half), (start, end) = figure, place
    unit, length = ("money", 0) if money else _unit(tokens[end : end + LONGEST_UNIT], words.units)
    by = unit is not None and start > 0 and tokens[start - 1].folded in words.by
    step = sign is not None or by
    amount = Amount(value if sign in (None, "+") else -value, unit or "number", step)
    return Stated(amount, start, end + length, half)


def _unit(after: tuple[Token, ...], units: Mapping[str, Unit]) -> tuple[Unit | None, int]:
    """The unit that the words after a figure name, and how many words that takes; the longest wins."""
    for length in range(len(after), 0, -1):
        if unit := units.get(" ".join(token.folded for token in after[:length])):
            return unit, length
    return None, 0


def _value(found: re.Match[str], locale: str) -> tuple[float, float] | None:
    """The figure and the half of its last place; a lone comma or point that parts no thousands is a decimal mark."""
    written = re.sub(r"[ \u00a0\u202f']", "", found["figure"])
    mark = get_decimal_symbol(locale)
    other = "," if mark == "." else "."
    if other in written and mark not in written and not re.fullmatch(rf"\d{{1,3}}(\{other}\d{{3}})+", written):
        written = written.replace(other, mark)
    scale = TIMES.get((found["times"] or "").lower(), 1.0)
    decimals = len(written.partition(mark)[2])
    try:
        return float(parse_decimal(written, locale)) * scale, 0.5 * scale / 10**decimals
    except NumberFormatError:
        return None
