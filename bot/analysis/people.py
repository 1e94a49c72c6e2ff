"""Who: the accounts behind a number or in a segment, for those who may see them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import ibis.expr.types as ir

from bot.analysis.measure import Analyst, asked_of
from bot.analysis.profile import check_seen
from bot.analysis.rows import plain
from bot.errors import BadQuestion, NotAllowed
from bot.metrics import catalogue
from bot.metrics.groups import found as segment_named
from bot.metrics.segments import SEGMENTS
from bot.metrics.tables import Tables
from bot.types import Evidence, Grain, Note, Query, Shape, Unit, Window

MONEY = frozenset({"mrr", "expected_loss", "expected_value"})
WORTH = ("expected_loss", "mrr")
"""Columns that a list is ordered by, the first that it has."""
MOST_PEOPLE = 500
"""Rows of one list; the count is told in full, the list is cut."""


def accounts_of(analyst: Analyst, query: Query) -> tuple[str, ...]:
    """The ids of the accounts a query is about: a segment, the people behind a metric, or one account by id."""
    _, _, found = _found(analyst, query)
    return tuple(analyst.company.run(found.select("account_id").distinct().order_by("account_id"))["account_id"])


def listed_as(analyst: Analyst, query: Query, account: str) -> dict[str, Any] | None:
    """The row of one account among those a query is about, as `list_people` has it; None where it is not of them."""
    if not analyst.rights.person_level:
        raise NotAllowed("people_not_allowed")
    _, tables, found = _found(analyst, query)
    table = _described(analyst, tables, found)
    rows = analyst.company.rows(table.filter(table.account_id == account))
    return rows[0] if rows else None


def rule_sql(analyst: Analyst, query: Query) -> str:
    """The query that chooses the accounts, in the dialect of the source: what defines an audience."""
    _, _, found = _found(analyst, query)
    return analyst.company.sql(found.select("account_id").distinct().order_by("account_id"))


def list_people(analyst: Analyst, query: Query, *, id: str = "e1") -> Evidence:
    """The accounts a query is about, the most valuable first, or those of whom most may be lost.

    Rows: account_id, name, country, language, and the columns that say why each is listed. At most
    `MOST_PEOPLE` rows are fetched; `n` of the caveat `list_cut` says how many there are then.
    """
    if not analyst.rights.person_level:
        raise NotAllowed("people_not_allowed")
    query, tables, found = _found(analyst, query)
    table = _described(analyst, tables, found)
    limit = min(query.limit or MOST_PEOPLE, MOST_PEOPLE)
    asked_for = (query.subject, query.metric, query.variant, query.window, query.filters, query.exclude)
    metric = catalogue().get(query.metric or "")
    last = metric.listed if metric is not None else None
    # Where the engine knows no order of worth it is the last step that tells it, and it must see everybody.
    whole = last is not None and not set(WORTH) & set(table.columns)
    frame, sql = analyst.kept.get(
        analyst.key("people", asked_for, limit, whole),
        lambda: analyst.company.query(table if whole else table.limit(limit)),
    )
    if metric is not None and last is not None and query.window is not None:
        frame = last(frame, asked_of(analyst, metric, query, query.window)).head(limit)
    rows = tuple({str(key): plain(value) for key, value in row.items()} for row in frame.to_dict("records"))
    caveats = _unseen(tables, query)
    if len(rows) == MOST_PEOPLE:
        total = analyst.kept.get(
            analyst.key("how many people", asked_for),
            lambda: int(analyst.company.run(found.agg(n=found.count()))["n"].iloc[0]),
        )
        caveats += (Note("list_cut", {"n": total, "shown": len(rows)}),) if total > len(rows) else ()
    return Evidence(
        id=id,
        query=query,
        role="main",
        unit=Unit.COUNT,
        good="context",
        shape=Shape.ROSTER,
        version=1,
        columns=tuple(str(column) for column in frame.columns),
        rows=rows,
        as_of=analyst.as_of,
        currency=analyst.company.definitions.currency if MONEY & set(frame.columns) else None,
        rights=analyst.rights.row_filters,
        sql=sql,
        caveats=caveats,
    )


def _unseen(tables: Tables, query: Query) -> tuple[Note, ...]:
    """What a rule could not look at, because the company has none of it, and what it took for granted."""
    segment = segment_named(tables, query.subject)
    missing = segment.unseen(tables) if segment else []
    notes = [Note("segment_without", {"segment": query.subject, "missing": missing})] if missing else []
    needs = segment.needs if segment else catalogue()[query.metric].needs if query.metric else ()
    by_use = "events" in {need.partition(".")[0] for need in needs}
    if by_use and not tables.has("events", "is_active_event"):
        notes.append(Note("every_event_counts"))
    return tuple(notes)


def _found(analyst: Analyst, query: Query) -> tuple[Query, Tables, ir.Table]:
    """(the query settled, its tables, one row per account it is about)."""
    if segment := analyst.segment(query.subject):
        day = analyst.as_of
        tables = analyst.tables(query)
        analyst.check_dimensions(query)
        window = query.window or Window(day, day, Grain.DAY, analyst.company.definitions.zone, "day")
        return replace(query, window=window), tables, segment(tables, day)
    if query.metric is None and query.subject:
        tables = analyst.tables(query)
        accounts = tables["accounts"]
        one = accounts.filter(accounts.account_id == query.subject).select("account_id")
        if not len(analyst.company.run(one)):
            check_seen(analyst, query.subject)
            raise BadQuestion("unknown_account", id=query.subject)
        return query, tables, one
    if query.metric is None:
        raise BadQuestion("for_whom", near=sorted(SEGMENTS))
    query = analyst.settled(replace(query, by=()))
    metric = catalogue()[query.metric or ""]
    if metric.people is None:
        raise BadQuestion("no_people_behind", metric=metric.name)
    tables = analyst.tables(query)
    people: ir.Table = metric.people(tables, query.window, **dict(query.variant))
    return query, tables, people


def _described(analyst: Analyst, tables: Tables, found: ir.Table) -> ir.Table:
    """Add what a person needs to recognise an account: name, country, plan, MRR now or when it left."""
    extra = [column for column in ("name", "country", "language") if analyst.company.has("accounts", column)]
    frame = found
    if extra:
        accounts = tables["accounts"].select("account_id", *extra)
        frame = frame.left_join(accounts, "account_id").drop("account_id_right")
    lead = ["account_id", *extra]
    why = [column for column in frame.columns if column not in lead and column != "plan_id"]
    frame = frame.select(*lead, *why)
    worth = [frame[column].desc() for column in WORTH if column in frame.columns]
    return frame.order_by([*worth[:1], frame.account_id])
