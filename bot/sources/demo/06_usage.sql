-- When an account gives its people a reason to come, and how strong it is.
CREATE TABLE presence AS
WITH spans AS (
    SELECT i, valid_from AS from_at, coalesce(valid_to, stops()) AS to_at, 1.0 AS pull, status IN ('active', 'past_due') AS pays
        FROM paid_stretches
    WHERE status IN ('active', 'past_due')
    UNION ALL SELECT i, signup_at, least(coalesce(paid_at, signup_at + INTERVAL 14 DAY), stops()), CASE
        WHEN paid_at IS NULL THEN 0.6 ELSE 0.9 END, false
    FROM entries WHERE entry IN ('card', 'no_card')
    UNION ALL SELECT i, signup_at, least(coalesce(paid_at, signup_at + to_days(between_(10, 400, draw('tires', i)))), stops()),
        0.4, false
    FROM entries WHERE entry = 'free'
    UNION ALL SELECT i, ended_at, least(ended_at + to_days(between_(5, 200, draw('tires', i))), stops()), 0.3, false FROM ends
    WHERE kind = 'to_free' AND ended_at < stops()
)
SELECT s.i, s.from_at, least(s.to_at, coalesce(q.quiet_from, s.to_at)) AS to_at, s.pull, s.pays,
    -- Three in five of those who leave by choice fade first.
    CASE WHEN s.pays AND draw('fades', s.i) < 0.6 THEN (SELECT min(e.ended_at) FROM ends e WHERE e.i = s.i AND e.kind = 'leave'
        AND e.ended_at >= s.to_at) END AS leaves_at
FROM spans s LEFT JOIN quiet q USING (i);

CREATE TABLE active_people AS
SELECT p.u, p.i, p.home, p.user_id, p.created_at, p.platform, p.j, a.automations AND draw('runs', p.u) < 0.6 AS automates,
    a.custom_reports AND draw('reports', p.u) < 0.6 AS reports, e.rank,
    platform = 'android' AND created_at >= TIMESTAMP '2026-06-01' AND created_at < TIMESTAMP '2026-07-01' AS hit_by_bug,
    draw('activated', p.u) < CASE WHEN platform = 'android' AND created_at >= TIMESTAMP '2026-06-01'
        AND created_at < TIMESTAMP '2026-07-01' THEN 0.28 ELSE 0.58 END AS activated,
    CASE WHEN draw('stops', p.u) < 0.035 THEN created_at + to_days(between_(20, 700, draw('stop', p.u)))
        ELSE stops() END AS stops_at,
    home = 'FR' AND draw('disappointed', p.u) < 0.3 AS disappointed, eager
FROM people p JOIN adoption a USING (i) JOIN (SELECT i, rank FROM entries) e USING (i);

-- The days on which a person came. One draw a week, cut into seven pieces of sixteen bits, decides; a draw for each
-- day would take twice as long. Days that happen get a draw of their own, which says when and what.
CREATE TABLE active_days AS
WITH weeks AS (
    SELECT p.*, s.leaves_at, w.week, md5_number_lower('week:' || p.u || ':' || epoch(w.week)::BIGINT) AS low,
        md5_number_upper('week:' || p.u || ':' || epoch(w.week)::BIGINT) AS high,
        (65536 * eager * pull * CASE WHEN activated THEN 1.12 ELSE 0.85 END)::FLOAT AS level,
        date_trunc('day', greatest(p.created_at, s.from_at)) + INTERVAL 1 DAY AS first_day,
            least(date_trunc('day', s.to_at), p.stops_at) AS end_day
    FROM active_people p JOIN presence s USING (i),
        range(date_trunc('week', greatest(p.created_at, s.from_at)), least(s.to_at, p.stops_at), INTERVAL 7 DAY) w(week)
), likely AS (
    -- No day is likelier than this, so most are out before the calendar is looked at.
    SELECT *, week + to_days(n) AS day FROM (
        SELECT *, ((CASE WHEN n < 4 THEN low >> (16 * n)::UBIGINT
            ELSE high >> (16 * (n - 4))::UBIGINT END) & 65535)::FLOAT / weekday AS piece
        FROM weeks, (VALUES (0, 1::FLOAT), (1, 1), (2, 1), (3, 1), (4, 0.9), (5, 0.15), (6, 0.1)) d(n, weekday)
    ) WHERE piece < 1.7 * level
)
SELECT u, i, user_id, platform, automates, reports, rank, home, day,
    md5_number_lower('day:' || u || ':' || epoch(day)::BIGINT) AS h
