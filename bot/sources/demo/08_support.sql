-- Calls for help come from visits; in the three weeks from 2026-03-02 answers take long, and the ratings tell.
CREATE TABLE canonical.tickets AS
WITH asked AS (
    SELECT 'T' || u || '-' || (epoch(day) // 86400)::BIGINT AS ticket_id, i, user_id,
        starts_at + INTERVAL 12 MINUTE AS created_at, 'visit' AS how
    FROM visits WHERE draw('ticket', u || ':' || (epoch(day) // 86400)::BIGINT) < 0.0075
    UNION ALL
    -- The quiet: some wrote once more and wait for an answer, some got one and were not pleased.
    SELECT 'T' || p.u || '-quiet', q.i, p.user_id, q.quiet_from + INTERVAL 30 HOUR, CASE WHEN q.place % 10 = 9 THEN 'displeased'
        ELSE 'waits' END
    FROM quiet q JOIN people p ON p.i = q.i AND p.j = 0 WHERE q.slips AND q.place % 10 IN (1, 5, 9)
), timed AS (
    SELECT *, created_at >= TIMESTAMP '2026-03-02' AND created_at < TIMESTAMP '2026-03-23' AS backlog,
        draw('reply', ticket_id) AS ur, draw('solve', ticket_id) AS us, draw('rate', ticket_id) AS uc,
            draw('open', ticket_id) AS uo FROM asked
), answered AS (
    SELECT *, created_at + to_seconds((300 - ln(1 - ur) * 5.0 * 3600 * CASE WHEN backlog THEN 9 ELSE 1 END)::BIGINT) AS reply_at
        FROM timed
), solved AS (
    SELECT *, CASE how WHEN 'visit' THEN reply_at + to_seconds((600 - ln(1 - us) * 26.0 * 3600 * CASE WHEN backlog THEN 5
        ELSE 1 END)::BIGINT)
                       WHEN 'displeased' THEN stops() - INTERVAL 3 DAY END AS done_at FROM answered
), rated AS (
    SELECT *, CASE WHEN done_at < stops()
        AND NOT (uo < 0.1 AND created_at >= stops() - INTERVAL 21 DAY AND how = 'visit') THEN done_at END AS solved_at FROM solved
)
SELECT ticket_id, 'A' || lpad(i::VARCHAR, 4, '0') AS account_id, user_id, created_at, CASE WHEN reply_at < stops()
    AND how <> 'waits' THEN reply_at END AS first_reply_at,
    solved_at, solved_at IS NOT NULL AND draw('again', ticket_id) < 0.06 AS reopened,
    pick(['how_to', 'how_to', 'how_to', 'bug', 'bug', 'billing', 'request', 'account', 'outage'],
        draw('about', ticket_id)) AS category,
    pick(['urgent', 'high', 'high', 'normal', 'normal', 'normal', 'normal', 'low'], draw('priority', ticket_id)) AS priority,
    CASE WHEN solved_at IS NULL THEN CASE WHEN uo < 0.05 THEN 'pending' ELSE 'open' END
        WHEN solved_at < stops() - INTERVAL 14 DAY THEN 'closed' ELSE 'solved' END AS status,
    CASE WHEN solved_at IS NULL THEN NULL WHEN how = 'displeased' THEN 1
         WHEN draw('rates', ticket_id) < 0.5 THEN CASE WHEN backlog
            THEN CASE WHEN uc < 0.18 THEN 5 WHEN uc < 0.40 THEN 4 WHEN uc < 0.62 THEN 3 WHEN uc < 0.80 THEN 2 ELSE 1 END
            ELSE CASE WHEN uc < 0.52 THEN 5 WHEN uc < 0.84 THEN 4 WHEN uc < 0.92 THEN 3 WHEN uc < 0.96 THEN 2
                ELSE 1 END END END AS csat,
    pick(['email', 'email', 'chat', 'chat', 'phone'], draw('by', ticket_id)) AS channel
FROM rated;

-- Loyalty is asked for every half year, ratings after each ticket, reasons on leaving.
CREATE TABLE asked AS
WITH nps AS (
    SELECT p.*, r.n, p.created_at + to_days((45 + 182 * r.n)::INTEGER) + INTERVAL 2 HOUR AS sent_at FROM active_people p,
        range(5) r(n)
)
SELECT 'nps-' || u || '-' || n AS survey_id, 'nps' AS type, u, i, user_id, home, activated, sent_at FROM nps a
WHERE sent_at < stops() AND draw('nps asked', u || ':' || n) < 0.7
    AND EXISTS (FROM presence s WHERE s.i = a.i AND a.sent_at BETWEEN s.from_at AND s.to_at AND a.sent_at < a.stops_at)
UNION ALL
SELECT 'churn-' || e.subscription_id, 'churn', p.u, p.i, p.user_id, p.home, false, e.asked_at + INTERVAL 5 MINUTE
FROM ends e JOIN people p ON p.i = e.i AND p.j = 0 WHERE e.asked_at + INTERVAL 5 DAY < stops();

CREATE TABLE canonical.surveys AS
SELECT survey_id, type, user_id, 'A' || lpad(i::VARCHAR, 4, '0') AS account_id, CASE
    WHEN draw('via', survey_id) < 0.6 THEN 'in_app' ELSE 'email' END AS channel,
    sent_at, draw('arrives', survey_id) > 0.015 AS delivered FROM asked
UNION ALL
SELECT 'csat-' || ticket_id, 'csat', user_id, account_id, 'email', solved_at + INTERVAL 1 HOUR, true FROM canonical.tickets
    WHERE solved_at < stops() - INTERVAL 1 HOUR;

CREATE TABLE canonical.survey_answers AS
WITH scored AS (
    SELECT *, draw('score', survey_id) + CASE WHEN activated THEN 0.05 ELSE -0.06 END
        - CASE WHEN home = 'FR' AND sent_at >= TIMESTAMP '2026-10-01' THEN 0.14 ELSE 0 END AS us,
        sent_at + to_seconds((60 + 3 * 86400 * pow(draw('answers when', survey_id), 3))::BIGINT) AS answered_at
    FROM asked WHERE type = 'nps' AND draw('answers', survey_id) < 0.26
)
SELECT 'a-' || survey_id AS answer_id, survey_id, type, user_id, 'A' || lpad(i::VARCHAR, 4, '0') AS account_id, answered_at,
    CASE WHEN us < 0.08 THEN between_(0, 3, draw('low', survey_id)) WHEN us < 0.24 THEN between_(4, 6, draw('low', survey_id))
         WHEN us < 0.38 THEN 7 WHEN us < 0.54 THEN 8 WHEN us < 0.78 THEN 9 ELSE 10 END AS score,
    CASE WHEN us < 0.24 AND draw('says', survey_id) < 0.4 THEN CASE WHEN home = 'FR'
        AND sent_at >= TIMESTAMP '2026-10-01' THEN 'Le nouveau prix est trop élevé'
        ELSE pick(['Too many clicks', 'Support is slow', 'Missing approvals', 'The app loses my place'],
            draw('word', survey_id)) END END AS text,
    CASE WHEN us < 0.24 AND home = 'FR' AND sent_at >= TIMESTAMP '2026-10-01' THEN 'price' END AS topic
FROM scored WHERE answered_at < stops()
UNION ALL
SELECT 'a-csat-' || ticket_id, 'csat-' || ticket_id, 'csat', user_id, account_id, solved_at + INTERVAL 90 MINUTE, csat, NULL,
    category
FROM canonical.tickets WHERE csat IS NOT NULL AND solved_at < stops() - INTERVAL 90 MINUTE
UNION ALL
SELECT 'a-' || a.survey_id, a.survey_id, 'churn', a.user_id, 'A' || lpad(a.i::VARCHAR, 4, '0'), a.sent_at + INTERVAL 2 HOUR,
    NULL, r.name, e.reason_code
FROM asked a JOIN ends e ON a.survey_id = 'churn-' || e.subscription_id JOIN canonical.churn_reasons r USING (reason_code)
WHERE a.type = 'churn' AND draw('tells', a.survey_id) < 0.5;
