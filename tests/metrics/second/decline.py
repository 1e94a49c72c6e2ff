"""The second answer of the days from fading use to leaving: week by week, account by account."""

from __future__ import annotations

from datetime import date, timedelta

from bot.types import Grain, Window
from tests.metrics.by_hand import AS_OF, DEFAULT, Answers, Hand
from tests.metrics.second import MONTH, QUARTER, TO_DATE, WEEK, YEAR, Case

ALL = Window(date(2024, 9, 10), AS_OF, Grain.RANGE)


def _flagged(hand: Hand, window: Window) -> str:
    """(who, flagged, left_on, country, plan): the first Monday of the window on which use has turned to fading."""
    spells = hand.spells(DEFAULT)
    last = min(window.end, AS_OF)
    return f"""
        WITH deeds AS ({hand.deeds(date(2000, 1, 1), AS_OF)}),
        days AS (SELECT DISTINCT who, user_id, occurred_at::DATE AS day FROM deeds),
        mondays AS (
            SELECT unnest(range(DATE '{window.start - timedelta(days=window.start.weekday())}', DATE '{last}' + 1,
                                INTERVAL 7 DAY))::DATE AS monday
        ), judged AS (
            SELECT who, monday, count(*) FILTER (day >= monday - 28) AS recent,
                count(*) FILTER (day < monday - 28) / 3 AS baseline
            FROM days, mondays WHERE day < monday AND day >= monday - 112 GROUP BY ALL
        ), fading AS (
            SELECT who, monday FROM judged JOIN (SELECT who, min(day) AS began FROM days GROUP BY who) USING (who)
            WHERE baseline >= 4 AND recent < baseline * 0.5 AND began < monday - 56
        ), flags AS (
            SELECT who, min(monday) AS flagged FROM fading f
            WHERE monday > DATE '{window.start}'
              AND NOT EXISTS (FROM fading b WHERE b.who = f.who AND b.monday = f.monday - 7)
              AND EXISTS (FROM {spells} s WHERE s.who = f.who AND pays AND begins <= monday AND monday < ends)
            GROUP BY who
        ), kept AS (SELECT DISTINCT who, begins, ends FROM {spells} WHERE pays OR rests),
        closed AS (
            SELECT who, ends FROM kept k WHERE NOT EXISTS (
                FROM kept o WHERE o.who = k.who AND o.begins <= k.ends AND o.ends > k.ends)
        )
        SELECT f.who, flagged, (SELECT min(ends) FROM closed c WHERE c.who = f.who AND ends > flagged) AS left_at,
            coalesce(a.country, 'unknown') AS country, coalesce(p.name, 'unknown') AS plan
        FROM flags f JOIN known a ON a.account_id = f.who LEFT JOIN plans p ON p.plan_id = (
            SELECT min(plan_id) FROM {spells} s WHERE s.who = f.who AND pays AND begins <= flagged AND flagged < ends)
    """


def days(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    keys = "".join(f"{name}, " for name in by)
    group = f"PARTITION BY {', '.join(by)}" if by else ""
    found = hand.connection.execute(f"""
        WITH lives AS (
            SELECT {keys} left_at <= TIMESTAMP '{AS_OF}' AS gone,
                least(left_at, TIMESTAMP '{AS_OF}')::DATE - flagged AS age
            FROM ({_flagged(hand, window)}) WHERE {where}
        ), ages AS (SELECT {keys} age, count(*) FILTER (gone) AS d, count(*) AS m FROM lives GROUP BY ALL),
        risks AS (SELECT *, sum(m) OVER ({group} ORDER BY age DESC) AS n, sum(m) OVER ({group}) AS many FROM ages),
        shares AS (SELECT *, product(1 - d / n) OVER ({group} ORDER BY age) AS share FROM risks)
        SELECT {keys} coalesce(min(age) FILTER (share <= 0.5 + 1e-12), 0), max(many) FROM shares GROUP BY ALL
    """).fetchall()
    return {tuple(map(str, row[: len(by)])): tuple(map(float, row[len(by) :])) for row in found}


CASES = [
    Case("decline_to_churn_days", {}, days, ("value", "n"), windows=(ALL, MONTH, QUARTER, YEAR, WEEK, TO_DATE)),
]
