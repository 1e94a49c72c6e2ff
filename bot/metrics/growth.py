"""Growth taken apart: who came against who left, from the start to the end, and from stage to stage."""

from __future__ import annotations

from typing import Any, cast

import ibis
import ibis.expr.types as ir
import pandas as pd

from bot.metrics import stages
from bot.metrics.customers import ACCOUNT_DIMENSIONS, gained, is_new
from bot.metrics.declare import Asked, metric
from bot.metrics.expressions import flag, money
from bot.metrics.movements import logo_events
from bot.metrics.population import standing
from bot.metrics.returns import HORIZONS
from bot.metrics.revenue import MRR, POLICIES, mrr_movements
from bot.metrics.tables import Tables, beside, per
from bot.metrics.terms import Policy
from bot.types import Shape, Unit, Window

SIGNS = {"start": 1, "new": 1, "expansion": 0, "reactivation": 1, "contraction": -1, "churn": -1}
"""How each part moves the number of customers; resume and pause are inside reactivation and contraction."""


@metric(
    unit=Unit.SHARE,
    good="down",
    shape=Shape.RATIO,
    needs=MRR,
    by=ACCOUNT_DIMENSIONS,
    parts="averages",
    variants={"method": ("start_cohort", "events"), "reactivation_days": ("any", "90")},
    companions=("new_customers", "churned_customers", "churn_rate"),
    people=gained,
)
def leaky_bucket(
    t: Tables,
    window: Window,
    by: tuple[str, ...] = (),
    *,
    method: str = "start_cohort",
    reactivation_days: str = "any",
) -> ir.Table:
    """How many of the new customers only replace those lost: lost over new, with the MRR of both beside it.

    Formula: customers lost in the period / new customers of the period; `mrr` is what the lost paid at the start,
    `new_mrr` what the new pay at the end. Method "events" counts every departure and every first payment.
    At risk: paying at the start for the lost, first paid in the period for the new; over 1 the base shrinks.
    Example: 2026-10, the finger-count company: 3 of 1.
    Source: growth accounting; the churn and new customers are those of ChartMogul's definitions.
    """
    rules = Policy.of(t.definitions)
    frame = standing(
        t, window, by, rules, "start", "end", "kept_end", "since", "left_before", "start_micros", "end_micros"
    )
    left = (frame.start == 1) & (frame.kept_end == 0)
    new = is_new(frame, window, reactivation_days=reactivation_days)
    came = (frame.since > window.first) & (frame.since <= window.last) if method == "events" else new
    counted = per(frame, by).agg(
        part=flag(left).sum().fill_null(0),
        whole=flag(came).sum().fill_null(0),
        mrr=money(frame.start_micros.sum(where=left).fill_null(0)),
        new_mrr=money(frame.end_micros.sum(where=came).fill_null(0)),
    )
    if method == "events":
        gone = logo_events(t, window, by, rules, "events").select(*by, gone="part")
        counted = beside(counted, gone, by)
        counted = counted.mutate(part=counted.gone.fill_null(0))
    counted = counted.filter((counted.part > 0) | (counted.whole > 0))
    return counted.select(*by, "part", "whole", "mrr", "new_mrr")


@metric(
    unit=Unit.COUNT,
    good="context",
    shape=Shape.FLOW,
    needs=MRR,
    by=ACCOUNT_DIMENSIONS,
    variants={"reactivation_days": ("any", "90"), **POLICIES},
    companions=("churn_rate", "mrr"),
    people=gained,
)
def growth_decomposition(
    t: Tables, window: Window, by: tuple[str, ...] = (), *, reactivation_days: str = "any", **policy: Any
) -> ir.Table:
    """How customers and MRR got from the start of the period to its end: new, reactivated, paused and lost.

    Formula: end = start + new + reactivation - contraction - churn in customers (`value`), where contraction is those
    who paused, and = start + new + expansion + reactivation - contraction - churn in money (`mrr`); resume is inside
    reactivation, pause inside contraction, each shown apart and left out of the sum. `effect` and `mrr_effect` have
    the sign in the sum.
    At risk: every account that paid at the start or at the end.
    Example: 2026-10, the finger-count company: start 8, new 1, reactivation 1, contraction 1, churn 3, end 6.
    Source: ChartMogul, MRR movements; growth accounting.
    """
    moved = mrr_movements(t, window, by, reactivation_days=reactivation_days, **policy)
    moved = moved.select(*by, "type", mrr=moved.value, mrr_effect=moved.effect)
    people = _moved_customers(t, window, by, reactivation_days, Policy.of(t.definitions, **policy))
    people = people.select("value", "effect", "n", kind="type", **{f"own_{name}": name for name in by})
    joined = moved.inner_join(
        people, [moved["type"] == people.kind, *(moved[name] == people[f"own_{name}"] for name in by)]
    )
    return joined.select(*by, "type", "value", "effect", "n", "mrr", "mrr_effect")


