-- The numbers that first.jsonl expects, counted a second time by hand, over the demo company's tables as they are.
-- Each query names the questions it answers. Its columns part, whole, value and n are figures; role and metric pick
-- the evidence, rows is how many rows it has, and every other column picks the row.

-- Stretches that make a customer: paid ones, failed payments for 30 days, pauses for 90 (those pay nothing).
CREATE TABLE stretch AS
SELECT coalesce(a.merged_into, a.account_id) AS customer, s.status <> 'paused' AS pays, s.mrr, p.name AS plan,
    CASE p.interval WHEN 'year' THEN 'annual' ELSE 'monthly' END AS "interval", s.reason_code, s.valid_from AS opens,
    least(coalesce(s.valid_to, 'infinity'), CASE s.status
        WHEN 'past_due' THEN s.valid_from + INTERVAL 30 DAY
        WHEN 'paused' THEN s.valid_from + INTERVAL 90 DAY
        ELSE 'infinity' END) AS closes
FROM subscriptions s JOIN accounts a USING (account_id) JOIN plans p USING (plan_id)
WHERE NOT a.is_test AND (s.status = 'paused' OR (s.status IN ('active', 'past_due') AND s.mrr > 0));

-- Who pays at an instant, how much, and for what: of two plans the dearer.
CREATE MACRO paying(moment) AS TABLE
SELECT customer, sum(mrr) AS mrr, arg_max(plan, mrr) AS plan, arg_max("interval", mrr) AS "interval"
FROM stretch WHERE pays AND opens <= moment AND closes > moment GROUP BY customer;

-- Who paid at the first instant, whether they are lost at the next, and what they pay then.
CREATE MACRO judged(first, next) AS TABLE
SELECT p.*, a.country, a.size, e.mrr AS later,
    NOT EXISTS (FROM stretch s WHERE s.customer = p.customer AND s.opens <= next AND s.closes > next) AS lost,
    (SELECT s.reason_code FROM stretch s WHERE s.customer = p.customer AND s.opens <= next ORDER BY s.opens DESC LIMIT 1) AS reason
FROM paying(first) p JOIN accounts a ON a.account_id = p.customer LEFT JOIN paying(next) e USING (customer);

-- Who pays at the second instant, did not at the first, and never had before.
CREATE MACRO gained(first, next) AS TABLE
SELECT e.*, a.acquisition_channel AS channel FROM paying(next) e JOIN accounts a ON a.account_id = e.customer
WHERE NOT EXISTS (FROM stretch s WHERE s.customer = e.customer AND s.pays AND s.opens <= first);

CREATE TABLE acts AS
SELECT e.user_id, coalesce(a.merged_into, e.account_id) AS customer, e.name, e.platform, e.occurred_at
FROM events e JOIN accounts a USING (account_id) WHERE e.is_active_event AND NOT a.is_test;

-- The plan a customer came to last, of whatever kind, by an instant.
CREATE MACRO plan_at(moment) AS TABLE
SELECT coalesce(a.merged_into, a.account_id) AS customer, arg_max(s.plan_id, s.valid_from) AS plan_id
FROM subscriptions s JOIN accounts a USING (account_id) WHERE s.valid_from < moment GROUP BY customer;

-- Active people whose plan includes a feature, and whether they used it.
CREATE MACRO entitled(first, next) AS TABLE
SELECT f.feature_id AS feature, p.name AS plan, c.user_id, bool_or(c.name = f.core_event) AS used
FROM acts c JOIN plan_at(next) l USING (customer) JOIN plans p USING (plan_id)
JOIN features f ON list_contains(string_split(f.entitled_plans, ','), l.plan_id)
WHERE c.occurred_at >= first AND c.occurred_at < next GROUP BY ALL;

-- The last answer of each person in a period.
CREATE MACRO answers(first, next) AS TABLE
SELECT s.user_id, coalesce(a.merged_into, a.account_id) AS customer, coalesce(u.country, a.country) AS country, (s.score >= 9)::INTEGER - (s.score <= 6)::INTEGER AS vote
FROM survey_answers s JOIN accounts a USING (account_id) LEFT JOIN users u USING (user_id)
WHERE s.type = 'nps' AND NOT a.is_test AND s.answered_at >= first AND s.answered_at < next
QUALIFY row_number() OVER (PARTITION BY s.user_id ORDER BY s.answered_at DESC, s.answer_id DESC) = 1;

