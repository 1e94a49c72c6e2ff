"""How many rows of the tables that a metric reads lie before a day: counted again later, it tells which came late."""

from __future__ import annotations

from datetime import date

import ibis

from bot.analysis.measure import Analyst
from bot.metrics import catalogue
from bot.sources.canonical import TABLES
from bot.types import Query, instant


def rows_until(analyst: Analyst, query: Query, day: date) -> dict[str, int]:
    """Table → its rows before `day`, of those that the asker may see; without tables that are not laid in time."""
    t, until = analyst.tables(query), instant(day, analyst.company.definitions.zone)
    needs = {one.partition(".")[0] for need in catalogue()[query.metric or ""].needs for one in need.split("|")}
    dated = {name: TABLES[name].instant for name in sorted(needs)}
    counts = [
        t[name].filter(t[name][column] < until).aggregate(table=ibis.literal(name), n=ibis._.count())
        for name, column in dated.items()
        if column and analyst.company.has(name, column)
    ]
    if not counts:
        return {}
    found = analyst.company.rows(ibis.union(*counts) if len(counts) > 1 else counts[0])
    return {str(row["table"]): int(row["n"]) for row in found}
