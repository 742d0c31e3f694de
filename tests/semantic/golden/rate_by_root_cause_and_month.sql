WITH part_0 AS (
  SELECT
    CAST(DATE_TRUNC('MONTH', "escalated_ticket"."counted_at") AS DATE) AS "month",
    COALESCE(
      CASE
        WHEN "escalated_ticket"."root_cause_key" IN (
          'product_bug',
          'policy_gap',
          'training_gap',
          'process_failure',
          'documentation_gap',
          'unclassified'
        )
        THEN "escalated_ticket"."root_cause_key"
        ELSE "escalated_ticket"."recorded_root_cause"
      END,
      CASE
        WHEN "escalated_ticket"."reason_key" IN (
          'bug',
          'crash',
          'data_loss',
          'defect',
          'error',
          'outage',
          'performance',
          'product_bug',
          'regression',
          'software_defect'
        )
        THEN 'product_bug'
        WHEN "escalated_ticket"."reason_key" IN (
          'contract_gap',
          'entitlement',
          'policy',
          'policy_exception',
          'policy_gap',
          'policy_missing',
          'refund_policy'
        )
        THEN 'policy_gap'
        WHEN "escalated_ticket"."reason_key" IN (
          'agent_error',
          'knowledge_gap',
          'misdiagnosis',
          'skill_gap',
          'training',
          'training_gap',
          'wrong_answer'
        )
        THEN 'training_gap'
        WHEN "escalated_ticket"."reason_key" IN (
          'delay',
          'handoff',
          'handover',
          'misrouted',
          'missed_sla',
          'no_response',
          'process',
          'process_failure',
          'routing'
        )
        THEN 'process_failure'
        WHEN "escalated_ticket"."reason_key" IN (
          'doc_error',
          'docs',
          'documentation',
          'documentation_gap',
          'missing_docs',
          'outdated_docs',
          'unclear_docs'
        )
        THEN 'documentation_gap'
      END,
      'unclassified'
    ) AS "root_cause",
    COUNT(*) AS "escalated_ticket_count",
    COUNT(*) AS "escalated_ticket_count__n",
    COUNT(*) - COUNT("escalated_ticket"."escalated_at") AS "escalated_ticket_count__unknown_time"
  FROM escalated_tickets AS "escalated_ticket"
  WHERE
    "escalated_ticket"."counted_at" >= CAST('2026-10-01 00:00:00' AS TIMESTAMP)
    AND "escalated_ticket"."counted_at" < CAST('2026-11-01 00:00:00' AS TIMESTAMP)
  GROUP BY
    1,
    2
), part_1 AS (
  SELECT
    CAST(DATE_TRUNC('MONTH', "ticket"."created_at") AS DATE) AS "month",
    COUNT(*) AS "ticket_count",
    COUNT(*) AS "ticket_count__n"
  FROM tickets AS "ticket"
  WHERE
    "ticket"."created_at" >= CAST('2026-10-01 00:00:00' AS TIMESTAMP)
    AND "ticket"."created_at" < CAST('2026-11-01 00:00:00' AS TIMESTAMP)
  GROUP BY
    1
), cells AS (
  SELECT
    "month",
    "root_cause"
  FROM part_0
  UNION
  SELECT
    "part_1"."month",
    "kinds"."root_cause"
  FROM part_1
  JOIN (
    SELECT DISTINCT
      "root_cause"
    FROM part_0
  ) AS kinds
    ON TRUE
)
SELECT
  "cells"."month" AS "month",
  "cells"."root_cause" AS "root_cause",
  CAST(COALESCE("merged"."escalated_ticket_count", 0) AS DOUBLE) / NULLIF(COALESCE("part_1"."ticket_count", 0), 0) AS "escalation_rate",
  COALESCE("part_1"."ticket_count", 0) AS "escalation_rate__n",
  COALESCE("merged"."escalated_ticket_count", 0) AS "escalation_rate__numerator",
  COALESCE("part_1"."ticket_count", 0) AS "escalation_rate__denominator",
  COALESCE("merged"."escalated_ticket_count__unknown_time", 0) AS "escalation_rate__unknown_time"
FROM cells
LEFT JOIN part_0 AS merged
  ON "cells"."month" IS NOT DISTINCT FROM "merged"."month"
  AND "cells"."root_cause" IS NOT DISTINCT FROM "merged"."root_cause"
LEFT JOIN part_1
  ON "cells"."month" IS NOT DISTINCT FROM "part_1"."month"
