"""The second answers of retention by day, week and month after signup, and from period to period."""

from __future__ import annotations

from datetime import date, timedelta

from bot.types import Grain, Window
from tests.metrics.by_hand import AS_OF, Answers, Hand
from tests.metrics.second import BEFORE, COUNTRIES, MONTH, QUARTER, TO_DATE, WEEK, YEAR, Case, Second

ONE_DAY = Window(date(2026, 9, 1), date(2026, 9, 2), Grain.DAY)


def _starts(hand: Hand, window: Window, entry: str) -> str:
    """(who began a count, when, their dimensions)."""
    known = """
        SELECT user_id, arg_min(platform, (occurred_at, platform)) AS platform
        FROM (FROM events UNION ALL BY NAME SELECT user_id, NULL::VARCHAR AS platform FROM events WHERE false)
        WHERE user_id IS NOT NULL GROUP BY user_id
    """
    inside = f">= TIMESTAMP '{window.start}'", f"< TIMESTAMP '{window.end}'"
    if entry == "recurring":
        begun = f"""
            SELECT user_id, min(occurred_at) AS start FROM ({hand.deeds(window.start, window.end)})
            GROUP BY user_id, occurred_at::DATE
        """
    else:
        begun = f"""
            SELECT user_id, created_at AS start FROM users WHERE created_at {inside[0]} AND created_at {inside[1]}
        """
    return f"""
        SELECT b.user_id, b.start, coalesce(a.country, 'unknown') AS country, coalesce(u.role, 'unknown') AS role,
            coalesce(f.platform, 'unknown') AS platform
        FROM ({begun}) b JOIN users u USING (user_id) JOIN lives ON id = u.account_id
        JOIN known a ON a.account_id = who LEFT JOIN ({known}) f USING (user_id)
    """


def _cut(step: str, day_type: str) -> tuple[str, str]:
    """(where the count of a start begins, the length of a step)."""
    if day_type == "24h":
        return "start", {"day": "INTERVAL 24 HOUR", "week": "INTERVAL 168 HOUR", "month": "INTERVAL 720 HOUR"}[step]
    return f"date_trunc('{step}', start)", f"INTERVAL 1 {step.upper()}"


def back(
    spans: tuple[tuple[int, int | None], ...],
    *,
    step: str = "day",
    day_type: str = "calendar",
    entry: str = "first_time",
    named: bool = False,
) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        hand.connection.execute(f"CREATE OR REPLACE TEMP TABLE starts AS FROM ({_starts(hand, window, entry)})")
        deeds = hand.deeds(window.start, AS_OF)
        hand.connection.execute(f"CREATE OR REPLACE TEMP TABLE came AS SELECT user_id, occurred_at FROM ({deeds})")
        zero, length = _cut(step, day_type)
        found: Answers = {}
        for first, last in spans:
            ends = f"{zero} + {first if last is None else last} * {length} + {length}"
            until = "true" if last is None else f"c.occurred_at < {ends}"
            rows = f"""
                SELECT s.*, {ends} > TIMESTAMP '{AS_OF - timedelta(days=30)}' AS young, EXISTS (
                    FROM came c WHERE c.user_id = s.user_id AND c.occurred_at >= {zero} + {first} * {length} AND {until}
                ) AS returned
                FROM starts s WHERE {ends} <= TIMESTAMP '{AS_OF}'
            """
            totals = "count(*) FILTER (returned), count(*)" + (", count(*) FILTER (young)" if last is None else "")
            name = (f"{first}-{last}",) if named else ()
            found |= {(*key, *name): row for key, row in hand.answer(rows, by, where, totals).items()}
        return found

    return answer


def rolling(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    """People of the calendar months before, or of as many days, and whether they came again."""
    before = hand.deeds(BEFORE.get(window, window.start - (window.end - window.start)), window.start)
    now = hand.deeds(window.start, window.end)
    rows = f"""
        SELECT DISTINCT user_id, role, country, user_id IN (SELECT user_id FROM ({now})) AS again FROM ({before})
    """
    return hand.answer(rows, by, where, "count(*) FILTER (again), count(*)")


def _case(metric: str, variant: dict[str, str], second: Second, empty: tuple[Window, ...] = ()) -> Case:
    figures = ("part", "whole", "immature") if metric == "unbounded_retention" else ("part", "whole")
    windows = (ONE_DAY, WEEK) if variant.get("entry") == "recurring" else (MONTH, QUARTER, YEAR, WEEK, TO_DATE)
    by = ("role",) if metric == "rolling_retention" else ("platform",)
    return Case(metric, variant, second, figures, by=by, where=COUNTRIES, windows=windows, empty=empty)


DEFAULT_BRACKETS = ((1, 3), (4, 7), (8, 30))

CASES = [
    _case("n_day_retention", {}, back(((1, 1),))),
    _case("n_day_retention", {"n": "7"}, back(((7, 7),)), empty=(WEEK,)),
    _case("n_day_retention", {"n": "7", "day_type": "24h"}, back(((7, 7),), day_type="24h"), empty=(WEEK,)),
    _case("n_day_retention", {"n": "30"}, back(((30, 30),)), empty=(WEEK, TO_DATE)),
    _case("n_day_retention", {"entry": "recurring"}, back(((1, 1),), entry="recurring")),
    _case(
        "n_day_retention",
        {"entry": "recurring", "day_type": "24h"},
        back(((1, 1),), entry="recurring", day_type="24h"),
    ),
    _case("n_day_retention", {"n": "2", "steps": "week"}, back(((2, 2),), step="week"), empty=(WEEK, TO_DATE)),
    _case("n_day_retention", {"n": "2", "steps": "month"}, back(((2, 2),), step="month"), empty=(MONTH, WEEK, TO_DATE)),
    _case(
        "n_day_retention",
        {"n": "2", "steps": "month", "day_type": "24h"},
        back(((2, 2),), step="month", day_type="24h"),
        empty=(MONTH, WEEK, TO_DATE),
    ),
    _case("unbounded_retention", {}, back(((7, None),)), empty=(WEEK,)),
    _case("unbounded_retention", {"n": "1", "day_type": "24h"}, back(((1, None),), day_type="24h")),
    _case("unbounded_retention", {"n": "1", "steps": "week"}, back(((1, None),), step="week"), empty=(WEEK, TO_DATE)),
    _case("bracket_retention", {}, back(DEFAULT_BRACKETS, named=True)),
    _case("bracket_retention", {"day_type": "24h"}, back(DEFAULT_BRACKETS, day_type="24h", named=True)),
    _case("bracket_retention", {"brackets": "1-1,2-14"}, back(((1, 1), (2, 14)), named=True)),
    _case("rolling_retention", {}, rolling),
]
