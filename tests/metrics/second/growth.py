"""The second answers of trials, the leaky bucket, growth and the stages of life."""

from __future__ import annotations

from bot.types import Window
from tests.metrics.by_hand import AS_OF, DEFAULT, Answers, Hand, Rules
from tests.metrics.second import COUNTRIES, TO_DATE, WEEK, Case, Second
from tests.metrics.second.core import IS_NEW, LOST, RETURNED, over_accounts

STAGES = ("awareness", "acquisition", "onboarding", "engagement", "retention", "advocacy")


def trials(card: str = "true") -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        rows = f"""
        WITH tried AS (
            SELECT who, subscription_id, min(valid_from) AS t, max(trial_end) AS ends, max(valid_to) AS last_to,
                arg_max(plan_id, valid_from) AS plan_id, bool_or(card_required) AS card
            FROM stretches WHERE status = 'trial' GROUP BY who, subscription_id
            QUALIFY row_number() OVER (PARTITION BY who ORDER BY t, subscription_id) = 1
        ), due AS (
            SELECT *, greatest(ends, coalesce(last_to, ends)) + INTERVAL 7 DAY AS until FROM tried
            WHERE t >= TIMESTAMP '{window.start}' AND t < TIMESTAMP '{window.end}' AND until <= TIMESTAMP '{AS_OF}'
        )
        SELECT d.*, CASE WHEN card THEN 'true' ELSE 'false' END AS card_required, p.name AS plan,
            coalesce(a.country, 'unknown') AS country,
            EXISTS (FROM {hand.spells(DEFAULT)} s WHERE s.who = d.who AND pays
                AND begins >= t AND begins <= until) AS won
        FROM due d JOIN known a ON a.account_id = d.who JOIN plans p USING (plan_id)
        """
        return hand.answer(rows, by, f"({where}) AND ({card})", "count(*) FILTER (won), count(*)")

    return answer


BUCKET = f"count(*) FILTER ({LOST}), count(*) FILTER ({{new}}), sum(mrr0) FILTER ({LOST}), sum(mrr1) FILTER ({{new}})"
BY_EVENTS = f"sum(left_events), sum(join_events), sum(mrr0) FILTER ({LOST}), sum(mrr1) FILTER (join_events > 0)"


def growth(new: str = IS_NEW, rules: Rules = DEFAULT) -> Second:
    """Customers and MRR of each part."""
    came = f"NOT paid0 AND paid1 AND NOT ({new})"
    parts = {
        "start": ("paid0", "sum(mrr0)"),
        "new": (new, f"sum(mrr1) FILTER ({new})"),
        "expansion": ("false", "sum(mrr1 - mrr0) FILTER (paid0 AND paid1 AND mrr1 > mrr0)"),
        "reactivation": (came, f"sum(mrr1) FILTER ({came})"),
        "resume": (f"{came} AND kept0", f"sum(mrr1) FILTER ({came} AND kept0)"),
        "contraction": (
            "paid0 AND NOT paid1 AND kept1",
            "sum(mrr0 - mrr1) FILTER (paid0 AND mrr1 < mrr0 AND (paid1 OR kept1))",
        ),
        "pause": ("paid0 AND NOT paid1 AND kept1", "sum(mrr0) FILTER (paid0 AND NOT paid1 AND kept1)"),
        "churn": (LOST, f"sum(mrr0) FILTER ({LOST})"),
        "end": ("paid1", "sum(mrr1)"),
    }

    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        totals = ", ".join(f"count(*) FILTER ({holds}), {size}" for holds, size in parts.values())
        found = hand.answer(
            hand.accounts(window.start, window.end, rules), by, where, totals.format(start=window.start)
        )
        return {
            (*key, name): (row[2 * place], row[2 * place + 1])
            for key, row in found.items() for place, name in enumerate(parts)
        }  # fmt: skip

    return answer


