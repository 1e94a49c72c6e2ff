"""Recurring revenue: its level, its movements, and what is kept of it."""

from __future__ import annotations

from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bot.metrics.customers import ACCOUNT_DIMENSIONS, SUBSCRIPTIONS, lost
from bot.metrics.declare import metric
from bot.metrics.dimensions import with_dimensions
from bot.metrics.expressions import flag, micros, money, ratio
from bot.metrics.movements import steps, within
from bot.metrics.population import standing
from bot.metrics.tables import Tables, beside, counted_only, per, told_as_rows
from bot.metrics.terms import Policy, holds, terms
from bot.types import Grain, Shape, Unit, Window

MRR = (*SUBSCRIPTIONS, "subscriptions.mrr")
POLICIES = {"grace_days": ("30",), "pause_policy": ("zero_mrr", "keep_mrr", "churn")}
DISCOUNTS = {"discount_policy": ("all_active", "forever_only", "recurring_only")}
"""Which discounts MRR is net of: all, those that last (Stripe), or those that recur (Chargebee)."""
GAINS = ("new", "expansion", "reactivation")
LOSSES = ("contraction", "churn")
TOP = 5
"""So many of the largest customers are set beside the revenue that was kept: what it hangs on."""


@metric(
    unit=Unit.MONEY,
    good="up",
    shape=Shape.LEVEL,
    needs=MRR,
    by=ACCOUNT_DIMENSIONS,
    window=Grain.DAY,
    variants={**POLICIES, **DISCOUNTS},
    companions=("new_customers", "grr"),
)
def mrr(t: Tables, window: Window, by: tuple[str, ...] = (), **policy: Any) -> ir.Table:
    """Monthly recurring revenue of paying customers at the end of the period, net of discounts.

    Formula: sum of the monthly value of active and past-due (inside grace) paid subscriptions;
    n is the customers paying.
    At risk: every paying customer; trials, free plans, one-off fees and taxes never.
    Example: 2026-10, the finger-count company: 950.
    Source: Stripe, billing analytics glossary; ChartMogul, MRR.
    """
    rows = terms(t, Policy.of(t.definitions, **policy))
    if "tenure" in t.dimensions(by):
        life = ibis.window(group_by="account_id")
        rows = rows.mutate(since=rows.opens.min(where=rows.pays == 1).over(life))
    paid = rows.filter(holds(rows, window.last) & (rows.pays == 1))
    frame = t.narrow(with_dimensions(t, paid, t.dimensions(by), window))
    return per(frame, by).agg(value=money(frame.micros.sum().fill_null(0)), n=frame.account_id.nunique())


@metric(
    unit=Unit.MONEY,
    good="up",
    shape=Shape.LEVEL,
    needs=MRR,
    by=ACCOUNT_DIMENSIONS,
    window=Grain.DAY,
    variants={**POLICIES, **DISCOUNTS},
    companions=("mrr", "grr"),
)
def arr(t: Tables, window: Window, by: tuple[str, ...] = (), **policy: Any) -> ir.Table:
    """Annual recurring revenue of paying customers at the end of the period: MRR times twelve.

    Formula: 12 x MRR; n is the customers paying.
    At risk: every paying customer, as for mrr; monthly plans count as if they went on for a year.
    Example: 2026-10, the finger-count company: 11400.
    Source: ChartMogul, ARR; ProfitWell, annual run rate.
    """
    level: ir.Table = mrr(t, window, by, **policy)
    return level.mutate(value=money(12 * micros(level.value)))


