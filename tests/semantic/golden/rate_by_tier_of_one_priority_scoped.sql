WITH part_0 AS (
  SELECT
    "account"."tier" AS "tier",
    CAST(SUM("escalated_ticket"."__0") AS BIGINT) AS "escalated_ticket_count",
    CAST(SUM("escalated_ticket"."__0") AS BIGINT) AS "escalated_ticket_count__n",
    CAST(SUM("escalated_ticket"."__0") AS BIGINT) - CAST(SUM("escalated_ticket"."__1") AS BIGINT) AS "escalated_ticket_count__unknown_time"
  FROM (
    SELECT
      "escalated_ticket"."account_id" AS "account_id",
      COUNT(*) AS "__0",
      COUNT("escalated_ticket"."escalated_at") AS "__1"
    FROM escalated_tickets AS "escalated_ticket"
    LEFT JOIN account_directory AS "account"
      ON "escalated_ticket"."account_id" = "account"."account_id"
    WHERE
      "escalated_ticket"."counted_at" >= CAST('2026-09-30 22:00:00' AS TIMESTAMP)
      AND "escalated_ticket"."counted_at" < CAST('2026-10-31 23:00:00' AS TIMESTAMP)
      AND "escalated_ticket"."priority" = 'P1'
      AND "account"."region" = 'EMEA'
    GROUP BY
      1
  ) AS "escalated_ticket"
  LEFT JOIN account_directory AS "account"
    ON "escalated_ticket"."account_id" = "account"."account_id"
  GROUP BY
    1
), part_1 AS (
  SELECT
    "account"."tier" AS "tier",
    CAST(SUM("ticket"."__0") AS BIGINT) AS "ticket_count",
    CAST(SUM("ticket"."__0") AS BIGINT) AS "ticket_count__n"
  FROM (
    SELECT
      "ticket"."account_id" AS "account_id",
      COUNT(*) AS "__0"
    FROM tickets AS "ticket"
    LEFT JOIN account_directory AS "account"
      ON "ticket"."account_id" = "account"."account_id"
    WHERE
      "ticket"."created_at" >= CAST('2026-09-30 22:00:00' AS TIMESTAMP)
      AND "ticket"."created_at" < CAST('2026-10-31 23:00:00' AS TIMESTAMP)
      AND "ticket"."priority" = 'P1'
      AND "account"."region" = 'EMEA'
    GROUP BY
      1
  ) AS "ticket"
  LEFT JOIN account_directory AS "account"
    ON "ticket"."account_id" = "account"."account_id"
  GROUP BY
    1
), merged AS (
  SELECT
    "tier",
    MAX("escalated_ticket_count") AS "escalated_ticket_count",
    MAX("escalated_ticket_count__n") AS "escalated_ticket_count__n",
    MAX("escalated_ticket_count__unknown_time") AS "escalated_ticket_count__unknown_time",
    MAX("ticket_count") AS "ticket_count",
    MAX("ticket_count__n") AS "ticket_count__n"
  FROM (
    SELECT
      "tier",
      "escalated_ticket_count",
      "escalated_ticket_count__n",
      "escalated_ticket_count__unknown_time",
      NULL AS "ticket_count",
      NULL AS "ticket_count__n"
    FROM part_0
    UNION ALL
    SELECT
      "tier",
      NULL AS "escalated_ticket_count",
      NULL AS "escalated_ticket_count__n",
      NULL AS "escalated_ticket_count__unknown_time",
      "ticket_count",
      "ticket_count__n"
    FROM part_1
  ) AS rows_of_all
  GROUP BY
    1
)
SELECT
  "merged"."tier" AS "tier",
  CAST(COALESCE("merged"."escalated_ticket_count", 0) AS DOUBLE) / NULLIF(COALESCE("merged"."ticket_count", 0), 0) AS "escalation_rate",
  COALESCE("merged"."ticket_count", 0) AS "escalation_rate__n",
  COALESCE("merged"."escalated_ticket_count", 0) AS "escalation_rate__numerator",
  COALESCE("merged"."ticket_count", 0) AS "escalation_rate__denominator",
  COALESCE("merged"."escalated_ticket_count__unknown_time", 0) AS "escalation_rate__unknown_time"
FROM merged
