"""The words that people use of a figure: beside it they ask for nothing else."""

from __future__ import annotations

from functools import lru_cache

from bot.language import load
from bot.language.matcher import words
from bot.types import Metric

STEM = 5
"""Letters by which words count as one: inflected languages change the others."""


def strange(run: str, metrics: tuple[Metric, ...], code: str) -> bool:
    """Whether some of these words is none that is said of these figures."""
    known = frozenset().union(*(said_of(metric, code) for metric in metrics))
    return any(one.folded[:STEM] not in known for one in words(run) if one.folded not in load(code).filler)


def said_of(metric: Metric, code: str) -> frozenset[str]:
    """The stems of all that is said of a figure in a language."""
    return _said_of(metric.name, _texts(metric), code)


def _texts(metric: Metric) -> tuple[str, ...]:
    return metric.summary, metric.formula, metric.at_risk


@lru_cache(maxsize=600)
def _said_of(metric: str, texts: tuple[str, ...], code: str) -> frozenset[str]:
    """The stems of a figure's name, phrases, examples and definition in a language."""
    language = load(code)
    heard = language.data["hears"]["metrics"]
    phrases = [phrase for name, found in heard.items() if name.partition("?")[0] == metric for phrase in found]
    defined = language.definition(metric)
    texts = tuple(defined.values()) if defined is not None else texts
    said = [*phrases, *texts, *language.asked.get(f"metric:{metric}", ())]
    return frozenset(one.folded[:STEM] for text in said for one in words(text))
