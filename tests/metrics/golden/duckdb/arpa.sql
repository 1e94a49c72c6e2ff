WITH "t2" AS (
  SELECT
    "t1"."account_id",
    "t1"."subscription_id",
    "t1"."status",
    "t1"."plan_id",
    "t1"."quantity",
    "t1"."discount",
    "t1"."end_type",
    "t1"."reason_code",
    "t1"."reason_text",
    "t1"."valid_from",
    COALESCE("t1"."valid_to", MAKE_TIMESTAMP(9999, 1, 1, 0, 0, 0.0)) AS "closes",
    "t1"."mrr" AS "amount"
  FROM "subscriptions" AS "t1"
)
SELECT
  "t22"."part",
  "t22"."whole",
  0 AS "side",
  '2026-10-01' AS "period"
FROM (
  SELECT
    "t21"."value" AS "part",
    "t21"."n" AS "whole"
  FROM (
    SELECT
      CAST(COALESCE(SUM("t20"."micros"), 0) AS DOUBLE) / 1000000 AS "value",
      COUNT(DISTINCT "t20"."account_id") AS "n"
    FROM (
      SELECT
        "t19"."account_id",
        "t19"."subscription_id",
        "t19"."plan_id",
        "t19"."status",
        "t19"."quantity",
        "t19"."discount",
        "t19"."end_type",
        "t19"."reason_code",
        "t19"."reason_text",
        "t19"."lapsed",
        "t19"."opens",
        "t19"."closes",
        "t19"."pays",
        "t19"."rests",
        "t19"."is_free",
        "t19"."micros",
        "t19"."since"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t16"."account_id",
            "t16"."subscription_id",
            "t16"."plan_id",
            "t16"."status",
            "t16"."quantity",
            "t16"."discount",
            "t16"."end_type",
            "t16"."reason_code",
            "t16"."reason_text",
            "t16"."lapsed",
            "t16"."opens",
            "t16"."closes",
            "t16"."pays",
            "t16"."rests",
            "t16"."is_free",
            "t16"."micros",
            MIN("t16"."opens") FILTER(WHERE
              "t16"."pays" = 1) OVER (
              PARTITION BY "t16"."account_id"
              ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
            ) AS "since"
          FROM (
            SELECT
              *
            FROM (
              SELECT
                "t14"."account_id",
                "t14"."subscription_id",
                "t14"."plan_id",
                "t14"."status",
                "t14"."quantity",
                "t14"."discount",
                "t14"."end_type",
                "t14"."reason_code",
                "t14"."reason_text",
                CASE
                  WHEN (
                    CASE
                      WHEN "t14"."status" = 'past_due'
                      THEN LEAST("t14"."closes", "t14"."since" + INTERVAL '30' DAY)
                      ELSE CASE
                        WHEN "t14"."status" = 'paused'
                        THEN LEAST("t14"."closes", "t14"."since" + INTERVAL '90' DAY)
                        ELSE "t14"."closes"
                      END
                    END < "t14"."closes"
                  )
                  AND (
                    "t14"."status" = 'past_due'
                  )
                  THEN 'involuntary'
                  WHEN (
                    CASE
                      WHEN "t14"."status" = 'past_due'
                      THEN LEAST("t14"."closes", "t14"."since" + INTERVAL '30' DAY)
                      ELSE CASE
                        WHEN "t14"."status" = 'paused'
                        THEN LEAST("t14"."closes", "t14"."since" + INTERVAL '90' DAY)
                        ELSE "t14"."closes"
                      END
                    END < "t14"."closes"
                  )
                  AND (
                    "t14"."status" = 'paused'
                  )
                  THEN 'pause_expired'
                  ELSE ''
                END AS "lapsed",
                CAST("t14"."valid_from" AS TIMESTAMP) AS "opens",
                CASE
                  WHEN "t14"."status" = 'past_due'
                  THEN LEAST("t14"."closes", "t14"."since" + INTERVAL '30' DAY)
                  ELSE CASE
                    WHEN "t14"."status" = 'paused'
                    THEN LEAST("t14"."closes", "t14"."since" + INTERVAL '90' DAY)
                    ELSE "t14"."closes"
                  END
                END AS "closes",
                CASE
                  WHEN (
                    (
                      "t14"."status" = 'active'
                    ) OR (
                      "t14"."status" = 'past_due'
                    ) OR FALSE
                  )
                  AND (
                    (
                      "t14"."amount" IS NULL
                    ) OR (
                      "t14"."amount" > 0
                    )
                  )
                  THEN 1
                  ELSE 0
                END AS "pays",
                CASE WHEN (
                  "t14"."status" = 'paused'
                ) OR FALSE THEN 1 ELSE 0 END AS "rests",
                CASE WHEN "t14"."status" = 'free' THEN 1 ELSE 0 END AS "is_free",
                GREATEST(
                  COALESCE(
                    CAST(ROUND(
                      CASE
                        WHEN (
                          "t14"."status" = 'active'
                        ) OR (
                          "t14"."status" = 'past_due'
                        ) OR FALSE
                        THEN "t14"."amount"
                        ELSE 0.0
                      END * 1000000.0,
                      0
                    ) AS BIGINT),
                    0
                  ),
                  0
                ) AS "micros"
              FROM (
                SELECT
                  *
                FROM (
                  SELECT
                    "t8"."account_id",
                    "t8"."subscription_id",
                    "t8"."status",
                    "t8"."plan_id",
                    "t8"."quantity",
                    "t8"."discount",
                    "t8"."end_type",
                    "t8"."reason_code",
                    "t8"."reason_text",
                    "t8"."valid_from",
                    "t8"."closes",
                    "t8"."amount",
                    "t8"."valid_from" AS "since"
                  FROM (
                    SELECT
                      *
                    FROM "t2" AS "t4"
                    WHERE
                      NOT (
                        "t4"."status" IN ('past_due', 'paused')
                      )
                  ) AS "t8"
                ) AS "t9"
                UNION ALL
                SELECT
                  *
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
                      "t11"."account_id",
                      "t11"."subscription_id",
                      "t11"."status",
                      "t11"."plan_id",
                      "t11"."quantity",
                      "t11"."discount",
                      "t11"."end_type",
                      "t11"."reason_code",
                      "t11"."reason_text",
                      "t11"."valid_from",
                      "t11"."closes",
                      "t11"."amount",
                      "t11"."fresh",
                      "t11"."run",
                      MIN("t11"."valid_from") OVER (
                        PARTITION BY "t11"."subscription_id", "t11"."status", "t11"."run"
                        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                      ) AS "since"
                    FROM (
                      SELECT
                        "t10"."account_id",
                        "t10"."subscription_id",
                        "t10"."status",
                        "t10"."plan_id",
                        "t10"."quantity",
                        "t10"."discount",
                        "t10"."end_type",
                        "t10"."reason_code",
                        "t10"."reason_text",
                        "t10"."valid_from",
                        "t10"."closes",
                        "t10"."amount",
                        "t10"."fresh",
                        SUM("t10"."fresh") OVER (
                          PARTITION BY "t10"."subscription_id", "t10"."status"
                          ORDER BY "t10"."valid_from" ASC
                          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                        ) AS "run"
                      FROM (
                        SELECT
                          "t7"."account_id",
                          "t7"."subscription_id",
                          "t7"."status",
                          "t7"."plan_id",
                          "t7"."quantity",
                          "t7"."discount",
                          "t7"."end_type",
                          "t7"."reason_code",
                          "t7"."reason_text",
                          "t7"."valid_from",
                          "t7"."closes",
                          "t7"."amount",
                          CASE
                            WHEN COALESCE(
                              LAG("t7"."closes") OVER (
                                PARTITION BY "t7"."subscription_id", "t7"."status"
                                ORDER BY "t7"."valid_from" ASC
                                ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                              ),
                              MAKE_TIMESTAMP(1, 1, 1, 0, 0, 0.0)
                            ) <> "t7"."valid_from"
                            THEN 1
                            ELSE 0
                          END AS "fresh"
                        FROM (
                          SELECT
                            *
                          FROM "t2" AS "t4"
                          WHERE
                            "t4"."status" IN ('past_due', 'paused')
                        ) AS "t7"
                      ) AS "t10"
                    ) AS "t11"
                  ) AS "t12"
                ) AS "t13"
              ) AS "t14"
            ) AS "t15"
            WHERE
              "t15"."closes" > "t15"."opens"
          ) AS "t16"
        ) AS "t17"
        WHERE
          "t17"."opens" <= MAKE_TIMESTAMP(2026, 11, 1, 0, 0, 0.0)
          AND "t17"."closes" > MAKE_TIMESTAMP(2026, 11, 1, 0, 0, 0.0)
          AND "t17"."pays" = 1
      ) AS "t19"
      SEMI JOIN (
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
      ) AS "t6"
        ON "t19"."account_id" = "t6"."known_id"
    ) AS "t20"
  ) AS "t21"
) AS "t22";
