"""Whether a customer brings more than it cost to win one, and after how long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bot.metrics.customers import SUBSCRIPTIONS
from bot.metrics.declare import Asked, metric
from bot.metrics.expressions import ratio
from bot.metrics.lifetime_value import SIMPLE, margin_notes, margin_of, simple_value
from bot.metrics.revenue import arpa
from bot.metrics.spending import SPEND, cac
from bot.metrics.tables import Tables, beside
from bot.types import Note, Shape, Unit, Window

NEEDS = (*SPEND, *SUBSCRIPTIONS, "subscriptions.mrr")


def _ltv_notes(rows: Sequence[Mapping[str, Any]], asked: Asked) -> list[Note]:
    notes = margin_notes(rows, asked)
    if any(not row.get("ltv") for row in rows):
        notes.append(Note("no_churn_no_lifetime"))
    return notes + ([Note("nobody_won")] if any(not row.get("cac") for row in rows) else [])


def _payback_notes(rows: Sequence[Mapping[str, Any]], asked: Asked) -> list[Note]:
    return margin_notes(rows, asked) + ([Note("nobody_won")] if any(not row["whole"] for row in rows) else [])


@metric(
    unit=Unit.RATIO,
    good="up",
    shape=Shape.RATIO,
    needs=NEEDS,
    by=("channel",),
    parts="averages",
    variants={"ltv_method": SIMPLE},
    companions=("cac", "churn_rate"),
    notes=_ltv_notes,
)
def ltv_cac(t: Tables, window: Window, by: tuple[str, ...] = (), *, ltv_method: str = SIMPLE[0]) -> ir.Table:
    """How many times what it cost to win a customer that customer brings in over a lifetime.

    Formula: (ARPA x gross margin / monthly churn rate) / CAC, all of the period; without a gross margin in the settings
    it is revenue, and named so (`basis`). Not defined where nobody left, nobody was won, or winning cost nothing.
    At risk: as for churn_rate and cac; a constant churn rate understates how long the loyal ones stay.
    Example: 2026-10, the finger-count company: 0.94.
    Source: ChartMogul, LTV:CAC; 3 is its rule of thumb.
    """
    value = simple_value(t, window, by, ltv_method=ltv_method)
    cost: ir.Table = cac(t, window, by)
    cost = cost.select(*by, cac=ratio(cost.part, cost.whole))
    joined = beside(value, cost, by, "inner")
    known = joined.value.notnull() & joined.cac.notnull()
    return joined.select(
        *by,
        "n",
        part=known.ifelse(joined.value, 0.0),
        whole=known.ifelse(joined.cac, 0.0),
        ltv=joined.value,
        cac=joined.cac,
        arpa=joined.arpa,
        churn=joined.churn,
        basis=joined.basis,
    )


@metric(
    unit=Unit.MONTHS,
    good="down",
    shape=Shape.RATIO,
    needs=NEEDS,
    by=("channel",),
    parts="averages",
    companions=("cac", "arpa"),
    notes=_payback_notes,
)
def payback(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """After how many months a new customer has brought in what it cost to win one.

    Formula: CAC / (ARPA x gross margin); without a gross margin in the settings it is revenue, and named so (`basis`).
    At risk: as for cac and arpa; those who leave before are not taken off.
    Example: 2026-10, the finger-count company: 2.84.
    Source: ChartMogul, CAC payback.
    """
    margin, basis = margin_of(t.definitions)
    cost: ir.Table = cac(t, window, by)
    cost = cost.select(*by, cac=ratio(cost.part, cost.whole))
    paid: ir.Table = arpa(t, window, by)
    paid = paid.select(*by, monthly=cast(Any, ratio(paid.part, paid.whole)) * margin, n=paid.whole)
    joined = beside(paid, cost, by, "inner")
    known = joined.cac.notnull() & joined.monthly.notnull()
    return joined.select(
        *by,
        "n",
        part=known.ifelse(joined.cac, 0.0),
        whole=known.ifelse(joined.monthly, 0.0),
        basis=ibis.literal(basis),
    )
