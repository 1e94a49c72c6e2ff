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
), "t20" AS (
  SELECT
    CASE
      WHEN (
        "t19"."start_micros" = 0
      )
      AND (
        "t19"."end_micros" > 0
      )
      AND (
        (
          "t19"."since" > MAKE_TIMESTAMP(2026, 10, 1, 0, 0, 0.0)
        ) OR FALSE
      )
      THEN 'new'
      WHEN (
        "t19"."start_micros" = 0
      ) AND (
        "t19"."end_micros" > 0
      )
      THEN 'reactivation'
      WHEN (
        "t19"."start_micros" > 0
      )
      AND (
        "t19"."end_micros" = 0
      )
      AND NOT (
        (
          "t19"."kept_end" = 1
        ) AND (
          "t19"."end" = 0
        )
      )
      THEN 'churn'
      WHEN "t19"."end_micros" > "t19"."start_micros"
      THEN 'expansion'
      ELSE 'contraction'
    END AS "kind",
    CASE
      WHEN (
        "t19"."start_micros" = 0
      )
      AND (
        "t19"."end_micros" > 0
      )
      AND (
        (
          "t19"."kept_start" = 1
        ) AND (
          "t19"."start" = 0
        )
      )
      THEN 'resume'
      WHEN (
        "t19"."start_micros" > 0
      )
      AND (
        "t19"."end_micros" = 0
      )
      AND (
        (
          "t19"."kept_end" = 1
        ) AND (
          "t19"."end" = 0
        )
      )
      THEN 'pause'
      ELSE ''
    END AS "inside",
    "t19"."end_micros" - "t19"."start_micros" AS "change",
    "t19"."start_micros" AS "first",
    "t19"."end_micros" AS "last"
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
              "t17"."opens" <= MAKE_TIMESTAMP(2026, 10, 1, 0, 0, 0.0)
            )
            AND (
              "t17"."closes" > MAKE_TIMESTAMP(2026, 10, 1, 0, 0, 0.0)
            )
          )
          THEN 1
          ELSE 0
        END
      ) AS "start",
      MAX(
        CASE
          WHEN (
            "t17"."pays" = 1
          )
          AND (
            (
              "t17"."opens" <= MAKE_TIMESTAMP(2026, 11, 1, 0, 0, 0.0)
            )
            AND (
              "t17"."closes" > MAKE_TIMESTAMP(2026, 11, 1, 0, 0, 0.0)
            )
          )
          THEN 1
          ELSE 0
        END
      ) AS "end",
      COALESCE(
        SUM("t17"."micros") FILTER(WHERE
          (
            "t17"."pays" = 1
          )
          AND (
            (
              "t17"."opens" <= MAKE_TIMESTAMP(2026, 10, 1, 0, 0, 0.0)
            )
            AND (
              "t17"."closes" > MAKE_TIMESTAMP(2026, 10, 1, 0, 0, 0.0)
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
              "t17"."opens" <= MAKE_TIMESTAMP(2026, 11, 1, 0, 0, 0.0)
            )
            AND (
              "t17"."closes" > MAKE_TIMESTAMP(2026, 11, 1, 0, 0, 0.0)
            )
          )),
        0
      ) AS "end_micros",
      MAX(
        CASE
          WHEN (
            (
              "t17"."pays" + "t17"."rests"
            ) > 0
          )
          AND (
            (
              "t17"."opens" <= MAKE_TIMESTAMP(2026, 10, 1, 0, 0, 0.0)
            )
            AND (
              "t17"."closes" > MAKE_TIMESTAMP(2026, 10, 1, 0, 0, 0.0)
            )
          )
          THEN 1
          ELSE 0
        END
      ) AS "kept_start",
      MAX(
        CASE
          WHEN (
            (
              "t17"."pays" + "t17"."rests"
            ) > 0
          )
          AND (
            (
              "t17"."opens" <= MAKE_TIMESTAMP(2026, 11, 1, 0, 0, 0.0)
            )
            AND (
              "t17"."closes" > MAKE_TIMESTAMP(2026, 11, 1, 0, 0, 0.0)
            )
          )
          THEN 1
          ELSE 0
        END
      ) AS "kept_end",
      MIN("t17"."opens") FILTER(WHERE
        "t17"."pays" = 1) AS "since",
      MAX("t17"."closes") FILTER(WHERE
        (
          "t17"."pays" = 1
        )
        AND (
          "t17"."closes" <= MAKE_TIMESTAMP(2026, 10, 1, 0, 0, 0.0)
        )) AS "left_before"
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
      WHERE
        "t16"."opens" <= MAKE_TIMESTAMP(2026, 11, 1, 0, 0, 0.0)
    ) AS "t17"
    GROUP BY
      1
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
)
SELECT
  "t39"."type",
  "t39"."value",
  "t39"."effect",
  "t39"."n",
  0 AS "side",
  '2026-10-01' AS "period"