@metric(
    unit=Unit.MONEY,
    good="up",
    shape=Shape.RATIO,
    needs=MRR,
    by=ACCOUNT_DIMENSIONS,
    parts="averages",
    window=Grain.DAY,
    variants=POLICIES,
    companions=("mrr", "new_customers"),
)
def arpa(t: Tables, window: Window, by: tuple[str, ...] = (), **policy: Any) -> ir.Table:
    """Average revenue per account: what a paying customer pays a month at the end of the period.

    Formula: MRR at the end / customers paying at the end (ARPU over all users would be another number).
    At risk: every paying customer, as for mrr; paused ones and trials never.
    Example: 2026-10, the finger-count company: 950 of 6.
    Source: ChartMogul, ARPA; ProfitWell, ARPU.
    """
    level: ir.Table = mrr(t, window, by, **policy)
    return level.select(*by, part=level.value, whole=level.n)


@metric(
    unit=Unit.MONEY,
    good="context",
    shape=Shape.FLOW,
    needs=MRR,
    by=("type", *ACCOUNT_DIMENSIONS),
    variants={"method": ("start_cohort", "events"), "reactivation_days": ("any", "90"), **POLICIES},
    companions=("grr", "nrr"),
)
def mrr_movements(
    t: Tables,
    window: Window,
    by: tuple[str, ...] = (),
    *,
    method: str = "start_cohort",
    reactivation_days: str = "any",
    **policy: Any,
) -> ir.Table:
    """What changed MRR in the period: new, expansion, reactivation, contraction and churn, from start to end.

    Formula: end = start + new + expansion + reactivation - contraction - churn; one net movement per account and
    period, or every move with method "events". `value` is the size, `effect` its sign in the sum; pause is inside
    contraction, resume inside reactivation, each shown apart and left out of the sum.
    At risk: every account that paid at the start or the end.
    Example: 2026-10, the finger-count company: start 1320, new 90, expansion 50, reactivation 110,
    contraction 120, churn 500, end 950.
    Source: ChartMogul, MRR movements.
    """
    rules = Policy.of(t.definitions, **policy)
    t, of_the_move = t.apart("type")
    keys = [name for name in by if name != "type"]
    if method == "events":
        moves = _event_moves(t, window, tuple(keys), rules, reactivation_days)
    else:
        moves = _net_moves(t, window, tuple(keys), rules, reactivation_days)
    return per(of_the_move.narrow(moves), (*keys, "type")).agg(
        value=money(moves.moved.sum()), effect=money(moves.effect.sum()), n=moves.n.sum().cast("int64")
    )


def _net_moves(t: Tables, window: Window, by: tuple[str, ...], rules: Policy, reactivation_days: str) -> ir.Table:
    """One row per account and part: its start, its end, and the one net movement between them."""
    frame = standing(
        t, window, by, rules,
        "start", "end", "start_micros", "end_micros", "kept_start", "kept_end", "since", "left_before",
    )  # fmt: skip
    came = (frame.start_micros == 0) & (frame.end_micros > 0)
    went = (frame.start_micros > 0) & (frame.end_micros == 0)
    resting = (frame.kept_start == 1) & (frame.start == 0)
    pausing = (frame.kept_end == 1) & (frame.end == 0)
    fresh = (frame.since > window.first) | _long_gone(frame, window, reactivation_days)
    kind = ibis.cases(
        (came & fresh, "new"),
        (came, "reactivation"),
        (went & ~pausing, "churn"),
        (frame.end_micros > frame.start_micros, "expansion"),
        else_="contraction",
    )
    inside = ibis.cases((came & resting, "resume"), (went & pausing, "pause"), else_="")
    change = frame.end_micros - frame.start_micros
    rows = frame.select(*by, kind=kind, inside=inside, change=change, first=frame.start_micros, last=frame.end_micros)
    return _one_below_another(rows, by, _moves(rows) | _ends(rows))


