"""Every segment once more, in SQL written by hand from its rule, over the demo's Parquet: `SELECT who` FROM ...

`spells` (who, pays, rests, begins, ends, mrr, plan_id, status), `lives` (id → who) and `known` (no test accounts)
are those of tests/metrics/by_hand.py; all is told as of the demo's day, T.
"""

from __future__ import annotations

from tests.metrics.by_hand import AS_OF

T = f"TIMESTAMP '{AS_OF}'"
PAYING = f"(SELECT DISTINCT who FROM spells WHERE pays AND begins <= {T} AND {T} < ends)"
KEPT = f"(SELECT DISTINCT who FROM spells WHERE (pays OR rests) AND begins <= {T} AND {T} < ends)"
SINCE = "(SELECT who, min(begins) AS since FROM spells WHERE pays GROUP BY who)"
DEEDS = f"(SELECT who, e.* FROM events e JOIN lives ON id = e.account_id WHERE occurred_at < {T})"
LAST_SEEN = f"(SELECT who, max(occurred_at) AS seen FROM {DEEDS} WHERE is_active_event GROUP BY who)"
ACTIVE = f"(SELECT who FROM {LAST_SEEN} WHERE seen >= {T} - INTERVAL 30 DAY AND who IN {PAYING})"
LAST_SCORE = f"""(SELECT who, arg_max(score, (answered_at, answer_id)) AS score
    FROM survey_answers JOIN lives ON id = account_id
    WHERE type = 'nps' AND score BETWEEN 0 AND 10 AND answered_at < {T} AND answered_at >= {T} - INTERVAL 90 DAY
    GROUP BY who)"""
BOUGHT = f"""(SELECT DISTINCT who, occurred_at::DATE AS day FROM orders JOIN lives ON id = customer_id
    WHERE occurred_at < {T} AND (net_amount > 0 OR net_amount = 0 AND coalesce(refund, 0) = 0))"""
SPENT = f"""(SELECT who, occurred_at::DATE AS day, sum(net_amount) AS paid FROM orders JOIN lives ON id = customer_id
    WHERE occurred_at < {T} AND (net_amount > 0 OR net_amount = 0 AND coalesce(refund, 0) = 0) GROUP BY ALL)"""
LEFT = "(SELECT who, max(ends) AS left_on FROM spells WHERE pays OR rests GROUP BY who)"
FORMER = f"who IN (SELECT who FROM spells WHERE pays) AND who NOT IN {KEPT}"
TICKETS = f"(SELECT who, t.* FROM tickets t JOIN lives ON id = t.account_id WHERE created_at < {T})"
OPEN = f"(SELECT who FROM {TICKETS} WHERE NOT coalesce(solved_at < {T}, false))"
SEVERAL = f"(SELECT who FROM {TICKETS} WHERE created_at >= {T} - INTERVAL 30 DAY GROUP BY who HAVING count(*) >= 3)"
USED = f"""(SELECT DISTINCT who, feature_id, tier, occurred_at FROM {DEEDS} d JOIN features ON core_event = d.name)"""
DAYS_28 = f"""(SELECT who, count(DISTINCT occurred_at::DATE) AS days FROM {DEEDS}
    WHERE is_active_event AND occurred_at >= {T} - INTERVAL 28 DAY GROUP BY who)"""
ADVANCED = f"(SELECT who FROM {USED} WHERE tier = 'advanced' AND occurred_at >= {T} - INTERVAL 28 DAY)"
POWER = f"(SELECT who FROM {DAYS_28} WHERE days >= 16 AND who IN {PAYING} AND who IN {ADVANCED})"
LATE = f"""(SELECT who FROM spells WHERE status = 'past_due' AND pays AND begins <= {T} AND {T} < ends
    UNION SELECT who FROM (SELECT who, arg_max(status, (occurred_at, payment_id)) AS last_try
        FROM payments JOIN lives ON id = account_id WHERE occurred_at < {T} AND occurred_at >= {T} - INTERVAL 30 DAY
        GROUP BY who) WHERE last_try = 'failed')"""
