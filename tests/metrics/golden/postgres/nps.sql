SELECT
  DATE("t1"."answered_at") AS "day",
  COUNT(*) AS "rows"
FROM (
  SELECT
    *
  FROM "survey_answers" AS "t0"
  WHERE
    "t0"."answered_at" IS NOT NULL
    AND "t0"."answered_at" < CAST('2026-11-02T00:00:00' AS TIMESTAMP)
) AS "t1"
GROUP BY
  1;
