"""Pauses: who takes one, what becomes of it, and how those who did compare with those who did not."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

import ibis
import ibis.expr.types as ir

from bot.metrics.cohort_members import months_of, next_month
from bot.metrics.customers import ACCOUNT_DIMENSIONS, SUBSCRIPTIONS
from bot.metrics.declare import metric
from bot.metrics.dimensions import tenure, with_dimensions
from bot.metrics.expressions import flag, money
from bot.metrics.movements import within
from bot.metrics.population import standing
from bot.metrics.returns import followed, mature_before, next_time
from bot.metrics.tables import Tables, counted_only, per, without
from bot.metrics.terms import Policy, holds, terms
from bot.types import Grain, Shape, Unit, Window

PAUSE_DAYS = 90
"""Days in which a pause ends in a return to payment or in churn."""
AFTER_DAYS = 180
"""Days for which those who paused and those who did not are followed."""


def _pauses(t: Tables, window: Window, by: tuple[str, ...]) -> ir.Table:
    """Customers paying at the start, with the first pause of the window: paused (1 or 0), paused_on, mature, resumed,
    churned (1 where so within 90 days), the dimensions, plan_id, since, start_micros.
    """
    moves = followed(t, window)
    moves = moves.mutate(
        resumed_on=next_time(moves, (moves.pays_before == 0) & (moves.pays_after > 0)),
        churned_on=next_time(moves, (moves.kept_before > 0) & (moves.kept_after == 0)),
    )
    stops = moves.filter(within(moves, window) & _pausing(moves))
    limit = stops.moved_on + ibis.interval(days=PAUSE_DAYS)
    stops = stops.mutate(
        mature=flag(stops.moved_on <= mature_before(t, PAUSE_DAYS)),
        resumed=flag((stops.resumed_on <= limit) & (stops.resumed_on < stops.churned_on)),
        churned=flag((stops.churned_on <= limit) & (stops.churned_on < stops.resumed_on)),
    )
    first = stops.group_by(pauser=stops.account_id).agg(
        paused_on=stops.moved_on.min(),
        **{name: stops[name].argmin(stops.moved_on) for name in ("mature", "resumed", "churned")},
    )
    frame = standing(t, window, by, Policy.of(t.definitions), "start", "start_micros", "plan_id", "since")
    frame = frame.filter(frame.start == 1)
    joined = frame.left_join(first, frame.account_id == first.pauser)
    return joined.mutate(paused=flag(joined.pauser.notnull())).drop("pauser")


def _pausing(moves: ir.Table) -> ir.BooleanValue:
    return (moves.pays_before > 0) & (moves.pays_after == 0) & (moves.kept_after > 0)


def paused_customers(t: Tables, window: Window) -> ir.Table:
    """The people behind the pause rate: account_id, paused_on, resumed, churned, plan_id, since, mrr (at the start)."""
    frame = _pauses(t, window, ())
    frame = frame.filter(frame.paused == 1)
    return frame.select(
        "account_id", "paused_on", "resumed", "churned", "plan_id", "since", mrr=money(frame.start_micros)
    )  # fmt: skip


@metric(
    unit=Unit.SHARE,
    good="context",
    shape=Shape.SHARE,
    needs=SUBSCRIPTIONS,
    by=ACCOUNT_DIMENSIONS,
    companions=("churn_rate", "pause_vs_no_pause_churn"),
    people=paused_customers,
)
def pause_rate(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Paying customers at the start who put all their subscriptions on hold in the period, as a share of those paying.

    Formula: paying at the start and paused in the period / paying at the start. Of the pauses with 90 days behind them
    (`mature`), `pause_to_resume` paid again within 90 days and `pause_to_churn` left, also by a pause that ran out.
    At risk: paying at the start; who pauses one of several subscriptions still pays and has not paused.
    Example: 2026-10, the finger-count company: 1 of 8.
    Source: ChartMogul, paused subscriptions; ProfitWell, customers on hold.
    """
    frame = _pauses(t, window, by)
    ripe = (frame.paused == 1) & (frame.mature == 1)
    return counted_only(
        per(frame, by).agg(
            part=frame.paused.sum().fill_null(0),
            whole=frame.start.sum().fill_null(0),
            mature=flag(ripe).sum().fill_null(0),
            pause_to_resume=flag(ripe & (frame.resumed == 1)).sum().fill_null(0),
            pause_to_churn=flag(ripe & (frame.churned == 1)).sum().fill_null(0),
        )
    )


