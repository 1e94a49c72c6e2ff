-- Who may be written to, and who said stop. A stop ends marketing at once: no campaign below sends after it.
CREATE TABLE stops_of_people AS
SELECT p.u, p.i, p.user_id, p.created_at, p.home, p.j, q.place, q.slips, q.quiet_from,
    -- The win-back campaign went to people with consent only, so nobody in it had said stop before.
    CASE WHEN p.j = 0 AND p.i IN (SELECT i FROM win_back) THEN NULL
         WHEN q.slips AND q.place BETWEEN 12 AND 16 THEN 'unsubscribed' WHEN draw('stop kind', u) < 0.055 THEN 'unsubscribed'
             WHEN draw('stop kind', u) < 0.057 THEN 'complained'
         WHEN draw('stop kind', u) < 0.067 THEN 'bounced' WHEN draw('stop kind', u) < 0.068 THEN 'legal' END AS reason,
    CASE WHEN q.slips AND q.place BETWEEN 12 AND 16 THEN q.quiet_from + INTERVAL 4 DAY
         ELSE p.created_at + to_seconds((86400 * (6 + draw('stop when', u) * 400))::BIGINT) END AS stop_at
FROM people p LEFT JOIN quiet q USING (i);

CREATE TABLE canonical.suppressions AS
SELECT user_id, CASE reason WHEN 'legal' THEN NULL ELSE 'email' END AS channel, reason, stop_at AS occurred_at,
    NULL::TIMESTAMP AS expires_at
FROM stops_of_people WHERE reason IS NOT NULL AND stop_at < stops();

CREATE TABLE email_basis AS
SELECT p.u, CASE WHEN p.j = 0 AND p.i IN (SELECT i FROM win_back) THEN 'granted' WHEN draw('consent', u) < 0.07 THEN NULL
    WHEN draw('consent', u) < 0.17 THEN 'denied' ELSE 'granted' END AS status,
    CASE WHEN p.home = 'US' THEN 'legitimate_interest' WHEN p.home = 'PL' OR e.paid_at IS NULL
        OR draw('basis', u) < 0.65 THEN 'consent' ELSE 'soft_opt_in' END AS basis
FROM people p JOIN entries e USING (i);

CREATE TABLE canonical.consents AS
SELECT user_id, 'email' AS channel, 'marketing' AS purpose, status, basis, CASE
    WHEN draw('proof', u) > 0.04 THEN 'sign-up form, text of 2024-09' END AS source,
    created_at + INTERVAL 30 SECOND AS occurred_at, NULL::TIMESTAMP AS expires_at
FROM people JOIN email_basis USING (u) WHERE status IS NOT NULL
UNION ALL
SELECT user_id, 'email', 'marketing', 'withdrawn', 'consent', 'unsubscribe link', stop_at, NULL FROM stops_of_people
    WHERE reason = 'unsubscribed' AND stop_at < stops()
UNION ALL
SELECT user_id, channel, 'marketing', CASE WHEN draw(channel, u) < yes THEN 'granted' ELSE 'denied' END, 'consent',
    'settings page', created_at + INTERVAL 2 HOUR, NULL
FROM people, (VALUES ('sms', 0.3, 0.12), ('push', 0.4, 0.3)) v(channel, shown, yes)
WHERE draw('asked for ' || channel, u) < shown AND created_at + INTERVAL 2 HOUR < stops()
UNION ALL
SELECT user_id, 'email', 'research', 'granted', 'consent', 'sign-up form, text of 2024-09', created_at + INTERVAL 30 SECOND, NULL
    FROM people WHERE draw('research', u) < 0.35;

