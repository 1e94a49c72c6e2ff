"""Reads periods: out of a person's words, by the forms of a language file, and out of `--period`.

Said once for all languages: "last N" are the N complete units before as-of; "last month" the last
complete calendar month; "this month" runs to as-of; a month without a year is the latest that has begun.
Windows are half-open; what the data does not reach is cut at as-of and marked as not complete.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any

from bot.errors import BadQuestion
from bot.language.days import ONE_DAY, SEASONS, Calendar, Days, days_of
from bot.language.matcher import Span, Token, fold
from bot.types import Grain, Window

VAGUE = ("recently", "six_months", "twelve_months", *SEASONS, "last_few", "n_units", "figures")
"""Forms whose reading is always stated; 3/10/2026 is one, for some write the month first."""
YEARS = range(1990, 2101)
SLOT_WITH_YEAR = ("year", "iso_month", "iso_day", "iso_quarter", "figures")


@dataclass(frozen=True, slots=True)
class Period:
    """A period found in a text: its window, the tokens it covers, and how it was put."""

    window: Window
    start: int
    end: int
    form: str
    vague: bool = False
    """True when the words name no clear period ("recently"): the reading must be stated."""


# ---------------------------------------------------------------- words → slots


def slots(
    data: Mapping[str, Any], months: Mapping[str, int], weekdays: Mapping[str, int]
) -> Callable[[str], dict[str, Any]]:
    """A reader of single folded words: what number, unit, month, day ... a word can be in this language."""
    numbers, vague, ordinals = data["numbers"], data["vague_numbers"], data["ordinals"]
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
        if match := short.match(word):
            found["span"] = (int(match.group(1)), Grain(letters[match.group(2)]))
        return found

    return read


def _figures(word: str) -> dict[str, Any]:
    if word.isdecimal():
        number = int(word)
        return {"year": number} if number in YEARS else {"n": number}
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", word):
        return {"iso_day": word}
    if re.fullmatch(r"\d{4}-\d{2}", word):
        return {"iso_month": word}
    if re.fullmatch(r"\d{4}-[qt]\d", word):
        return {"iso_quarter": word}
    if re.fullmatch(r"\d{1,2}[/.]\d{1,2}[/.]\d{4}", word):
        return {"figures": word}
    return {}


# ---------------------------------------------------------------- spans → periods


def read(spans: Sequence[Span], tokens: Sequence[Token], skip: Iterable[str], when: Calendar) -> list[Period]:
    """The periods that a text names, joined ones ("since March", "between May and July") first joined.

    `spans` are all those of kind "period" and "link"; `skip` are words that may stand in between ("the").
    """
    forms = _longest([span for span in spans if span.kind == "period"])
    links = _longest([span for span in spans if span.kind == "link"])
    passed = frozenset(fold(word) for word in skip)
    found: list[Period] = []
    used: set[int] = set()
    for span in forms:
        if span.start in used:
            continue
        joined = _joined(span, forms, links, tokens, passed, when)
        if joined is None:
            joined = _alone(span, tokens, when)
        found.append(joined)
        used.update(range(joined.start, joined.end))
    return found


def _longest(spans: list[Span]) -> list[Span]:
    """The longest spans that do not overlap, in the order of the text."""
    taken: list[Span] = []
    for span in sorted(spans, key=lambda one: (-one.length, one.guessed, one.id not in VAGUE, one.start)):
        if all(span.end <= other.start or other.end <= span.start for other in taken):
            taken.append(span)
    return sorted(taken, key=lambda one: one.start)


def _text(tokens: Sequence[Token], start: int, end: int) -> str:
    return " ".join(token.text for token in tokens[start:end])


def _vague(span: Span, tokens: Sequence[Token]) -> bool:
    return span.id in VAGUE or any("vague" in token.slots for token in tokens[span.start : span.end])


def _given(span: Span) -> dict[str, Any]:
    """The slots by name; the second day of "3 to 9 March" is `day2`."""
    given: dict[str, Any] = {}
    for name, value in span.slots:
        given[f"{name}2" if name in given else name] = value
    return given


def _resolve(span: Span, text: str, when: Calendar, year: int | None = None) -> Days:
    try:
        return days_of(span.id, _given(span), when, year)
    except (ValueError, OverflowError):
        raise BadQuestion("unknown_period", text=text) from None


def _alone(span: Span, tokens: Sequence[Token], when: Calendar) -> Period:
    text = _text(tokens, span.start, span.end)
    start, end, grain, name = _resolve(span, text, when)
    return Period(when.window(text, (start, end), grain, name), span.start, span.end, span.id, _vague(span, tokens))


def _joined(
    span: Span, forms: list[Span], links: list[Span], tokens: Sequence[Token], skip: frozenset[str], when: Calendar
) -> Period | None:
    """The period that begins with this one and a word before or after it: since, between, from, to, week of."""
    before = _beside(span.start, [link for link in links if link.id not in ("and", "to")], tokens, skip, -1)
    after = _beside(span.end, links, tokens, skip, 1)
    opening = before.id if before else ""
    begin = before.start if before else span.start
    if after and (after.id == "to" or (opening == "between" and after.id == "and")):
        second = next((form for form in forms if _gap(after.end, form.start, tokens, skip)), None)
        if second is not None:
            return _range(span, second, begin, tokens, when)
    after_it = next((form for form in forms if form.start == span.end), None)
    listed = after_it is not None and tokens[after_it.start].start - tokens[span.end - 1].end > 1  # "July, August"
    if after_it is not None and span.id == after_it.id == "month" and not listed:
        return _range(span, after_it, span.start, tokens, when)
    if opening in ("since", "from", "after", "week_of"):
        text = _text(tokens, begin, span.end)
        start, end, _, _ = _resolve(span, text, when)
        if opening == "week_of":
            return Period(
                when.window(text, when.unit(start, Grain.WEEK), Grain.WEEK, "week"), begin, span.end, "week_of"
            )
        if opening == "from" and span.id not in ("month", "day_month", "iso_day", "iso_month"):
            return None
        first = end if opening == "after" else start
        since = when.window(text, (first, when.as_of), name="since")
        return Period(since, begin, span.end, "since", _vague(span, tokens))
    return None


def _beside(at: int, links: list[Span], tokens: Sequence[Token], skip: frozenset[str], way: int) -> Span | None:
    for link in links:
        inside = (link.end, at) if way < 0 else (at, link.start)
        if _gap(*inside, tokens, skip):
            return link
    return None


def _gap(left: int, right: int, tokens: Sequence[Token], skip: frozenset[str]) -> bool:
    """True when nothing but words to skip stands between the two places."""
    return left <= right <= left + 3 and all(token.folded in skip for token in tokens[left:right])


def _range(first: Span, second: Span, begin: int, tokens: Sequence[Token], when: Calendar) -> Period:
    """From one period to another; a year said once counts for both."""
    text = _text(tokens, begin, second.end)
    dated = [any(name in dict(span.slots) for name in SLOT_WITH_YEAR) for span in (first, second)]
    if dated[0] and not dated[1]:
        start = _resolve(first, text, when)[0]
        end = _resolve(second, text, when, start.year)[1]
        if end <= start:
            end = _resolve(second, text, when, start.year + 1)[1]
    else:
        last, end, _, _ = _resolve(second, text, when)
        start = _resolve(first, text, when, None if dated[0] else last.year)[0]
        if start > last and not dated[0]:
            start = _resolve(first, text, when, last.year - 1)[0]
    return Period(when.window(text, (start, end), name="range"), begin, second.end, "range")


def in_a_row(periods: Sequence[Period]) -> Period | None:
    """Three or more neighbouring periods of one length ("July, August and September") as one; else None."""
    row = sorted(periods, key=lambda one: one.window.start)
    grains = {one.window.grain for one in row}
    if len(row) < 3 or len(grains) > 1 or any(a.window.end != b.window.start for a, b in pairwise(row)):
        return None
    window = replace(row[-1].window, start=row[0].window.start, grain=Grain.RANGE, name="range")
    return Period(window, min(one.start for one in row), max(one.end for one in row), "range")


# ---------------------------------------------------------------- --period

STRICT = (
    (re.compile(r"(\d{4}-\d{2})"), "iso_month"),
    (re.compile(r"(\d{4}-[qQ]\d)"), "iso_quarter"),
    (re.compile(r"(\d{4})"), "year"),
    (re.compile(r"(\d{4}-\d{2}-\d{2})"), "iso_day"),
    (re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})"), "range"),
    (re.compile(r"last-(\d{1,4})-(day|week|month|quarter|year)s?"), "last_n"),
)


def parse(text: str, when: Calendar) -> Window:
    """The window of a `--period`: 2026-10, 2026-Q3, 2026, 2026-10-05, 2026-07-01..2026-09-30, last-30-days.

    The last day of a range is inside. BadQuestion ("unknown_period") for anything else.
    """
    for pattern, form in STRICT:
        if match := pattern.fullmatch(text.strip()):
            try:
                start, end, grain, name = _strict(form, match.groups(), when)
            except (ValueError, OverflowError):
                break
            return when.window(text, (start, end), grain, name)
    raise BadQuestion("unknown_period", text=text)


def _strict(form: str, parts: Sequence[str], when: Calendar) -> Days:
    if form == "range":
        start, last = (date.fromisoformat(part) for part in parts)
        return start, last + ONE_DAY, Grain.RANGE, "range"
    if form == "last_n":
        return days_of(form, {"n": int(parts[0]), "unit": Grain(parts[1])}, when)
    return days_of(form, {form: int(parts[0]) if form == "year" else parts[0].lower()}, when)
