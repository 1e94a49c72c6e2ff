-- One invoice a term: each month, or each year. Amounts are in the currency of the account.
CREATE TABLE bills AS
WITH terms AS (
    SELECT s.subscription_id, s.i, r.k::INTEGER AS k, s.starts + to_months(r.k::INTEGER) AS issued_at, CASE WHEN s.annual THEN 12
        ELSE 1 END AS months
    FROM spells s, range(0, 27) r(k) WHERE s.starts + to_months(r.k::INTEGER) < stops() AND (NOT s.annual OR r.k % 12 = 0)
)
SELECT 'I' || t.subscription_id[2:] || '-' || t.k AS invoice_id, t.*, p.mrr * months / x.rate AS amount, b.currency, st.kind, st.w
FROM terms t
JOIN paid_stretches p ON p.subscription_id = t.subscription_id AND p.valid_from <= t.issued_at
    AND coalesce(p.valid_to, stops()) > t.issued_at AND p.mrr > 0
JOIN base b ON b.i = t.i JOIN canonical.exchange_rates x USING (currency)
LEFT JOIN steps st ON st.subscription_id = t.subscription_id AND st.k = t.k AND st.kind IN ('lost', 'recovered');

CREATE TABLE canonical.invoices AS
SELECT invoice_id, 'A' || lpad(i::VARCHAR, 4, '0') AS account_id, subscription_id, round(amount, 2) AS amount, currency,
    issued_at, issued_at AS due_at,
    CASE WHEN kind IS NULL THEN issued_at + INTERVAL 1 MINUTE WHEN kind = 'recovered'
        AND recovered_at < stops() THEN recovered_at END AS paid_at,
    CASE WHEN kind IS NULL OR (kind = 'recovered' AND recovered_at < stops()) THEN 'paid'
         WHEN kind = 'lost' AND issued_at + INTERVAL 30 DAY < stops() THEN 'uncollectible' ELSE 'open' END AS status
FROM (SELECT *, issued_at + to_days(between_(2, 12, w)) AS recovered_at FROM bills);

CREATE TABLE canonical.payments AS
WITH tries AS (
    SELECT b.*, a.attempt, a.days, i.paid_at AS settled_at,
        draw('refund', b.invoice_id) AS ur
    FROM bills b JOIN canonical.invoices i USING (invoice_id), (VALUES (1, 0), (2, 3), (3, 7), (4, 14)) a(attempt, days)
), dated AS (
    SELECT *, issued_at + to_days(days) + INTERVAL 1 MINUTE AS tried_at FROM tries
    WHERE (kind IS NULL AND attempt = 1) OR kind = 'lost' OR (kind = 'recovered' AND days < between_(2, 12, w))
    UNION ALL BY NAME
    -- The attempt that succeeds in the end.
    SELECT * REPLACE (5 AS attempt), settled_at AS tried_at FROM tries WHERE kind = 'recovered' AND attempt = 1
        AND settled_at IS NOT NULL
)
SELECT 'P' || invoice_id[2:] || '-' || attempt AS payment_id, invoice_id, 'A' || lpad(i::VARCHAR, 4, '0') AS account_id,
    round(amount, 2) AS amount, currency, tried_at AS occurred_at, issued_at AS due_at,
    CASE WHEN kind IS NULL OR attempt = 5 THEN tried_at END AS paid_at,
    CASE WHEN kind IS NOT NULL AND attempt < 5 THEN 'failed' WHEN ur < 0.004 THEN 'refunded' ELSE 'paid' END AS status,
    CASE WHEN attempt = 5 THEN row_number() OVER (PARTITION BY invoice_id ORDER BY tried_at) ELSE attempt END AS attempt,
    CASE WHEN kind IS NOT NULL
        AND attempt < 5 THEN pick(['insufficient_funds', 'insufficient_funds', 'expired_card', 'do_not_honor', 'lost_card'],
        draw('code', invoice_id)) END AS decline_code,
    CASE WHEN currency = 'EUR' AND draw('method', i) < 0.35 THEN 'sepa_debit' ELSE 'card' END AS payment_method,
    CASE WHEN kind IS NOT NULL AND attempt < 5 THEN 0 WHEN ur < 0.004 THEN round(amount, 2)
        WHEN ur < 0.01 THEN round(amount * 0.3, 2) ELSE 0 END AS refunded_amount
FROM dated WHERE tried_at < stops();

CREATE TABLE canonical.subscription_changes AS
SELECT 'C' || s.subscription_id[2:] || '-' || s.k AS change_id, s.subscription_id, 'A'
    || lpad(s.i::VARCHAR, 4, '0') AS account_id, 'quantity' AS type,
    s.at_k AS occurred_at, before.quantity::VARCHAR AS from_value, after.quantity::VARCHAR AS to_value,
        s.at_k::DATE AS effective_on
