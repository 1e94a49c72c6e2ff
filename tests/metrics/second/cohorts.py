"""The second answers of cohorts: revenue cells, weeks, 30-day steps, signups, returns, buyers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.types import Window
from tests.metrics.by_hand import AS_OF, DEFAULT, Answers, Hand
from tests.metrics.second import COUNTRIES, MONTH, QUARTER, TO_DATE, WEEK, YEAR, Case, Second


@dataclass(frozen=True)
class Kind:
    """A variant of the question."""

    basis: str = "paying"
    revenue: bool = False
    step: str = "month"
    signup: bool = False
    recurring: bool = False
    strict: bool = False
    least: int = 1


def _seen(hand: Hand, kind: Kind) -> str:
    """(who, t, amount) of every act; for payers (who, begins, ends, amount)."""
    if kind.basis == "paying":
        return f"SELECT who, begins, ends, mrr AS amount FROM {hand.spells(DEFAULT)} WHERE pays"
    if kind.basis == "active":
        return f"SELECT user_id AS who, occurred_at AS t, 0 AS amount FROM ({hand.deeds(date(2000, 1, 1), AS_OF)})"
    return """
        SELECT who, min(occurred_at) AS t, sum(net_amount) AS amount FROM orders JOIN lives ON id = customer_id
        WHERE net_amount > 0 OR (net_amount = 0 AND coalesce(refund, 0) = 0) GROUP BY who, occurred_at::DATE
    """


def _members(hand: Hand, window: Window, kind: Kind) -> str:
    """(who, start, cohort, country)."""
    unit = "month" if kind.step == "30_days" else kind.step
    moment = "begins" if kind.basis == "paying" else "t"
    home = "SELECT user_id AS who, account_id AS home FROM users" if kind.basis == "active" else (
        "SELECT account_id AS who, account_id AS home FROM accounts")  # fmt: skip
    if kind.signup:
        table, column = ("users", "created_at") if kind.basis == "active" else ("accounts", "signup_at")
        merged = "true" if kind.basis == "active" else "merged_into IS NULL"
        key = "user_id" if kind.basis == "active" else "account_id"
        begun = f"SELECT {key} AS who, {column} AS start FROM {table} WHERE {merged}"
    elif kind.recurring and kind.basis == "paying":
        begun = f"""
            SELECT DISTINCT who, step + INTERVAL 1 MONTH - INTERVAL 1 SECOND AS start
            FROM seen, range(DATE_TRUNC('month', TIMESTAMP '{window.start}'), TIMESTAMP '{window.end}',
                             INTERVAL 1 MONTH) s(step)
            WHERE begins <= step + INTERVAL 1 MONTH AND step + INTERVAL 1 MONTH < ends
        """
    elif kind.recurring:
        begun = f"""
            SELECT who, min(t) AS start FROM seen WHERE t >= TIMESTAMP '{window.start}'
            GROUP BY who, date_trunc('{unit}', t)
        """
    else:
        begun = f"SELECT who, min({moment}) AS start FROM seen GROUP BY who"
    return f"""
        SELECT b.who, b.start, date_trunc('{unit}', b.start)::DATE AS cohort, coalesce(a.country, 'unknown') AS country
        FROM ({begun}) b JOIN ({home}) h ON h.who = b.who JOIN lives ON id = h.home
        JOIN known a ON a.account_id = lives.who
        WHERE b.start >= TIMESTAMP '{window.start}' AND b.start < TIMESTAMP '{window.end}'
    """


def grid(kind: Kind) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        run = hand.connection.execute
        run(f"CREATE OR REPLACE TEMP TABLE seen AS {_seen(hand, kind)}")
        run(f"CREATE OR REPLACE TEMP TABLE members AS FROM ({_members(hand, window, kind)}) WHERE {where}")
        if kind.step == "30_days":
            opens, ends = "start + INTERVAL 30 DAY * age", "start + INTERVAL 30 DAY * (age + 1)"
            over = "max(start) OVER (PARTITION BY cohort) + INTERVAL 30 DAY * (age + 1)"
        else:
            one = f"INTERVAL 1 {kind.step.upper()}"
            opens, ends = f"cohort + {one} * age", f"cohort + {one} * (age + 1)"
            over = ends
        held = "s.begins <= m.ends AND m.ends < s.ends" if kind.basis == "paying" else "s.t >= m.opens AND s.t < m.ends"
        run(f"""
            CREATE OR REPLACE TEMP TABLE cells AS
            WITH steps AS (
                SELECT *, {opens} AS opens, {ends} AS ends, {over} AS over FROM members, range(0, 130) a(age)
            ),
            met AS (
                SELECT m.who, m.cohort, m.age, count(*) AS times, sum(s.amount) AS amount
                FROM steps m JOIN seen s ON s.who = m.who AND {held} GROUP BY ALL
            )
            SELECT m.*, coalesce(times >= {1 if kind.basis == "paying" else kind.least}, false) AS here,
                coalesce(amount, 0) AS amount
            FROM steps m LEFT JOIN met USING (who, cohort, age) WHERE over <= TIMESTAMP '{AS_OF}'
        """)
        there = "NOT bool_or(NOT here) OVER (PARTITION BY who, cohort ORDER BY age)" if kind.strict else "here"
        keys = (*by, "cohort", "age")
        rows = f"SELECT *, {there} AS there FROM cells"
        found = hand.answer(rows, keys, "true", "count(*) FILTER (there), count(*), sum(amount) FILTER (there)")
        if not kind.revenue:
            return {key: row[:2] for key, row in found.items()}
        return {key: (row[2], found[(*key[:-1], "0")][2]) for key, row in found.items()}

    return answer


def _case(variant: dict[str, str], kind: Kind, empty: tuple[Window, ...] = (WEEK, TO_DATE)) -> Case:
    active = kind.basis == "active"
    windows = (MONTH, QUARTER, WEEK) if active or kind.step == "week" else (MONTH, QUARTER, YEAR, WEEK, TO_DATE)
    return Case("cohort_retention", variant, grid(kind), by=("country",), where=COUNTRIES, windows=windows, empty=empty)


EARLY = (MONTH, WEEK, TO_DATE)
CASES = [
    _case({"cells": "revenue"}, Kind(revenue=True)),
    _case({"steps": "week"}, Kind(step="week"), empty=()),
    _case({"steps": "30_days"}, Kind(step="30_days"), empty=EARLY),
    _case({"began": "signup"}, Kind(signup=True)),
    _case({"entry": "recurring"}, Kind(recurring=True)),
    _case({"strict": "true"}, Kind(strict=True)),
    _case({"cells": "revenue", "strict": "true"}, Kind(revenue=True, strict=True)),
    _case({"basis": "orders"}, Kind(basis="orders")),
    _case({"basis": "orders", "cells": "revenue"}, Kind(basis="orders", revenue=True)),
    _case({"basis": "orders", "entry": "recurring"}, Kind(basis="orders", recurring=True)),
    _case({"basis": "orders", "steps": "30_days"}, Kind(basis="orders", step="30_days"), empty=EARLY),
    _case({"basis": "orders", "began": "signup", "at_least": "2"}, Kind(basis="orders", signup=True, least=2)),
    _case({"basis": "active"}, Kind(basis="active")),
    _case({"basis": "active", "began": "signup"}, Kind(basis="active", signup=True)),
    _case({"basis": "active", "at_least": "20"}, Kind(basis="active", least=20)),
    _case({"basis": "active", "steps": "week"}, Kind(basis="active", step="week"), empty=()),
    _case({"basis": "active", "began": "signup", "strict": "true"}, Kind(basis="active", signup=True, strict=True)),
    _case({"basis": "active", "entry": "recurring"}, Kind(basis="active", recurring=True)),
]