-- Paying today, and not seen for 30 to 89 days.
CREATE VIEW slipping_away AS
SELECT p.customer, a.country FROM paying(TIMESTAMP '2026-11-10') p JOIN accounts a ON a.account_id = p.customer
JOIN (SELECT customer, max(occurred_at) AS last_at FROM acts GROUP BY customer) USING (customer)
WHERE last_at < TIMESTAMP '2026-10-11' AND last_at >= TIMESTAMP '2026-08-12';

-- questions: en-value-churn fr-value-churn
SELECT count(*) FILTER (lost) AS part, count(*) AS whole FROM judged(TIMESTAMP '2026-10-01', TIMESTAMP '2026-11-01');

-- questions: en-value-nrr
SELECT sum(later) AS part, sum(mrr) AS whole FROM judged(TIMESTAMP '2025-11-01', TIMESTAMP '2026-11-01');

-- questions: fr-value-nrr
SELECT sum(later) AS part, sum(mrr) AS whole FROM judged(TIMESTAMP '2025-11-01', TIMESTAMP '2026-11-01') WHERE "interval" = 'annual';

-- questions: en-value-grr
SELECT sum(least(mrr, coalesce(later, 0))) AS part, sum(mrr) AS whole
FROM judged(TIMESTAMP '2025-11-01', TIMESTAMP '2026-11-01') WHERE country = 'FR';

-- questions: en-value-churned
SELECT count(*) FILTER (lost) AS value, count(*) AS n FROM judged(TIMESTAMP '2026-10-01', TIMESTAMP '2026-11-01');

-- questions: fr-value-lost
SELECT count(*) FILTER (lost) AS value FROM judged(TIMESTAMP '2026-09-01', TIMESTAMP '2026-10-01');

-- questions: en-value-new fr-value-new
SELECT count(*) AS value FROM gained(TIMESTAMP '2026-11-02', TIMESTAMP '2026-11-09');

-- questions: fr-value-to-date
SELECT count(*) AS value FROM gained(TIMESTAMP '2026-11-01', TIMESTAMP '2026-11-10');

-- questions: en-value-mrr fr-value-mrr
SELECT sum(mrr) AS value, count(*) AS n FROM paying(TIMESTAMP '2026-11-10');

-- questions: fr-value-mrr-france
SELECT sum(mrr) AS value FROM paying(TIMESTAMP '2026-10-01') p JOIN accounts a ON a.account_id = p.customer WHERE a.country = 'FR';

-- questions: en-value-retention fr-value-retention
SELECT count(*) FILTER (NOT lost) AS part, count(*) AS whole FROM judged(TIMESTAMP '2026-07-01', TIMESTAMP '2026-10-01');

-- questions: en-value-nps fr-value-nps
SELECT sum(vote) AS part, count(*) AS whole FROM answers(TIMESTAMP '2026-09-01', TIMESTAMP '2026-10-01');

-- questions: en-value-mau
SELECT count(DISTINCT user_id) AS value FROM acts WHERE occurred_at >= TIMESTAMP '2026-10-01' AND occurred_at < TIMESTAMP '2026-11-01';

-- questions: fr-value-active
SELECT count(DISTINCT user_id) AS value FROM acts
WHERE platform = 'android' AND occurred_at >= TIMESTAMP '2026-10-01' AND occurred_at < TIMESTAMP '2026-11-01';

-- questions: fr-by-platform
SELECT platform, count(DISTINCT user_id) AS value FROM acts
WHERE occurred_at >= TIMESTAMP '2026-10-01' AND occurred_at < TIMESTAMP '2026-11-01' GROUP BY platform ORDER BY platform;

-- questions: en-value-stickiness
SELECT count(DISTINCT (user_id, occurred_at::DATE)) / 31 AS part, count(DISTINCT user_id) AS whole FROM acts
WHERE occurred_at >= TIMESTAMP '2026-10-01' AND occurred_at < TIMESTAMP '2026-11-01';

-- questions: en-value-adoption
SELECT count(*) FILTER (used) AS part, count(*) AS whole FROM entitled(TIMESTAMP '2026-10-01', TIMESTAMP '2026-11-01')
WHERE feature = 'automations' AND plan = 'Pro';

