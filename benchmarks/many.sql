-- A company for whose silent customers a draft is written: $people of them, and a tenth as many who are active.
-- Everything follows from a number, so that each run draws up the same company.
CREATE TABLE person AS
SELECT
    printf('A%07d', n) AS account_id,
    printf('U%07d', n) AS user_id,
    n AS number,
    hash(n) % 1000 AS dice,
    n > $people AS active,
    ['US', 'FR', 'ES', 'PL', 'DE'][1 + n % 5] AS country
FROM range(1, $people + $people // 10 + 1) AS numbers (n);

CREATE TABLE accounts AS
SELECT
    account_id,
    'Company ' || number AS name,
    country,
    CASE country WHEN 'US' THEN 'en' WHEN 'DE' THEN 'de' ELSE lower(country) END AS language,
    'UTC' AS timezone,
    'USD' AS currency,
    TIMESTAMP '2025-01-10' + to_days((number % 200)::INTEGER) AS signup_at
FROM person;

CREATE TABLE users AS
SELECT
    user_id,
    account_id,
    ['Alex', 'Camille', 'Noa', 'Robin', 'Andrea', 'Sam'][1 + number % 6] AS first_name,
    'admin' AS role,
    dice < 5 AS is_role_address,
    country,
    TIMESTAMP '2025-01-10' + to_days((number % 200)::INTEGER) AS created_at,
    1970 + number % 30 AS birth_year
FROM person;

CREATE TABLE plans AS
SELECT 'pro' AS plan_id, 'Pro' AS name, 'month' AS interval, 1 AS interval_count, 40.0 AS price, 'USD' AS currency,
    false AS is_free, 'pro' AS tier;

CREATE TABLE subscriptions AS
SELECT
    'S' || account_id AS subscription_id,
    account_id,
    TIMESTAMP '2025-02-01' + to_days((number % 200)::INTEGER) AS valid_from,
    NULL::TIMESTAMP AS valid_to,
    'active' AS status,
    'pro' AS plan_id,
    1 AS quantity,
    40.0 AS mrr
FROM person;

-- Three times active before the silence of five to eleven weeks; those who are active still, last week.
CREATE TABLE events AS
SELECT
    'E' || account_id || '-' || visit AS event_id,
    user_id,
    account_id,
    'board_opened' AS name,
    TIMESTAMP '2026-11-09' - to_days((visit * 9 + CASE WHEN active THEN 0 ELSE 35 + number % 40 END)::INTEGER)
        AS occurred_at
FROM person, range(3) AS visits (visit);

CREATE TABLE consents AS
SELECT
    user_id,
    'email' AS channel,
    'marketing' AS purpose,
    CASE WHEN dice < 60 THEN 'withdrawn' ELSE 'granted' END AS status,
    'consent' AS basis,
    'sign-up form' AS source,
    TIMESTAMP '2025-03-01' AS occurred_at
FROM person WHERE dice < 960;

CREATE TABLE sends AS
SELECT
    'M' || account_id || '-' || letter AS send_id,
    'news-' || letter AS campaign_id,
    user_id,
    account_id,
    'email' AS channel,
    'A' AS variant,
    false AS holdout,
    'marketing' AS purpose,
    TIMESTAMP '2026-11-08' - to_days((letter * 30 + number % 90)::INTEGER) AS occurred_at
FROM person, range(4) AS letters (letter);

CREATE TABLE message_events AS
SELECT
    send_id,
    campaign_id,
    user_id,
    CASE WHEN hash(send_id) % 100 = 0 THEN 'unsubscribed' WHEN hash(send_id) % 100 = 1 THEN 'bounced'
        WHEN hash(send_id) % 1000 = 2 THEN 'complained' ELSE 'delivered' END AS type,
    occurred_at + INTERVAL 1 HOUR AS occurred_at
FROM sends;

CREATE TABLE tickets AS
SELECT
    'T' || account_id AS ticket_id,
    account_id,
    user_id,
    TIMESTAMP '2026-11-01' AS created_at,
    CASE WHEN dice % 2 = 0 THEN TIMESTAMP '2026-11-02' END AS solved_at,
    'bug' AS category,
    CASE WHEN dice % 2 = 0 THEN 'solved' ELSE 'open' END AS status
FROM person WHERE dice >= 960;

CREATE TABLE releases AS
SELECT * FROM (VALUES
    ('R1', 'Report templates', TIMESTAMP '2026-10-28', true, 'all', 'reporting'),
    ('R2', 'Faster boards', TIMESTAMP '2026-11-04', true, 'all', 'speed')
) AS made (release_id, name, released_at, announceable, audience, benefit_tag);
