-- Pseudo-random draws: functions of a salt and an id alone, so that any thread, in any order, gets the same.
CREATE MACRO draw(salt, id) AS md5_number_lower(salt || ':' || id)::DOUBLE / 18446744073709551616.0;
CREATE MACRO pick(choices, u) AS choices[1 + floor(u * len(choices))::INTEGER];
-- A count between a and b, both included.
CREATE MACRO between_(a, b, u) AS a + floor(u * (b - a + 1))::INTEGER;

CREATE MACRO opens() AS TIMESTAMP '2024-09-10';
CREATE MACRO stops() AS TIMESTAMP '2026-11-10';

CREATE SCHEMA canonical;
CREATE MACRO countries() AS 'US,FR,ES,PL,DE';

-- Prices are those of one seat for one term. `rank` orders the plans; the dearer terms are those which
-- annual customers in France renew to from October 2026 on.
CREATE TABLE price_list AS
SELECT * FROM (VALUES
    ('free',                 'Free',     'month',   0.0, 'free',     -1, false, false),
    ('starter-monthly',      'Starter',  'month',  15.0, 'basic',     0, false, false),
    ('pro-monthly',          'Pro',      'month',  30.0, 'advanced',  1, false, false),
    ('business-monthly',     'Business', 'month',  60.0, 'advanced',  2, false, false),
    ('starter-annual',       'Starter',  'year',  150.0, 'basic',     0, true,  false),
    ('pro-annual',           'Pro',      'year',  300.0, 'advanced',  1, true,  false),
    ('business-annual',      'Business', 'year',  600.0, 'advanced',  2, true,  false),
    ('starter-annual-2026',  'Starter',  'year',  186.0, 'basic',     0, true,  true),
    ('pro-annual-2026',      'Pro',      'year',  372.0, 'advanced',  1, true,  true),
    ('business-annual-2026', 'Business', 'year',  744.0, 'advanced',  2, true,  true)
) AS p(plan_id, name, "interval", price, tier, rank, annual, dearer);

CREATE TABLE canonical.plans AS
SELECT plan_id, name, "interval", 1 AS interval_count, price, 'USD' AS currency, rank < 0 AS is_free, tier FROM price_list;

CREATE TABLE canonical.exchange_rates AS
SELECT * FROM (VALUES ('USD', 1.0, NULL), ('EUR', 1.10, NULL), ('PLN', 0.25, NULL)) AS r(currency, rate, report);

CREATE TABLE canonical.features AS
WITH f AS (SELECT * FROM (VALUES
    ('boards',         'Boards',         'basic',    -1, 'task_completed',      true),
    ('comments',       'Comments',       'basic',    -1, 'comment_added',       false),
    ('files',          'File sharing',   'basic',    -1, 'file_shared',         false),
    ('calendar',       'Calendar',       'basic',    -1, 'calendar_planned',    true),
    ('timesheets',     'Timesheets',     'basic',     0, 'time_logged',         false),
    ('custom_reports', 'Custom reports', 'advanced',  0, 'custom_report_built', false),
    ('automations',    'Automations',    'advanced',  1, 'automation_run',      true),
    ('integrations',   'Integrations',   'advanced',  1, 'integration_used',    false),
    ('forms',          'Forms',          'advanced',  2, 'form_published',      false)
) AS v(feature_id, name, tier, from_rank, core_event, is_key))
SELECT feature_id, f.name, f.tier, string_agg(p.plan_id, ',' ORDER BY p.plan_id) AS entitled_plans, core_event, is_key
FROM f JOIN price_list p ON p.rank >= f.from_rank GROUP BY ALL;

CREATE TABLE canonical.releases AS
SELECT * FROM (VALUES
    ('R01', 'Timesheets',                     TIMESTAMP '2024-12-03 10:00', true,  'all', 'timesheets'),
    ('R02', 'Automation templates',           TIMESTAMP '2025-02-11 10:00', true,
        'pro-monthly,pro-annual,business-monthly,business-annual', 'automations'),
    ('R03', 'Faster boards',                  TIMESTAMP '2025-05-20 10:00', true,  'all', 'boards'),
    ('R04', 'Database migration',             TIMESTAMP '2025-08-05 04:00', false, 'all', 'platform'),
    ('R05', 'Forms',                          TIMESTAMP '2025-10-14 10:00', true,  'business-monthly,business-annual', 'forms'),
    ('R06', 'Android app 4.2',                TIMESTAMP '2026-05-29 09:00', true,  'all', 'mobile'),
    ('R07', 'Android app 4.3: sign-in fixed', TIMESTAMP '2026-07-01 09:00', true,  'all', 'mobile'),
    ('R08', 'Calendar two-way sync',          TIMESTAMP '2026-10-13 10:00', true,  'all', 'calendar'),
    ('R09', 'Report templates',               TIMESTAMP '2026-10-27 10:00', true,  'all', 'custom_reports')
) AS r(release_id, name, released_at, announceable, audience, benefit_tag);

