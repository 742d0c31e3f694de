WITH part_0 AS (
  SELECT
    COUNT(*) AS "escalated_ticket_count",
    COUNT(*) AS "escalated_ticket_count__n",
    COUNT(CASE WHEN "escalated_ticket"."escalated_at" IS NULL THEN 1 END) AS "escalated_ticket_count__unknown_time"
  FROM escalated_tickets AS "escalated_ticket"
  WHERE
    "escalated_ticket"."counted_at" >= CAST('2026-10-01 00:00:00' AS TIMESTAMP)
    AND "escalated_ticket"."counted_at" < CAST('2026-11-01 00:00:00' AS TIMESTAMP)
), part_1 AS (
  SELECT
    COUNT(*) AS "ticket_count",
    COUNT(*) AS "ticket_count__n"
  FROM tickets AS "ticket"
  WHERE
    "ticket"."created_at" >= CAST('2026-10-01 00:00:00' AS TIMESTAMP)
    AND "ticket"."created_at" < CAST('2026-11-01 00:00:00' AS TIMESTAMP)
), merged AS (
  SELECT
    MAX("escalated_ticket_count") AS "escalated_ticket_count",
    MAX("escalated_ticket_count__n") AS "escalated_ticket_count__n",
    MAX("escalated_ticket_count__unknown_time") AS "escalated_ticket_count__unknown_time",
    MAX("ticket_count") AS "ticket_count",
    MAX("ticket_count__n") AS "ticket_count__n"
  FROM (
    SELECT
      "escalated_ticket_count",
      "escalated_ticket_count__n",
      "escalated_ticket_count__unknown_time",
      NULL AS "ticket_count",
      NULL AS "ticket_count__n"
    FROM part_0
    UNION ALL
    SELECT
      NULL AS "escalated_ticket_count",
      NULL AS "escalated_ticket_count__n",
      NULL AS "escalated_ticket_count__unknown_time",
      "ticket_count",
      "ticket_count__n"
    FROM part_1
  ) AS rows_of_all
)
SELECT
  CAST(COALESCE("merged"."escalated_ticket_count", 0) AS DOUBLE) / NULLIF(COALESCE("merged"."ticket_count", 0), 0) AS "escalation_rate",
  COALESCE("merged"."ticket_count", 0) AS "escalation_rate__n",
  COALESCE("merged"."escalated_ticket_count", 0) AS "escalation_rate__numerator",
  COALESCE("merged"."ticket_count", 0) AS "escalation_rate__denominator",
  COALESCE("merged"."escalated_ticket_count__unknown_time", 0) AS "escalation_rate__unknown_time"
FROM merged
