"""Reads periods: out of a person's words, by the forms of a language file, and out of `--period`.

Said once for all languages: "last N" are the N complete units before as-of; "last month" the last
complete calendar month; "this month" runs to as-of; a month without a year is the latest that has begun.
Windows are half-open; what the data does not reach is cut at as-of and marked as not complete.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any

from bot.errors import BadQuestion
from bot.language.days import MONTHS_OF, ONE_DAY, SEASONS, Calendar, Days, days_of, part_of
from bot.language.matcher import Span, Token, fold
from bot.types import Grain, Window

VAGUE = ("recently", "happening", "six_months", "twelve_months", *SEASONS, "last_few", "n_units", "figures")
"""Forms whose reading is always stated; 3/10/2026 is one, for some write the month first."""
SLOT_WITH_YEAR = ("year", "iso_month", "iso_day", "iso_quarter", "figures")
OF_A_YEAR = frozenset({
    "month", "quarter", "ordinal_quarter", "half", "ordinal_half", "week_number", "day_month", *SEASONS,
})  # fmt: skip
"""Forms that a year beside them dates: "Q3 of last year", "the year before last in October"."""
YEARS_NAMED = frozenset({"year", "last_unit", "this_unit", "unit_before_last", "ago"})
"""Forms that may name a year."""
COUNTED = {"twelve_months": (12, Grain.MONTH), "six_months": (6, Grain.MONTH)}
"""Forms of a length that is not in their slots."""
LENGTHS = frozenset({"last_n", "n_units", "over_n", "last_span", *COUNTED})
"""Forms that count units, and so can end elsewhere than today: "the twelve months to September"."""
STRETCHES = {"before": -1, "preceding": -1, "after": 1, "following": 1}
"""Links between a length and the period that it ends or begins with → which way it goes from there."""
MOST_BETWEEN = 3
"""Words that may stand between two periods of which one leaves out what the other says."""


@dataclass(frozen=True, slots=True)
class Period:
    """A period found in a text: its window, the tokens it covers, and how it was put."""

    window: Window
    start: int
    end: int
    form: str
    vague: bool = False
    """True when the words name no clear period ("recently"): the reading must be stated."""
    ends: tuple[Window, Window] | None = None
    """The first and the last of a range of like periods: what changed "between July and October" changed from one
    to the other."""


# ---------------------------------------------------------------- spans → periods


def read(spans: Sequence[Span], tokens: Sequence[Token], skip: Iterable[str], when: Calendar) -> list[Period]:
    """The periods that a text names, joined ones ("since March", "between May and July") first joined.

    `spans` are all those of kind "period" and "link"; `skip` are words that may stand in between ("the").
    """
    joins = {span.start for span in spans if (span.kind, span.id) == ("link", "and")}
    forms = [one for one in spans if one.kind == "period" and not (one.id == "day_month" and one.start in joins)]
    forms = _longest(forms)  # "lipca i sierpnia" is no first of August
    links = _longest([span for span in spans if span.kind == "link"])
    passed = frozenset(fold(word) for word in skip)
    forms = _filled_in(_dated(forms, tokens, passed, when), links, tokens, passed)
    found = _parts([span for span in spans if span.kind == "part"], forms, tokens, passed, when)
    found += _stretches(forms, links, tokens, passed, when)
    used = {at for one in found for at in range(one.start, one.end)}
    for span in forms:
        if span.start in used:
            continue
        joined = _joined(span, forms, links, tokens, passed, when)
        if joined is None:
            joined = _alone(span, tokens, when)
        found.append(joined)
        used.update(range(joined.start, joined.end))
    return sorted(found, key=lambda one: one.start)


def _dated(forms: list[Span], tokens: Sequence[Token], skip: frozenset[str], when: Calendar) -> list[Span]:
    """The forms, each that stands beside a year put together with it: "Q3 of last year", "last year's October"."""
    out: list[Span] = []
    for form in forms:
        before = out[-1] if out else None
        if before is not None and _touch(before.end, form.start, tokens, skip):
            part, year = (before, form) if before.id in OF_A_YEAR else (form, before)
            if part.id in OF_A_YEAR and not _has_year(part) and _names_year(year):
                number = _resolve(year, _text(tokens, year.start, year.end), when)[0].year
                out[-1] = replace(part, start=before.start, end=form.end, slots=(*part.slots, ("year", number)))
                continue
        out.append(form)
    return out


def _filled_in(forms: list[Span], links: list[Span], tokens: Sequence[Token], skip: frozenset[str]) -> list[Span]:
    """The forms, with what two of them say once: "October 2025 and 2026", "August and October 2025", "the second and
    third quarter"."""
    out: list[Span] = []
    for form in forms:
        before = out[-1] if out else None
        if form.id in ("ordinal_quarter", "ordinal_half"):
            out.extend(_unit_said_once(before, form, links, tokens, skip))
        elif before is not None and before.id in OF_A_YEAR and _near(before, form, tokens):
            joined = any(link.id == "and" and before.end <= link.start and link.end <= form.start for link in links)
            out[-1:] = _year_said_once(before, form, joined=joined)
        else:
            out.append(form)
    return out


