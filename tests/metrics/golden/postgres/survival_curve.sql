WITH "t3" AS (
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
), "t23" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t20"."account_id",
        "t20"."spell",
        MIN("t20"."opens") FILTER(WHERE
          "t20"."pays" = 1) AS "since",
        MAX("t20"."closes") AS "left",
        SUBSTRING(MIN(TO_CHAR("t20"."opens", 'YYYYMMDDHH24MISSUS') || "t20"."plan_id") FILTER(WHERE
          "t20"."pays" = 1) FROM CASE
          WHEN (
            20 + 1
          ) >= 1
          THEN 20 + 1
          ELSE 20 + 1 + LENGTH(
            MIN(TO_CHAR("t20"."opens", 'YYYYMMDDHH24MISSUS') || "t20"."plan_id") FILTER(WHERE
              "t20"."pays" = 1)
          )
        END) AS "plan_id",
        MIN("t20"."begins") AS "begins"
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
          "t19"."fresh",
          "t19"."begins",
          SUM("t19"."fresh") OVER (
            PARTITION BY "t19"."account_id"
            ORDER BY "t19"."opens" ASC, "t19"."closes" ASC
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
          ) AS "spell"
        FROM (
          SELECT
            "t18"."account_id",
            "t18"."subscription_id",
            "t18"."plan_id",
            "t18"."status",
            "t18"."quantity",
            "t18"."discount",
            "t18"."end_type",
            "t18"."reason_code",
            "t18"."reason_text",
            "t18"."lapsed",
            "t18"."opens",
            "t18"."closes",
            "t18"."pays",
            "t18"."rests",
            "t18"."is_free",
            "t18"."micros",
            CASE
              WHEN (
                MAX("t18"."closes") OVER (
                  PARTITION BY "t18"."account_id"
                  ORDER BY "t18"."opens" ASC, "t18"."closes" ASC
                  ROWS BETWEEN UNBOUNDED PRECEDING AND 1 preceding
                ) IS NULL
              )
              OR (
                "t18"."opens" > MAX("t18"."closes") OVER (
                  PARTITION BY "t18"."account_id"
                  ORDER BY "t18"."opens" ASC, "t18"."closes" ASC
                  ROWS BETWEEN UNBOUNDED PRECEDING AND 1 preceding
                )
              )
              THEN 1
              ELSE 0
            END AS "fresh",
            MIN("t18"."opens") OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS "begins"
          FROM (
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
                        THEN LEAST("t15"."closes", "t15"."since" + INTERVAL '30 DAY')
                        ELSE CASE
                          WHEN "t15"."status" = 'paused'
                          THEN LEAST("t15"."closes", "t15"."since" + INTERVAL '90 DAY')
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
                        THEN LEAST("t15"."closes", "t15"."since" + INTERVAL '30 DAY')
                        ELSE CASE
                          WHEN "t15"."status" = 'paused'
                          THEN LEAST("t15"."closes", "t15"."since" + INTERVAL '90 DAY')
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
                    THEN LEAST("t15"."closes", "t15"."since" + INTERVAL '30 DAY')
                    ELSE CASE
                      WHEN "t15"."status" = 'paused'
                      THEN LEAST("t15"."closes", "t15"."since" + INTERVAL '90 DAY')
                      ELSE "t15"."closes"
                    END
                  END AS "closes",
                  CASE
                    WHEN (
                      (
                        "t15"."status" = 'active'
                      ) OR (
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
                  CASE WHEN (
                    "t15"."status" = 'paused'
                  ) OR FALSE THEN 1 ELSE 0 END AS "rests",
                  CASE WHEN "t15"."status" = 'free' THEN 1 ELSE 0 END AS "is_free",
                  GREATEST(
                    COALESCE(
                      CAST(ROUND(
                        CASE
                          WHEN (
                            "t15"."status" = 'active'
                          ) OR (
                            "t15"."status" = 'past_due'
                          ) OR FALSE
                          THEN "t15"."amount"
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
                      "t10"."valid_from" AS "since"
                    FROM (
                      SELECT
                        *
                      FROM "t3" AS "t6"
                      WHERE
                        NOT (
                          "t6"."status" IN ('past_due', 'paused')
                        )
                    ) AS "t10"
                  ) AS "t11"
                  UNION ALL
                  SELECT
                    *
                  FROM (
                    SELECT
                      "t13"."account_id",
                      "t13"."subscription_id",
                      "t13"."status",
                      "t13"."plan_id",
                      "t13"."quantity",
                      "t13"."discount",
                      "t13"."end_type",
                      "t13"."reason_code",
                      "t13"."reason_text",
                      "t13"."valid_from",
                      "t13"."closes",
                      "t13"."amount",
                      "t13"."since"
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
                        "t12"."fresh",
                        MAX(
                          CASE
                            WHEN "t12"."fresh" = 1
                            THEN "t12"."valid_from"
                            ELSE CAST(NULL AS TIMESTAMP(6))
                          END
                        ) OVER (
                          PARTITION BY "t12"."subscription_id", "t12"."status"
                          ORDER BY "t12"."valid_from" ASC
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
                              CAST('0001-01-01T00:00:00' AS TIMESTAMP)
                            ) <> "t9"."valid_from"
                            THEN 1
                            ELSE 0
                          END AS "fresh"
                        FROM (
                          SELECT
                            *
                          FROM "t3" AS "t6"
                          WHERE
                            "t6"."status" IN ('past_due', 'paused')
                        ) AS "t9"
                      ) AS "t12"
                    ) AS "t13"
                  ) AS "t14"
                ) AS "t15"
              ) AS "t16"
              WHERE
                "t16"."closes" > "t16"."opens"
            ) AS "t17"
            WHERE
              (
                "t17"."pays" + "t17"."rests"
              ) > 0
          ) AS "t18"
        ) AS "t19"
      ) AS "t20"
      GROUP BY
        1,
        2
    ) AS "t21"
    WHERE
      "t21"."since" IS NOT NULL
  ) AS "t22"
  WHERE
    "t22"."since" < CAST('2026-11-02T00:00:00' AS TIMESTAMP)
)
SELECT
  "t44"."age",
  "t44"."left",
  "t44"."censored",
  "t44"."entered",
  0 AS "side",
  '2026-10-01' AS "period"
