-- the common table accounts
"accounts" AS ( SELECT "account_id" AS "account_id", "name" AS "name", "tier" AS "tier", "segment" AS "segment", "industry" AS "industry", "region" AS "region",
"plan" AS "plan", "arr" AS "arr", "created_at" AS "created_at", "health_score" AS "health_score", "csm" AS "csm", "updated_at" AS "updated_at" FROM
"support"."accounts" )

-- the common table agents
"agents" AS ( SELECT "agent_id" AS "agent_id", "name" AS "name", "team" AS "team", "support_level" AS "support_level", "hourly_cost" AS "hourly_cost" FROM
"support"."agents" )

-- the common table tickets
"tickets" AS ( SELECT "ticket_id" AS "ticket_id", "created_at" AS "created_at", "updated_at" AS "updated_at", "subject" AS "subject", "description" AS
"description", "status" AS "status", "priority" AS "priority", "channel" AS "channel", "product_area" AS "product_area", "category" AS "category", "account_id"
AS "account_id", "agent_id" AS "agent_id", "team" AS "team", "is_escalated" AS "is_escalated", "first_response_at" AS "first_response_at", "resolved_at" AS
"resolved_at", "closed_at" AS "closed_at", "reopen_count" AS "reopen_count", "csat" AS "csat", "handle_minutes" AS "handle_minutes", "customer_reply_count" AS
"customer_reply_count", "sla_due_at" AS "sla_due_at", "sentiment" AS "sentiment", "language" AS "language" FROM "support"."tickets" )

-- the common table escalations
"escalations" AS ( SELECT "escalation_id" AS "escalation_id", "ticket_id" AS "ticket_id", "escalated_at" AS "escalated_at", "reason_code" AS "reason_code",
"reason" AS "reason", "root_cause" AS "root_cause", "trigger" AS "trigger", "from_team" AS "from_team", "to_team" AS "to_team", "level" AS "level",
"escalated_by" AS "escalated_by", "acknowledged_at" AS "acknowledged_at", "deescalated_at" AS "deescalated_at", "necessary" AS "necessary" FROM
"support"."escalations" )

-- the common table resolutions
"resolutions" AS ( SELECT "resolution_id" AS "resolution_id", "ticket_id" AS "ticket_id", "resolved_at" AS "resolved_at", "resolution_type" AS
"resolution_type", "minutes" AS "minutes", "agent_id" AS "agent_id", "notes" AS "notes" FROM "support"."resolutions" )

-- the common table account_directory
"account_directory" AS ( SELECT "a".*, CASE WHEN "a"."name" IS NULL THEN "a"."account_id" WHEN COUNT(*) OVER (PARTITION BY "a"."name") > 1 THEN CONCAT(
CAST("a"."name" AS VARCHAR), CAST(' (' AS VARCHAR), CAST("a"."account_id" AS VARCHAR), CAST(')' AS VARCHAR) ) ELSE "a"."name" END AS "display_name" FROM
"accounts" AS "a" )

-- the common table agent_directory
"agent_directory" AS ( SELECT "a".*, CASE WHEN "a"."name" IS NULL THEN "a"."agent_id" WHEN COUNT(*) OVER (PARTITION BY "a"."name") > 1 THEN CONCAT(
CAST("a"."name" AS VARCHAR), CAST(' (' AS VARCHAR), CAST("a"."agent_id" AS VARCHAR), CAST(')' AS VARCHAR) ) ELSE "a"."name" END AS "display_name" FROM "agents"
AS "a" )

-- the common table escalation_events
"escalation_events" AS ( WITH "keyed" AS ( SELECT "e".*, NULLIF(REGEXP_REPLACE(LOWER(TRIM("e"."reason_code")), '[ \t\n\f\r-]+', '_'), '') AS "reason_key",
NULLIF(REGEXP_REPLACE(LOWER(TRIM("e"."root_cause")), '[ \t\n\f\r-]+', '_'), '') AS "root_cause_key", TRIM("e"."root_cause") AS "spelling" FROM "escalations" AS
"e" ), "spellings" AS ( SELECT "root_cause_key", "spelling", COUNT(*) AS "spelled_count" FROM "keyed" WHERE NOT "root_cause_key" IS NULL GROUP BY
"root_cause_key", "spelling" ), "chosen" AS ( SELECT "root_cause_key", "spelling", ROW_NUMBER() OVER (PARTITION BY "root_cause_key" ORDER BY "spelled_count"
DESC, "spelling") AS "place" FROM "spellings" ) SELECT "k"."escalation_id", "k"."ticket_id", "k"."escalated_at", "k"."reason_code", "k"."reason_key",
"k"."reason", "c"."spelling" AS "recorded_root_cause", "k"."root_cause_key", "k"."trigger", "k"."from_team", "k"."to_team", "k"."level", "k"."escalated_by",
"k"."acknowledged_at", "k"."deescalated_at", "k"."necessary" FROM "keyed" AS "k" LEFT JOIN "chosen" AS "c" ON "c"."root_cause_key" = "k"."root_cause_key" AND
"c"."place" = 1 )

