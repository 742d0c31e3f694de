WITH part_0 AS (
  SELECT
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
    CAST(SUM("escalated_ticket"."__0") AS BIGINT) AS "escalated_ticket_count",
    CAST(SUM("escalated_ticket"."__0") AS BIGINT) AS "escalated_ticket_count__n",
    CAST(SUM("escalated_ticket"."__0") AS BIGINT) - CAST(SUM("escalated_ticket"."__1") AS BIGINT) AS "escalated_ticket_count__unknown_time",
    CAST(SUM("escalated_ticket"."__3") AS DOUBLE) / NULLIF(CAST(SUM("escalated_ticket"."__2") AS BIGINT), 0) AS "mean_resolution_minutes",
    CAST(SUM("escalated_ticket"."__2") AS BIGINT) AS "mean_resolution_minutes__n",
    CAST(SUM("escalated_ticket"."__0") AS BIGINT) - CAST(SUM("escalated_ticket"."__2") AS BIGINT) AS "mean_resolution_minutes__missing",
    CAST(SUM("escalated_ticket"."__0") AS BIGINT) - CAST(SUM("escalated_ticket"."__4") AS BIGINT) AS "mean_resolution_minutes__open",
    CAST(SUM("escalated_ticket"."__0") AS BIGINT) - CAST(SUM("escalated_ticket"."__1") AS BIGINT) AS "mean_resolution_minutes__unknown_time",
    SUM("escalated_ticket"."__5") / 60 * CAST(45.0 AS DOUBLE) AS "estimated_cost",
    CAST(SUM("escalated_ticket"."__0") AS BIGINT) AS "estimated_cost__n",
    CAST(SUM("escalated_ticket"."__0") AS BIGINT) - CAST(SUM("escalated_ticket"."__6") AS BIGINT) AS "estimated_cost__missing",
    CAST(SUM("escalated_ticket"."__0") AS BIGINT) - CAST(SUM("escalated_ticket"."__1") AS BIGINT) AS "estimated_cost__unknown_time"
  FROM (
    SELECT
      "escalated_ticket"."recorded_root_cause" AS "recorded_root_cause",
      "escalated_ticket"."root_cause_key" AS "root_cause_key",
      "escalated_ticket"."reason_key" AS "reason_key",
      COUNT(*) AS "__0",
      COUNT("escalated_ticket"."escalated_at") AS "__1",
      COUNT(
        CAST(DATE_DIFF(
          'MICROSECOND',
          "escalated_ticket"."escalated_at",
          (
            "escalated_ticket"."resolved_at_after"
          )
        ) AS DOUBLE) / 60000000.0
      ) AS "__2",
      SUM(
        CAST(CAST(DATE_DIFF(
          'MICROSECOND',
          "escalated_ticket"."escalated_at",
          (
            "escalated_ticket"."resolved_at_after"
          )
        ) AS DOUBLE) / 60000000.0 AS DOUBLE)
      ) AS "__3",
      COUNT("escalated_ticket"."resolved_at_after") AS "__4",
      SUM(
        COALESCE(
          "escalated_ticket"."handle_minutes",
          (
            SELECT
              COALESCE(AVG("escalated_ticket"."handle_minutes"), CAST(30.0 AS DOUBLE))
            FROM escalated_tickets AS "escalated_ticket"
            WHERE
              "escalated_ticket"."counted_at" >= CAST('2026-10-01 00:00:00' AS TIMESTAMP)
              AND "escalated_ticket"."counted_at" < CAST('2026-11-01 00:00:00' AS TIMESTAMP)
          )
        )
      ) AS "__5",
      COUNT("escalated_ticket"."handle_minutes") AS "__6"
    FROM escalated_tickets AS "escalated_ticket"
    WHERE
      "escalated_ticket"."counted_at" >= CAST('2026-10-01 00:00:00' AS TIMESTAMP)
      AND "escalated_ticket"."counted_at" < CAST('2026-11-01 00:00:00' AS TIMESTAMP)
    GROUP BY
      1,
      2,
      3
  ) AS "escalated_ticket"
  GROUP BY
    1
)
SELECT
  "merged"."root_cause" AS "root_cause",
  COALESCE("merged"."escalated_ticket_count", 0) AS "escalated_ticket_count",
  "merged"."mean_resolution_minutes" AS "mean_resolution_minutes",
  COALESCE("merged"."estimated_cost", 0) AS "estimated_cost",
  COALESCE("merged"."escalated_ticket_count__n", 0) AS "escalated_ticket_count__n",
  COALESCE("merged"."escalated_ticket_count__unknown_time", 0) AS "escalated_ticket_count__unknown_time",
  COALESCE("merged"."mean_resolution_minutes__n", 0) AS "mean_resolution_minutes__n",
  COALESCE("merged"."mean_resolution_minutes__missing", 0) AS "mean_resolution_minutes__missing",
  COALESCE("merged"."mean_resolution_minutes__open", 0) AS "mean_resolution_minutes__open",
  COALESCE("merged"."mean_resolution_minutes__unknown_time", 0) AS "mean_resolution_minutes__unknown_time",
  COALESCE("merged"."estimated_cost__n", 0) AS "estimated_cost__n",
  COALESCE("merged"."estimated_cost__missing", 0) AS "estimated_cost__missing",
  COALESCE("merged"."estimated_cost__unknown_time", 0) AS "estimated_cost__unknown_time"
FROM part_0 AS merged
