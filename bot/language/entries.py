"""All phrases that a language hears, with their kinds: its own, the printed names, and the English names of things."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from bot.language.matcher import words

SECTIONS = {
    "metrics": "metric",
    "metric_windows": "metric_window",
    "strangers": "stranger",
    "dimensions": "dimension",
    "segments": "segment",
    "intents": "intent",
    "compare": "compare",
    "degrees": "degree",
    "moments": "moment",
    "claims": "claim",
    "steps": "step",
    "rates": "rate",
    "turns": "turn",
    "happenings": "happening",
    "words": "word",
}
"""Sections of [hears] that are plain tables of id → phrases, and the kind of span that each gives."""
SHORTEST_NAME = 4
"""Shorter names are left to the file: "us" is a word."""

Entry = tuple[str, str, str]
"""Kind, id, phrase."""


def own(data: Mapping[str, Any], territories: Mapping[str, str]) -> Iterator[Entry]:
    """The phrases of a language file; printed names and ids of metrics are heard as well."""
    hears, periods_heard = data["hears"], data["periods"]
    tables = [(kind, hears[section]) for section, kind in SECTIONS.items()]
    tables += [("period", periods_heard["forms"]), ("ahead", periods_heard["ahead"])]
    tables += [("link", periods_heard["links"]), ("part", periods_heard["parts"])]
    tables += [("ambiguous", {name: entry["words"] for name, entry in hears["ambiguous"].items()})]
    for section, kind in (("values", "value"), ("variants", "variant")):
        for name, found in hears[section].items():
            tables.append((kind, {f"{name}={value}": phrases for value, phrases in found.items()}))
    for kind, table in tables:
        for name, phrases in table.items():
            yield from ((kind, name, phrase) for phrase in phrases)
    for name, named in data["names"]["variants"].items():  # by their ids: "include_early true"
        yield from (
            ("variant", f"{name}={value}", f"{name} {value}".replace("_", " ")) for value in named if value != "any"
        )
    for metric, name in data["names"]["metrics"].items():
        yield "metric", metric, spelled(name)
        yield "metric", metric, metric.replace("_", " ")
    for code, name in territories.items():
        if len(code) == 2 and code.isalpha() and len(name) >= SHORTEST_NAME:
            yield "value", f"country={code}", spelled(name)


def borrowed(english: Mapping[str, Any], own_words: Collection[str]) -> Iterator[Entry]:
    """The English names of metrics, segments and dimensions, which people use in every language ("average order value
    par pays"), less those that are words of this one."""
    for section, kind in (("metrics", "metric"), ("segments", "segment"), ("dimensions", "dimension")):
        for name, printed in english["names"][section].items():
            for phrase in {spelled(printed), name.replace("_", " ")}:
                if len(phrase) >= SHORTEST_NAME and phrase not in own_words:
                    yield kind, name, phrase


def spelled(name: str) -> str:
    """A printed name as a phrase, without the marks that mean something in phrases."""
    return " ".join(token.folded for token in words(name))