def _event_moves(t: Tables, window: Window, by: tuple[str, ...], rules: Policy, reactivation_days: str) -> ir.Table:
    """One row per move: what each change of an account's MRR was at the moment it happened."""
    frame = steps(t, window, by, rules)
    life = ibis.window(group_by="account_id", order_by="moved_on")
    so_far = ibis.window(group_by="account_id", order_by="moved_on", following=0)
    stopped = (frame.pays_before > 0) & (frame.pays_after == 0)
    frame = frame.mutate(last_left=frame.moved_on.max(where=stopped).over(so_far))
    frame = frame.mutate(left_before=frame.last_left.lag().over(life))
    at_ends = frame.group_by([*by, "account_id"]).agg(
        first=frame.micros_after.argmax(frame.moved_on, where=frame.moved_on <= window.first).fill_null(0),
        last=frame.micros_after.argmax(frame.moved_on),
    )
    moved = frame.filter(within(frame, window) & (frame.micros_after != frame.micros_before))
    came, went = moved.pays_before == 0, moved.pays_after == 0
    fresh = (moved.moved_on == moved.since) | _long_gone(moved, window, reactivation_days)
    kind = ibis.cases(
        (came & fresh, "new"),
        (came, "reactivation"),
        (went & (moved.kept_after == 0), "churn"),
        (moved.micros_after > moved.micros_before, "expansion"),
        else_="contraction",
    )
    inside = ibis.cases((came & (moved.kept_before > 0), "resume"), (went & (moved.kept_after > 0), "pause"), else_="")
    change = moved.micros_after - moved.micros_before
    rows = moved.select(*by, kind=kind, inside=inside, change=change)
    return ibis.union(_one_below_another(rows, by, _moves(rows)), _one_below_another(at_ends, by, _ends(at_ends)))


def _long_gone(frame: ir.Table, window: Window, reactivation_days: str) -> ir.BooleanValue:
    """Whether the account had left so long ago that the variant calls its return "new"."""
    if reactivation_days == "any":
        return ibis.literal(False)
    moment = frame.moved_on if "moved_on" in frame.columns else ibis.literal(window.first)
    return (frame.left_before + ibis.interval(days=int(reactivation_days)) < moment).fill_null(False)


Parts = dict[str, tuple[ir.Value, ir.BooleanValue | None, int]]
"""Type → (micros, of which rows of the table, their sign in the sum)."""


def _moves(rows: ir.Table) -> Parts:
    """The movements of rows with kind, inside and change, and what of them was a pause or a resume.

    Each type gets a row even when nothing moved, so that the bridge is always whole.
    """
    kinds: Parts = {name: (rows.change, rows.kind == name, 1 if name in GAINS else -1) for name in (*GAINS, *LOSSES)}
    return kinds | {name: (rows.change, rows.inside == name, 0) for name in ("pause", "resume")}


def _ends(rows: ir.Table) -> Parts:
    """What was paid at the start (`first`) and at the end (`last`)."""
    return {"start": (rows["first"], None, 1), "end": (rows["last"], None, 0)}