-- the common table escalated_tickets
"escalated_tickets" AS ( WITH "ranked" AS ( SELECT "e".*, ROW_NUMBER() OVER ( PARTITION BY "e"."ticket_id" ORDER BY "e"."escalated_at", "e"."level",
"e"."escalation_id" ) AS "place", COUNT(*) OVER (PARTITION BY "e"."ticket_id") AS "event_count" FROM "escalation_events" AS "e" ), "firsts" AS ( SELECT
"ticket_id", "escalated_at", "reason_code", "reason_key", "reason", "recorded_root_cause", "root_cause_key", "trigger", "from_team", "to_team", "level",
"escalated_by", "acknowledged_at", "deescalated_at", "necessary", "event_count" AS "escalation_count" FROM "ranked" WHERE "place" = 1 UNION ALL SELECT
"t"."ticket_id", NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1 FROM "tickets" AS "t" WHERE "t"."is_escalated" AND NOT
"t"."ticket_id" IN ( SELECT "ticket_id" FROM "escalations" ) ), "later_resolutions" AS ( SELECT "f"."ticket_id", MIN("r"."resolved_at") AS "resolved_at" FROM
"firsts" AS "f" JOIN "tickets" AS "t" ON "t"."ticket_id" = "f"."ticket_id" JOIN "resolutions" AS "r" ON "r"."ticket_id" = "f"."ticket_id" WHERE
"r"."resolved_at" >= COALESCE("f"."escalated_at", "t"."created_at") GROUP BY "f"."ticket_id" ) SELECT "f"."ticket_id", "f"."escalated_at",
COALESCE("f"."escalated_at", "t"."created_at") AS "counted_at", "f"."reason_code", "f"."reason_key", "f"."reason", "f"."recorded_root_cause",
"f"."root_cause_key", "f"."trigger", "f"."from_team", "f"."to_team", "f"."level", "f"."escalated_by", "f"."acknowledged_at", "f"."deescalated_at",
"f"."necessary", "f"."escalation_count", CASE WHEN "t"."resolved_at" >= COALESCE("f"."escalated_at", "t"."created_at") THEN "t"."resolved_at" END AS
"resolved_at_by_ticket", CASE WHEN "t"."resolved_at" >= COALESCE("f"."escalated_at", "t"."created_at") THEN "t"."resolved_at" ELSE "l"."resolved_at" END AS
"resolved_at_after", "t"."created_at", "t"."status", "t"."priority", "t"."channel", "t"."product_area", "t"."category", "t"."account_id", "t"."agent_id",
"t"."team", "t"."reopen_count", "t"."csat", "t"."handle_minutes", "t"."customer_reply_count", "t"."sla_due_at", "t"."sentiment", "t"."language" FROM "firsts" AS
"f" JOIN "tickets" AS "t" ON "t"."ticket_id" = "f"."ticket_id" LEFT JOIN "later_resolutions" AS "l" ON "l"."ticket_id" = "f"."ticket_id" )

-- rate
WITH "tickets" AS (...), "escalations" AS (...), "resolutions" AS (...), "escalation_events" AS (...), "escalated_tickets" AS (...), "part_0" AS ( SELECT
COUNT(*) AS "escalated_ticket_count", COUNT(*) AS "escalated_ticket_count__n", COUNT(*) - COUNT("escalated_ticket"."escalated_at") AS
"escalated_ticket_count__unknown_time" FROM "escalated_tickets" AS "escalated_ticket" WHERE "escalated_ticket"."counted_at" >= CAST('2026-10-01 00:00:00' AS
TIMESTAMP(6)) AND "escalated_ticket"."counted_at" < CAST('2026-11-01 00:00:00' AS TIMESTAMP(6)) ), "part_1" AS ( SELECT COUNT(*) AS "ticket_count", COUNT(*) AS
"ticket_count__n" FROM "tickets" AS "ticket" WHERE "ticket"."created_at" >= CAST('2026-10-01 00:00:00' AS TIMESTAMP(6)) AND "ticket"."created_at" <
CAST('2026-11-01 00:00:00' AS TIMESTAMP(6)) ) SELECT CAST(COALESCE("merged"."escalated_ticket_count", 0) AS DOUBLE) / NULLIF(COALESCE("part_1"."ticket_count",
0), 0) AS "escalation_rate", COALESCE("part_1"."ticket_count", 0) AS "escalation_rate__n", COALESCE("merged"."escalated_ticket_count", 0) AS
"escalation_rate__numerator", COALESCE("part_1"."ticket_count", 0) AS "escalation_rate__denominator", COALESCE("merged"."escalated_ticket_count__unknown_time",
0) AS "escalation_rate__unknown_time" FROM "part_0" AS "merged" LEFT JOIN "part_1" ON TRUE;

-- rate_by_root_cause_and_month
WITH "tickets" AS (...), "escalations" AS (...), "resolutions" AS (...), "escalation_events" AS (...), "escalated_tickets" AS (...), "part_0" AS ( SELECT
COALESCE( CASE WHEN "escalated_ticket"."root_cause_key" IN ( 'product_bug', 'policy_gap', 'training_gap', 'process_failure', 'documentation_gap', 'unclassified'
) THEN "escalated_ticket"."root_cause_key" ELSE "escalated_ticket"."recorded_root_cause" END, CASE WHEN "escalated_ticket"."reason_key" IN ( 'bug', 'crash',
'data_loss', 'defect', 'error', 'outage', 'performance', 'product_bug', 'regression', 'software_defect' ) THEN 'product_bug' WHEN
"escalated_ticket"."reason_key" IN ( 'contract_gap', 'entitlement', 'policy', 'policy_exception', 'policy_gap', 'policy_missing', 'refund_policy' ) THEN
'policy_gap' WHEN "escalated_ticket"."reason_key" IN ( 'agent_error', 'knowledge_gap', 'misdiagnosis', 'skill_gap', 'training', 'training_gap', 'wrong_answer' )
THEN 'training_gap' WHEN "escalated_ticket"."reason_key" IN ( 'delay', 'handoff', 'handover', 'misrouted', 'missed_sla', 'no_response', 'process',
'process_failure', 'routing' ) THEN 'process_failure' WHEN "escalated_ticket"."reason_key" IN ( 'doc_error', 'docs', 'documentation', 'documentation_gap',
'missing_docs', 'outdated_docs', 'unclear_docs' ) THEN 'documentation_gap' END, 'unclassified' ) AS "root_cause", CAST(DATE_TRUNC('MONTH',
"escalated_ticket"."counted_at") AS DATE) AS "month", COUNT(*) AS "escalated_ticket_count", COUNT(*) AS "escalated_ticket_count__n", COUNT(*) -
COUNT("escalated_ticket"."escalated_at") AS "escalated_ticket_count__unknown_time" FROM "escalated_tickets" AS "escalated_ticket" WHERE
"escalated_ticket"."counted_at" >= CAST('2026-10-01 00:00:00' AS TIMESTAMP(6)) AND "escalated_ticket"."counted_at" < CAST('2026-11-01 00:00:00' AS TIMESTAMP(6))
GROUP BY 1, 2 ), "part_1" AS ( SELECT CAST(DATE_TRUNC('MONTH', "ticket"."created_at") AS DATE) AS "month", COUNT(*) AS "ticket_count", COUNT(*) AS
"ticket_count__n" FROM "tickets" AS "ticket" WHERE "ticket"."created_at" >= CAST('2026-10-01 00:00:00' AS TIMESTAMP(6)) AND "ticket"."created_at" <
CAST('2026-11-01 00:00:00' AS TIMESTAMP(6)) GROUP BY 1 ), "cells" AS ( SELECT "root_cause", "month" FROM "part_0" UNION SELECT "kinds"."root_cause",
"part_1"."month" FROM "part_1" JOIN ( SELECT DISTINCT "root_cause" FROM "part_0" ) AS "kinds" ON TRUE ) SELECT "cells"."root_cause" AS "root_cause",
"cells"."month" AS "month", CAST(COALESCE("merged"."escalated_ticket_count", 0) AS DOUBLE) / NULLIF(COALESCE("part_1"."ticket_count", 0), 0) AS
"escalation_rate", COALESCE("part_1"."ticket_count", 0) AS "escalation_rate__n", COALESCE("merged"."escalated_ticket_count", 0) AS "escalation_rate__numerator",
COALESCE("part_1"."ticket_count", 0) AS "escalation_rate__denominator", COALESCE("merged"."escalated_ticket_count__unknown_time", 0) AS
"escalation_rate__unknown_time" FROM "cells" LEFT JOIN "part_0" AS "merged" ON "cells"."root_cause" IS NOT DISTINCT FROM "merged"."root_cause" AND
"cells"."month" IS NOT DISTINCT FROM "merged"."month" LEFT JOIN "part_1" ON "cells"."month" IS NOT DISTINCT FROM "part_1"."month";

