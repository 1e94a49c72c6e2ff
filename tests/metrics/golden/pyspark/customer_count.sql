SELECT
  `t22`.`value`,
  `t22`.`n`,
  0 AS `side`,
  '2026-10-01' AS `period`
FROM (
  SELECT
    COUNT(*) AS `value`,
    COUNT(*) AS `n`
  FROM (
    SELECT
      *
    FROM (
      SELECT
        `t19`.`account_id`,
        `t19`.`end`,
        `t19`.`since`
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
                  `t17`.`opens` <= CAST('2026-11-01T00:00:00' AS TIMESTAMP)
                )
                AND (
                  `t17`.`closes` > CAST('2026-11-01T00:00:00' AS TIMESTAMP)
                )
              ),
              1,
              0
            )
          ) AS `end`,
          MIN(IF(`t17`.`pays` = 1, `t17`.`opens`, NULL)) AS `since`
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
                  `t8`.`account_id`,
                  `t8`.`subscription_id`,
                  `t8`.`plan_id`,
                  `t8`.`status`,
                  `t8`.`quantity`,
                  `t8`.`discount`,
                  `t8`.`end_type`,
                  `t8`.`reason_code`,
                  `t8`.`reason_text`,
                  '' AS `lapsed`,
                  CAST(`t8`.`valid_from` AS TIMESTAMP) AS `opens`,
                  `t8`.`closes`,
                  IF(
                    (
                      `t8`.`status` = 'active'
                    )
                    AND (
                      `t8`.`amount` IS NULL OR ISNAN(`t8`.`amount`) OR (
                        `t8`.`amount` > 0
                      )
                    ),
                    1,
                    0
                  ) AS `pays`,
                  IF(FALSE, 1, 0) AS `rests`,
                  IF(`t8`.`status` = 'free', 1, 0) AS `is_free`,
                  GREATEST(
                    COALESCE(
                      CAST(ROUND(IF(`t8`.`status` = 'active', `t8`.`amount`, 0.0) * 1000000.0, 0) AS BIGINT),
                      0
                    ),
                    0
                  ) AS `micros`
                FROM (
                  SELECT
                    `t4`.`account_id`,
                    `t4`.`subscription_id`,
                    `t4`.`status`,
                    `t4`.`plan_id`,
                    `t4`.`quantity`,
                    `t4`.`discount`,
                    `t4`.`end_type`,
                    `t4`.`reason_code`,
                    `t4`.`reason_text`,
                    `t4`.`valid_from`,
                    COALESCE(`t4`.`valid_to`, CAST('9999-01-01T00:00:00' AS TIMESTAMP)) AS `closes`,
                    `t4`.`mrr` AS `amount`
                  FROM (
                    SELECT
                      *
                    FROM `subscriptions` AS `t1`
                    WHERE
                      NOT (
                        `t1`.`status` IN ('past_due', 'paused')
                      )
                  ) AS `t4`
                ) AS `t8`
              ) AS `t10`
              WHERE
                `t10`.`closes` > `t10`.`opens`
            ) AS `t11`
            UNION ALL
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
                  IF(`t13`.`status` = 'paused', 1, 0) AS `rests`,
                  IF(`t13`.`status` = 'free', 1, 0) AS `is_free`,
                  GREATEST(
                    COALESCE(
                      CAST(ROUND(IF((
                        `t13`.`status` = 'past_due'
                      ) OR FALSE, `t13`.`amount`, 0.0) * 1000000.0, 0) AS BIGINT),
                      0
                    ),
                    0
                  ) AS `micros`
                FROM (
                  SELECT
                    `t12`.`account_id`,
                    `t12`.`subscription_id`,
                    `t12`.`status`,
                    `t12`.`plan_id`,
                    `t12`.`quantity`,
                    `t12`.`discount`,
                    `t12`.`end_type`,
                    `t12`.`reason_code`,
                    `t12`.`reason_text`,
                    `t12`.`valid_from`,
                    `t12`.`closes`,
                    `t12`.`amount`,
                    `t12`.`since`
                  FROM (
                    SELECT
                      `t9`.`account_id`,
                      `t9`.`subscription_id`,
                      `t9`.`status`,
                      `t9`.`plan_id`,
                      `t9`.`quantity`,
                      `t9`.`discount`,
                      `t9`.`end_type`,
                      `t9`.`reason_code`,
                      `t9`.`reason_text`,
                      `t9`.`valid_from`,
                      `t9`.`closes`,
                      `t9`.`amount`,
                      `t9`.`fresh`,
                      MAX(IF(`t9`.`fresh` = 1, `t9`.`valid_from`, CAST(NULL AS TIMESTAMP))) OVER (
                        PARTITION BY `t9`.`subscription_id`, `t9`.`status`
                        ORDER BY `t9`.`valid_from` ASC NULLS LAST
                        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                      ) AS `since`
                    FROM (
                      SELECT
                        `t6`.`account_id`,
                        `t6`.`subscription_id`,
                        `t6`.`status`,
                        `t6`.`plan_id`,
                        `t6`.`quantity`,
                        `t6`.`discount`,
                        `t6`.`end_type`,
                        `t6`.`reason_code`,
                        `t6`.`reason_text`,
                        `t6`.`valid_from`,
                        `t6`.`closes`,
                        `t6`.`amount`,
                        IF(
                          COALESCE(
                            LAG(`t6`.`closes`) OVER (
                              PARTITION BY `t6`.`subscription_id`, `t6`.`status`
                              ORDER BY `t6`.`valid_from` ASC NULLS LAST
                            ),
                            CAST('0001-01-01T00:00:00' AS TIMESTAMP)
                          ) <> `t6`.`valid_from`,
                          1,
                          0
                        ) AS `fresh`
                      FROM (
                        SELECT
                          `t2`.`account_id`,
                          `t2`.`subscription_id`,
                          `t2`.`status`,
                          `t2`.`plan_id`,
                          `t2`.`quantity`,
                          `t2`.`discount`,
                          `t2`.`end_type`,
                          `t2`.`reason_code`,
                          `t2`.`reason_text`,
                          `t2`.`valid_from`,
                          COALESCE(`t2`.`valid_to`, CAST('9999-01-01T00:00:00' AS TIMESTAMP)) AS `closes`,
                          `t2`.`mrr` AS `amount`
                        FROM (
                          SELECT
                            *
                          FROM `subscriptions` AS `t1`
                          WHERE
                            `t1`.`status` IN ('past_due', 'paused')
                        ) AS `t2`
                      ) AS `t6`
                    ) AS `t9`
                  ) AS `t12`
                ) AS `t13`
              ) AS `t14`
              WHERE
                `t14`.`closes` > `t14`.`opens`
            ) AS `t15`
          ) AS `t16`
          WHERE
            `t16`.`opens` <= CAST('2026-11-01T00:00:00' AS TIMESTAMP)
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
      ) AS `t7`
        ON `t19`.`account_id` = `t7`.`known_id`
    ) AS `t20`
    WHERE
      `t20`.`end` = 1
  ) AS `t21`
) AS `t22`;
