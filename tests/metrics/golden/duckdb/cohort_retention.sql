WITH "t2" AS (
  SELECT
    COUNT(*) AS "rows"
  FROM "subscriptions" AS "t1"
), "t27" AS (
  SELECT
    "t26"."account_id",
    "t26"."plan_id",
    "t26"."closes",
    "t26"."opens" AS "start",
    "t26"."micros" AS "amount"
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
            "t14"."account_id",
            "t14"."subscription_id",
            "t14"."plan_id",
            "t14"."status",
            "t14"."quantity",
            "t14"."discount",
            "t14"."end_type",
            "t14"."reason_code",
            "t14"."reason_text",
            '' AS "lapsed",
            CAST("t14"."valid_from" AS TIMESTAMP) AS "opens",
            "t14"."closes",
            CASE
              WHEN (
                "t14"."status" = 'active'
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
            CASE WHEN FALSE THEN 1 ELSE 0 END AS "rests",
            CASE WHEN "t14"."status" = 'free' THEN 1 ELSE 0 END AS "is_free",
            GREATEST(
              COALESCE(
                CAST(ROUND(
                  CASE WHEN "t14"."status" = 'active' THEN "t14"."amount" ELSE 0.0 END * 1000000.0,
                  0
                ) AS BIGINT),
                0
              ),
              0
            ) AS "micros"
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
              COALESCE("t8"."valid_to", MAKE_TIMESTAMP(9999, 1, 1, 0, 0, 0.0)) AS "closes",
              "t8"."mrr" AS "amount"
            FROM (
              SELECT
                *
              FROM "subscriptions" AS "t1"
              WHERE
                NOT (
                  "t1"."status" IN ('past_due', 'paused')
                )
            ) AS "t8"
          ) AS "t14"
        ) AS "t19"
        WHERE
          "t19"."closes" > "t19"."opens"
      ) AS "t20"
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t22"."account_id",
            "t22"."subscription_id",
            "t22"."plan_id",
            "t22"."status",
            "t22"."quantity",
            "t22"."discount",
            "t22"."end_type",
            "t22"."reason_code",
            "t22"."reason_text",
            CASE
              WHEN (
                CASE
                  WHEN "t22"."status" = 'past_due'
                  THEN LEAST("t22"."closes", "t22"."since" + INTERVAL '30' DAY)
                  ELSE CASE
                    WHEN "t22"."status" = 'paused'
                    THEN LEAST("t22"."closes", "t22"."since" + INTERVAL '90' DAY)
                    ELSE "t22"."closes"
                  END
                END < "t22"."closes"
              )
              AND (
                "t22"."status" = 'past_due'
              )
              THEN 'involuntary'
              WHEN (
                CASE
                  WHEN "t22"."status" = 'past_due'
                  THEN LEAST("t22"."closes", "t22"."since" + INTERVAL '30' DAY)
                  ELSE CASE
                    WHEN "t22"."status" = 'paused'
                    THEN LEAST("t22"."closes", "t22"."since" + INTERVAL '90' DAY)
                    ELSE "t22"."closes"
                  END
                END < "t22"."closes"
              )
              AND (
                "t22"."status" = 'paused'
              )
              THEN 'pause_expired'
              ELSE ''
            END AS "lapsed",
            CAST("t22"."valid_from" AS TIMESTAMP) AS "opens",
            CASE
              WHEN "t22"."status" = 'past_due'
              THEN LEAST("t22"."closes", "t22"."since" + INTERVAL '30' DAY)
              ELSE CASE
                WHEN "t22"."status" = 'paused'
                THEN LEAST("t22"."closes", "t22"."since" + INTERVAL '90' DAY)
                ELSE "t22"."closes"
              END
            END AS "closes",
            CASE
              WHEN (
                (
                  "t22"."status" = 'past_due'
                ) OR FALSE
              )
              AND (
                (
                  "t22"."amount" IS NULL
                ) OR (
                  "t22"."amount" > 0
                )
              )
              THEN 1
              ELSE 0
            END AS "pays",
            CASE WHEN "t22"."status" = 'paused' THEN 1 ELSE 0 END AS "rests",
            CASE WHEN "t22"."status" = 'free' THEN 1 ELSE 0 END AS "is_free",
            GREATEST(
              COALESCE(
                CAST(ROUND(
                  CASE
                    WHEN (
                      "t22"."status" = 'past_due'
                    ) OR FALSE
                    THEN "t22"."amount"
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
              "t21"."account_id",
              "t21"."subscription_id",
              "t21"."status",
              "t21"."plan_id",
              "t21"."quantity",
              "t21"."discount",
              "t21"."end_type",
              "t21"."reason_code",
              "t21"."reason_text",
              "t21"."valid_from",
              "t21"."closes",
              "t21"."amount",
              "t21"."since"
            FROM (
              SELECT
                "t18"."account_id",
                "t18"."subscription_id",
                "t18"."status",
                "t18"."plan_id",
                "t18"."quantity",
                "t18"."discount",
                "t18"."end_type",
                "t18"."reason_code",
                "t18"."reason_text",
                "t18"."valid_from",
                "t18"."closes",
                "t18"."amount",
                "t18"."fresh",
                MAX(
                  CASE
                    WHEN "t18"."fresh" = 1
                    THEN "t18"."valid_from"
                    ELSE CAST(NULL AS TIMESTAMP(6))
                  END
                ) OVER (
                  PARTITION BY "t18"."subscription_id", "t18"."status"
                  ORDER BY "t18"."valid_from" ASC
                  ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
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
                  CASE
                    WHEN COALESCE(
                      LAG("t10"."closes") OVER (
                        PARTITION BY "t10"."subscription_id", "t10"."status"
                        ORDER BY "t10"."valid_from" ASC
                        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                      ),
                      MAKE_TIMESTAMP(1, 1, 1, 0, 0, 0.0)
                    ) <> "t10"."valid_from"
                    THEN 1
                    ELSE 0
                  END AS "fresh"
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
                    COALESCE("t4"."valid_to", MAKE_TIMESTAMP(9999, 1, 1, 0, 0, 0.0)) AS "closes",
                    "t4"."mrr" AS "amount"
                  FROM (
                    SELECT
                      *
                    FROM "subscriptions" AS "t1"
                    WHERE
                      "t1"."status" IN ('past_due', 'paused')
                  ) AS "t4"
                ) AS "t10"
              ) AS "t18"
            ) AS "t21"
          ) AS "t22"
        ) AS "t23"
        WHERE
          "t23"."closes" > "t23"."opens"
      ) AS "t24"
    ) AS "t25"
    WHERE
      "t25"."pays" = 1
  ) AS "t26"
), "t36" AS (
  SELECT
    "t35"."who",
    "t35"."start",
    "t35"."cohort"
  FROM (
    SELECT
      "t33"."account_id",
      "t33"."start",
      "t33"."plan_id",
      "t33"."who",
      "t33"."cohort",
      "t33"."start" AS "since"
    FROM (
      SELECT
        "t32"."account_id",
        "t32"."start",
        "t32"."plan_id",
        "t32"."who",
        CAST(DATE_TRUNC('MONTH', "t32"."start") AS DATE) AS "cohort"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t30"."account_id",
            "t30"."start",
            "t30"."plan_id",
            "t30"."account_id" AS "who"
          FROM (
            SELECT
              "t28"."account_id",
              MIN("t28"."start") AS "start",
              SUBSTRING(
                MIN(STRFTIME("t28"."start", '%Y%m%d%H%M%S%f') || "t28"."plan_id"),
                CASE
                  WHEN (
                    20 + 1
                  ) >= 1
                  THEN 20 + 1
                  ELSE 20 + 1 + LENGTH(MIN(STRFTIME("t28"."start", '%Y%m%d%H%M%S%f') || "t28"."plan_id"))
                END
              ) AS "plan_id"
            FROM "t27" AS "t28"
            GROUP BY
              1
          ) AS "t30"
        ) AS "t31"
        WHERE
          "t31"."start" >= MAKE_TIMESTAMP(2026, 10, 1, 0, 0, 0.0)
          AND "t31"."start" < MAKE_TIMESTAMP(2026, 11, 1, 0, 0, 0.0)
      ) AS "t32"
    ) AS "t33"
  ) AS "t35"
  SEMI JOIN (
    SELECT
      "t5"."account_id" AS "known_id"
    FROM (
      SELECT
        *
      FROM "accounts" AS "t0"
      WHERE
        NOT (
          COALESCE("t0"."is_test", FALSE)
        )
    ) AS "t5"
  ) AS "t11"
    ON "t35"."account_id" = "t11"."known_id"
)
SELECT
  "t54"."cohort",
  "t54"."age",
  "t54"."part",
  "t54"."whole",
  0 AS "side",
  '2026-10-01' AS "period"
