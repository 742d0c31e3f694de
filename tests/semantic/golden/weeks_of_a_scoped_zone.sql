WITH part_0 AS (
  SELECT
    CAST(DATE_TRUNC(
      'WEEK',
      (
        CASE
          WHEN "ticket"."created_at" >= CAST('2026-10-25 01:00:00' AS TIMESTAMP)
          THEN "ticket"."created_at" + INTERVAL '60' MINUTE
          ELSE "ticket"."created_at" + INTERVAL '120' MINUTE
        END + INTERVAL '1' DAY
      )
    ) - INTERVAL '1' DAY AS DATE) AS "week",
    COUNT(*) AS "ticket_count",
    COUNT(*) AS "ticket_count__n"
  FROM tickets AS "ticket"
  LEFT JOIN account_directory AS "account"
    ON "ticket"."account_id" = "account"."account_id"
  WHERE
    "ticket"."created_at" >= CAST('2026-09-30 22:00:00' AS TIMESTAMP)
    AND "ticket"."created_at" < CAST('2026-10-31 23:00:00' AS TIMESTAMP)
    AND "account"."region" = 'EMEA'
  GROUP BY
    1
), part_1 AS (
  SELECT
    CAST(DATE_TRUNC(
      'WEEK',
      (
        CASE
          WHEN "resolution"."resolved_at" >= CAST('2026-10-25 01:00:00' AS TIMESTAMP)
          THEN "resolution"."resolved_at" + INTERVAL '60' MINUTE
          ELSE "resolution"."resolved_at" + INTERVAL '120' MINUTE
        END + INTERVAL '1' DAY
      )
    ) - INTERVAL '1' DAY AS DATE) AS "week",
    COUNT(*) AS "resolution_count",
    COUNT(*) AS "resolution_count__n"
  FROM resolutions AS "resolution"
  LEFT JOIN tickets AS "ticket"
    ON "resolution"."ticket_id" = "ticket"."ticket_id"
  LEFT JOIN account_directory AS "account"
    ON "ticket"."account_id" = "account"."account_id"
  WHERE
    "resolution"."resolved_at" >= CAST('2026-09-30 22:00:00' AS TIMESTAMP)
    AND "resolution"."resolved_at" < CAST('2026-10-31 23:00:00' AS TIMESTAMP)
    AND "account"."region" = 'EMEA'
  GROUP BY
    1
), merged AS (
  SELECT
    "week",
    MAX("ticket_count") AS "ticket_count",
    MAX("ticket_count__n") AS "ticket_count__n",
    MAX("resolution_count") AS "resolution_count",
    MAX("resolution_count__n") AS "resolution_count__n"
  FROM (
    SELECT
      "week",
      "ticket_count",
      "ticket_count__n",
      NULL AS "resolution_count",
      NULL AS "resolution_count__n"
    FROM part_0
    UNION ALL
    SELECT
      "week",
      NULL AS "ticket_count",
      NULL AS "ticket_count__n",
      "resolution_count",
      "resolution_count__n"
    FROM part_1
  ) AS rows_of_all
  GROUP BY
    1
)
SELECT
  "merged"."week" AS "week",
  COALESCE("merged"."ticket_count", 0) AS "ticket_count",
  COALESCE("merged"."resolution_count", 0) AS "resolution_count",
  COALESCE("merged"."ticket_count__n", 0) AS "ticket_count__n",
  COALESCE("merged"."resolution_count__n", 0) AS "resolution_count__n"
FROM merged
