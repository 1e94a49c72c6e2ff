"""What happened around a day: annotations, notes, releases, campaigns; and what a campaign caused, where that can be
told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from bot.analysis.measure import Analyst, measure
from bot.analysis.rows import plain
from bot.errors import ForPerson
from bot.metrics.expressions import local_day
from bot.types import Evidence, Grain, Happening, Intent, Query, Shape, Unit, Window

SOURCES = (("annotations", "occurred_at"), ("releases", "released_at"), ("campaigns", "started_at"))
"""Table and the instant at which its rows happened."""
EARLIEST = date(1990, 1, 1)
COLUMNS = ("day", "what", "kind", "country")
MOST_ROWS = 200
HORIZONS = ("90", "30", "14")
"""Days after a message in which its effect is looked for, the longest first that is over."""


def happened(analyst: Analyst, first: date, last: date) -> tuple[Evidence | None, tuple[str, ...]]:
    """(what is on record from the first day to the last, both included; the tables of it that the company lacks).

    Rows: day, what, kind ("release" and "campaign" beside those of the annotations), country (None: everywhere), id,
    and source, "notes" for what people noted. What happened elsewhere than the asker may look is left out; a release
    annotated on its day is told once.
    """
    company = analyst.company
    lacking = tuple(table for table, column in SOURCES if not company.has(table, column))
    parts = [_rows(analyst, table, column) for table, column in SOURCES if table not in lacking]
    if not parts and not analyst.notes:
        return None, lacking
    found, sql = _of_data(analyst, parts, first, last) if parts else ([], "")
    found += [{**asdict(one), "id": None, "source": "notes"} for one in analyst.notes if first <= one.day <= last]
    found.sort(key=lambda one: one["day"])
    countries = {v for one in analyst.rights.row_filters if one.dimension == "country" for v in one.values}
    found = [one for one in found if not countries or one["country"] is None or one["country"] in countries]
    noted = {one["day"] for one in found if one["source"] == "annotations"}
    found = [one for one in found if one["source"] != "releases" or one["day"] not in noted]
    window = Window(first, last + timedelta(days=1), Grain.RANGE, company.definitions.zone, "range")
    evidence = Evidence(
        id="", query=Query(Intent.WHY, window=window, subject="annotations"), role="driver", unit=Unit.COUNT,
        good="context", shape=Shape.VERDICT, version=1, columns=(*COLUMNS, "id", "source"), rows=tuple(found),
        as_of=analyst.as_of, rights=analyst.rights.row_filters, sql=sql,
    )  # fmt: skip
    return evidence, lacking


def _of_data(analyst: Analyst, parts: Sequence[ir.Table], first: date, last: date) -> tuple[list[dict[str, Any]], str]:
    """The rows that the company's own tables have for these days, and the SQL that found them."""
    rows = ibis.union(*parts) if len(parts) > 1 else parts[0]
    rows = rows.filter((rows.day >= first) & (rows.day <= last)).order_by("day", "kind", "what")
    frame, sql = analyst.company.query(rows.limit(MOST_ROWS))
    return [{str(key): plain(value) for key, value in one.items()} for one in frame.to_dict("records")], sql


def on_record(analyst: Analyst) -> tuple[Happening, ...]:
    """All that happened before as-of, as far as it is on record and the asker may know, the earliest first."""

    def read() -> tuple[Happening, ...]:
        found, _ = happened(analyst, EARLIEST, analyst.as_of - timedelta(days=1))
        return (
            ()
            if found is None
            else tuple(Happening(row["day"], row["what"], row["kind"], row["country"]) for row in found.rows)
        )

    kept: tuple[Happening, ...] = analyst.kept.get(analyst.key("happenings", analyst.notes), read)
    return kept


def _rows(analyst: Analyst, table: str, column: str) -> ir.Table:
    rows = analyst.company.tables[table]
    rows = rows.filter(rows[column].notnull())
    day = local_day(rows[column], analyst.company.definitions.zone)
    text = ibis.null("string")
    if table == "annotations":
        return rows.select(day=day, what="text", kind=rows.kind, country=rows.country, id=text, source=_is(table))
    if table == "releases":
        return rows.select(day=day, what="name", kind=_is("release"), country=text, id="release_id", source=_is(table))
    named = ibis.coalesce(rows.name, rows.campaign_id)
    return rows.select(day=day, what=named, kind=_is("campaign"), country=text, id="campaign_id", source=_is(table))


def _is(word: str) -> Any:
    return ibis.literal(word)


def caused(analyst: Analyst, campaigns: Sequence[str], first: date, last: date) -> Evidence | None:
    """The uplift of campaigns of these days, over the longest horizon that is behind them; None where none can be told.

    Rows are those of the metric `uplift`, by campaign and arm, in what it calls "retained": a customer at the end.
    """
    zone = analyst.company.definitions.zone
    window = Window(first, last + timedelta(days=1), Grain.RANGE, zone, "range")
    for days in HORIZONS:
        if last + timedelta(days=int(days)) > analyst.as_of and days != HORIZONS[-1]:
            continue
        asked = Query(Intent.VALUE, "uplift", window, variant=(("horizon_days", days),))
        try:
            found = measure(analyst, asked, role="driver")
        except ForPerson:
            return None
        rows = tuple(row for row in found.rows if row["campaign"] in campaigns)
        if rows:
            return replace(found, rows=rows)
    return None
