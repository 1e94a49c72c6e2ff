"""Reads periods: out of a person's words, by the forms of a language file, and out of `--period`.

Said once for all languages: "last N" are the N complete units before as-of; "last month" the last
complete calendar month; "this month" runs to as-of; a month without a year is the latest that has begun.
Windows are half-open; what the data does not reach is cut at as-of and marked as not complete.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.errors import BadQuestion
from bot.language.matcher import Span, Token, fold
from bot.types import Grain, Window

ONE_DAY = timedelta(days=1)
MOST_UNITS = 1_000
YEARS = range(1990, 2101)
SLOT_WITH_YEAR = ("year", "iso_month", "iso_day", "iso_quarter", "figures")
MONTHS_OF = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Period:
    """A period found in a text: its window, the tokens it covers, and how it was put."""

    window: Window
    start: int
    end: int
    form: str
    vague: bool = False
    """True when the words name no clear period ("recently"): the reading must be stated."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The day after the last complete day of data, and how a company counts weeks."""

    as_of: date
    week_start: int = 0
    zone: str = "UTC"

    def start(self, day: date, unit: Grain) -> date:
        """The first day of the unit that `day` falls in."""
        if unit is Grain.WEEK:
            return day - timedelta(days=(day.weekday() - self.week_start) % 7)
        if unit is Grain.MONTH:
            return day.replace(day=1)
        if unit is Grain.QUARTER:
            return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        if unit is Grain.YEAR:
            return date(day.year, 1, 1)
        return day

    def shift(self, start: date, unit: Grain, n: int) -> date:
        """The first day of the unit `n` units after the one that begins at `start`."""
        if unit in MONTHS_OF:
            months = start.year * 12 + start.month - 1 + n * MONTHS_OF[unit]
            return date(months // 12, months % 12 + 1, 1)
        return start + timedelta(days=n * (7 if unit is Grain.WEEK else 1))

    def unit(self, day: date, unit: Grain) -> tuple[date, date]:
        """The unit that `day` falls in, as `[start, end)`."""
        start = self.start(day, unit)
        return start, self.shift(start, unit, 1)

    def back(self, n: int, unit: Grain) -> tuple[date, date]:
        """The n complete units before as-of."""
        if not 1 <= n <= MOST_UNITS:
            raise ValueError(n)
        end = self.start(self.as_of, unit)
        return self.shift(end, unit, -n), end

    def latest(self, month: int, day: int = 1) -> date:
        """The latest such day of the year before as-of."""
        year = self.as_of.year
        while True:
            try:
                found = date(year, month, day)
            except ValueError:
                if year <= self.as_of.year - 8:
                    raise
            else:
                if found < self.as_of:
                    return found
            year -= 1

    def window(self, text: str, days: tuple[date, date], grain: Grain = Grain.RANGE, name: str = "") -> Window:
        """The window of these days, cut at as-of; BadQuestion when nothing of it has begun."""
        start, end = days
        if start >= self.as_of:
            raise BadQuestion("period_not_begun", text=text, as_of=self.as_of)
        if end <= start:
            raise BadQuestion("period_reversed", text=text)
        complete = end <= self.as_of
        return Window(
            start, min(end, self.as_of), grain, self.zone, (name or str(grain)) if complete else "to_date", complete
        )


# ---------------------------------------------------------------- words → slots


def slots(data: Mapping[str, Any], months: Mapping[str, int], weekdays: Mapping[str, int]) -> Callable[[str], dict[str, Any]]:
    """A reader of single folded words: what number, unit, month, day ... a word can be in this language."""
    numbers, vague, ordinals = data["numbers"], data["vague_numbers"], data["ordinals"]
    units = {fold(word): Grain(unit) for unit, words in data["units"].items() for word in words}
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
        for name, table in (("n", numbers), ("n", vague), ("ordinal", ordinals), ("unit", units),
                            ("month", months), ("weekday", weekdays)):
            if word in table:
                found[name] = table[word]
        if word in vague:
            found["vague"] = True
        for name, pattern in (("half", half), ("week_number", week), ("quarter", quarter)):
            if match := pattern.match(word):
                found[name] = int(next(group for group in match.groups() if group))
        if match := short.match(word):
            found["span"] = (int(match.group(1)), Grain(letters[match.group(2)]))
        return found

    return read


def _figures(word: str) -> dict[str, Any]:
    if word.isdecimal():
        number = int(word)
        return {"n": number, "year": number} if number in YEARS else {"n": number}
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", word):
        return {"iso_day": word}
    if re.fullmatch(r"\d{4}-\d{2}", word):
        return {"iso_month": word}
    if re.fullmatch(r"\d{4}-[qt]\d", word):
        return {"iso_quarter": word}
    if re.fullmatch(r"\d{1,2}[/.]\d{1,2}[/.]\d{4}", word):
        return {"figures": word}
    return {}


# ---------------------------------------------------------------- forms → days

Days = tuple[date, date, Grain, str]
"""Start, end, grain and name of a period, not yet cut at as-of."""


def _days(form: str, given: Mapping[str, Any], when: Calendar, year: int | None) -> Days:
    """The days that a form stands for; ValueError when there are none (31 February, Q9)."""
    year = given.get("year", year)
    builders: dict[str, Callable[[], Days]] = {
        "last_unit": lambda: _named(when.back(1, given["unit"]), given["unit"]),
        "this_unit": lambda: _named(when.unit(when.as_of, given["unit"]), given["unit"]),
        "year_to_date": lambda: _named(when.unit(when.as_of, Grain.YEAR), Grain.YEAR),
        "quarter_to_date": lambda: _named(when.unit(when.as_of, Grain.QUARTER), Grain.QUARTER),
        "month_to_date": lambda: _named(when.unit(when.as_of, Grain.MONTH), Grain.MONTH),
        "week_to_date": lambda: _named(when.unit(when.as_of, Grain.WEEK), Grain.WEEK),
        "next_unit": lambda: _named(
            when.unit(when.shift(when.start(when.as_of, given["unit"]), given["unit"], 1), given["unit"]), given["unit"]
        ),
        "unit_before_last": lambda: _ago(2, given["unit"], when),
        "last_n": lambda: _several(given["n"], given["unit"], when),
        "last_span": lambda: _several(*given["span"], when),
        "twelve_months": lambda: _several(12, Grain.MONTH, when),
        "recently": lambda: _several(30, Grain.DAY, when),
        "ago": lambda: _ago(given["n"], given["unit"], when),
        "yesterday": lambda: _ago(1, Grain.DAY, when),
        "day_before_yesterday": lambda: _ago(2, Grain.DAY, when),
        "today": lambda: _named(when.unit(when.as_of, Grain.DAY), Grain.DAY),
        "weekday": lambda: _weekday(given["weekday"], when),
        "month": lambda: _month(given["month"], year, when),
        "last_month_named": lambda: _complete(_month(given["month"], None, when), when),
        "month_last_year": lambda: _month(given["month"], when.as_of.year - 1, when),
        "month_this_year": lambda: _month(given["month"], when.as_of.year, when),
        "quarter": lambda: _part(given["quarter"], 4, year, when),
        "ordinal_quarter": lambda: _part(given["ordinal"], 4, year, when),
        "quarter_last_year": lambda: _part(given["quarter"], 4, when.as_of.year - 1, when),
        "half": lambda: _part(given["half"], 2, year, when),
        "ordinal_half": lambda: _part(given["ordinal"], 2, year, when),
        "year": lambda: (date(given["year"], 1, 1), date(given["year"] + 1, 1, 1), Grain.YEAR, "year"),
        "week_number": lambda: _week_number(given.get("week_number", given.get("n")), year, when),
        "day_month": lambda: _day(given["day"], given["month"], year, when),
        "day_range": lambda: _day_range(given, year, when),
        "iso_day": lambda: _one(date.fromisoformat(given["iso_day"])),
        "iso_month": lambda: _month(int(given["iso_month"][5:]), int(given["iso_month"][:4]), when),
        "iso_quarter": lambda: _part(int(given["iso_quarter"][6:]), 4, int(given["iso_quarter"][:4]), when),
        "figures": lambda: _one(date(*(int(part) for part in reversed(re.split(r"[/.]", given["figures"]))))),  # type: ignore[arg-type]
    }
    return builders[form]()


def _named(days: tuple[date, date], unit: Grain) -> Days:
    return *days, unit, str(unit)


def _several(n: int, unit: Grain, when: Calendar) -> Days:
    days = when.back(n, unit)
    return _named(days, unit) if n == 1 and unit is not Grain.DAY else (*days, Grain.RANGE, f"last_n_{unit}s")


def _ago(n: int, unit: Grain, when: Calendar) -> Days:
    if not 1 <= n <= MOST_UNITS:
        raise ValueError(n)
    start = when.shift(when.start(when.as_of, unit), unit, -n)
    return start, when.shift(start, unit, 1), unit, str(unit)


def _one(day: date) -> Days:
    return day, day + ONE_DAY, Grain.DAY, "day"


def _day(day: int, month: int, year: int | None, when: Calendar) -> Days:
    return _one(when.latest(month, day) if year is None else date(year, month, day))


def _day_range(given: Mapping[str, Any], year: int | None, when: Calendar) -> Days:
    start = _day(given["day"], given["month"], year, when)[0]
    return start, start.replace(day=given["day2"]) + ONE_DAY, Grain.RANGE, "range"


def _weekday(weekday: int, when: Calendar) -> Days:
    last = when.as_of - ONE_DAY
    return _one(last - timedelta(days=(last.weekday() - weekday) % 7))


def _month(month: int, year: int | None, when: Calendar) -> Days:
    start = when.latest(month) if year is None else date(year, month, 1)
    return _named(when.unit(start, Grain.MONTH), Grain.MONTH)


def _complete(days: Days, when: Calendar) -> Days:
    """The same period a year earlier if this one still runs."""
    start, end, *rest = days
    if end <= when.as_of:
        return days
    return start.replace(year=start.year - 1), end.replace(year=end.year - 1), rest[0], rest[1]


def _part(n: int, parts: int, year: int | None, when: Calendar) -> Days:
    """The n-th quarter or half of a year."""
    months = 12 // parts
    if not 1 <= n <= parts:
        raise ValueError(n)
    month = (n - 1) * months + 1
    start = when.latest(month) if year is None else date(year, month, 1)
    end = when.shift(start, Grain.MONTH, months)
    return (start, end, Grain.QUARTER, "quarter") if parts == 4 else (start, end, Grain.RANGE, "half")


def _week_number(n: int, year: int | None, when: Calendar) -> Days:
    """The week with this ISO number; without a year the latest that has begun."""
    if year is None:
        year = when.as_of.isocalendar().year
        if date.fromisocalendar(year, n, 1) >= when.as_of:
            year -= 1
    start = when.start(date.fromisocalendar(year, n, 4), Grain.WEEK)
    return start, start + timedelta(days=7), Grain.WEEK, "week"


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
    for span in sorted(spans, key=lambda one: (-one.length, one.guessed, one.start)):
        if all(span.end <= other.start or other.end <= span.start for other in taken):
            taken.append(span)
    return sorted(taken, key=lambda one: one.start)


def _text(tokens: Sequence[Token], start: int, end: int) -> str:
    return " ".join(token.text for token in tokens[start:end])


def _vague(span: Span, tokens: Sequence[Token]) -> bool:
    return span.id in ("recently", "twelve_months") or any(
        "vague" in token.slots for token in tokens[span.start : span.end]
    )


def _given(span: Span) -> dict[str, Any]:
    """The slots by name; the second day of "3 to 9 March" is `day2`."""
    given: dict[str, Any] = {}
    for name, value in span.slots:
        given[f"{name}2" if name in given else name] = value
    return given


def _resolve(span: Span, text: str, when: Calendar, year: int | None = None) -> Days:
    try:
        return _days(span.id, _given(span), when, year)
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
    if after_it is not None and span.id == after_it.id == "month":
        return _range(span, after_it, span.start, tokens, when)
    if opening in ("since", "from", "after", "week_of"):
        text = _text(tokens, begin, span.end)
        start, end, _, _ = _resolve(span, text, when)
        if opening == "week_of":
            return Period(when.window(text, when.unit(start, Grain.WEEK), Grain.WEEK, "week"), begin, span.end, "week_of")
        if opening == "from" and span.id not in ("month", "day_month", "iso_day", "iso_month"):
            return None
        first = end if opening == "after" else start
        return Period(when.window(text, (first, when.as_of), name="since"), begin, span.end, "since")
    return None


def _beside(
    at: int, links: list[Span], tokens: Sequence[Token], skip: frozenset[str], way: int
) -> Span | None:
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


# ---------------------------------------------------------------- --period

STRICT = (
    (re.compile(r"(\d{4})-(\d{2})"), "month"),
    (re.compile(r"(\d{4})-[qQ](\d)"), "quarter"),
    (re.compile(r"(\d{4})"), "year"),
    (re.compile(r"(\d{4}-\d{2}-\d{2})"), "day"),
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
    match form:
        case "month":
            return _month(int(parts[1]), int(parts[0]), when)
        case "quarter":
            return _part(int(parts[1]), 4, int(parts[0]), when)
        case "year":
            return date(int(parts[0]), 1, 1), date(int(parts[0]) + 1, 1, 1), Grain.YEAR, "year"
        case "day":
            return _one(date.fromisoformat(parts[0]))
        case "last_n":
            return _several(int(parts[0]), Grain(parts[1]), when)
    return date.fromisoformat(parts[0]), date.fromisoformat(parts[1]) + ONE_DAY, Grain.RANGE, "range"
