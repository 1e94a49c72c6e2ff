"""What a customer will be worth: by the simple formula, or by a model of how long and how often they come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from bot.errors import BadData
from bot.metrics import buyers, value_models
from bot.metrics.customers import ACCOUNT_DIMENSIONS
from bot.metrics.declare import Asked, metric
from bot.metrics.dimensions import months_before
from bot.metrics.expressions import money, ratio
from bot.metrics.kaplan_meier import at_risk
from bot.metrics.lifetime_value import SIMPLE, margin_notes, margin_of, simple_value
from bot.metrics.population import standing
from bot.metrics.present import ever
from bot.metrics.revenue import arpa
from bot.metrics.survival import counted
from bot.metrics.tables import Tables
from bot.metrics.terms import Policy
from bot.types import Note, Shape, Unit, Window

MONTH_DAYS = 365.25 / 12
FEWEST_CUSTOMERS, FEWEST_MONTHS = buyers.FEWEST_CUSTOMERS, buyers.FEWEST_MONTHS
COUNTS = ("left", "censored", "entered")
EARLY = tuple(f"early_{name}" for name in COUNTS)
"""How many lifetimes ended, go on, or were first seen at each age: now, and as the held-out months began."""
HELD_MONTHS = 6
TESTED = tuple(f"tested_{name}" for name in buyers.Tested.__dataclass_fields__)
"""Columns of the back-test beside the value by orders."""
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
        told = rows.groupby("age")[[*COUNTS, *EARLY]].sum().astype(float)
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
            row |= {"value": worth(*fit.parameters), "low": low, "high": high, **told_and_came(told)}
            row |= dict(zip(("alpha", "beta"), fit.parameters, strict=True))
        found.append(row)
    return pd.DataFrame(found) if found else frame.iloc[:0]


def _half_a_year_ago(t: Tables, window: Window, by: tuple[str, ...]) -> ir.Table:
    """The same counts as they stood when the held-out months began."""
    then = replace(t, as_of=months_before(t.as_of, HELD_MONTHS), frames={})
    counts = counted(then, ever(window), by, "first")
    return counts.select(*by, "age", **{f"early_{name}": counts[name] for name in COUNTS})


def told_and_came(told: pd.DataFrame) -> dict[str, float]:
    """The held-out months as if they were not known: the departures that the model of the time before tells for those
    at risk in them, and those that came; nothing where too little lies before them."""
    early = told[list(EARLY)].rename(columns=dict(zip(EARLY, COUNTS, strict=True)))
    ages = told["age"] > 0
    lost = early["left"][ages]
    if early[["left", "censored"]].to_numpy().sum() < FEWEST_CUSTOMERS or (lost > 0).sum() < FEWEST_MONTHS:
        return {}
    alpha, beta = value_models.sbg(at_risk(early)[ages], lost).parameters
    exposed = (at_risk(told) - at_risk(early))[ages]  # reached an age within the held-out months
    left = exposed * alpha / (alpha + beta + told["age"][ages] - 1)
    return {"held_told": float(left.sum()), "held_came": float((told["left"] - early["left"])[ages].sum())}


def _by_orders(frame: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """The mean over buyers of expected orders in the horizon times what an order of theirs is worth."""
    told = ["value", "n", "low", "high", "still", "purchases", *TESTED]
    if not buyers.enough(frame):
        none = [{"value": None, "n": len(frame)}] if not asked.by and len(frame) else []
        return pd.DataFrame(none, columns=[*asked.by, *told])
    model = buyers.Model.of(frame)
    weeks, factor = _ahead(asked)
    test = buyers.back_test(frame)
    tested = {f"tested_{name}": getattr(test, name) for name in buyers.Tested.__dataclass_fields__} if test else {}
    rows = []
    for segment, those in frame.groupby(list(asked.by), dropna=False) if asked.by else [((), frame)]:

        def worth(buying: Any, spending: Any, those: pd.DataFrame = those) -> float:
            return float(np.mean(model.orders(those, weeks, buying) * model.worth(those, spending)) * factor)

        low, high = model.sure(worth)
        row: dict[str, Any] = dict(zip(asked.by, segment, strict=True))
        row |= {"value": worth(model.buying.parameters, model.spending.parameters), "n": len(those)}
        row |= {"low": low, "high": high, "still": float(np.mean(model.alive(those)))}
        rows.append(row | {"purchases": float(np.mean(model.orders(those, weeks)))} | tested)
    return pd.DataFrame(rows, columns=[*asked.by, *told])


def _ahead(asked: Asked) -> tuple[float, float]:
    """The weeks of the horizon, and what an order counts for in it: its margin, discounted to the middle."""
    weeks = int(asked.variant["horizon_days"]) / buyers.WEEK_DAYS
    margin = margin_of(asked.definitions, asked.variant["ltv_method"])[0]
    return weeks, margin * (1 + float(asked.variant["discount"])) ** -(weeks / buyers.MONTH_WEEKS / 2)


def _people(t: Tables, window: Window, *, ltv_method: str = SIMPLE[0], **_: Any) -> ir.Table:
    """The people behind the number: all buyers so far, else the customers paying at the end with what they pay."""
    if ltv_method == "bgnbd" or not t.has("subscriptions"):
        return buyers.buyers(t, window)
    frame = standing(t, window, (), Policy.of(t.definitions), "end", "end_micros")
    frame = frame.filter(frame.end == 1)
    return frame.select("account_id", mrr=money(frame.end_micros))


def _listed(frame: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """The buyers with what is expected of each, the most valuable first."""
    if "frequency" not in frame.columns:
        return frame
    if not buyers.enough(frame):
        raise BadData("clv_needs_more", n=buyers.FEWEST_CUSTOMERS, months=buyers.FEWEST_MONTHS, customers=len(frame))
    told = buyers.each(frame, *_ahead(asked)).assign(orders=frame["frequency"] + 1)
    told = told.sort_values(["expected_value", "account_id"], ascending=[False, True], kind="stable")
    return told.drop(columns=list(buyers.COLUMNS))


def _notes(rows: Sequence[Mapping[str, Any]], asked: Asked) -> list[Note]:
    unfit = [row for row in rows if row.get("value") is None and row.get("n")]
    notes = margin_notes(rows, asked)
    if asked.variant["ltv_method"] not in SIMPLE and unfit:
        notes.append(Note("model_needs_more", {"n": FEWEST_CUSTOMERS, "months": FEWEST_MONTHS}))
    if any("held_told" in row for row in rows):
        told, came = (round(sum(row.get(name) or 0 for row in rows)) for name in ("held_told", "held_came"))
        notes.append(Note("clv_held", {"months": HELD_MONTHS, "told": told, "came": came}))
    test = {name: rows[0].get(name) for name in TESTED} if rows else {}
    if test.get("tested_n"):
        key = "clv_tested" if test["tested_lift"] is not None else "clv_tested_without_lift"
        notes.append(Note(key, {"weeks": buyers.HELD_WEEKS, **test, "currency": asked.definitions.currency}))
    elif rows and "still" in rows[0] and rows[0].get("value") is not None:
        notes.append(Note("clv_untested", {"weeks": buyers.HELD_WEEKS}))
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
    people=_people,
    listed=_listed,
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
        return buyers.buyers(t, window, by)
    if ltv_method != "sbg":
        return simple_value(t, window, by, ltv_method=ltv_method)
    lives = counted(t, ever(window), by, "first").left_join(_half_a_year_ago(t, window, by), [*by, "age"])
    lives = lives.drop("age_right", *(f"{name}_right" for name in by))
    paid = arpa(t, window, by)
    paid = paid.select(*by, arpa=ratio(paid.part, paid.whole))
    joined = lives.left_join(paid, list(by)) if by else lives.cross_join(paid)
    return joined.select(*by, "age", *COUNTS, *EARLY, "arpa")