FROM (
  SELECT
    "t53"."cohort",
    "t53"."age",
    "t53"."there" AS "part",
    "t53"."size" AS "whole"
  FROM (
    SELECT
      "t52"."cohort",
      "t52"."size",
      "t52"."step",
      "t52"."age",
      "t52"."cohort_right",
      "t52"."on",
      COALESCE("t52"."there", 0) AS "there",
      COALESCE("t52"."amount", 0) AS "amount"
    FROM (
      SELECT
        "t48"."cohort",
        "t48"."size",
        "t48"."step",
        "t48"."age",
        "t51"."cohort" AS "cohort_right",
        "t51"."on",
        "t51"."there",
        "t51"."amount"
      FROM (
        SELECT
          "t44"."cohort",
          "t44"."size",
          "t44"."step",
          ROW_NUMBER() OVER (
            PARTITION BY "t44"."cohort"
            ORDER BY "t44"."step" ASC
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
          ) - 1 AS "age"
        FROM (
          SELECT
            *
          FROM (
            SELECT
              "t40"."cohort",
              "t40"."size",
              "t17"."step"
            FROM (
              SELECT
                "t37"."cohort",
                COUNT(*) AS "size"
              FROM "t36" AS "t37"
              GROUP BY
                1
            ) AS "t40"
            CROSS JOIN (
              SELECT
                CAST("t12"."followed" AS DATE) AS "step"
              FROM (
                SELECT
                  UNNEST("t6"."followed") AS "followed"
                FROM (
                  SELECT
                    CAST([MAKE_TIMESTAMP(2026, 10, 1, 0, 0, 0.0)] AS TIMESTAMP[]) AS "followed"
                  FROM "t2" AS "t3"
                ) AS "t6"
              ) AS "t12"
            ) AS "t17"
          ) AS "t42"
          WHERE
            "t42"."step" >= "t42"."cohort" AND "t42"."step" <= MAKE_DATE(2026, 10, 1)
        ) AS "t44"
      ) AS "t48"
      LEFT OUTER JOIN (
        SELECT
          "t49"."cohort",
          "t49"."on",
          SUM(CASE WHEN "t49"."times" >= 1 THEN 1 ELSE 0 END) AS "there",
          SUM(CASE WHEN "t49"."times" >= 1 THEN 1 ELSE 0 END * "t49"."amount") AS "amount"
        FROM (
          SELECT
            "t35"."who",
            "t35"."start",
            "t35"."cohort",
            "t46"."person",
            "t46"."on",
            "t46"."times",
            "t46"."amount"
          FROM (
            SELECT
              "t33"."account_id",
              "t33"."start",
              "t33"."plan_id",
              "t33"."who",
              "t33"."cohort",
              "t33"."start" AS "since"
            FROM (
              SELECT
                "t32"."account_id",
                "t32"."start",
                "t32"."plan_id",
                "t32"."who",
                CAST(DATE_TRUNC('MONTH', "t32"."start") AS DATE) AS "cohort"
              FROM (
                SELECT
                  *
                FROM (
                  SELECT
                    "t30"."account_id",
                    "t30"."start",
                    "t30"."plan_id",
                    "t30"."account_id" AS "who"
                  FROM (
                    SELECT
                      "t28"."account_id",
                      MIN("t28"."start") AS "start",
                      SUBSTRING(
                        MIN(STRFTIME("t28"."start", '%Y%m%d%H%M%S%f') || "t28"."plan_id"),
                        CASE
                          WHEN (
                            20 + 1
                          ) >= 1
                          THEN 20 + 1
                          ELSE 20 + 1 + LENGTH(MIN(STRFTIME("t28"."start", '%Y%m%d%H%M%S%f') || "t28"."plan_id"))
                        END
                      ) AS "plan_id"
                    FROM "t27" AS "t28"
                    GROUP BY
                      1
                  ) AS "t30"
                ) AS "t31"
                WHERE
                  "t31"."start" >= MAKE_TIMESTAMP(2026, 10, 1, 0, 0, 0.0)
                  AND "t31"."start" < MAKE_TIMESTAMP(2026, 11, 1, 0, 0, 0.0)
              ) AS "t32"
            ) AS "t33"
          ) AS "t35"
          SEMI JOIN (
            SELECT
              "t5"."account_id" AS "known_id"
            FROM (
              SELECT
                *
              FROM "accounts" AS "t0"
              WHERE
                NOT (
                  COALESCE("t0"."is_test", FALSE)
                )
            ) AS "t5"
          ) AS "t11"
            ON "t35"."account_id" = "t11"."known_id"
          INNER JOIN (
            SELECT
              "t43"."person",
              CAST(DATE_TRUNC('MONTH', "t43"."moment") AS DATE) AS "on",
              1 AS "times",
              SUM("t43"."amount") AS "amount"
            FROM (
              SELECT
                "t29"."account_id" AS "person",
                "t15"."ended" - INTERVAL '1' SECOND AS "moment",
                "t29"."amount"
              FROM "t27" AS "t29"
              SEMI JOIN (
                SELECT
                  "t37"."who" AS "member"
                FROM "t36" AS "t37"
              ) AS "t41"
                ON "t29"."account_id" = "t41"."member"
              INNER JOIN (
                SELECT
                  UNNEST("t7"."ended") AS "ended"
                FROM (
                  SELECT
                    CAST([MAKE_TIMESTAMP(2026, 11, 1, 0, 0, 0.0)] AS TIMESTAMP[]) AS "ended"
                  FROM "t2" AS "t3"
                ) AS "t7"
              ) AS "t15"
                ON "t29"."start" <= "t15"."ended" AND "t29"."closes" > "t15"."ended"
            ) AS "t43"
            GROUP BY
              1,
              2
          ) AS "t46"
            ON "t35"."who" = "t46"."person" AND "t35"."cohort" <= "t46"."on"
        ) AS "t49"
        GROUP BY
          1,
          2
      ) AS "t51"
        ON "t48"."cohort" = "t51"."cohort" AND "t48"."step" = "t51"."on"
    ) AS "t52"
  ) AS "t53"
) AS "t54";
