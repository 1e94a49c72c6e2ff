"""What a customer will be worth: by the simple formula, or by a model of how long and how often they come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from bot.metrics import value_models
from bot.metrics.commerce import purchases
from bot.metrics.customers import ACCOUNT_DIMENSIONS
from bot.metrics.declare import Asked, metric
from bot.metrics.dimensions import with_dimensions
from bot.metrics.expressions import ratio
from bot.metrics.kaplan_meier import at_risk
from bot.metrics.lifetime_value import SIMPLE, margin_notes, margin_of, simple_value
from bot.metrics.present import ever
from bot.metrics.revenue import arpa
from bot.metrics.survival import counted
from bot.metrics.tables import Tables
from bot.types import Note, Shape, Unit, Window

MONTH_DAYS = 365.25 / 12
WEEK_DAYS = 7
FEWEST_CUSTOMERS = 200
FEWEST_MONTHS = 6
DIMENSIONS = tuple(name for name in ACCOUNT_DIMENSIONS if name != "tenure")
"""Tenure is what a lifetime is counted in, and no segment of it."""


def _clv(frame: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """The value of a customer in each segment, from what the method fetched."""
    if "value" in frame.columns:
        return _simple(frame, asked)
    tell = _by_lifetimes if "censored" in frame.columns else _by_orders
    return tell(frame, asked)


def _simple(frame: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """margin / churn, or with a discount d a month: m (1 + d) / (1 + d - r) for a first margin at once."""
    d, r = float(asked.variant["discount"]), 1 - frame["churn"]
    first = (1 + d) if asked.variant["first_margin"] == "at_once" else r if d else 1.0
    value = frame["arpa"] * frame["margin"] * first / (1 + d - r).where(lambda below: below > 0)
    return frame.assign(value=value)


def _by_lifetimes(frame: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """The sum over the horizon's months of what a customer still there brings, discounted; survival by the model."""
    months = round(int(asked.variant["horizon_days"]) / MONTH_DAYS)
    weights = (1 + float(asked.variant["discount"])) ** -np.arange(months)
    found = []
    for segment, rows in frame.groupby(list(asked.by), dropna=False) if asked.by else [((), frame)]:
        told = rows.groupby("age")[["left", "censored", "entered"]].sum()
        told = told.reindex(range(int(told.index.max()) + 1), fill_value=0).reset_index()
        brings = float(rows["arpa"].iloc[0] or 0) * margin_of(asked.definitions, asked.variant["ltv_method"])[0]
        n = int((told["left"] + told["censored"]).sum())
        row: dict[str, Any] = dict(zip(asked.by, segment, strict=True))
        row |= {"value": None, "n": n, "alpha": None, "beta": None, "months": months}
        seen = told[told["age"] > 0]
        if n >= FEWEST_CUSTOMERS and len(seen) >= FEWEST_MONTHS and seen["left"].sum():
            fit = value_models.sbg(at_risk(told)[told["age"] > 0], seen["left"])

            def worth(alpha: float, beta: float, brings: float = brings) -> float:
                return float(brings * (value_models.sbg_survival(months - 1, alpha, beta) * weights).sum())

            low, high = fit.interval(worth)
            row |= {"value": worth(*fit.parameters), "low": low, "high": high}
            row |= dict(zip(("alpha", "beta"), fit.parameters, strict=True))
        found.append(row)
    return pd.DataFrame(found) if found else frame.iloc[:0]


