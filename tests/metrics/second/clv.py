"""The second answer of the simple lifetime value: what a customer pays, over the share that leaves a month."""

from __future__ import annotations

from bot.types import Window
from tests.metrics.by_hand import Answers, Hand
from tests.metrics.second import COUNTRIES, MONTH, QUARTER, WEEK, YEAR, Case

MONTHS = {MONTH: 1.0, QUARTER: 3.0, YEAR: 12.0, WEEK: 7 * 12 / 365.25}


def simple(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    """ARPA / (1 - the monthly share kept), where the period's share kept is that to the power of its months."""
    found = hand.answer(
        hand.accounts(window.start, window.end), by, where,
        "sum(mrr1) FILTER (paid1) / count(*) FILTER (paid1), count(*) FILTER (paid0 AND NOT kept1), "
        "count(*) FILTER (paid0)",
    )  # fmt: skip
    return {
        key: (arpa / (1 - (1 - lost / many) ** (1 / MONTHS[window])) if lost and many else 0.0, many)
        for key, (arpa, lost, many) in found.items()
    }


CASES = [
    Case("clv_predicted", {"ltv_method": method}, simple, by=("country",), where=COUNTRIES, windows=tuple(MONTHS))
    for method in ("margin_over_churn", "revenue_over_churn")
]
