"""SQL by hand for the teams: what they hold, escalate, hand on and resolve."""

from __future__ import annotations

from collections.abc import Mapping

from analyst_agent.records import Finding
from benchmarks.by_hand.clauses import ACCOUNT, cause_of, period_of, totals, within

TAKEN, SOLVED = "epoch(acknowledged_at - escalated_at) / 60", "epoch(resolved_at_after - escalated_at) / 60"


def team_load(finding: Finding, codes: Mapping[str, str]) -> list[str]:
    """Eight statements. Tickets of a team by account, created and resolved, hold its flow and that of all; the escalated ones of the
    cohort, once by everything, hold every numerator; paths by priority and account hold the paths.
    """
    period = period_of(finding)
    created, counted, resolved = (within(f"t.{name}", period) for name in ("created_at", "counted_at", "resolved_at"))
    mix = "t.product_area, t.category, t.channel, a.tier"
    return [
        totals(period, ", count(*) FILTER (escalation_count > 1)"),
        f"SELECT t.team, {mix}, count(*) FROM tickets t {ACCOUNT} WHERE {created} GROUP BY ALL",
        f"""SELECT team, account_id, count(*) FILTER ({created}), count(*) FILTER ({resolved}) FROM tickets t
            WHERE {created} OR {resolved} GROUP BY 1, 2""",
        f"""SELECT t.team, from_team, {cause_of(codes)} AS cause, t.account_id, {mix}, count(*) FROM escalated_tickets t {ACCOUNT}
            WHERE {created} GROUP BY ALL""",
        "SELECT team, count(*) FROM escalated_tickets WHERE resolved_at_after IS NULL GROUP BY 1",
        f"""SELECT from_team, to_team, priority, account_id, count(*), sum({TAKEN}), count({TAKEN}), sum({SOLVED}), count({SOLVED})
            FROM escalated_tickets t WHERE {counted} GROUP BY 1, 2, 3, 4""",
        f"""SELECT v.ticket_id, t.escalation_count, v.escalated_at, v.from_team, v.to_team, v.level FROM escalation_events v
            JOIN escalated_tickets t USING (ticket_id) WHERE t.escalation_count > 1 AND {counted} ORDER BY v.escalated_at""",
        f"""SELECT priority, count(*), count(sla_due_at), count(*) FILTER (coalesce(resolved_at_after, (SELECT data_end FROM meta)) > sla_due_at),
            count(*) - count(resolved_at_after) AS still_open, avg({TAKEN}), count({TAKEN}), median({SOLVED}) FROM escalated_tickets t
            WHERE {counted} GROUP BY 1""",
    ]  # fmt: skip