def _by_orders(frame: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """The mean over buyers of expected orders in the horizon times what an order of theirs is worth."""
    columns = [*asked.by, "value", "n", "still", "purchases"]
    if len(frame) < FEWEST_CUSTOMERS or frame["age"].max() < FEWEST_MONTHS * MONTH_DAYS / WEEK_DAYS:
        return pd.DataFrame([{"value": None, "n": len(frame)}] if not asked.by and len(frame) else [], columns=columns)
    x, recency, age = frame["frequency"], frame["recency"], frame["age"]
    alike = frame.groupby(["frequency", "recency", "age"]).size().reset_index(name="many")
    fit = value_models.bgnbd(alike["frequency"], alike["recency"], alike["age"], alike["many"])
    repeated = frame[(x > 0) & (frame["worth"] > 0)]
    money = value_models.gamma_gamma(
        repeated["frequency"], np.minimum(repeated["worth"], repeated["worth"].quantile(0.99))
    )
    each = value_models.expected_worth(x, frame["worth"].fillna(0.0), *money.parameters)
    weeks = int(asked.variant["horizon_days"]) / WEEK_DAYS
    margin = margin_of(asked.definitions, asked.variant["ltv_method"])[0]
    middle = (1 + float(asked.variant["discount"])) ** -(weeks * WEEK_DAYS / MONTH_DAYS / 2)
    coming = value_models.expected_purchases(weeks, x, recency, age, *fit.parameters)
    told = frame.assign(
        value=coming * each * margin * middle,
        purchases=coming,
        still=value_models.still_buying(x, recency, age, *fit.parameters),
    )
    grouped = told.groupby(list(asked.by), dropna=False) if asked.by else None
    if grouped is None:
        return pd.DataFrame([{**told[["value", "still", "purchases"]].mean().to_dict(), "n": len(told)}])
    return grouped.agg(
        value=("value", "mean"), n=("value", "size"), still=("still", "mean"), purchases=("purchases", "mean")
    ).reset_index()


def _buyers(t: Tables, window: Window, by: tuple[str, ...]) -> ir.Table:
    """One row per buyer so far: repeat orders, weeks from the first to the last and to the window's end, worth."""
    orders = purchases(t)
    orders = orders.filter(orders.occurred_at < window.last)
    first = orders.group_by(buyer="account_id").agg(began=orders.bought.min(), ended=orders.bought.max())
    joined = orders.inner_join(first, orders.account_id == first.buyer)
    again = joined.bought > joined.began
    last = ibis.literal(window.end)
    people = joined.group_by("account_id").agg(
        began=joined.began.min(),
        frequency=joined.count() - 1,
        recency=ratio(joined.ended.max().delta(joined.began.min(), unit="day"), WEEK_DAYS),
        age=ratio(last.delta(joined.began.min(), unit="day") - 1, WEEK_DAYS),
        worth=joined.net_amount.mean(where=again),
    )
    people = t.narrow(with_dimensions(t, people, t.dimensions(by), window))
    return people.select(*by, "frequency", "recency", "age", "worth")


def _notes(rows: Sequence[Mapping[str, Any]], asked: Asked) -> list[Note]:
    unfit = [row for row in rows if row.get("value") is None and row.get("n")]
    notes = margin_notes(rows, asked)
    if asked.variant["ltv_method"] not in SIMPLE and unfit:
        notes.append(Note("model_needs_more", {"n": FEWEST_CUSTOMERS, "months": FEWEST_MONTHS}))
    return notes


@metric(
    unit=Unit.MONEY,
    good="up",
    shape=Shape.LEVEL,
    needs=("subscriptions.mrr|orders.net_amount", "subscriptions.valid_from|orders.occurred_at"),
    by=DIMENSIONS,
    parts="money",
    variants={
        "ltv_method": (*SIMPLE, "sbg", "bgnbd"),
        "horizon_days": ("365", "730"),
        "discount": ("0", "0.01"),
        "first_margin": ("at_once", "after_renewal"),
    },
    finish=_clv,
    notes=_notes,
    companions=("churn_rate", "arpa"),
)
def clv_predicted(
    t: Tables,
    window: Window,
    by: tuple[str, ...] = (),
    *,
    ltv_method: str = SIMPLE[0],
    **_: Any,
) -> ir.Table:
    """What a customer is expected to bring: by the simple formula for ever, by a model over a horizon.

    Formula: ARPA x margin / monthly churn; with a discount d a month and retention r, m (1 + d) / (1 + d - r), or
    m r / (1 + d - r) where the first margin comes after the first renewal. "sbg" sums what a customer who pays now as
    its first month brings over the horizon, survival by the shifted beta-geometric; "bgnbd" gives the mean over buyers
    of expected orders (BG/NBD) times what an order is worth (Gamma-Gamma, winsorised at the 99th percentile).
    At risk: customers paying at the start (simple), all lifetimes (sbg), all buyers so far (bgnbd, the only form of a
    shop without subscriptions). Models need 200 customers and six months. What it cost to win them is not taken off.
    Example: 2026-10, the finger-count company: 422.22.
    Source: ChartMogul, LTV; Fader and Hardie 2007; Fader, Hardie and Lee 2005; Fader and Hardie 2013.
    """
    if ltv_method == "bgnbd" or not t.has("subscriptions"):
        return _buyers(t, window, by)
    if ltv_method != "sbg":
        return simple_value(t, window, by, ltv_method=ltv_method)
    lives = counted(t, ever(window), by, "first")
    paid = arpa(t, window, by)
    paid = paid.select(*by, arpa=ratio(paid.part, paid.whole))
    joined = lives.left_join(paid, list(by)) if by else lives.cross_join(paid)
    return joined.select(*by, "age", "left", "censored", "entered", "arpa")
