"""The second answers of recurring revenue: its yearly level, its average, what is lost and gained of it."""

from __future__ import annotations

from bot.types import Window
from tests.metrics.by_hand import DEFAULT, Answers, Hand, Rules
from tests.metrics.second import Case, Second
from tests.metrics.second.core import over_accounts


def at_end(totals: str, rules: Rules = DEFAULT) -> Second:
    """Adds up one row per subscription that pays at the end."""

    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        return hand.answer(hand.paid_at_end(window.end, window.start, rules), by, where, totals)

    return answer


YEARLY = "sum(mrr) * 12, count(DISTINCT who)"
AVERAGE = "sum(mrr), count(DISTINCT who)"
LOWER = "sum(greatest(mrr0 - mrr1, 0)) FILTER (paid0), sum(mrr0)"
LESS = "sum(mrr0) - sum(coalesce(mrr1, 0)) FILTER ({}), sum(mrr0)"
HERE, EVER = "paid0", "first_paid <= TIMESTAMP '{start}'"
UP, DOWN = "sum(greatest(mrr1 - mrr0, 0))", "sum(greatest(mrr0 - mrr1, 0))"
FIRST_OR_MORE = f"{UP} FILTER (paid0 OR first_paid > TIMESTAMP '{{start}}')"
MOVES = "sum(e_new + e_more{}), sum(e_less + e_lost)"

ASKED: list[tuple[str, dict[str, str], Second]] = [
    ("arr", {}, at_end(YEARLY)),
    ("arr", {"pause_policy": "keep_mrr"}, at_end(YEARLY, Rules(pause="keep_mrr"))),
    ("arpa", {}, at_end(AVERAGE)),
    ("arpa", {"grace_days": "5"}, at_end(AVERAGE, Rules(grace=5))),
    ("gross_revenue_churn", {}, over_accounts(LOWER)),
    ("gross_revenue_churn", {"pause_policy": "keep_mrr"}, over_accounts(LOWER, Rules(pause="keep_mrr"))),
    ("net_revenue_churn", {}, over_accounts(LESS.format(HERE))),
    ("net_revenue_churn", {"include_reactivation": "true"}, over_accounts(LESS.format(EVER))),
    ("quick_ratio", {}, over_accounts(f"{UP}, {DOWN}")),
    ("quick_ratio", {"include_reactivation": "false"}, over_accounts(f"{FIRST_OR_MORE}, {DOWN}")),
    ("quick_ratio", {"method": "events"}, over_accounts(MOVES.format(" + e_back"))),
    (
        "quick_ratio",
        {"method": "events", "include_reactivation": "false"},
        over_accounts(MOVES.format("")),
    ),
]

CASES = [
    Case(metric, variant, second, by=("plan", "tenure") if metric in ("arr", "arpa") else ("plan",))
    for metric, variant, second in ASKED
]
