"""Trials: who tried, and who paid for it in time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from bot.errors import BadData
from bot.metrics.customers import ACCOUNT_DIMENSIONS, SUBSCRIPTIONS
from bot.metrics.declare import metric
from bot.metrics.dimensions import with_dimensions
from bot.metrics.expressions import during, flag
from bot.metrics.tables import UNKNOWN, Tables, counted_only, owned, per, without
from bot.metrics.terms import Policy, terms
from bot.types import Shape, Unit, Window, instant

AFTER_DAYS = 7
"""Days after the trial's end in which a payment still counts."""


def _trials(t: Tables, window: Window, by: tuple[str, ...]) -> ir.Table:
    """One row per account whose first trial began in the window and is over: account_id, started_on, ends_on, plan_id,
    card_required ("true", "false" or unknown), paid_on (null if never), won (1 or 0), and the dimensions.
    """
    if not t.has("subscriptions", "card_required") and "card_required" in t.dimensions(by):
        raise BadData("missing_column", table="subscriptions", column="card_required")
    first = _first_trials(t)
    first = first.filter(during(first.started_on, window))
    over = instant(t.as_of - timedelta(days=AFTER_DAYS), t.definitions.zone)
    first = first.filter(first.ends_on <= over)
    rows = terms(t, Policy.of(t.definitions)).filter(lambda r: r.pays == 1)
    rows = rows.select(payer="account_id", paid_on="opens")
    pairs = first.left_join(rows, [first.account_id == rows.payer, rows.paid_on >= first.started_on])
    joined = pairs.group_by(list(first.columns)).agg(paid_on=pairs.paid_on.min())
    joined = joined.mutate(
        won=flag(joined.paid_on <= joined.ends_on + ibis.interval(days=AFTER_DAYS)),
        card_required=ibis.cases((joined.asks == 1, "true"), (joined.asks == 0, "false"), else_=UNKNOWN),
    )
    return t.narrow(with_dimensions(t, joined.drop("asks"), without(t.dimensions(by), "card_required"), window))


def _first_trials(t: Tables) -> ir.Table:
    """The first trial of each account, with all its stretches: an extended one ends at its new end."""
    rows = owned(t, "subscriptions")
    rows = rows.filter(rows.status == "trial")
    trials = rows.group_by("account_id", "subscription_id").agg(
        started_on=rows.valid_from.min(),
        last_end=rows.trial_end.max(),
        last_to=rows.valid_to.max(),
        plan_id=rows.plan_id.argmax(rows.valid_from),
        asks=rows.card_required.ifelse(1, 0).max(),
    )
    ends_on = ibis.greatest(
        ibis.coalesce(trials.last_end, trials.last_to), ibis.coalesce(trials.last_to, trials.last_end)
    )
    turn = ibis.row_number().over(group_by="account_id", order_by=["started_on", "subscription_id"])
    return trials.mutate(ends_on=ends_on, turn=turn).filter(lambda f: f.turn == 0).drop("turn", "last_end", "last_to")


def paid_in_time(t: Tables, window: Window, **variant: Any) -> ir.Table:
    """The people behind it: account_id, started_on, paid_on, card_required, plan_id of those who paid in time."""
    frame = _asked(t, window, (), **variant)
    return frame.filter(frame.won == 1).select("account_id", "started_on", "paid_on", "card_required", "plan_id")


def _asked(t: Tables, window: Window, by: tuple[str, ...], card_required: str = "any") -> ir.Table:
    if card_required == "any":
        return _trials(t, window, by)
    frame = _trials(t, window, (*by, "card_required"))
    return frame.filter(frame.card_required == card_required)


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.SHARE,
    needs=(*SUBSCRIPTIONS, "subscriptions.trial_end"),
    by=("card_required", *without(ACCOUNT_DIMENSIONS, "tenure")),
    variants={"card_required": ("any", "true", "false")},
    companions=("new_customers",),
    people=paid_in_time,
)
def trial_conversion_rate(
    t: Tables, window: Window, by: tuple[str, ...] = (), *, card_required: str = "any"
) -> ir.Table:
    """Trials that began in the period and became paid in time, as a share of the trials that began in it.

    Formula: trials paid by their end plus 7 days / trials that began in the period.
    At risk: the first trial of each account, once its end and the 7 days lie before as-of; an extended trial ends at
    its new end. Say whether a card was required: sources swap the words "opt-in" and "opt-out".
    Example: 2026-01, the finger-count company: 0 of 1.
    Source: the cohort form; Stripe's rolling and Baremetrics' same-window forms mix cohorts.
    """
    frame = _asked(t, window, by, card_required)
    return counted_only(per(frame, by).agg(part=frame.won.sum().fill_null(0), whole=frame.count()))
