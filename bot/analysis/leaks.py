"""What a score of risk may not be learned from: columns made from the outcome, and what people are.

A leak makes a model look perfect and be useless: the column is not known before the customer has left. Each refusal
has a reason and, where there is one, the figure that gave it away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pandas as pd

from bot.analysis.ranking import auc
from bot.metrics.risk_features import BARRED
from bot.metrics.risk_model import Refused

OF_THE_OUTCOME = re.compile(
    r"churn|attrition|lost_(on|at|reason)|left_(on|at|reason)|leav(e|ing)_(date|reason)|(exit|termination)_(date|reason)"
    r"|end_(type|reason)|cancel(l?ed|l?ation)?_?(reason|date|request|page|flow|account|subscription|plan|at$|$)"
    r"|close_account|account_closed|offboard|win_?back",
)
"""Names of what is only known of those who leave. To cancel a meeting is none of them."""
SEPARATES = 0.97
"""From this AUC of one column alone on it is the outcome under another name."""
PURE_EXPECTED = 5.0
"""Customers that a tenth of the base rate would lose in a stretch of values in which nobody, or everybody, was lost."""
SELDOM, OFTEN = 0.01, 0.2
"""A column filled for fewer than 1 % of those who stayed and more than 20 % of those who left speaks of leaving."""
FEWEST_FILLED = 20


def snake(name: str) -> str:
    """`Churn Score` and `ChurnScore` as churn_score."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^a-z0-9]+", "_", parted.lower()).strip("_")


def refusals(frame: pd.DataFrame, lost: pd.Series[int], names: Mapping[str, str]) -> tuple[Refused, ...]:
    """The columns of the frame that are refused; `names` has those that the company's data names, under their names."""
    return tuple(one for column in frame.columns for one in _refused(frame[column], lost, names.get(column)))


def _refused(values: pd.Series[float], lost: pd.Series[int], named: str | None) -> Iterator[Refused]:
    name = str(values.name) if named is None else named
    if named is not None:
        plain = snake(named)
        if any(re.search(rf"(^|_){word}(_|$)", plain) for word in BARRED):
            yield Refused(name, "barred")
            return
        if OF_THE_OUTCOME.search(plain):
            yield Refused(name, "outcome_name")
            return
        if not values.notna().any():
            yield Refused(name, "later")
            return
    gone = lost == 1
    filled = values.notna()
    stayed, left = float(filled[~gone].mean()), float(filled[gone].mean())
    if filled.sum() >= FEWEST_FILLED and stayed < SELDOM and left > OFTEN:
        yield Refused(name, "only_leavers", left)
        return
    scores = values if pd.api.types.is_numeric_dtype(values) else values.map(lost.groupby(values).mean())
    told = auc(scores[filled].astype(float), lost[filled]) if filled.any() else None
    if told is not None and max(told, 1 - told) >= SEPARATES:
        yield Refused(name, "separates", max(told, 1 - told))
    elif named is not None and (pure := _pure(scores[filled].astype(float), lost[filled])):
        yield Refused(name, "separates", pure)


def _pure(scores: pd.Series[float], lost: pd.Series[int]) -> float | None:
    """The share of customers in the stretch from either end in which nobody, or everybody, was lost, if that is no
    chance: a tenth of the usual rate would have lost, or kept, at least five of them.
    """
    base = float(lost.mean())
    levels = pd.DataFrame({"score": scores, "lost": lost}).groupby("score").lost.agg(["size", "sum"])
    best = 0
    for ordered in (levels, levels[::-1]):
        for pure, rate in ((ordered["sum"] == 0, base), (ordered["sum"] == ordered["size"], 1 - base)):
            stretch = int(ordered["size"][pure.cummin()].sum())
            if stretch * rate / 10 >= PURE_EXPECTED:
                best = max(best, stretch)
    return best / len(lost) if best else None
