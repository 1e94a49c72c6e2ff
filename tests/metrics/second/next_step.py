"""The next steps once more: who has at least one suggestion of each kind, by hand."""

from __future__ import annotations

from datetime import timedelta

from bot.types import Window
from tests.metrics.by_hand import Answers, Hand
from tests.metrics.second import COUNTRIES, Case

PURCHASED = """SELECT who, o.order_id, o.occurred_at, occurred_at::DATE AS day
    FROM orders o JOIN lives ON id = customer_id
    WHERE occurred_at < {end} AND who IN (SELECT account_id FROM known)
    AND (net_amount > 0 OR net_amount = 0 AND coalesce(refund, 0) = 0)"""

STEPS = """
WITH earlier AS (FROM ({then}) WHERE paid0), now AS (FROM ({now}) WHERE paid1),
did AS (SELECT DISTINCT who, feature_id, occurred_at FROM events e JOIN lives ON id = e.account_id
        JOIN features ON core_event = e.name WHERE occurred_at < {end}),
entitled AS (SELECT feature_id, unnest(string_split(entitled_plans, ',')) AS plan_id FROM features),
alike AS (
    SELECT plan, size, feature_id, count(*) FILTER (used) AS users, avg(kept1::INT) FILTER (used) AS users_stay,
        count(*) FILTER (NOT used) AS others, avg(kept1::INT) FILTER (NOT used) AS others_stay
    FROM (SELECT plan, size, e.feature_id, kept1, EXISTS (FROM did d WHERE d.who = t.who AND d.feature_id = e.feature_id
            AND d.occurred_at >= {past} - INTERVAL 30 DAY AND d.occurred_at < {past}) AS used
        FROM earlier t JOIN entitled e USING (plan_id)) GROUP BY ALL),
feature AS (
    SELECT DISTINCT n.who FROM now n JOIN entitled e USING (plan_id)
    JOIN alike a ON a.plan = n.plan AND a.size = n.size AND a.feature_id = e.feature_id
    WHERE users >= 10 AND others >= 10 AND users_stay > others_stay AND NOT EXISTS (FROM did d
        WHERE d.who = n.who AND d.feature_id = e.feature_id AND d.occurred_at >= {end} - INTERVAL 30 DAY)),
bought AS (SELECT DISTINCT who, product_id FROM ({purchased}) JOIN order_items USING (order_id)),
lately AS (SELECT DISTINCT who, product_id FROM ({purchased}) JOIN order_items USING (order_id)
           WHERE occurred_at >= {end} - INTERVAL 365 DAY),
together AS (SELECT a.product_id AS because, b.product_id AS what FROM bought a JOIN bought b USING (who)
             WHERE a.product_id <> b.product_id GROUP BY ALL HAVING count(*) >= 5),
sold AS (SELECT product_id, account_id FROM products, accounts
         WHERE countries IS NULL OR country IS NULL OR list_contains(string_split(countries, ','), country)),
product AS (
    SELECT DISTINCT b.who FROM bought b JOIN together ON because = b.product_id
    JOIN sold s ON s.product_id = what AND s.account_id = b.who
    WHERE NOT EXISTS (FROM bought o WHERE o.who = b.who AND o.product_id = what)),
places AS (SELECT account_id AS who, coalesce(region, country) AS place FROM accounts),
popular AS (
    SELECT DISTINCT n.who FROM now n JOIN places p USING (who)
    JOIN (SELECT place, product_id FROM lately JOIN places USING (who) GROUP BY ALL HAVING count(*) >= 5) c
        ON c.place = p.place JOIN sold s ON s.product_id = c.product_id AND s.account_id = n.who
    WHERE n.who NOT IN (SELECT who FROM bought)),
replenish AS (
    SELECT who FROM (SELECT who, median(gap) AS usual, count(gap) AS gaps, max(day) AS last_day FROM (
        SELECT who, day, day - lag(day) OVER (PARTITION BY who ORDER BY day) AS gap
        FROM (SELECT DISTINCT who, day FROM ({purchased}))) GROUP BY who)
    WHERE gaps >= 2 AND abs(usual - ({end}::DATE - last_day)) <= 30)
SELECT who, step, coalesce(country, 'unknown') AS country FROM (
    SELECT who, 'feature' AS step FROM feature UNION ALL SELECT who, 'product' FROM product
    UNION ALL SELECT who, 'popular' FROM popular UNION ALL SELECT who, 'replenish' FROM replenish)
JOIN known ON account_id = who
"""


def steps(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    end, past = window.end, window.end - timedelta(days=90)
    rows = STEPS.format(
        then=hand.accounts(past, end), now=hand.accounts(end - timedelta(days=1), end), end=f"TIMESTAMP '{end}'",
        past=f"TIMESTAMP '{past}'", purchased=PURCHASED.format(end=f"TIMESTAMP '{end}'"),
    )  # fmt: skip
    return hand.answer(rows, (*by, "step"), where, "count(*), count(*)")


CASES = [Case("next_step", {}, steps, by=("country",), where=COUNTRIES)]
