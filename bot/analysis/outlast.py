"""The share of new customers that outlasts each month of tenure, also beyond the months that any have reached."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from bot.analysis.intervals import Z
from bot.analysis.measure import Analyst, measure
from bot.errors import BadData
from bot.metrics import value_models
from bot.types import Evidence, Intent, Query

FEWEST_LEFT = 5
"""Fewer departures than that tell no curve to go on with."""
YEAR = 12


@dataclass(frozen=True)
class Outlasting:
    """One row an age: age, value, low and high (95 %), at_risk (None beyond the curve).

    `seen` is the last age that the curve itself tells; `beyond` says how later ones are told, if any are.
    """

    rows: tuple[dict[str, Any], ...]
    seen: int
    beyond: Literal["sbg", "constant"] | None
    curve: Evidence


def outlasting(analyst: Analyst, query: Query, months: int) -> Outlasting:
    """The curve of Kaplan and Meier up to `months`, carried on by the shifted beta-geometric where it ends before.

    Without the models' libraries, or where they do not fit, the hazard of the last year that was seen goes on.
    """
    asked = replace(query, intent=Intent.VALUE, metric="survival_curve", window=None, amounts=(), subject=None)
    curve = measure(analyst, asked)
    firm = [row for row in curve.rows if row["firm"]]
    seen = [row for row in firm if row["age"] > 0]
    if not seen or sum(row["left"] for row in seen) < FEWEST_LEFT:
        raise BadData("survival_needs_more", customers=int(curve.rows[0]["at_risk"]) if curve.rows else 0)
    rows = [_row(row) for row in firm if row["age"] <= months]
    last = seen[-1]
    if months <= last["age"]:
        return Outlasting(tuple(rows), last["age"], None, curve)
    more, how = _beyond(seen, months)
    low, high = last["interval"] or (last["value"], last["value"])
    for age, share, below, above in more:
        rows.append({
            "age": age, "value": last["value"] * share, "low": low * below, "high": min(1.0, high * above),
            "at_risk": None,
        })  # fmt: skip
    return Outlasting(tuple(rows), last["age"], how, curve)


def _row(row: Any) -> dict[str, Any]:
    low, high = row["interval"] or (row["value"], row["value"])
    return {"age": row["age"], "value": row["value"], "low": low, "high": high, "at_risk": row["at_risk"]}


def _beyond(seen: list[Any], months: int) -> tuple[list[tuple[int, float, float, float]], Literal["sbg", "constant"]]:
    """(age, share of those at the last age seen, its bounds) for each later age, and how it was told."""
    at_risk, left = (np.array([row[name] for row in seen], float) for name in ("at_risk", "left"))
    last = int(seen[-1]["age"])
    ages = range(last + 1, months + 1)
    try:
        fit = value_models.sbg(at_risk, left)
    except BadData:
        hazard = left[-YEAR:].sum() / at_risk[-YEAR:].sum()
        error = Z * np.sqrt(max(left[-YEAR:].sum(), 1.0)) / at_risk[-YEAR:].sum()
        stays = [1 - one for one in (hazard, min(1.0, hazard + error), max(0.0, hazard - error))]
        told = np.array([[stay ** (age - last) for age in ages] for stay in stays])
        return _told(ages, told), "constant"

    def shares(alpha: float, beta: float) -> Any:
        found = value_models.sbg_survival(months, alpha, beta)
        return found[last + 1 :] / found[last]

    drawn = np.array([shares(*one) for one in fit.drawn()])
    low, high = np.nanquantile(drawn, (0.025, 0.975), axis=0)
    return _told(ages, np.array([shares(*fit.parameters), low, high])), "sbg"


def _told(ages: range, found: Any) -> list[tuple[int, float, float, float]]:
    return [(age, float(found[0, n]), float(found[1, n]), float(found[2, n])) for n, age in enumerate(ages)]