CREATE TABLE canonical.campaigns AS
SELECT * FROM (VALUES
    ('welcome', 'First steps', 'onboarding', 'onboarding', 'first board in seven days',
        'activation_rate', 'email', 'sign-up', 'new users',
        '[{"after_days":1},{"after_days":5}]', 'first board made', TIMESTAMP '2024-09-11', TIMESTAMP '2026-11-09', 1800.0),
    ('digest', 'Monthly digest', 'newsletter', 'engagement', 'use of new features',
        'feature_adoption', 'email', 'first Tuesday of the month', 'users who chose the digest',
        '[{"after_days":0}]', 'unsubscribed', TIMESTAMP '2024-10-01', TIMESTAMP '2026-11-03', 5200.0),
    ('renewal-notice', 'Your plan renews', 'service', 'retention', 'no surprise at renewal',
        'renewal_rate', 'email', '30 days before the term ends', 'administrators of annual plans',
        '[{"after_days":0}]', 'renewed or cancelled', TIMESTAMP '2025-08-11', TIMESTAMP '2026-11-09', 300.0),
    ('automation-tips', 'Automations in five minutes', 'feature', 'engagement', 'first automation',
        'feature_adoption', 'email', 'once', 'administrators on Pro and Business; one in ten held back',
        '[{"after_days":0}]', 'first automation run', TIMESTAMP '2026-03-10', TIMESTAMP '2026-03-10', 210.0),
    ('win-back-2026-05', 'What has changed since', 'win_back', 'win-back', 'pays again within 90 days',
        'win_back_rate', 'email', 'once',
        'left by choice 30 to 365 days before; one in two held back', '[{"after_days":0}]', 'pays again',
        TIMESTAMP '2026-05-12', TIMESTAMP '2026-05-12', 640.0),
    ('re-engage-2026-08', 'What you missed this summer', 're_engagement', 'slipping', 'comes back within 14 days',
        'active_users', 'email', 'once',
        'paying users without activity for 21 days; nobody held back', '[{"after_days":0}]', 'active again',
        TIMESTAMP '2026-08-18', TIMESTAMP '2026-08-18', 180.0),
    ('check-in-2026-11', 'Can we help?', 're_engagement', 'slipping', 'comes back within 14 days',
        'active_users', 'email', 'once', 'a first handful of quiet customers',
        '[{"after_days":0}]', 'active again', TIMESTAMP '2026-11-09', TIMESTAMP '2026-11-09', 20.0)
) AS c(campaign_id, name, type, stage, objective, metric, channel, trigger_rule, audience_rule, steps, exit_rule, started_at,
    ended_at, cost);

CREATE TABLE last_seen AS
SELECT u, max(day) AS last_day FROM active_days WHERE day < TIMESTAMP '2026-08-18' GROUP BY u;

CREATE TABLE posted AS
WITH writable AS (
    SELECT s.u, s.i, s.user_id, s.created_at, s.j, s.slips, s.place, p.home,
        least(coalesce(CASE WHEN s.reason IS NOT NULL THEN s.stop_at END, stops()), stops()) AS until,
            coalesce(b.status, '') = 'granted' AS allowed, p.speaks
    FROM stops_of_people s JOIN people p USING (u) JOIN email_basis b USING (u)
), digest_days AS (
    SELECT d.day FROM range(TIMESTAMP '2024-10-01 09:00', stops(), INTERVAL 1 DAY) d(day) WHERE dayofweek(d.day) = 2
        AND day(d.day) <= 7
), planned AS (
    SELECT 'welcome' AS campaign_id, u, created_at + to_days(v.d) AS occurred_at, v.d::VARCHAR AS mark, 'marketing' AS purpose,
        false AS holdout, 'A' AS variant
    FROM writable, (VALUES (1), (5)) v(d) WHERE allowed
    UNION ALL
    SELECT 'digest', w.u, d.day + to_seconds((w.u % 3600)::BIGINT), strftime(d.day, '%Y%m'), 'marketing', false, CASE
        WHEN draw('digest variant', w.u) < 0.5 THEN 'A' ELSE 'B' END
    FROM writable w, digest_days d WHERE allowed AND draw('digest', w.u) < 0.3 AND w.created_at < d.day
        AND EXISTS (FROM presence s WHERE s.i = w.i AND d.day BETWEEN s.from_at AND s.to_at)
    UNION ALL
    SELECT 'renewal-notice', w.u, s.term_end - INTERVAL 30 DAY, s.subscription_id || s.term_end, 'service', false, 'A'
    FROM writable w JOIN (SELECT DISTINCT subscription_id, i, term_end FROM paid_stretches WHERE term_end IS NOT NULL
        AND plan_id LIKE '%annual%') s ON s.i = w.i WHERE w.j = 0
    UNION ALL
    SELECT 'automation-tips', w.u, TIMESTAMP '2026-03-10 10:00', 'once', 'marketing', draw('tips held back', w.u) < 0.1, 'A'
    FROM writable w JOIN entries e USING (i) WHERE allowed AND w.j = 0 AND e.rank >= 1 AND w.created_at < TIMESTAMP '2026-03-10'
        AND EXISTS (FROM presence s WHERE s.i = w.i AND s.pays AND TIMESTAMP '2026-03-10 10:00' BETWEEN s.from_at AND s.to_at)
    UNION ALL
    SELECT 'win-back-2026-05', w.u, TIMESTAMP '2026-05-12 09:00', 'once', 'marketing', b.arm = 'control', 'A' FROM win_back b
        JOIN writable w USING (i) WHERE w.j = 0 AND allowed
    UNION ALL
    SELECT 're-engage-2026-08', w.u, TIMESTAMP '2026-08-18 09:00', 'once', 'marketing', false, 'A'
    FROM writable w JOIN last_seen l USING (u) WHERE allowed AND l.last_day < TIMESTAMP '2026-07-28'
        AND EXISTS (FROM presence s WHERE s.i = w.i AND s.pays AND TIMESTAMP '2026-08-18' BETWEEN s.from_at AND s.to_at)
    UNION ALL
    SELECT 'check-in-2026-11', u, TIMESTAMP '2026-11-09 10:00' + to_seconds((u % 3600)::BIGINT), 'once', 'marketing', false, 'A'
    FROM writable WHERE allowed AND slips AND (place BETWEEN 22 AND 28 OR (home <> 'FR' AND place = 3))
)
SELECT p.campaign_id || '-' || p.u || '-' || p.mark AS send_id, p.*, w.user_id, w.i, w.speaks
FROM planned p JOIN writable w USING (u) WHERE p.occurred_at < stops() AND (p.occurred_at < w.until OR p.purpose = 'service');

