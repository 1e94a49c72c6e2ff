"""What accounts are worth to keep or to win back, one by one, and in which segments they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import ibis
import pandas as pd

from bot.analysis.measure import Analyst, measure
from bot.analysis.windows import default_window
from bot.errors import ForPerson
from bot.metrics.expressions import money
from bot.metrics.lifetime_value import margin_of
from bot.metrics.segments import SEGMENTS
from bot.metrics.terms import Policy, holds, terms
from bot.types import Evidence, Grain, Intent, Query, Window, instant

Members: TypeAlias = Mapping[str, frozenset[str]]
"""Segment → the accounts in it."""


@dataclass(frozen=True)
class Values:
    """What one more customer, or one more order, brings: of an account that ever paid by what it pays or paid."""

    retained: pd.Series
    """Account → its lifetime value; one that never paid has no row."""
    usual: float | None
    """The lifetime value of a customer who is like all others; None where it cannot be told."""
    order: float | None
    """What an order brings; None where there are none."""
    evidence: tuple[Evidence, ...]
    sql: str

    def of(self, outcome: str, accounts: Sequence[str]) -> pd.Series | None:
        """The value of each account for an outcome ("retained", "conversion"); None where it cannot be told."""
        if outcome == "conversion":
            return None if self.order is None else pd.Series(self.order, index=list(accounts), dtype="float64")
        if self.usual is None:
            return None
        return self.retained.reindex(list(accounts)).fillna(self.usual)


def members(analyst: Analyst, names: Sequence[str]) -> tuple[Members, str]:
    """The accounts of each of these segments that the data can tell, read at once, and the query that tells them."""
    t = analyst.tables(Query(Intent.SEGMENT))
    told = [SEGMENTS[name] for name in names if not SEGMENTS[name].missing(t)]
    if not told:
        return {}, ""
    parts = [one(t, analyst.as_of).select("account_id", segment=ibis.literal(one.name)) for one in told]
    frame, sql = analyst.company.query(ibis.union(*parts) if len(parts) > 1 else parts[0])
    found = {str(name): frozenset(rows.account_id) for name, rows in frame.groupby("segment")}
    return {one.name: found.get(one.name, frozenset()) for one in told}, sql


def values(analyst: Analyst) -> Values:
    """Of each account what it pays a month, or last paid, times what a customer brings for each unit of what it pays.

    That factor is the simple lifetime value over twelve months: margin / monthly churn. An order brings the mean order
    of twelve months at the margin.
    """
    definitions = analyst.company.definitions
    year = default_window(Grain.YEAR, analyst.as_of, definitions.zone, definitions.week_start)
    found: list[Evidence] = []
    usual = order = None
    paid, sql = pd.Series(dtype="float64"), ""
    if (worth := _measured(analyst, "clv_predicted", year)) is not None:
        found.append(worth)
        row = worth.rows[0]
        if row.get("value") and row.get("arpa"):
            usual = float(row["value"])
            paid, sql = _paid(analyst)
            paid = paid * (usual / float(row["arpa"]))
    if (basket := _measured(analyst, "aov", year)) is not None and basket.rows[0].get("value"):
        found.append(basket)
        order = float(basket.rows[0]["value"]) * margin_of(definitions)[0]
    return Values(paid, usual, order, tuple(found), sql)


def _measured(analyst: Analyst, metric: str, window: Window) -> Evidence | None:
    try:
        found = measure(analyst, Query(Intent.VALUE, metric, window), role="companion")
    except ForPerson:
        return None
    return found if found.rows else None


def _paid(analyst: Analyst) -> tuple[pd.Series, str]:
    """Account → MRR at the start of the as-of day, else that of its last subscription; only what was above nought."""
    t = analyst.tables(Query(Intent.SEGMENT))
    day = instant(analyst.as_of, analyst.company.definitions.zone)
    rows = terms(t, Policy.of(analyst.company.definitions))
    rows = rows.filter((rows.pays == 1) & (rows.opens <= day))
    each = rows.group_by("account_id").agg(
        now=rows.micros.sum(where=holds(rows, day)).fill_null(0), last=rows.micros.argmax(rows.closes)
    )
    told = each.select("account_id", mrr=money((each.now > 0).ifelse(each.now, each["last"])))
    frame, sql = analyst.company.query(told.filter(told.mrr > 0).order_by("account_id"))
    return frame.set_index("account_id").mrr.astype("float64"), sql
