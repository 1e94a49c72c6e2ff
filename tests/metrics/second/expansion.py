"""The second answers of expansion: what each subscription was at both ends, and the algebra of its change."""

from __future__ import annotations

from bot.types import Window
from tests.metrics.by_hand import DEFAULT, Answers, Hand, Rules
from tests.metrics.second import Case, Second
from tests.metrics.second.core import over_accounts

GREW = "paid0 AND paid1 AND mrr1 > mrr0"


def causes(hand: Hand, window: Window, rules: Rules) -> str:
    """One row per account that grew and cause: units are seats at their list price, plans go by their name."""
    rows = hand.accounts(window.start, window.end, rules)

    def states(day: object) -> str:
        return f"""
        SELECT who, subscription_id, mrr, mrr + coalesce(discount, 0) AS list, coalesce(discount, 0) AS off,
            quantity AS q, name FROM stretches LEFT JOIN plans USING (plan_id)
        WHERE valid_from <= TIMESTAMP '{day}' AND TIMESTAMP '{day}' < until AND mrr > 0
            AND (status = 'active' OR status = 'past_due' AND TIMESTAMP '{day}' < since + INTERVAL {rules.grace} DAY)
        """

    return f"""
    WITH grew AS (SELECT * FROM ({rows}) WHERE {GREW}), a AS ({states(window.start)}), b AS ({states(window.end)}),
    both_ends AS (
        SELECT coalesce(a.who, b.who) AS who, a.mrr AS m0, b.mrr AS m1, a.list AS l0, b.list AS l1, a.off AS d0,
            b.off AS d1, a.q AS q0, b.q AS q1, a.name AS n0, b.name AS n1
        FROM a FULL JOIN b ON a.who = b.who AND a.subscription_id = b.subscription_id
    ),
    swaps AS (SELECT who FROM both_ends GROUP BY who HAVING bool_or(m0 IS NULL) AND bool_or(m1 IS NULL)),
    parts AS (
        SELECT who, 'discount_end' AS cause, d0 - d1 AS amount FROM both_ends
        UNION ALL SELECT who, 'tier', l1 - l0 FROM both_ends WHERE n0 <> n1
        UNION ALL SELECT who, 'seats', l0 / q0 * q1 - l0 FROM both_ends WHERE n0 = n1
        UNION ALL SELECT who, 'price', (l1 / q1 - l0 / q0) * q1 FROM both_ends WHERE n0 = n1
        UNION ALL SELECT who, CASE WHEN who IN (FROM swaps) THEN 'tier' ELSE 'cross_sell' END,
            coalesce(m1, 0) - coalesce(m0, 0) FROM both_ends WHERE m0 IS NULL OR m1 IS NULL
    )
    SELECT g.*, cause, round(amount, 6) AS amount FROM parts JOIN grew g USING (who) WHERE abs(amount) > 1e-6
    """


def gained(rules: Rules = DEFAULT) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        return hand.answer(causes(hand, window, rules), by, where, "sum(amount), count(DISTINCT who)")

    return answer


def rate(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    """By cause every cause is told against all that was paid at the start."""
    wholes = hand.answer(hand.accounts(window.start, window.end), (), where, "sum(mrr0), count(*) FILTER (paid0)")
    parts = hand.answer(causes(hand, window, DEFAULT), by, where, "sum(amount), count(DISTINCT who)")
    return {key: (part, wholes[()][0], grew, wholes[()][1]) for key, (part, grew) in parts.items()}


MORE = f"sum(mrr1 - mrr0) FILTER ({GREW}), sum(mrr0), count(*) FILTER ({GREW}), count(*) FILTER (paid0)"
FIGURES = ("part", "whole", "expanding_customers", "n")

CASES = [
    Case("expansion_revenue", {}, gained(), by=("cause",)),
    Case("expansion_revenue", {"grace_days": "5"}, gained(Rules(grace=5)), by=("plan", "cause")),
    Case("expansion_revenue", {"pause_policy": "churn"}, gained(Rules(pause="churn")), by=("country",)),
    Case("expansion_rate", {}, over_accounts(MORE), figures=FIGURES, by=("plan",)),
    Case("expansion_rate", {"pause_policy": "zero_mrr"}, rate, figures=FIGURES, by=("cause",)),
]