def stages(days: int) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        spells = hand.spells(DEFAULT)
        goals = "SELECT event_name FROM milestones WHERE kind IN ({})"
        did = "SELECT who, {}, occurred_at FROM events JOIN lives ON id = events.account_id WHERE name IN ({})"
        hand.connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE marks AS
        SELECT who, 0 AS place, invited_at AS t FROM referrals JOIN lives ON id = referee_id
        UNION ALL SELECT who, 0, occurred_at FROM sends JOIN lives ON id = sends.account_id WHERE NOT holdout
        UNION ALL SELECT who, 1, signup_at FROM accounts JOIN lives ON id = account_id
        UNION ALL SELECT who, 1, min(begins) FROM {spells} WHERE pays GROUP BY who
        UNION ALL SELECT who, 1 + least(turn, 1) * 3, t FROM (
            SELECT who, t, row_number() OVER (PARTITION BY who ORDER BY t) - 1 AS turn FROM (
                SELECT who, min(occurred_at) AS t FROM orders JOIN lives ON id = customer_id
                WHERE net_amount > 0 OR (net_amount = 0 AND coalesce(refund, 0) = 0) GROUP BY who, occurred_at::DATE))
        UNION ALL {did.format(2, goals.format("'onboarding', 'activation', 'aha'"))}
        UNION ALL {did.format(3, goals.format("'activation'"))}
        UNION ALL SELECT who, 4, greatest(begins, first_paid + INTERVAL 90 DAY) FROM {spells} JOIN (
            SELECT who, min(begins) AS first_paid FROM {spells} WHERE pays GROUP BY who) USING (who)
            WHERE pays AND ends > first_paid + INTERVAL 90 DAY
        UNION ALL SELECT who, 5, invited_at FROM referrals JOIN lives ON id = referrer_id
        UNION ALL SELECT who, 5, answered_at FROM survey_answers JOIN lives ON id = survey_answers.account_id
            WHERE type = 'nps' AND score BETWEEN 9 AND 10
        """)
        steps = f"""
        WITH came AS (
            SELECT who, p.place, min(t) AS t FROM marks m JOIN range(6) p(place) ON m.place >= p.place
            WHERE t < TIMESTAMP '{AS_OF}' GROUP BY ALL
        ), passed AS (SELECT who, place, t, lead(t) OVER (PARTITION BY who ORDER BY place) AS next FROM came),
        gone AS (
            SELECT who FROM {spells} GROUP BY who
            HAVING count(*) FILTER (pays AND begins <= TIMESTAMP '{window.end}') > 0
            AND count(*) FILTER ((pays OR rests) AND begins <= TIMESTAMP '{window.end}'
                                 AND TIMESTAMP '{window.end}' < ends) = 0
        )
        SELECT p.*, list_extract({list(STAGES)}, (place + 1)::INT) AS stage, coalesce(a.country, 'unknown') AS country,
            t >= TIMESTAMP '{window.start}' AND t < TIMESTAMP '{window.end}'
                AND t < TIMESTAMP '{AS_OF}' - INTERVAL {days} DAY AND place < 5 AS entered,
            coalesce(next <= t + INTERVAL {days} DAY, false) AS moved,
            t < TIMESTAMP '{window.end}' AND coalesce(next, 'infinity') >= TIMESTAMP '{window.end}'
                AND who NOT IN (SELECT who FROM gone) AS stands
        FROM passed p JOIN known a ON a.account_id = who
        """
        totals = "count(*) FILTER (entered AND moved), count(*) FILTER (entered), count(*) FILTER (stands)"
        return hand.answer(steps, (*by, "stage"), where, totals)

    return answer


MONEY = ("part", "whole", "mrr", "new_mrr")
NOW = ("part", "whole", "now")
CASES = [
    Case("trial_conversion_rate", {}, trials(), empty=(WEEK, TO_DATE)),
    Case(
        "trial_conversion_rate", {"card_required": "true"}, trials("card"), by=("card_required",), empty=(WEEK, TO_DATE)
    ),
    Case("trial_conversion_rate", {"card_required": "false"}, trials("NOT card"), empty=(WEEK, TO_DATE)),
    Case("leaky_bucket", {}, over_accounts(BUCKET.replace("{new}", IS_NEW)), figures=MONEY),
    Case(
        "leaky_bucket", {"reactivation_days": "90"}, over_accounts(BUCKET.replace("{new}", RETURNED)), figures=MONEY
    ),
    Case("leaky_bucket", {"method": "events"}, over_accounts(BY_EVENTS), figures=MONEY),
    Case("growth_decomposition", {}, growth(), figures=("value", "mrr")),
    Case("growth_decomposition", {"reactivation_days": "90"}, growth(RETURNED), figures=("value", "mrr")),
    Case("growth_decomposition", {"grace_days": "5"}, growth(rules=Rules(grace=5)), figures=("value", "mrr")),
    Case(
        "growth_decomposition", {"pause_policy": "churn"}, growth(rules=Rules(pause="churn")), figures=("value", "mrr")
    ),
    Case(
        "growth_decomposition", {"pause_policy": "keep_mrr"}, growth(rules=Rules(pause="keep_mrr")),
        figures=("value", "mrr"),
    ),
    Case("stage_funnel", {}, stages(90), figures=NOW, by=("country",), where=COUNTRIES),
    Case("stage_funnel", {"horizon_days": "30"}, stages(30), figures=NOW, by=("country",), where=COUNTRIES),
]  # fmt: skip
