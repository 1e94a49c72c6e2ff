WITH `t4` AS (
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
), `t22` AS (
  SELECT
    `t21`.`account_id`,
    `t21`.`plan_id`,
    `t21`.`closes`,
    `t21`.`opens` AS `start`,
    `t21`.`micros` AS `amount`
  FROM (
    SELECT
      *
    FROM (
      SELECT
        *
      FROM (
        SELECT
          `t18`.`account_id`,
          `t18`.`subscription_id`,
          `t18`.`plan_id`,
          `t18`.`status`,
          `t18`.`quantity`,
          `t18`.`discount`,
          `t18`.`end_type`,
          `t18`.`reason_code`,
          `t18`.`reason_text`,
          CASE
            WHEN (
              IF(
                `t18`.`status` = 'past_due',
                LEAST(`t18`.`closes`, `t18`.`since` + INTERVAL '30' DAY),
                IF(
                  `t18`.`status` = 'paused',
                  LEAST(`t18`.`closes`, `t18`.`since` + INTERVAL '90' DAY),
                  `t18`.`closes`
                )
              ) < `t18`.`closes`
            )
            AND (
              `t18`.`status` = 'past_due'
            )
            THEN 'involuntary'
            WHEN (
              IF(
                `t18`.`status` = 'past_due',
                LEAST(`t18`.`closes`, `t18`.`since` + INTERVAL '30' DAY),
                IF(
                  `t18`.`status` = 'paused',
                  LEAST(`t18`.`closes`, `t18`.`since` + INTERVAL '90' DAY),
                  `t18`.`closes`
                )
              ) < `t18`.`closes`
            )
            AND (
              `t18`.`status` = 'paused'
            )
            THEN 'pause_expired'
            ELSE ''
          END AS `lapsed`,
          CAST(`t18`.`valid_from` AS TIMESTAMP) AS `opens`,
          IF(
            `t18`.`status` = 'past_due',
            LEAST(`t18`.`closes`, `t18`.`since` + INTERVAL '30' DAY),
            IF(
              `t18`.`status` = 'paused',
              LEAST(`t18`.`closes`, `t18`.`since` + INTERVAL '90' DAY),
              `t18`.`closes`
            )
          ) AS `closes`,
          IF(
            (
              (
                `t18`.`status` = 'active'
              ) OR (
                `t18`.`status` = 'past_due'
              ) OR FALSE
            )
            AND (
              `t18`.`amount` IS NULL OR ISNAN(`t18`.`amount`) OR (
                `t18`.`amount` > 0
              )
            ),
            1,
            0
          ) AS `pays`,
          IF((
            `t18`.`status` = 'paused'
          ) OR FALSE, 1, 0) AS `rests`,
          IF(`t18`.`status` = 'free', 1, 0) AS `is_free`,
          GREATEST(
            COALESCE(
              CAST(ROUND(
                IF(
                  (
                    `t18`.`status` = 'active'
                  ) OR (
                    `t18`.`status` = 'past_due'
                  ) OR FALSE,
                  `t18`.`amount`,
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
              `t11`.`valid_from` AS `since`
            FROM (
              SELECT
                *
              FROM `t4` AS `t6`
              WHERE
                NOT (
                  `t6`.`status` IN ('past_due', 'paused')
                )
            ) AS `t11`
          ) AS `t14`
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              `t16`.`account_id`,
              `t16`.`subscription_id`,
              `t16`.`status`,
              `t16`.`plan_id`,
              `t16`.`quantity`,
              `t16`.`discount`,
              `t16`.`end_type`,
              `t16`.`reason_code`,
              `t16`.`reason_text`,
              `t16`.`valid_from`,
              `t16`.`closes`,
              `t16`.`amount`,
              `t16`.`since`
            FROM (
              SELECT
                `t15`.`account_id`,
                `t15`.`subscription_id`,
                `t15`.`status`,
                `t15`.`plan_id`,
                `t15`.`quantity`,
                `t15`.`discount`,
                `t15`.`end_type`,
                `t15`.`reason_code`,
                `t15`.`reason_text`,
                `t15`.`valid_from`,
                `t15`.`closes`,
                `t15`.`amount`,
                `t15`.`fresh`,
                MAX(IF(`t15`.`fresh` = 1, `t15`.`valid_from`, CAST(NULL AS TIMESTAMP))) OVER (
                  PARTITION BY `t15`.`subscription_id`, `t15`.`status`
                  ORDER BY `t15`.`valid_from` ASC NULLS LAST
                  ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                ) AS `since`
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
                  IF(
                    COALESCE(
                      LAG(`t10`.`closes`) OVER (
                        PARTITION BY `t10`.`subscription_id`, `t10`.`status`
                        ORDER BY `t10`.`valid_from` ASC NULLS LAST
                      ),
                      CAST('0001-01-01T00:00:00' AS TIMESTAMP)
                    ) <> `t10`.`valid_from`,
                    1,
                    0
                  ) AS `fresh`
                FROM (
                  SELECT
                    *
                  FROM `t4` AS `t6`
                  WHERE
                    `t6`.`status` IN ('past_due', 'paused')
                ) AS `t10`
              ) AS `t15`
            ) AS `t16`
          ) AS `t17`
        ) AS `t18`
      ) AS `t19`
      WHERE
        `t19`.`closes` > `t19`.`opens`
    ) AS `t20`
    WHERE
      `t20`.`pays` = 1
  ) AS `t21`
)
SELECT
  `t45`.`cohort`,
  `t45`.`age`,
  `t45`.`part`,
  `t45`.`whole`,
  0 AS `side`,
  '2026-10-01' AS `period`
FROM (
  SELECT
    `t44`.`cohort`,
    `t44`.`age`,
    `t44`.`there` AS `part`,
    `t44`.`size` AS `whole`
  FROM (
    SELECT
      `t43`.`cohort`,
      `t43`.`age`,
      SUM(`t43`.`here`) AS `there`,
      COUNT(*) AS `size`,
      SUM(`t43`.`here` * `t43`.`amount`) AS `amount`
    FROM (
      SELECT
        `t42`.`who`,
        `t42`.`start`,
        `t42`.`cohort`,
        `t42`.`step`,
        `t42`.`age`,
        `t42`.`person`,
        `t42`.`on`,
        `t42`.`times`,
        COALESCE(`t42`.`amount`, 0) AS `amount`,
        IF(`t42`.`times` >= 1, 1, 0) AS `here`
      FROM (
        SELECT
          `t41`.`who`,
          `t41`.`start`,
          `t41`.`cohort`,
          `t41`.`step`,
          `t41`.`age`,
          `t35`.`person`,
          `t35`.`on`,
          `t35`.`times`,
          `t35`.`amount`
        FROM (
          SELECT
            `t39`.`who`,
            `t39`.`start`,
            `t39`.`cohort`,
            `t39`.`step`,
            ROW_NUMBER() OVER (PARTITION BY `t39`.`who`, `t39`.`cohort` ORDER BY `t39`.`step` ASC NULLS LAST) - 1 AS `age`
          FROM (
            SELECT
              *
            FROM (
              SELECT
                `t37`.`who`,
                `t37`.`start`,
                `t37`.`cohort`,
                `t13`.`step`
              FROM (
                SELECT
                  `t34`.`account_id`,
                  `t34`.`start`,
                  `t34`.`plan_id`,
                  `t34`.`who`,
                  `t34`.`cohort`,
                  `t34`.`start` AS `since`
                FROM (
                  SELECT
                    `t32`.`account_id`,
                    `t32`.`start`,
                    `t32`.`plan_id`,
                    `t32`.`who`,
                    CAST(DATE_TRUNC('month', CAST(CAST(`t32`.`start` AS DATE) AS TIMESTAMP)) AS DATE) AS `cohort`
                  FROM (
                    SELECT
                      *
                    FROM (
                      SELECT
                        `t28`.`account_id`,
                        `t28`.`start`,
                        `t28`.`plan_id`,
                        `t28`.`account_id` AS `who`
                      FROM (
                        SELECT
                          `t23`.`account_id`,
                          MIN(`t23`.`start`) AS `start`,
                          SUBSTRING(
                            MIN(CONCAT(DATE_FORMAT(`t23`.`start`, 'yyyyMMddHHmmssSSSSSS'), `t23`.`plan_id`)),
                            IF(
                              (
                                20 + 1
                              ) >= 1,
                              20 + 1,
                              20 + 1 + LENGTH(MIN(CONCAT(DATE_FORMAT(`t23`.`start`, 'yyyyMMddHHmmssSSSSSS'), `t23`.`plan_id`)))
                            )
                          ) AS `plan_id`
                        FROM `t22` AS `t23`
                        GROUP BY
                          1
                      ) AS `t28`
                    ) AS `t30`
                    WHERE
                      `t30`.`start` >= CAST('2026-10-01T00:00:00' AS TIMESTAMP)
                      AND `t30`.`start` < CAST('2026-11-01T00:00:00' AS TIMESTAMP)
                  ) AS `t32`
                ) AS `t34`
              ) AS `t37`
              LEFT SEMI JOIN (
                SELECT
                  `t5`.`account_id` AS `known_id`
                FROM (
                  SELECT
                    *
                  FROM `accounts` AS `t0`
                  WHERE
                    NOT (
                      COALESCE(`t0`.`is_test`, FALSE)
                    )
                ) AS `t5`
              ) AS `t9`
                ON `t37`.`account_id` = `t9`.`known_id`
              CROSS JOIN (
                SELECT
                  CAST(`t8`.`followed` AS DATE) AS `step`
                FROM (
                  SELECT
                    EXPLODE(`t3`.`followed`) AS `followed`
                  FROM (
                    SELECT
                      ARRAY(CAST('2026-10-01T00:00:00' AS TIMESTAMP)) AS `followed`
                    FROM (
                      SELECT
                        COUNT(*) AS `rows`
                      FROM `subscriptions` AS `t1`
                    ) AS `t2`
                  ) AS `t3`
                ) AS `t8`
              ) AS `t13`
            ) AS `t38`
            WHERE
              `t38`.`step` >= `t38`.`cohort` AND `t38`.`step` <= MAKE_DATE(2026, 10, 1)
          ) AS `t39`
        ) AS `t41`
        LEFT OUTER JOIN (
          SELECT
            `t31`.`person`,
            CAST(DATE_TRUNC('month', CAST(CAST(`t31`.`moment` AS DATE) AS TIMESTAMP)) AS DATE) AS `on`,
            1 AS `times`,
            SUM(`t31`.`amount`) AS `amount`
          FROM (
            SELECT
              `t24`.`account_id` AS `person`,
              `t29`.`ended` - INTERVAL '1' SECOND AS `moment`,
              `t24`.`amount`
            FROM `t22` AS `t24`
            INNER JOIN (
              SELECT
                EXPLODE(`t26`.`ended`) AS `ended`
              FROM (
                SELECT
                  ARRAY(CAST('2026-11-01T00:00:00' AS TIMESTAMP)) AS `ended`
                FROM (
                  SELECT
                    COUNT(*) AS `rows`
                  FROM `t22` AS `t23`
                ) AS `t25`
              ) AS `t26`
            ) AS `t29`
              ON `t24`.`start` <= `t29`.`ended` AND `t24`.`closes` > `t29`.`ended`
          ) AS `t31`
          GROUP BY
            1,
            2
        ) AS `t35`
          ON `t41`.`who` = `t35`.`person` AND `t41`.`step` = `t35`.`on`
      ) AS `t42`
    ) AS `t43`
    GROUP BY
      1,
      2
  ) AS `t44`
) AS `t45`;
