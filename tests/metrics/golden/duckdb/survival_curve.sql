WITH "t24" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t21"."account_id",
        "t21"."spell",
        MIN("t21"."opens") FILTER(WHERE
          "t21"."pays" = 1) AS "since",
        MAX("t21"."closes") AS "left",
        SUBSTRING(
          MIN(STRFTIME("t21"."opens", '%Y%m%d%H%M%S%f') || "t21"."plan_id") FILTER(WHERE
            "t21"."pays" = 1),
          CASE
            WHEN (
              20 + 1
            ) >= 1
            THEN 20 + 1
            ELSE 20 + 1 + LENGTH(
              MIN(STRFTIME("t21"."opens", '%Y%m%d%H%M%S%f') || "t21"."plan_id") FILTER(WHERE
                "t21"."pays" = 1)
            )
          END
        ) AS "plan_id",
        MIN("t21"."begins") AS "begins"
      FROM (
        SELECT
          "t20"."account_id",
          "t20"."subscription_id",
          "t20"."plan_id",
          "t20"."status",
          "t20"."quantity",
          "t20"."discount",
          "t20"."end_type",
          "t20"."reason_code",
          "t20"."reason_text",
          "t20"."lapsed",
          "t20"."opens",
          "t20"."closes",
          "t20"."pays",
          "t20"."rests",
          "t20"."is_free",
          "t20"."micros",
          "t20"."fresh",
          "t20"."begins",
          SUM("t20"."fresh") OVER (
            PARTITION BY "t20"."account_id"
            ORDER BY "t20"."opens" ASC, "t20"."closes" ASC
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
          ) AS "spell"
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
            CASE
              WHEN (
                MAX("t19"."closes") OVER (
                  PARTITION BY "t19"."account_id"
                  ORDER BY "t19"."opens" ASC, "t19"."closes" ASC
                  ROWS BETWEEN UNBOUNDED PRECEDING AND 1 preceding
                ) IS NULL
              )
              OR (
                "t19"."opens" > MAX("t19"."closes") OVER (
                  PARTITION BY "t19"."account_id"
                  ORDER BY "t19"."opens" ASC, "t19"."closes" ASC
                  ROWS BETWEEN UNBOUNDED PRECEDING AND 1 preceding
                )
              )
              THEN 1
              ELSE 0
            END AS "fresh",
            MIN("t19"."opens") OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS "begins"
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
                    "t10"."account_id",
                    "t10"."subscription_id",
                    "t10"."plan_id",
                    "t10"."status",
                    "t10"."quantity",
                    "t10"."discount",
                    "t10"."end_type",
                    "t10"."reason_code",
                    "t10"."reason_text",
                    '' AS "lapsed",
                    CAST("t10"."valid_from" AS TIMESTAMP) AS "opens",
                    "t10"."closes",
                    CASE
                      WHEN (
                        "t10"."status" = 'active'
                      )
                      AND (
                        (
                          "t10"."amount" IS NULL
                        ) OR (
                          "t10"."amount" > 0
                        )
                      )
                      THEN 1
                      ELSE 0
                    END AS "pays",
                    CASE WHEN FALSE THEN 1 ELSE 0 END AS "rests",
                    CASE WHEN "t10"."status" = 'free' THEN 1 ELSE 0 END AS "is_free",
                    GREATEST(
                      COALESCE(
                        CAST(ROUND(
                          CASE WHEN "t10"."status" = 'active' THEN "t10"."amount" ELSE 0.0 END * 1000000.0,
                          0
                        ) AS BIGINT),
                        0
                      ),
                      0
                    ) AS "micros"
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
                      COALESCE("t6"."valid_to", MAKE_TIMESTAMP(9999, 1, 1, 0, 0, 0.0)) AS "closes",
                      "t6"."mrr" AS "amount"
                    FROM (
                      SELECT
                        *
                      FROM "subscriptions" AS "t1"
                      WHERE
                        NOT (
                          "t1"."status" IN ('past_due', 'paused')
                        )
                    ) AS "t6"
                  ) AS "t10"
                ) AS "t12"
                WHERE
                  "t12"."closes" > "t12"."opens"
              ) AS "t13"
              UNION ALL
              SELECT
                *
              FROM (
                SELECT
                  *
                FROM (
                  SELECT
                    "t15"."account_id",
                    "t15"."subscription_id",
                    "t15"."plan_id",
                    "t15"."status",
                    "t15"."quantity",
                    "t15"."discount",
                    "t15"."end_type",
                    "t15"."reason_code",
                    "t15"."reason_text",
                    CASE
                      WHEN (
                        CASE
                          WHEN "t15"."status" = 'past_due'
                          THEN LEAST("t15"."closes", "t15"."since" + INTERVAL '30' DAY)
                          ELSE CASE
                            WHEN "t15"."status" = 'paused'
                            THEN LEAST("t15"."closes", "t15"."since" + INTERVAL '90' DAY)
                            ELSE "t15"."closes"
                          END
                        END < "t15"."closes"
                      )
                      AND (
                        "t15"."status" = 'past_due'
                      )
                      THEN 'involuntary'
                      WHEN (
                        CASE
                          WHEN "t15"."status" = 'past_due'
                          THEN LEAST("t15"."closes", "t15"."since" + INTERVAL '30' DAY)
                          ELSE CASE
                            WHEN "t15"."status" = 'paused'
                            THEN LEAST("t15"."closes", "t15"."since" + INTERVAL '90' DAY)
                            ELSE "t15"."closes"
                          END
                        END < "t15"."closes"
                      )
                      AND (
                        "t15"."status" = 'paused'
                      )
                      THEN 'pause_expired'
                      ELSE ''
                    END AS "lapsed",
                    CAST("t15"."valid_from" AS TIMESTAMP) AS "opens",
                    CASE
                      WHEN "t15"."status" = 'past_due'
                      THEN LEAST("t15"."closes", "t15"."since" + INTERVAL '30' DAY)
                      ELSE CASE
                        WHEN "t15"."status" = 'paused'
                        THEN LEAST("t15"."closes", "t15"."since" + INTERVAL '90' DAY)
                        ELSE "t15"."closes"
                      END
                    END AS "closes",
                    CASE
                      WHEN (
                        (
                          "t15"."status" = 'past_due'
                        ) OR FALSE
                      )
                      AND (
                        (
                          "t15"."amount" IS NULL
                        ) OR (
                          "t15"."amount" > 0
                        )
                      )
                      THEN 1
                      ELSE 0
                    END AS "pays",
                    CASE WHEN "t15"."status" = 'paused' THEN 1 ELSE 0 END AS "rests",
                    CASE WHEN "t15"."status" = 'free' THEN 1 ELSE 0 END AS "is_free",
                    GREATEST(
                      COALESCE(
                        CAST(ROUND(
                          CASE
                            WHEN (
                              "t15"."status" = 'past_due'
                            ) OR FALSE
                            THEN "t15"."amount"
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
                      "t14"."account_id",
                      "t14"."subscription_id",
                      "t14"."status",
                      "t14"."plan_id",
                      "t14"."quantity",
                      "t14"."discount",
                      "t14"."end_type",
                      "t14"."reason_code",
                      "t14"."reason_text",
                      "t14"."valid_from",
                      "t14"."closes",
                      "t14"."amount",
                      "t14"."since"
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
                        MAX(
                          CASE
                            WHEN "t11"."fresh" = 1
                            THEN "t11"."valid_from"
                            ELSE CAST(NULL AS TIMESTAMP(6))
                          END
                        ) OVER (
                          PARTITION BY "t11"."subscription_id", "t11"."status"
                          ORDER BY "t11"."valid_from" ASC
                          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                        ) AS "since"
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
                          CASE
                            WHEN COALESCE(
                              LAG("t8"."closes") OVER (
                                PARTITION BY "t8"."subscription_id", "t8"."status"
                                ORDER BY "t8"."valid_from" ASC
                                ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                              ),
                              MAKE_TIMESTAMP(1, 1, 1, 0, 0, 0.0)
                            ) <> "t8"."valid_from"
                            THEN 1
                            ELSE 0
                          END AS "fresh"
                        FROM (
                          SELECT
                            "t3"."account_id",
                            "t3"."subscription_id",
                            "t3"."status",
                            "t3"."plan_id",
                            "t3"."quantity",
                            "t3"."discount",
                            "t3"."end_type",
                            "t3"."reason_code",
                            "t3"."reason_text",
                            "t3"."valid_from",
                            COALESCE("t3"."valid_to", MAKE_TIMESTAMP(9999, 1, 1, 0, 0, 0.0)) AS "closes",
                            "t3"."mrr" AS "amount"
                          FROM (
                            SELECT
                              *
                            FROM "subscriptions" AS "t1"
                            WHERE
                              "t1"."status" IN ('past_due', 'paused')
                          ) AS "t3"
                        ) AS "t8"
                      ) AS "t11"
                    ) AS "t14"
                  ) AS "t15"
                ) AS "t16"
                WHERE
                  "t16"."closes" > "t16"."opens"
              ) AS "t17"
            ) AS "t18"
            WHERE
              (
                "t18"."pays" + "t18"."rests"
              ) > 0
          ) AS "t19"
        ) AS "t20"
      ) AS "t21"
      GROUP BY
        1,
        2
    ) AS "t22"
    WHERE
      "t22"."since" IS NOT NULL
  ) AS "t23"
  WHERE
    "t23"."since" < MAKE_TIMESTAMP(2026, 11, 2, 0, 0, 0.0)
)
SELECT
  "t45"."age",
  "t45"."left",
  "t45"."censored",
  "t45"."entered",
  0 AS "side",
  '2026-10-01' AS "period"
