"""The simple lifetime value, margin over churn, and what it is set against: the cost of winning a customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bot.metrics.customers import churn_rate
from bot.metrics.declare import Asked
from bot.metrics.expressions import ratio
from bot.metrics.revenue import arpa
from bot.metrics.tables import Tables, beside
from bot.types import Definitions, Note, Window

SIMPLE = ("margin_over_churn", "revenue_over_churn")
"""The forms that need no model: what a customer brings a month, over the share that leaves a month."""
MONTHS_A_DAY = 12 / 365.25


def months_in(window: Window) -> float:
    """How many months a window is: whole ones are counted, other windows told by their days."""
    if window.start.day == window.end.day == 1:
        return float((window.end.year - window.start.year) * 12 + window.end.month - window.start.month)
    return window.days * MONTHS_A_DAY


def margin_of(definitions: Definitions, ltv_method: str = SIMPLE[0]) -> tuple[float, str]:
    """(what of revenue is counted, its name): the gross margin, or all of it, named "revenue", where none is set."""
    if ltv_method == "revenue_over_churn" or definitions.margin is None:
        return 1.0, "revenue"
    return definitions.margin, "margin"


def margin_notes(rows: Sequence[Mapping[str, Any]], asked: Asked) -> list[Note]:
    """Why a value is told as revenue, where nobody asked for revenue."""
    wanted = asked.variant.get("ltv_method", SIMPLE[0])
    return [Note("margin_unknown")] if asked.definitions.margin is None and wanted == SIMPLE[0] and rows else []


def simple_value(t: Tables, window: Window, by: tuple[str, ...] = (), *, ltv_method: str = SIMPLE[0]) -> ir.Table:
    """One row a segment: value = ARPA x margin / monthly churn (null where nobody left), and what it is made of.

    Columns: the dimensions, arpa (at the end), churn (of the period, as a monthly rate: 1 - (1 - c)^(1/months)),
    margin, basis ("margin" or "revenue"), value, n (customers at the start).
    """
    margin, basis = margin_of(t.definitions, ltv_method)
    paid: ir.Table = arpa(t, window, by)
    left: ir.Table = churn_rate(t, window, by)
    left = left.select(*by, lost=left.part, n=left.whole)
    joined = beside(paid, left, by)
    kept = cast(Any, 1.0) - cast(Any, ratio(joined.lost, joined.n))
    churn = cast(Any, 1.0) - kept ** months_in(window) ** -1
    frame = joined.select(*by, arpa=ratio(joined.part, joined.whole), churn=churn, n=joined.n.fill_null(0))
    return frame.mutate(
        margin=ibis.literal(margin, "float64"),
        basis=ibis.literal(basis),
        value=ratio(cast(Any, frame.arpa) * margin, frame.churn),
    )
