"""Recurring revenue of the customers who may leave."""

from __future__ import annotations

from typing import Any

import ibis.expr.types as ir
import pandas as pd

from bot.metrics.customers import ACCOUNT_DIMENSIONS
from bot.metrics.declare import Asked, metric
from bot.metrics.expressions import flag, money
from bot.metrics.population import standing
from bot.metrics.revenue import MRR
from bot.metrics.segments import SEGMENTS
from bot.metrics.tables import Tables, everybody, owned, per
from bot.metrics.terms import Policy, holds, terms
from bot.types import Grain, Shape, Unit, Window

SIGNS = ("at_risk", "failed_payment")
"""Segments whose accounts are at risk with all they pay."""
CANCELLED = "scheduled_churn"
TOTAL = "total"
PARTS = (TOTAL, "at_risk", CANCELLED, "failed_payment")


def exposed(t: Tables, window: Window, **_: Any) -> ir.Table:
    """The people behind the value at risk: one row per account with any of the signs.

    Columns: account_id, mrr, exposed (what of it is at risk), at_risk, failed_payment (1 or 0), cancelled (MRR).
    """
    frame = _signed(t, window, ())
    frame = frame.filter(frame.exposed > 0)
    return frame.select(
        "account_id",
        *SIGNS,
        mrr=money(frame.end_micros),
        exposed=money(frame.exposed),
        cancelled=money(frame.cancelled),
    )


def _by_part(frame: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """One row per segment and part, the total first."""
    rows = [
        {**{name: row[name] for name in asked.by}, "type": part, "value": row[part] or 0, "n": row[f"{part}_n"] or 0}
        for row in (frame.sort_values(list(asked.by)) if asked.by else frame).to_dict("records")
        for part in PARTS
    ]
    return pd.DataFrame(rows, columns=[*asked.by, "type", "value", "n"])


@metric(
    unit=Unit.MONEY,
    good="down",
    shape=Shape.LEVEL,
    needs=(*MRR, "subscriptions.cancel_requested_at"),
    by=ACCOUNT_DIMENSIONS,
    keys=("type",),
    window=Grain.DAY,
    finish=_by_part,
    companions=("mrr", "churn_risk"),
    people=exposed,
)
def value_at_risk(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """The MRR of customers who may leave at the end of the period, by what says so, and all of it once.

    Formula: sum of the MRR of accounts in the segment at_risk, of those in failed_payment, and of subscriptions already
    cancelled that still run (scheduled_churn); the total counts an account once: all it pays, or only what is cancelled
    where it shows no sign. n is the accounts. What is likely to be lost of it is expected_mrr of churn_risk.
    At risk: customers paying at the end; the parts overlap, so they add up to more than the total.
    Example: 2026-09, the finger-count company, type=scheduled_churn: 380.
    Source: retention practice.
    """
    frame = _signed(t, window, by)
    amounts = {TOTAL: frame.exposed, CANCELLED: frame.cancelled}
    amounts |= {sign: (frame[sign] == 1).ifelse(frame.end_micros, 0) for sign in SIGNS}
    sums: dict[str, ir.Value] = {part: money(amount.sum().fill_null(0)) for part, amount in amounts.items()}
    counts: dict[str, ir.Value] = {f"{part}_n": flag(amount > 0).sum() for part, amount in amounts.items()}
    return per(frame, by).agg(**sums, **counts)


def _signed(t: Tables, window: Window, by: tuple[str, ...]) -> ir.Table:
    """Customers paying at the end: end_micros, each sign (1 or 0), cancelled, exposed (millionths)."""
    rules = Policy.of(t.definitions)
    frame = standing(t, window, by, rules, "end", "end_micros")
    frame = frame.filter(frame.end == 1)
    for sign in SIGNS:
        # Everybody in it: the question's filters are those of the window's start, and applied to the customers.
        found = SEGMENTS[sign](everybody(t), window.end).select(marked="account_id").distinct()
        frame = frame.left_join(found, frame.account_id == found.marked)
        frame = frame.mutate(**{sign: flag(frame.marked.notnull())}).drop("marked")
    ending = _cancelled(t, window, rules)
    frame = frame.left_join(ending, frame.account_id == ending.leaver).drop("leaver")
    frame = frame.mutate(cancelled=frame.cancelled.fill_null(0))
    signed = (frame.at_risk == 1) | (frame.failed_payment == 1)
    return frame.mutate(exposed=signed.ifelse(frame.end_micros, frame.cancelled))


def _cancelled(t: Tables, window: Window, rules: Policy) -> ir.Table:
    """(leaver, cancelled): the MRR of subscriptions that pay at the end and are asked to end later."""
    asked = owned(t, "subscriptions")
    closes_later = asked.valid_to.isnull() | (asked.valid_to > window.last)
    asked = asked.filter((asked.valid_from <= window.last) & closes_later)
    asked = asked.filter(asked.cancel_requested_at <= window.last).select(ending="subscription_id").distinct()
    rows = terms(t, rules)
    rows = rows.filter((rows.pays == 1) & holds(rows, window.last))
    rows = rows.semi_join(asked, rows.subscription_id == asked.ending)
    return rows.group_by(leaver=rows.account_id).agg(cancelled=rows.micros.sum())