SLIPPING = f"""(SELECT who FROM {LAST_SEEN} WHERE who IN {PAYING}
    AND seen < {T} - INTERVAL 30 DAY AND seen >= {T} - INTERVAL 90 DAY)"""
DORMANT = f"""(SELECT who FROM {LAST_SEEN} WHERE who IN {PAYING}
    AND seen < {T} - INTERVAL 90 DAY AND seen >= {T} - INTERVAL 180 DAY)"""
MEMBER_DAYS = f"""(SELECT who, user_id, occurred_at::DATE AS day FROM {DEEDS}
    WHERE is_active_event AND user_id IS NOT NULL GROUP BY ALL)"""
FADING = f"""(SELECT who FROM (SELECT who, count(*) FILTER (day >= {T} - INTERVAL 28 DAY) AS recent,
        count(*) FILTER (day < {T} - INTERVAL 28 DAY AND day >= {T} - INTERVAL 112 DAY) / 3 AS usual
        FROM {MEMBER_DAYS} GROUP BY who) WHERE usual >= 4 AND recent / usual < 0.5 AND who IN {PAYING}
        AND who IN (SELECT who FROM {DEEDS} WHERE is_active_event AND occurred_at < {T} - INTERVAL 56 DAY))"""
STUCK = f"""(SELECT account_id AS who FROM accounts a WHERE signup_at >= {T} - INTERVAL 30 DAY
    AND signup_at < {T} - INTERVAL 7 DAY AND merged_into IS NULL AND EXISTS (FROM milestones m
        WHERE kind = 'onboarding'
        AND NOT EXISTS (FROM {DEEDS} d WHERE d.who = a.account_id AND d.name = m.event_name)))"""
STRUGGLING = f"(SELECT who FROM {STUCK} WHERE who IN {KEPT})"
PROMOTERS = f"(SELECT who FROM {LAST_SCORE} WHERE score >= 9 AND who IN {KEPT})"
DETRACTORS = f"(SELECT who FROM {LAST_SCORE} WHERE score <= 6 AND who IN {KEPT})"
LESSER = f"""SELECT DISTINCT who, 'f' AS sign FROM {FADING} UNION ALL SELECT DISTINCT who, 's' FROM {STRUGGLING}
    UNION ALL SELECT DISTINCT who, 'd' FROM {DETRACTORS}
    UNION ALL SELECT DISTINCT who, 't' FROM {SEVERAL} WHERE who IN {KEPT}"""
INVITED = "(SELECT who, r.* FROM referrals r JOIN lives ON id = referrer_id)"
ASKED = f"(SELECT who, q.occurred_at FROM feature_requests q JOIN lives ON id = q.account_id WHERE occurred_at < {T})"
FIRST_DAYS = f"""(SELECT s.who, count(DISTINCT d.occurred_at::DATE) AS days FROM {SINCE} s LEFT JOIN {DEEDS} d
    ON d.who = s.who AND d.is_active_event AND d.occurred_at >= since AND d.occurred_at < since + INTERVAL 28 DAY
    WHERE since < {T} - INTERVAL 28 DAY AND s.who IN {PAYING} AND s.who NOT IN {ACTIVE} GROUP BY s.who)"""
WORTH = f"""(SELECT who, sum(mrr) AS mrr FROM spells WHERE pays AND begins <= {T} AND {T} < ends
    AND who IN (SELECT account_id FROM known) GROUP BY who)"""
