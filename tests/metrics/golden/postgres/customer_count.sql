SELECT
  "t22"."value",
  "t22"."n",
  0 AS "side",
  '2026-10-01' AS "period"
FROM (
  SELECT
    COUNT(*) AS "value",
    COUNT(*) AS "n"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t19"."account_id",
        "t19"."end",
        "t19"."since"
      FROM (
        SELECT
          "t17"."account_id",
          MAX(
            CASE
              WHEN (
                "t17"."pays" = 1
              )
              AND (
                (
                  "t17"."opens" <= CAST('2026-11-01T00:00:00' AS TIMESTAMP)
                )
                AND (
                  "t17"."closes" > CAST('2026-11-01T00:00:00' AS TIMESTAMP)
                )
              )
              THEN 1
              ELSE 0
            END
          ) AS "end",
          MIN("t17"."opens") FILTER(WHERE
            "t17"."pays" = 1) AS "since"
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
                  "t8"."account_id",
                  "t8"."subscription_id",
                  "t8"."plan_id",
                  "t8"."status",
                  "t8"."quantity",
                  "t8"."discount",
                  "t8"."end_type",
                  "t8"."reason_code",
                  "t8"."reason_text",
                  '' AS "lapsed",
                  CAST("t8"."valid_from" AS TIMESTAMP) AS "opens",
                  "t8"."closes",
                  CASE
                    WHEN (
                      "t8"."status" = 'active'
                    )
                    AND (
                      (
                        "t8"."amount" IS NULL
                      ) OR (
                        "t8"."amount" > 0
                      )
                    )
                    THEN 1
                    ELSE 0
                  END AS "pays",
                  CASE WHEN FALSE THEN 1 ELSE 0 END AS "rests",
                  CASE WHEN "t8"."status" = 'free' THEN 1 ELSE 0 END AS "is_free",
                  GREATEST(
                    COALESCE(
                      CAST(ROUND(CASE WHEN "t8"."status" = 'active' THEN "t8"."amount" ELSE 0.0 END * 1000000.0) AS BIGINT),
                      0
                    ),
                    0
                  ) AS "micros"
                FROM (
                  SELECT
                    "t4"."account_id",
                    "t4"."subscription_id",
                    "t4"."status",
                    "t4"."plan_id",
                    "t4"."quantity",
                    "t4"."discount",
                    "t4"."end_type",
                    "t4"."reason_code",
                    "t4"."reason_text",
                    "t4"."valid_from",
                    COALESCE("t4"."valid_to", CAST('9999-01-01T00:00:00' AS TIMESTAMP)) AS "closes",
                    "t4"."mrr" AS "amount"
                  FROM (
                    SELECT
                      *
                    FROM "subscriptions" AS "t1"
                    WHERE
                      NOT (
                        "t1"."status" IN ('past_due', 'paused')
                      )
                  ) AS "t4"
                ) AS "t8"
              ) AS "t10"
              WHERE
                "t10"."closes" > "t10"."opens"
            ) AS "t11"
            UNION ALL
            SELECT
              *
            FROM (
              SELECT
                *
              FROM (
                SELECT
                  "t13"."account_id",
                  "t13"."subscription_id",
                  "t13"."plan_id",
                  "t13"."status",
                  "t13"."quantity",
                  "t13"."discount",
                  "t13"."end_type",
                  "t13"."reason_code",
                  "t13"."reason_text",
                  CASE
                    WHEN (
                      CASE
                        WHEN "t13"."status" = 'past_due'
                        THEN LEAST("t13"."closes", "t13"."since" + INTERVAL '30 DAY')
                        ELSE CASE
                          WHEN "t13"."status" = 'paused'
                          THEN LEAST("t13"."closes", "t13"."since" + INTERVAL '90 DAY')
                          ELSE "t13"."closes"
                        END
                      END < "t13"."closes"
                    )
                    AND (
                      "t13"."status" = 'past_due'
                    )
                    THEN 'involuntary'
                    WHEN (
                      CASE
                        WHEN "t13"."status" = 'past_due'
                        THEN LEAST("t13"."closes", "t13"."since" + INTERVAL '30 DAY')
                        ELSE CASE
                          WHEN "t13"."status" = 'paused'
                          THEN LEAST("t13"."closes", "t13"."since" + INTERVAL '90 DAY')
                          ELSE "t13"."closes"
                        END
                      END < "t13"."closes"
                    )
                    AND (
                      "t13"."status" = 'paused'
                    )
                    THEN 'pause_expired'
                    ELSE ''
                  END AS "lapsed",
                  CAST("t13"."valid_from" AS TIMESTAMP) AS "opens",
                  CASE
                    WHEN "t13"."status" = 'past_due'
                    THEN LEAST("t13"."closes", "t13"."since" + INTERVAL '30 DAY')
                    ELSE CASE
                      WHEN "t13"."status" = 'paused'
                      THEN LEAST("t13"."closes", "t13"."since" + INTERVAL '90 DAY')
                      ELSE "t13"."closes"
                    END
                  END AS "closes",
                  CASE
                    WHEN (
                      (
                        "t13"."status" = 'past_due'
                      ) OR FALSE
                    )
                    AND (
                      (
                        "t13"."amount" IS NULL
                      ) OR (
                        "t13"."amount" > 0
                      )
                    )
                    THEN 1
                    ELSE 0
                  END AS "pays",
                  CASE WHEN "t13"."status" = 'paused' THEN 1 ELSE 0 END AS "rests",
                  CASE WHEN "t13"."status" = 'free' THEN 1 ELSE 0 END AS "is_free",
                  GREATEST(
                    COALESCE(
                      CAST(ROUND(
                        CASE
                          WHEN (
                            "t13"."status" = 'past_due'
                          ) OR FALSE
                          THEN "t13"."amount"
                          ELSE 0.0
                        END * 1000000.0
                      ) AS BIGINT),
                      0
                    ),
                    0
                  ) AS "micros"
                FROM (
                  SELECT
                    "t12"."account_id",
                    "t12"."subscription_id",
                    "t12"."status",
                    "t12"."plan_id",
                    "t12"."quantity",
                    "t12"."discount",
                    "t12"."end_type",
                    "t12"."reason_code",
                    "t12"."reason_text",
                    "t12"."valid_from",
                    "t12"."closes",
                    "t12"."amount",
                    "t12"."since"
                  FROM (
                    SELECT
                      "t9"."account_id",
                      "t9"."subscription_id",
                      "t9"."status",
                      "t9"."plan_id",
                      "t9"."quantity",
                      "t9"."discount",
                      "t9"."end_type",
                      "t9"."reason_code",
                      "t9"."reason_text",
                      "t9"."valid_from",
                      "t9"."closes",
                      "t9"."amount",
                      "t9"."fresh",
                      MAX(
                        CASE
                          WHEN "t9"."fresh" = 1
                          THEN "t9"."valid_from"
                          ELSE CAST(NULL AS TIMESTAMP(6))
                        END
                      ) OVER (
                        PARTITION BY "t9"."subscription_id", "t9"."status"
                        ORDER BY "t9"."valid_from" ASC
                        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                      ) AS "since"
                    FROM (
                      SELECT
                        "t6"."account_id",
                        "t6"."subscription_id",
                        "t6"."status",
                        "t6"."plan_id",
                        "t6"."quantity",
                        "t6"."discount",
                        "t6"."end_type",
                        "t6"."reason_code",
                        "t6"."reason_text",
                        "t6"."valid_from",
                        "t6"."closes",
                        "t6"."amount",
                        CASE
                          WHEN COALESCE(
                            LAG("t6"."closes") OVER (
                              PARTITION BY "t6"."subscription_id", "t6"."status"
                              ORDER BY "t6"."valid_from" ASC
                              ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                            ),
                            CAST('0001-01-01T00:00:00' AS TIMESTAMP)
                          ) <> "t6"."valid_from"
                          THEN 1
                          ELSE 0
                        END AS "fresh"
                      FROM (
                        SELECT
                          "t2"."account_id",
                          "t2"."subscription_id",
                          "t2"."status",
                          "t2"."plan_id",
                          "t2"."quantity",
                          "t2"."discount",
                          "t2"."end_type",
                          "t2"."reason_code",
                          "t2"."reason_text",
                          "t2"."valid_from",
                          COALESCE("t2"."valid_to", CAST('9999-01-01T00:00:00' AS TIMESTAMP)) AS "closes",
                          "t2"."mrr" AS "amount"
                        FROM (
                          SELECT
                            *
                          FROM "subscriptions" AS "t1"
                          WHERE
                            "t1"."status" IN ('past_due', 'paused')
                        ) AS "t2"
                      ) AS "t6"
                    ) AS "t9"
                  ) AS "t12"
                ) AS "t13"
              ) AS "t14"
              WHERE
                "t14"."closes" > "t14"."opens"
            ) AS "t15"
          ) AS "t16"
          WHERE
            "t16"."opens" <= CAST('2026-11-01T00:00:00' AS TIMESTAMP)
        ) AS "t17"
        GROUP BY
          1
      ) AS "t19"
      WHERE
        EXISTS(
          SELECT
            1
          FROM (
            SELECT
              "t3"."account_id" AS "known_id"
            FROM (
              SELECT
                *
              FROM "accounts" AS "t0"
              WHERE
                NOT (
                  COALESCE("t0"."is_test", FALSE)
                )
            ) AS "t3"
          ) AS "t7"
          WHERE
            "t19"."account_id" = "t7"."known_id"
        )
    ) AS "t20"
    WHERE
      "t20"."end" = 1
  ) AS "t21"
) AS "t22";
