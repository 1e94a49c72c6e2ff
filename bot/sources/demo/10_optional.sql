-- Phone numbers are from the ranges kept for fiction in the USA and France; elsewhere there are none.
CREATE TABLE canonical.contact_points AS
SELECT user_id, 'push_token' AS type, 'token-' || md5(user_id) AS value, platform, country, draw('token', u) > 0.07 AS is_valid,
    created_at + INTERVAL 20 MINUTE AS occurred_at
FROM people WHERE platform IN ('ios', 'android') AND draw('push', u) < 0.6 AND created_at + INTERVAL 20 MINUTE < stops()
UNION ALL
SELECT user_id, 'phone', CASE home WHEN 'US' THEN '+1 202 555 01' || lpad((u % 100)::VARCHAR, 2, '0') ELSE '+33 1 99 00 '
    || lpad((u % 100)::VARCHAR, 2, '0') || ' ' || lpad((u // 100 % 100)::VARCHAR, 2, '0') END,
    NULL, country, true, created_at FROM people WHERE home IN ('US', 'FR') AND draw('phone', u) < 0.2
UNION ALL
SELECT user_id, 'postal_address', (1 + u % 180) || ' Example Street', NULL, country, draw('moved', u) > 0.04, created_at
    FROM people WHERE j = 0 AND draw('post', u) < 0.3;

CREATE TABLE canonical.preferences AS
SELECT user_id, 'A' || lpad(i::VARCHAR, 4, '0') AS account_id, v.name, pick(v.choices, draw('prefers ' || v.name, u)) AS value,
    v.basis, v.source, created_at + to_days(v.after) AS occurred_at, v.purpose
FROM people, (VALUES
    ('topic', ['planning', 'reporting', 'automation', 'teamwork'], 'stated', 'welcome form', 0, 'content of messages', 0.16),
    ('frequency', ['weekly', 'monthly', 'monthly', 'rarely'], 'stated', 'settings page', 1, 'how often we write', 0.08),
    ('channel', ['email', 'email', 'in_app', 'push'], 'stated', 'settings page', 1, 'where we write', 0.08),
    ('size', ['one team', 'several teams'], 'inferred', 'use of boards', 30, 'what we recommend', 0.06)
) v(name, choices, basis, source, after, purpose, share)
WHERE draw('states ' || v.name, u) < v.share AND created_at + to_days(v.after) < stops();

CREATE TABLE canonical.goals AS
WITH set_ AS (
    SELECT p.*, created_at + INTERVAL 1 DAY AS set_at, between_(30, 200, draw('goal takes', u)) AS days FROM people p
    WHERE j = 0 AND draw('has goal', u) < 0.25 AND created_at + INTERVAL 1 DAY < stops()
)
SELECT 'G' || u AS goal_id, 'A' || lpad(i::VARCHAR, 4, '0') AS account_id, user_id,
    pick(['fewer meetings', 'deadlines kept', 'hours known per client', 'one place for all files'], draw('goal', u)) AS goal,
    'stated' AS basis, 'welcome form' AS source, set_at AS occurred_at, 'advice on the product' AS purpose,
        (set_at + INTERVAL 180 DAY)::DATE AS target_on,
    CASE WHEN draw('reaches', u) < 0.4
        AND EXISTS (FROM presence s WHERE s.i = set_.i AND set_at + to_days(days) BETWEEN s.from_at
        AND s.to_at) THEN set_at + to_days(days) END AS reached_at
FROM set_;

-- A webinar a month in each of four languages; the last ones lie ahead.
CREATE TABLE webinars AS
SELECT 'W-' || l.language || strftime(d.day, '-%Y-%m') AS gathering_id, l.language, l.timezone, l.title,
    d.day + INTERVAL 15 HOUR AS starts_at
FROM range(TIMESTAMP '2024-10-17', TIMESTAMP '2026-12-31', INTERVAL 1 MONTH) d(day), (VALUES
    ('en', 'America/New_York', 'First steps with boards'), ('fr', 'Europe/Paris', 'Bien démarrer avec les tableaux'),
    ('es', 'Europe/Madrid', 'Primeros pasos con los tableros'), ('pl', 'Europe/Warsaw', 'Pierwsze kroki z tablicami')
) l(language, timezone, title);

CREATE TABLE canonical.gathering_guests AS
SELECT w.gathering_id, p.user_id, 'A' || lpad(p.i::VARCHAR, 4, '0') AS account_id,
    w.starts_at - to_days(between_(1, 7, draw('registers', p.u))) AS registered_at,
    CASE WHEN draw('attends', w.gathering_id || p.u) < 0.45 AND w.starts_at < stops() THEN w.starts_at END AS attended_at
FROM webinars w JOIN people p ON p.speaks = w.language AND p.created_at < w.starts_at - INTERVAL 8 DAY
WHERE draw('webinar', w.gathering_id || p.u) < 0.012 AND w.starts_at - to_days(between_(1, 7, draw('registers', p.u))) < stops()
    AND EXISTS (FROM presence s WHERE s.i = p.i AND w.starts_at - INTERVAL 8 DAY BETWEEN s.from_at AND s.to_at);

CREATE TABLE canonical.gatherings AS
SELECT w.gathering_id, w.title AS name, w.starts_at, w.timezone, w.language, NULL::VARCHAR AS industry,
    count(g.user_id) AS registered, count(g.attended_at) AS attended
FROM webinars w LEFT JOIN canonical.gathering_guests g USING (gathering_id) GROUP BY ALL;
