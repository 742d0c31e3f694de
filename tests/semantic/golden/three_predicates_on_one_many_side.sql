WITH part_0 AS (
  SELECT
    COUNT(*) AS "escalated_ticket_count",
    COUNT(*) AS "escalated_ticket_count__n",
    COUNT(*) - COUNT("escalated_ticket"."escalated_at") AS "escalated_ticket_count__unknown_time"
  FROM escalated_tickets AS "escalated_ticket"
  WHERE
    "escalated_ticket"."counted_at" >= CAST('2026-10-01 00:00:00' AS TIMESTAMP)
    AND "escalated_ticket"."counted_at" < CAST('2026-11-01 00:00:00' AS TIMESTAMP)
    AND "escalated_ticket"."ticket_id" IN (
      SELECT
        "resolution"."ticket_id"
      FROM resolutions AS "resolution"
      WHERE
        "resolution"."resolution_type" = 'refund'
        AND "resolution"."minutes" > 60
        AND STRPOS(LOWER("resolution"."notes"), 'paid') > 0
    )
)
SELECT
  COALESCE("merged"."escalated_ticket_count", 0) AS "escalated_ticket_count",
  COALESCE("merged"."escalated_ticket_count__n", 0) AS "escalated_ticket_count__n",
  COALESCE("merged"."escalated_ticket_count__unknown_time", 0) AS "escalated_ticket_count__unknown_time"
FROM part_0 AS merged
