"""SQL by hand for comparing segments: rates of the period, the cohort by account, and the crossings that are scanned."""

from __future__ import annotations

from collections.abc import Mapping

from analyst_agent.records import Finding, Period
from analyst_agent.skillkit.segments.scanning import OF_CUSTOMERS
from benchmarks.by_hand.clauses import ACCOUNT, AGENT, cohort, listed, period_of, within

PLACES = {"support_level": "g.support_level"}


def segment_comparison(finding: Finding, _: Mapping[str, str]) -> list[str]:
    """The rates of the period by tier; the cohort by account, of which the segments are sums; the cohort by tier and what is
    held alike, and by tier and what else it is crossed with; for each combination examined both sides by account, in one scan.
    """
    period, summed = period_of(finding), "sum(tickets), sum(escalated)"
    alike, crossed = (
        "a.tier, t.category, t.product_area, t.channel",
        "a.tier, t.priority, t.language, g.support_level, t.team",
    )
    return [
        f"""SELECT tier, sum(escalated) AS escalated, sum(tickets) AS tickets FROM
            (SELECT account_id, count(*) AS escalated, 0 AS tickets FROM escalated_tickets WHERE {within("counted_at", period)} GROUP BY 1
            UNION ALL SELECT account_id, 0, count(*) FROM tickets WHERE {within("created_at", period)} GROUP BY 1)
            LEFT JOIN account_directory USING (account_id) GROUP BY 1""",
        f"""SELECT tier, display_name, {summed} FROM {cohort(period, "t.account_id")}
            LEFT JOIN account_directory USING (account_id) GROUP BY ALL""",
        f"SELECT tier, category, product_area, channel, {summed} FROM {cohort(period, alike, ACCOUNT)} GROUP BY ALL",
        f"SELECT tier, priority, language, support_level, team, {summed} FROM {cohort(period, crossed, f'{ACCOUNT} {AGENT}')} GROUP BY ALL",
        *(_examined(period, *one) for one in combinations(finding)),
    ]  # fmt: skip


def combinations(finding: Finding) -> list[tuple[str, str, tuple[str, ...]]]:
    """Those that the skill looked at by account: the dimension of one value, the other and its values."""
    found = []
    for record in finding.queries:
        for one in record.semantic["where"]:
            if one["op"] == "in" and len(record.semantic["by"]) == 2:
                found.append((record.semantic["by"][0], one["field"], tuple(one["value"])))
    return found


def _examined(period: Period, single: str, several: str, values: tuple[str, ...]) -> str:
    """First by account, whose name and attributes are read for the few groups."""
    of_ticket = [PLACES.get(name, f"t.{name}") for name in (single, several) if name not in OF_CUSTOMERS]
    by, joins = ", ".join(["t.account_id", *of_ticket]), AGENT if "support_level" in (single, several) else ""
    return f"""SELECT {single}, display_name, {several} IN ({listed(values)}), sum(tickets), sum(escalated)
            FROM {cohort(period, by, joins)} LEFT JOIN account_directory USING (account_id) GROUP BY ALL"""
