"""What a campaign cost, and what came back for it beyond what would have come anyway."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import ibis
import ibis.expr.types as ir
import pandas as pd

from bot.errors import BadData
from bot.metrics.currency import converted
from bot.metrics.declare import Asked, metric
from bot.metrics.estimates import NOBODY, Group, quotient
from bot.metrics.experiments import arms, units, with_outcome
from bot.metrics.expressions import micros, money, ratio
from bot.metrics.messages import MESSAGE_DIMENSIONS, MESSAGES, sends_of, sent
from bot.metrics.tables import Tables, per
from bot.metrics.uplift import HORIZONS, arms_by_test, measured, said, told
from bot.types import Note, Shape, Unit, Window, instant

COST = "spend.campaign_id|campaigns.cost"
TESTED = ("assignments.arm|sends.holdout", COST)


def costs(t: Tables) -> ir.Table:
    """One row per campaign with a known cost: of_campaign, cost in millionths.

    That is what was spent on it by as-of where `spend` has rows of it, else the cost that the campaign itself states.
    """
    found = []
    if t.has("spend", "campaign_id"):
        spend = converted(t, "spend", t["spend"], "amount")
        spend = spend.filter(spend.occurred_at < instant(t.as_of, t.definitions.zone))
        found.append(spend.select(of_campaign="campaign_id", spent=micros(spend.amount), stated=ibis.null("int64")))
    if t.has("campaigns", "cost"):
        own = t["campaigns"]
        found.append(own.select(of_campaign="campaign_id", spent=ibis.null("int64"), stated=micros(own.cost)))
    if not found:
        raise BadData("missing_column", table="campaigns", column="cost")
    rows = cast(ir.Table, ibis.union(*found)) if len(found) > 1 else found[0]
    known = rows.group_by("of_campaign").agg(cost=ibis.coalesce(rows.spent.sum(), rows.stated.max()))
    return known.filter(known.of_campaign.notnull() & known.cost.notnull())


@metric(
    unit=Unit.MONEY,
    good="down",
    shape=Shape.RATIO,
    entity="person",
    needs=(*MESSAGES, COST),
    by=MESSAGE_DIMENSIONS,
    parts="averages",
    companions=("click_rate", "unsubscribe_rate"),
)
def cost_per_touch(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """What one delivered message cost.

    Formula: cost of the campaigns / their messages delivered; the cost of a campaign falls on all its messages alike,
    so that the period bears what it sent.
    At risk: messages sent in the period by campaigns of known cost; those of others stand beside it as unpriced.
    Example: 2026-10, the finger-count company: 50 of 9.
    Source: retention practice.
    """
    priced = costs(t)
    ever = sends_of(t).group_by(all_of="campaign_id").agg(ever=lambda s: s.count())
    frame = sent(t, window, by)
    frame = frame.mutate(whose=frame.campaign_id)
    keys = list(dict.fromkeys([*by, "whose"]))
    here = frame.group_by(keys).agg(sent=frame.count(), delivered=frame.delivered.sum())
    joined = here.left_join(priced, here.whose == priced.of_campaign)
    joined = joined.left_join(ever, joined.whose == ever.all_of)
    known = joined.cost.notnull()
    borne = joined.mutate(
        borne=ratio(joined.cost.cast("float64") * joined.sent, joined.ever),
        touches=known.ifelse(joined.delivered, 0),
        others=known.ifelse(0, joined.delivered),
    )
    return per(borne, by).agg(
        part=money(borne.borne.sum().fill_null(0.0)), whole=borne.touches.sum(), unpriced=borne.others.sum()
    )


def _tested(t: Tables, window: Window, by: tuple[str, ...], outcome: str, days: int) -> ir.Table:
    """The arms of every campaign with its cost in money (null where unknown); orders and MRR at the margin."""
    frame = with_outcome(t, units(t, window, by, days), outcome, days, t.definitions.margin or 1.0)
    found, priced = arms(frame, (), as_money=outcome == "spend"), costs(t)
    joined = found.left_join(priced, found.campaign == priced.of_campaign)
    return joined.mutate(cost=money(joined.cost)).drop("of_campaign")


def _pooled(frame: pd.DataFrame, asked: Asked) -> list[dict[str, Any]]:
    """One row per campaign, its treated arms together: the comparison, its cost, what one kept customer is worth."""
    rows = []
    for (campaign,), (held, treated) in arms_by_test(frame, ()).items():
        together = sum((Group.of(row) for row in treated.values()), NOBODY)
        if not together.n:
            continue
        worth = float(sum(row["worth"] for row in treated.values()))
        cost = next(iter(treated.values()))["cost"]
        as_money = asked.variant.get("outcome") == "spend"
        credited = together.total if as_money else worth
        each = 1.0 if as_money else quotient(worth, together.total) if together.total else None
        rows.append({
            "campaign": campaign, "cost": None if pd.isna(cost) else float(cost), "each": each, "credited": credited,
            **measured(together, held, asked.definitions.small_sample),
        })  # fmt: skip
    return rows


def _times(amount: float | None, each: float | None) -> float | None:
    return None if amount is None or each is None else amount * each


def _over(gain: float | None, cost: float | None) -> float | None:
    """(gain - cost) / cost; None where either is unknown, or nothing was spent."""
    return quotient(gain - cost, cost) if gain is not None and cost else None


def _returned(frame: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    rows = []
    for one in _pooled(frame, asked):
        cost, each = one["cost"], one["each"]
        low = _over(_times(one["incremental_low"], each), cost)
        verdict = one["verdict"]
        if low is not None:
            verdict = "could_be_a_loss" if low < 0 else "clear_gain"
        elif not cost:
            verdict = "no_cost"
        rows.append({
            "campaign": one["campaign"], "value": _over(_times(one["incremental"], each), cost), "n": one["n"],
            "low": low, "high": _over(_times(one["incremental_high"], each), cost), "difference": one["value"],
            "difference_low": one["low"], "difference_high": one["high"], "incremental": one["incremental"],
            "margin_each": each if asked.variant["outcome"] == "retained" else None,
            "margin_gained": _times(one["incremental"], each), "cost": cost, "verdict": verdict,
            "attributed_not_causal": _over(one["credited"], cost),
        })  # fmt: skip
    return told(rows, asked, "value", "n", "cost", "verdict", "attributed_not_causal")


def _beside(rows: Sequence[Mapping[str, Any]], asked: Asked) -> list[Note]:
    notes = [*said(rows, asked)]
    losing = sorted({str(row["campaign"]) for row in rows if row.get("verdict") == "could_be_a_loss"})
    if losing:
        notes.append(Note("could_be_a_loss", {"campaigns": losing}))
    if not asked.definitions.margin:
        notes.append(Note("margin_unknown"))
    if any(row["n"] for row in rows):
        notes.append(Note("attributed_is_not_caused"))
    return notes


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.LEVEL,
    entity="campaign",
    needs=TESTED,
    by=("campaign",),
    variants={"outcome": ("retained", "spend"), "horizon_days": HORIZONS},
    keys=("campaign",),
    finish=_returned,
    notes=_beside,
    companions=("unsubscribe_rate", "complaint_rate"),
)
def retention_roi(
    t: Tables,
    window: Window,
    by: tuple[str, ...] = (),
    *,
    outcome: str = "retained",
    horizon_days: str = "90",
) -> ir.Table:
    """What a campaign earned beyond its cost, for each unit of money spent, by those who were held out.

    Formula: (incremental margin - cost) / cost; incremental margin = (rate of those treated - rate of those held out) x
    treated x margin of one kept customer, which is twelve months of the mean MRR of the treated customers kept, at the
    margin of the workspace; "spend" takes the margin of orders within the horizon instead. Beside it, not causal, the
    same with all customers of the treated credited to the campaign.
    At risk: all assigned in the period whose horizon is over; without held-out people it is not measurable as cause.
    Example: 2026-07, the finger-count company, campaign=stay: 38.
    Source: retention practice: incremental margin over cost; the interval is that of the difference of rates.
    """
    return _tested(t, window, by, outcome, int(horizon_days))


def _per_kept(frame: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    rows = []
    for one in _pooled(frame, asked):
        cost, kept = one["cost"], one["incremental"]
        low, high = one["incremental_low"], one["incremental_high"]
        bounded = cost and low is not None and low > 0
        rows.append({
            "campaign": one["campaign"], "value": quotient(cost, kept) if cost and kept and kept > 0 else None,
            "n": one["n"], "low": quotient(cost, high) if bounded else None,
            "high": quotient(cost, low) if bounded else None, "cost": cost,
            "incremental": kept, "incremental_low": low, "incremental_high": high,
            "verdict": one["verdict"] if cost else "no_cost",
        })  # fmt: skip
    return told(rows, asked, "value", "n", "cost", "incremental", "verdict")


@metric(
    unit=Unit.MONEY,
    good="down",
    shape=Shape.LEVEL,
    entity="campaign",
    needs=TESTED,
    by=("campaign",),
    variants={"horizon_days": HORIZONS},
    keys=("campaign",),
    finish=_per_kept,
    notes=said,
    companions=("retention_roi", "uplift"),
)
def cost_per_retained(t: Tables, window: Window, by: tuple[str, ...] = (), *, horizon_days: str = "90") -> ir.Table:
    """What it cost to keep one customer who would have left without the campaign.

    Formula: cost of the campaign / (rate of those treated still customers - rate of those held out) x treated; not
    defined where nobody was kept beyond those held out, and without a bound where the difference may be none.
    At risk: all assigned in the period whose horizon is over; only campaigns that held people out.
    Example: 2026-07, the finger-count company, campaign=stay: 50.
    Source: retention practice: cost over incremental customers, not over all who stayed.
    """
    return _tested(t, window, by, "retained", int(horizon_days))
