"""The law of each country as data: on what basis somebody may be written to, and at which hours.

A file of `knowledge/policy/countries/` says, for its country:

    language   what people read there when neither they nor their account say
    members    countries it stands for that have no file of their own
    holidays   the days of the whole country on which nothing may ring: "05-01", "easter-2",
               "fourth thursday 11", "last monday 05", "monday before 05-25"
    earlier_price_days   a reduction of price counts from the lowest price of so many days before it
    crisis     regions in which a disaster, a war or mourning forbids marketing now ("*": everywhere)

and a table a group of channels (email, sms, phone, push, whatsapp, post, in_app) with

    customer, former, trial, never   the basis for people who pay, paid, tried, or only signed up
    former_days, trial_days          how long a relation counts after its end
    last_contact_days                how long a former customer's data may be used after their own last act
    calls_30                         calls to one person in 30 days
    hours, states                    when, there and in its narrower states (see `Hours`)
    source

It is summarised for engineering, and no legal advice: where two readings are possible the stricter stands,
and a lawyer decides the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Literal, get_args

from bot.analysis.reach import CHANNELS, Group

Basis = Literal["opt_out", "implied", "soft_opt_in", "consent", "closed"]
"""opt_out: none before, an objection ends it; implied: the relation itself; soft_opt_in: one recorded, or consent;
consent: recorded; closed: no marketing at all."""

Span = tuple[int, int]
"""The first hour of a stretch of a day, and the one at which it ends."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PLACES = {"first": 0, "second": 1, "third": 2, "fourth": 3}
WHOLE_DAY: tuple[Span, ...] = ((0, 24),)

_EASTER = re.compile(r"easter([+-]\d+)?")
_DAY = re.compile(r"(\d\d)-(\d\d)")
_NTH = re.compile(rf"({'|'.join([*PLACES, 'last'])}) ({'|'.join(WEEKDAYS)}) (\d\d)")
_BEFORE = re.compile(rf"({'|'.join(WEEKDAYS)}) before (\d\d)-(\d\d)")


@dataclass(frozen=True, slots=True)
class Hours:
    """The stretches of a day, in the person's own zone; Saturdays, Sundays and holidays where they differ."""

    days: tuple[Span, ...] = WHOLE_DAY
    saturday: tuple[Span, ...] | None = None
    sunday: tuple[Span, ...] | None = None
    holidays: tuple[Span, ...] | None = None
    name: str = ""
    """Of the state, as data may write it."""

    def on(self, day: date, *, holiday: bool) -> tuple[Span, ...]:
        """The stretches of one day; none where it is closed."""
        own = {5: self.saturday, 6: self.sunday}.get(day.weekday())
        usual = self.days if own is None else own
        return usual if not holiday or self.holidays is None else self.holidays


@dataclass(frozen=True, slots=True)
class Law:
    """What marketing on one group of channels needs in one country, by the person's standing."""

    customer: Basis
    former: Basis
    trial: Basis
    never: Basis
    source: str
    former_days: int | None = None
    trial_days: int | None = None
    last_contact_days: int | None = None
    calls_30: int | None = None
    hours: Hours = Hours()
    states: Mapping[str, Hours] = field(default_factory=dict)
    language: str | None = None
    """Of the country: what people read there when neither they nor their account say."""
    holidays: tuple[str, ...] = ()

    def spans(self, day: date, region: str | None = None) -> tuple[Span, ...]:
        """When of a day it may reach somebody there; of a country with states, the strictest where it is unknown."""
        holiday = day in _known(self.holidays, day.year)
        found = self.hours.on(day, holiday=holiday)
        for state in self._states(region):
            found = both(found, state.on(day, holiday=holiday))
        return found

    def open_at(self, moment: datetime, region: str | None = None) -> bool:
        """Whether a moment of the person's own clock lies within the hours."""
        return any(start <= moment.hour < end for start, end in self.spans(moment.date(), region))

    def _states(self, region: str | None) -> Iterable[Hours]:
        word = (region or "").strip().casefold()
        if not word:
            return self.states.values()
        return [state for code, state in self.states.items() if word in (code.casefold(), state.name.casefold())]


