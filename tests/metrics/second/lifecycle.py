"""The second answers of coming, going and staying away."""

from __future__ import annotations

from datetime import date, timedelta

from bot.types import Window
from tests.metrics.by_hand import Answers, Hand
from tests.metrics.second import BEFORE, Case, Second
from tests.metrics.second.engagement import here


def lifecycle(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    """Each person's life in the segment: before, in the period before, and in the period."""
    start, end = window.start, window.end
    was = BEFORE.get(window, start - (end - start))
    keys = ", ".join((*by, "user_id"))
    rows = f"""
    SELECT {keys}, min(occurred_at) < TIMESTAMP '{start}' AS known,
        bool_or(occurred_at >= TIMESTAMP '{start}') AS now,
        bool_or(occurred_at >= TIMESTAMP '{was}' AND occurred_at < TIMESTAMP '{start}') AS was
    FROM ({hand.deeds(date(2000, 1, 1), end)}) WHERE {where} GROUP BY {keys}"""
    kinds = {
        "new": "now AND NOT known",
        "current": "now AND was",
        "resurrected": "now AND known AND NOT was",
        "dormant": "was AND NOT now",
    }
    totals = ", ".join(f"count(*) FILTER ({rule})" for rule in kinds.values()) + ", count(*) FILTER (now)"
    found = hand.answer(rows, by, "true", totals)
    told: Answers = {}
    for key, row in found.items():
        pulse = (row[0] + row[2]) / row[3] if row[3] else 0.0
        told |= {(*key, kind): (row[place], row[4], pulse) for place, kind in enumerate(kinds)}
    return told


def quiet(hand: Hand, window: Window, entity: str) -> str:
    """One row per customer at the end, or person of one: the days without activity, its state and dimensions."""
    start, end = window.start, window.end
    who = {
        "account": "SELECT who, who AS one FROM customers",
        "user": f"""SELECT who, user_id AS one FROM users u JOIN lives ON id = u.account_id
                    SEMI JOIN customers USING (who)
                    WHERE created_at < TIMESTAMP '{end}'""",
    }[entity]
    key = {"account": "who", "user": "user_id"}[entity]
    return f"""
    WITH customers AS ({here(hand, start, end)}),
    last AS (SELECT {key} AS one, max(occurred_at)::DATE AS day
             FROM ({hand.deeds(date(2000, 1, 1), end)}) GROUP BY {key}),
    away AS (SELECT who, one, date_diff('day', day, DATE '{end - timedelta(days=1)}') AS days
             FROM ({who}) LEFT JOIN last USING (one))
    SELECT *, CASE WHEN days IS NULL THEN 'never_active' WHEN days < 15 THEN 'active' WHEN days < 30 THEN 'fading'
                   WHEN days < 90 THEN 'slipping_away' WHEN days < 180 THEN 'dormant' ELSE 'gone' END AS state
    FROM away JOIN customers USING (who)"""


def days_away(entity: str) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        return hand.answer(
            quiet(hand, window, entity), by, f"({where}) AND days IS NOT NULL",
            "median(days), count(*), avg(days), count(*) FILTER (days >= 30)",
        )  # fmt: skip

    return answer


def states(entity: str) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        kinds = ("active", "fading", "slipping_away", "dormant", "gone", "never_active")
        totals = ", ".join(f"count(*) FILTER (state = '{kind}')" for kind in kinds) + ", count(*)"
        found = hand.answer(quiet(hand, window, entity), by, where, totals)
        return {(*key, kind): (row[at], row[-1]) for key, row in found.items() for at, kind in enumerate(kinds)}

    return answer


AWAY = ("value", "n", "mean", "inactive")
CASES = [
    Case("lifecycle_counts", {}, lifecycle, figures=("value", "n", "pulse"), by=("platform",)),
    Case("days_inactive", {}, days_away("account"), figures=AWAY),
    Case("days_inactive", {"entity": "user"}, days_away("user"), figures=AWAY),
    Case("inactivity_state", {}, states("account")),
    Case("inactivity_state", {"entity": "user"}, states("user")),
]
