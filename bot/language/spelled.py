"""Numbers in words: "eleven", "sixty-four", "two hundred and five", "quatre-vingt-dix", "ochenta y nueve"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

SCALES = (100.0, 1_000.0, 1_000_000.0)
"""What multiplies the number before it: "two hundred"."""
SCORES = (60.0, 80.0)
"""Tens that go on to nineteen: "soixante-quinze", "quatre-vingt-dix"."""


def spelled(words: Sequence[str], numbers: Mapping[str, float], within: frozenset[str]) -> tuple[float | None, int]:
    """The number that the words begin with, and how many of them say it; (None, 1) where they begin with none.

    `within` are words inside a number: the "and" of "two hundred and five".
    """
    value = numbers.get(words[0])
    if value is None:
        return None, 1
    length = 1
    while length < len(words):
        skipped = 1 if words[length] in within and value >= 20 else 0
        more = numbers.get(words[length + skipped]) if length + skipped < len(words) else None
        grown = None if more is None else _grown(value, more)
        if grown is None:
            break
        value, length = grown, length + skipped + 1
    return value, length


def _grown(so_far: float, more: float) -> float | None:
    """What one more number word makes of a number; None where it begins another number."""
    tens = so_far % 100
    if more in SCALES:
        low = so_far % more
        if low:
            return so_far - low + low * more
        return so_far + more if so_far > more else None
    if more == 20 and tens == 4:  # quatre-vingt
        return so_far + 76
    goes_on = (
        (so_far >= 1_000 and so_far % 1_000 == 0 and more < 1_000)
        or (so_far >= 100 and tens == 0 and more < 100)
        or (tens >= 20 and tens % 10 == 0 and more < 10)
        or (tens in SCORES and more < 20)
        or (tens == 10 and 7 <= more <= 9)  # dix-sept
    )
    return so_far + more if goes_on and more >= 1 else None
