"""The second answer: every metric once more, in SQL written by hand from its definition, over the demo's Parquet.

An account's life is told in spells: stretches in which a subscription pays, or rests while paused. The state at
an instant t is that of the spells with begins <= t < ends. Each question gives one row per account, person or
buyer, with what it adds to part and whole (or value and n) and its dimensions; `Hand.answer` adds them up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

AS_OF = date(2026, 11, 10)
WHOSE = """
CREATE TABLE lives AS
SELECT a.account_id AS id, coalesce(a.merged_into, a.account_id) AS who FROM accounts a;
CREATE TABLE known AS SELECT * EXCLUDE (is_test) FROM accounts WHERE NOT coalesce(is_test, false);
CREATE TABLE stretches AS
WITH runs AS (
    SELECT subscription_id, status, valid_from FROM subscriptions s
    WHERE NOT EXISTS (FROM subscriptions p WHERE p.subscription_id = s.subscription_id AND p.status = s.status
                      AND p.valid_to = s.valid_from)
)
SELECT who, s.*, coalesce(s.valid_to, 'infinity'::TIMESTAMP) AS until,
    (SELECT max(r.valid_from) FROM runs r WHERE r.subscription_id = s.subscription_id AND r.status = s.status
     AND r.valid_from <= s.valid_from) AS since,
    (SELECT arg_max(b.mrr, b.valid_from) FROM subscriptions b WHERE b.subscription_id = s.subscription_id
     AND b.valid_from < s.valid_from) AS mrr_before
