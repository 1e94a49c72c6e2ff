"""How well a score ranks those who were lost before those who were not, with intervals."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pandas as pd

from bot.analysis.intervals import wilson
from bot.analysis.usual import Z
from bot.metrics.risk_model import Fifth

TOP = 10
PARTS = 5


def auc(scores: pd.Series[float], lost: pd.Series[int]) -> float | None:
    """The chance that one who was lost has a higher score than one who was not, ties counting half; None for one kind.

    Source: Mann and Whitney 1947; Hanley and McNeil 1982.
    """
    ranks = scores.rank(method="average")
    gone = lost == 1
    many, few = int((~gone).sum()), int(gone.sum())
    if not many or not few:
        return None
    return float((ranks[gone].sum() - few * (few + 1) / 2) / (many * few))


def auc_interval(value: float, lost: int, stayed: int) -> tuple[float, float]:
    """95 % interval of an AUC from its numbers of lost and stayed (Hanley and McNeil 1982)."""
    first, second = value / (2 - value), 2 * value**2 / (1 + value)
    spread = value * (1 - value) + (lost - 1) * (first - value**2) + (stayed - 1) * (second - value**2)
    width = Z * sqrt(max(spread, 0.0) / (lost * stayed))
    return max(0.0, value - width), min(1.0, value + width)


def top_tenth(scores: pd.Series[float], lost: pd.Series[int]) -> tuple[int, int]:
    """(customers, lost) of the tenth with the highest scores; equal scores keep the order of the rows."""
    top = scores.sort_values(ascending=False, kind="stable").index[: max(1, round(len(scores) / TOP))]
    return len(top), int(lost[top].sum())


def fifths(scores: pd.Series[float], lost: pd.Series[int]) -> tuple[Fifth, ...]:
    """The customers by score in five parts, the lowest first: expected and seen losses."""
    ranks = scores.rank(method="first") - 1
    part = np.floor(ranks * PARTS / len(scores)).astype(int)
    found = []
    for place in range(PARTS):
        here = part == place
        n, gone = int(here.sum()), int(lost[here].sum())
        if n:
            low, high = wilson(gone, n)
            found.append(Fifth(n, gone, float(scores[here].sum()), low, high))
    return tuple(found)


def stability(now: pd.Series[float], then: pd.Series[float]) -> float:
    """How far two sets of scores lie apart: the population stability index over tenths of the earlier one.

    Under 0.1 they are alike, over 0.25 they are not (the usual rule of credit scoring).
    """
    edges = np.unique(np.quantile(then, np.linspace(0, 1, TOP + 1)[1:-1]))
    shares = [np.bincount(np.digitize(one, edges), minlength=len(edges) + 1) / len(one) for one in (now, then)]
    here, before = (np.clip(one, 1e-4, None) for one in shares)
    return float(((here - before) * np.log(here / before)).sum())
