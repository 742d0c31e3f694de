"""SQL by hand for the course over time: everything by day in one scan of each table, the latest unit by account in another."""

from __future__ import annotations

from collections.abc import Mapping

from analyst_agent.records import Finding
from benchmarks.by_hand.clauses import as_period, period_of, within


def escalation_trend(finding: Finding, _: Mapping[str, str]) -> list[str]:
    """By day: tickets, those with a category and of an account with a tier, those escalated at any time; escalated tickets, with a code,
    of unknown time. By account: the latest unit and the ones it is compared with.
    """
    period = period_of(finding)
    created, counted = within("t.created_at", period), within("counted_at", period)
    units = [as_period(q.semantic["period"]) for q in finding.queries if q.semantic["by"] == ["account"]]
    of_units, of_both = " OR ".join(within("moment", one) for one in units), ""
    for place, unit in enumerate(units):
        inside = within("moment", unit)
        of_both += f", count(*) FILTER ({inside} AND is_escalated) AS e{place}, count(*) FILTER ({inside} AND NOT is_escalated) AS t{place}"
    by_account = f"""SELECT display_name{of_both} FROM
            (SELECT account_id, created_at AS moment, FALSE AS is_escalated FROM tickets
            UNION ALL SELECT account_id, counted_at, TRUE FROM escalated_tickets)
            LEFT JOIN account_directory USING (account_id) WHERE {of_units} GROUP BY 1"""
    return [
        f"""SELECT day, sum(tickets) AS tickets, sum(categories), sum(tiers), sum(later), sum(escalated) AS escalated, sum(codes), sum(unknown)
            FROM (SELECT t.created_at::DATE AS day, count(*) AS tickets, count(t.category) AS categories, count(a.tier) AS tiers, 0 AS later,
            0 AS escalated, 0 AS codes, 0 AS unknown FROM tickets t LEFT JOIN account_directory a USING (account_id) WHERE {created} GROUP BY 1
            UNION ALL SELECT created_at::DATE, 0, 0, 0, count(*), 0, 0, 0 FROM escalated_tickets t WHERE {created} GROUP BY 1
            UNION ALL SELECT counted_at::DATE, 0, 0, 0, 0, count(*), count(reason_code), count(*) - count(escalated_at)
            FROM escalated_tickets WHERE {counted} GROUP BY 1) GROUP BY 1""",
        *([by_account] if units else []),
    ]  # fmt: skip
