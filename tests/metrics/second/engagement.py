"""The second answers of use: who is active, how often, how lately, and whether it grows."""

from __future__ import annotations

from datetime import date, timedelta

from bot.types import Window
from tests.metrics.by_hand import DEFAULT, Answers, Hand
from tests.metrics.second import MONTH, WEEK, Case, Second


def here(hand: Hand, start: date, end: date) -> str:
    """One row per account that pays at the end, with its dimensions."""
    return f"SELECT * FROM ({hand.accounts(start, end)}) WHERE paid1"


DIMENSIONS = """coalesce(a.country, 'unknown') AS country, coalesce(a.acquisition_channel, 'unknown') AS channel,
    coalesce(a.size, 'unknown') AS size, coalesce(p.name, 'unknown') AS plan"""
USING = "status IN ('active', 'past_due', 'trial', 'free')"


def described(who: str, end: date, more: str = "") -> str:
    """Rows with `who`, joined to the dimensions of the account on the day; test accounts drop out."""
    return f"""
    SELECT w.*, {DIMENSIONS}{more} FROM ({who}) w JOIN known a ON a.account_id = w.who
    LEFT JOIN (SELECT who, arg_max(plan_id, valid_from) AS plan_id FROM stretches
               WHERE valid_from <= TIMESTAMP '{end}' AND status <> 'ended' GROUP BY who) s ON s.who = w.who
    LEFT JOIN plans p ON p.plan_id = s.plan_id
    """


def rolling_actives(days: int, entity: str) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        start = window.end - timedelta(days=days)
        return hand.answer(
            hand.deeds(start, window.end), by, where, f"count(DISTINCT {entity}), count(DISTINCT {entity})"
        )

    return answer


def active_share(entity: str) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        start, end = window.start, window.end
        lived = f"FROM {hand.spells(DEFAULT)} WHERE begins < TIMESTAMP '{end}' AND ends > TIMESTAMP '{start}'"
        whom = {
            "user_id": f"""SELECT u.user_id, who FROM users u JOIN lives ON id = u.account_id
                WHERE created_at < TIMESTAMP '{end}' AND who IN (SELECT who {lived} AND {USING})""",
            "who": f"SELECT DISTINCT who {lived} AND pays",
        }[entity]
        rows = f"""SELECT *, {entity} IN (SELECT {entity} FROM ({hand.deeds(start, end)})) AS active
                   FROM ({described(whom, end)})"""
        return hand.answer(rows, by, where, "count(*) FILTER (active), count(*)")

    return answer


def sticky(form: str, days: str) -> Second:
    """Every day of the window one by one: who was active on it, in the seven and in the thirty days up to it."""

    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        start, end = window.start, window.end
        worked = "true" if days == "all" else "isodow({}) < 6"
        seen = f"""SELECT DISTINCT occurred_at::DATE AS day, * EXCLUDE (occurred_at, event, platform)
                   FROM ({hand.deeds(start - timedelta(days=40), end)}) WHERE {worked.format("occurred_at")}"""
        hand.connection.execute(f"CREATE OR REPLACE TEMP TABLE seen AS {seen}")
        inside = f"day >= DATE '{start}'"
        if form == "distribution":
            keys = ", ".join((*by, "user_id"))
            many = f"SELECT {keys}, count(*) AS active FROM seen WHERE {inside} AND ({where}) GROUP BY {keys}"
            bands = ("= 1", "IN (2, 3)", "BETWEEN 4 AND 7", "BETWEEN 8 AND 14", ">= 15")
            return hand.answer(
                many, by, "true",
                "count(*) FILTER (active > 1), count(*), "
                + ", ".join(f"count(*) FILTER (active {band})" for band in bands),
            )  # fmt: skip
        reach = {"dau_mau": (1, 0), "dau_wau": (1, 7), "wau_mau": (7, 30)}[form]
        if not reach[1]:
            total = f"""count(*) / (SELECT count(*) FROM range(DATE '{start}', DATE '{end}', INTERVAL 1 DAY) r(d)
                        WHERE {worked.format("d")})"""
            return hand.answer(f"FROM seen WHERE {inside}", by, where, f"{total}, count(DISTINCT user_id)")
        on = f"""SELECT s.*, d, date_diff('day', day, d) AS ago FROM seen s,
                 (SELECT d::DATE AS d FROM range(DATE '{start}', DATE '{end}', INTERVAL 1 DAY) r(d)
                  WHERE {worked.format("d")}) WHERE day <= d AND day > d - 30"""
        counts = ", ".join(
            f"count(DISTINCT (user_id, d)) FILTER (ago < {width}) / (SELECT count(*) FROM range(DATE '{start}', "
            f"DATE '{end}', INTERVAL 1 DAY) r(d) WHERE {worked.format('d')})"
            for width in reach
        )
        return hand.answer(on, by, where, counts)

    return answer


