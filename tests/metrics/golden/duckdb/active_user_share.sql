SELECT
  CAST("t1"."occurred_at" AS DATE) AS "day",
  COUNT(*) AS "rows"
FROM (
  SELECT
    *
  FROM "events" AS "t0"
  WHERE
    "t0"."occurred_at" IS NOT NULL
    AND "t0"."occurred_at" < MAKE_TIMESTAMP(2026, 11, 2, 0, 0, 0.0)
) AS "t1"
GROUP BY
  1;
