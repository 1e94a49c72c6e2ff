"""The main metrics as SQL written by hand for DuckDB: each for its one number, over the Parquet files.

Names of tables stand for the files. Each case has the columns of ours that it tells, in its order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.types import Grain, Window

MONTH = Window(date(2026, 10, 1), date(2026, 11, 1), Grain.MONTH, "UTC", "month")
YEAR = Window(date(2025, 11, 1), date(2026, 11, 1), Grain.YEAR, "UTC", "last_n_months")
SUMMER = Window(date(2026, 6, 1), date(2026, 9, 1), Grain.RANGE, "UTC", "range")
"""Newcomers are asked about in a time that lies far enough back for all of them to have come again."""

STRETCH = """
moved AS (SELECT account_id AS old, merged_into AS heir FROM accounts WHERE merged_into IS NOT NULL),
real AS (SELECT account_id AS customer FROM accounts WHERE is_test IS NOT TRUE),
waiting AS (
    SELECT account_id, subscription_id, status, mrr, valid_from, valid_to,
        lag(valid_to) OVER run IS DISTINCT FROM valid_from AS fresh
    FROM subscriptions WHERE status IN ('past_due', 'paused') AND valid_from <= $last
    WINDOW run AS (PARTITION BY subscription_id, status ORDER BY valid_from)),
since AS (
    SELECT *, max(CASE WHEN fresh THEN valid_from END) OVER (
        PARTITION BY subscription_id, status ORDER BY valid_from) AS began FROM waiting),
lasting AS (
    SELECT account_id, valid_from AS opens, coalesce(valid_to, 'infinity') AS closes, true AS pays, mrr
    FROM subscriptions WHERE status = 'active' AND (mrr > 0 OR mrr IS NULL) AND {rows}
    UNION ALL
    SELECT account_id, valid_from,
        least(coalesce(valid_to, 'infinity'),
            began + CASE status WHEN 'paused' THEN INTERVAL 90 DAY ELSE INTERVAL 30 DAY END),
        status = 'past_due', CASE status WHEN 'paused' THEN 0 ELSE mrr END
    FROM since WHERE (status = 'paused' OR mrr > 0 OR mrr IS NULL) AND {rows}),
stretch AS (
    SELECT coalesce(heir, account_id) AS customer, opens, closes, pays,
        coalesce(round(mrr * 1e6)::BIGINT, 0) AS micros
    FROM lasting LEFT JOIN moved ON account_id = old WHERE closes > opens
)"""
"""The stretches in which somebody is a customer; `rows` keeps those that the number can be about.

Grace and pause count from where an unbroken run of such stretches began: also of those that were over before.
"""

AT_EITHER_END = "valid_from <= $last AND (valid_to > $first OR valid_to IS NULL)"
STATES = f"""
WITH {STRETCH.format(rows=AT_EITHER_END)}, state AS (
    SELECT customer,
        coalesce(bool_or(pays AND opens <= $first AND closes > $first), false) AS began,
        coalesce(bool_or(opens <= $last AND closes > $last), false) AS kept,
        coalesce(sum(micros) FILTER (opens <= $first AND closes > $first), 0) AS first,
        coalesce(sum(micros) FILTER (opens <= $last AND closes > $last), 0) AS last
    FROM stretch SEMI JOIN real USING (customer) GROUP BY customer
)
"""
LIVES = f"""
WITH {STRETCH.format(rows="valid_from <= $last")}, state AS (
    SELECT customer,
        min(opens) FILTER (pays) AS since,
        bool_or(pays AND opens <= $first AND closes > $first) AS began,
        bool_or(pays AND opens <= $last AND closes > $last) AS ends,
        bool_or(NOT pays AND opens <= $last AND closes > $last) AS rests,
        coalesce(sum(micros) FILTER (opens <= $first AND closes > $first), 0)::BIGINT AS first,
        coalesce(sum(micros) FILTER (opens <= $last AND closes > $last), 0)::BIGINT AS last
    FROM stretch SEMI JOIN real USING (customer) GROUP BY customer
)
"""
TOP = "list_sum(max(first, 5)) / sum(first)"
ACTS = """
moved AS (SELECT account_id AS old, merged_into AS heir FROM accounts WHERE merged_into IS NOT NULL),
real AS (SELECT account_id AS customer FROM accounts WHERE is_test IS NOT TRUE),
act AS (
    SELECT user_id, occurred_at, coalesce(heir, account_id) AS customer
    FROM events LEFT JOIN moved ON account_id = old
    WHERE is_active_event IS NOT FALSE AND user_id IS NOT NULL AND {rows}
)"""
IN_WINDOW = "occurred_at >= $first AND occurred_at < $last"
BOUGHT = """
moved AS (SELECT account_id AS old, merged_into AS heir FROM accounts WHERE merged_into IS NOT NULL),
real AS (SELECT account_id AS customer FROM accounts WHERE is_test IS NOT TRUE),
purchase AS (
    SELECT coalesce(heir, customer_id) AS customer, occurred_at::DATE AS day, round(sum(net_amount) * 1e6) AS micros
    FROM orders LEFT JOIN moved ON customer_id = old
    WHERE (net_amount > 0 OR (net_amount = 0 AND coalesce(refund, 0) <= 0)) AND {rows}
    GROUP BY 1, 2
)"""


@dataclass(frozen=True, slots=True)
class Case:
    """A number of the catalogue, and how somebody who knows DuckDB would ask for it alone."""

    metric: str
    window: Window
    columns: tuple[str, ...]
    sql: str
    variant: tuple[tuple[str, str], ...] = ()
    by: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What it is called in a table."""
        told = [*(value for _, value in self.variant), *(f"by {name}" for name in self.by)]
        return f"{self.metric} ({', '.join(told)})" if told else self.metric


