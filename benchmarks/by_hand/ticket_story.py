"""SQL by hand for one ticket: itself, its escalations and resolutions, and the resolved ones that it is compared with."""

from __future__ import annotations

from collections.abc import Mapping

from analyst_agent.records import Finding
from benchmarks.by_hand.clauses import as_period, asked_values, listed, within


def ticket_story(finding: Finding, _: Mapping[str, str]) -> list[str]:
    """Looked up by its id."""
    ticket = finding.queries[0].semantic["where"][0]["value"]
    [similar] = [q.semantic for q in finding.queries if any(one["field"] == "is_open" for one in q.semantic["where"])]
    areas = [one["value"] for one in similar["where"] if one["field"] == "product_area"]
    of_area = f"AND e.product_area IN ({listed(areas)})" if areas else ""
    recent = f"AND {within('e.counted_at', as_period(similar['period']))}" if similar["period"] else ""
    alike = [one for one in asked_values(finding, "ticket_id") if one != ticket]
    own = f"ticket_id = {listed([ticket])}"
    return [
        f"""SELECT t.* EXCLUDE (handle_minutes, csat), a.tier, a.display_name, g.display_name FROM tickets t
            LEFT JOIN account_directory a USING (account_id) LEFT JOIN agent_directory g USING (agent_id) WHERE {own}""",
        f"""SELECT escalated_at, acknowledged_at, from_team, to_team, level, reason_code, "trigger", reason FROM escalation_events
            WHERE {own} ORDER BY escalated_at""",
        f"SELECT resolved_at, resolution_type, notes FROM resolutions WHERE {own} ORDER BY resolved_at",
        f"""SELECT e.ticket_id, t.subject, t.description, e.escalated_at, e.resolved_at_after FROM escalated_tickets e
            JOIN tickets t USING (ticket_id) WHERE e.resolved_at_after IS NOT NULL {of_area} {recent} ORDER BY e.counted_at, e.ticket_id""",
        *(
            [f"SELECT ticket_id, resolved_at, resolution_type, notes FROM resolutions WHERE ticket_id IN ({listed(alike)})"]
            if alike
            else []
        ),
    ]  # fmt: skip