@dataclass(frozen=True, slots=True)
class Country:
    """All that one file of the folder says."""

    code: str
    laws: Mapping[str, Law]
    language: str | None = None
    members: tuple[str, ...] = ()
    holidays: tuple[str, ...] = ()
    crisis: tuple[str, ...] = ()
    earlier_price_days: int | None = None

    def law(self, channel: str) -> Law:
        """The rules of a draft's channel."""
        return self.laws[CHANNELS[channel].law]


def both(one: Iterable[Span], other: Iterable[Span]) -> tuple[Span, ...]:
    """The stretches that lie in the one and in the other."""
    pairs = ((max(a, c), min(b, d)) for a, b in one for c, d in other)
    return tuple(sorted((start, end) for start, end in pairs if start < end))


@cache
def _known(rules: tuple[str, ...], year: int) -> frozenset[date]:
    return holidays(rules, year)


def holidays(rules: Iterable[str], year: int) -> frozenset[date]:
    """The days that the rules name in a year. Raises ValueError for a rule that cannot be read."""
    return frozenset(_holiday(rule, year) for rule in rules)


def _holiday(rule: str, year: int) -> date:
    if found := _EASTER.fullmatch(rule):
        return _easter(year) + timedelta(days=int(found[1] or 0))
    if found := _DAY.fullmatch(rule):
        return date(year, int(found[1]), int(found[2]))
    if found := _BEFORE.fullmatch(rule):
        limit = date(year, int(found[2]), int(found[3])) - timedelta(days=1)
        return limit - timedelta(days=(limit.weekday() - WEEKDAYS.index(found[1])) % 7)
    if found := _NTH.fullmatch(rule):
        month, weekday = int(found[3]), WEEKDAYS.index(found[2])
        first = date(year, month, 1)
        days = [first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * week) for week in range(5)]
        days = [day for day in days if day.month == month]
        return days[-1] if found[1] == "last" else days[PLACES[found[1]]]
    raise ValueError(rule)


def _easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, by the rule of Meeus, Jones and Butcher."""
    golden, century = year % 19, year // 100
    shift = century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15
    moon = shift % 30
    moon -= (moon // 28) * (1 - (29 // (moon + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    days = moon - weekday
    month = 3 + (days + 40) // 44
    return date(year, month, days + 28 - 31 * (month // 4))


def countries(rows: Mapping[str, Mapping[str, Any]], gaps: list[str]) -> dict[str, Country]:
    """Country → its rules, from its file; what is wrong is added to `gaps`."""
    return {code: _country(code, row, gaps) for code, row in rows.items()}


def _country(code: str, row: Mapping[str, Any], gaps: list[str]) -> Country:
    name = f"countries/{code}.toml"
    groups = get_args(Group)
    known = {part.name for part in fields(Country)} - {"code", "laws"}
    gaps += [f"{name}: lacks [{group}]" for group in groups if group not in row]
    gaps += [f"{name}: has unknown {other}" for other in row if other not in known.union(groups)]
    described: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in row.items() if key in known
    }
    try:
        holidays(described.get("holidays", ()), 2000)
    except ValueError as fault:
        gaps.append(f"{name}: cannot read the holiday {fault}")
    laws = {}
    for group in groups:
        try:
            laws[group] = _law(row.get(group, {}), described)
        except (TypeError, ValueError, AttributeError):
            gaps.append(f"{name}: [{group}] cannot be read")
    return Country(code, laws, **described)


def _law(row: Mapping[str, Any], described: Mapping[str, Any]) -> Law:
    values = dict(row)
    hours = _hours(values.pop("hours", {}))
    states = {code: _hours(state) for code, state in values.pop("states", {}).items()}
    law = Law(
        **values, hours=hours, states=states, language=described.get("language"),
        holidays=described.get("holidays", ()),
    )  # fmt: skip
    if not {law.customer, law.former, law.trial, law.never} <= set(get_args(Basis)):
        raise ValueError("basis")
    return law


def _hours(row: Mapping[str, Any]) -> Hours:
    spans: dict[str, Any] = {key: tuple(map(_span, value)) for key, value in row.items() if key != "name"}
    return Hours(**spans, name=row.get("name", ""))


def _span(text: str) -> Span:
    start, _, end = text.partition("-")
    return int(start), int(end)
