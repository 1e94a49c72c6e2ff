"""Which value of the data is named, or, where it has none such, the nearest that it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rapidfuzz import fuzz, process

from bot.engines.understanding.heard import Heard
from bot.engines.understanding.picks import Pick, spellings
from bot.errors import BadQuestion
from bot.language import Language, fold

MOST_NEAR = 5


def unknown_value(language: Language, dimension: str, value: str, present: Sequence[str]) -> BadQuestion:
    """The error for a value that the data does not have, with the nearest that it has."""
    names = [language.value_name(dimension, one) for one in present]
    near = [name for name, _, _ in process.extract(value, names, scorer=fuzz.WRatio, score_cutoff=45, limit=MOST_NEAR)]
    return BadQuestion("unknown_value", dimension=dimension, value=value, near=near or names[:MOST_NEAR])


def values_of(pick: Pick, heard: Heard, values: Mapping[str, tuple[str, ...]]) -> tuple[str, list[str]]:
    """The dimension and the values as the data writes them, where a word stands for several ("ads"); BadQuestion when
    the data has none of them."""
    found = [tuple(span.id.split("=", 1)) for span in (*pick.of("data"), *pick.of("value"))]
    near = set(heard.mentioned + heard.by)
    found.sort(key=lambda one: (one[0] not in near, one[0]))
    dimension, value = found[0]
    present = values.get(dimension, ())
    if dimension == "market" or not present:
        return dimension, [value]
    written = {**{fold(one): one for one in present}, **{one: one for one in present}}
    known = [written.get(one) or _respelt(dimension, one, written) for name, one in found if name == dimension]
    if several := [one for one in dict.fromkeys(known) if one]:
        return dimension, several
    raise unknown_value(heard.language, dimension, heard.words(pick.start, pick.end), present)


def _respelt(dimension: str, value: str, written: Mapping[str, str]) -> str | None:
    """The value by its name in some language, as the data writes it."""
    return next((written[fold(one)] for one in spellings(dimension, value) if fold(one) in written), None)
