WITH "t23" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM (
      SELECT
        COUNT(*) AS "rows",
        COALESCE(SUM(ABS("t20"."change")) FILTER(WHERE
          "t20"."kind" = 'new'), 0) AS "new_moved",
        COALESCE(
          SUM(CASE WHEN "t20"."change" <> 0 THEN 1 ELSE 0 END) FILTER(WHERE
            "t20"."kind" = 'new'),
          0
        ) AS "new_n",
        COALESCE(SUM(ABS("t20"."change")) FILTER(WHERE
          "t20"."kind" = 'expansion'), 0) AS "expansion_moved",
        COALESCE(
          SUM(CASE WHEN "t20"."change" <> 0 THEN 1 ELSE 0 END) FILTER(WHERE
            "t20"."kind" = 'expansion'),
          0
        ) AS "expansion_n",
        COALESCE(SUM(ABS("t20"."change")) FILTER(WHERE
          "t20"."kind" = 'reactivation'), 0) AS "reactivation_moved",
        COALESCE(
          SUM(CASE WHEN "t20"."change" <> 0 THEN 1 ELSE 0 END) FILTER(WHERE
            "t20"."kind" = 'reactivation'),
          0
        ) AS "reactivation_n",
        COALESCE(SUM(ABS("t20"."change")) FILTER(WHERE
          "t20"."kind" = 'contraction'), 0) AS "contraction_moved",
        COALESCE(
          SUM(CASE WHEN "t20"."change" <> 0 THEN 1 ELSE 0 END) FILTER(WHERE
            "t20"."kind" = 'contraction'),
          0
        ) AS "contraction_n",
        COALESCE(SUM(ABS("t20"."change")) FILTER(WHERE
          "t20"."kind" = 'churn'), 0) AS "churn_moved",
        COALESCE(
          SUM(CASE WHEN "t20"."change" <> 0 THEN 1 ELSE 0 END) FILTER(WHERE
            "t20"."kind" = 'churn'),
          0
        ) AS "churn_n",
        COALESCE(SUM(ABS("t20"."change")) FILTER(WHERE
          "t20"."inside" = 'pause'), 0) AS "pause_moved",
        COALESCE(
          SUM(CASE WHEN "t20"."change" <> 0 THEN 1 ELSE 0 END) FILTER(WHERE
            "t20"."inside" = 'pause'),
          0
        ) AS "pause_n",
        COALESCE(SUM(ABS("t20"."change")) FILTER(WHERE
          "t20"."inside" = 'resume'), 0) AS "resume_moved",
        COALESCE(
          SUM(CASE WHEN "t20"."change" <> 0 THEN 1 ELSE 0 END) FILTER(WHERE
            "t20"."inside" = 'resume'),
          0
        ) AS "resume_n",
        COALESCE(SUM(ABS("t20"."first")), 0) AS "start_moved",
        COALESCE(SUM(CASE WHEN "t20"."first" <> 0 THEN 1 ELSE 0 END), 0) AS "start_n",
        COALESCE(SUM(ABS("t20"."last")), 0) AS "end_moved",
        COALESCE(SUM(CASE WHEN "t20"."last" <> 0 THEN 1 ELSE 0 END), 0) AS "end_n"
      FROM (
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
                "t19"."since" > CAST('2026-10-01T00:00:00' AS TIMESTAMP)
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
                    "t17"."opens" <= CAST('2026-10-01T00:00:00' AS TIMESTAMP)
                  )
                  AND (
                    "t17"."closes" > CAST('2026-10-01T00:00:00' AS TIMESTAMP)
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
                    "t17"."opens" <= CAST('2026-11-01T00:00:00' AS TIMESTAMP)
                  )
                  AND (
                    "t17"."closes" > CAST('2026-11-01T00:00:00' AS TIMESTAMP)
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
                "t17"."closes" <= CAST('2026-10-01T00:00:00' AS TIMESTAMP)
              )) AS "left_before"
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
    ) AS "t21"
  ) AS "t22"
  WHERE
    "t22"."rows" > 0
)
SELECT
  "t42"."type",
  "t42"."value",
  "t42"."effect",
  "t42"."n",
  0 AS "side",
  '2026-10-01' AS "period"
FROM (
  SELECT
    "t41"."type",
    CAST(SUM("t41"."moved") AS DOUBLE PRECISION) / 1000000 AS "value",
    CAST(SUM("t41"."effect") AS DOUBLE PRECISION) / 1000000 AS "effect",
    SUM("t41"."n") AS "n"
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
            "t24"."reactivation_moved" AS "moved",
            "t24"."reactivation_moved" * 1 AS "effect",
            "t24"."reactivation_n" AS "n"
          FROM "t23" AS "t24"
        ) AS "t25"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            'contraction' AS "type",
            "t24"."contraction_moved" AS "moved",
            "t24"."contraction_moved" * -1 AS "effect",
            "t24"."contraction_n" AS "n"
          FROM "t23" AS "t24"
        ) AS "t26"
      ) AS "t34"
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          *
        FROM (
          SELECT
            'churn' AS "type",
            "t24"."churn_moved" AS "moved",
            "t24"."churn_moved" * -1 AS "effect",
            "t24"."churn_n" AS "n"
          FROM "t23" AS "t24"
        ) AS "t27"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            'pause' AS "type",
            "t24"."pause_moved" AS "moved",
            "t24"."pause_moved" * 0 AS "effect",
            "t24"."pause_n" AS "n"
          FROM "t23" AS "t24"
        ) AS "t28"
      ) AS "t35"
    ) AS "t38"
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
            "t24"."resume_moved" AS "moved",
            "t24"."resume_moved" * 0 AS "effect",
            "t24"."resume_n" AS "n"
          FROM "t23" AS "t24"
        ) AS "t29"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            'start' AS "type",
            "t24"."start_moved" AS "moved",
            "t24"."start_moved" * 1 AS "effect",
            "t24"."start_n" AS "n"
          FROM "t23" AS "t24"
        ) AS "t30"
      ) AS "t36"
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          *
        FROM (
          SELECT
            'end' AS "type",
            "t24"."end_moved" AS "moved",
            "t24"."end_moved" * 0 AS "effect",
            "t24"."end_n" AS "n"
          FROM "t23" AS "t24"
        ) AS "t31"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            *
          FROM (
            SELECT
              'new' AS "type",
              "t24"."new_moved" AS "moved",
              "t24"."new_moved" * 1 AS "effect",
              "t24"."new_n" AS "n"
            FROM "t23" AS "t24"
          ) AS "t32"
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              'expansion' AS "type",
              "t24"."expansion_moved" AS "moved",
              "t24"."expansion_moved" * 1 AS "effect",
              "t24"."expansion_n" AS "n"
            FROM "t23" AS "t24"
          ) AS "t33"
        ) AS "t37"
      ) AS "t39"
    ) AS "t40"
  ) AS "t41"
  GROUP BY
    1
) AS "t42";