-- rate_by_tier_within_a_scope
WITH "accounts" AS (...), "tickets" AS (...), "escalations" AS (...), "resolutions" AS (...), "account_directory" AS (...), "escalation_events" AS (...),
"escalated_tickets" AS (...), "part_0" AS ( SELECT "account"."tier" AS "tier", CAST(SUM("escalated_ticket"."__0") AS BIGINT) AS "escalated_ticket_count",
CAST(SUM("escalated_ticket"."__0") AS BIGINT) AS "escalated_ticket_count__n", CAST(SUM("escalated_ticket"."__0") AS BIGINT) - CAST(SUM("escalated_ticket"."__1")
AS BIGINT) AS "escalated_ticket_count__unknown_time" FROM ( SELECT "escalated_ticket"."account_id" AS "account_id", COUNT(*) AS "__0",
COUNT("escalated_ticket"."escalated_at") AS "__1" FROM "escalated_tickets" AS "escalated_ticket" LEFT JOIN "account_directory" AS "account" ON
"escalated_ticket"."account_id" = "account"."account_id" WHERE "escalated_ticket"."counted_at" >= CAST('2026-09-30 22:00:00' AS TIMESTAMP(6)) AND
"escalated_ticket"."counted_at" < CAST('2026-10-31 23:00:00' AS TIMESTAMP(6)) AND "account"."region" = 'EMEA' GROUP BY 1 ) AS "escalated_ticket" LEFT JOIN
"account_directory" AS "account" ON "escalated_ticket"."account_id" = "account"."account_id" GROUP BY 1 ), "part_1" AS ( SELECT "account"."tier" AS "tier",
CAST(SUM("ticket"."__0") AS BIGINT) AS "ticket_count", CAST(SUM("ticket"."__0") AS BIGINT) AS "ticket_count__n" FROM ( SELECT "ticket"."account_id" AS
"account_id", COUNT(*) AS "__0" FROM "tickets" AS "ticket" LEFT JOIN "account_directory" AS "account" ON "ticket"."account_id" = "account"."account_id" WHERE
"ticket"."created_at" >= CAST('2026-09-30 22:00:00' AS TIMESTAMP(6)) AND "ticket"."created_at" < CAST('2026-10-31 23:00:00' AS TIMESTAMP(6)) AND
"account"."region" = 'EMEA' GROUP BY 1 ) AS "ticket" LEFT JOIN "account_directory" AS "account" ON "ticket"."account_id" = "account"."account_id" GROUP BY 1 ),
"merged" AS ( SELECT "tier", MAX("escalated_ticket_count") AS "escalated_ticket_count", MAX("escalated_ticket_count__n") AS "escalated_ticket_count__n",
MAX("escalated_ticket_count__unknown_time") AS "escalated_ticket_count__unknown_time", MAX("ticket_count") AS "ticket_count", MAX("ticket_count__n") AS
"ticket_count__n" FROM ( SELECT "tier", "escalated_ticket_count", "escalated_ticket_count__n", "escalated_ticket_count__unknown_time", NULL AS "ticket_count",
NULL AS "ticket_count__n" FROM "part_0" UNION ALL SELECT "tier", NULL AS "escalated_ticket_count", NULL AS "escalated_ticket_count__n", NULL AS
"escalated_ticket_count__unknown_time", "ticket_count", "ticket_count__n" FROM "part_1" ) AS "rows_of_all" GROUP BY 1 ) SELECT "merged"."tier" AS "tier",
CAST(COALESCE("merged"."escalated_ticket_count", 0) AS DOUBLE) / NULLIF(COALESCE("merged"."ticket_count", 0), 0) AS "escalation_rate",
COALESCE("merged"."ticket_count", 0) AS "escalation_rate__n", COALESCE("merged"."escalated_ticket_count", 0) AS "escalation_rate__numerator",
COALESCE("merged"."ticket_count", 0) AS "escalation_rate__denominator", COALESCE("merged"."escalated_ticket_count__unknown_time", 0) AS
"escalation_rate__unknown_time" FROM "merged";