-- questions: en-by-feature fr-top-feature
SELECT feature, count(*) FILTER (used) AS part, count(*) AS whole FROM entitled(TIMESTAMP '2026-10-01', TIMESTAMP '2026-11-01')
GROUP BY feature ORDER BY feature;

-- questions: en-value-repeat fr-value-repeat
SELECT count(*) FILTER (days >= 2) AS part, count(*) AS whole FROM (
    SELECT customer_id, count(DISTINCT occurred_at::DATE) AS days FROM orders o JOIN accounts a ON a.account_id = o.customer_id
    WHERE net_amount > 0 AND NOT a.is_test AND occurred_at >= TIMESTAMP '2025-11-01' AND occurred_at < TIMESTAMP '2026-11-01'
    GROUP BY customer_id
);

-- questions: en-value-without
SELECT count(*) FILTER (lost) AS part, count(*) AS whole FROM judged(TIMESTAMP '2026-10-01', TIMESTAMP '2026-11-01')
WHERE "interval" <> 'monthly';

-- questions: fr-value-not-spain
SELECT count(*) FILTER (lost) AS part, count(*) AS whole FROM judged(TIMESTAMP '2026-10-01', TIMESTAMP '2026-11-01')
WHERE country IS DISTINCT FROM 'ES';

-- questions: fr-value-small
SELECT count(*) FILTER (lost) AS part, count(*) AS whole FROM judged(TIMESTAMP '2026-10-01', TIMESTAMP '2026-11-01') WHERE size = 'small';

-- questions: en-value-market
SELECT count(*) FILTER (lost) AS part, count(*) AS whole FROM judged(TIMESTAMP '2026-10-01', TIMESTAMP '2026-11-01')
WHERE country IN ('FR', 'ES', 'DE');

-- questions: en-follow-country fr-follow-country
SELECT count(*) FILTER (lost) AS part, count(*) AS whole FROM judged(TIMESTAMP '2026-10-01', TIMESTAMP '2026-11-01') WHERE country = 'ES';

-- questions: fr-follow-month
SELECT count(*) FILTER (lost) AS part, count(*) AS whole FROM judged(TIMESTAMP '2026-09-01', TIMESTAMP '2026-10-01') WHERE "interval" = 'annual';

-- questions: en-multi fr-multi
SELECT 'churn_rate' AS metric, count(*) FILTER (lost) AS part, count(*) AS whole FROM judged(TIMESTAMP '2026-10-01', TIMESTAMP '2026-11-01')
UNION ALL SELECT 'nps', sum(vote), count(*) FROM answers(TIMESTAMP '2026-10-01', TIMESTAMP '2026-11-01');

-- questions: fr-value-movements
WITH moved AS (
    SELECT coalesce(s.customer, e.customer) AS customer, coalesce(s.mrr, 0) AS before, coalesce(e.mrr, 0) AS after,
        EXISTS (FROM stretch p WHERE p.customer = e.customer AND p.pays AND p.opens <= TIMESTAMP '2026-10-01') AS known
    FROM paying(TIMESTAMP '2026-10-01') s FULL JOIN paying(TIMESTAMP '2026-11-01') e USING (customer)
)
SELECT 'start' AS type, sum(before) AS value FROM moved
UNION ALL SELECT 'new', sum(after) FROM moved WHERE before = 0 AND NOT known
UNION ALL SELECT 'expansion', sum(after - before) FROM moved WHERE before > 0 AND after > before
UNION ALL SELECT 'end', sum(after) FROM moved;

-- questions: en-trend-mrr
SELECT '2026-05-01' AS period, sum(mrr) AS value FROM paying(TIMESTAMP '2026-06-01')
UNION ALL SELECT '2026-10-01', sum(mrr) FROM paying(TIMESTAMP '2026-11-01');

-- questions: en-trend-active
SELECT strftime(date_trunc('week', occurred_at), '%Y-%m-%d') AS period, count(DISTINCT user_id) AS value, 8 AS rows FROM acts
WHERE occurred_at >= TIMESTAMP '2026-09-14' AND occurred_at < TIMESTAMP '2026-11-09' GROUP BY period ORDER BY period;

