"""Departures beside the churn rate: those who came and went at once, those announced, and those told by kind."""

from __future__ import annotations

from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bot.metrics.customers import (
    ACCOUNT_DIMENSIONS,
    LOSS_VARIANTS,
    SPLITS,
    SUBSCRIPTIONS,
    lost,
    with_choice,
)
from bot.metrics.declare import metric
from bot.metrics.expressions import FOREVER, flag, money
from bot.metrics.movements import steps, within
from bot.metrics.population import standing
from bot.metrics.tables import UNKNOWN, Tables, owned, per, without
from bot.metrics.terms import Policy, holds, terms
from bot.types import Grain, Shape, Unit, Window

KINDS = ("voluntary", "involuntary", "pause_expired", "other", UNKNOWN)
"""Kinds of loss that share out the churn; going to the free plan is inside voluntary."""


def came_and_went(t: Tables, window: Window, **policy: Any) -> ir.Table:
    """The people behind early churn: account_id, since, left_on (payment stopped), plan_id, mrr (until then)."""
    frame = _newcomers(t, window, (), Policy.of(t.definitions, **policy), "plan_id")
    gone = frame.filter(frame.early == 1)
    return gone.select("account_id", "since", "left_on", "plan_id", mrr=money(gone.ended_micros))


def _newcomers(t: Tables, window: Window, by: tuple[str, ...], rules: Policy, *wanted: str) -> ir.Table:
    """Who first paid in the window: early is 1 where they left in it, with left_on and ended_micros."""
    frame = standing(t, window, by, rules, "start", "kept_end", "since", *wanted)
    frame = frame.filter(frame.since > window.first)
    moves = steps(t, window, by, rules)
    stops = moves.filter(within(moves, window) & (moves.pays_before > 0) & (moves.pays_after == 0))
    last = stops.group_by(stopper=stops.account_id).agg(
        left_on=stops.moved_on.max(), ended_micros=stops.micros_before.argmax(stops.moved_on)
    )
    joined = frame.left_join(last, frame.account_id == last.stopper).drop("stopper")
    return joined.mutate(early=flag((joined.start == 0) & (joined.kept_end == 0)))


@metric(
    unit=Unit.COUNT,
    good="down",
    shape=Shape.LEVEL,
    needs=SUBSCRIPTIONS,
    by=ACCOUNT_DIMENSIONS,
    variants=LOSS_VARIANTS,
    companions=("new_customers", "churned_customers"),
    people=came_and_went,
)
def early_churn(t: Tables, window: Window, by: tuple[str, ...] = (), **policy: Any) -> ir.Table:
    """How many customers paid for the first time and left in the same period, and the MRR that ended with them.

    Formula: count of accounts that first paid in the period and are no customers at its end; n is all that first paid
    in the period.
    At risk: who first paid in the period; they are in no default churn rate, and who left and returned is not here.
    Example: 2026-10, the finger-count company: 1.
    Source: ChartMogul and ProfitWell leave them out of the churn rate, Baremetrics puts them in.
    """
    frame = _newcomers(t, window, by, Policy.of(t.definitions, **policy))
    return per(frame, by).agg(
        value=frame.early.sum().fill_null(0),
        n=frame.count(),
        mrr=money(frame.ended_micros.sum(where=frame.early == 1).fill_null(0)),
    )


def leaving(t: Tables, window: Window) -> ir.Table:
    """The people behind scheduled churn: account_id, asked_on, service_ends, plan_id, since, and the mrr going."""
    frame = _announced(t, window, (), "plan_id", "since")
    going = frame.filter(frame.going == 1)
    rows = owned(t, "subscriptions")
    rows = rows.filter((rows.valid_from <= window.last) & (rows.valid_to.fill_null(FOREVER) > window.last))
    rows = rows.filter(rows.cancel_requested_at <= window.last)
    asked = rows.group_by(asker=rows.account_id).agg(
        asked_on=rows.cancel_requested_at.min(), service_ends=ibis.coalesce(rows.valid_to, rows.term_end).max()
    )
    joined = going.left_join(asked, going.account_id == asked.asker)
    return joined.select("account_id", "asked_on", "service_ends", "plan_id", "since", mrr=money(joined.end_micros))


