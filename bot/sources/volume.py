"""Where a log was cut: a table whose daily volume falls to a trickle and stays there until its end.

Seen from inside, such a fall looks like an event of the business; it is one of the data, and must be told as one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bot.sources import casting
from bot.sources.company import Company
from bot.types import instant

LOGS = (
    ("events", "occurred_at"), ("sessions", "started_at"), ("orders", "occurred_at"), ("payments", "occurred_at"),
    ("tickets", "created_at"), ("surveys", "sent_at"), ("survey_answers", "answered_at"), ("sends", "occurred_at"),
    ("message_events", "occurred_at"),
)  # fmt: skip
"""Tables into which rows flow every day; what people seldom do (subscribe, refer) says nothing by a quiet month."""
WEEK = 7
USUAL_WEEKS = 8
"""So many weeks before the cut tell what was usual."""
QUIET_WEEKS = 4
"""So many weeks of trickle, at least, make a cut: a holiday is shorter."""
BUSY_WEEK = 35
"""Under so many rows a week, a quiet month says nothing."""
TRICKLE, MOST = 0.1, 0.25
"""After the cut a week has this share of the usual on average, and never more than the second."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The first day without the usual volume, rows a day before it (eight weeks) and since."""

    day: date
    before: float
    since: float


def cut(days: Mapping[date, int], as_of: date) -> Cut | None:
    """Where the log with so many rows a day ends before the as-of day, if it does; later rows are not looked at."""
    first = min(days, default=as_of)
    weeks = [
        sum(days.get(as_of - timedelta(days=WEEK * back + day), 0) for day in range(1, WEEK + 1))
        for back in range((as_of - first).days // WEEK)
    ]
    for last in range(QUIET_WEEKS + 1, len(weeks) - USUAL_WEEKS + 1):
        usual = sum(weeks[last : last + USUAL_WEEKS]) / USUAL_WEEKS
        quiet = weeks[: last - 1]
        if usual < BUSY_WEEK or weeks[last] < usual / 2:
            continue
        if max(quiet) > MOST * usual or sum(quiet) / len(quiet) > TRICKLE * usual:
            return None
        border = as_of - timedelta(days=WEEK * (last - 1))
        busy = [border - timedelta(days=back) for back in range(1, 2 * WEEK + 1)]
        # The week between may have a part of both: the cut follows the last day of any volume.
        busy = [border + timedelta(days=ahead) for ahead in range(WEEK)][::-1] + busy
        day = next(one for one in busy if days.get(one, 0) >= MOST * usual / WEEK) + timedelta(days=1)
        since = sum(rows for at, rows in days.items() if day <= at < as_of) / max(1, (as_of - day).days)
        return Cut(day, usual / WEEK, since)
    return None


def cut_of(company: Company, table: str, column: str, as_of: date) -> Cut | None:
    """Where this table of a company was cut, in days of the reporting zone."""
    zone = company.definitions.zone
    rows: Any = company.tables[table]
    rows = rows.filter(rows[column].notnull() & (rows[column] < instant(as_of, zone)))
    daily = rows.group_by(day=casting.day_of(rows[column], zone)).aggregate(rows=rows.count())
    return cut({_date(row["day"]): int(row["rows"]) for row in company.rows(daily)}, as_of)


def _date(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value