-- questions: fr-trend-churn
SELECT '2026-05-01' AS period, count(*) FILTER (lost) AS part, count(*) AS whole FROM judged(TIMESTAMP '2026-05-01', TIMESTAMP '2026-06-01')
UNION ALL SELECT '2026-10-01', count(*) FILTER (lost), count(*) FROM judged(TIMESTAMP '2026-10-01', TIMESTAMP '2026-11-01');

-- questions: fr-trend-nps
SELECT '2026-01-01' AS period, sum(vote) AS part, count(*) AS whole FROM answers(TIMESTAMP '2026-01-01', TIMESTAMP '2026-04-01')
UNION ALL SELECT '2026-07-01', sum(vote), count(*) FROM answers(TIMESTAMP '2026-07-01', TIMESTAMP '2026-10-01');

-- questions: en-trend-cohorts
WITH began AS (
    SELECT customer FROM stretch WHERE pays GROUP BY customer
    HAVING min(opens) >= TIMESTAMP '2026-01-01' AND min(opens) < TIMESTAMP '2026-02-01'
)
SELECT '2026-01-01' AS cohort, 3 AS age, count(e.customer) AS part, count(*) AS whole
FROM began LEFT JOIN paying(TIMESTAMP '2026-05-01') e USING (customer);

-- questions: en-compare-months fr-compare-months
SELECT 'main' AS role, count(*) FILTER (lost) AS part, count(*) AS whole FROM judged(TIMESTAMP '2026-10-01', TIMESTAMP '2026-11-01')
UNION ALL SELECT 'baseline', count(*) FILTER (lost), count(*) FROM judged(TIMESTAMP '2026-09-01', TIMESTAMP '2026-10-01');

-- questions: en-compare-year
SELECT 'main' AS role, count(*) AS value FROM gained(TIMESTAMP '2026-10-01', TIMESTAMP '2026-11-01')
UNION ALL SELECT 'baseline', count(*) FROM gained(TIMESTAMP '2025-10-01', TIMESTAMP '2025-11-01');

-- questions: fr-compare-year
SELECT CASE year(occurred_at) WHEN 2026 THEN 'main' ELSE 'baseline' END AS role, count(DISTINCT user_id) AS value FROM acts
WHERE month(occurred_at) = 10 AND year(occurred_at) >= 2025 GROUP BY role ORDER BY role DESC;

-- questions: en-compare-interval
SELECT "interval", count(*) FILTER (lost) AS part, count(*) AS whole FROM judged(TIMESTAMP '2026-10-01', TIMESTAMP '2026-11-01')
GROUP BY "interval" ORDER BY "interval";

-- questions: fr-compare-plans
SELECT plan, count(*) FILTER (lost) AS part, count(*) AS whole FROM judged(TIMESTAMP '2026-10-01', TIMESTAMP '2026-11-01')
WHERE plan IN ('Pro', 'Business') GROUP BY plan ORDER BY plan;

-- questions: en-compare-sept fr-follow-why
SELECT 'main' AS role, count(*) FILTER (lost) AS value FROM judged(TIMESTAMP '2026-10-01', TIMESTAMP '2026-11-01')
UNION ALL SELECT 'baseline', count(*) FILTER (lost) FROM judged(TIMESTAMP '2026-09-01', TIMESTAMP '2026-10-01');

-- questions: en-by-country fr-by-country en-top-country
SELECT country, count(*) FILTER (lost) AS part, count(*) AS whole FROM judged(TIMESTAMP '2026-10-01', TIMESTAMP '2026-11-01')
WHERE country IS NOT NULL GROUP BY country ORDER BY country;

-- questions: en-by-plan fr-by-plan
SELECT plan, sum(mrr) AS value, count(*) AS n FROM paying(TIMESTAMP '2026-11-10') GROUP BY plan ORDER BY plan;

-- questions: en-by-channel
SELECT channel, count(*) AS value FROM gained(TIMESTAMP '2026-10-01', TIMESTAMP '2026-11-01') GROUP BY channel ORDER BY channel;

-- questions: fr-by-size
SELECT size, count(*) FILTER (lost) AS value, count(*) AS n FROM judged(TIMESTAMP '2026-10-01', TIMESTAMP '2026-11-01')
GROUP BY size ORDER BY size;