-- weeks_from_sunday_in_a_zone
WITH "accounts" AS (...), "tickets" AS (...), "resolutions" AS (...), "account_directory" AS (...), "part_0" AS ( SELECT CAST(DATE_TRUNC( 'WEEK', ( CASE WHEN
"ticket"."created_at" >= CAST('2026-10-25 01:00:00' AS TIMESTAMP(6)) THEN "ticket"."created_at" + INTERVAL '60' MINUTE ELSE "ticket"."created_at" + INTERVAL
'120' MINUTE END + INTERVAL '1' DAY ) ) - INTERVAL '1' DAY AS DATE) AS "week", COUNT(*) AS "ticket_count", COUNT(*) AS "ticket_count__n" FROM "tickets" AS
"ticket" LEFT JOIN "account_directory" AS "account" ON "ticket"."account_id" = "account"."account_id" WHERE "ticket"."created_at" >= CAST('2026-09-30 22:00:00'
AS TIMESTAMP(6)) AND "ticket"."created_at" < CAST('2026-10-31 23:00:00' AS TIMESTAMP(6)) AND "account"."region" = 'EMEA' GROUP BY 1 ), "part_1" AS ( SELECT
CAST(DATE_TRUNC( 'WEEK', ( CASE WHEN "resolution"."resolved_at" >= CAST('2026-10-25 01:00:00' AS TIMESTAMP(6)) THEN "resolution"."resolved_at" + INTERVAL '60'
MINUTE ELSE "resolution"."resolved_at" + INTERVAL '120' MINUTE END + INTERVAL '1' DAY ) ) - INTERVAL '1' DAY AS DATE) AS "week", COUNT(*) AS "resolution_count",
COUNT(*) AS "resolution_count__n" FROM "resolutions" AS "resolution" LEFT JOIN "tickets" AS "ticket" ON "resolution"."ticket_id" = "ticket"."ticket_id" LEFT
JOIN "account_directory" AS "account" ON "ticket"."account_id" = "account"."account_id" WHERE "resolution"."resolved_at" >= CAST('2026-09-30 22:00:00' AS
TIMESTAMP(6)) AND "resolution"."resolved_at" < CAST('2026-10-31 23:00:00' AS TIMESTAMP(6)) AND "account"."region" = 'EMEA' GROUP BY 1 ), "merged" AS ( SELECT
"week", MAX("ticket_count") AS "ticket_count", MAX("ticket_count__n") AS "ticket_count__n", MAX("resolution_count") AS "resolution_count",
MAX("resolution_count__n") AS "resolution_count__n" FROM ( SELECT "week", "ticket_count", "ticket_count__n", NULL AS "resolution_count", NULL AS
"resolution_count__n" FROM "part_0" UNION ALL SELECT "week", NULL AS "ticket_count", NULL AS "ticket_count__n", "resolution_count", "resolution_count__n" FROM
"part_1" ) AS "rows_of_all" GROUP BY 1 ) SELECT "merged"."week" AS "week", COALESCE("merged"."ticket_count", 0) AS "ticket_count",
COALESCE("merged"."resolution_count", 0) AS "resolution_count", COALESCE("merged"."ticket_count__n", 0) AS "ticket_count__n",
COALESCE("merged"."resolution_count__n", 0) AS "resolution_count__n" FROM "merged";

-- hours_and_weekdays_in_a_zone
WITH "accounts" AS (...), "tickets" AS (...), "account_directory" AS (...), "part_0" AS ( SELECT DAY_OF_WEEK( CASE WHEN "ticket"."created_at" >=
CAST('2026-10-25 01:00:00' AS TIMESTAMP(6)) THEN "ticket"."created_at" + INTERVAL '60' MINUTE ELSE "ticket"."created_at" + INTERVAL '120' MINUTE END ) AS
"weekday", EXTRACT(HOUR FROM CASE WHEN "ticket"."created_at" >= CAST('2026-10-25 01:00:00' AS TIMESTAMP(6)) THEN "ticket"."created_at" + INTERVAL '60' MINUTE
ELSE "ticket"."created_at" + INTERVAL '120' MINUTE END) AS "hour", COUNT(*) AS "ticket_count", COUNT(*) AS "ticket_count__n" FROM "tickets" AS "ticket" LEFT
JOIN "account_directory" AS "account" ON "ticket"."account_id" = "account"."account_id" WHERE "ticket"."created_at" >= CAST('2026-09-30 22:00:00' AS
TIMESTAMP(6)) AND "ticket"."created_at" < CAST('2026-10-31 23:00:00' AS TIMESTAMP(6)) AND "account"."region" = 'EMEA' GROUP BY 1, 2 ) SELECT "merged"."weekday"
AS "weekday", "merged"."hour" AS "hour", COALESCE("merged"."ticket_count", 0) AS "ticket_count", COALESCE("merged"."ticket_count__n", 0) AS "ticket_count__n"
FROM "part_0" AS "merged";