SHARE = ("part", "whole")
LEVEL = ("value", "n")

CASES = (
    Case("churn_rate", MONTH, SHARE, f"""{STATES}
        SELECT count(*) FILTER (began AND NOT kept), count(*) FILTER (began) FROM state"""),
    Case("churn_rate", MONTH, ("country", *SHARE), f"""{STATES}
        SELECT coalesce(country, 'unknown'), count(*) FILTER (began AND NOT kept), count(*) FILTER (began)
        FROM state JOIN accounts ON account_id = customer GROUP BY 1""", by=("country",)),
    Case("retention_rate", MONTH, SHARE, f"""{STATES}
        SELECT count(*) FILTER (began AND kept), count(*) FILTER (began) FROM state"""),
    Case("churned_customers", MONTH, ("value", "n", "mrr"), f"""{STATES}
        SELECT count(*) FILTER (began AND NOT kept), count(*) FILTER (began),
            coalesce(sum(first) FILTER (began AND NOT kept), 0) / 1e6 FROM state"""),
    Case("grr", YEAR, (*SHARE, "n", "top5_share"), f"""{STATES}
        SELECT sum(least(first, last)) / 1e6, sum(first) / 1e6, count(*) FILTER (began), {TOP} FROM state"""),
    Case("nrr", YEAR, (*SHARE, "n", "top5_share"), f"""{STATES}
        SELECT sum(last) FILTER (began) / 1e6, sum(first) / 1e6, count(*) FILTER (began), {TOP} FROM state"""),
    Case("mrr", MONTH, LEVEL, f"""
        WITH {STRETCH.format(rows="valid_from <= $last AND (valid_to > $last OR valid_to IS NULL)")}
        SELECT sum(micros) / 1e6, count(DISTINCT customer) FROM stretch SEMI JOIN real USING (customer)
        WHERE pays AND closes > $last"""),
    Case("new_customers", MONTH, ("value", "n", "mrr"), f"""{LIVES}
        SELECT count(*) FILTER (since > $first AND ends), count(*) FILTER (ends),
            coalesce(sum(last) FILTER (since > $first AND ends), 0) / 1e6 FROM state"""),
    Case("mrr_movements", MONTH, ("type", *LEVEL), f"""{LIVES}, move AS (
            SELECT first, last, CASE
                WHEN first = 0 AND last > 0 THEN CASE WHEN since > $first THEN 'new' ELSE 'reactivation' END
                WHEN first > 0 AND last = 0 AND NOT rests THEN 'churn'
                WHEN last > first THEN 'expansion' WHEN last < first THEN 'contraction' END AS type
            FROM state)
        SELECT type, sum(abs(last - first)) / 1e6, count(*) FROM move WHERE type IS NOT NULL GROUP BY type"""),
    Case("active_users", MONTH, LEVEL, f"""WITH {ACTS.format(rows=IN_WINDOW)}
        SELECT count(DISTINCT user_id), count(DISTINCT user_id) FROM act SEMI JOIN real USING (customer)"""),
    Case("stickiness", MONTH, SHARE, f"""WITH {ACTS.format(rows=IN_WINDOW)}, day AS (
            SELECT DISTINCT user_id, occurred_at::DATE AS day FROM act SEMI JOIN real USING (customer))
        SELECT count(*) / 31, count(DISTINCT user_id) FROM day"""),
    Case("n_day_retention", MONTH, SHARE, f"""WITH {ACTS.format(rows="occurred_at >= $first")}, born AS (
            SELECT user_id, created_at::DATE AS day FROM users LEFT JOIN moved ON account_id = old
            JOIN real ON customer = coalesce(heir, account_id)
            WHERE created_at >= $first AND created_at < $last AND created_at::DATE + 8 <= DATE '2026-11-10'),
        back AS (
            SELECT DISTINCT user_id FROM act SEMI JOIN real USING (customer) JOIN born USING (user_id)
            WHERE occurred_at::DATE = day + 7)
        SELECT count(back.user_id), count(*) FROM born LEFT JOIN back USING (user_id)""", (("n", "7"),)),
    Case("cohort_retention", YEAR, ("cohort", "age", *SHARE), f"""
        WITH {STRETCH.format(rows="valid_from <= $last")}, paid AS (
            SELECT customer, opens, closes FROM stretch SEMI JOIN real USING (customer) WHERE pays),
        born AS (
            SELECT customer, date_trunc('month', min(opens))::DATE AS cohort FROM paid GROUP BY customer
            HAVING min(opens) >= $first AND min(opens) < $last),
        there AS (
            SELECT DISTINCT customer, cohort, (date_diff('month', cohort, step::DATE))::BIGINT AS age
            FROM paid JOIN born USING (customer),
                range(TIMESTAMP '2025-11-01', TIMESTAMP '2026-11-01', INTERVAL 1 MONTH) AS s (step)
            WHERE step >= cohort AND opens <= step + INTERVAL 1 MONTH AND closes > step + INTERVAL 1 MONTH),
        size AS (SELECT cohort, count(*) AS whole FROM born GROUP BY cohort),
        cell AS (
            SELECT cohort, whole, unnest(range(date_diff('month', cohort, DATE '2026-11-01'))) AS age FROM size),
        counted AS (SELECT cohort, age, count(*) AS part FROM there GROUP BY ALL)
        SELECT cohort, age, coalesce(part, 0), whole FROM cell LEFT JOIN counted USING (cohort, age)"""),
    Case("cohort_retention", YEAR, ("cohort", "age", *SHARE), f"""
        WITH {ACTS.format(rows="occurred_at < '2026-11-10'")}, person AS (
            SELECT user_id, min(occurred_at) AS since,
                bit_or(1::BIGINT << greatest(year(occurred_at) * 12 + month(occurred_at) - 24310, 0)) AS marks
            FROM act SEMI JOIN real USING (customer) GROUP BY user_id),
        born AS (
            SELECT date_trunc('month', since)::DATE AS cohort, marks, count(*) AS many
            FROM person WHERE since >= $first AND since < $last GROUP BY ALL),
        size AS (SELECT cohort, sum(many)::BIGINT AS whole FROM born GROUP BY cohort),
        cell AS (
            SELECT cohort, whole, unnest(range(date_diff('month', cohort, DATE '2026-11-01'))) AS age FROM size),
        counted AS (
            SELECT cohort, age, sum(many * (marks >> (date_diff('month', DATE '2025-10-01', cohort) + age) & 1))::BIGINT
            FROM born JOIN cell USING (cohort) GROUP BY ALL)
        SELECT cohort, age, part, whole FROM cell JOIN counted AS c (cohort, age, part) USING (cohort, age)""",
        (("basis", "active"),)),
    Case("repeat_purchase_rate", YEAR, SHARE, f"""WITH {BOUGHT.format(rows=IN_WINDOW)}, buyer AS (
            SELECT count(*) AS many FROM purchase SEMI JOIN real USING (customer) GROUP BY customer)
        SELECT count(*) FILTER (many > 1), count(*) FROM buyer"""),
    Case("activation_rate", SUMMER, (*SHARE, "activated_kept", "activated_seen", "others_kept", "others_seen"), """
        WITH moved AS (SELECT account_id AS old, merged_into AS heir FROM accounts WHERE merged_into IS NOT NULL),
        real AS (SELECT account_id AS customer FROM accounts WHERE is_test IS NOT TRUE),
        born AS (
            SELECT user_id, created_at FROM users LEFT JOIN moved ON account_id = old
            JOIN real ON customer = coalesce(heir, account_id) WHERE created_at >= $first AND created_at < $last
                AND created_at <= TIMESTAMP '2026-11-10' - INTERVAL 7 DAY),
        first AS (
            SELECT user_id, min(occurred_at) AS reached FROM events SEMI JOIN born USING (user_id)
            WHERE name = 'report_made' GROUP BY user_id),
        back AS (
            SELECT DISTINCT user_id FROM events JOIN born USING (user_id)
            WHERE is_active_event IS NOT FALSE AND occurred_at >= $first + INTERVAL 30 DAY
                AND occurred_at < $last + INTERVAL 61 DAY
                AND occurred_at >= created_at + INTERVAL 30 DAY AND occurred_at < created_at + INTERVAL 60 DAY),
        told AS (
            SELECT coalesce(reached < created_at + INTERVAL 7 DAY, false) AS got, back.user_id IS NOT NULL AS kept,
                created_at <= TIMESTAMP '2026-11-10' - INTERVAL 60 DAY AS ready
            FROM born LEFT JOIN first USING (user_id) LEFT JOIN back USING (user_id))
        SELECT count(*) FILTER (got), count(*),
            count(*) FILTER (ready AND got AND kept), count(*) FILTER (ready AND got),
            count(*) FILTER (ready AND NOT got AND kept), count(*) FILTER (ready AND NOT got) FROM told"""),
)  # fmt: skip