FROM steps s
JOIN paid_stretches after ON after.subscription_id = s.subscription_id AND after.valid_from = s.at_k
JOIN paid_stretches before ON before.subscription_id = s.subscription_id AND before.valid_to = s.at_k
WHERE s.kind IN ('grow', 'shrink') AND before.quantity <> after.quantity;

-- The shop: templates, planners on paper, training. Three in five customers buy there, most of them more than once.
CREATE TABLE baskets AS
WITH shoppers AS (
    SELECT i, min(starts) AS since, 1 + floor(ln(1 - draw('loyal shopper', i)) / ln(0.84))::INTEGER AS times,
        between_(18, 110, draw('gap', i)) AS gap
    FROM spells WHERE draw('shops', i) < 0.6 GROUP BY i
), planned AS (
    SELECT i, r.n::INTEGER AS n, 0 AS twin,
        since + to_seconds(((2 + (r.n + 0.7 * draw('jitter', i || ':' || r.n)) * gap) * 86400)::BIGINT) AS occurred_at
    FROM shoppers, range(times) r(n)
), with_twins AS (
    -- Now and then somebody forgets a thing and orders again the same day.
    FROM planned UNION ALL SELECT i, n, 1, date_trunc('day', occurred_at) + INTERVAL 22 HOUR FROM planned
        WHERE draw('forgot', i || ':' || n) < 0.02
)
SELECT *, 'O' || i || '-' || n || CASE twin WHEN 1 THEN 'b' ELSE '' END AS order_id
FROM with_twins b WHERE occurred_at < stops() AND EXISTS (FROM presence s WHERE s.i = b.i AND b.occurred_at BETWEEN s.from_at
    AND s.to_at);

CREATE TABLE canonical.order_items AS
WITH lines AS (
    SELECT b.order_id, b.i, l.l::INTEGER AS line, b.order_id || ':' || l.l AS key, draw('refund', b.order_id) < 0.025 AS refunded,
        CASE WHEN draw('coupon', b.order_id) < 0.15 THEN 0.1 ELSE 0 END AS off
    FROM baskets b, range(1, 2 + (draw('lines', b.order_id) < 0.3)::INTEGER) l(l)
), priced AS (
    SELECT l.*, g.*, between_(1, CASE WHEN g.category = 'paper' THEN 6 ELSE 2 END, draw('pieces', l.key)) AS pieces
    FROM lines l JOIN goods g ON g.n = between_(0, 4, pow(draw('goods', l.key), 1.4))
)
SELECT order_id, line::VARCHAR AS line_id, product_id, category, pieces AS quantity,
    CASE WHEN refunded THEN 0 ELSE round(price * pieces * (1 - off), 2) END AS net_amount,
        round(price * pieces * off, 2) AS discount,
    CASE WHEN refunded THEN round(price * pieces * (1 - off), 2) ELSE 0 END AS refund, cost * pieces AS cost
FROM priced;

CREATE TABLE canonical.orders AS
SELECT b.order_id, 'A' || lpad(b.i::VARCHAR, 4, '0') AS customer_id, b.occurred_at,
    round(sum(l.net_amount)::DECIMAL(12, 2), 2) AS net_amount,
    sum(l.discount::DECIMAL(12, 2)) AS discount, sum(l.refund::DECIMAL(12, 2)) AS refund, 'USD' AS currency,
        sum(l.quantity) AS items,
    arg_min(l.category, l.line_id) AS category, CASE WHEN draw('shop', b.order_id) < 0.8 THEN 'web' ELSE 'app' END AS channel,
    sum(l.cost::DECIMAL(12, 2)) AS cost
FROM baskets b JOIN canonical.order_items l USING (order_id) GROUP BY ALL;

CREATE TABLE canonical.deliveries AS
SELECT 'D' || l.order_id[2:] || '-' || l.line_id AS delivery_id, o.customer_id AS account_id, p.user_id,
    NULL::VARCHAR AS subscription_id, l.product_id,
    o.occurred_at + INTERVAL 1 DAY AS sent_at,
    CASE WHEN draw('used', l.order_id
        || l.line_id) < 0.7 THEN o.occurred_at + to_days(between_(3, 20, draw('use', l.order_id))) END AS used_at,
    CASE WHEN draw('used', l.order_id || l.line_id) > 0.94 THEN o.occurred_at + INTERVAL 3 DAY END AS skipped_at