CREATE TABLE canonical.sends AS
SELECT send_id, campaign_id, user_id, 'A' || lpad(i::VARCHAR, 4, '0') AS account_id, 'email' AS channel, CASE
    WHEN NOT holdout THEN variant END AS variant, holdout, speaks AS language,
    purpose, occurred_at FROM posted;

CREATE TABLE canonical.message_events AS
WITH sent AS (
    SELECT *, draw('arrives', send_id) > 0.012 AS arrives, draw('opens', send_id) AS uo, draw('clicks', send_id) AS uc
        FROM posted WHERE NOT holdout
), happened AS (
    SELECT s.*, e.type, e.seconds, e.detail FROM sent s, LATERAL (VALUES
        ('delivered', 20, NULL, arrives), ('bounced', 25, CASE WHEN uo < 0.3 THEN 'hard' ELSE 'soft' END, NOT arrives),
        ('machine_open', 60, NULL, arrives AND uo > 0.78), ('opened', 600 + 80000 * uc, NULL, arrives AND uo < 0.34),
        ('clicked', 700 + 80000 * uc, 'main button', arrives AND uo < 0.34 AND uc < CASE WHEN campaign_id = 'digest'
            AND variant = 'B' THEN 0.19 ELSE 0.14 END)
    ) e(type, seconds, detail, happens) WHERE happens
)
SELECT send_id, campaign_id, user_id, type, occurred_at + to_seconds(seconds::BIGINT) AS occurred_at, detail,
    NULL::DOUBLE AS value FROM happened
WHERE occurred_at + to_seconds(seconds::BIGINT) < stops()
UNION ALL
-- A stop is the answer to the last message before it.
SELECT arg_max(p.send_id, p.occurred_at || p.send_id), arg_max(p.campaign_id, p.occurred_at || p.send_id), s.user_id, s.reason, s.stop_at, NULL, NULL
FROM stops_of_people s JOIN posted p USING (u) WHERE s.reason IN ('unsubscribed', 'complained') AND s.stop_at < stops()
    AND p.occurred_at < s.stop_at AND NOT p.holdout
GROUP BY s.user_id, s.reason, s.stop_at
UNION ALL
SELECT p.send_id, p.campaign_id, p.user_id, 'converted', s.starts, NULL, t.mrr
FROM posted p JOIN win_back b USING (i) JOIN second_spells s USING (i)
    JOIN paid_stretches t ON t.subscription_id = s.subscription_id AND t.valid_from = s.starts
WHERE p.campaign_id = 'win-back-2026-05' AND NOT p.holdout AND b.returns
UNION ALL
SELECT p.send_id, p.campaign_id, p.user_id, 'converted', min(v.starts_at), NULL, NULL
FROM posted p JOIN visits v USING (u) WHERE p.campaign_id = 're-engage-2026-08' AND v.day > TIMESTAMP '2026-08-18'
    AND v.day <= TIMESTAMP '2026-09-01'
GROUP BY p.send_id, p.campaign_id, p.user_id;

CREATE TABLE canonical.experiments AS
SELECT * FROM (VALUES
    ('win-back-2026-05', 'Does telling what has changed bring customers back?', 'account', 'win_back_rate', 120,
        'win-back-2026-05', TIMESTAMP '2026-05-12', TIMESTAMP '2026-08-10'),
    ('automation-tips',  'Does a lesson make administrators automate?',         'user',    'feature_adoption', 350,
        'automation-tips', TIMESTAMP '2026-03-10', TIMESTAMP '2026-04-09')
) AS e(experiment_id, name, unit, primary_metric, planned_n, campaign_id, started_at, ended_at);

CREATE TABLE canonical.assignments AS
SELECT 'win-back-2026-05' AS experiment_id, 'A' || lpad(i::VARCHAR, 4, '0') AS unit_id, arm,
    TIMESTAMP '2026-05-12 08:00' AS assigned_at FROM win_back
UNION ALL
SELECT 'automation-tips', user_id, CASE WHEN holdout THEN 'control' ELSE 'treatment' END, TIMESTAMP '2026-03-10 08:00'
    FROM posted WHERE campaign_id = 'automation-tips';