-- median_and_p90_by_area
WITH "tickets" AS (...), "escalations" AS (...), "resolutions" AS (...), "escalation_events" AS (...), "escalated_tickets" AS (...), "part_0" AS ( SELECT
"product_area" AS "product_area", ( ELEMENT_AT( "values_1_0", CAST(FLOOR(CAST(0.5 AS DOUBLE) * ( CARDINALITY("values_1_0") - 1 )) AS BIGINT) + 1 ) + ( CAST(0.5
AS DOUBLE) * ( CARDINALITY("values_1_0") - 1 ) - FLOOR(CAST(0.5 AS DOUBLE) * ( CARDINALITY("values_1_0") - 1 )) ) * ( ELEMENT_AT( "values_1_0",
CAST(CEIL(CAST(0.5 AS DOUBLE) * ( CARDINALITY("values_1_0") - 1 )) AS BIGINT) + 1 ) - ELEMENT_AT( "values_1_0", CAST(FLOOR(CAST(0.5 AS DOUBLE) * (
CARDINALITY("values_1_0") - 1 )) AS BIGINT) + 1 ) ) ) AS "median_resolution_minutes", "median_resolution_minutes__n" AS "median_resolution_minutes__n",
"median_resolution_minutes__missing" AS "median_resolution_minutes__missing", "median_resolution_minutes__open" AS "median_resolution_minutes__open",
"median_resolution_minutes__unknown_time" AS "median_resolution_minutes__unknown_time", ( ELEMENT_AT( "values_6_0", CAST(FLOOR(CAST(0.9 AS DOUBLE) * (
CARDINALITY("values_6_0") - 1 )) AS BIGINT) + 1 ) + ( CAST(0.9 AS DOUBLE) * ( CARDINALITY("values_6_0") - 1 ) - FLOOR(CAST(0.9 AS DOUBLE) * (
CARDINALITY("values_6_0") - 1 )) ) * ( ELEMENT_AT( "values_6_0", CAST(CEIL(CAST(0.9 AS DOUBLE) * ( CARDINALITY("values_6_0") - 1 )) AS BIGINT) + 1 ) -
ELEMENT_AT( "values_6_0", CAST(FLOOR(CAST(0.9 AS DOUBLE) * ( CARDINALITY("values_6_0") - 1 )) AS BIGINT) + 1 ) ) ) AS "p90_resolution_minutes",
"p90_resolution_minutes__n" AS "p90_resolution_minutes__n", "p90_resolution_minutes__missing" AS "p90_resolution_minutes__missing",
"p90_resolution_minutes__open" AS "p90_resolution_minutes__open", "p90_resolution_minutes__unknown_time" AS "p90_resolution_minutes__unknown_time" FROM ( SELECT
"escalated_ticket"."product_area" AS "product_area", ARRAY_SORT( ARRAY_AGG( CAST(( TO_UNIXTIME(WITH_TIMEZONE(( "escalated_ticket"."resolved_at_after" ), 'UTC'))
- TO_UNIXTIME(WITH_TIMEZONE("escalated_ticket"."escalated_at", 'UTC')) ) * 1000000 AS DOUBLE) / 60000000.0 ) FILTER(WHERE NOT CAST(( TO_UNIXTIME(WITH_TIMEZONE((
"escalated_ticket"."resolved_at_after" ), 'UTC')) - TO_UNIXTIME(WITH_TIMEZONE("escalated_ticket"."escalated_at", 'UTC')) ) * 1000000 AS DOUBLE) / 60000000.0 IS
NULL) ) AS "values_1_0", COUNT( CAST(( TO_UNIXTIME(WITH_TIMEZONE(( "escalated_ticket"."resolved_at_after" ), 'UTC')) -
TO_UNIXTIME(WITH_TIMEZONE("escalated_ticket"."escalated_at", 'UTC')) ) * 1000000 AS DOUBLE) / 60000000.0 ) AS "median_resolution_minutes__n", COUNT(*) - COUNT(
CAST(( TO_UNIXTIME(WITH_TIMEZONE(( "escalated_ticket"."resolved_at_after" ), 'UTC')) - TO_UNIXTIME(WITH_TIMEZONE("escalated_ticket"."escalated_at", 'UTC')) ) *
1000000 AS DOUBLE) / 60000000.0 ) AS "median_resolution_minutes__missing", COUNT(*) - COUNT("escalated_ticket"."resolved_at_after") AS
"median_resolution_minutes__open", COUNT(*) - COUNT("escalated_ticket"."escalated_at") AS "median_resolution_minutes__unknown_time", ARRAY_SORT( ARRAY_AGG(
CAST(( TO_UNIXTIME(WITH_TIMEZONE(( "escalated_ticket"."resolved_at_after" ), 'UTC')) - TO_UNIXTIME(WITH_TIMEZONE("escalated_ticket"."escalated_at", 'UTC')) ) *
1000000 AS DOUBLE) / 60000000.0 ) FILTER(WHERE NOT CAST(( TO_UNIXTIME(WITH_TIMEZONE(( "escalated_ticket"."resolved_at_after" ), 'UTC')) -
TO_UNIXTIME(WITH_TIMEZONE("escalated_ticket"."escalated_at", 'UTC')) ) * 1000000 AS DOUBLE) / 60000000.0 IS NULL) ) AS "values_6_0", COUNT( CAST((
TO_UNIXTIME(WITH_TIMEZONE(( "escalated_ticket"."resolved_at_after" ), 'UTC')) - TO_UNIXTIME(WITH_TIMEZONE("escalated_ticket"."escalated_at", 'UTC')) ) * 1000000
AS DOUBLE) / 60000000.0 ) AS "p90_resolution_minutes__n", COUNT(*) - COUNT( CAST(( TO_UNIXTIME(WITH_TIMEZONE(( "escalated_ticket"."resolved_at_after" ), 'UTC'))
- TO_UNIXTIME(WITH_TIMEZONE("escalated_ticket"."escalated_at", 'UTC')) ) * 1000000 AS DOUBLE) / 60000000.0 ) AS "p90_resolution_minutes__missing", COUNT(*) -
COUNT("escalated_ticket"."resolved_at_after") AS "p90_resolution_minutes__open", COUNT(*) - COUNT("escalated_ticket"."escalated_at") AS
"p90_resolution_minutes__unknown_time" FROM "escalated_tickets" AS "escalated_ticket" WHERE "escalated_ticket"."counted_at" >= CAST('2026-10-01 00:00:00' AS
TIMESTAMP(6)) AND "escalated_ticket"."counted_at" < CAST('2026-11-01 00:00:00' AS TIMESTAMP(6)) GROUP BY 1 ) AS "gathered" ) SELECT "merged"."product_area" AS
"product_area", "merged"."median_resolution_minutes" AS "median_resolution_minutes", "merged"."p90_resolution_minutes" AS "p90_resolution_minutes",
COALESCE("merged"."median_resolution_minutes__n", 0) AS "median_resolution_minutes__n", COALESCE("merged"."median_resolution_minutes__missing", 0) AS
"median_resolution_minutes__missing", COALESCE("merged"."median_resolution_minutes__open", 0) AS "median_resolution_minutes__open",
COALESCE("merged"."median_resolution_minutes__unknown_time", 0) AS "median_resolution_minutes__unknown_time", COALESCE("merged"."p90_resolution_minutes__n", 0)
AS "p90_resolution_minutes__n", COALESCE("merged"."p90_resolution_minutes__missing", 0) AS "p90_resolution_minutes__missing",
COALESCE("merged"."p90_resolution_minutes__open", 0) AS "p90_resolution_minutes__open", COALESCE("merged"."p90_resolution_minutes__unknown_time", 0) AS
"p90_resolution_minutes__unknown_time" FROM "part_0" AS "merged";

