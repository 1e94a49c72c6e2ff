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
), `t23` AS (
  SELECT
    `t22`.`account_id`,
    `t22`.`plan_id`,
    `t22`.`closes`,
    `t22`.`opens` AS `start`,
    `t22`.`micros` AS `amount`
  FROM (
    SELECT
      *
    FROM (
      SELECT
        *
      FROM (
        SELECT
          `t19`.`account_id`,
          `t19`.`subscription_id`,
          `t19`.`plan_id`,
          `t19`.`status`,
          `t19`.`quantity`,
          `t19`.`discount`,
          `t19`.`end_type`,
          `t19`.`reason_code`,
          `t19`.`reason_text`,
          CASE
            WHEN (
              IF(
                `t19`.`status` = 'past_due',
                LEAST(`t19`.`closes`, `t19`.`since` + INTERVAL '30' DAY),
                IF(
                  `t19`.`status` = 'paused',
                  LEAST(`t19`.`closes`, `t19`.`since` + INTERVAL '90' DAY),
                  `t19`.`closes`
                )
              ) < `t19`.`closes`
            )
            AND (
              `t19`.`status` = 'past_due'
            )
            THEN 'involuntary'
            WHEN (
              IF(
                `t19`.`status` = 'past_due',
                LEAST(`t19`.`closes`, `t19`.`since` + INTERVAL '30' DAY),
                IF(
                  `t19`.`status` = 'paused',
                  LEAST(`t19`.`closes`, `t19`.`since` + INTERVAL '90' DAY),
                  `t19`.`closes`
                )
              ) < `t19`.`closes`
            )
            AND (
              `t19`.`status` = 'paused'
            )
            THEN 'pause_expired'
            ELSE ''
          END AS `lapsed`,
          CAST(`t19`.`valid_from` AS TIMESTAMP) AS `opens`,
          IF(
            `t19`.`status` = 'past_due',
            LEAST(`t19`.`closes`, `t19`.`since` + INTERVAL '30' DAY),
            IF(
              `t19`.`status` = 'paused',
              LEAST(`t19`.`closes`, `t19`.`since` + INTERVAL '90' DAY),
              `t19`.`closes`
            )
          ) AS `closes`,
          IF(
            (
              (
                `t19`.`status` = 'active'
              ) OR (
                `t19`.`status` = 'past_due'
              ) OR FALSE
            )
            AND (
              `t19`.`amount` IS NULL OR ISNAN(`t19`.`amount`) OR (
                `t19`.`amount` > 0
              )
            ),
            1,
            0
          ) AS `pays`,
          IF((
            `t19`.`status` = 'paused'
          ) OR FALSE, 1, 0) AS `rests`,
          IF(`t19`.`status` = 'free', 1, 0) AS `is_free`,
          GREATEST(
            COALESCE(
              CAST(ROUND(
                IF(
                  (
                    `t19`.`status` = 'active'
                  ) OR (
                    `t19`.`status` = 'past_due'
                  ) OR FALSE,
                  `t19`.`amount`,
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
              `t17`.`account_id`,
              `t17`.`subscription_id`,
              `t17`.`status`,
              `t17`.`plan_id`,
              `t17`.`quantity`,
              `t17`.`discount`,
              `t17`.`end_type`,
              `t17`.`reason_code`,
              `t17`.`reason_text`,
              `t17`.`valid_from`,
              `t17`.`closes`,
              `t17`.`amount`,
              `t17`.`since`
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
                `t16`.`fresh`,
                `t16`.`run`,
                MIN(`t16`.`valid_from`) OVER (
                  PARTITION BY `t16`.`subscription_id`, `t16`.`status`, `t16`.`run`
                  ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                ) AS `since`
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
                  SUM(`t15`.`fresh`) OVER (
                    PARTITION BY `t15`.`subscription_id`, `t15`.`status`
                    ORDER BY `t15`.`valid_from` ASC NULLS LAST
                    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                  ) AS `run`
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
      ) AS `t20`
      WHERE
        `t20`.`closes` > `t20`.`opens`
    ) AS `t21`
    WHERE
      `t21`.`pays` = 1
  ) AS `t22`
)
SELECT
  `t46`.`cohort`,
  `t46`.`age`,
  `t46`.`part`,
  `t46`.`whole`,
  0 AS `side`,
  '2026-10-01' AS `period`
FROM (
  SELECT
    `t45`.`cohort`,
    `t45`.`age`,
    `t45`.`there` AS `part`,
    `t45`.`size` AS `whole`
  FROM (
    SELECT
      `t44`.`cohort`,
      `t44`.`age`,
      SUM(`t44`.`here`) AS `there`,
      COUNT(*) AS `size`,
      SUM(`t44`.`here` * `t44`.`amount`) AS `amount`
    FROM (
      SELECT
        `t43`.`who`,
        `t43`.`start`,
        `t43`.`cohort`,
        `t43`.`step`,
        `t43`.`age`,
        `t43`.`person`,
        `t43`.`on`,
        `t43`.`times`,
        COALESCE(`t43`.`amount`, 0) AS `amount`,
        IF(`t43`.`times` >= 1, 1, 0) AS `here`
      FROM (
        SELECT
          `t42`.`who`,
          `t42`.`start`,
          `t42`.`cohort`,
          `t42`.`step`,
          `t42`.`age`,
          `t36`.`person`,
          `t36`.`on`,
          `t36`.`times`,
          `t36`.`amount`
        FROM (
          SELECT
            `t40`.`who`,
            `t40`.`start`,
            `t40`.`cohort`,
            `t40`.`step`,
            ROW_NUMBER() OVER (PARTITION BY `t40`.`who`, `t40`.`cohort` ORDER BY `t40`.`step` ASC NULLS LAST) - 1 AS `age`
          FROM (
            SELECT
              *
            FROM (
              SELECT
                `t38`.`who`,
                `t38`.`start`,
                `t38`.`cohort`,
                `t13`.`step`
              FROM (
                SELECT
                  `t35`.`account_id`,
                  `t35`.`start`,
                  `t35`.`plan_id`,
                  `t35`.`who`,
                  `t35`.`cohort`,
                  `t35`.`start` AS `since`
                FROM (
                  SELECT
                    `t33`.`account_id`,
                    `t33`.`start`,
                    `t33`.`plan_id`,
                    `t33`.`who`,
                    CAST(DATE_TRUNC('month', CAST(CAST(`t33`.`start` AS DATE) AS TIMESTAMP)) AS DATE) AS `cohort`
                  FROM (
                    SELECT
                      *
                    FROM (
                      SELECT
                        `t29`.`account_id`,
                        `t29`.`start`,
                        `t29`.`plan_id`,
                        `t29`.`account_id` AS `who`
                      FROM (
                        SELECT
                          `t24`.`account_id`,
                          MIN(`t24`.`start`) AS `start`,
                          SUBSTRING(
                            MIN(CONCAT(DATE_FORMAT(`t24`.`start`, 'yyyyMMddHHmmssSSSSSS'), `t24`.`plan_id`)),
                            IF(
                              (
                                20 + 1
                              ) >= 1,
                              20 + 1,
                              20 + 1 + LENGTH(MIN(CONCAT(DATE_FORMAT(`t24`.`start`, 'yyyyMMddHHmmssSSSSSS'), `t24`.`plan_id`)))
                            )
                          ) AS `plan_id`
                        FROM `t23` AS `t24`
                        GROUP BY
                          1
                      ) AS `t29`
                    ) AS `t31`
                    WHERE
                      `t31`.`start` >= CAST('2026-10-01T00:00:00' AS TIMESTAMP)
                      AND `t31`.`start` < CAST('2026-11-01T00:00:00' AS TIMESTAMP)
                  ) AS `t33`
                ) AS `t35`
              ) AS `t38`
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
                ON `t38`.`account_id` = `t9`.`known_id`
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
            ) AS `t39`
            WHERE
              `t39`.`step` >= `t39`.`cohort` AND `t39`.`step` <= MAKE_DATE(2026, 10, 1)
          ) AS `t40`
        ) AS `t42`
        LEFT OUTER JOIN (
          SELECT
            `t32`.`person`,
            CAST(DATE_TRUNC('month', CAST(CAST(`t32`.`moment` AS DATE) AS TIMESTAMP)) AS DATE) AS `on`,
            1 AS `times`,
            SUM(`t32`.`amount`) AS `amount`
          FROM (
            SELECT
              `t25`.`account_id` AS `person`,
              `t30`.`ended` - INTERVAL '1' SECOND AS `moment`,
              `t25`.`amount`
            FROM `t23` AS `t25`
            INNER JOIN (
              SELECT
                EXPLODE(`t27`.`ended`) AS `ended`
              FROM (
                SELECT
                  ARRAY(CAST('2026-11-01T00:00:00' AS TIMESTAMP)) AS `ended`
                FROM (
                  SELECT
                    COUNT(*) AS `rows`
                  FROM `t23` AS `t24`
                ) AS `t26`
              ) AS `t27`
            ) AS `t30`
              ON `t25`.`start` <= `t30`.`ended` AND `t25`.`closes` > `t30`.`ended`
          ) AS `t32`
          GROUP BY
            1,
            2
        ) AS `t36`
          ON `t42`.`who` = `t36`.`person` AND `t42`.`step` = `t36`.`on`
      ) AS `t43`
    ) AS `t44`
    GROUP BY
      1,
      2
  ) AS `t45`
) AS `t46`;
