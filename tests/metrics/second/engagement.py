"""The second answers of use: who is active, how often, how lately, and whether it grows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from bot.types import Window
from tests.metrics.by_hand import Answers, Hand
from tests.metrics.second import Case, Second


def here(hand: Hand, start: date, end: date) -> str:
    """One row per account that pays at the end, with its dimensions."""
    return f"SELECT * FROM ({hand.accounts(start, end)}) WHERE paid1"


def trend(method: str) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        end = window.end
        span = hand.deeds(end - timedelta(days=112), end)
        rows = {
            "active_days": f"SELECT DISTINCT who, user_id, occurred_at::DATE AS day FROM ({span})",
            "core_events": f"SELECT who, user_id, occurred_at::DATE AS day FROM ({span}) "
            "WHERE event IN (SELECT core_event FROM features)",
            "slope": f"SELECT DISTINCT who, user_id, occurred_at::DATE AS day FROM ({span})",
        }[method]
        own = (
            f"count(a.who) FILTER (day >= DATE '{end}' - 28) AS recent,"
            f"count(a.who) FILTER (day < DATE '{end}' - 28) / 3 AS baseline"
        )
        if method == "slope":
            week = f"(date_diff('day', DATE '{end}' - 112, day) // 7)"
            own = f"coalesce(sum(({week} - 7.5)) / 340, 0) AS recent, count(a.who) / 16 AS baseline"
        frame = f"""
        WITH acts AS ({rows}),
        settled AS (SELECT who FROM ({hand.deeds(date(2000, 1, 1), end)}) GROUP BY who
                    HAVING min(occurred_at) < TIMESTAMP '{end}' - INTERVAL 56 DAY),
        customers AS ({here(hand, window.start, end)}),
        own AS (SELECT c.who, {own} FROM customers c SEMI JOIN settled USING (who) LEFT JOIN acts a USING (who)
                GROUP BY c.who)
        SELECT * FROM own JOIN customers USING (who)
        """
        totals = "sum(recent), sum(baseline), count(*)"
        if method != "slope":
            totals += ", count(*) FILTER (baseline >= 4 AND recent < baseline / 2)"
        return hand.answer(frame, by, where, totals)

    return answer


def _case(metric: str, variant: dict[str, str], second: Second, **rest: Any) -> Case:
    return Case(metric, variant, second, **rest)


TREND = ("part", "whole", "accounts")
CASES = [
    _case("engagement_trend", {}, trend("active_days"), figures=(*TREND, "fading")),
    _case("engagement_trend", {"method": "core_events"}, trend("core_events"), figures=(*TREND, "fading")),
    _case("engagement_trend", {"method": "slope"}, trend("slope"), figures=TREND),
]
