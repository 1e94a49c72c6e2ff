SELECT
  CAST("t1"."answered_at" AS DATE) AS "day",
  COUNT(*) AS "rows"
FROM (
  SELECT
    *
  FROM "survey_answers" AS "t0"
  WHERE
    "t0"."answered_at" IS NOT NULL
    AND "t0"."answered_at" < MAKE_TIMESTAMP(2026, 11, 2, 0, 0, 0.0)
) AS "t1"
GROUP BY
  1;