PLACES = f"""(
    SELECT lives.who, invited_at AS moment, 0 AS place FROM referrals JOIN lives ON id = referee_id
    UNION ALL SELECT who, occurred_at, 0 FROM sends JOIN lives ON id = account_id WHERE NOT coalesce(holdout, false)
    UNION ALL SELECT who, signup_at, 1 FROM accounts JOIN lives ON id = account_id
    UNION ALL SELECT who, since, 1 FROM {SINCE}
    UNION ALL SELECT who, day::TIMESTAMP, 1 FROM {BOUGHT}
    UNION ALL SELECT who, occurred_at, 2 FROM {DEEDS} WHERE name IN (SELECT event_name FROM milestones)
    UNION ALL SELECT who, occurred_at, 3 FROM {DEEDS}
        WHERE name IN (SELECT event_name FROM milestones WHERE kind = 'activation')
    UNION ALL SELECT who, greatest(begins, since + INTERVAL 90 DAY), 4 FROM spells JOIN {SINCE} USING (who)
        WHERE pays AND ends > since + INTERVAL 90 DAY
    UNION ALL (SELECT who, max(day)::TIMESTAMP, 4 FROM {BOUGHT} GROUP BY who HAVING count(*) > 1)
    UNION ALL SELECT who, invited_at, 5 FROM {INVITED}
    UNION ALL SELECT who, answered_at, 5 FROM survey_answers JOIN lives ON id = account_id
        WHERE type = 'nps' AND score BETWEEN 9 AND 10)"""
STAGES = ("awareness", "acquisition", "onboarding", "engagement", "retention", "advocacy")


def _stage(place: int) -> str:
    return f"""FROM (SELECT who, max(place) AS stage FROM {PLACES} WHERE moment < {T} GROUP BY who)
        WHERE stage = {place} AND NOT ({FORMER})"""


def _bottom(unused: str) -> str:
    return f"""FROM (SELECT who, used_at,
            row_number() OVER (PARTITION BY who ORDER BY sent_at DESC, delivery_id DESC) AS n
        FROM deliveries JOIN lives ON id = account_id WHERE sent_at < {T} AND NOT coalesce(skipped_at < {T}, false))
        WHERE n <= 3 GROUP BY who HAVING count(*) = 3 AND bool_and({unused})"""


