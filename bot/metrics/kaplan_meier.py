"""How long things last, estimated while many still last: Kaplan and Meier's curve, from counts per age."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

FIRM = 10
"""Fewest at risk at an event for the curve to be trusted up to it."""
Z = 1.959963984540054
"""95 % of a normal distribution lie within so many standard deviations."""


def curve(frame: pd.DataFrame) -> pd.DataFrame:
    """The share that outlasts each age, one row an age, in the order of ages.

    In: `age`, `left` (events at the age) and `censored` (last seen at it, counted after the events);
    optionally `entered` (seen only from this age on, so at risk after it; all others are from the start) and
    `at_risk` (just before the age; computed where not given). Out: these and

    value        S(t) = product over ages up to t of 1 - left / at_risk
    low, high    its 95 % log-log interval; null where S is 0 or 1
    error        Greenwood's standard error, S · sqrt(sum of left / (at_risk · (at_risk - left)))
    firm         whether the age lies no later than the last event with at least ten at risk

    Source: Kaplan and Meier (1958); Greenwood (1926); the manual of R's survfit, conf.type "log-log".
    """
    rows = frame.sort_values("age", kind="stable").reset_index(drop=True)
    rows = rows.assign(at_risk=at_risk(rows))
    left, risk = rows["left"].to_numpy("float64"), rows["at_risk"].to_numpy("float64")
    stay = np.divide(risk - left, risk, out=np.ones_like(risk), where=risk > 0)
    surviving = np.cumprod(stay)
    inner = risk * (risk - left)
    summed = np.cumsum(np.divide(left, inner, out=np.zeros_like(risk), where=inner > 0))
    between = (surviving > 0) & (surviving < 1)
    log = np.log(surviving, out=np.full_like(surviving, np.nan), where=between)
    apart = np.divide(Z * np.sqrt(summed), -log)
    width, opposite = np.exp(apart), np.exp(-apart)
    events = rows["age"][(left > 0) & (risk >= FIRM)]
    return rows.assign(
        value=surviving,
        low=np.where(between, surviving**width, np.nan),
        high=np.where(between, surviving**opposite, np.nan),
        error=np.where(surviving > 0, surviving * np.sqrt(summed), np.nan),
        firm=rows["age"] <= events.max() if len(events) else False,
    )


def at_risk(rows: pd.DataFrame) -> pd.Series[float]:
    """How many are at risk just before each age; the rows are in the order of ages."""
    if "at_risk" in rows:
        return rows["at_risk"]
    gone = rows["left"] + rows["censored"]
    risk = gone.sum() - gone.cumsum() + gone
    if "entered" in rows:
        risk = risk - rows["entered"][::-1].cumsum()[::-1]
    return risk


def median(curve: pd.DataFrame) -> float | None:
    """The first age that at most half outlast; None while more than half do ("not reached")."""
    # A product of shares that is a half by hand may miss it by a rounding in the last place.
    return _first(curve, "value")


def median_interval(curve: pd.DataFrame) -> tuple[float | None, float | None]:
    """The 95 % interval of the median: the first ages at which the bounds of the curve fall to a half.

    Source: Brookmeyer and Crowley (1982), by the log-log bounds.
    """
    return _first(curve, "low"), _first(curve, "high")


def _first(curve: pd.DataFrame, column: str) -> float | None:
    ages = curve["age"][(curve[column] <= 0.5 + 1e-12) | (curve["value"] == 0)]
    return float(ages.iloc[0]) if len(ages) else None


@dataclass(frozen=True, slots=True)
class LogRank:
    """How far curves differ: chi-squared with `df` degrees of freedom, and its chance if they do not."""

    chi2: float
    df: int
    p: float


def logrank(frames: Sequence[pd.DataFrame]) -> LogRank | None:
    """The log-rank test of several groups, each given as `curve` takes it; None where there is nothing to compare.

    Source: Mantel (1966); Peto and Peto (1972).
    """
    ordered = [frame.sort_values("age", kind="stable").reset_index(drop=True) for frame in frames]
    ages = sorted({age for rows in ordered for age in rows["age"][rows["left"] > 0]})
    if len(ordered) < 2 or not ages:
        return None
    left = np.array([[rows["left"][rows["age"] == age].sum() for rows in ordered] for age in ages], dtype="float64")
    risk = np.array([[_before(rows, age) for rows in ordered] for age in ages], dtype="float64")
    all_left, all_risk = left.sum(axis=1), risk.sum(axis=1)
    share = np.divide(risk, all_risk[:, None])
    beyond = left.sum(axis=0) - (all_left[:, None] * share).sum(axis=0)
    spread = np.divide(
        all_left * (all_risk - all_left), all_risk - 1, out=np.zeros_like(all_risk), where=all_risk > 1
    )  # fmt: skip
    covariance = np.diag((spread[:, None] * share).sum(axis=0)) - np.einsum("t,ti,tj->ij", spread, share, share)
    inverse = np.linalg.pinv(covariance, hermitian=True)
    df = int(np.linalg.matrix_rank(covariance, hermitian=True))
    if not df:
        return None
    chi2 = float(beyond @ inverse @ beyond)
    return LogRank(chi2, df, above(chi2, df))


def _before(rows: pd.DataFrame, age: float) -> float:
    """How many of a group are at risk just before an age that need not be one of its own."""
    if "at_risk" in rows:
        own = rows["at_risk"][rows["age"] == age]
        if len(own):
            return float(own.iloc[0])
    gone = (rows["left"] + rows["censored"])[rows["age"] >= age].sum()
    late = rows["entered"][rows["age"] >= age].sum() if "entered" in rows else 0
    return float(gone - late)


def above(chi2: float, df: int) -> float:
    """The chance that a chi-squared variable with `df` degrees of freedom exceeds `chi2`, by its finite sum.

    Source: Abramowitz and Stegun (1964), 26.4.4 and 26.4.5.
    """
    half, odd = chi2 * 0.5, df % 2
    total = math.erfc(math.sqrt(half)) if odd else 0.0
    for step in range(df // 2):
        power = step + odd * 0.5
        total += math.exp(-half + power * math.log(half) - math.lgamma(power + 1)) if half > 0 else float(power == 0)
    return min(1.0, total) if half > 0 else 1.0
