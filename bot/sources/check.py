"""The truth about a company's data: what is mapped, what is missing, how fresh it is, what is odd.

Nothing here mends anything. Which metrics are available is told by whoever knows the metrics,
from `Company.has`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.sources import probes, volume
from bot.sources.canonical import TABLES
from bot.sources.company import FACTS, FALLBACKS, Company
from bot.sources.probes import Oddity
from bot.sources.profile import SourceReport, sources
from bot.sources.role import role_note
from bot.types import Note, instant, local_day

PATIENCE = 600.0
"""Seconds a query of the check may take: it looks at every row, and nobody waits in a channel."""
RECENT_DAYS = 7
BASE_DAYS = 28
COLLAPSE = 0.5
"""A week with less than this share of the daily volume of the four weeks before it has collapsed."""
BUSY = 5.0
"""Below so many rows a day, a quiet week says nothing."""
WEEKS_OF_SILENCE = 8
"""A weekday without one row in so many weeks is a habit of the company or of its loader."""


@dataclass(frozen=True, slots=True)
class TableReport:
    """One mapped table. `first` and `last` are instants (naive UTC); `last` is not in the future."""

    name: str
    rows: int
    first: datetime | None
    last: datetime | None
    mapped: tuple[str, ...]
    missing: tuple[str, ...]
    """Optional columns the company does not map."""


@dataclass(frozen=True, slots=True)
class Report:
    """All that `check` tells."""

    tables: tuple[TableReport, ...]
    missing: tuple[str, ...]
    """Canonical tables the company does not map."""
    sources: tuple[SourceReport, ...]
    """The company's own tables, before any mapping."""
    as_of: date
    pinned: bool
    """The workspace names the as-of day itself."""
    snapshot: bool
    last: date | None
    """The last day with data in the tables that show what was loaded."""
    hours: float | None
    """From the end of that day to now."""
    stale: bool
    """More hours than the definitions allow; never where the as-of day is pinned."""
    oddities: tuple[Oddity, ...]
    role: Note | None
    """What the role could change that the data is read with; None where that is nothing."""


def examine(company: Company, now: datetime) -> Report:
    """Look at every mapped table. `now` is naive UTC. Raises `Unavailable` and `BadData`."""
    company = copy(company)
    company.seconds = PATIENCE
    zone = company.definitions.zone
    today = local_day(now, zone)
    as_of = company.as_of(today)
    tables: list[TableReport] = []
    oddities: list[Oddity] = []
    for name, mapped in company.mapped.items():
        found, odd = probes.of_rows(company, name, now)
        columns = tuple(column for column in mapped.table.names if column in mapped.feeds)
        tables.append(
            TableReport(
                name,
                int(found["rows"]),
                found["first"],
                found["last"],
                columns,
                tuple(column for column in mapped.table.names if column not in mapped.feeds),
            )
        )
        oddities += odd
        oddities += probes.of_keys(company, name)
        oddities += probes.of_references(company, name)
        oddities += probes.of_beginnings(company, name)
        if not found["rows"]:
            oddities.append(Oddity("empty_table", name, None, 0))
    if company.has("subscriptions"):
        oddities += probes.of_stretches(company, instant(as_of, zone))
    if not company.definitions.snapshot:
        for table, column in FACTS:
            if company.has(table, column):
                oddities += of_days(daily(company, table, column, now), table, column, as_of)
        for table, column in volume.LOGS:
            if company.has(table, column) and (found_cut := volume.cut_of(company, table, column, as_of)):
                few = round(found_cut.since * (as_of - found_cut.day).days)
                oddities.append(Oddity("log_ends", table, column, few, None, str(found_cut.day)))
    last = last_day(tables, zone)
    hours = None if last is None else (now - instant(last + timedelta(days=1), zone)).total_seconds() / 3600
    pinned = company.pinned is not None
    stale = hours is not None and hours > company.definitions.freshness_hours and not pinned
    return Report(
        tuple(tables),
        tuple(name for name in TABLES if name not in company.mapped),
        tuple(sources(company)),
        as_of,
        pinned,
        company.definitions.snapshot,
        last,
        None if hours is None else max(0.0, hours),
        stale,
        tuple(oddities),
        role_note(company),
    )


def last_day(tables: list[TableReport], zone: str) -> date | None:
    """The last day with data: of the fact tables, else of the next best ones."""
    for names in ({name for name, _ in FACTS}, {name for name, _ in FALLBACKS}):
        lasts = [table.last for table in tables if table.name in names and table.last]
        if lasts:
            return local_day(max(lasts), zone)
    return None


def daily(company: Company, table: str, column: str, now: datetime) -> dict[date, int]:
    """Day in the reporting zone → rows, without those in the future."""
    rows: Any = company.tables[table]
    rows = rows.filter(rows[column].notnull() & (rows[column] < now))
    # Hours keep days apart in every zone whose offset is in whole hours; finer ones are cut to it.
    hours = rows.group_by(hour=rows[column].truncate("h")).aggregate(rows=rows.count())
    frame = company.run(hours)
    zone = ZoneInfo(company.definitions.zone)
    days: Counter[date] = Counter()
    for hour, count in zip(frame["hour"], frame["rows"], strict=True):
        days[hour.tz_localize(UTC).astimezone(zone).date()] += int(count)
    return days


def of_days(days: dict[date, int], table: str, column: str, as_of: date) -> Iterator[Oddity]:
    """A last month that stops early, a volume that collapsed, a weekday on which nothing happens."""
    after = sum(count for day, count in days.items() if day >= as_of)
    if after:
        yield Oddity("after_as_of", table, column, after, str(max(days)), str(as_of))
    days = {day: count for day, count in days.items() if day < as_of}
    if not days:
        return
    last = max(days)
    month_ends = (last.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    if last < month_ends:
        yield Oddity("last_month_incomplete", table, column, last.day, str(last), str(month_ends.day))
    recent = [last - timedelta(days=back) for back in range(RECENT_DAYS)]
    base = [recent[-1] - timedelta(days=back) for back in range(1, BASE_DAYS + 1)]
    usual = sum(days.get(day, 0) for day in base) / BASE_DAYS
    latest = sum(days.get(day, 0) for day in recent) / RECENT_DAYS
    if min(days) <= base[-1] and usual >= BUSY and latest < usual * COLLAPSE:
        yield Oddity("volume_collapsed", table, column, round(latest), str(recent[-1]), str(round(usual)))
    if (last - min(days)).days >= WEEKS_OF_SILENCE * 7:
        silent = set(range(7)) - {day.weekday() for day in days}
        if len(days) > BUSY * WEEKS_OF_SILENCE:
            for weekday in sorted(silent):
                yield Oddity("silent_weekday", table, column, 0, None, str(weekday))
