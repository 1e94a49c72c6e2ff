"""The second answer of behaviours compared: each customer's landmark, deed and fate, in one query."""

from __future__ import annotations

from datetime import date

from bot.types import Grain, Window
from tests.metrics.by_hand import AS_OF, DEFAULT, Answers, Hand
from tests.metrics.second import MONTH, QUARTER, TO_DATE, WEEK, YEAR, Case, Second

SPAN = Window(date(2025, 3, 1), date(2026, 6, 1), Grain.RANGE)
FIGURES = ("value", "before", "n", "others", "difference", "difference_low", "difference_high", "left_out")


def _followed(
    hand: Hand, window: Window, events: tuple[str, ...], entitled: str, day: int, horizon: int, times: int
) -> str:
    spells = hand.spells(DEFAULT)
    names = ", ".join(f"'{name}'" for name in events)
    kept = f"(SELECT DISTINCT who, begins, ends FROM {spells} WHERE pays OR rests)"
    return f"""
        WITH began AS (
            SELECT who, min(begins) AS since, arg_min(plan_id, begins) AS plan_id FROM {spells} WHERE pays GROUP BY who
        ), closed AS (
            SELECT who, ends FROM {kept} k WHERE NOT EXISTS (
                FROM {kept} o WHERE o.who = k.who AND o.begins <= k.ends AND o.ends > k.ends)
        ), base AS (
            SELECT b.*, since + INTERVAL {day} DAY AS mark, since + INTERVAL {day + horizon} DAY AS fin,
                (SELECT min(ends) FROM closed c WHERE c.who = b.who AND ends > since) AS gone
            FROM began b WHERE since >= TIMESTAMP '{window.start}' AND since < TIMESTAMP '{window.end}'
        )
        SELECT b.who, date_trunc('month', since) AS month, gone > mark AS here, gone > fin AS kept,
            coalesce(a.country, 'unknown') AS country, coalesce(p.name, 'unknown') AS plan,
            (SELECT count(*) FROM events e JOIN lives ON id = e.account_id WHERE lives.who = b.who
             AND e.name IN ({names}) AND e.occurred_at < mark) >= {times} AS did,
            coalesce((SELECT sum(mrr) FROM {spells} s WHERE s.who = b.who AND pays
                      AND begins <= mark AND mark < ends), 0) AS m0,
            coalesce((SELECT sum(mrr) FROM {spells} s WHERE s.who = b.who AND pays
                      AND begins <= fin AND fin < ends), 0) AS m1,
            coalesce((SELECT sum(net_amount) FROM orders JOIN lives ON id = customer_id WHERE lives.who = b.who
                      AND occurred_at >= mark AND occurred_at < fin AND net_amount > 0), 0) AS spend
        FROM base b JOIN known a ON a.account_id = b.who LEFT JOIN plans p USING (plan_id)
        WHERE fin <= TIMESTAMP '{AS_OF}' AND ({entitled})
    """


def compared(
    events: tuple[str, ...], entitled: str = "true", day: int = 30, horizon: int = 90, times: int = 1
) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        rows = _followed(hand, window, events, entitled, day, horizon, times)
        hand.connection.execute(f"CREATE OR REPLACE TEMP TABLE people AS FROM ({rows}) WHERE {where}")
        keys = "".join(f"{name}, " for name in by)
        same = " AND ".join(f"m.{name} = s.{name}" for name in by) or "true"
        found: Answers = {}
        outcomes = {
            "retention": "kept::INT", "churn": "(NOT kept)::INT", "upgrade": "(kept AND m1 > m0)::INT",
            "spend": "spend", "value": "CASE WHEN kept THEN m1 ELSE 0 END",
        }  # fmt: skip
        for sign, outcome in outcomes.items():
            told = hand.connection.execute(f"""
                WITH cells AS (
                    SELECT {keys} month, did, count(*) AS n, avg({outcome}) AS mean, var_pop({outcome}) AS var
                    FROM people WHERE here GROUP BY ALL
                ), pairs AS (
                    SELECT {"".join(f"y.{name}, " for name in by)} y.n AS n, y.mean AS v, o.mean AS b,
                        y.var / y.n + o.var / o.n AS e
                    FROM cells y JOIN cells o ON y.month = o.month AND y.did AND NOT o.did
                        {"".join(f" AND y.{name} = o.{name}" for name in by)}
                ), paired AS (
                    SELECT {keys} sum(n * v) / sum(n) AS v, sum(n * b) / sum(n) AS b,
                        1.96 * sqrt(sum(n * n * e)) / sum(n) AS half FROM pairs GROUP BY ALL
                ), mine AS (
                    SELECT {keys} count(*) FILTER (here AND did) AS n, count(*) FILTER (here AND NOT did) AS others,
                        count(*) FILTER (NOT here) AS lost, avg({outcome}) FILTER (here AND did) AS v
                    FROM people GROUP BY ALL
                )
                SELECT {"".join(f"m.{name}, " for name in by)} coalesce(s.v, m.v), s.b, m.n, m.others, s.v - s.b,
                    s.v - s.b - half, s.v - s.b + half, m.lost
                FROM mine m LEFT JOIN paired s ON {same}
            """).fetchall()
            for row in told:
                key = (*map(str, row[: len(by)]), sign)
                found[key] = tuple(float(cell or 0) for cell in row[len(by) :])
        return found

    return answer


KEY_EVENTS = ("task_completed", "calendar_planned", "automation_run")
AUTOMATES = "p.name IN ('Pro', 'Business')"
LATE = (MONTH, QUARTER, WEEK, TO_DATE)
WINDOWS = (SPAN, MONTH, QUARTER, YEAR, WEEK, TO_DATE)


def _case(variant: dict[str, str], second: Second, empty: tuple[Window, ...] = LATE) -> Case:
    return Case("compare_behaviour", variant, second, FIGURES, windows=WINDOWS, empty=empty)


CASES = [
    _case({}, compared(KEY_EVENTS)),
    _case({"did": "automation_run"}, compared(("automation_run",), AUTOMATES)),
    _case({"did": "automations", "day": "14", "horizon_days": "30"}, compared(("automation_run",), AUTOMATES, 14, 30)),
    _case({"did": "member_invited"}, compared(("member_invited",))),
    _case({"did": "aha"}, compared(("task_completed",), times=10)),
]