-- time_to_escalation_and_cost
WITH "tickets" AS (...), "escalations" AS (...), "resolutions" AS (...), "escalation_events" AS (...), "escalated_tickets" AS (...), "part_0" AS ( SELECT
"escalated_ticket"."team" AS "team", AVG( CAST(CAST(( TO_UNIXTIME(WITH_TIMEZONE("escalated_ticket"."escalated_at", 'UTC')) -
TO_UNIXTIME(WITH_TIMEZONE("escalated_ticket"."created_at", 'UTC')) ) * 1000000 AS DOUBLE) / 60000000.0 AS DOUBLE) ) AS "mean_time_to_escalation", COUNT( CAST((
TO_UNIXTIME(WITH_TIMEZONE("escalated_ticket"."escalated_at", 'UTC')) - TO_UNIXTIME(WITH_TIMEZONE("escalated_ticket"."created_at", 'UTC')) ) * 1000000 AS DOUBLE)
/ 60000000.0 ) AS "mean_time_to_escalation__n", COUNT(*) - COUNT( CAST(( TO_UNIXTIME(WITH_TIMEZONE("escalated_ticket"."escalated_at", 'UTC')) -
TO_UNIXTIME(WITH_TIMEZONE("escalated_ticket"."created_at", 'UTC')) ) * 1000000 AS DOUBLE) / 60000000.0 ) AS "mean_time_to_escalation__missing", COUNT(*) -
COUNT("escalated_ticket"."escalated_at") AS "mean_time_to_escalation__unknown_time", CAST(SUM( COALESCE( "escalated_ticket"."handle_minutes", ( SELECT
COALESCE(AVG(CAST("escalated_ticket"."handle_minutes" AS DOUBLE)), CAST(30.0 AS DOUBLE)) FROM "escalated_tickets" AS "escalated_ticket" WHERE
"escalated_ticket"."counted_at" >= CAST('2026-10-01 00:00:00' AS TIMESTAMP(6)) AND "escalated_ticket"."counted_at" < CAST('2026-11-01 00:00:00' AS TIMESTAMP(6))
) ) ) AS DOUBLE) / 60 * CAST(45.0 AS DOUBLE) AS "estimated_cost", COUNT(*) AS "estimated_cost__n", COUNT(*) - COUNT("escalated_ticket"."handle_minutes") AS
"estimated_cost__missing", COUNT(*) - COUNT("escalated_ticket"."escalated_at") AS "estimated_cost__unknown_time" FROM "escalated_tickets" AS "escalated_ticket"
WHERE "escalated_ticket"."counted_at" >= CAST('2026-10-01 00:00:00' AS TIMESTAMP(6)) AND "escalated_ticket"."counted_at" < CAST('2026-11-01 00:00:00' AS
TIMESTAMP(6)) GROUP BY 1 ) SELECT "merged"."team" AS "team", "merged"."mean_time_to_escalation" AS "mean_time_to_escalation",
COALESCE("merged"."estimated_cost", 0) AS "estimated_cost", COALESCE("merged"."mean_time_to_escalation__n", 0) AS "mean_time_to_escalation__n",
COALESCE("merged"."mean_time_to_escalation__missing", 0) AS "mean_time_to_escalation__missing", COALESCE("merged"."mean_time_to_escalation__unknown_time", 0) AS
"mean_time_to_escalation__unknown_time", COALESCE("merged"."estimated_cost__n", 0) AS "estimated_cost__n", COALESCE("merged"."estimated_cost__missing", 0) AS
"estimated_cost__missing", COALESCE("merged"."estimated_cost__unknown_time", 0) AS "estimated_cost__unknown_time" FROM "part_0" AS "merged";

-- sla_and_reopened
WITH "tickets" AS (...), "escalations" AS (...), "resolutions" AS (...), "escalation_events" AS (...), "escalated_tickets" AS (...), "part_0" AS ( SELECT AVG(
CAST(CASE WHEN "escalated_ticket"."sla_due_at" IS NULL THEN NULL WHEN COALESCE( ( "escalated_ticket"."resolved_at_after" ), CAST('2026-11-02 03:04:05' AS
TIMESTAMP(6)) ) > "escalated_ticket"."sla_due_at" THEN 1 ELSE 0 END AS DOUBLE) ) AS "sla_breach_rate", COUNT("escalated_ticket"."sla_due_at") AS
"sla_breach_rate__n", COUNT(*) - COUNT("escalated_ticket"."sla_due_at") AS "sla_breach_rate__missing", SUM( CASE WHEN "escalated_ticket"."sla_due_at" IS NULL
THEN NULL WHEN COALESCE( ( "escalated_ticket"."resolved_at_after" ), CAST('2026-11-02 03:04:05' AS TIMESTAMP(6)) ) > "escalated_ticket"."sla_due_at" THEN 1 ELSE
0 END ) AS "sla_breach_rate__numerator", COUNT(*) - COUNT("escalated_ticket"."escalated_at") AS "sla_breach_rate__unknown_time", AVG( CAST(CASE WHEN
"escalated_ticket"."reopen_count" IS NULL THEN NULL WHEN "escalated_ticket"."reopen_count" > 0 THEN 1 ELSE 0 END AS DOUBLE) ) AS "reopen_rate",
COUNT("escalated_ticket"."reopen_count") AS "reopen_rate__n", COUNT(*) - COUNT("escalated_ticket"."reopen_count") AS "reopen_rate__missing", SUM( CASE WHEN
"escalated_ticket"."reopen_count" IS NULL THEN NULL WHEN "escalated_ticket"."reopen_count" > 0 THEN 1 ELSE 0 END ) AS "reopen_rate__numerator", COUNT(*) -
COUNT("escalated_ticket"."escalated_at") AS "reopen_rate__unknown_time" FROM "escalated_tickets" AS "escalated_ticket" WHERE "escalated_ticket"."counted_at" >=
CAST('2026-10-01 00:00:00' AS TIMESTAMP(6)) AND "escalated_ticket"."counted_at" < CAST('2026-11-01 00:00:00' AS TIMESTAMP(6)) ) SELECT
"merged"."sla_breach_rate" AS "sla_breach_rate", "merged"."reopen_rate" AS "reopen_rate", COALESCE("merged"."sla_breach_rate__n", 0) AS "sla_breach_rate__n",
COALESCE("merged"."sla_breach_rate__missing", 0) AS "sla_breach_rate__missing", COALESCE("merged"."sla_breach_rate__numerator", 0) AS
"sla_breach_rate__numerator", COALESCE("merged"."sla_breach_rate__unknown_time", 0) AS "sla_breach_rate__unknown_time", COALESCE("merged"."reopen_rate__n", 0)
AS "reopen_rate__n", COALESCE("merged"."reopen_rate__missing", 0) AS "reopen_rate__missing", COALESCE("merged"."reopen_rate__numerator", 0) AS
"reopen_rate__numerator", COALESCE("merged"."reopen_rate__unknown_time", 0) AS "reopen_rate__unknown_time" FROM "part_0" AS "merged";