def _periods(t: Tables, window: Window) -> list[Window]:
    """The calendar months of the window, cut at its ends, whose followed days are over; the first if none is."""
    months = [
        Window(max(first, window.start), min(next_month(first), window.end), Grain.MONTH, window.zone)
        for first in months_of(window)
    ]
    return [one for one in months if one.end + timedelta(days=AFTER_DAYS) <= t.as_of] or months[:1]


def _after(t: Tables, window: Window, by: tuple[str, ...]) -> ir.Table:
    """Customers at both ends of one month by what they did in it, with left = 1 where they went within 180 days.

    Those who did neither are kept where somebody on the same plan and of the same tenure did.
    """
    t, of_the_deed = t.apart("type")
    keys = without(by, "type")
    rules = Policy.of(t.definitions)
    frame = standing(t, window, keys, rules, "start", "kept_end", "since")
    frame = frame.filter((frame.start == 1) & (frame.kept_end == 1))
    frame = _with_plans(t, frame, window, rules)
    moves = followed(t, window)
    until = window.last + timedelta(days=AFTER_DAYS)
    went = (
        (moves.kept_before > 0) & (moves.kept_after == 0) & (moves.moved_on > window.last) & (moves.moved_on <= until)
    )
    deeds = moves.group_by(doer=moves.account_id).agg(
        paused=flag(within(moves, window) & _pausing(moves)).max(), went=flag(went).max()
    )
    joined = frame.left_join(deeds, frame.account_id == deeds.doer)
    changed = joined.last_plan.notnull() & (joined.first_plan != joined.last_plan)
    joined = joined.mutate(
        type=ibis.cases((joined.paused == 1, "paused"), (changed, "changed"), else_="neither"),
        left=joined.went.fill_null(0),
        band=tenure(joined.since, window.first),
    )
    alike = ibis.window(group_by=["first_plan", "band"])
    joined = joined.mutate(compared=flag(joined.type != "neither").max().over(alike))
    joined = joined.filter(joined.compared == 1)
    if window.end + timedelta(days=AFTER_DAYS) > t.as_of:
        joined = joined.filter(ibis.literal(False))
    return of_the_deed.narrow(joined).select(*keys, "type", "left")


def _with_plans(t: Tables, frame: ir.Table, window: Window, rules: Policy) -> ir.Table:
    """Add first_plan and last_plan: the plan and its interval as people know them, at both ends of the window."""
    rows = terms(t, rules).filter(lambda r: r.pays == 1)
    if t.has("plans"):
        named = ("plan", "interval") if t.has("plans", "interval") else ("plan",)
        rows = with_dimensions(t, rows, named, window)
        rows = rows.mutate(label=ibis.literal(" ").join([rows[name] for name in named]))
    else:
        rows = rows.mutate(label=rows.plan_id)
    ends = rows.group_by(subscriber=rows.account_id).agg(
        first_plan=rows.label.max(where=holds(rows, window.first)),
        last_plan=rows.label.max(where=holds(rows, window.last)),
    )
    return frame.left_join(ends, frame.account_id == ends.subscriber).drop("subscriber")


@metric(
    unit=Unit.SHARE,
    good="down",
    shape=Shape.SHARE,
    needs=SUBSCRIPTIONS,
    by=("type", *ACCOUNT_DIMENSIONS),
    keys=("type",),
    window=Grain.YEAR,
    companions=("pause_rate", "churn_rate"),
)
def pause_vs_no_pause_churn(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Churn within 180 days of customers who paused or changed their plan in a month, and of like ones who did neither.

    Formula: left within 180 days after the month / customers at both its ends, months added up, for each of `paused`,
    `changed` (of plan or interval, still paying) and `neither`, who count where somebody on the same plan and of the
    same tenure paused or changed in that month. Nobody was drawn by lot: who pauses differs in other ways too, so the
    difference is an association.
    At risk: paying at the month's start and still customers at its end; months with 180 days behind them only.
    Example: 2026-03, the finger-count company, type=paused: 0 of 1.
    Source: a comparison of like customers from one landmark on; Anderson, Cain and Gelber (1983).
    """
    keys = without(by, "type")
    parts = [_after(t, one, by) for one in _periods(t, window)]
    rows = cast(ir.Table, ibis.union(*parts)) if len(parts) > 1 else parts[0]
    return rows.group_by([*keys, "type"]).agg(part=rows.left.sum(), whole=rows.count())
