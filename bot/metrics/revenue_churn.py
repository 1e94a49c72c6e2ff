"""Recurring revenue that is lost: gross, net of growth, and against what is gained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis.expr.types as ir

from bot.metrics.customers import ACCOUNT_DIMENSIONS
from bot.metrics.declare import Asked, metric
from bot.metrics.expressions import micros, money
from bot.metrics.population import standing
from bot.metrics.revenue import GAINS, LOSSES, MRR, POLICIES, mrr_movements, nrr
from bot.metrics.tables import Tables, counted_only, per, without
from bot.metrics.terms import Policy
from bot.types import Note, Shape, Unit, Window


def lessened(t: Tables, window: Window, **policy: Any) -> ir.Table:
    """The people behind lost revenue: one row per account that pays less at the end than at the start.

    Columns: account_id, mrr (at the start), mrr_end, lost.
    """
    frame = standing(t, window, (), Policy.of(t.definitions, **policy), "start", "start_micros", "end_micros")
    less = frame.filter((frame.start == 1) & (frame.end_micros < frame.start_micros))
    return less.select(
        "account_id",
        mrr=money(less.start_micros),
        mrr_end=money(less.end_micros),
        lost=money(less.start_micros - less.end_micros),
    )


@metric(
    unit=Unit.SHARE,
    good="down",
    shape=Shape.SHARE,
    needs=MRR,
    by=ACCOUNT_DIMENSIONS,
    parts="money",
    variants=POLICIES,
    companions=("net_revenue_churn", "churn_rate"),
    people=lessened,
)
def gross_revenue_churn(t: Tables, window: Window, by: tuple[str, ...] = (), **policy: Any) -> ir.Table:
    """The MRR of the start that was lost by the end, by churn and by contraction, growth left out.

    Formula: (churn MRR + contraction MRR of customers present at the start) / MRR at the start; each customer is
    compared at the two ends, so it is 1 - grr.
    At risk: customers paying at the start; a pause is contraction; never below 0.
    Example: 2026-10, the finger-count company: 620 of 1320.
    Source: ChartMogul, Gross MRR Churn Rate.
    """
    frame = standing(t, window, by, Policy.of(t.definitions, **policy), "start", "start_micros", "end_micros")
    less = (frame.start == 1) & (frame.end_micros < frame.start_micros)
    lost = (frame.start_micros - frame.end_micros).sum(where=less).fill_null(0)
    shares = counted_only(per(frame, by).agg(part=lost, whole=frame.start_micros.sum(), n=frame.start.sum()))
    return shares.select(*by, "n", part=money(shares.part), whole=money(shares.whole))


@metric(
    unit=Unit.SHARE,
    good="down",
    shape=Shape.RATIO,
    needs=MRR,
    by=ACCOUNT_DIMENSIONS,
    parts="money",
    variants={"include_reactivation": ("false", "true"), **POLICIES},
    companions=("gross_revenue_churn", "churn_rate"),
    people=lessened,
)
def net_revenue_churn(
    t: Tables, window: Window, by: tuple[str, ...] = (), *, include_reactivation: str = "false", **policy: Any
) -> ir.Table:
    """The MRR of the start that was lost by the end, less what the same customers grew by; below 0 where they grew.

    Formula: (churn + contraction - expansion) / MRR at the start = 1 - nrr; with reactivation, what former customers
    brought back is taken off too.
    At risk: customers paying at the start; new ones never, former ones only where reactivation is included.
    Example: 2026-10, the finger-count company: 570 of 1320.
    Source: SaaS Capital, net revenue retention; ChartMogul, Net MRR Churn Rate (with reactivation).
    """
    kept: ir.Table = nrr(t, window, by, include_reactivation=include_reactivation, **policy)
    return kept.select(*by, "n", "whole", part=money(micros(kept.whole) - micros(kept.part)))


def _without_losses(rows: Sequence[Mapping[str, Any]], _asked: Asked) -> list[Note]:
    return [Note("no_losses")] if any(not row["whole"] for row in rows) else []


@metric(
    unit=Unit.RATIO,
    good="up",
    shape=Shape.RATIO,
    needs=MRR,
    by=ACCOUNT_DIMENSIONS,
    parts="money",
    variants={"include_reactivation": ("true", "false"), "method": ("start_cohort", "events"), **POLICIES},
    companions=("mrr", "grr"),
    notes=_without_losses,
)
def quick_ratio(
    t: Tables,
    window: Window,
    by: tuple[str, ...] = (),
    *,
    include_reactivation: str = "true",
    method: str = "start_cohort",
    **policy: Any,
) -> ir.Table:
    """How many times what was lost of MRR was gained in the period.

    Formula: (new + expansion + reactivation) / (contraction + churn), one net movement per account, or every move with
    method "events"; without reactivation where that is asked for. Not defined where nothing was lost.
    At risk: every account that paid at the start or the end; noisy where few did: ask for a quarter.
    Example: 2026-10, the finger-count company: 250 of 620.
    Source: Mamoon Hamid, the SaaS quick ratio; Baremetrics (without reactivation).
    """
    moves: ir.Table = mrr_movements(t, window, by, method=method, **policy)
    gains = GAINS if include_reactivation == "true" else without(GAINS, "reactivation")
    size = micros(moves.value)
    sums = per(moves, by).agg(
        part=size.sum(where=moves.type.isin(gains)).fill_null(0),
        whole=size.sum(where=moves.type.isin(LOSSES)).fill_null(0),
        n=moves.n.sum(where=moves.type.isin((*gains, *LOSSES))).fill_null(0),
    )
    shares = counted_only(sums)
    return shares.select(*by, "n", part=money(shares.part), whole=money(shares.whole))
