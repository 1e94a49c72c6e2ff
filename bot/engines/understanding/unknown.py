"""A value that the data does not have, with the nearest that it has."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz, process

from bot.errors import BadQuestion
from bot.language import Language

MOST_NEAR = 5


def unknown_value(language: Language, dimension: str, value: str, present: Sequence[str]) -> BadQuestion:
    """The error for a value that the data does not have, with the nearest that it has."""
    names = [language.value_name(dimension, one) for one in present]
    near = [name for name, _, _ in process.extract(value, names, scorer=fuzz.WRatio, score_cutoff=45, limit=MOST_NEAR)]
    return BadQuestion("unknown_value", dimension=dimension, value=value, near=near or names[:MOST_NEAR])