def _one_below_another(rows: ir.Table, by: tuple[str, ...], parts: Parts) -> ir.Table:
    """(type, moved, effect, n) of each segment: all types added up in one pass, then set one below another."""
    sums: dict[str, ir.Value] = {"rows": rows.count()}
    for name, (micros_of, where, _) in parts.items():
        moved = cast(ir.IntegerValue, micros_of)
        sums[f"{name}_moved"] = moved.abs().sum(where=where).fill_null(0)
        sums[f"{name}_n"] = cast(ir.IntegerValue, flag(moved != 0)).sum(where=where).fill_null(0)
    added = told_as_rows(per(rows, by).agg(**sums))
    added = added.filter(added.rows > 0)
    return ibis.union(
        *(
            added.select(
                *by,
                type=ibis.literal(name),
                moved=added[f"{name}_moved"],
                effect=added[f"{name}_moved"] * sign,
                n=added[f"{name}_n"],
            )
            for name, (_, _, sign) in parts.items()
        )
    )


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.SHARE,
    needs=MRR,
    by=ACCOUNT_DIMENSIONS,
    parts="money",
    window=Grain.YEAR,
    variants={"grr_method": ("cap", "flow"), **POLICIES, **DISCOUNTS},
    companions=("nrr", "retention_rate"),
    people=lost,
)
def grr(t: Tables, window: Window, by: tuple[str, ...] = (), *, grr_method: str = "cap", **policy: Any) -> ir.Table:
    """The MRR of the start that is still there at the end, growth left out.

    Formula: sum over customers at the start of min(MRR at end, MRR at start) / their MRR at the start; "flow" instead
    takes off every loss of the period, also those made good later. `top5_share` is the share of the MRR at the start
    that the five largest customers paid.
    At risk: customers paying at the start; never above 100 %.
    Example: 2026-10, the finger-count company: 700 of 1320.
    Source: SaaS Capital, revenue retention (cap); ChartMogul, Gross MRR churn (flow).
    """
    rules = Policy.of(t.definitions, **policy)
    frame = standing(t, window, by, rules, "start", "start_micros", "end_micros")
    kept = ibis.least(frame.start_micros, frame.end_micros)
    base = per(frame, by).agg(part=kept.sum(), **_of_the_start(frame))
    if grr_method == "flow":
        moves = steps(t, window, by, rules)
        at_start = frame.filter(frame.start == 1).select(present=frame.account_id)
        moves = moves.filter(within(moves, window)).inner_join(at_start, ibis._.account_id == at_start.present)
        loss = ibis.greatest(moves.micros_before - moves.micros_after, 0)
        losses = per(moves, by).agg(lost=loss.sum())
        joined = beside(base, losses, by)
        base = joined.mutate(part=joined.whole - joined.lost.fill_null(0))
    return _kept(base, by)


def _of_the_start(frame: ir.Table) -> dict[str, ir.Value]:
    """What customers paid at the start: together (`whole`, of `n`), and each, the largest first."""
    paid = frame.start_micros
    return {"whole": paid.sum(), "n": frame.start.sum(), "largest": paid.collect(order_by=ibis.desc(paid))}


def _kept(base: ir.Table, by: tuple[str, ...]) -> ir.Table:
    """part and whole in money, and the share of the whole that the largest customers of the start paid.

    Those are cut from a list, for several windows in one query make DuckDB stand still over ranks.
    """
    shares = counted_only(base)
    top = ratio(shares.largest[:TOP].sums(), shares.whole)
    return shares.select(*by, "n", part=money(shares.part), whole=money(shares.whole), top5_share=top)


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.RATIO,
    needs=MRR,
    by=ACCOUNT_DIMENSIONS,
    parts="money",
    window=Grain.YEAR,
    variants={"include_reactivation": ("false", "true"), **POLICIES, **DISCOUNTS},
    companions=("grr", "retention_rate"),
    people=lost,
)
def nrr(
    t: Tables,
    window: Window,
    by: tuple[str, ...] = (),
    *,
    include_reactivation: str = "false",
    **policy: Any,
) -> ir.Table:
    """What the customers of the start pay at the end, growth included, as a share of what they paid then.

    Formula: MRR at the end of the customers present at the start / their MRR at the start. `top5_share` is the share
    of the MRR at the start that the five largest customers paid: a few that grow can hide many that leave.
    At risk: customers paying at the start; new and formerly churned ones are out unless reactivation is included.
    Example: 2026-10, the finger-count company: 750 of 1320.
    Source: SaaS Capital, net revenue retention; ChartMogul, Net MRR churn (with reactivation).
    """
    wanted = ["start", "start_micros", "end_micros"] + (["since"] if include_reactivation == "true" else [])
    frame = standing(t, window, by, Policy.of(t.definitions, **policy), *wanted)
    counted = frame.start == 1
    if include_reactivation == "true":
        counted = counted | (frame.since <= window.first)
    base = per(frame, by).agg(part=frame.end_micros.sum(where=counted).fill_null(0), **_of_the_start(frame))
    return _kept(base, by)
