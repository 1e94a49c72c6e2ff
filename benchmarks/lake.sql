-- A company with $events events, a tenth as many subscription rows and a fifth as many orders, in two years up to
-- 9 November 2026. Everything follows from the number of a row, so that each run draws up the same company; rows lie
-- in the order of their time, as logs do.
CREATE MACRO dice(n, salt, sides) AS (hash(n * 16 + salt) % sides)::BIGINT;
CREATE MACRO share(n, salt) AS dice(n, salt, 1000000) / 1000000.0;
CREATE MACRO moment(part) AS TIMESTAMP '2024-11-01' + to_seconds((part * 739 * 86400)::BIGINT);
CREATE MACRO account(n) AS printf('A%08d', n::BIGINT);
CREATE MACRO person(n) AS printf('U%08d', n::BIGINT);
-- Of those who are there by then (three tenths from the beginning) the late comers are seen more often.
CREATE MACRO seen(n, part, many) AS floor(many * (0.3 + 0.7 * part) * (1 - pow(share(n, 1), 1.6) * 0.999))::BIGINT;

CREATE VIEW accounts AS
SELECT
    account(n) AS account_id,
    'Company ' || n AS name,
    ['US', 'FR', 'ES', 'PL', 'DE'][1 + dice(n, 2, 5)] AS country,
    moment(greatest(0, n / ($events // 50) - 0.3) / 0.7) AS signup_at,
    dice(n, 3, 100) = 0 AS is_test,
    CASE WHEN dice(n, 4, 200) = 0 AND n > 0 THEN account(n - 1) END AS merged_into
FROM range($events // 50) AS numbers (n);

CREATE VIEW users AS
SELECT
    person(n) AS user_id,
    account(n * 2 // 5) AS account_id,
    moment(greatest(0, n / ($events // 20) - 0.3) / 0.7) AS created_at
FROM range($events // 20) AS numbers (n);

CREATE VIEW plans AS
SELECT plan_id, upper(plan_id) AS name, 'month' AS interval, 1 AS interval_count, price, 'USD' AS currency
FROM (VALUES ('starter', 20.0), ('pro', 60.0), ('business', 200.0)) AS made (plan_id, price);

CREATE VIEW milestones AS
SELECT 'M1' AS milestone_id, 'activation' AS kind, 'first report' AS step, 'report_made' AS event_name, 7 AS within_days;

-- Up to six stretches an account; one that waits (past due or paused) may follow another, which began the wait.
CREATE VIEW subscriptions AS
WITH stretch AS (
    SELECT n, k, (dice(n, 5, 400) + k * (40 + dice(n, 6, 80)))::INTEGER AS opens,
        (dice(n, 5, 400) + (k + 1) * (40 + dice(n, 6, 80)))::INTEGER AS closes, dice(n * 6 + k, 7, 100) AS fate
    FROM range($events // 50) AS numbers (n), range(6) AS stretches (k)
)
SELECT
    printf('S%08d', n) AS subscription_id,
    account(n) AS account_id,
    TIMESTAMP '2024-11-01' + to_days(opens) AS valid_from,
    CASE WHEN k < 5 AND closes < 739 THEN TIMESTAMP '2024-11-01' + to_days(closes) END AS valid_to,
    CASE
        WHEN k = 0 AND fate < 20 THEN 'trial' WHEN fate < 10 THEN 'ended' WHEN k IN (1, 2, 4) AND fate < 18 THEN 'past_due'
        WHEN k IN (1, 2, 4) AND fate < 24 THEN 'paused' ELSE 'active'
    END AS status,
    ['starter', 'pro', 'business'][1 + dice(n, 8, 3)] AS plan_id,
    1 AS quantity,
    CASE WHEN fate < 10 OR (k = 0 AND fate < 20) THEN 0.0
        ELSE [20.0, 60.0, 200.0][1 + dice(n, 8, 3)] + 5 * dice(n * 6 + k, 9, 9) END AS mrr,
    CASE WHEN fate < 10 THEN ['voluntary', 'involuntary'][1 + dice(n, 10, 2)] END AS end_type
FROM stretch WHERE opens < 739 ORDER BY valid_from, n, k;

CREATE VIEW events AS
WITH act AS (SELECT n, n / $events AS part, seen(n, n / $events, $events // 20) AS who FROM range($events) AS numbers (n))
SELECT
    printf('E%010d', n) AS event_id,
    person(who) AS user_id,
    account(who * 2 // 5) AS account_id,
    ['board_opened', 'card_moved', 'comment_made', 'report_made', 'file_added', 'invited', 'exported', 'synced'][
        1 + dice(n, 11, 8)] AS name,
    moment(part) AS occurred_at,
    ['web', 'ios', 'android'][1 + dice(n, 12, 3)] AS platform,
    dice(n, 13, 10) > 0 AS is_active_event
FROM act;

CREATE VIEW orders AS
SELECT
    printf('O%010d', n) AS order_id,
    account(seen(n, n / ($events // 5), $events // 50)) AS customer_id,
    moment(n / ($events // 5)) AS occurred_at,
    CASE WHEN dice(n, 14, 100) < 3 THEN 0.0 ELSE 10 + dice(n, 15, 9000) / 100.0 END AS net_amount,
    CASE WHEN dice(n, 14, 100) < 3 THEN 10 + dice(n, 15, 9000) / 100.0 ELSE 0.0 END AS refund,
    'USD' AS currency,
    ['tools', 'paper', 'garden', 'toys'][1 + dice(n, 16, 4)] AS category
FROM range($events // 5) AS numbers (n);