def _year_said_once(first: Span, second: Span, *, joined: bool) -> list[Span]:
    """Both forms, each with what only the other says of the year or of its part."""
    part = tuple(one for one in first.slots if one[0] != "year")
    year = tuple(one for one in second.slots if one[0] == "year")
    if second.id == "year" and _has_year(first):
        return [first, replace(second, id=first.id, slots=(*part, *year))]
    another = (*part, *year) != second.slots
    if joined and second.id == first.id and year and another and not _has_year(first):
        return [replace(first, slots=(*part, *year)), second]
    return [first, second]


def _unit_said_once(
    before: Span | None, form: Span, links: list[Span], tokens: Sequence[Token], skip: frozenset[str]
) -> list[Span]:
    """The form, after another one where a number stands before it: "the second and third quarter"."""
    link = _beside(form.start, [one for one in links if one.id in ("and", "to")], tokens, skip, -1)
    at = link.start - 1 if link is not None else -1
    number = tokens[at].slots.get("ordinal") if at >= 0 else None
    if number is None or (before is not None and before.end > at):
        return [form]
    year = tuple(one for one in form.slots if one[0] == "year")
    return [replace(form, start=at, end=at + 1, slots=(("ordinal", number), *year)), form]


def _parts(
    parts: list[Span], forms: list[Span], tokens: Sequence[Token], skip: frozenset[str], when: Calendar
) -> list[Period]:
    """The periods that are a part of another: "the last week of October", "the first half of September"."""
    found = []
    for part in _longest(parts):
        whole = next((one for one in forms if _touch(part.end, one.start, tokens, skip)), None)
        if whole is None or any(one.start < part.start and part.start < one.end for one in forms):
            continue
        text = _text(tokens, part.start, whole.end)
        start, end, _, _ = _resolve(whole, text, when)
        try:
            days = part_of(part.id, _given(part), (start, end), when)
        except ValueError:
            raise BadQuestion("unknown_period", text=text) from None
        window = when.window(text, days, _grain_of(days, when))
        found.append(Period(window, part.start, whole.end, "part", vague=window.grain is Grain.RANGE))
    return found


def _stretches(
    forms: list[Span], links: list[Span], tokens: Sequence[Token], skip: frozenset[str], when: Calendar
) -> list[Period]:
    """The periods of so many units that end or begin with another one: "the 90 days before October", "the month after
    the price change"."""
    found = []
    for link in links:
        unit = tokens[link.start - 1].slots.get("unit") if link.start else None
        sign = STRETCHES.get(link.id)
        whole = next((one for one in forms if link.end <= one.start and _gap(link.end, one.start, tokens, skip)), None)
        if unit is None or sign is None or whole is None:
            continue
        number = tokens[link.start - 2].slots.get("n") if link.start > 1 else None
        start = link.start - (1 if number is None else 2)
        rhythm = link.end < len(tokens) and tokens[link.end].slots.get("unit") == unit  # "miesiąc po miesiącu"
        apart = number is None and start > 0 and tokens[start - 1].folded not in skip  # "by month before October"
        if rhythm or apart:
            continue
        start -= int(start > 0 and tokens[start - 1].folded in skip)
        text = _text(tokens, start, whole.end)
        days = _resolve(whole, text, when)
        edge = days[0] if sign < 0 else days[1]
        try:
            other = when.away(edge, unit, sign * (number or 1))
        except (ValueError, OverflowError):
            raise BadQuestion("unknown_period", text=text) from None
        window = when.window(text, (min(edge, other), max(edge, other)), name="range")
        found.append(Period(window, start, whole.end, "stretch", _vague(whole, tokens)))
    return found


