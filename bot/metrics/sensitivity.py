"""What a small change would be worth: churn, acquisition or price by one percent, churn also by one point."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import ibis.expr.types as ir
import pandas as pd

from bot.metrics.customers import SUBSCRIPTIONS, churn_rate, new_customers
from bot.metrics.declare import Asked, metric
from bot.metrics.lifetime_value import margin_notes, margin_of, months_in
from bot.metrics.revenue import arpa
from bot.metrics.tables import Tables
from bot.types import Note, Shape, Unit, Window

MONTHS = 12
ONE_PERCENT = 0.01
CASES = ("base", "churn_1_percent", "churn_1_point", "acquisition_1_percent", "arpa_1_percent")


def projected(customers: float, churn: float, won: float, brings: float, months: int = MONTHS) -> float:
    """What customers bring in over the months: each month the share `churn` leaves, then `won` new ones join."""
    total = 0.0
    for _ in range(months):
        customers = customers * (1 - churn) + won
        total += customers * brings
    return total


def _cases(frame: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """The base of the company, and each change alone."""
    base = {name: float(frame[name].fillna(0).iloc[0]) for name in ("mrr", "customers", "lost", "started", "came")}
    months = months_in(asked.window)
    # Of nobody at the start, or at the end, there is no rate and no ARPA to project with.
    left = base["lost"] / base["started"] if base["started"] else math.nan
    churn, won = 1 - (1 - left) ** (1 / months), base["came"] / months
    each = base["mrr"] / base["customers"] if base["customers"] else math.nan
    margin, basis = margin_of(asked.definitions)
    told = {
        "base": (churn, won, each),
        "churn_1_percent": (churn * (1 - ONE_PERCENT), won, each),
        "churn_1_point": (max(churn - ONE_PERCENT, 0.0), won, each),
        "acquisition_1_percent": (churn, won * (1 + ONE_PERCENT), each),
        "arpa_1_percent": (churn, won, each * (1 + ONE_PERCENT)),
    }
    rows = pd.DataFrame(
        [
            {
                "type": case,
                "value": projected(base["customers"], told[case][0], told[case][1], told[case][2] * margin),
                "n": int(base["customers"]),
                "churn": told[case][0],
                "new_a_month": told[case][1],
                "arpa": told[case][2],
                "basis": basis,
            }
            for case in CASES
        ]
    )
    return rows.assign(change=rows["value"] - rows["value"].iloc[0])


def _notes(rows: Sequence[Mapping[str, Any]], asked: Asked) -> list[Note]:
    return [*margin_notes(rows, asked), *([Note("sensitivity_constant")] if rows else [])]


@metric(
    unit=Unit.MONEY,
    good="context",
    shape=Shape.LEVEL,
    needs=(*SUBSCRIPTIONS, "subscriptions.mrr"),
    keys=("type",),
    companions=("churn_rate", "new_customers", "arpa"),
    finish=_cases,
    notes=_notes,
)
def sensitivity(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """What twelve months would bring as things are, and with one small change each: both readings of "1 % less churn".

    Formula: month by month, customers = customers of the month before x (1 - monthly churn) + new customers a month;
    revenue = customers x ARPA x gross margin, added over 12 months. churn_1_percent lowers churn by 1 % of itself,
    churn_1_point by one point; change is the difference to the base.
    At risk: the company's own base: customers and ARPA at the end of the period, its churn as a monthly rate, its new
    customers a month; every cohort is taken to leave at that one rate.
    Example: 2026-10, the finger-count company, type=base: 5943.17.
    Source: the projection of a customer base with constant churn; see clv_predicted on what that leaves out.
    """
    paid: ir.Table = arpa(t, window, by)
    left: ir.Table = churn_rate(t, window, by)
    came: ir.Table = new_customers(t, window, by)
    # A churn rate of nobody has no row.
    base = left.agg(lost=left.part.sum().fill_null(0), started=left.whole.sum().fill_null(0))
    joined = paid.select(mrr="part", customers="whole").cross_join(base)
    return joined.cross_join(came.select(came="value"))
