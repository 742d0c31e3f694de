"""SQL by hand for comparing agents: their tickets by kind and by account, and the escalated ones once by everything."""

from __future__ import annotations

from collections.abc import Mapping

from analyst_agent.records import Finding
from benchmarks.by_hand.clauses import ACCOUNT, AGENT, period_of, totals, within


def agent_comparison(finding: Finding, _: Mapping[str, str]) -> list[str]:
    """The escalated tickets of the cohort hold every numerator."""
    period = period_of(finding)
    created, kind = within("t.created_at", period), "g.support_level, t.product_area, t.category, t.channel, a.tier"
    return [
        totals(period),
        f"SELECT g.display_name, {kind}, count(*) FROM tickets t {ACCOUNT} {AGENT} WHERE {created} GROUP BY ALL",
        f"SELECT agent_id, account_id, count(*) FROM tickets t WHERE {created} GROUP BY 1, 2",
        f"""SELECT g.display_name, from_team, g.team, a.display_name, {kind}, count(*) FROM escalated_tickets t {ACCOUNT} {AGENT}
            WHERE {created} GROUP BY ALL""",
    ]  # fmt: skip