def visits(gap: int) -> Second:
    """Sessions, their median and the active days of each active person; no gap: the sessions of the table."""

    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        start, end = window.start, window.end
        sessions = "SELECT user_id, started_at AS begun_at FROM sessions"
        if gap:
            sessions = f"""
            SELECT user_id, occurred_at AS begun_at FROM (FROM events WHERE is_active_event) e WHERE NOT EXISTS (
                FROM events b WHERE b.is_active_event AND b.user_id = e.user_id AND b.occurred_at < e.occurred_at
                AND b.occurred_at > e.occurred_at - INTERVAL {gap} MINUTE)"""
        keys = ", ".join((*by, "user_id"))
        rows = f"""
        WITH begun AS (SELECT user_id, count(DISTINCT begun_at) AS sessions FROM ({sessions})
                       WHERE begun_at >= TIMESTAMP '{start}' AND begun_at < TIMESTAMP '{end}' GROUP BY user_id)
        SELECT {keys}, count(DISTINCT occurred_at::DATE) AS days, coalesce(any_value(sessions), 0) AS sessions
        FROM ({hand.deeds(start, end)}) LEFT JOIN begun USING (user_id) WHERE {where} GROUP BY {keys}"""
        return hand.answer(rows, by, "true", "sum(sessions), count(*), median(sessions), avg(days)")

    return answer


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


TREND = ("part", "whole", "accounts")
SPREAD = ("part", "whole", "days_1", "days_2_3", "days_4_7", "days_8_14", "days_15_more")
VISITS = ("part", "whole", "median", "active_days")
SHORTER = (MONTH, WEEK)
"""Day by day over more than a month is long."""
CASES = [
    Case("active_users", {"trailing_days": "7"}, rolling_actives(7, "user_id")),
    Case("active_users", {"trailing_days": "30", "entity": "account"}, rolling_actives(30, "who")),
    Case("active_user_share", {}, active_share("user_id")),
    Case("active_user_share", {"entity": "account"}, active_share("who")),
    Case("stickiness", {"days": "weekdays"}, sticky("dau_mau", "weekdays"), by=("role",)),
    Case("stickiness", {"form": "dau_wau"}, sticky("dau_wau", "all"), windows=SHORTER),
    Case("stickiness", {"form": "wau_mau"}, sticky("wau_mau", "all"), windows=SHORTER, by=("role",)),
    Case("stickiness", {"form": "wau_mau", "days": "weekdays"}, sticky("wau_mau", "weekdays"), windows=SHORTER),
    Case("stickiness", {"form": "distribution"}, sticky("distribution", "all"), figures=SPREAD),
    Case("session_frequency", {}, visits(0), figures=VISITS, by=("role",)),
    Case("session_frequency", {"gap_minutes": "30"}, visits(30), figures=VISITS, windows=SHORTER),
    Case("engagement_trend", {}, trend("active_days"), figures=(*TREND, "fading")),
    Case("engagement_trend", {"method": "core_events"}, trend("core_events"), figures=(*TREND, "fading")),
    Case("engagement_trend", {"method": "slope"}, trend("slope"), figures=TREND),
]