-- questions: en-top-reasons fr-top-reasons
SELECT reason, count(*) AS part, (SELECT count(reason) FROM judged(TIMESTAMP '2026-10-01', TIMESTAMP '2026-11-01') WHERE lost) AS whole
FROM judged(TIMESTAMP '2026-10-01', TIMESTAMP '2026-11-01') WHERE lost AND reason IN ('price', 'no_need') GROUP BY reason ORDER BY reason;

-- questions: en-top-worst
SELECT p.name AS plan, sum(vote) AS part, count(*) AS whole FROM answers(TIMESTAMP '2026-07-01', TIMESTAMP '2026-10-01')
JOIN plan_at(TIMESTAMP '2026-10-01') USING (customer) JOIN plans p USING (plan_id) GROUP BY ALL ORDER BY plan;

-- questions: fr-top-country
SELECT country, sum(vote) AS part, count(*) AS whole FROM answers(TIMESTAMP '2026-07-01', TIMESTAMP '2026-10-01')
WHERE country IS NOT NULL GROUP BY country ORDER BY country;

-- questions: en-why-annual fr-why-annual
SELECT 'main' AS role, count(*) FILTER (lost) AS part, count(*) AS whole
FROM judged(TIMESTAMP '2026-10-01', TIMESTAMP '2026-11-01') WHERE "interval" = 'annual'
UNION ALL SELECT 'baseline', count(*) FILTER (lost), count(*)
FROM judged(TIMESTAMP '2026-09-01', TIMESTAMP '2026-10-01') WHERE "interval" = 'annual';

-- questions: en-follow-why en-premise-down fr-premise-down
SELECT 'main' AS role, count(*) FILTER (lost) AS part, count(*) AS whole FROM judged(TIMESTAMP '2026-10-01', TIMESTAMP '2026-11-01')
UNION ALL SELECT 'baseline', count(*) FILTER (lost), count(*) FROM judged(TIMESTAMP '2026-09-01', TIMESTAMP '2026-10-01');

-- questions: en-premise-nps
SELECT 'main' AS role, sum(vote) AS part, count(*) AS whole FROM answers(TIMESTAMP '2026-07-01', TIMESTAMP '2026-10-01')
UNION ALL SELECT 'baseline', sum(vote), count(*) FROM answers(TIMESTAMP '2026-04-01', TIMESTAMP '2026-07-01');

-- questions: fr-premise-mrr
SELECT 'main' AS role, sum(mrr) AS value FROM paying(TIMESTAMP '2026-11-01')
UNION ALL SELECT 'baseline', sum(mrr) FROM paying(TIMESTAMP '2026-10-01');

-- questions: en-list-slipping fr-list-slipping
SELECT count(*) AS rows FROM slipping_away WHERE country = 'FR';

-- questions: en-list-churned fr-follow-who
SELECT count(*) AS rows FROM judged(TIMESTAMP '2026-10-01', TIMESTAMP '2026-11-01') WHERE lost AND plan = 'Business';

-- questions: en-follow-who
SELECT count(*) AS rows FROM judged(TIMESTAMP '2026-10-01', TIMESTAMP '2026-11-01') WHERE lost AND "interval" = 'annual';

-- questions: fr-list-new
SELECT count(*) AS rows FROM gained(TIMESTAMP '2026-11-02', TIMESTAMP '2026-11-09');

-- questions: fr-no-unsubscribe
WITH fate AS (
    SELECT send_id, bool_or(type = 'delivered') AS came, bool_or(type = 'unsubscribed') AS off,
        bool_or(type = 'bounced' AND coalesce(lower(detail), '') <> 'soft') AS back,
        bool_or(type IN ('opened', 'clicked', 'replied', 'unsubscribed', 'complained')) AS read
    FROM message_events WHERE occurred_at < TIMESTAMP '2026-11-10' GROUP BY send_id
)
SELECT count(*) FILTER (off) AS part, count(*) AS whole
FROM sends s JOIN accounts a USING (account_id) JOIN fate f USING (send_id)
WHERE NOT a.is_test AND NOT coalesce(s.holdout, FALSE) AND (f.read OR (f.came AND NOT f.back))
    AND s.occurred_at >= TIMESTAMP '2026-10-01' AND s.occurred_at < TIMESTAMP '2026-11-01';
