"""The second answer of churn_risk: each customer's signs counted one by one, in SQL of its own."""

from __future__ import annotations

from datetime import timedelta

from bot.types import Window
from tests.metrics.by_hand import DEFAULT, Answers, Hand
from tests.metrics.second import MONTH, QUARTER, WEEK, Case, Second

ACTS = """
CREATE TEMP TABLE IF NOT EXISTS act_days AS
SELECT who, user_id, min(occurred_at) AS acted FROM events JOIN lives ON id = account_id
WHERE is_active_event GROUP BY who, user_id, occurred_at::DATE
"""


def scores(hand: Hand, window: Window, horizon: int) -> str:
    """One row per customer and day of the score: its points, whether it was lost, its MRR, its dimensions."""
    hand.connection.execute(ACTS)
    spells = hand.spells(DEFAULT)
    days = ", ".join(f"(TIMESTAMP '{window.end - timedelta(days=horizon * back)}')" for back in range(5))
    return f"""
    WITH days AS (SELECT * FROM (VALUES {days}) v(t)),
    paying AS (
        SELECT s.who, t, sum(mrr) AS mrr, bool_or(status = 'past_due') AS due,
            (SELECT min(begins) FROM {spells} f WHERE f.who = s.who AND f.pays) AS since
        FROM {spells} s JOIN days ON begins <= t AND t < ends WHERE pays GROUP BY s.who, t
    ),
    acts AS (
        SELECT who, t, count(*) FILTER (acted >= t - INTERVAL 30 DAY) AS awake,
            count(*) FILTER (acted >= t - INTERVAL 28 DAY) AS recent,
            count(*) FILTER (acted < t - INTERVAL 28 DAY AND acted >= t - INTERVAL 112 DAY) / 3 AS usual
        FROM act_days JOIN days ON acted < t GROUP BY who, t
    ),
    asked AS (
        SELECT who, t, count(*) FILTER (created_at >= t - INTERVAL 30 DAY) AS lately,
            count(*) FILTER (created_at < t - INTERVAL 7 DAY AND (solved_at IS NULL OR solved_at >= t)) AS waiting
        FROM tickets JOIN lives ON id = account_id JOIN days ON created_at < t GROUP BY who, t
    ),
    said AS (
        SELECT who, t, arg_max(score, answered_at) AS score FROM survey_answers JOIN lives ON id = account_id
        JOIN days ON answered_at < t AND answered_at >= t - INTERVAL 90 DAY
        WHERE type = 'nps' AND score BETWEEN 0 AND 10 GROUP BY who, t
    ),
    tried AS (
        SELECT who, t, arg_max(status, occurred_at) AS status FROM payments JOIN lives ON id = account_id
        JOIN days ON occurred_at < t AND occurred_at >= t - INTERVAL 30 DAY
        WHERE status IN ('paid', 'failed') GROUP BY who, t
    )
    SELECT p.who, p.t, p.mrr, coalesce(a.country, 'unknown') AS country,
        NOT EXISTS (FROM {spells} s WHERE s.who = p.who AND (pays OR rests)
                    AND begins <= p.t + INTERVAL {horizon} DAY AND p.t + INTERVAL {horizon} DAY < ends) AS lost,
        least(6, CASE WHEN due OR coalesce(tried.status = 'failed', false) THEN 3 ELSE 0 END
            + CASE WHEN coalesce(awake, 0) = 0 THEN 3 ELSE 0 END
            + CASE WHEN coalesce(usual, 0) >= 4 AND coalesce(recent, 0) < 0.5 * usual THEN 2 ELSE 0 END
            + CASE WHEN coalesce(lately, 0) >= 2 THEN 1 ELSE 0 END
            + CASE WHEN coalesce(waiting, 0) > 0 THEN 1 ELSE 0 END
            + CASE WHEN coalesce(said.score <= 6, false) THEN 1 ELSE 0 END
            + CASE WHEN since > p.t - INTERVAL 90 DAY THEN 1 ELSE 0 END) AS points
    FROM paying p JOIN known a ON a.account_id = p.who LEFT JOIN acts USING (who, t) LEFT JOIN asked USING (who, t)
    LEFT JOIN said USING (who, t) LEFT JOIN tried USING (who, t)
    """


def risk(horizon: int) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        now = f"TIMESTAMP '{window.end}'"
        hand.connection.execute(f"CREATE OR REPLACE TEMP TABLE scored AS {scores(hand, window, horizon)}")
        rows = f"""
        SELECT s.*, coalesce((lost_then + 20 * base) / (seen + 20), base) AS risk FROM scored s
        CROSS JOIN (SELECT avg(lost::INT) AS base FROM scored WHERE t < {now})
        LEFT JOIN (SELECT points, count(*) AS seen, count(*) FILTER (lost) AS lost_then FROM scored WHERE t < {now}
                   GROUP BY points) USING (points)
        WHERE t = {now}
        """
        return hand.answer(rows, by, where, "avg(risk), count(*), sum(risk)")

    return answer


COUNTRIES = ((("country", ("FR", "US")),), (), "country IN ('FR', 'US')")
CASES = [
    Case(
        "churn_risk", {"horizon_days": days}, risk(int(days)), ("value", "n", "expected"), ("country",), COUNTRIES,
        windows=(MONTH, QUARTER, WEEK),
    )
    for days in ("90", "30", "180")
]  # fmt: skip