FROM canonical.order_items l JOIN canonical.orders o USING (order_id) JOIN people p ON p.j = 0 AND 'A'
    || lpad(p.i::VARCHAR, 4, '0') = o.customer_id
WHERE l.category = 'paper' AND o.occurred_at < stops() - INTERVAL 21 DAY;

CREATE TABLE canonical.loyalty_ledger AS
WITH earned AS (
    SELECT customer_id, order_id, occurred_at, floor(net_amount)::INTEGER AS points,
        sum(floor(net_amount)::INTEGER) OVER (PARTITION BY customer_id ORDER BY occurred_at, order_id) AS total
    FROM canonical.orders WHERE net_amount > 0
), moves AS (
    SELECT customer_id AS member_id, occurred_at, points, 'purchase' AS reason, total, order_id FROM earned
    UNION ALL SELECT customer_id, occurred_at + INTERVAL 1 HOUR, -100, 'redemption', total, NULL FROM earned
    WHERE total // 200 > (total - points) // 200 AND occurred_at + INTERVAL 1 HOUR < stops()
    UNION ALL SELECT customer_id, max(occurred_at) + INTERVAL 365 DAY, -least(50, max(total) - 100 * (max(total) // 200)),
        'expiry', max(total), NULL
    FROM earned GROUP BY customer_id HAVING max(occurred_at) + INTERVAL 365 DAY < stops()
        AND max(total) - 100 * (max(total) // 200) > 0
)
SELECT member_id, occurred_at, points, reason, CASE WHEN total >= 600 THEN 'gold' WHEN total >= 200 THEN 'silver'
    ELSE 'bronze' END AS tier, order_id FROM moves;

CREATE TABLE canonical.referrals AS
WITH payers AS (
    SELECT i, starts, row_number() OVER (ORDER BY starts, i) AS place FROM first_spells WHERE NOT is_test
), came AS (
    SELECT b.i, b.signup_at, e.paid_at, floor(draw('referrer', b.i) * p.place)::INTEGER + 1 AS place
    FROM (SELECT i, signup_at, signup_at - INTERVAL 10 DAY AS before_ FROM base WHERE acquisition_channel = 'referral'
        AND NOT is_test) b
    ASOF JOIN payers p ON b.before_ > p.starts JOIN entries e ON e.i = b.i
), invited AS (
    SELECT 'R' || c.i AS referral_id, p.i AS referrer,
        c.signup_at - to_hours(between_(4, 220, draw('invited', c.i))) AS invited_at, c.i AS referee, c.signup_at, c.paid_at
    FROM came c JOIN payers p USING (place)
    UNION ALL
    -- Invitations that nobody followed.
    SELECT 'R' || p.i || '-' || r.n, p.i, p.starts + to_days(between_(20, 300, draw('invites', p.i || ':' || r.n))), NULL, NULL,
        NULL
    FROM payers p, range(between_(1, 3, draw('how many', p.i))) r(n) WHERE draw('inviter', p.i) < 0.18
)
SELECT referral_id, 'A' || lpad(referrer::VARCHAR, 4, '0') AS referrer_id, invited_at,
    pick(['email', 'link', 'link'], draw('by', referral_id)) AS channel,
    'A' || lpad(referee::VARCHAR, 4, '0') AS referee_id, signup_at AS signed_up_at, CASE
        WHEN paid_at < stops() THEN paid_at END AS qualified_at,
    CASE WHEN paid_at < stops() THEN 20.0 END AS reward_referrer, CASE WHEN paid_at < stops() THEN 10.0 END AS reward_referee
FROM invited WHERE invited_at < stops();

CREATE TABLE canonical.spend AS
SELECT first + to_days(m.day) AS occurred_at, m.category, m.channel, NULL::VARCHAR AS campaign_id,
    round(m.amount * (0.9 + 0.02 * date_diff('month', opens(), first) + 0.2 * draw('spend',
        concat(m.category, m.channel, first))), 2) AS amount, 'USD' AS currency
FROM (SELECT DISTINCT from_at AS first FROM signup_months), (VALUES
    ('acquisition', 'paid_search', 6200, 4), ('acquisition', 'paid_social', 4100, 4), ('acquisition', 'event', 2300, 7),
        ('acquisition', 'partner', 1200, 7),
    ('retention', 'email', 900, 2), ('support', NULL, 5200, 5), ('success', NULL, 3800, 5), ('loyalty', NULL, 700, 6),
        ('tooling', NULL, 1100, 1)
) m(category, channel, amount, day)
UNION ALL SELECT TIMESTAMP '2026-05-12', 'retention', 'email', 'win-back-2026-05', 640.0, 'USD';
