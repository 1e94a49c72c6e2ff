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
), `t19` AS (
  SELECT
    CASE
      WHEN (
        `t18`.`start_micros` = 0
      )
      AND (
        `t18`.`end_micros` > 0
      )
      AND (
        (
          `t18`.`since` > CAST('2026-10-01T00:00:00' AS TIMESTAMP)
        ) OR FALSE
      )
      THEN 'new'
      WHEN (
        `t18`.`start_micros` = 0
      ) AND (
        `t18`.`end_micros` > 0
      )
      THEN 'reactivation'
      WHEN (
        `t18`.`start_micros` > 0
      )
      AND (
        `t18`.`end_micros` = 0
      )
      AND NOT (
        (
          `t18`.`kept_end` = 1
        ) AND (
          `t18`.`end` = 0
        )
      )
      THEN 'churn'
      WHEN `t18`.`end_micros` > `t18`.`start_micros`
      THEN 'expansion'
      ELSE 'contraction'
    END AS `kind`,
    CASE
      WHEN (
        `t18`.`start_micros` = 0
      )
      AND (
        `t18`.`end_micros` > 0
      )
      AND (
        (
          `t18`.`kept_start` = 1
        ) AND (
          `t18`.`start` = 0
        )
      )
      THEN 'resume'
      WHEN (
        `t18`.`start_micros` > 0
      )
      AND (
        `t18`.`end_micros` = 0
      )
      AND (
        (
          `t18`.`kept_end` = 1
        ) AND (
          `t18`.`end` = 0
        )
      )
      THEN 'pause'
      ELSE ''
    END AS `inside`,
    `t18`.`end_micros` - `t18`.`start_micros` AS `change`,
    `t18`.`start_micros` AS `first`,
    `t18`.`end_micros` AS `last`
  FROM (
    SELECT
      `t16`.`account_id`,
      MAX(
        IF(
          (
            `t16`.`pays` = 1
          )
          AND (
            (
              `t16`.`opens` <= CAST('2026-10-01T00:00:00' AS TIMESTAMP)
            )
            AND (
              `t16`.`closes` > CAST('2026-10-01T00:00:00' AS TIMESTAMP)
            )
          ),
          1,
          0
        )
      ) AS `start`,
      MAX(
        IF(
          (
            `t16`.`pays` = 1
          )
          AND (
            (
              `t16`.`opens` <= CAST('2026-11-01T00:00:00' AS TIMESTAMP)
            )
            AND (
              `t16`.`closes` > CAST('2026-11-01T00:00:00' AS TIMESTAMP)
            )
          ),
          1,
          0
        )
      ) AS `end`,
      COALESCE(
        SUM(
          IF(
            (
              `t16`.`pays` = 1
            )
            AND (
              (
                `t16`.`opens` <= CAST('2026-10-01T00:00:00' AS TIMESTAMP)
              )
              AND (
                `t16`.`closes` > CAST('2026-10-01T00:00:00' AS TIMESTAMP)
              )
            ),
            `t16`.`micros`,
            NULL
          )
        ),
        0
      ) AS `start_micros`,
      COALESCE(
        SUM(
          IF(
            (
              `t16`.`pays` = 1
            )
            AND (
              (
                `t16`.`opens` <= CAST('2026-11-01T00:00:00' AS TIMESTAMP)
              )
              AND (
                `t16`.`closes` > CAST('2026-11-01T00:00:00' AS TIMESTAMP)
              )
            ),
            `t16`.`micros`,
            NULL
          )
        ),
        0
      ) AS `end_micros`,
      MAX(
        IF(
          (
            (
              `t16`.`pays` + `t16`.`rests`
            ) > 0
          )
          AND (
            (
              `t16`.`opens` <= CAST('2026-10-01T00:00:00' AS TIMESTAMP)
            )
            AND (
              `t16`.`closes` > CAST('2026-10-01T00:00:00' AS TIMESTAMP)
            )
          ),
          1,
          0
        )
      ) AS `kept_start`,
      MAX(
        IF(
          (
            (
              `t16`.`pays` + `t16`.`rests`
            ) > 0
          )
          AND (
            (
              `t16`.`opens` <= CAST('2026-11-01T00:00:00' AS TIMESTAMP)
            )
            AND (
              `t16`.`closes` > CAST('2026-11-01T00:00:00' AS TIMESTAMP)
            )
          ),
          1,
          0
        )
      ) AS `kept_end`,
      MIN(IF(`t16`.`pays` = 1, `t16`.`opens`, NULL)) AS `since`,
      MAX(
        IF(
          (
            `t16`.`pays` = 1
          )
          AND (
            `t16`.`closes` <= CAST('2026-10-01T00:00:00' AS TIMESTAMP)
          ),
          `t16`.`closes`,
          NULL
        )
      ) AS `left_before`
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
    GROUP BY
      1
  ) AS `t18`
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
    ON `t18`.`account_id` = `t6`.`known_id`
)
SELECT
  `t38`.`type`,
  `t38`.`value`,
  `t38`.`effect`,
  `t38`.`n`,
  0 AS `side`,
  '2026-10-01' AS `period`
