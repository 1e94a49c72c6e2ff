WITH `t2` AS (
  SELECT
    `t1`.`account_id`,
    `t1`.`subscription_id`,
    `t1`.`status`,
    `t1`.`plan_id`,
    `t1`.`quantity`,
    `t1`.`discount`,
    `t1`.`end_type`,
    `t1`.`reason_code`,
    `t1`.`reason_text`,
    `t1`.`valid_from`,
    COALESCE(`t1`.`valid_to`, CAST('9999-01-01T00:00:00' AS TIMESTAMP)) AS `closes`,
    `t1`.`mrr` AS `amount`
  FROM `subscriptions` AS `t1`
), `t20` AS (
  SELECT
    `t19`.`account_id`,
    `t19`.`start`,
    `t19`.`start_micros`,
    `t19`.`end_micros`
  FROM (
    SELECT
      `t17`.`account_id`,
      MAX(
        IF(
          (
            `t17`.`pays` = 1
          )
          AND (
            (
              `t17`.`opens` <= CAST('2026-10-01T00:00:00' AS TIMESTAMP)
            )
            AND (
              `t17`.`closes` > CAST('2026-10-01T00:00:00' AS TIMESTAMP)
            )
          ),
          1,
          0
        )
      ) AS `start`,
      COALESCE(
        SUM(
          IF(
            (
              `t17`.`pays` = 1
            )
            AND (
              (
                `t17`.`opens` <= CAST('2026-10-01T00:00:00' AS TIMESTAMP)
              )
              AND (
                `t17`.`closes` > CAST('2026-10-01T00:00:00' AS TIMESTAMP)
              )
            ),
            `t17`.`micros`,
            NULL
          )
        ),
        0
      ) AS `start_micros`,
      COALESCE(
        SUM(
          IF(
            (
              `t17`.`pays` = 1
            )
            AND (
              (
                `t17`.`opens` <= CAST('2026-11-01T00:00:00' AS TIMESTAMP)
              )
              AND (
                `t17`.`closes` > CAST('2026-11-01T00:00:00' AS TIMESTAMP)
              )
            ),
            `t17`.`micros`,
            NULL
          )
        ),
        0
      ) AS `end_micros`
    FROM (
      SELECT
        *
      FROM (
        SELECT
          *
        FROM (
          SELECT
            *
          FROM (
            SELECT
              `t13`.`account_id`,
              `t13`.`subscription_id`,
              `t13`.`plan_id`,
              `t13`.`status`,
              `t13`.`quantity`,
              `t13`.`discount`,
              `t13`.`end_type`,
              `t13`.`reason_code`,
              `t13`.`reason_text`,
              CASE
                WHEN (
                  IF(
                    `t13`.`status` = 'past_due',
                    LEAST(`t13`.`closes`, `t13`.`since` + INTERVAL '30' DAY),
                    IF(
                      `t13`.`status` = 'paused',
                      LEAST(`t13`.`closes`, `t13`.`since` + INTERVAL '90' DAY),
                      `t13`.`closes`
                    )
                  ) < `t13`.`closes`
                )
                AND (
                  `t13`.`status` = 'past_due'
                )
                THEN 'involuntary'
                WHEN (
                  IF(
                    `t13`.`status` = 'past_due',
                    LEAST(`t13`.`closes`, `t13`.`since` + INTERVAL '30' DAY),
                    IF(
                      `t13`.`status` = 'paused',
                      LEAST(`t13`.`closes`, `t13`.`since` + INTERVAL '90' DAY),
                      `t13`.`closes`
                    )
                  ) < `t13`.`closes`
                )
                AND (
                  `t13`.`status` = 'paused'
                )
                THEN 'pause_expired'
                ELSE ''
              END AS `lapsed`,
              CAST(`t13`.`valid_from` AS TIMESTAMP) AS `opens`,
              IF(
                `t13`.`status` = 'past_due',
                LEAST(`t13`.`closes`, `t13`.`since` + INTERVAL '30' DAY),
                IF(
                  `t13`.`status` = 'paused',
                  LEAST(`t13`.`closes`, `t13`.`since` + INTERVAL '90' DAY),
                  `t13`.`closes`
                )
              ) AS `closes`,
              IF(
                (
                  (
                    `t13`.`status` = 'active'
                  ) OR (
                    `t13`.`status` = 'past_due'
                  ) OR FALSE
                )
                AND (
                  `t13`.`amount` IS NULL OR ISNAN(`t13`.`amount`) OR (
                    `t13`.`amount` > 0
                  )
                ),
                1,
                0
              ) AS `pays`,
              IF((
                `t13`.`status` = 'paused'
              ) OR FALSE, 1, 0) AS `rests`,
              IF(`t13`.`status` = 'free', 1, 0) AS `is_free`,
              GREATEST(
                COALESCE(
                  CAST(ROUND(
                    IF(
                      (
                        `t13`.`status` = 'active'
                      ) OR (
                        `t13`.`status` = 'past_due'
                      ) OR FALSE,
                      `t13`.`amount`,
                      0.0
                    ) * 1000000.0,
                    0
                  ) AS BIGINT),
                  0
                ),
                0
              ) AS `micros`
            FROM (
              SELECT
                *
              FROM (
                SELECT
                  `t8`.`account_id`,
                  `t8`.`subscription_id`,
                  `t8`.`status`,
                  `t8`.`plan_id`,
                  `t8`.`quantity`,
                  `t8`.`discount`,
                  `t8`.`end_type`,
                  `t8`.`reason_code`,
                  `t8`.`reason_text`,
                  `t8`.`valid_from`,
                  `t8`.`closes`,
                  `t8`.`amount`,
                  `t8`.`valid_from` AS `since`
                FROM (
                  SELECT
                    *
                  FROM `t2` AS `t4`
                  WHERE
                    NOT (
                      `t4`.`status` IN ('past_due', 'paused')
                    )
                ) AS `t8`
              ) AS `t9`
              UNION ALL
              SELECT
                *
              FROM (
                SELECT
                  `t11`.`account_id`,
                  `t11`.`subscription_id`,
                  `t11`.`status`,
                  `t11`.`plan_id`,
                  `t11`.`quantity`,
                  `t11`.`discount`,
                  `t11`.`end_type`,
                  `t11`.`reason_code`,
                  `t11`.`reason_text`,
                  `t11`.`valid_from`,
                  `t11`.`closes`,
                  `t11`.`amount`,
                  `t11`.`since`
                FROM (
                  SELECT
                    `t10`.`account_id`,
                    `t10`.`subscription_id`,
                    `t10`.`status`,
                    `t10`.`plan_id`,
                    `t10`.`quantity`,
                    `t10`.`discount`,
                    `t10`.`end_type`,
                    `t10`.`reason_code`,
                    `t10`.`reason_text`,
                    `t10`.`valid_from`,
                    `t10`.`closes`,
                    `t10`.`amount`,
                    `t10`.`fresh`,
                    MAX(IF(`t10`.`fresh` = 1, `t10`.`valid_from`, CAST(NULL AS TIMESTAMP))) OVER (
                      PARTITION BY `t10`.`subscription_id`, `t10`.`status`
                      ORDER BY `t10`.`valid_from` ASC NULLS LAST
                      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                    ) AS `since`
                  FROM (
                    SELECT
                      `t7`.`account_id`,
                      `t7`.`subscription_id`,
                      `t7`.`status`,
                      `t7`.`plan_id`,
                      `t7`.`quantity`,
                      `t7`.`discount`,
                      `t7`.`end_type`,
                      `t7`.`reason_code`,
                      `t7`.`reason_text`,
                      `t7`.`valid_from`,
                      `t7`.`closes`,
                      `t7`.`amount`,
                      IF(
                        COALESCE(
                          LAG(`t7`.`closes`) OVER (
                            PARTITION BY `t7`.`subscription_id`, `t7`.`status`
                            ORDER BY `t7`.`valid_from` ASC NULLS LAST
                          ),
                          CAST('0001-01-01T00:00:00' AS TIMESTAMP)
                        ) <> `t7`.`valid_from`,
                        1,
                        0
                      ) AS `fresh`
                    FROM (
                      SELECT
                        *
                      FROM `t2` AS `t4`
                      WHERE
                        `t4`.`status` IN ('past_due', 'paused')
                    ) AS `t7`
                  ) AS `t10`
                ) AS `t11`
              ) AS `t12`
            ) AS `t13`
          ) AS `t14`
          WHERE
            `t14`.`closes` > `t14`.`opens`
        ) AS `t15`
        WHERE
          `t15`.`opens` <= CAST('2026-11-01T00:00:00' AS TIMESTAMP)
      ) AS `t16`
      WHERE
        `t16`.`closes` > CAST('2026-10-01T00:00:00' AS TIMESTAMP)
    ) AS `t17`
    GROUP BY
      1
  ) AS `t19`
  LEFT SEMI JOIN (
    SELECT
      `t3`.`account_id` AS `known_id`
    FROM (
      SELECT
        *
      FROM `accounts` AS `t0`
      WHERE
        NOT (
          COALESCE(`t0`.`is_test`, FALSE)
        )
    ) AS `t3`
  ) AS `t6`
    ON `t19`.`account_id` = `t6`.`known_id`
)
SELECT
  `t26`.`n`,
  `t26`.`part`,
  `t26`.`whole`,
  `t26`.`top5_share`,
  0 AS `side`,
  '2026-10-01' AS `period`
