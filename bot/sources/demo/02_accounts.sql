-- When accounts sign up: a launch rush, growth, seasons; in France also a back-to-work campaign each autumn.
CREATE TABLE signup_months AS
WITH m AS (
    SELECT r.m, (DATE '2024-09-01' + to_months(r.m::INTEGER))::TIMESTAMP AS first, c.country
    FROM range(27) r(m), (VALUES ('US'), ('FR'), ('ES'), ('PL'), ('DE')) c(country)
), weighed AS (
    SELECT *, CASE
        WHEN m = 26 THEN 0.5
        WHEN country = 'FR' AND m IN (0, 1) THEN 5.5
        WHEN country = 'FR' AND m IN (12, 13) THEN 4.5
        WHEN country = 'FR' AND m IN (24, 25) THEN 1.8
        WHEN m IN (0, 1) THEN 2.4
        ELSE (0.75 + 0.02 * m) * CASE month(first) WHEN 1 THEN 1.15 WHEN 7 THEN 0.85 WHEN 8 THEN 0.7
                                                   WHEN 9 THEN 1.3 WHEN 10 THEN 1.2 WHEN 12 THEN 0.7 ELSE 1 END
        END AS weight
    FROM m
)
SELECT country, first, greatest(first, opens()) AS from_at, least(first + INTERVAL 1 MONTH, stops()) AS to_at,
    sum(weight) OVER w / sum(weight) OVER (PARTITION BY country) AS upto,
    (sum(weight) OVER w - weight) / sum(weight) OVER (PARTITION BY country) AS above
FROM weighed WINDOW w AS (PARTITION BY country ORDER BY m);

CREATE TABLE places AS
SELECT * FROM (VALUES
    ('US', 'en', 'USD', ['America/New_York', 'America/Chicago', 'America/Denver', 'America/Los_Angeles', 'America/Phoenix'],
        ['Bakery', 'Studio', 'Works', 'Supply', 'Clinic', 'Logistics', 'Partners', 'Outfitters'],
        ['New York', 'Illinois', 'Colorado', 'California', 'Arizona'], ['nora.whitfield', 'eli.marlow']),
    ('FR', 'fr', 'EUR', ['Europe/Paris', 'Europe/Paris', 'Europe/Paris', 'Indian/Reunion'],
        ['Atelier', 'Maison', 'Comptoir', 'Fabrique', 'Studio', 'Groupe', 'Menuiserie', 'Cabinet'],
        ['Bretagne', 'Occitanie', 'Normandie', 'La Réunion'], ['claire.aubrac']),
    ('ES', 'es', 'EUR', ['Europe/Madrid', 'Europe/Madrid', 'Europe/Madrid', 'Atlantic/Canary'],
        ['Talleres', 'Grupo', 'Casa', 'Bodega', 'Estudio', 'Panadería', 'Clínica', 'Hermanos'],
        ['Aragón', 'Galicia', 'Andalucía', 'Canarias'], ['diego.solana']),
    ('PL', 'pl', 'PLN', ['Europe/Warsaw'],
        ['Pracownia', 'Zakład', 'Spółdzielnia', 'Studio', 'Manufaktura', 'Biuro', 'Piekarnia', 'Stolarnia'],
        ['Mazowieckie', 'Pomorskie', 'Śląskie'], ['marta.zielna']),
    ('DE', 'de', 'EUR', ['Europe/Berlin'],
        ['Werkstatt', 'Kontor', 'Bäckerei', 'Büro', 'Tischlerei', 'Studio', 'Manufaktur', 'Praxis'],
        ['Bayern', 'Hessen', 'Sachsen'], ['jonas.kerner'])
) AS p(country, language, currency, zones, kinds, regions, owners);

CREATE TABLE base AS
WITH numbered AS (
    SELECT r.i::INTEGER AS i, 'A' || lpad(r.i::VARCHAR, 4, '0') AS account_id, draw('country', r.i) AS uc,
        CASE WHEN draw('country', r.i) < 0.32 THEN 'US' WHEN draw('country', r.i) < 0.62 THEN 'FR'
             WHEN draw('country', r.i) < 0.78 THEN 'ES' WHEN draw('country', r.i) < 0.89 THEN 'PL' ELSE 'DE' END AS home,
        draw('month', r.i) AS um,
        CASE WHEN draw('size', r.i) < 0.24 THEN 'solo' WHEN draw('size', r.i) < 0.76 THEN 'small'
             WHEN draw('size', r.i) < 0.95 THEN 'medium' ELSE 'large' END AS size
    FROM range(1, 3001) r(i)
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY home ORDER BY i) - 1 AS rank FROM numbered
)
SELECT n.i, n.account_id, n.home, n.size,
    -- A whole number of seconds, within working hours.
    date_trunc('day', m.from_at) + to_days(floor(draw('day', n.i) * date_diff('day', m.from_at, m.to_at))::INTEGER)
        + to_seconds(between_(6 * 3600, 20 * 3600, draw('second', n.i))) AS signup_at,
    CASE WHEN draw('unknown', n.i) < 0.008 THEN NULL ELSE n.home END AS country,
    -- Some speak another language than their country; French is spoken abroad more than others are in France, so
    -- that what befalls France shows as a matter of the country and not of the language.
    CASE WHEN draw('language', n.i) < 0.05 THEN CASE n.home WHEN 'US' THEN 'es' ELSE 'en' END
         WHEN n.home <> 'FR' AND draw('language', n.i) < 0.13 THEN 'fr' ELSE p.language END AS language,
    pick(p.zones, draw('zone', n.i)) AS timezone, pick(p.regions, draw('zone', n.i)) AS region, p.currency,
    pick(['retail', 'software', 'education', 'health', 'hospitality', 'manufacturing', 'agency', 'nonprofit'],
        draw('industry', n.i)) AS industry,
    pick(['organic', 'organic', 'paid_search', 'paid_search', 'paid_social', 'referral', 'partner', 'event', 'outbound'],
        draw('channel', n.i)) AS acquisition_channel,
    CASE WHEN draw('owner', n.i) < 0.9 THEN pick(p.owners, draw('whose', n.i)) END AS owner_id,
    draw('test', n.i) < 0.004 AS is_test,
    p.kinds[1 + (n.rank // 240) % 8] AS kind,
    -- Stems are invented syllables: 240 of them, each once a kind, so that no two companies of a country share a name.
    ['Bral', 'Tol', 'Ven', 'Quil', 'Mar', 'Dor', 'Fen', 'Gal', 'Hest', 'Jor', 'Kel', 'Lum', 'Nar', 'Ost', 'Pel',
        'Rov'][1 + ((n.rank * 7) % 240) // 15]
        || ['anne', 'ovel', 'issac', 'ubry', 'ento', 'adine', 'emil', 'orsk', 'ivert', 'ulle', 'amber', 'eska', 'indor', 'olyn',
            'ustel'][1 + ((n.rank * 7) % 240) % 15] AS stem
FROM ranked n
JOIN signup_months m ON m.country = n.home AND n.um >= m.above AND n.um < m.upto
JOIN places p ON p.country = n.home;
