"""How many customers a group has on the day of the question, and had a month before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import ibis

from bot.analysis.measure import Analyst, Role
from bot.errors import BadQuestion, NotAllowed
from bot.metrics.dimensions import months_before
from bot.types import Evidence, Grain, Query, Shape, Unit, Window


def sized(analyst: Analyst, query: Query, ids: tuple[str, str]) -> tuple[Evidence, Evidence | None]:
    """The size of the group that is the query's subject, under its filters: now, and a month before.

    Each has one row, value and n. None where the data is one undated picture. NotAllowed where fewer are in it than
    the asker may see, BadData where the data lacks what its rule looks at.
    """
    analyst.check_dimensions(query)
    segment = analyst.segment(query.subject)
    if segment is None:
        raise BadQuestion("for_whom", near=[])
    tables, definitions = analyst.tables(query), analyst.company.definitions
    days = [analyst.as_of] if definitions.snapshot else [analyst.as_of, months_before(analyst.as_of, 1)]
    parts = []
    for at, day in enumerate(days):
        members = segment(tables, day)
        parts.append(members.agg(n=members.count()).mutate(at=ibis.literal(at)))
    frame, sql = analyst.kept.get(
        analyst.key("size of", query.subject, query.filters, query.exclude),
        lambda: analyst.company.query(ibis.union(*parts) if len(parts) > 1 else parts[0]),
    )
    sizes = dict(zip(frame["at"], frame["n"], strict=True))
    if any(size < analyst.rights.smallest_cell for size in sizes.values()):
        raise NotAllowed("too_few_to_show", smallest=analyst.rights.smallest_cell)

    def told(at: int, role: Role) -> Evidence:
        return _evidence(analyst, query, days[at], int(sizes[at]), sql, ids[at], role)

    return told(0, "main"), told(1, "baseline") if len(days) > 1 else None


def _evidence(analyst: Analyst, query: Query, day: date, size: int, sql: str, id: str, role: Role) -> Evidence:
    window = Window(day, day, Grain.DAY, analyst.company.definitions.zone, "day")
    return Evidence(
        id=id, query=replace(query, window=window), role=role, unit=Unit.COUNT, good="context", shape=Shape.LEVEL,
        version=1, columns=("value", "n"), rows=({"value": size, "n": size},), as_of=analyst.as_of,
        rights=analyst.rights.row_filters, sql=sql,
    )  # fmt: skip