FROM (
  SELECT
    "t43"."age",
    SUM("t43"."left") AS "left",
    SUM("t43"."censored") AS "censored",
    SUM("t43"."entered") AS "entered"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t38"."age",
        CAST("t38"."left" AS BIGINT) AS "left",
        1 - CAST("t38"."left" AS BIGINT) AS "censored",
        0 AS "entered"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t35"."account_id",
            "t35"."plan_id",
            "t35"."left_on",
            "t35"."entered",
            "t35"."origin" AS "since",
            CASE
              WHEN (
                "t35"."left_on" IS NOT NULL
              ) AND (
                "t35"."ended" <= "t35"."follow"
              )
              THEN 1
              ELSE 0
            END AS "left",
            CASE
              WHEN (
                "t35"."left_on" IS NOT NULL
              ) AND (
                "t35"."ended" <= "t35"."follow"
              )
              THEN "t35"."ended"
              ELSE "t35"."follow"
            END AS "age"
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
              "t34"."origin",
              (
                (
                  (
                    (
                      EXTRACT(year FROM MAKE_DATE(2026, 11, 2)) - EXTRACT(year FROM "t34"."origin")
                    ) * 12
                  ) + EXTRACT(month FROM MAKE_DATE(2026, 11, 2))
                ) - EXTRACT(month FROM "t34"."origin")
              ) - CASE
                WHEN LEAST(
                  EXTRACT(day FROM "t34"."origin"),
                  EXTRACT(day FROM (
                    DATE_TRUNC('MONTH', MAKE_DATE(2026, 11, 2)) + INTERVAL '1 MONTH'
                  ) - INTERVAL '1 DAY')
                ) > EXTRACT(day FROM MAKE_DATE(2026, 11, 2))
                THEN 1
                ELSE 0
              END AS "follow",
              GREATEST(
                (
                  (
                    (
                      (
                        EXTRACT(year FROM "t34"."left_on") - EXTRACT(year FROM "t34"."origin")
                      ) * 12
                    ) + EXTRACT(month FROM "t34"."left_on")
                  ) - EXTRACT(month FROM "t34"."origin")
                ) + CASE
                  WHEN LEAST(
                    EXTRACT(day FROM "t34"."origin"),
                    EXTRACT(day FROM (
                      DATE_TRUNC('MONTH', "t34"."left_on") + INTERVAL '1 MONTH'
                    ) - INTERVAL '1 DAY')
                  ) < EXTRACT(day FROM "t34"."left_on")
                  THEN 1
                  ELSE 0
                END,
                1
              ) AS "ended",
              (
                (
                  (
                    (
                      EXTRACT(year FROM "t34"."seen") - EXTRACT(year FROM "t34"."origin")
                    ) * 12
                  ) + EXTRACT(month FROM "t34"."seen")
                ) - EXTRACT(month FROM "t34"."origin")
              ) + CASE
                WHEN LEAST(
                  EXTRACT(day FROM "t34"."origin"),
                  EXTRACT(day FROM (
                    DATE_TRUNC('MONTH', "t34"."seen") + INTERVAL '1 MONTH'
                  ) - INTERVAL '1 DAY')
                ) < EXTRACT(day FROM "t34"."seen")
                THEN 1
                ELSE 0
              END AS "entered"
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
                "t33"."signed",
                CASE
                  WHEN COALESCE(
                    (
                      "t33"."seen" = CAST("t33"."begins" AS DATE)
                    )
                    AND (
                      "t33"."signed" < "t33"."seen"
                    ),
                    FALSE
                  )
                  THEN "t33"."signed"
                  ELSE "t33"."seen"
                END AS "origin"
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
                  "t32"."signed"
                FROM (
                  SELECT
                    "t31"."account_id",
                    "t31"."spell",
                    "t31"."since",
                    "t31"."left",
                    "t31"."plan_id",
                    "t31"."begins",
                    "t31"."seen",
                    "t31"."left_on",
                    "t4"."signed_id",
                    "t4"."signed"
                  FROM (
                    SELECT
                      "t29"."account_id",
                      "t29"."spell",
                      "t29"."since",
                      "t29"."left",
                      "t29"."plan_id",
                      "t29"."begins",
                      CAST("t29"."since" AS DATE) AS "seen",
                      CAST(CASE
                        WHEN "t29"."left" <= CAST('2026-11-02T00:00:00' AS TIMESTAMP)
                        THEN "t29"."left"
                        ELSE CAST(NULL AS TIMESTAMP)
                      END AS DATE) AS "left_on"
                    FROM (
                      SELECT
                        *
                      FROM (
                        SELECT
                          "t25"."account_id",
                          "t25"."spell",
                          "t25"."since",
                          "t25"."left",
                          "t25"."plan_id",
                          "t25"."begins"
                        FROM "t23" AS "t25"
                        WHERE
                          EXISTS(
                            SELECT
                              1
                            FROM (
                              SELECT
                                "t24"."account_id" AS "first_id",
                                MIN("t24"."since") AS "first_since"
                              FROM "t23" AS "t24"
                              GROUP BY
                                1
                            ) AS "t27"
                            WHERE
                              "t25"."account_id" = "t27"."first_id" AND "t25"."since" = "t27"."first_since"
                          )
                      ) AS "t28"
                      WHERE
                        "t28"."since" >= CAST('2026-10-01T00:00:00' AS TIMESTAMP)
                        AND "t28"."since" < CAST('2026-11-01T00:00:00' AS TIMESTAMP)
                    ) AS "t29"
                  ) AS "t31"
                  LEFT OUTER JOIN (
                    SELECT
                      "t0"."account_id" AS "signed_id",
                      CAST("t0"."signup_at" AS DATE) AS "signed"
                    FROM "accounts" AS "t0"
                  ) AS "t4"
                    ON "t31"."account_id" = "t4"."signed_id"
                ) AS "t32"
              ) AS "t33"
            ) AS "t34"
          ) AS "t35"
        ) AS "t36"
        WHERE
          (
            (
              "t36"."age" + 1
            ) - "t36"."left"
          ) > "t36"."entered"
      ) AS "t38"
      WHERE
        EXISTS(
          SELECT
            1
          FROM (
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
          ) AS "t8"
          WHERE
            "t38"."account_id" = "t8"."known_id"
        )
    ) AS "t39"
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        "t41"."entered" AS "age",
        0 AS "left",
        0 AS "censored",
        1 AS "entered"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t38"."account_id",
            "t38"."plan_id",
            "t38"."left_on",
            "t38"."entered",
            "t38"."since",
            "t38"."left",
            "t38"."age"
          FROM (
            SELECT
              *
            FROM (
              SELECT
                "t35"."account_id",
                "t35"."plan_id",
                "t35"."left_on",
                "t35"."entered",
                "t35"."origin" AS "since",
                CASE
                  WHEN (
                    "t35"."left_on" IS NOT NULL
                  ) AND (
                    "t35"."ended" <= "t35"."follow"
                  )
                  THEN 1
                  ELSE 0
                END AS "left",
                CASE
                  WHEN (
                    "t35"."left_on" IS NOT NULL
                  ) AND (
                    "t35"."ended" <= "t35"."follow"
                  )
                  THEN "t35"."ended"
                  ELSE "t35"."follow"
                END AS "age"
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
                  "t34"."origin",
                  (
                    (
                      (
                        (
                          EXTRACT(year FROM MAKE_DATE(2026, 11, 2)) - EXTRACT(year FROM "t34"."origin")
                        ) * 12
                      ) + EXTRACT(month FROM MAKE_DATE(2026, 11, 2))
                    ) - EXTRACT(month FROM "t34"."origin")
                  ) - CASE
                    WHEN LEAST(
                      EXTRACT(day FROM "t34"."origin"),
                      EXTRACT(day FROM (
                        DATE_TRUNC('MONTH', MAKE_DATE(2026, 11, 2)) + INTERVAL '1 MONTH'
                      ) - INTERVAL '1 DAY')
                    ) > EXTRACT(day FROM MAKE_DATE(2026, 11, 2))
                    THEN 1
                    ELSE 0
                  END AS "follow",
                  GREATEST(
                    (
                      (
                        (
                          (
                            EXTRACT(year FROM "t34"."left_on") - EXTRACT(year FROM "t34"."origin")
                          ) * 12
                        ) + EXTRACT(month FROM "t34"."left_on")
                      ) - EXTRACT(month FROM "t34"."origin")
                    ) + CASE
                      WHEN LEAST(
                        EXTRACT(day FROM "t34"."origin"),
                        EXTRACT(day FROM (
                          DATE_TRUNC('MONTH', "t34"."left_on") + INTERVAL '1 MONTH'
                        ) - INTERVAL '1 DAY')
                      ) < EXTRACT(day FROM "t34"."left_on")
                      THEN 1
                      ELSE 0
                    END,
                    1
                  ) AS "ended",
                  (
                    (
                      (
                        (
                          EXTRACT(year FROM "t34"."seen") - EXTRACT(year FROM "t34"."origin")
                        ) * 12
                      ) + EXTRACT(month FROM "t34"."seen")
                    ) - EXTRACT(month FROM "t34"."origin")
                  ) + CASE
                    WHEN LEAST(
                      EXTRACT(day FROM "t34"."origin"),
                      EXTRACT(day FROM (
                        DATE_TRUNC('MONTH', "t34"."seen") + INTERVAL '1 MONTH'
                      ) - INTERVAL '1 DAY')
                    ) < EXTRACT(day FROM "t34"."seen")
                    THEN 1
                    ELSE 0
                  END AS "entered"
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
                    "t33"."signed",
                    CASE
                      WHEN COALESCE(
                        (
                          "t33"."seen" = CAST("t33"."begins" AS DATE)
                        )
                        AND (
                          "t33"."signed" < "t33"."seen"
                        ),
                        FALSE
                      )
                      THEN "t33"."signed"
                      ELSE "t33"."seen"
                    END AS "origin"
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
                      "t32"."signed"
                    FROM (
                      SELECT
                        "t31"."account_id",
                        "t31"."spell",
                        "t31"."since",
                        "t31"."left",
                        "t31"."plan_id",
                        "t31"."begins",
                        "t31"."seen",
                        "t31"."left_on",
                        "t4"."signed_id",
                        "t4"."signed"
                      FROM (
                        SELECT
                          "t29"."account_id",
                          "t29"."spell",
                          "t29"."since",
                          "t29"."left",
                          "t29"."plan_id",
                          "t29"."begins",
                          CAST("t29"."since" AS DATE) AS "seen",
                          CAST(CASE
                            WHEN "t29"."left" <= CAST('2026-11-02T00:00:00' AS TIMESTAMP)
                            THEN "t29"."left"
                            ELSE CAST(NULL AS TIMESTAMP)
                          END AS DATE) AS "left_on"
                        FROM (
                          SELECT
                            *
                          FROM (
                            SELECT
                              "t25"."account_id",
                              "t25"."spell",
                              "t25"."since",
                              "t25"."left",
                              "t25"."plan_id",
                              "t25"."begins"
                            FROM "t23" AS "t25"
                            WHERE
                              EXISTS(
                                SELECT
                                  1
                                FROM (
                                  SELECT
                                    "t24"."account_id" AS "first_id",
                                    MIN("t24"."since") AS "first_since"
                                  FROM "t23" AS "t24"
                                  GROUP BY
                                    1
                                ) AS "t27"
                                WHERE
                                  "t25"."account_id" = "t27"."first_id" AND "t25"."since" = "t27"."first_since"
                              )
                          ) AS "t28"
                          WHERE
                            "t28"."since" >= CAST('2026-10-01T00:00:00' AS TIMESTAMP)
                            AND "t28"."since" < CAST('2026-11-01T00:00:00' AS TIMESTAMP)
                        ) AS "t29"
                      ) AS "t31"
                      LEFT OUTER JOIN (
                        SELECT
                          "t0"."account_id" AS "signed_id",
                          CAST("t0"."signup_at" AS DATE) AS "signed"
                        FROM "accounts" AS "t0"
                      ) AS "t4"
                        ON "t31"."account_id" = "t4"."signed_id"
                    ) AS "t32"
                  ) AS "t33"
                ) AS "t34"
              ) AS "t35"
            ) AS "t36"
            WHERE
              (
                (
                  "t36"."age" + 1
                ) - "t36"."left"
              ) > "t36"."entered"
          ) AS "t38"
          WHERE
            EXISTS(
              SELECT
                1
              FROM (
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
              ) AS "t8"
              WHERE
                "t38"."account_id" = "t8"."known_id"
            )
        ) AS "t40"
        WHERE
          "t40"."entered" > 0
      ) AS "t41"
    ) AS "t42"
  ) AS "t43"
  GROUP BY
    1
) AS "t44";