-- a_filter_on_a_many_side
WITH "tickets" AS (...), "resolutions" AS (...), "part_0" AS ( SELECT COUNT(*) AS "ticket_count", COUNT(*) AS "ticket_count__n" FROM "tickets" AS "ticket" WHERE
"ticket"."created_at" >= CAST('2026-10-01 00:00:00' AS TIMESTAMP(6)) AND "ticket"."created_at" < CAST('2026-11-01 00:00:00' AS TIMESTAMP(6)) AND NOT
"ticket"."ticket_id" IN ( SELECT "resolution"."ticket_id" FROM "resolutions" AS "resolution" WHERE "resolution"."resolution_type" = 'it''s a \ refund' ) )
SELECT COALESCE("merged"."ticket_count", 0) AS "ticket_count", COALESCE("merged"."ticket_count__n", 0) AS "ticket_count__n" FROM "part_0" AS "merged";

-- text_that_contains
WITH "tickets" AS (...), "escalations" AS (...), "resolutions" AS (...), "escalation_events" AS (...), "escalated_tickets" AS (...), "part_0" AS ( SELECT
COUNT(*) AS "escalated_ticket_count", COUNT(*) AS "escalated_ticket_count__n", COUNT(*) - COUNT("escalated_ticket"."escalated_at") AS
"escalated_ticket_count__unknown_time" FROM "escalated_tickets" AS "escalated_ticket" LEFT JOIN "tickets" AS "ticket" ON "escalated_ticket"."ticket_id" =
"ticket"."ticket_id" WHERE "escalated_ticket"."counted_at" >= CAST('2026-10-01 00:00:00' AS TIMESTAMP(6)) AND "escalated_ticket"."counted_at" < CAST('2026-11-01
00:00:00' AS TIMESTAMP(6)) AND STRPOS(LOWER("ticket"."subject"), 'invoice') > 0 ) SELECT COALESCE("merged"."escalated_ticket_count", 0) AS
"escalated_ticket_count", COALESCE("merged"."escalated_ticket_count__n", 0) AS "escalated_ticket_count__n",
COALESCE("merged"."escalated_ticket_count__unknown_time", 0) AS "escalated_ticket_count__unknown_time" FROM "part_0" AS "merged";

-- tenure
WITH "accounts" AS (...), "tickets" AS (...), "account_directory" AS (...), "part_0" AS ( SELECT CASE WHEN "account"."created_at" IS NULL THEN NULL WHEN
"ticket"."created_at" < "account"."created_at" + INTERVAL '30' DAY THEN 'under 30 days' WHEN "ticket"."created_at" < "account"."created_at" + INTERVAL '90' DAY
THEN '30-90 days' WHEN "ticket"."created_at" < "account"."created_at" + INTERVAL '365' DAY THEN '90-365 days' ELSE 'over 365 days' END AS "tenure_band",
COUNT(*) AS "ticket_count", COUNT(*) AS "ticket_count__n" FROM "tickets" AS "ticket" LEFT JOIN "account_directory" AS "account" ON "ticket"."account_id" =
"account"."account_id" WHERE "ticket"."created_at" >= CAST('2026-10-01 00:00:00' AS TIMESTAMP(6)) AND "ticket"."created_at" < CAST('2026-11-01 00:00:00' AS
TIMESTAMP(6)) GROUP BY 1 ) SELECT "merged"."tenure_band" AS "tenure_band", COALESCE("merged"."ticket_count", 0) AS "ticket_count",
COALESCE("merged"."ticket_count__n", 0) AS "ticket_count__n" FROM "part_0" AS "merged";

-- bands
WITH "tickets" AS (...), "part_0" AS ( SELECT CASE WHEN "ticket"."first_response_at" IS NULL THEN NULL WHEN "ticket"."first_response_at" < "ticket"."created_at"
+ INTERVAL '1' HOUR THEN 'answered within 1 h' WHEN "ticket"."first_response_at" < "ticket"."created_at" + INTERVAL '4' HOUR THEN 'answered in 1-4 h' WHEN
"ticket"."first_response_at" < "ticket"."created_at" + INTERVAL '24' HOUR THEN 'answered in 4-24 h' ELSE 'answered after 24 h' END AS "first_response_band",
CASE WHEN "ticket"."csat" IS NULL THEN NULL WHEN "ticket"."csat" <= 1 THEN 'score 1' WHEN "ticket"."csat" <= 2 THEN 'score 2' WHEN "ticket"."csat" <= 3 THEN
'score 3' WHEN "ticket"."csat" <= 4 THEN 'score 4' ELSE 'score 5' END AS "csat_score", AVG(CAST("ticket"."csat" AS DOUBLE)) AS "mean_ticket_csat",
COUNT("ticket"."csat") AS "mean_ticket_csat__n", COUNT(*) - COUNT("ticket"."csat") AS "mean_ticket_csat__missing" FROM "tickets" AS "ticket" WHERE
"ticket"."created_at" >= CAST('2026-10-01 00:00:00' AS TIMESTAMP(6)) AND "ticket"."created_at" < CAST('2026-11-01 00:00:00' AS TIMESTAMP(6)) GROUP BY 1, 2 )
SELECT "merged"."first_response_band" AS "first_response_band", "merged"."csat_score" AS "csat_score", "merged"."mean_ticket_csat" AS "mean_ticket_csat",
COALESCE("merged"."mean_ticket_csat__n", 0) AS "mean_ticket_csat__n", COALESCE("merged"."mean_ticket_csat__missing", 0) AS "mean_ticket_csat__missing" FROM
"part_0" AS "merged";

-- single_tickets
WITH "accounts" AS (...), "tickets" AS (...), "escalations" AS (...), "resolutions" AS (...), "account_directory" AS (...), "escalation_events" AS (...),
"escalated_tickets" AS (...) SELECT "escalated_ticket"."ticket_id" AS "ticket_id", "escalated_ticket"."escalated_at" AS "escalated_at", "account"."display_name"
AS "account" FROM "escalated_tickets" AS "escalated_ticket" LEFT JOIN "account_directory" AS "account" ON "escalated_ticket"."account_id" =
"account"."account_id" WHERE "escalated_ticket"."counted_at" >= CAST('2026-10-01 00:00:00' AS TIMESTAMP(6)) AND "escalated_ticket"."counted_at" <
CAST('2026-11-01 00:00:00' AS TIMESTAMP(6)) ORDER BY "escalated_ticket"."counted_at", "escalated_ticket"."ticket_id" LIMIT 10;

-- tickets_of_a_sample
WITH "tickets" AS (...), "escalations" AS (...), "resolutions" AS (...), "escalation_events" AS (...), "escalated_tickets" AS (...) SELECT
"escalated_ticket"."ticket_id" AS "ticket_id" FROM "escalated_tickets" AS "escalated_ticket" WHERE "escalated_ticket"."counted_at" >= CAST('2026-10-01 00:00:00'
AS TIMESTAMP(6)) AND "escalated_ticket"."counted_at" < CAST('2026-11-01 00:00:00' AS TIMESTAMP(6)) AND
LOWER(TO_HEX(MD5(TO_UTF8(CAST("escalated_ticket"."ticket_id" AS VARCHAR))))) < '20000000' ORDER BY "escalated_ticket"."counted_at",
"escalated_ticket"."ticket_id";

-- values_of_a_dimension
WITH "accounts" AS (...), "account_directory" AS (...) SELECT CAST("account"."tier" AS VARCHAR) AS "value", COUNT(*) AS "uses" FROM "account_directory" AS
"account" WHERE NOT "account"."tier" IS NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 100;

-- lag
WITH "tickets" AS (...), "escalations" AS (...), "resolutions" AS (...), "escalation_events" AS (...), "escalated_tickets" AS (...) SELECT CAST(( ELEMENT_AT(
"values_0_0", CAST(FLOOR(CAST(0.95 AS DOUBLE) * ( CARDINALITY("values_0_0") - 1 )) AS BIGINT) + 1 ) + ( CAST(0.95 AS DOUBLE) * ( CARDINALITY("values_0_0") - 1 )
- FLOOR(CAST(0.95 AS DOUBLE) * ( CARDINALITY("values_0_0") - 1 )) ) * ( ELEMENT_AT( "values_0_0", CAST(CEIL(CAST(0.95 AS DOUBLE) * ( CARDINALITY("values_0_0") -
1 )) AS BIGINT) + 1 ) - ELEMENT_AT( "values_0_0", CAST(FLOOR(CAST(0.95 AS DOUBLE) * ( CARDINALITY("values_0_0") - 1 )) AS BIGINT) + 1 ) ) ) AS DOUBLE) / 1440.0
AS "days" FROM ( SELECT ARRAY_SORT( ARRAY_AGG( CAST(( TO_UNIXTIME(WITH_TIMEZONE("escalated_ticket"."escalated_at", 'UTC')) -
TO_UNIXTIME(WITH_TIMEZONE("escalated_ticket"."created_at", 'UTC')) ) * 1000000 AS DOUBLE) / 60000000.0 ) FILTER(WHERE NOT CAST((
TO_UNIXTIME(WITH_TIMEZONE("escalated_ticket"."escalated_at", 'UTC')) - TO_UNIXTIME(WITH_TIMEZONE("escalated_ticket"."created_at", 'UTC')) ) * 1000000 AS DOUBLE)
/ 60000000.0 IS NULL) ) AS "values_0_0" FROM "escalated_tickets" AS "escalated_ticket" ) AS "gathered";

-- days_of_the_data
WITH "tickets" AS (...), "escalations" AS (...), "resolutions" AS (...) SELECT ( SELECT MIN("created_at") FROM "tickets" ) AS "earliest", ( SELECT
MAX("created_at") FROM "tickets" ) AS "latest_0", ( SELECT MAX("updated_at") FROM "tickets" ) AS "latest_1", ( SELECT MAX("resolved_at") FROM "tickets" ) AS
"latest_2", ( SELECT MAX("escalated_at") FROM "escalations" ) AS "latest_3", ( SELECT MAX("resolved_at") FROM "resolutions" ) AS "latest_4";

-- names_of_people
WITH "accounts" AS (...), "agents" AS (...) SELECT "name" FROM "agents" WHERE "name" <> '' UNION SELECT "csm" FROM "accounts" WHERE "csm" <> '' ORDER BY 1;

-- names_of_accounts
WITH "accounts" AS (...), "tickets" AS (...) SELECT DISTINCT "a"."name" FROM "tickets" AS "t" JOIN "accounts" AS "a" ON "a"."account_id" = "t"."account_id"
WHERE "a"."name" <> '' AND "t"."ticket_id" IN ('t''1', '\') ORDER BY 1;