FROM (
  SELECT
    "t38"."type",
    CAST(SUM("t38"."moved") AS DOUBLE) / 1000000 AS "value",
    CAST(SUM("t38"."effect") AS DOUBLE) / 1000000 AS "effect",
    SUM(CASE WHEN "t38"."moved" <> 0 THEN 1 ELSE 0 END) AS "n"
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
            'reactivation' AS "type",
            CASE WHEN "t21"."kind" = 'reactivation' THEN ABS("t21"."change") ELSE 0 END AS "moved",
            CASE WHEN "t21"."kind" = 'reactivation' THEN "t21"."change" ELSE 0 END AS "effect"
          FROM "t20" AS "t21"
        ) AS "t24"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            'contraction' AS "type",
            CASE WHEN "t21"."kind" = 'contraction' THEN ABS("t21"."change") ELSE 0 END AS "moved",
            CASE WHEN "t21"."kind" = 'contraction' THEN "t21"."change" ELSE 0 END AS "effect"
          FROM "t20" AS "t21"
        ) AS "t25"
      ) AS "t31"
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          *
        FROM (
          SELECT
            'churn' AS "type",
            CASE WHEN "t21"."kind" = 'churn' THEN ABS("t21"."change") ELSE 0 END AS "moved",
            CASE WHEN "t21"."kind" = 'churn' THEN "t21"."change" ELSE 0 END AS "effect"
          FROM "t20" AS "t21"
        ) AS "t26"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            'pause' AS "type",
            CASE WHEN "t21"."inside" = 'pause' THEN ABS("t21"."change") ELSE 0 END AS "moved",
            0 AS "effect"
          FROM "t20" AS "t21"
        ) AS "t29"
      ) AS "t33"
    ) AS "t36"
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
            'resume' AS "type",
            CASE WHEN "t21"."inside" = 'resume' THEN ABS("t21"."change") ELSE 0 END AS "moved",
            0 AS "effect"
          FROM "t20" AS "t21"
        ) AS "t30"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            'start' AS "type",
            "t21"."first" AS "moved",
            "t21"."first" AS "effect"
          FROM "t20" AS "t21"
        ) AS "t22"
      ) AS "t34"
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          *
        FROM (
          SELECT
            'end' AS "type",
            "t21"."last" AS "moved",
            0 AS "effect"
          FROM "t20" AS "t21"
        ) AS "t23"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            *
          FROM (
            SELECT
              'new' AS "type",
              CASE WHEN "t21"."kind" = 'new' THEN ABS("t21"."change") ELSE 0 END AS "moved",
              CASE WHEN "t21"."kind" = 'new' THEN "t21"."change" ELSE 0 END AS "effect"
            FROM "t20" AS "t21"
          ) AS "t27"
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              'expansion' AS "type",
              CASE WHEN "t21"."kind" = 'expansion' THEN ABS("t21"."change") ELSE 0 END AS "moved",
              CASE WHEN "t21"."kind" = 'expansion' THEN "t21"."change" ELSE 0 END AS "effect"
            FROM "t20" AS "t21"
          ) AS "t28"
        ) AS "t32"
      ) AS "t35"
    ) AS "t37"
  ) AS "t38"
  GROUP BY
    1
) AS "t39";