def _moved_customers(t: Tables, window: Window, by: tuple[str, ...], reactivation_days: str, rules: Policy) -> ir.Table:
    """(type, value, effect, n) of customers: who was there, who came in which way, and who went."""
    frame = standing(t, window, by, rules, "start", "end", "kept_start", "kept_end", "since", "left_before")
    came, went = (frame.start == 0) & (frame.end == 1), (frame.start == 1) & (frame.end == 0)
    new = is_new(frame, window, reactivation_days=reactivation_days)
    rests = frame.kept_end == 1
    conditions = {
        "start": frame.start == 1,
        "new": new,
        "expansion": frame.start < 0,  # nobody comes or goes by it
        "reactivation": came & ~new,
        "resume": came & ~new & (frame.kept_start == 1),
        "contraction": went & rests,
        "pause": went & rests,
        "churn": went & ~rests,
        "end": frame.end == 1,
    }
    everyone = per(frame, by).agg(**{name: flag(holds).sum().fill_null(0) for name, holds in conditions.items()})
    parts = [
        everyone.select(
            *by, type=ibis.literal(name), value=everyone[name], effect=everyone[name] * SIGNS.get(name, 0),
            n=everyone[name],
        )
        for name in conditions
    ]  # fmt: skip
    return cast(ir.Table, ibis.union(*parts))


def in_order(frame: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """The stages in the order of life."""
    return frame.sort_values([*asked.by, "place"], kind="stable").drop(columns="place").reset_index(drop=True)


def moving_on(t: Tables, window: Window, *, horizon_days: str = "90") -> ir.Table:
    """The people behind the funnel who did not move on: account_id, stage, entered_on."""
    moves = stages.moves(t, window, (), int(horizon_days))
    last = stages.used(t)[-1]
    stuck = moves.filter((moves.moved == 0) & (moves.stage != last))
    turn = ibis.row_number().over(group_by="account_id", order_by=ibis.desc("place"))
    return stuck.mutate(turn=turn).filter(lambda s: s.turn == 0).select("account_id", "stage", "entered_on")


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.SHARE,
    needs=("accounts.account_id", "accounts.signup_at"),
    by=ACCOUNT_DIMENSIONS,
    keys=("stage",),
    finish=in_order,
    variants={"horizon_days": HORIZONS},
    companions=("trial_conversion_rate", "new_customers"),
    people=moving_on,
)
def stage_funnel(t: Tables, window: Window, by: tuple[str, ...] = (), *, horizon_days: str = "90") -> ir.Table:
    """The stages of a customer's life: who entered each in the period, the share who moved on, and who stands there.

    Formula: for each stage, accounts that reached the next stage within 90 days of entering it / accounts that entered
    it in the period; `now` is how many stand in it at the period's end. Nothing follows the last stage.
    At risk: accounts that entered the stage in the period with all the days behind them; a stage counts as passed once
    a later one is reached, and one that the data cannot tell is left out.
    Example: 2026-02, the finger-count company, stage=acquisition: 2 of 2.
    Source: the stages are the company's own; here awareness to advocacy by the rules of `stages`.
    """
    moves = stages.moves(t, window, by, int(horizon_days))
    last = stages.used(t)[-1]
    stands = stages.stage_of(t, window.end, by)
    one, none = ibis.literal(1), ibis.literal(0)
    ended = moves.stage == last
    rows = ibis.union(
        moves.select(
            *by, "stage", "place", moved=ended.ifelse(0, moves.moved), entered=ended.ifelse(0, 1), now=none
        ),
        stands.select(*by, "stage", "place", moved=none, entered=none, now=one),
    )  # fmt: skip
    return cast(
        ir.Table,
        rows.group_by([*by, "stage", "place"]).agg(part=rows.moved.sum(), whole=rows.entered.sum(), now=rows.now.sum()),
    )