FROM (
  SELECT
    `t25`.`n`,
    CAST(`t25`.`part` AS DOUBLE) / 1000000 AS `part`,
    CAST(`t25`.`whole` AS DOUBLE) / 1000000 AS `whole`,
    CAST(AGGREGATE(
      SLICE(
        `t25`.`largest`,
        IF(0 < 0, IF(0 < -SIZE(`t25`.`largest`), 0, SIZE(`t25`.`largest`) + 0), 0) + 1,
        IF(
          IF(5 < 0, IF(5 < -SIZE(`t25`.`largest`), 0, SIZE(`t25`.`largest`) + 5), 5) < IF(0 < 0, IF(0 < -SIZE(`t25`.`largest`), 0, SIZE(`t25`.`largest`) + 0), 0),
          0,
          IF(5 < 0, IF(5 < -SIZE(`t25`.`largest`), 0, SIZE(`t25`.`largest`) + 5), 5) - IF(0 < 0, IF(0 < -SIZE(`t25`.`largest`), 0, SIZE(`t25`.`largest`) + 0), 0)
        )
      ),
      CAST(STRUCT(0, 0) AS STRUCT<`sum`: BIGINT, `count`: BIGINT>),
      (`s`, `x`) -> CAST(STRUCT(`x` + COALESCE(`s`.`sum`, 0), (
        `s`.`count`
      ) + IF(`x` IS NOT NULL, 1, 0)) AS STRUCT<`sum`: BIGINT, `count`: BIGINT>),
      `s` -> IF((
        `s`.`count`
      ) > 0, `s`.`sum`, NULL)
    ) AS DOUBLE) / NULLIF(CAST(`t25`.`whole` AS DOUBLE), 0.0) AS `top5_share`
  FROM (
    SELECT
      *
    FROM (
      SELECT
        SUM(LEAST(`t21`.`start_micros`, `t21`.`end_micros`)) AS `part`,
        SUM(`t21`.`start_micros`) AS `whole`,
        SUM(`t21`.`start`) AS `n`,
        SORT_ARRAY(COLLECT_LIST(`t21`.`start_micros`), FALSE) AS `largest`
      FROM `t20` AS `t21`
    ) AS `t23`
    WHERE
      (
        (
          SELECT
            SUM(`t21`.`start_micros`) AS `Sum(start_micros)`
          FROM `t20` AS `t21`
        ) > 0
      )
      OR (
        (
          SELECT
            SUM(LEAST(`t21`.`start_micros`, `t21`.`end_micros`)) AS `Sum(Least((start_micros, end_micros)))`
          FROM `t20` AS `t21`
        ) > 0
      )
  ) AS `t25`
) AS `t26`;
