"""What a word says of time by itself: a number, a unit, a month, a day, a quarter, a date in figures."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.language.matcher import Token, fold
from bot.types import Grain

NAMES = frozenset({"month", "weekday", "quarter"})
"""Slots of words that name a time by themselves in their own language."""
YEARS = range(1990, 2101)
SHORT_YEARS = range(20, 40)
"""Years written with two figures ("Oct-25"); others would be days."""


def slots(
    data: Mapping[str, Any], numbers: Mapping[str, int], months: Mapping[str, int], weekdays: Mapping[str, int]
) -> Callable[[str], dict[str, Any]]:
    """A reader of single folded words: what number, unit, month, day ... a word can be in this language."""
    vague, ordinals = data["vague_numbers"], data["ordinals"]
    units = {fold(word): Grain(unit) for unit, words in data["units"].items() for word in words}
    plurals = {fold(word) for word in data["plurals"]}
    letters = data["unit_letters"]
    short = re.compile(rf"[lt]?(\d{{1,3}})([{''.join(letters)}])$")
    quarter = re.compile(rf"[{data['quarter_letters']}](\d)$|(\d)[{data['quarter_letters']}]$")
    half = re.compile(rf"[{data['half_letters']}]([12])$")
    week = re.compile(rf"[{data['week_letters']}](\d{{1,2}})$")
    day = re.compile(rf"(\d{{1,2}})(?:{'|'.join(data['day_suffixes'])})?$")

    def read(word: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if word[:1].isdigit():
            found.update(_figures(word))
            if match := day.match(word):
                found["day"] = int(match.group(1))
        for name, table in (
            ("n", numbers),
            ("n", vague),
            ("ordinal", ordinals),
            ("unit", units),
            ("month", months),
            ("weekday", weekdays),
        ):
            if word in table:
                found[name] = table[word]
        if word in plurals:
            found["units"] = units[word]
        if word in vague:
            found["vague"] = True
        for name, pattern in (("half", half), ("week_number", week), ("quarter", quarter)):
            if match := pattern.match(word):
                found[name] = int(next(group for group in match.groups() if group))
        if "half" in found:
            found.pop("week_number", None)
        found.update(_dated_word(word, months, data["quarter_letters"]))
        if match := short.match(word):
            found["span"] = (int(match.group(1)), Grain(letters[match.group(2)]))
        return found

    return read


def _dated_word(word: str, months: Mapping[str, int], quarter: str) -> dict[str, Any]:
    """A month or a quarter written in one word with its year: "Oct-25", "3T25"."""
    match = re.fullmatch(rf"([^\W\d_]+)[-_](\d\d)|(?:[{quarter}]([1-4])|([1-4])[{quarter}])(\d\d)", word)
    year = int(match.group(2) or match.group(5)) if match else None
    if match is None or year not in SHORT_YEARS:
        return {}
    if match.group(1) in months:
        return {"iso_month": f"20{year}-{months[match.group(1)]:02}"}
    return {} if match.group(1) else {"iso_quarter": f"20{year}-q{match.group(3) or match.group(4)}"}


def placed_months(tokens: tuple[Token, ...], data: Mapping[str, Any]) -> tuple[Token, ...]:
    """Takes the month from words that are something else too ("may") unless their place says month."""
    unclear, before, after = data["unclear_months"], data["before_months"], data["after_months"]

    def is_month(at: int) -> bool:
        token, previous = tokens[at], tokens[at - 1] if at else None
        beside = tokens[at + 1] if at + 1 < len(tokens) else None
        return (
            (previous is not None and (previous.folded in before or token.text[:1].isupper()))
            or (previous is not None and "day" in previous.slots)
            or (beside is not None and ("year" in beside.slots or "day" in beside.slots or beside.folded in after))
            or len(tokens) == 1
        )

    return tuple(
        replace(token, near=None, slots={name: one for name, one in token.slots.items() if name != "month"})
        if token.folded in unclear and not is_month(at)
        else token
        for at, token in enumerate(tokens)
    )


def _figures(word: str) -> dict[str, Any]:
    if word.isdecimal():
        number = int(word)
        short = {"short_year": 2000 + number} if number in SHORT_YEARS and len(word) == 2 else {}
        return {"year": number} if number in YEARS else {"n": number, **short}
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", word):
        return {"iso_day": word}
    if re.fullmatch(r"\d{4}-\d{2}", word):
        return {"iso_month": word}
    if re.fullmatch(r"\d{4}-[qt]\d", word):
        return {"iso_quarter": word}
    if re.fullmatch(r"\d{1,2}[/.]\d{1,2}[/.]\d{4}|\d{1,2}/\d\d", word):
        return {"figures": word}
    return {}
