"""Twelve questions of a support desk as semantic queries, each beside the tightest SQL a person would write for the same rows."""

from __future__ import annotations

from dataclasses import dataclass

from analyst_agent.records import Filter, Period, SemanticQuery
from benchmarks.by_hand.clauses import cause_of, within

TOOK = "epoch(resolved_at_after - escalated_at) / 60"
BERLIN = "Europe/Berlin"


@dataclass(frozen=True, slots=True)
class Canonical:
    """A question: the semantic query, the SQL by hand (columns: dimensions, then metrics) and the zone of its days."""

    name: str
    query: SemanticQuery
    by_hand: str
    zone: str = "UTC"


def canonical(month: Period, year: Period, codes: dict[str, str]) -> list[Canonical]:
    """The twelve, over the last month and the last twelve."""
    cause = cause_of(codes)
    e_month, t_month = within("counted_at", month), within("created_at", month)
    e_year, t_year = within("counted_at", year), within("created_at", year)
    ask = SemanticQuery
    return [
        Canonical(
            "escalation rate of a month",
            ask(("escalation_rate",), period=month),
            f"""SELECT (SELECT count(*) FROM escalated_tickets WHERE {e_month})::DOUBLE
                / (SELECT count(*) FROM tickets WHERE {t_month})""",
        ),
        Canonical(
            "escalation rate by month, a year",
            ask(("escalation_rate",), ("month",), period=year),
            f"""SELECT strftime(m, '%Y-%m'), e::DOUBLE / t FROM
                (SELECT date_trunc('month', created_at) AS m, count(*) AS t FROM tickets WHERE {t_year} GROUP BY 1)
                LEFT JOIN (SELECT date_trunc('month', counted_at) AS m, count(*) AS e FROM escalated_tickets
                WHERE {e_year} GROUP BY 1) USING (m)""",
        ),
        Canonical(
            "root causes with cost and resolution, a month",
            ask(("escalated_ticket_count", "open_escalated_count", "mean_resolution_minutes", "estimated_cost"), ("root_cause",), period=month),
            f"""SELECT {cause}, count(*), count(*) - count(resolved_at_after), avg({TOOK}), sum(coalesce(handle_minutes,
                (SELECT avg(handle_minutes) FROM escalated_tickets WHERE {e_month}))) / 60 * 45
                FROM escalated_tickets WHERE {e_month} GROUP BY 1""",
        ),
        Canonical(
            "escalation rate by root cause, a year",
            ask(("escalation_rate",), ("root_cause",), period=year),
            f"""SELECT {cause}, count(*)::DOUBLE / (SELECT count(*) FROM tickets WHERE {t_year})
                FROM escalated_tickets WHERE {e_year} GROUP BY 1""",
        ),
        Canonical(
            "period rate and cohort rate by tier, a year",
            ask(("escalation_rate", "cohort_escalation_rate"), ("tier",), period=year),
            f"""SELECT tier, sum(e)::DOUBLE / sum(t), sum(c)::DOUBLE / sum(t) FROM
                (SELECT account_id, 0 AS e, count(*) AS t, count(x.ticket_id) AS c FROM tickets t LEFT JOIN
                (SELECT ticket_id FROM escalated_tickets WHERE {t_year}) x USING (ticket_id) WHERE {within("t.created_at", year)} GROUP BY 1
                UNION ALL SELECT account_id, count(*), 0, 0 FROM escalated_tickets WHERE {e_year} GROUP BY 1)
                LEFT JOIN account_directory USING (account_id) GROUP BY 1""",
        ),
        Canonical(
            "mean, median and 90th percentile of resolution by area, a year",
            ask(("mean_resolution_minutes", "median_resolution_minutes", "p90_resolution_minutes"), ("product_area",), period=year),
            f"""SELECT product_area, avg({TOOK}), median({TOOK}), quantile_cont({TOOK}, 0.9)
                FROM escalated_tickets WHERE {e_year} GROUP BY 1""",
        ),
        Canonical(
            "escalation rate by month and root cause in one region, a year",
            ask(("escalation_rate",), ("month", "root_cause"), (Filter("region", "=", "EMEA"),), year),
            f"""WITH a AS (SELECT account_id FROM account_directory WHERE region = 'EMEA')
                SELECT strftime(t.m, '%Y-%m'), c, coalesce(e, 0)::DOUBLE / t.n FROM
                (SELECT date_trunc('month', created_at) AS m, count(*) AS n FROM tickets SEMI JOIN a USING (account_id) WHERE {t_year} GROUP BY 1) t
                CROSS JOIN (SELECT DISTINCT c FROM (SELECT {cause} AS c FROM escalated_tickets SEMI JOIN a USING (account_id) WHERE {e_year}))
                LEFT JOIN (SELECT date_trunc('month', counted_at) AS m, {cause} AS c, count(*) AS e FROM escalated_tickets SEMI JOIN a
                USING (account_id) WHERE {e_year} GROUP BY 1, 2) USING (m, c)""",
        ),
        Canonical(
            "accounts with most escalated tickets, a year",
            ask(("escalated_ticket_count",), ("account",), period=year),
            f"""SELECT display_name, n FROM (SELECT account_id, count(*) AS n FROM escalated_tickets WHERE {e_year} GROUP BY 1)
                LEFT JOIN account_directory USING (account_id) ORDER BY n DESC, 1""",
        ),
        Canonical(
            "time spent by type of resolution at one priority, a year",
            ask(("resolution_count", "resolution_minutes"), ("resolution_type",), (Filter("priority", "=", "P1"),), year),
            f"""SELECT resolution_type, count(*), avg(minutes) FROM resolutions
                SEMI JOIN (SELECT ticket_id FROM tickets WHERE priority = 'P1') USING (ticket_id)
                WHERE {within("resolved_at", year)} GROUP BY 1""",
        ),
        Canonical(
            "areas of tickets that were resolved in one way, a year",
            ask(("escalated_ticket_count",), ("product_area",), (Filter("resolution_type", "=", "refund"),), year),
            f"""SELECT product_area, count(*) FROM escalated_tickets SEMI JOIN
                (SELECT ticket_id FROM resolutions WHERE resolution_type = 'refund') USING (ticket_id) WHERE {e_year} GROUP BY 1""",
        ),
        Canonical(
            "breached, reopened and escalated again by support level, everything",
            ask(("sla_breach_rate", "reopen_rate", "re_escalation_rate"), ("support_level",)),
            """WITH d AS (SELECT greatest((SELECT max(created_at) FROM tickets), (SELECT max(updated_at) FROM tickets),
                (SELECT max(resolved_at) FROM tickets), (SELECT max(escalated_at) FROM escalations), (SELECT max(resolved_at) FROM resolutions)) AS data_end)
                SELECT support_level, sum(b)::DOUBLE / sum(s), sum(r)::DOUBLE / sum(k), sum(m)::DOUBLE / sum(n) FROM
                (SELECT agent_id, count(*) FILTER (coalesce(resolved_at_after, data_end) > sla_due_at) AS b, count(sla_due_at) AS s,
                count(*) FILTER (reopen_count > 0) AS r, count(reopen_count) AS k, count(*) FILTER (escalation_count > 1) AS m, count(*) AS n
                FROM escalated_tickets, d GROUP BY 1) LEFT JOIN agent_directory USING (agent_id) GROUP BY 1""",
        ),
        Canonical(
            "escalated tickets by local month in Berlin, everything",
            ask(("escalated_ticket_count",), ("month",)),
            f"""SELECT strftime(date_trunc('month', counted_at AT TIME ZONE 'UTC' AT TIME ZONE '{BERLIN}'), '%Y-%m'), sum(n) FROM
                (SELECT time_bucket(INTERVAL 1 HOUR, counted_at) AS counted_at, count(*) AS n FROM escalated_tickets GROUP BY 1) GROUP BY 1""",
            BERLIN,
        ),
    ]  # fmt: skip
