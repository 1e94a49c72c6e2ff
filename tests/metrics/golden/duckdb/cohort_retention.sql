WITH "t2" AS (
  SELECT
    COUNT(*) AS "rows"
  FROM "subscriptions" AS "t0"
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
            "t13"."account_id",
            "t13"."subscription_id",
            "t13"."plan_id",
            "t13"."status",
            "t13"."quantity",
            "t13"."discount",
            "t13"."end_type",
            "t13"."reason_code",
            "t13"."reason_text",
            '' AS "lapsed",
            CAST("t13"."valid_from" AS TIMESTAMP) AS "opens",
            "t13"."closes",
            CASE
              WHEN (
                "t13"."status" = 'active'
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
            CASE WHEN FALSE THEN 1 ELSE 0 END AS "rests",
            CASE WHEN "t13"."status" = 'free' THEN 1 ELSE 0 END AS "is_free",
            GREATEST(
              COALESCE(
                CAST(ROUND(
                  CASE WHEN "t13"."status" = 'active' THEN "t13"."amount" ELSE 0.0 END * 1000000.0,
                  0
                ) AS BIGINT),
                0
              ),
              0
            ) AS "micros"
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
              COALESCE("t7"."valid_to", MAKE_TIMESTAMP(9999, 1, 1, 0, 0, 0.0)) AS "closes",
              "t7"."mrr" AS "amount"
            FROM (
              SELECT
                *
              FROM "subscriptions" AS "t0"
              WHERE
                NOT (
                  "t0"."status" IN ('past_due', 'paused')
                )
            ) AS "t7"
          ) AS "t13"
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
                  CASE
                    WHEN COALESCE(
                      LAG("t9"."closes") OVER (
                        PARTITION BY "t9"."subscription_id", "t9"."status"
                        ORDER BY "t9"."valid_from" ASC
                        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                      ),
                      MAKE_TIMESTAMP(1, 1, 1, 0, 0, 0.0)
                    ) <> "t9"."valid_from"
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
                    FROM "subscriptions" AS "t0"
                    WHERE
                      "t0"."status" IN ('past_due', 'paused')
                  ) AS "t4"
                ) AS "t9"
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
), "t38" AS (
  SELECT
    "t37"."who",
    "t37"."start",
    "t37"."cohort"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t35"."account_id",
        "t35"."start",
        "t35"."plan_id",
        "t35"."who",
        "t35"."cohort",
        "t35"."since"
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
          "t8"."account_id" AS "known_id"
        FROM (
          SELECT
            *
          FROM "accounts" AS "t1"
          WHERE
            NOT (
              COALESCE("t1"."is_test", FALSE)
            )
        ) AS "t8"
      ) AS "t14"
        ON "t35"."account_id" = "t14"."known_id"
    ) AS "t36"
  ) AS "t37"
)
SELECT
  "t57"."cohort",
  "t57"."age",
  "t57"."part",
  "t57"."whole",
  0 AS "side",
  '2026-10-01' AS "period"
FROM (
  SELECT
    "t56"."cohort",
    "t56"."age",
    "t56"."there" AS "part",
    "t56"."size" AS "whole"
  FROM (
    SELECT
      "t55"."cohort",
      "t55"."size",
      "t55"."step",
      "t55"."age",
      "t55"."cohort_right",
      "t55"."on",
      COALESCE("t55"."there", 0) AS "there",
      COALESCE("t55"."amount", 0) AS "amount"
    FROM (
      SELECT
        "t51"."cohort",
        "t51"."size",
        "t51"."step",
        "t51"."age",
        "t54"."cohort" AS "cohort_right",
        "t54"."on",
        "t54"."there",
        "t54"."amount"
      FROM (
        SELECT
          "t47"."cohort",
          "t47"."size",
          "t47"."step",
          ROW_NUMBER() OVER (
            PARTITION BY "t47"."cohort"
            ORDER BY "t47"."step" ASC
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
          ) - 1 AS "age"
        FROM (
          SELECT
            *
          FROM (
            SELECT
              "t43"."cohort",
              "t43"."size",
              "t17"."step"
            FROM (
              SELECT
                "t39"."cohort",
                COUNT(*) AS "size"
              FROM "t38" AS "t39"
              GROUP BY
                1
            ) AS "t43"
            CROSS JOIN (
              SELECT
                CAST("t11"."followed" AS DATE) AS "step"
              FROM (
                SELECT
                  UNNEST("t5"."followed") AS "followed"
                FROM (
                  SELECT
                    CAST([MAKE_TIMESTAMP(2026, 10, 1, 0, 0, 0.0)] AS TIMESTAMP[]) AS "followed"
                  FROM "t2" AS "t3"
                ) AS "t5"
              ) AS "t11"
            ) AS "t17"
          ) AS "t45"
          WHERE
            "t45"."step" >= "t45"."cohort" AND "t45"."step" <= MAKE_DATE(2026, 10, 1)
        ) AS "t47"
      ) AS "t51"
      LEFT OUTER JOIN (
        SELECT
          "t52"."cohort",
          "t52"."on",
          SUM(CASE WHEN "t52"."times" >= 1 THEN 1 ELSE 0 END) AS "there",
          SUM(CASE WHEN "t52"."times" >= 1 THEN 1 ELSE 0 END * "t52"."amount") AS "amount"
        FROM (
          SELECT
            "t40"."who",
            "t40"."start",
            "t40"."cohort",
            "t49"."person",
            "t49"."on",
            "t49"."times",
            "t49"."amount"
          FROM "t38" AS "t40"
          INNER JOIN (
            SELECT
              "t46"."person",
              CAST(DATE_TRUNC('MONTH', "t46"."moment") AS DATE) AS "on",
              1 AS "times",
              SUM("t46"."amount") AS "amount"
            FROM (
              SELECT
                "t29"."account_id" AS "person",
                "t15"."ended" - INTERVAL '1' SECOND AS "moment",
                "t29"."amount"
              FROM "t27" AS "t29"
              SEMI JOIN (
                SELECT
                  "t39"."who" AS "member"
                FROM "t38" AS "t39"
              ) AS "t44"
                ON "t29"."account_id" = "t44"."member"
              INNER JOIN (
                SELECT
                  UNNEST("t6"."ended") AS "ended"
                FROM (
                  SELECT
                    CAST([MAKE_TIMESTAMP(2026, 11, 1, 0, 0, 0.0)] AS TIMESTAMP[]) AS "ended"
                  FROM "t2" AS "t3"
                ) AS "t6"
              ) AS "t15"
                ON "t29"."start" <= "t15"."ended" AND "t29"."closes" > "t15"."ended"
            ) AS "t46"
            GROUP BY
              1,
              2
          ) AS "t49"
            ON "t40"."who" = "t49"."person" AND "t40"."cohort" <= "t49"."on"
        ) AS "t52"
        GROUP BY
          1,
          2
      ) AS "t54"
        ON "t51"."cohort" = "t54"."cohort" AND "t51"."step" = "t54"."on"
    ) AS "t55"
  ) AS "t56"
) AS "t57";
