"""The second answer of spend by tenure: each customer at each month's end, from its spells."""

from __future__ import annotations

from datetime import date

from bot.types import Window
from tests.metrics.by_hand import AS_OF, DEFAULT, Answers, Hand
from tests.metrics.second import MONTH, QUARTER, YEAR, Case, Second


def months(hand: Hand, window: Window, *, followed: bool) -> str:
    """One row per customer and month: what it paid at the month's end, and its tenure as the month began."""
    last = AS_OF if followed else min(AS_OF, window.end)
    spells = hand.spells(DEFAULT)
    came = f"f >= TIMESTAMP '{window.start}' AND f < TIMESTAMP '{window.end}'" if followed else "true"
    return f"""
    WITH months AS (
        SELECT unnest(generate_series(DATE_TRUNC('month', DATE '{window.start}'), TIMESTAMP '{last}' - INTERVAL 1 MONTH,
                                      INTERVAL 1 MONTH)) AS m
    ), firsts AS (SELECT who, min(begins) AS f FROM {spells} WHERE pays GROUP BY who),
    paid AS (
        SELECT s.who, m, sum(mrr) AS mrr, any_value(f) AS f FROM {spells} s JOIN firsts USING (who) JOIN months
        ON begins <= m + INTERVAL 1 MONTH AND m + INTERVAL 1 MONTH < ends WHERE pays AND {came} GROUP BY ALL
    ), here AS (SELECT who FROM paid WHERE m = (SELECT max(m) FROM months))
    SELECT p.who, p.mrr, coalesce(a.country, 'unknown') AS country,
        coalesce(a.acquisition_channel, 'unknown') AS channel,
        CASE WHEN f > m - INTERVAL 3 MONTH THEN '0-3 months' WHEN f > m - INTERVAL 6 MONTH THEN '3-6 months'
             WHEN f > m - INTERVAL 12 MONTH THEN '6-12 months' WHEN f > m - INTERVAL 24 MONTH THEN '12-24 months'
             ELSE '24+ months' END AS tenure
    FROM paid p JOIN known a ON a.account_id = p.who WHERE {"p.who IN (FROM here)" if followed else "true"}
    """


def spent(*, followed: bool) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        return hand.answer(months(hand, window, followed=followed), (*by, "tenure"), where, "sum(mrr), count(*)")

    return answer


CHANNELS = (
    (("channel", ("organic", "event")), ("tenure", ("3-6 months", "6-12 months"))),
    (("country", ("DE",)),),
    "(channel IN ('organic', 'event') AND tenure IN ('3-6 months', '6-12 months') AND country <> 'DE')",
)
HALF_A_YEAR_AGO = Window(date(2026, 4, 1), date(2026, 5, 1), MONTH.grain)
WINDOWS = (MONTH, QUARTER, YEAR, HALF_A_YEAR_AGO)

CASES = [
    Case("spend_by_tenure", {}, spent(followed=False), by=("country",), where=CHANNELS, windows=WINDOWS),
    Case("spend_by_tenure", {"form": "cohort"}, spent(followed=True), by=("channel",), where=CHANNELS, windows=WINDOWS),
]
