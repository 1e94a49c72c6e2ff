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
    COALESCE("t1"."valid_to", CAST('9999-01-01T00:00:00' AS TIMESTAMP)) AS "closes",
    "t1"."mrr" AS "amount"
  FROM "subscriptions" AS "t1"
), "t20" AS (
  SELECT
    "t19"."account_id",
    "t19"."start",
    "t19"."start_micros",
    "t19"."end_micros"
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
              "t17"."opens" <= CAST('2026-10-01T00:00:00' AS TIMESTAMP)
            )
            AND (
              "t17"."closes" > CAST('2026-10-01T00:00:00' AS TIMESTAMP)
            )
          )
          THEN 1
          ELSE 0
        END
      ) AS "start",
      COALESCE(
        SUM("t17"."micros") FILTER(WHERE
          (
            "t17"."pays" = 1
          )
          AND (
            (
              "t17"."opens" <= CAST('2026-10-01T00:00:00' AS TIMESTAMP)
            )
            AND (
              "t17"."closes" > CAST('2026-10-01T00:00:00' AS TIMESTAMP)
            )
          )),
        0
      ) AS "start_micros",
      COALESCE(
        SUM("t17"."micros") FILTER(WHERE
          (
            "t17"."pays" = 1
          )
          AND (
            (
              "t17"."opens" <= CAST('2026-11-01T00:00:00' AS TIMESTAMP)
            )
            AND (
              "t17"."closes" > CAST('2026-11-01T00:00:00' AS TIMESTAMP)
            )
          )),
        0
      ) AS "end_micros"
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
                    "t13"."status" = 'active'
                  ) OR (
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
              CASE WHEN (
                "t13"."status" = 'paused'
              ) OR FALSE THEN 1 ELSE 0 END AS "rests",
              CASE WHEN "t13"."status" = 'free' THEN 1 ELSE 0 END AS "is_free",
              GREATEST(
                COALESCE(
                  CAST(ROUND(
                    CASE
                      WHEN (
                        "t13"."status" = 'active'
                      ) OR (
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
                  "t11"."since"
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
                    MAX(
                      CASE
                        WHEN "t10"."fresh" = 1
                        THEN "t10"."valid_from"
                        ELSE CAST(NULL AS TIMESTAMP(6))
                      END
                    ) OVER (
                      PARTITION BY "t10"."subscription_id", "t10"."status"
                      ORDER BY "t10"."valid_from" ASC
                      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                    ) AS "since"
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
                          CAST('0001-01-01T00:00:00' AS TIMESTAMP)
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
          WHERE
            "t14"."closes" > "t14"."opens"
        ) AS "t15"
        WHERE
          "t15"."opens" <= CAST('2026-11-01T00:00:00' AS TIMESTAMP)
      ) AS "t16"
      WHERE
        "t16"."closes" > CAST('2026-10-01T00:00:00' AS TIMESTAMP)
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
      ) AS "t6"
      WHERE
        "t19"."account_id" = "t6"."known_id"
    )
)
SELECT
  "t26"."n",
  "t26"."part",
  "t26"."whole",
  "t26"."top5_share",
  0 AS "side",
  '2026-10-01' AS "period"
FROM (
  SELECT
    "t25"."n",
    CAST("t25"."part" AS DOUBLE PRECISION) / 1000000 AS "part",
    CAST("t25"."whole" AS DOUBLE PRECISION) / 1000000 AS "whole",
    CAST((
      SELECT
        SUM(ibis_pg_arr_sum)
      FROM UNNEST((
        "t25"."largest"
      )[LEAST(
        CARDINALITY("t25"."largest"),
        CASE WHEN 0 < 0 THEN CARDINALITY("t25"."largest") + 0 ELSE 0 END
      ) + 1:CASE WHEN 5 < 0 THEN CARDINALITY("t25"."largest") + 5 ELSE 5 END]) AS _t0(ibis_pg_arr_sum)
    ) AS DOUBLE PRECISION) / NULLIF(CAST("t25"."whole" AS DOUBLE PRECISION), 0.0) AS "top5_share"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        SUM(LEAST("t21"."start_micros", "t21"."end_micros")) AS "part",
        SUM("t21"."start_micros") AS "whole",
        SUM("t21"."start") AS "n",
        ARRAY_AGG("t21"."start_micros" ORDER BY "t21"."start_micros" DESC NULLS LAST) FILTER(WHERE
          "t21"."start_micros" IS NOT NULL) AS "largest"
      FROM "t20" AS "t21"
    ) AS "t23"
    WHERE
      (
        (
          SELECT
            SUM("t21"."start_micros") AS "Sum(start_micros)"
          FROM "t20" AS "t21"
        ) > 0
      )
      OR (
        (
          SELECT
            SUM(LEAST("t21"."start_micros", "t21"."end_micros")) AS "Sum(Least((start_micros, end_micros)))"
          FROM "t20" AS "t21"
        ) > 0
      )
  ) AS "t25"
) AS "t26";