def _grain_of(days: tuple[date, date], when: Calendar) -> Grain:
    return next((unit for unit in (Grain.DAY, *MONTHS_OF) if when.unit(days[0], unit) == days), Grain.RANGE)


def _has_year(span: Span) -> bool:
    return any(name in SLOT_WITH_YEAR for name, _ in span.slots)


def _names_year(span: Span) -> bool:
    return span.id in YEARS_NAMED and (span.id == "year" or span.slot("unit") is Grain.YEAR)


def _touch(left: int, right: int, tokens: Sequence[Token], skip: frozenset[str]) -> bool:
    """True when nothing but words to skip, and no punctuation, stands between the two places."""
    return _gap(left, right, tokens, skip) and all(
        tokens[at + 1].start - tokens[at].end <= 1 for at in range(left - 1, right)
    )


def _near(first: Span, second: Span, tokens: Sequence[Token]) -> bool:
    """True where few words and no punctuation stand between two forms."""
    between = range(first.end - 1, second.start)
    return 0 < second.start - first.end <= MOST_BETWEEN and all(
        tokens[at + 1].start - tokens[at].end <= 1 for at in between
    )


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
    if "short_year" in given:
        given.setdefault("year", given["short_year"])
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
        if second is not None and span.id in LENGTHS:
            return _ending(span, second, tokens, when)
        if second is not None:
            return _range(span, second, begin, tokens, when)
    after_it = next((form for form in forms if form.start == span.end), None)
    listed = after_it is not None and tokens[after_it.start].start - tokens[span.end - 1].end > 1  # "July, August"
    if after_it is not None and span.id == after_it.id == "month" and not listed:
        return _range(span, after_it, span.start, tokens, when)
    if opening == "before":
        text = _text(tokens, begin, span.end)
        return Period(Window(date.min, _resolve(span, text, when)[0], zone=when.zone), begin, span.end, opening)
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
    window = when.window(text, (start, end), name="range")
    return Period(window, begin, second.end, "range", ends=_ends(first, second, window, when))


def _ends(first: Span, second: Span, window: Window, when: Calendar) -> tuple[Window, Window] | None:
    """The two ends of a range where both are months, quarters or years."""
    unit = next((one for one in MONTHS_OF if first.id == second.id and one.value in first.id), None)
    if unit is None:
        return None
    last = when.start(window.end - ONE_DAY, unit)
    return when.window("", when.unit(window.start, unit), unit), when.window("", when.unit(last, unit), unit)


def _ending(length: Span, second: Span, tokens: Sequence[Token], when: Calendar) -> Period:
    """So many units that end with a period: "the twelve months to September"."""
    given, text = _given(length), _text(tokens, length.start, second.end)
    n, unit = COUNTED.get(length.id) or given.get("span") or (given["n"], given["unit"])
    end = _resolve(second, text, when)[1]
    if unit in MONTHS_OF and end.day != 1:
        raise BadQuestion("unknown_period", text=text)
    return Period(when.window(text, (when.shift(end, unit, -n), end), name="range"), length.start, second.end, "range")


def in_a_row(periods: Sequence[Period], fewest: int = 3) -> Period | None:
    """Three or more neighbouring periods of one length ("July, August and September") as one; else None."""
    row = sorted(periods, key=lambda one: one.window.start)
    grains = {one.window.grain for one in row}
    if len(row) < fewest or len(grains) > 1 or any(a.window.end != b.window.start for a, b in pairwise(row)):
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