FROM (
  SELECT
    "t44"."age",
    SUM("t44"."left") AS "left",
    SUM("t44"."censored") AS "censored",
    SUM("t44"."entered") AS "entered"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t39"."age",
        CAST("t39"."left" AS BIGINT) AS "left",
        1 - CAST("t39"."left" AS BIGINT) AS "censored",
        0 AS "entered"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t36"."account_id",
            "t36"."plan_id",
            "t36"."left_on",
            "t36"."entered",
            "t36"."origin" AS "since",
            CASE
              WHEN (
                "t36"."left_on" IS NOT NULL
              ) AND (
                "t36"."ended" <= "t36"."follow"
              )
              THEN 1
              ELSE 0
            END AS "left",
            CASE
              WHEN (
                "t36"."left_on" IS NOT NULL
              ) AND (
                "t36"."ended" <= "t36"."follow"
              )
              THEN "t36"."ended"
              ELSE "t36"."follow"
            END AS "age"
          FROM (
            SELECT
              "t35"."account_id",
              "t35"."spell",
              "t35"."since",
              "t35"."left",
              "t35"."plan_id",
              "t35"."begins",
              "t35"."seen",
              "t35"."left_on",
              "t35"."signed",
              "t35"."origin",
              (
                (
                  (
                    (
                      EXTRACT(year FROM MAKE_DATE(2026, 11, 2)) - EXTRACT(year FROM "t35"."origin")
                    ) * 12
                  ) + EXTRACT(month FROM MAKE_DATE(2026, 11, 2))
                ) - EXTRACT(month FROM "t35"."origin")
              ) - CASE
                WHEN LEAST(
                  EXTRACT(day FROM "t35"."origin"),
                  EXTRACT(day FROM (
                    DATE_TRUNC('MONTH', MAKE_DATE(2026, 11, 2)) + INTERVAL '1' MONTH
                  ) - INTERVAL '1' DAY)
                ) > EXTRACT(day FROM MAKE_DATE(2026, 11, 2))
                THEN 1
                ELSE 0
              END AS "follow",
              GREATEST(
                (
                  (
                    (
                      (
                        EXTRACT(year FROM "t35"."left_on") - EXTRACT(year FROM "t35"."origin")
                      ) * 12
                    ) + EXTRACT(month FROM "t35"."left_on")
                  ) - EXTRACT(month FROM "t35"."origin")
                ) + CASE
                  WHEN LEAST(
                    EXTRACT(day FROM "t35"."origin"),
                    EXTRACT(day FROM (
                      DATE_TRUNC('MONTH', "t35"."left_on") + INTERVAL '1' MONTH
                    ) - INTERVAL '1' DAY)
                  ) < EXTRACT(day FROM "t35"."left_on")
                  THEN 1
                  ELSE 0
                END,
                1
              ) AS "ended",
              (
                (
                  (
                    (
                      EXTRACT(year FROM "t35"."seen") - EXTRACT(year FROM "t35"."origin")
                    ) * 12
                  ) + EXTRACT(month FROM "t35"."seen")
                ) - EXTRACT(month FROM "t35"."origin")
              ) + CASE
                WHEN LEAST(
                  EXTRACT(day FROM "t35"."origin"),
                  EXTRACT(day FROM (
                    DATE_TRUNC('MONTH', "t35"."seen") + INTERVAL '1' MONTH
                  ) - INTERVAL '1' DAY)
                ) < EXTRACT(day FROM "t35"."seen")
                THEN 1
                ELSE 0
              END AS "entered"
            FROM (
              SELECT
                "t34"."account_id",
                "t34"."spell",
                "t34"."since",
                "t34"."left",
                "t34"."plan_id",
                "t34"."begins",
                "t34"."seen",
                "t34"."left_on",
                "t34"."signed",
                CASE
                  WHEN COALESCE(
                    (
                      "t34"."seen" = CAST("t34"."begins" AS DATE)
                    )
                    AND (
                      "t34"."signed" < "t34"."seen"
                    ),
                    FALSE
                  )
                  THEN "t34"."signed"
                  ELSE "t34"."seen"
                END AS "origin"
              FROM (
                SELECT
                  "t33"."account_id",
                  "t33"."spell",
                  "t33"."since",
                  "t33"."left",
                  "t33"."plan_id",
                  "t33"."begins",
                  "t33"."seen",
                  "t33"."left_on",
                  "t33"."signed"
                FROM (
                  SELECT
                    "t32"."account_id",
                    "t32"."spell",
                    "t32"."since",
                    "t32"."left",
                    "t32"."plan_id",
                    "t32"."begins",
                    "t32"."seen",
                    "t32"."left_on",
                    "t4"."signed_id",
                    "t4"."signed"
                  FROM (
                    SELECT
                      "t30"."account_id",
                      "t30"."spell",
                      "t30"."since",
                      "t30"."left",
                      "t30"."plan_id",
                      "t30"."begins",
                      CAST("t30"."since" AS DATE) AS "seen",
                      CAST(CASE
                        WHEN "t30"."left" <= MAKE_TIMESTAMP(2026, 11, 2, 0, 0, 0.0)
                        THEN "t30"."left"
                        ELSE CAST(NULL AS TIMESTAMP)
                      END AS DATE) AS "left_on"
                    FROM (
                      SELECT
                        *
                      FROM (
                        SELECT
                          "t26"."account_id",
                          "t26"."spell",
                          "t26"."since",
                          "t26"."left",
                          "t26"."plan_id",
                          "t26"."begins"
                        FROM "t24" AS "t26"
                        SEMI JOIN (
                          SELECT
                            "t25"."account_id" AS "first_id",
                            MIN("t25"."since") AS "first_since"
                          FROM "t24" AS "t25"
                          GROUP BY
                            1
                        ) AS "t28"
                          ON "t26"."account_id" = "t28"."first_id" AND "t26"."since" = "t28"."first_since"
                      ) AS "t29"
                      WHERE
                        "t29"."since" >= MAKE_TIMESTAMP(2026, 10, 1, 0, 0, 0.0)
                        AND "t29"."since" < MAKE_TIMESTAMP(2026, 11, 1, 0, 0, 0.0)
                    ) AS "t30"
                  ) AS "t32"
                  LEFT OUTER JOIN (
                    SELECT
                      "t0"."account_id" AS "signed_id",
                      CAST("t0"."signup_at" AS DATE) AS "signed"
                    FROM "accounts" AS "t0"
                  ) AS "t4"
                    ON "t32"."account_id" = "t4"."signed_id"
                ) AS "t33"
              ) AS "t34"
            ) AS "t35"
          ) AS "t36"
        ) AS "t37"
        WHERE
          (
            (
              "t37"."age" + 1
            ) - "t37"."left"
          ) > "t37"."entered"
      ) AS "t39"
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
      ) AS "t9"
        ON "t39"."account_id" = "t9"."known_id"
    ) AS "t40"
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        "t42"."entered" AS "age",
        0 AS "left",
        0 AS "censored",
        1 AS "entered"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t39"."account_id",
            "t39"."plan_id",
            "t39"."left_on",
            "t39"."entered",
            "t39"."since",
            "t39"."left",
            "t39"."age"
          FROM (
            SELECT
              *
            FROM (
              SELECT
                "t36"."account_id",
                "t36"."plan_id",
                "t36"."left_on",
                "t36"."entered",
                "t36"."origin" AS "since",
                CASE
                  WHEN (
                    "t36"."left_on" IS NOT NULL
                  ) AND (
                    "t36"."ended" <= "t36"."follow"
                  )
                  THEN 1
                  ELSE 0
                END AS "left",
                CASE
                  WHEN (
                    "t36"."left_on" IS NOT NULL
                  ) AND (
                    "t36"."ended" <= "t36"."follow"
                  )
                  THEN "t36"."ended"
                  ELSE "t36"."follow"
                END AS "age"
              FROM (
                SELECT
                  "t35"."account_id",
                  "t35"."spell",
                  "t35"."since",
                  "t35"."left",
                  "t35"."plan_id",
                  "t35"."begins",
                  "t35"."seen",
                  "t35"."left_on",
                  "t35"."signed",
                  "t35"."origin",
                  (
                    (
                      (
                        (
                          EXTRACT(year FROM MAKE_DATE(2026, 11, 2)) - EXTRACT(year FROM "t35"."origin")
                        ) * 12
                      ) + EXTRACT(month FROM MAKE_DATE(2026, 11, 2))
                    ) - EXTRACT(month FROM "t35"."origin")
                  ) - CASE
                    WHEN LEAST(
                      EXTRACT(day FROM "t35"."origin"),
                      EXTRACT(day FROM (
                        DATE_TRUNC('MONTH', MAKE_DATE(2026, 11, 2)) + INTERVAL '1' MONTH
                      ) - INTERVAL '1' DAY)
                    ) > EXTRACT(day FROM MAKE_DATE(2026, 11, 2))
                    THEN 1
                    ELSE 0
                  END AS "follow",
                  GREATEST(
                    (
                      (
                        (
                          (
                            EXTRACT(year FROM "t35"."left_on") - EXTRACT(year FROM "t35"."origin")
                          ) * 12
                        ) + EXTRACT(month FROM "t35"."left_on")
                      ) - EXTRACT(month FROM "t35"."origin")
                    ) + CASE
                      WHEN LEAST(
                        EXTRACT(day FROM "t35"."origin"),
                        EXTRACT(day FROM (
                          DATE_TRUNC('MONTH', "t35"."left_on") + INTERVAL '1' MONTH
                        ) - INTERVAL '1' DAY)
                      ) < EXTRACT(day FROM "t35"."left_on")
                      THEN 1
                      ELSE 0
                    END,
                    1
                  ) AS "ended",
                  (
                    (
                      (
                        (
                          EXTRACT(year FROM "t35"."seen") - EXTRACT(year FROM "t35"."origin")
                        ) * 12
                      ) + EXTRACT(month FROM "t35"."seen")
                    ) - EXTRACT(month FROM "t35"."origin")
                  ) + CASE
                    WHEN LEAST(
                      EXTRACT(day FROM "t35"."origin"),
                      EXTRACT(day FROM (
                        DATE_TRUNC('MONTH', "t35"."seen") + INTERVAL '1' MONTH
                      ) - INTERVAL '1' DAY)
                    ) < EXTRACT(day FROM "t35"."seen")
                    THEN 1
                    ELSE 0
                  END AS "entered"
                FROM (
                  SELECT
                    "t34"."account_id",
                    "t34"."spell",
                    "t34"."since",
                    "t34"."left",
                    "t34"."plan_id",
                    "t34"."begins",
                    "t34"."seen",
                    "t34"."left_on",
                    "t34"."signed",
                    CASE
                      WHEN COALESCE(
                        (
                          "t34"."seen" = CAST("t34"."begins" AS DATE)
                        )
                        AND (
                          "t34"."signed" < "t34"."seen"
                        ),
                        FALSE
                      )
                      THEN "t34"."signed"
                      ELSE "t34"."seen"
                    END AS "origin"
                  FROM (
                    SELECT
                      "t33"."account_id",
                      "t33"."spell",
                      "t33"."since",
                      "t33"."left",
                      "t33"."plan_id",
                      "t33"."begins",
                      "t33"."seen",
                      "t33"."left_on",
                      "t33"."signed"
                    FROM (
                      SELECT
                        "t32"."account_id",
                        "t32"."spell",
                        "t32"."since",
                        "t32"."left",
                        "t32"."plan_id",
                        "t32"."begins",
                        "t32"."seen",
                        "t32"."left_on",
                        "t4"."signed_id",
                        "t4"."signed"
                      FROM (
                        SELECT
                          "t30"."account_id",
                          "t30"."spell",
                          "t30"."since",
                          "t30"."left",
                          "t30"."plan_id",
                          "t30"."begins",
                          CAST("t30"."since" AS DATE) AS "seen",
                          CAST(CASE
                            WHEN "t30"."left" <= MAKE_TIMESTAMP(2026, 11, 2, 0, 0, 0.0)
                            THEN "t30"."left"
                            ELSE CAST(NULL AS TIMESTAMP)
                          END AS DATE) AS "left_on"
                        FROM (
                          SELECT
                            *
                          FROM (
                            SELECT
                              "t26"."account_id",
                              "t26"."spell",
                              "t26"."since",
                              "t26"."left",
                              "t26"."plan_id",
                              "t26"."begins"
                            FROM "t24" AS "t26"
                            SEMI JOIN (
                              SELECT
                                "t25"."account_id" AS "first_id",
                                MIN("t25"."since") AS "first_since"
                              FROM "t24" AS "t25"
                              GROUP BY
                                1
                            ) AS "t28"
                              ON "t26"."account_id" = "t28"."first_id" AND "t26"."since" = "t28"."first_since"
                          ) AS "t29"
                          WHERE
                            "t29"."since" >= MAKE_TIMESTAMP(2026, 10, 1, 0, 0, 0.0)
                            AND "t29"."since" < MAKE_TIMESTAMP(2026, 11, 1, 0, 0, 0.0)
                        ) AS "t30"
                      ) AS "t32"
                      LEFT OUTER JOIN (
                        SELECT
                          "t0"."account_id" AS "signed_id",
                          CAST("t0"."signup_at" AS DATE) AS "signed"
                        FROM "accounts" AS "t0"
                      ) AS "t4"
                        ON "t32"."account_id" = "t4"."signed_id"
                    ) AS "t33"
                  ) AS "t34"
                ) AS "t35"
              ) AS "t36"
            ) AS "t37"
            WHERE
              (
                (
                  "t37"."age" + 1
                ) - "t37"."left"
              ) > "t37"."entered"
          ) AS "t39"
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
          ) AS "t9"
            ON "t39"."account_id" = "t9"."known_id"
        ) AS "t41"
        WHERE
          "t41"."entered" > 0
      ) AS "t42"
    ) AS "t43"
  ) AS "t44"
  GROUP BY
    1
) AS "t45";