RULES = {
    **{name: _stage(place) for place, name in enumerate(STAGES)},
    "slipping_away": f"FROM {SLIPPING}",
    "dormant": f"FROM {DORMANT}",
    "new": f"FROM {SINCE} WHERE since >= {T} - INTERVAL 14 DAY AND who IN {PAYING}",
    "long_term": f"FROM {SINCE} WHERE since < {T} - INTERVAL 365 DAY AND who IN {PAYING}",
    "churned_eligible_for_win_back": f"""FROM {LEFT} WHERE {FORMER} AND left_on < {T} - INTERVAL 14 DAY
        AND left_on >= {T} - INTERVAL 365 DAY""",
    "churned_too_long_ago": f"FROM {LEFT} WHERE {FORMER} AND left_on < {T} - INTERVAL 365 DAY",
    "trial_not_converted": f"""FROM (SELECT who, max(until) AS ended FROM stretches WHERE status = 'trial'
        AND valid_from < {T} GROUP BY who) WHERE ended < {T} AND ended >= {T} - INTERVAL 90 DAY
        AND who NOT IN (SELECT who FROM spells WHERE pays AND begins <= {T})""",
    "signed_up_not_activated": f"""FROM (
            SELECT account_id AS who FROM accounts WHERE signup_at >= {T} - INTERVAL 30 DAY AND signup_at < {T}
            AND merged_into IS NULL
        ) WHERE who NOT IN (
            SELECT who FROM {DEEDS} d JOIN milestones ON event_name = d.name AND kind = 'activation')""",
    "milestone_reached": f"""FROM (SELECT who FROM {DEEDS} WHERE name = 'task_completed' GROUP BY who, user_id
        HAVING count(*) >= 10) WHERE who IN {KEPT}""",
    "narrow_users": f"""FROM (SELECT who, count(DISTINCT feature_id) AS used FROM {USED}
        WHERE occurred_at >= {T} - INTERVAL 30 DAY GROUP BY who) WHERE used <= 2 AND who IN {PAYING}""",
    "shallow_users": f"FROM {DAYS_28} WHERE days < 4 AND who IN {PAYING}",
    "power_users": f"FROM {POWER}",
    "fading": f"FROM {FADING}",
    "never_formed_habit": f"FROM {FIRST_DAYS} WHERE days < 4",
    "lapsed_habit": f"FROM {FIRST_DAYS} WHERE days >= 4",
    "hunters": f"""FROM {DEEDS} WHERE name = 'help_viewed' AND occurred_at >= {T} - INTERVAL 30 DAY
        AND who IN {ACTIVE}""",
    "grazers": f"""FROM {ACTIVE} WHERE who NOT IN (
        SELECT who FROM {DEEDS} WHERE name = 'help_viewed' AND occurred_at >= {T} - INTERVAL 30 DAY)""",
    "not_installed": f"""FROM {ACTIVE} WHERE who NOT IN (SELECT who FROM {DEEDS} WHERE is_active_event
        AND platform <> 'web' AND occurred_at >= {T} - INTERVAL 90 DAY)""",
    "single_user_accounts": f"""FROM (SELECT who FROM users JOIN lives ON id = account_id WHERE created_at < {T}
        GROUP BY who HAVING count(*) = 1) WHERE who IN {PAYING}""",
    "expansion_ready": f"""FROM (
            SELECT s.who, sum(quantity) AS seats,
                (SELECT count(*) FROM users u JOIN lives l ON l.id = u.account_id
                 WHERE l.who = s.who AND created_at < {T}) AS people
            FROM stretches s WHERE status IN ('active', 'past_due') AND valid_from < {T} AND until >= {T}
            GROUP BY s.who)
        WHERE people >= 0.9 * seats AND seats > 0 AND who IN {ACTIVE} AND who NOT IN (SELECT who FROM {OPEN})
        AND who NOT IN {LATE} AND who IN (SELECT who FROM {USED} WHERE occurred_at >= {T} - INTERVAL 30 DAY
            GROUP BY who HAVING count(DISTINCT feature_id) >= 3)""",
    "open_support_issues": f"FROM {OPEN} WHERE who IN {KEPT}",
    "several_tickets_this_month": f"FROM {SEVERAL} WHERE who IN {KEPT}",
    "failed_payment": f"FROM {LATE} WHERE who IN {KEPT}",
    "struggling": f"FROM {STRUGGLING}",
    "at_risk": f"""FROM (SELECT who FROM {SLIPPING} UNION SELECT who FROM {DORMANT} UNION SELECT who FROM {LATE}
        UNION SELECT who FROM ({LESSER}) GROUP BY who HAVING count(*) >= 2) WHERE who IN {KEPT}""",
    "early_signal": f"FROM (SELECT who FROM ({LESSER}) UNION SELECT who FROM {LATE}) WHERE who IN {ACTIVE}",
    "promoters": f"FROM {PROMOTERS}",
    "detractors": f"FROM {DETRACTORS}",
    "referrers": f"FROM {INVITED} WHERE qualified_at < {T} AND who IN {KEPT}",
    "referred_customers": f"FROM (SELECT referee_id AS who FROM referrals WHERE invited_at < {T}) WHERE who IN {KEPT}",
    "advocates": f"FROM {PROMOTERS} WHERE who IN (SELECT who FROM {INVITED} WHERE invited_at < {T})",
    "feature_requesters": f"FROM {ASKED} WHERE occurred_at >= {T} - INTERVAL 365 DAY AND who IN {KEPT}",
    "feedback_givers": f"""FROM (SELECT who FROM {ASKED} WHERE occurred_at >= {T} - INTERVAL 90 DAY
        UNION SELECT who FROM survey_answers JOIN lives ON id = account_id
        WHERE answered_at < {T} AND answered_at >= {T} - INTERVAL 90 DAY) WHERE who IN {KEPT}""",
    "co_creation_candidates": f"""FROM {POWER} WHERE who NOT IN {DETRACTORS} AND (who IN {PROMOTERS}
        OR who IN (SELECT who FROM {ASKED} WHERE occurred_at >= {T} - INTERVAL 365 DAY AND who IN {KEPT}))""",
    "due_recognition": f"""FROM {SINCE} WHERE who IN {KEPT} AND EXISTS (
        FROM range(1, 3) y(years) WHERE since::DATE + INTERVAL (years) YEAR >= {T}
        AND since::DATE + INTERVAL (years) YEAR < {T} + INTERVAL 14 DAY)""",
    "delivered_but_unused": _bottom(f"used_at IS NULL OR used_at >= {T}"),
    "past_usual_purchase_interval": f"""FROM (
            SELECT who, quantile_cont(gap, 0.9) AS usual, count(gap) AS gaps, max(day) AS last_day FROM (
                SELECT who, day, day - lag(day) OVER (PARTITION BY who ORDER BY day) AS gap FROM {BOUGHT}) GROUP BY who)
        WHERE gaps >= 2 AND DATE '{AS_OF}' - last_day > usual""",
    "one_time_buyers": f"FROM {BOUGHT} GROUP BY who HAVING count(*) = 1",
    "repeat_customers": f"FROM {BOUGHT} GROUP BY who HAVING count(*) > 1",
    "loyal": f"""FROM (SELECT who FROM {SINCE} WHERE since < {T} - INTERVAL 365 DAY AND who IN {KEPT}
        UNION (SELECT who FROM {BOUGHT} WHERE day >= {T} - INTERVAL 365 DAY GROUP BY who HAVING count(*) >= 4))""",
    "vip": f"""FROM {WORTH} w WHERE (SELECT count(*) FROM {WORTH} o WHERE o.mrr > w.mrr)
        < 0.1 * (SELECT count(*) FROM {WORTH})""",
    "high_value_in_region": f"""FROM (SELECT who, mrr, rank() OVER (PARTITION BY place ORDER BY mrr DESC) - 1 AS above,
            count(*) OVER (PARTITION BY place) AS many
        FROM (SELECT w.*, coalesce(region, country, 'unknown') AS place
              FROM {WORTH} w JOIN accounts ON account_id = who)
        ) WHERE above < 0.1 * many""",
    "loyalty_tier": f"""FROM (SELECT who FROM loyalty_ledger JOIN lives ON id = member_id
        WHERE occurred_at < {T} AND tier IS NOT NULL)""",
    "aov_band": f"FROM {BOUGHT} WHERE day >= {T} - INTERVAL 12 MONTH",
    "purchase_frequency_band": f"FROM {BOUGHT} WHERE day >= {T} - INTERVAL 12 MONTH",
}  # fmt: skip

BANDS = {
    "order_value_band": f"""SELECT who, CASE WHEN mean <= quantile_cont(mean, 1 / 3) OVER () THEN 'low'
            WHEN mean <= quantile_cont(mean, 2 / 3) OVER () THEN 'middle' ELSE 'high' END
        FROM (SELECT who, sum(paid) / count(*) AS mean FROM {SPENT} WHERE day >= {T} - INTERVAL 12 MONTH
            AND who IN (SELECT account_id FROM known) GROUP BY who)""",
    "purchase_frequency_band": f"""SELECT who, CASE WHEN n = 1 THEN '1' WHEN n <= 3 THEN '2-3' WHEN n <= 6 THEN '4-6'
        ELSE '7+' END FROM (SELECT who, count(*) AS n FROM {BOUGHT} WHERE day >= {T} - INTERVAL 12 MONTH
            AND who IN (SELECT account_id FROM known) GROUP BY who)""",
    "tier": f"""SELECT who, arg_max(tier, occurred_at) FROM loyalty_ledger JOIN lives ON id = member_id
        WHERE occurred_at < {T} AND tier IS NOT NULL AND who IN (SELECT account_id FROM known) GROUP BY who""",
}
