WITH part_0 AS (
  SELECT
    COUNT(*) AS "escalated_ticket_count",
    COUNT(*) AS "escalated_ticket_count__n",
    COUNT(*) - COUNT("escalated_ticket"."escalated_at") AS "escalated_ticket_count__unknown_time"
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
)
SELECT
  CAST(COALESCE("merged"."escalated_ticket_count", 0) AS DOUBLE) / NULLIF(COALESCE("part_1"."ticket_count", 0), 0) AS "escalation_rate",
  COALESCE("part_1"."ticket_count", 0) AS "escalation_rate__n",
  COALESCE("merged"."escalated_ticket_count", 0) AS "escalation_rate__numerator",
  COALESCE("part_1"."ticket_count", 0) AS "escalation_rate__denominator",
  COALESCE("merged"."escalated_ticket_count__unknown_time", 0) AS "escalation_rate__unknown_time"
FROM part_0 AS merged
LEFT JOIN part_1
  ON TRUE