def _announced(t: Tables, window: Window, by: tuple[str, ...], *wanted: str) -> ir.Table:
    """Who pays at the window's end: going is 1 where every paid subscription has been cancelled by then."""
    frame = standing(t, window, by, Policy.of(t.definitions), "end", "end_micros", *wanted)
    rows = terms(t, Policy.of(t.definitions, recognition="request"))
    left = rows.filter((rows.pays == 1) & holds(rows, window.last)).select(stayer="account_id").distinct()
    paying = frame.filter(frame.end == 1)
    joined = paying.left_join(left, paying.account_id == left.stayer)
    return joined.mutate(going=flag(joined.stayer.isnull())).drop("stayer")


@metric(
    unit=Unit.COUNT,
    good="down",
    shape=Shape.LEVEL,
    needs=(*SUBSCRIPTIONS, "subscriptions.cancel_requested_at"),
    by=ACCOUNT_DIMENSIONS,
    window=Grain.DAY,
    companions=("churned_customers", "mrr"),
    people=leaving,
)
def scheduled_churn(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """How many paying customers have asked to leave and are still served at the end of the period, and their MRR.

    Formula: count of customers paying at the end whose every paid subscription has been cancelled by then; n is all
    paying at the end.
    At risk: every paying customer; who cancelled one of several subscriptions is not leaving.
    Example: 2026-09, the finger-count company: 2.
    Source: ChartMogul and ProfitWell, cancelled against churned.
    """
    frame = _announced(t, window, by)
    return per(frame, by).agg(
        value=frame.going.sum().fill_null(0),
        n=frame.count(),
        mrr=money(frame.end_micros.sum(where=frame.going == 1).fill_null(0)),
    )


@metric(
    unit=Unit.SHARE,
    good="down",
    shape=Shape.SHARE,
    needs=(*SUBSCRIPTIONS, "subscriptions.end_type"),
    by=("type", *ACCOUNT_DIMENSIONS),
    keys=("type",),
    variants=LOSS_VARIANTS,
    companions=("churn_rate", "churn_reasons"),
    people=lost,
)
def churn_by_type(t: Tables, window: Window, by: tuple[str, ...] = (), **policy: Any) -> ir.Table:
    """The churn rate shared out by how customers left: by choice, by failed payment, by an expired pause, or otherwise.

    Formula: customers at the start lost by each kind / paying customers at the start; the kinds add up to the churn
    rate. Voluntary includes going to the free plan (`to_free`); who asks to leave before the final attempt to collect
    is voluntary.
    At risk: paying at the start, as for churn_rate; a loss of which nobody knows the kind is `unknown`.
    Example: 2026-10, the finger-count company, type=voluntary: 2 of 8.
    Source: Recurly, voluntary and involuntary churn; ProfitWell, cancellations and delinquent churn.
    """
    t, of_the_kind = t.apart("type")
    keys = without(by, "type")
    frame = standing(
        t, window, keys, Policy.of(t.definitions, **policy), "start", "kept_end", "start_micros", "lost_on", "loss"
    )
    frame = with_choice(t, frame, window)
    named = [(frame.loss.isin(SPLITS[name]), name) for name in ("voluntary", "involuntary", "pause_expired")]
    frame = frame.mutate(
        gone=flag((frame.start == 1) & (frame.kept_end == 0)),
        type=ibis.cases(*named, (frame.loss == UNKNOWN, UNKNOWN), else_="other"),
    )
    shares = of_the_kind.narrow(cast(ir.Table, ibis.union(*(_of_kind(frame, keys, kind) for kind in KINDS))))
    return shares.filter(shares.whole > 0).select(*keys, "type", "part", "whole", "to_free", "mrr")


def _of_kind(frame: ir.Table, keys: tuple[str, ...], kind: str) -> ir.Table:
    """The customers lost in one way, over all of the segment."""
    so = (frame.gone == 1) & (frame.type == kind)
    lost_so = per(frame, keys).agg(
        part=flag(so).sum(),
        whole=frame.start.sum(),
        to_free=flag(so & (frame.loss == "to_free")).sum(),
        mrr=money(frame.start_micros.sum(where=so).fill_null(0)),
    )
    return lost_so.mutate(type=ibis.literal(kind))