CREATE TABLE canonical.milestones AS
SELECT * FROM (VALUES
    ('profile',    'onboarding', 1, 'profile_completed', 1, 14, 'user'),
    ('board',      'onboarding', 2, 'board_created',     1, 14, 'user'),
    ('import',     'onboarding', 3, 'data_imported',     1, 14, 'user'),
    ('activation', 'activation', 1, 'board_created',     1,  7, 'user'),
    ('aha',        'aha',        1, 'task_completed',   10, 30, 'user')
) AS m(milestone_id, kind, step, event_name, times, within_days, entity);

CREATE TABLE canonical.churn_reasons AS
SELECT * FROM (VALUES
    ('price', 'Price', 'price'), ('missing_feature', 'A feature is missing', 'missing feature'),
    ('bug', 'A fault in the product', 'bug'), ('service', 'Our service', 'service'),
    ('competitor', 'Another product', 'competitor'), ('no_need', 'No need any more', 'no need'),
    ('closed_business', 'The business closed', 'closed business'),
    ('payment_failure', 'The payment failed', 'payment failure'), ('other', 'Something else', 'other')
) AS r(reason_code, name, parent);

CREATE TABLE canonical.annotations AS
SELECT * FROM (VALUES
    (TIMESTAMP '2024-09-10', 'public launch',                       'release',      NULL),
    (TIMESTAMP '2025-09-01', 'back-to-work campaign in France',     'campaign',     'FR'),
    (TIMESTAMP '2026-03-02', 'support backlog: two agents away',    'outage',       NULL),
    (TIMESTAMP '2026-03-23', 'support backlog cleared',             'outage',       NULL),
    (TIMESTAMP '2026-05-29', 'Android app 4.2',                     'release',      NULL),
    (TIMESTAMP '2026-07-01', 'Android app 4.3 repairs sign-in',     'release',      NULL),
    (TIMESTAMP '2026-10-01', 'price rise FR annual',                'price_change', 'FR'),
    (TIMESTAMP '2026-11-01', 'All Saints',                          'holiday',      'FR')
) AS a(occurred_at, text, kind, country);

CREATE TABLE canonical.offers AS
SELECT * FROM (VALUES
    ('pause-3',         'pause',     'Pause for up to three months, nothing to pay meanwhile.',        0.0,
        'paying, monthly plan',         TIMESTAMP '2024-09-10', NULL,                   countries(), false),
    ('return-20',       'discount',  '20% off for three months after coming back, then full price.',  18.0,
        'left 30 to 365 days ago',      TIMESTAMP '2025-01-01', TIMESTAMP '2026-12-31', countries(), false),
    ('trial-plus-7',    'extension', 'Seven more days of trial.',                                      0.0,
        'trial not converted',          TIMESTAMP '2024-09-10', NULL,                   countries(), false),
    ('onboarding-call', 'service',   'A call of 30 minutes with a customer guide.',                   25.0,
        'Pro or Business, new',         TIMESTAMP '2024-09-10', NULL,                   'US,FR,ES',  true),
    ('annual-lock-fr',  'discount',  'The old annual price for one more year.',                       60.0,
        'annual, France, renewal due',  TIMESTAMP '2026-11-05', TIMESTAMP '2027-01-31', 'FR',        false)
) AS o(offer_id, type, terms, cost, eligible_rule, valid_from, valid_to, countries, stackable);

CREATE TABLE goods AS
SELECT * FROM (VALUES
    (0, 'template-pack', 'Template pack', 'templates', NULL,        19.0,  4.0),
    (1, 'desk-planner',  'Desk planner',  'paper',     NULL,        18.0,  8.0),
    (2, 'wall-planner',  'Wall planner',  'paper',     NULL,        29.0, 14.0),
    (3, 'api-credits',   'API credits',   'credits',   NULL,        49.0,  6.0),
    (4, 'training-hour', 'Training hour', 'training',  'US,FR,ES',  90.0, 45.0)
) AS p(n, product_id, name, category, countries, price, cost);

CREATE TABLE canonical.products AS
SELECT product_id, name, category, countries, price, 'USD' AS currency FROM goods;

CREATE TABLE canonical.tier_benefits AS
SELECT * FROM (VALUES
    ('bronze', 'Points on each order', 0.0, 0.0), ('silver', 'Free delivery', 200.0, 12.0),
    ('gold', 'Free delivery', 600.0, 12.0), ('gold', 'Priority support', 600.0, 30.0)
) AS t(tier, benefit, threshold, cost);