FROM (
  SELECT
    `t37`.`type`,
    CAST(SUM(`t37`.`moved`) AS DOUBLE) / 1000000 AS `value`,
    CAST(SUM(`t37`.`effect`) AS DOUBLE) / 1000000 AS `effect`,
    SUM(IF(`t37`.`moved` <> 0, 1, 0)) AS `n`
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
            'reactivation' AS `type`,
            IF(`t20`.`kind` = 'reactivation', ABS(`t20`.`change`), 0) AS `moved`,
            IF(`t20`.`kind` = 'reactivation', `t20`.`change`, 0) AS `effect`
          FROM `t19` AS `t20`
        ) AS `t23`
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            'contraction' AS `type`,
            IF(`t20`.`kind` = 'contraction', ABS(`t20`.`change`), 0) AS `moved`,
            IF(`t20`.`kind` = 'contraction', `t20`.`change`, 0) AS `effect`
          FROM `t19` AS `t20`
        ) AS `t24`
      ) AS `t30`
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          *
        FROM (
          SELECT
            'churn' AS `type`,
            IF(`t20`.`kind` = 'churn', ABS(`t20`.`change`), 0) AS `moved`,
            IF(`t20`.`kind` = 'churn', `t20`.`change`, 0) AS `effect`
          FROM `t19` AS `t20`
        ) AS `t25`
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            'pause' AS `type`,
            IF(`t20`.`inside` = 'pause', ABS(`t20`.`change`), 0) AS `moved`,
            0 AS `effect`
          FROM `t19` AS `t20`
        ) AS `t28`
      ) AS `t32`
    ) AS `t35`
    UNION ALL
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
            'resume' AS `type`,
            IF(`t20`.`inside` = 'resume', ABS(`t20`.`change`), 0) AS `moved`,
            0 AS `effect`
          FROM `t19` AS `t20`
        ) AS `t29`
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            'start' AS `type`,
            `t20`.`first` AS `moved`,
            `t20`.`first` AS `effect`
          FROM `t19` AS `t20`
        ) AS `t21`
      ) AS `t33`
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          *
        FROM (
          SELECT
            'end' AS `type`,
            `t20`.`last` AS `moved`,
            0 AS `effect`
          FROM `t19` AS `t20`
        ) AS `t22`
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            *
          FROM (
            SELECT
              'new' AS `type`,
              IF(`t20`.`kind` = 'new', ABS(`t20`.`change`), 0) AS `moved`,
              IF(`t20`.`kind` = 'new', `t20`.`change`, 0) AS `effect`
            FROM `t19` AS `t20`
          ) AS `t26`
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              'expansion' AS `type`,
              IF(`t20`.`kind` = 'expansion', ABS(`t20`.`change`), 0) AS `moved`,
              IF(`t20`.`kind` = 'expansion', `t20`.`change`, 0) AS `effect`
            FROM `t19` AS `t20`
          ) AS `t27`
        ) AS `t31`
      ) AS `t34`
    ) AS `t36`
  ) AS `t37`
  GROUP BY
    1
) AS `t38`;
