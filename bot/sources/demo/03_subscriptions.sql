-- How each account begins: a trial with or without a card, a purchase at once, or the free plan.
CREATE TABLE entries AS
WITH mode AS (
    SELECT *, (home = 'FR' AND month(signup_at) IN (9, 10)) AS autumn_fr, draw('mode', i) AS um
    FROM base
), chosen AS (
    SELECT *, CASE WHEN um < (CASE WHEN autumn_fr THEN 0.55 ELSE 0.32 END) THEN 'direct'
                   WHEN um < 0.66 THEN 'card' WHEN um < 0.92 THEN 'no_card' ELSE 'free' END AS entry,
        CASE size WHEN 'solo' THEN (draw('tier', i) > 0.75)::INTEGER
                  WHEN 'small' THEN (draw('tier', i) > 0.45)::INTEGER + (draw('tier', i) > 0.9)::INTEGER
                  WHEN 'medium' THEN (draw('tier', i) > 0.1)::INTEGER + (draw('tier', i) > 0.6)::INTEGER
                  ELSE 1 + (draw('tier', i) > 0.3)::INTEGER END AS rank,
        draw('annual', i) < (CASE WHEN autumn_fr THEN 0.86 WHEN size IN ('medium', 'large') THEN 0.45 ELSE 0.26 END) AS annual,
        CASE size WHEN 'solo' THEN between_(1, 2, draw('seats', i)) WHEN 'small' THEN between_(2, 6, draw('seats', i))
                  WHEN 'medium' THEN between_(6, 20, draw('seats', i)) ELSE between_(20, 60, draw('seats', i)) END AS seats
    FROM mode
)
SELECT *, CASE entry
        WHEN 'direct' THEN signup_at + INTERVAL 20 MINUTE
        WHEN 'card' THEN CASE WHEN draw('converts', i) < 0.68 THEN signup_at + INTERVAL 14 DAY END
        WHEN 'no_card' THEN CASE WHEN draw('converts', i) < 0.27 THEN signup_at + to_days(between_(5, 14, draw('when', i))) END
        ELSE CASE WHEN draw('converts', i) < 0.15 THEN signup_at + to_days(between_(30, 120, draw('when', i))) END
    END AS paid_at
FROM chosen;

-- Adoption of the two features whose effect is documented. Automations are taken up by chance and do keep
-- customers; custom reports are taken up by the larger companies, which stay longer anyway.
CREATE TABLE adoption AS
SELECT i, rank >= 1 AND draw('automations', i) < 0.4 AS automations,
    draw('reports', i) < (CASE size WHEN 'solo' THEN 0.06 WHEN 'small' THEN 0.18 WHEN 'medium' THEN 0.5
        ELSE 0.75 END) AS custom_reports
FROM entries;

-- One spell = one subscription from its first payment on.
CREATE TABLE first_spells AS
SELECT 'S' || lpad(i::VARCHAR, 4, '0') || '-1' AS subscription_id, i, e.home, size, rank, annual, seats, automations,
    paid_at AS starts,
    CASE WHEN draw('discount', i) < 0.12 THEN CASE WHEN annual THEN 12 ELSE 3 END ELSE 0 END AS discount_months,
    is_test
FROM entries e JOIN adoption USING (i) WHERE paid_at < stops();

-- What happens at each month's end of a spell, the first matching line of the list; `lead` = days between asking and leaving.
CREATE MACRO steps_of(spells) AS TABLE
WITH months AS (
    SELECT s.*, r.k::INTEGER AS k, starts + to_months(r.k::INTEGER) AS at_k,
        draw('leave', subscription_id || ':' || r.k) AS u, draw('step', subscription_id || ':' || r.k) AS v,
        draw('detail', subscription_id || ':' || r.k) AS w
    FROM query_table(spells) s, range(1, 29) r(k)
    WHERE starts + to_months(r.k::INTEGER) < stops() + INTERVAL 60 DAY
), judged AS (
    SELECT *, CASE
        WHEN is_test THEN 'stay'
        WHEN annual AND k % 12 = 0 THEN CASE
            WHEN home = 'FR' AND at_k >= TIMESTAMP '2026-10-01' THEN CASE WHEN u < 0.55 THEN 'leave_price' ELSE 'renew' END
            WHEN u < 0.14 * CASE WHEN automations THEN 0.6 ELSE 1.15 END THEN 'leave'
            WHEN v < 0.03 THEN CASE WHEN w < 0.35 THEN 'lost' ELSE 'recovered' END
            ELSE 'renew' END
        WHEN annual THEN CASE WHEN v < 0.018 THEN 'grow' WHEN v < 0.022 THEN 'upgrade' ELSE 'stay' END
        WHEN u < (0.026 + 0.085 * pow(0.78, k - 1)) * [1.3, 1.0, 0.7][rank + 1]
                 * CASE size WHEN 'solo' THEN 1.5 WHEN 'small' THEN 1.1 WHEN 'medium' THEN 0.7 ELSE 0.4 END
                 * CASE WHEN automations THEN 0.45 ELSE 1.15 END THEN 'leave'
        WHEN v < 0.024 THEN CASE WHEN w < 0.3 THEN 'lost' ELSE 'recovered' END
        WHEN v < 0.031 THEN CASE WHEN w < 0.15 THEN 'pause_for_good' WHEN w < 0.6 THEN 'pause_1' ELSE 'pause_2' END
        WHEN v < 0.034 THEN 'to_free'
        WHEN v < 0.062 THEN 'grow'
        WHEN v < 0.074 THEN 'shrink'
        WHEN v < 0.082 THEN 'upgrade'
        WHEN v < 0.086 THEN 'downgrade'
        ELSE 'stay' END AS kind
    FROM months
), free_of_pause AS (
    SELECT * REPLACE (CASE WHEN lag(kind) OVER w IN ('pause_1', 'pause_2') OR lag(kind, 2) OVER w = 'pause_2' THEN 'stay'
        ELSE kind END AS kind)
    FROM judged WINDOW w AS (PARTITION BY subscription_id ORDER BY k)
)
SELECT *, between_(1, CASE WHEN annual THEN 45 ELSE 20 END, w) AS lead,
    min(k) FILTER (kind IN ('leave', 'leave_price', 'lost', 'to_free',
        'pause_for_good')) OVER (PARTITION BY subscription_id) AS last_k
FROM free_of_pause;

-- When a spell ends and why; spells without a row go on.
CREATE MACRO ends_of(steps) AS TABLE
SELECT subscription_id, i, kind, at_k AS period_end,
    CASE kind WHEN 'lost' THEN at_k + INTERVAL 30 DAY ELSE at_k END AS ended_at,
    CASE WHEN kind IN ('leave', 'leave_price') THEN at_k - to_days(lead) END AS asked_at,
    CASE kind WHEN 'lost' THEN 'involuntary' WHEN 'to_free' THEN 'to_free' ELSE 'voluntary' END AS end_type,
    CASE kind WHEN 'lost' THEN 'payment_failure' WHEN 'leave_price' THEN 'price' WHEN 'to_free' THEN 'no_need'
        ELSE CASE WHEN w < 0.82 THEN pick(['price', 'price', 'missing_feature', 'missing_feature', 'missing_feature', 'bug',
            'service',
             'competitor', 'competitor', 'no_need', 'no_need', 'no_need', 'closed_business', 'other'],
                 draw('reason', subscription_id)) END
    END AS reason_code
FROM query_table(steps)
WHERE k = last_k AND kind <> 'pause_for_good';

CREATE TABLE first_steps AS FROM steps_of('first_spells');
CREATE TABLE first_ends AS FROM ends_of('first_steps');
