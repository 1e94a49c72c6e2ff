"""A company's words for its own metrics and segments: `FOLDER/language/xx.toml`, a table each.

    [metrics.silent_customers]
    name = "silent customers"
    heard = ["customers [who] never write", "silent (accounts|clients)"]

    [segments.regulars]
    name = "regulars"
    rule = "Customers who came in each of the last four weeks."

`heard` has the notation of matcher.py. A metric may have `summary`, `formula` and `at_risk` too, where its docstring is
in another language.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias, cast

from bot.language import ENGLISH, available, load
from bot.language.matcher import pieces
from bot.types import Note

Words: TypeAlias = dict[str, dict[str, dict[str, dict[str, Any]]]]
"""Language → "metrics" or "segments" → id → the keys of its table."""
DEFINITION = ("summary", "formula", "at_risk")
KEYS: Mapping[str, tuple[str, ...]] = {"metrics": ("name", "heard", *DEFINITION), "segments": ("name", "heard", "rule")}
ENDS = ("metric", "segment", "ambiguous")
"""Kinds of phrases by which one thing may be taken for another."""


def read(folder: Path, own: Mapping[str, Collection[str]]) -> tuple[Words, list[Note]]:
    """The words of the files of a folder, and each fault of them; `own` are the ids of "metrics" and "segments"."""
    words: Words = {}
    faults: list[Note] = []
    for path in sorted((folder / "language").glob("*.toml")):
        where = f"language/{path.name}"
        if path.stem not in available():
            faults.append(Note("own_language_unknown", {"file": where, "near": list(available())}))
            continue
        try:
            tables = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            faults.append(Note("own_words_unreadable", {"file": where, "what": str(error)}))
            continue
        found = list(_faults(tables, own))
        faults += [Note(key, {"file": where, **values}) for key, values in found]
        if not found:
            words[path.stem] = tables
    return words, faults


def _faults(tables: Mapping[str, Any], own: Mapping[str, Collection[str]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for kind, table in tables.items():
        if kind not in KEYS or not isinstance(table, dict):
            yield "own_words_unknown", {"where": kind, "near": list(KEYS)}
            continue
        for id, one in table.items():
            where = f"{kind}.{id}"
            if id not in own[kind]:
                yield "own_words_unknown", {"where": where, "near": sorted(own[kind])}
            elif not isinstance(one, dict) or not isinstance(one.get("name"), str) or not one["name"].strip():
                yield "own_words_nameless", {"where": where}
            else:
                yield from _entry_faults(kind, where, one)


def _entry_faults(kind: str, where: str, one: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    if unknown := sorted(set(one) - set(KEYS[kind])):
        yield "own_words_unknown", {"where": f"{where}.{unknown[0]}", "near": list(KEYS[kind])}
    heard = one.get("heard", [])
    if not isinstance(heard, list) or not all(isinstance(text, str) and list(pieces(text)) for text in heard):
        yield "own_words_heard", {"where": where}
    if any(not isinstance(one.get(key, ""), str) for key in KEYS[kind] if key != "heard"):
        yield "own_words_nameless", {"where": where}
    if (given := [key for key in DEFINITION if key in one]) and len(given) < len(DEFINITION):
        yield "own_words_definition", {"where": where, "lacking": [key for key in DEFINITION if key not in one]}


def teach(words: Words, own: Mapping[str, Collection[str]], spoken: str) -> None:
    """Have the languages hear and say them, for as long as this process runs.

    A language that the company gave no words has the name of another: of the company's own (`spoken`), of English, or
    of any; else it is the id as words.
    """
    order = (spoken, ENGLISH, *available())
    for code in available():
        language = load(code)
        data = cast(dict[str, Any], language.data)
        for kind, ids in own.items():
            names, heard = data["names"][kind], data["hears"][kind]
            for id in ids:
                told = [words[one][kind][id] for one in (code, *order) if id in words.get(one, {}).get(kind, {})]
                one = words.get(code, {}).get(kind, {}).get(id, {})
                names[id] = told[0]["name"] if told else id.replace("_", " ")
                heard[id] = [names[id], id.replace("_", " "), *one.get("heard", ())]
                if "summary" in one:
                    data.setdefault("definitions", {})[id] = {key: one[key] for key in DEFINITION}
                if "rule" in one:
                    data.setdefault("rules", {})[id] = one["rule"]
        if any(own.values()):
            vars(language).pop("_matcher", None)  # made anew, with these


def taken(own: Mapping[str, Collection[str]]) -> Iterator[Note]:
    """Each name of something own that also means something of ours, so that the bot has to ask back."""
    for code in available():
        language = load(code)
        for kind, id in ((kind, id) for kind, ids in own.items() for id in ids):
            tokens, spans = language.hear(language.name(kind, id))
            others = {one.id for one in spans if one.kind in ENDS and one.length == len(tokens)} - {id}
            if others:
                yield Note("own_name_taken", {"name": language.name(kind, id), "spoken": code, "other": sorted(others)})
