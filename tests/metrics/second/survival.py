"""The second answers of lifetimes: for each month of tenure, who reached it and who left in it."""

from __future__ import annotations

from datetime import date

from bot.types import Grain, Window
from tests.metrics.by_hand import AS_OF, DEFAULT, Answers, Hand
from tests.metrics.second import MONTH, QUARTER, TO_DATE, WEEK, YEAR, Case, Second

ALL = Window(date(2024, 9, 10), AS_OF, Grain.RANGE)


def _lives(hand: Hand, window: Window, each: bool) -> str:
    """One row per lifetime as a customer that began in the window: who, since, left (empty while it lasts)."""
    spells = hand.spells(DEFAULT)
    kept = f"(SELECT DISTINCT who, begins, ends FROM {spells} WHERE pays OR rests)"
    chosen = "true" if each else "since = first_since"
    return f"""
        WITH opened AS (
            SELECT DISTINCT who, begins AS opens FROM {kept} k WHERE NOT EXISTS (
                FROM {kept} o WHERE o.who = k.who AND o.begins < k.begins AND o.ends >= k.begins)
        ), closed AS (
            SELECT DISTINCT who, ends AS closes FROM {kept} k WHERE NOT EXISTS (
                FROM {kept} o WHERE o.who = k.who AND o.begins <= k.ends AND o.ends > k.ends)
        ), runs AS (
            SELECT o.who, opens, min(closes) AS closes FROM opened o JOIN closed c ON c.who = o.who AND closes > opens
            GROUP BY ALL
        ), lived AS (
            SELECT r.who, min(s.begins) AS since, any_value(closes) AS closes, arg_min(s.plan_id, s.begins) AS plan_id
            FROM runs r JOIN {spells} s ON s.who = r.who AND s.pays AND s.begins >= opens AND s.begins < closes
            GROUP BY r.who, opens
        )
        SELECT l.who, since::DATE AS since, CASE WHEN closes <= TIMESTAMP '{AS_OF}' THEN closes::DATE END AS left_on,
            coalesce(a.country, 'unknown') AS country, coalesce(p.name, 'unknown') AS plan
        FROM (
            FROM (SELECT *, min(since) OVER (PARTITION BY who) AS first_since FROM lived)
            WHERE {chosen}
        ) l JOIN known a ON a.account_id = l.who LEFT JOIN plans p USING (plan_id)
        WHERE since >= TIMESTAMP '{window.start}' AND since < TIMESTAMP '{window.end}'
    """


def _ages(hand: Hand, window: Window, by: tuple[str, ...], where: str, each: bool) -> Answers:
    """(*segment, age) → (reached, left, censored, survival) with survival as the product so far."""
    keys = "".join(f"{name}, " for name in by)
    group = f"PARTITION BY {', '.join(by)} ORDER BY age" if by else "ORDER BY age"
    found = hand.connection.execute(f"""
        WITH lives AS (FROM ({_lives(hand, window, each)}) WHERE {where}),
        months AS (
            SELECT *, age, since + INTERVAL 1 MONTH * age AS ends, since + INTERVAL 1 MONTH * (age - 1) AS starts
            FROM lives, range(0, 40) a(age)
        ), lived AS (
            SELECT *, age = 0 OR ends <= DATE '{AS_OF}' AND (age = 1 OR left_on IS NULL OR left_on > starts) AS reached,
                age > 0 AND ends <= DATE '{AS_OF}' AND (age = 1 OR left_on > starts) AND left_on <= ends AS gone
            FROM months
        ), counts AS (
            SELECT {keys} age, count(*) FILTER (reached) AS n, count(*) FILTER (gone) AS d FROM lived GROUP BY ALL
        )
        SELECT {keys} age, n, d, n - d - coalesce(lead(n) OVER w, 0), product(1 - d / nullif(n, 0)) OVER w
        FROM counts WINDOW w AS ({group})
    """).fetchall()
    width = len(by) + 1
    return {tuple(map(str, row[:width])): tuple(row[width:]) for row in found if row[width]}


def curve(*, each: bool = False) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        found = _ages(hand, window, by, where, each)
        return {key: (share, n, d, c) for key, (n, d, c, share) in found.items()}

    return answer


def hazard(*, each: bool = False) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        found = _ages(hand, window, by, where, each)
        return {key: (d, n) for key, (n, d, _, _) in found.items() if key[-1] != "0"}

    return answer


def median(*, each: bool = False) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        halves: dict[tuple[str, ...], tuple[float, float]] = {}
        for (*segment, age), (n, _, _, share) in sorted(
            _ages(hand, window, by, where, each).items(), key=lambda one: (one[0][:-1], int(one[0][-1]))
        ):
            month, lives = halves.get(tuple(segment), (0.0, n))
            halves[tuple(segment)] = (month or (float(age) if share <= 0.5 + 1e-12 else 0.0), lives)
        return dict(halves)

    return answer


WINDOWS = (ALL, MONTH, QUARTER, YEAR, WEEK, TO_DATE)
EMPTY = (WEEK, TO_DATE)

CASES = [
    Case("survival_curve", {}, curve(), ("value", "at_risk", "left", "censored"), windows=WINDOWS),
    Case("survival_curve", {"spells": "each"}, curve(each=True), ("value", "at_risk", "left", "censored"),
         windows=WINDOWS),
    Case("churn_hazard_by_tenure", {}, hazard(), windows=WINDOWS, empty=EMPTY),
    Case("churn_hazard_by_tenure", {"spells": "each"}, hazard(each=True), windows=WINDOWS, empty=EMPTY),
    Case("median_lifetime", {}, median(), ("value", "n"), windows=WINDOWS),
    Case("median_lifetime", {"spells": "each"}, median(each=True), ("value", "n"), windows=WINDOWS),
]  # fmt: skip
