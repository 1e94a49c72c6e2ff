SELECT
  CAST(`t1`.`occurred_at` AS DATE) AS `day`,
  COUNT(*) AS `rows`
FROM (
  SELECT
    *
  FROM `events` AS `t0`
  WHERE
    `t0`.`occurred_at` IS NOT NULL
    AND `t0`.`occurred_at` < CAST('2026-11-02T00:00:00' AS TIMESTAMP)
) AS `t1`
GROUP BY
  1;
