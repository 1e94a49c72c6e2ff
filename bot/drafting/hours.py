"""When a message may come to a person: in the hours of their law, on every clock that may be theirs.

A person is where they were last known to be. Where only the country is known it may be any of its zones, and a call or
a text goes to a number that may be at home elsewhere: the hours must then suit all of these clocks at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd
from babel.core import get_global

from bot.drafting.law import Law

BY_NUMBER = ("sms", "phone", "whatsapp")
"""Channels for which the country of the number has a say beside that of the person."""
STEP = timedelta(minutes=15)
"""No zone is apart from another by less."""
AHEAD = timedelta(days=14)
"""So far a moment is looked for."""
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Area:
    """Where the numbers of an area code are at home."""

    state: str
    zones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Where:
    """A person's place, as far as it is known, and where their number is from, where one is used."""

    country: str
    region: str
    zone: str
    number: str = ""
    """The country of the number."""
    area: Area | None = None

    def clocks(self) -> tuple[tuple[str, str, ZoneInfo], ...]:
        """(country, region, zone) of each clock that may be theirs; none where nothing is known."""
        own = _zone(self.zone)
        zones = (own,) if own else zones_of(self.country)
        here = tuple((self.country, self.region, zone) for zone in zones)
        if self.area is not None:
            return here + tuple((self.number, self.area.state, ZoneInfo(name)) for name in self.area.zones)
        away = () if self.number in ("", self.country) else tuple((self.number, "", z) for z in zones_of(self.number))
        return here + away


def wheres(people: pd.DataFrame, areas: Mapping[str, Area], *, by_number: bool) -> Iterator[Where]:
    """The place of each person, in their order; with that of their number where the channel goes to one."""
    p = people[["country", "region", "zone", "number_country", "number_area"]].fillna("")
    places = zip(p.country, p.region, p.zone, strict=True)
    if not by_number:
        return (Where(*place) for place in places)
    numbers = zip(places, p.number_country, p.number_area, strict=True)
    return (Where(*place, code, areas.get(area) if code == "US" else None) for place, code, area in numbers)


def open_at(where: Where, laws: Mapping[str, Law], moment: datetime) -> bool:
    """Whether a moment (naive UTC) lies within the hours on every clock; where no clock is known, it does not."""
    clocks, instant = where.clocks(), moment.replace(tzinfo=UTC)
    return bool(clocks) and all(
        country in laws and laws[country].open_at(instant.astimezone(zone), region) for country, region, zone in clocks
    )


def span(
    where: Where, laws: Mapping[str, Law], since: datetime, hour: int | None = None
) -> tuple[datetime, datetime] | None:
    """The first stretch from `since` on in which it may come, on the person's clock; None where there is none soon.

    `hour` is that of the day at which the person uses the product: where it comes round within a day of the first
    moment, the stretch begins with it.
    """
    if not (clocks := where.clocks()):
        return None
    zone = clocks[0][2]
    first = next((one for one in _quarters(since, since + AHEAD) if open_at(where, laws, one)), None)
    if first is None:
        return None
    moment = first
    if hour is not None:
        near = (one for one in _quarters(first, first + DAY) if _local(one, zone).hour == hour)
        moment = next((one for one in near if open_at(where, laws, one)), first)
    last = moment + DAY
    end = next((one for one in _quarters(moment, last) if not open_at(where, laws, one)), last)
    return _local(moment, zone), _local(end, zone)


def _quarters(since: datetime, until: datetime) -> Iterator[datetime]:
    """A moment, and every full quarter of an hour after it."""
    moment = since
    while moment < until:
        yield moment
        moment = moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0) + STEP


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.replace(tzinfo=UTC).astimezone(zone)


@cache
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


@cache
def zones_of(country: str) -> tuple[ZoneInfo, ...]:
    """All time zones of a country, by CLDR; each clock that differs from the others once in a year counts."""
    found = (_zone(name) for name, home in sorted(get_global("zone_territories").items()) if home == country)
    return tuple(zone for zone in found if zone is not None)