FROM subscriptions s JOIN lives ON id = s.account_id;
"""


@dataclass(frozen=True)
class Rules:
    """Who counts as a customer when: the defaults of the definitions, or a variant."""

    grace: int = 30
    pause: str = "zero_mrr"
    free: str = "churn"
    asked: bool = False

    @property
    def name(self) -> str:
        return f"spells_{self.grace}_{self.pause}_{self.free}_{self.asked}".lower()

    @property
    def sql(self) -> str:
        stop = "least(until, greatest(coalesce(cancel_requested_at, until), valid_from))" if self.asked else "until"
        return f"""
        CREATE TABLE {self.name} AS
        SELECT who, plan_id, status, end_type, reason_code, valid_from AS begins,
            CASE status WHEN 'past_due' THEN least({stop}, since + INTERVAL {self.grace} DAY)
                        WHEN 'paused' THEN {
            stop if self.pause == "keep_mrr" else f"least({stop}, since + INTERVAL 90 DAY)"
        }
                        ELSE {stop} END AS ends,
            status IN ('active', 'past_due') AND mrr > 0
                OR {self.pause == "keep_mrr"} AND status = 'paused' AND mrr_before > 0 AS pays,
            {self.pause == "zero_mrr"} AND status = 'paused' OR {self.free == "active"} AND status = 'free' AS rests,
            CASE WHEN status IN ('active', 'past_due') THEN mrr
                 WHEN status = 'paused' AND {self.pause == "keep_mrr"} THEN mrr_before ELSE 0 END AS mrr
        FROM stretches WHERE valid_from < ends
        """


DEFAULT = Rules()
Answers = dict[tuple[str, ...], tuple[float, ...]]
"""Segment → the figures of its row."""

PLAN = """coalesce(arg_max(plan_id, mrr) FILTER (pays AND begins <= {t0} AND {t0} < ends),
                   arg_max(plan_id, mrr) FILTER (pays AND begins <= {t1} AND {t1} < ends),
                   arg_max(plan_id, begins) FILTER (pays))"""


@dataclass
class Hand:
    """A DuckDB of its own over the demo's files, and the questions asked of it."""

    connection: duckdb.DuckDBPyConnection
    made: set[str] = field(default_factory=set)

    @classmethod
    def over(cls, folder: Path) -> Hand:
        connection = duckdb.connect(":memory:")
        for file in sorted(folder.glob("*.parquet")):
            connection.execute(f"CREATE VIEW {file.stem} AS FROM '{file}'")
        connection.execute(WHOSE)
        return cls(connection)

    def spells(self, rules: Rules) -> str:
        if rules.name not in self.made:
            self.connection.execute(rules.sql)
            self.made.add(rules.name)
        return rules.name

    def answer(self, rows: str, by: tuple[str, ...], where: str, totals: str) -> Answers:
        """Segment → the totals over its rows."""
        keys = ", ".join(by)
        lead = f"{keys}, " if by else ""
        group = f"GROUP BY {keys}" if by else ""
        found = self.connection.execute(f"SELECT {lead}{totals} FROM ({rows}) WHERE {where} {group}").fetchall()
        return {
            tuple(str(cell) for cell in row[: len(by)]): tuple(float(cell or 0) for cell in row[len(by) :])
            for row in found
        }

    def accounts(self, start: date, end: date, rules: Rules = DEFAULT) -> str:
        """One row per account that has paid: its state at both ends, its events between, its dimensions."""
        t0, t1 = f"TIMESTAMP '{start}'", f"TIMESTAMP '{end}'"
        spells = self.spells(rules)
        return f"""
        WITH spells AS (FROM {spells} WHERE begins <= {t1}),
        ends AS (
            SELECT who, min(begins) FILTER (pays) AS first_paid,
                coalesce(bool_or(pays AND begins <= {t0} AND {t0} < ends), false) AS paid0,
                coalesce(bool_or(pays AND begins <= {t1} AND {t1} < ends), false) AS paid1,
                coalesce(bool_or((pays OR rests) AND begins <= {t0} AND {t0} < ends), false) AS kept0,
                coalesce(bool_or((pays OR rests) AND begins <= {t1} AND {t1} < ends), false) AS kept1,
                coalesce(sum(mrr) FILTER (pays AND begins <= {t0} AND {t0} < ends), 0) AS mrr0,
                coalesce(sum(mrr) FILTER (pays AND begins <= {t1} AND {t1} < ends), 0) AS mrr1,
                max(ends) FILTER (pays AND ends <= {t0}) AS left_before,
                coalesce(bool_or(status = 'free' AND begins <= {t1} AND {t1} < ends), false) AS free1,
                arg_max_null(status, ends) FILTER (pays OR rests) AS last_status,
                arg_max_null(end_type, ends) FILTER (pays OR rests) AS end_type,
                arg_max_null(reason_code, ends) FILTER (pays OR rests) AS reason_code,
                {PLAN.format(t0=t0, t1=t1)} AS plan_id
            FROM spells GROUP BY who
        ),
        instants AS (SELECT who, begins AS t FROM spells UNION SELECT who, ends FROM spells WHERE ends <= {t1}),
        balance AS (
            SELECT i.who, i.t, coalesce(sum(s.mrr) FILTER (s.pays), 0) AS m, count(*) FILTER (s.pays) > 0 AS p,
                count(*) FILTER (s.pays OR s.rests) > 0 AS k
            FROM instants i LEFT JOIN spells s ON s.who = i.who AND s.begins <= i.t AND i.t < s.ends GROUP BY ALL
        ),
        moves AS (
            SELECT who, t, m, p, k, lag(m, 1, 0) OVER w AS m0, lag(p, 1, false) OVER w AS p0,
                lag(k, 1, false) OVER w AS k0
            FROM balance WINDOW w AS (PARTITION BY who ORDER BY t)
        ),
        lived AS (
            SELECT who,
                count(*) FILTER (k0 AND NOT k) AS left_events,
                count(*) FILTER (NOT p0 AND p AND t = first_paid) AS join_events,
                coalesce(sum(greatest(m0 - m, 0)), 0) AS lowered,
                coalesce(sum(m - m0) FILTER (NOT p0 AND p AND t = first_paid), 0) AS e_new,
                coalesce(sum(m - m0) FILTER (NOT p0 AND p AND t > first_paid), 0) AS e_back,
                coalesce(sum(m - m0) FILTER (NOT p0 AND p AND k0), 0) AS e_resume,
                coalesce(sum(m - m0) FILTER (p0 AND p AND m > m0), 0) AS e_more,
                coalesce(sum(m0 - m) FILTER (p0 AND m < m0 AND (p OR k)), 0) AS e_less,
                coalesce(sum(m0 - m) FILTER (p0 AND NOT p AND k), 0) AS e_pause,
                coalesce(sum(m0 - m) FILTER (p0 AND NOT k), 0) AS e_lost
            FROM moves JOIN ends USING (who) WHERE t > {t0} AND t <= {t1} GROUP BY who
        )
        SELECT e.*, coalesce(left_events, 0) AS left_events, coalesce(join_events, 0) AS join_events,
            coalesce(lowered, 0) AS lowered,
            {", ".join(f"coalesce({name}, 0) AS {name}" for name in EVENTS)},
            coalesce(a.country, 'unknown') AS country, coalesce(a.acquisition_channel, 'unknown') AS channel,
            coalesce(a.size, 'unknown') AS size, coalesce(p.name, 'unknown') AS plan,
            CASE p.interval WHEN 'month' THEN 'monthly' WHEN 'year' THEN 'annual' END AS interval,
            CASE WHEN first_paid > {t0} - INTERVAL 3 MONTH THEN '0-3 months'
                 WHEN first_paid > {t0} - INTERVAL 6 MONTH THEN '3-6 months'
                 WHEN first_paid > {t0} - INTERVAL 12 MONTH THEN '6-12 months'
                 WHEN first_paid > {t0} - INTERVAL 24 MONTH THEN '12-24 months' ELSE '24+ months' END AS tenure,
            CASE WHEN free1 THEN 'to_free' WHEN last_status = 'paused' THEN 'pause_expired'
                 ELSE coalesce(end_type, 'unknown') END AS type, coalesce(reason_code, 'unknown') AS reason
        FROM ends e LEFT JOIN lived USING (who) JOIN known a ON a.account_id = e.who LEFT JOIN plans p USING (plan_id)
        WHERE first_paid IS NOT NULL
        """

    def paid_at_end(self, end: date, start: date, rules: Rules = DEFAULT) -> str:
        """One row per subscription that pays at the end, with the plan it is on."""
        t0, t1 = f"TIMESTAMP '{start}'", f"TIMESTAMP '{end}'"
        spells = self.spells(rules)
        return f"""
        SELECT who, mrr, coalesce(a.country, 'unknown') AS country, p.name AS plan,
            coalesce(a.size, 'unknown') AS size,
            CASE WHEN first_paid > {t0} - INTERVAL 3 MONTH THEN '0-3 months'
                 WHEN first_paid > {t0} - INTERVAL 6 MONTH THEN '3-6 months'
                 WHEN first_paid > {t0} - INTERVAL 12 MONTH THEN '6-12 months'
                 WHEN first_paid > {t0} - INTERVAL 24 MONTH THEN '12-24 months' ELSE '24+ months' END AS tenure
        FROM {spells} JOIN (SELECT who, min(begins) AS first_paid FROM {spells} WHERE pays GROUP BY who) USING (who)
        JOIN known a ON a.account_id = who LEFT JOIN plans p USING (plan_id)
        WHERE pays AND begins <= {t1} AND {t1} < ends
        """

    def deeds(self, start: date, end: date) -> str:
        """The meaningful events of [start, end), each with its person, its account and their dimensions."""
        t0, t1 = f"TIMESTAMP '{start}'", f"TIMESTAMP '{end}'"
        return f"""
        WITH subscribed AS (
            SELECT who, arg_max(plan_id, valid_from) AS plan_id FROM stretches
            WHERE valid_from <= {t1} AND status <> 'ended' GROUP BY who
        )
        SELECT e.user_id, who, e.name AS event, e.occurred_at, subscribed.plan_id,
            coalesce(e.platform, 'unknown') AS platform, coalesce(u.role, 'unknown') AS role,
            coalesce(a.country, 'unknown') AS country, coalesce(a.acquisition_channel, 'unknown') AS channel,
            coalesce(a.size, 'unknown') AS size, coalesce(p.name, 'unknown') AS plan
        FROM events e JOIN lives ON id = e.account_id JOIN known a ON a.account_id = who
        LEFT JOIN users u USING (user_id) LEFT JOIN subscribed USING (who)
        LEFT JOIN plans p ON p.plan_id = subscribed.plan_id
        WHERE e.is_active_event AND e.occurred_at >= {t0} AND e.occurred_at < {t1}
        """

    def stickiness(
        self, start: date, end: date, by: tuple[str, ...], where: str
    ) -> dict[tuple[str, ...], tuple[float, ...]]:
        """Average daily over all active people."""
        return self.answer(
            self.deeds(start, end), by, where,
            f"count(DISTINCT (user_id, occurred_at::DATE)) / {(end - start).days}, count(DISTINCT user_id)",
        )  # fmt: skip

    def adopted(self, start: date, end: date, *, everyone: bool = False, tier: str = "any") -> str:
        """One row per active person and feature that their plan includes: did they use it?"""
        entitled = "true" if everyone else "list_contains(string_split(f.entitled_plans, ','), d.plan_id)"
        chosen = "true" if tier == "any" else f"f.tier = '{tier}'"
        return f"""
        WITH deeds AS ({self.deeds(start, end)}),
        people AS (SELECT DISTINCT user_id, plan_id, country, role, plan FROM deeds)
        SELECT d.*, f.feature_id AS feature, EXISTS (
            FROM events e WHERE e.user_id = d.user_id AND e.name = f.core_event
            AND e.occurred_at >= TIMESTAMP '{start}' AND e.occurred_at < TIMESTAMP '{end}') AS used
        FROM people d, features f WHERE {entitled} AND {chosen}
        """

    def stayed_active(self, start: date, end: date) -> str:
        """One row per account active in as many days before the window: is it active in it too?"""
        before = start - (end - start)
        return f"""
        WITH deeds AS ({self.deeds(before, start)}), now AS ({self.deeds(start, end)})
        SELECT DISTINCT who, country, size, who IN (SELECT who FROM now) AS back FROM deeds
        """

    def cohorts(self, start: date, end: date) -> str:
        """One row per account that first paid in the window and month that is over: does it pay at its end?"""
        spells = self.spells(Rules())
        return f"""
        WITH began AS (
            SELECT who, min(begins) AS first_paid, arg_min(plan_id, begins) AS plan_id FROM {spells} WHERE pays
            GROUP BY who HAVING first_paid >= TIMESTAMP '{start}' AND first_paid < TIMESTAMP '{end}'
        ), months AS (
            SELECT unnest(generate_series(DATE_TRUNC('month', DATE '{start}'), TIMESTAMP '{AS_OF}' - INTERVAL 1 MONTH,
                                          INTERVAL 1 MONTH)) AS month
        )
        SELECT b.who, DATE_TRUNC('month', first_paid)::DATE AS cohort,
            date_diff('month', DATE_TRUNC('month', first_paid), month) AS age,
            coalesce(a.country, 'unknown') AS country, coalesce(p.name, 'unknown') AS plan,
            EXISTS (FROM {spells} s WHERE s.who = b.who AND pays AND begins <= month + INTERVAL 1 MONTH
                    AND month + INTERVAL 1 MONTH < ends) AS there
        FROM began b JOIN known a ON a.account_id = b.who LEFT JOIN plans p USING (plan_id), months
        WHERE month >= DATE_TRUNC('month', first_paid) AND month + INTERVAL 1 MONTH <= TIMESTAMP '{AS_OF}'
        """

    def active_cohorts(self, start: date, end: date) -> str:
        """One row per person first active in the window and month that is over: are they active in it?"""
        return f"""
        WITH deeds AS ({self.deeds(date(2000, 1, 1), AS_OF)}),
        began AS (SELECT user_id, min(occurred_at) AS first_seen, any_value(country) AS country FROM deeds
                  GROUP BY user_id HAVING first_seen >= TIMESTAMP '{start}' AND first_seen < TIMESTAMP '{end}'),
        active AS (SELECT DISTINCT user_id, DATE_TRUNC('month', occurred_at) AS month FROM deeds),
        months AS (SELECT DISTINCT month FROM active WHERE month + INTERVAL 1 MONTH <= TIMESTAMP '{AS_OF}')
        SELECT b.user_id AS who, DATE_TRUNC('month', first_seen)::DATE AS cohort, country,
            date_diff('month', DATE_TRUNC('month', first_seen), m.month) AS age,
            a.user_id IS NOT NULL AS there
        FROM began b JOIN months m ON m.month >= DATE_TRUNC('month', first_seen)
        LEFT JOIN active a ON a.user_id = b.user_id AND a.month = m.month
        """

    def answered(self, start: date, end: date) -> str:
        """The last NPS answer of each person in [start, end)."""
        t0, t1 = f"TIMESTAMP '{start}'", f"TIMESTAMP '{end}'"
        return f"""
        WITH subscribed AS (
            SELECT who, arg_max(plan_id, valid_from) AS plan_id FROM stretches
            WHERE valid_from <= {t1} AND status <> 'ended' GROUP BY who
        )
        SELECT n.score, coalesce(a.country, 'unknown') AS country, coalesce(u.role, 'unknown') AS role,
            coalesce(p.name, 'unknown') AS plan
        FROM survey_answers n JOIN lives ON id = n.account_id JOIN known a ON a.account_id = who
        LEFT JOIN users u USING (user_id) LEFT JOIN subscribed USING (who) LEFT JOIN plans p USING (plan_id)
        WHERE n.type = 'nps' AND n.score BETWEEN 0 AND 10 AND n.answered_at >= {t0} AND n.answered_at < {t1}
        QUALIFY row_number() OVER (PARTITION BY n.user_id ORDER BY n.answered_at DESC, n.answer_id DESC) = 1
        """

    def buyers(self, start: date, end: date, form: str, horizon: int = 90) -> str:
        """One row per buyer of the form's base: did they buy again? Orders of one day are one purchase."""
        t0, t1 = f"TIMESTAMP '{start}'", f"TIMESTAMP '{end}'"
        base, again = {
            "in_period": (f"count(*) FILTER (bought_at >= {t0} AND bought_at < {t1})",) * 2,
            "lifetime": (f"count(*) FILTER (bought_at < {t1})",) * 2,
            "returning": (
                f"count(*) FILTER (bought_at >= {t0} AND bought_at < {t1})",
                f"count(*) FILTER (bought_at < {t1})",
            ),
            "cohort": (
                (
                    f"(min(bought_at) >= {t0} AND min(bought_at) < {t1} "
                    f"AND min(bought_at) < TIMESTAMP '{AS_OF}' - INTERVAL {horizon} DAY)::INT"
                ),
                f"count(*) FILTER (bought_at < first_at + INTERVAL {horizon} DAY)",
            ),
        }[form]
        return f"""
        WITH bought AS (
            SELECT who, occurred_at::DATE AS day, min(occurred_at) AS bought_at
            FROM orders JOIN lives ON id = customer_id
            WHERE net_amount > 0 OR (net_amount = 0 AND coalesce(refund, 0) = 0) GROUP BY ALL
        ), timed AS (SELECT *, min(bought_at) OVER (PARTITION BY who) AS first_at FROM bought)
        SELECT who, {again} > 1 AS again, coalesce(a.country, 'unknown') AS country,
            coalesce(a.acquisition_channel, 'unknown') AS channel
        FROM timed JOIN known a ON a.account_id = who GROUP BY ALL HAVING {base} > 0
        """


EVENTS = ("e_new", "e_back", "e_resume", "e_more", "e_less", "e_pause", "e_lost")