FROM likely
WHERE day >= first_day AND day < end_day AND NOT (disappointed AND day >= TIMESTAMP '2026-11-02') AND piece < level
    * CASE WHEN month(day) = 8 AND home IN ('FR', 'ES') THEN 0.65 WHEN (month(day) = 12 AND day(day) >= 22)
        OR (month(day) = 1 AND day(day) <= 2) THEN 0.4 ELSE 1 END
    * CASE WHEN day - created_at < INTERVAL 14 DAY THEN 1.7 ELSE 1 END
    * CASE WHEN hit_by_bug AND day - created_at < INTERVAL 21 DAY THEN 0.3 ELSE 1 END
    * CASE WHEN leaves_at - day < INTERVAL 42 DAY THEN 0.35 ELSE 1 END;

CREATE TABLE visits AS
SELECT *, day + to_seconds((CASE WHEN home = 'US' THEN 45000 ELSE 23400 END + h % 36000)::BIGINT) AS starts_at,
    (h // 36000) % 100 AS a, h // 3600000 AS b
FROM active_days;

-- A first visit is told step by step; steps that would fall after the account's end do not happen.
CREATE TABLE first_steps_of_people AS
WITH told AS (
    SELECT u, i, platform, created_at, name, active, created_at + to_seconds(after::BIGINT) AS occurred_at
    FROM active_people, LATERAL (VALUES
        ('signed_up', false, 0.0, true),
        ('profile_completed', false, 300.0, draw('profile', u) < 0.8),
        ('task_completed', true, 900.0, draw('first task', u) < CASE WHEN hit_by_bug THEN 0.5 ELSE 0.85 END),
        ('board_created', true, 1200 + floor(pow(draw('board', u), 3) * 6 * 86400), activated),
        ('board_created', true, 8 * 86400 + floor(draw('board', u) * 20 * 86400), NOT activated AND draw('late board', u) < 0.15),
        ('data_imported', true, 2000 + floor(draw('import', u) * 5 * 86400), j = 0 AND draw('imports', u) < 0.55),
        ('member_invited', true, 3000 + floor(draw('invite', u) * 9 * 86400), j = 0 AND draw('invites', u) < 0.5),
        ('integration_connected', true, 5000 + floor(draw('connect', u) * 30 * 86400), j = 0 AND rank >= 1
            AND draw('connects', u) < 0.4)
    ) t(name, active, after, happens) WHERE happens
)
SELECT t.* FROM told t JOIN people p USING (u)
WHERE t.occurred_at < stops() AND EXISTS (FROM presence s WHERE s.i = t.i AND t.occurred_at < s.to_at + INTERVAL 1 HOUR);

CREATE TABLE canonical.events AS
WITH numbered AS (
    SELECT v.*, r.n, (b // pow(100, r.n)::UBIGINT) % 100 AS c
    FROM visits v, range(CASE WHEN a < 72 THEN 1 WHEN a < 93 THEN 2 ELSE 3 END) r(n)
), used AS (
    SELECT u, i, platform, starts_at + to_seconds((n * 420 + c)::BIGINT) AS occurred_at, day, n::VARCHAR AS mark,
        CASE WHEN c < 12 AND automates THEN 'automation_run' WHEN c BETWEEN 12 AND 17 AND reports THEN 'custom_report_built'
             WHEN c BETWEEN 18 AND 20 AND rank >= 1 AND draw('integrates', i) < 0.5 THEN 'integration_used'
             WHEN c BETWEEN 21 AND 23 AND rank = 2 AND day >= TIMESTAMP '2025-10-14' THEN 'form_published'
             WHEN c < 52 THEN 'task_completed' WHEN c < 66 THEN 'comment_added' WHEN c < 77 THEN 'file_shared'
             WHEN c < 88 THEN 'calendar_planned' WHEN c < 95 AND draw('times', i) < 0.5
                 AND day >= TIMESTAMP '2024-12-03' THEN 'time_logged' WHEN c < 95 THEN 'task_completed'
             WHEN c < 98 THEN 'help_viewed' ELSE 'sync_received' END AS name,
        c < 98 AS active, NULL AS properties
    FROM numbered
    UNION ALL BY NAME
    SELECT u, i, platform, occurred_at, date_trunc('day', occurred_at) AS day, name AS mark, name, active,
        CASE name WHEN 'integration_connected' THEN '{"integration":"'
            || pick(['calendar', 'chat', 'storage', 'invoicing'], draw('which', u)) || '"}' END AS properties
    FROM first_steps_of_people
    UNION ALL BY NAME
    -- Whoever adopts automations runs the first one within two weeks of the first payment.
    SELECT p.u, p.i, p.platform, s.starts + to_days(between_(1, 13, draw('adopts', p.u))) + INTERVAL 11 MINUTE AS occurred_at,
        s.starts AS day,
        'adopted' AS mark, 'automation_run' AS name, true AS active, NULL AS properties
    FROM active_people p JOIN first_spells s USING (i) WHERE s.automations AND p.j = 0 AND s.starts + INTERVAL 14 DAY < stops()
    UNION ALL BY NAME
    SELECT p.u, p.i, p.platform, e.asked_at - INTERVAL 2 MINUTE AS occurred_at, e.asked_at AS day, 'cancel '
        || e.subscription_id AS mark,
        'cancel_flow_started' AS name, false AS active, '{"reason":"' || coalesce(e.reason_code, '') || '"}' AS properties
    FROM active_people p JOIN ends e USING (i) WHERE p.j = 0 AND e.asked_at < stops()
    UNION ALL BY NAME
    -- Some start to cancel and stay: the flow tells that it was given up.
    SELECT p.u, p.i, p.platform, st.at_k + to_hours(3 + f.n) AS occurred_at, st.at_k AS day, 'flow ' || st.subscription_id
        || st.k || f.name AS mark, f.name, false AS active,
        CASE f.n WHEN 1 THEN '{"offer":"pause-3"}' END AS properties
    FROM active_people p JOIN steps st USING (i), (VALUES ('cancel_flow_started', 0), ('cancel_flow_saved', 1)) f(name, n)
    WHERE p.j = 0 AND st.kind = 'stay' AND NOT st.annual AND (st.last_k IS NULL OR st.k < st.last_k)
        AND draw('saved', st.subscription_id || st.k) < 0.02
        AND st.at_k + INTERVAL 6 HOUR < least(stops(), p.stops_at) AND NOT EXISTS (FROM quiet q WHERE q.i = st.i)
)
SELECT 'E' || u || '-' || (epoch(day) // 86400)::BIGINT || '-' || mark AS event_id, 'U' || lpad(u::VARCHAR, 5, '0') AS user_id,
    'A' || lpad(i::VARCHAR, 4, '0') AS account_id, name, occurred_at, properties, platform, active AS is_active_event
FROM used;

CREATE TABLE canonical.sessions AS
SELECT 'V' || u || '-' || (epoch(day) // 86400)::BIGINT AS session_id, user_id, starts_at AS started_at,
    least(starts_at + to_seconds((240 + (b % 1500))::BIGINT), stops() - INTERVAL 1 SECOND) AS ended_at, platform
FROM visits
UNION ALL
SELECT 'V' || u || '-first', user_id, created_at, least(created_at + INTERVAL 25 MINUTE, stops() - INTERVAL 1 SECOND), platform
    FROM active_people;

CREATE TABLE canonical.feature_requests AS
WITH asked AS (
    SELECT p.*, created_at + to_days(between_(5, 400, draw('request day', u))) AS occurred_at FROM active_people p
        WHERE draw('request', u) < 0.05
)
SELECT 'Q' || u AS request_id, 'A' || lpad(i::VARCHAR, 4, '0') AS account_id, user_id,
    pick(['calendar', 'calendar', 'approvals', 'approvals', 'mobile', 'custom_reports', 'integrations', 'dark_mode'],
        draw('request tag', u)) AS feature_tag,
    occurred_at, NULL::VARCHAR AS text
FROM asked a WHERE EXISTS (FROM presence s WHERE s.i = a.i AND a.occurred_at BETWEEN s.from_at AND s.to_at);
