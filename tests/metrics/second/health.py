"""The second answer of the health score: each component in plain SQL, at the end of the window."""

from __future__ import annotations

from bot.types import Window
from tests.metrics.by_hand import Answers, Hand
from tests.metrics.second import CHOSEN, Case


def healths(hand: Hand, window: Window) -> str:
    """One row per customer at the end of the window: the components, the score, the dimensions."""
    end = f"TIMESTAMP '{window.end}'"
    return f"""
    WITH customers AS (
        SELECT a.*, p.plan_id AS on_plan FROM ({hand.accounts(window.end, window.end)}) a
        JOIN (SELECT plan_id, who FROM ({hand.accounts(window.end, window.end)})) p USING (who) WHERE paid1
    ),
    used AS (
        SELECT who, count(DISTINCT occurred_at::DATE) AS days FROM events JOIN lives ON id = account_id
        WHERE is_active_event AND occurred_at >= {end} - INTERVAL 28 DAY AND occurred_at < {end} GROUP BY who
    ),
    tried AS (
        SELECT DISTINCT who, name FROM events JOIN lives ON id = account_id
        WHERE occurred_at >= {end} - INTERVAL 90 DAY AND occurred_at < {end}
    ),
    entitled AS (
        SELECT c.who, 100 * avg((EXISTS (FROM tried t WHERE t.who = c.who AND t.name = f.core_event))::INT) AS breadth
        FROM customers c, features f WHERE list_contains(string_split(f.entitled_plans, ','), c.on_plan) GROUP BY c.who
    ),
    asked AS (
        SELECT who, count(*) FILTER (solved_at IS NULL OR solved_at >= {end}) AS open,
            count(*) FILTER (solved_at < {end} AND created_at >= {end} - INTERVAL 30 DAY) AS recent
        FROM tickets JOIN lives ON id = account_id WHERE created_at < {end} GROUP BY who
    ),
    felt AS (
        SELECT who, avg(score) * 10 AS mood FROM (
            SELECT who, arg_max(score, (answered_at, answer_id)) AS score FROM survey_answers
            JOIN lives ON id = account_id
            WHERE type = 'nps' AND answered_at >= {end} - INTERVAL 180 DAY AND answered_at < {end} GROUP BY who, user_id
        ) GROUP BY who
    )
    SELECT c.*, least(coalesce(days, 0) / 20, 1) * 100 AS usage, breadth AS adoption,
        greatest(0, 100 - 25 * coalesce(open, 0) - 10 * coalesce(recent, 0)) AS support, mood AS sentiment,
        (0.4 * least(coalesce(days, 0) / 20, 1) * 100 + 0.25 * coalesce(breadth, 0)
            + 0.2 * greatest(0, 100 - 25 * coalesce(open, 0) - 10 * coalesce(recent, 0)) + 0.15 * coalesce(mood, 0))
        / (0.6 + CASE WHEN breadth IS NULL THEN 0 ELSE 0.25 END + CASE WHEN mood IS NULL THEN 0 ELSE 0.15 END) AS health
    FROM customers c LEFT JOIN used USING (who) LEFT JOIN entitled USING (who) LEFT JOIN asked USING (who)
    LEFT JOIN felt USING (who)
    """


def mean(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    totals = (
        "avg(health), count(*), avg(usage), avg(adoption), avg(support), avg(sentiment), "
        "count(*) FILTER (adoption IS NOT NULL AND sentiment IS NOT NULL)"
    )
    return hand.answer(healths(hand, window), by, where, totals)


def banded(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    """The bands, by cut points found by trying every pair of them on the scores of 90 days before."""
    end = f"TIMESTAMP '{window.end}'"
    (then,) = hand.connection.execute(f"SELECT date_add({end}, INTERVAL (-90) DAY)::DATE").fetchone() or (window.end,)
    past = f"""
    SELECT health, who NOT IN (SELECT who FROM ({hand.accounts(window.end, window.end)}) WHERE kept1) AS gone
    FROM ({healths(hand, Window(then, then))})
    """
    found = hand.connection.execute(f"""
    WITH past AS ({past}), pairs AS (
        SELECT a.n * 5 AS low, b.n * 5 AS high FROM range(1, 20) a(n), range(2, 20) b(n) WHERE a.n < b.n
    ), bands AS (
        SELECT low, high, CASE WHEN health < low THEN 1 WHEN health < high THEN 2 ELSE 3 END AS band,
            count(*) AS size, count(*) FILTER (gone) AS lost FROM past, pairs GROUP BY ALL
    ), judged AS (
        SELECT low, high, min(size) AS least, count(*) AS bands,
            list(lost / size ORDER BY band) AS shares,
            sum(CASE WHEN lost > 0 THEN lost * ln(lost / size) ELSE 0 END
                + CASE WHEN lost < size THEN (size - lost) * ln(1 - lost / size) ELSE 0 END) AS likely
        FROM bands GROUP BY ALL
    )
    SELECT low, high FROM judged WHERE bands = 3 AND least >= 0.1 * (SELECT count(*) FROM past)
        AND shares[1] > shares[2] AND shares[2] > shares[3] AND (SELECT count(*) FILTER (gone) FROM past) >= 20
    ORDER BY likely DESC LIMIT 1
    """).fetchone()
    low, high = found or (50, 75)
    band = f"CASE WHEN health < {low} THEN 'red' WHEN health < {high} THEN 'yellow' ELSE 'green' END"
    now = hand.answer(
        f"SELECT *, {band} AS band FROM ({healths(hand, window)})", ("band",), "true", "avg(health), count(*)"
    )
    then_by = hand.answer(
        f"SELECT *, {band} AS band FROM ({past})", ("band",), "true", "count(*), count(*) FILTER (gone)"
    )
    edges = {"red": (0, low), "yellow": (low, high), "green": (high, 100)}
    return {(name,): (*now.get((name,), (0, 0)), *then_by.get((name,), (0, 0)), *edges[name]) for name in edges}


FIGURES = ("value", "n", "usage", "adoption", "support", "sentiment", "complete")
CASES = [Case("health_score", {}, mean, FIGURES, ("country",), CHOSEN)]
