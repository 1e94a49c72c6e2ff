"""Who: the accounts behind a number or in a segment, for those who may see them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import ibis.expr.types as ir

from bot.analysis.measure import Analyst, plain
from bot.errors import BadQuestion, NotAllowed
from bot.metrics import catalogue
from bot.metrics.population import Tables
from bot.metrics.segments import SEGMENTS
from bot.types import Evidence, Grain, Query, Shape, Unit, Window

MOST_PEOPLE = 500
"""Rows of one list; the count is told in full, the list is cut."""


def list_people(analyst: Analyst, query: Query, *, id: str = "e1") -> Evidence:
    """The accounts of `query.subject` (a segment) or behind `query.metric`, the most valuable first.

    Rows: account_id, name, country, plan, mrr, and the columns that say why; `n` of the whole list
    is in every row's count column through `Evidence.rows` length and the caveat when cut.
    """
    if not analyst.rights.person_level:
        raise NotAllowed("people_not_allowed")
    tables = analyst.tables(query)
    if query.subject in SEGMENTS:
        day = analyst.as_of
        window = query.window or Window(day, day, Grain.DAY, analyst.company.definitions.zone, "day")
        found = SEGMENTS[query.subject](tables, day)
        query = replace(query, window=window)
    else:
        query = analyst.settled(replace(query, by=()))
        metric = catalogue()[query.metric or ""]
        if metric.people is None:
            raise BadQuestion("no_people_behind", metric=metric.name)
        found = metric.people(tables, query.window, **dict(query.variant))
    table = _described(analyst, tables, found)
    limit = min(query.limit or MOST_PEOPLE, MOST_PEOPLE)
    frame = analyst.company.run(table.limit(limit))
    rows = tuple({str(key): plain(value) for key, value in row.items()} for row in frame.to_dict("records"))
    return Evidence(
        id=id,
        query=query,
        role="main",
        unit=Unit.COUNT,
        good="context",
        shape=Shape.ROSTER,
        version=1,
        columns=tuple(table.columns),
        rows=rows,
        as_of=analyst.as_of,
        currency=analyst.company.definitions.currency if "mrr" in table.columns else None,
        rights=analyst.rights.row_filters,
        sql=analyst.company.sql(table),
    )


def _described(analyst: Analyst, tables: Tables, found: ir.Table) -> ir.Table:
    """Add what a person needs to recognise an account: name, country, plan, MRR now or when it left."""
    extra: dict[str, Any] = {}
    for column in ("name", "country", "language"):
        if analyst.company.has("accounts", column):
            extra[column] = column
    frame = found
    if extra:
        accounts = tables["accounts"].select("account_id", *extra)
        frame = frame.left_join(accounts, "account_id").drop("account_id_right")
    lead = ["account_id", *extra]
    order = [frame.mrr.desc(), frame.account_id] if "mrr" in frame.columns else [frame.account_id]
    why = [column for column in frame.columns if column not in lead and column != "plan_id"]
    return frame.order_by(order).select(*lead, *why)
