"""SQL by hand for customers over time: the cohort by tenure and account, and their weeks."""

from __future__ import annotations

from collections.abc import Mapping

from analyst_agent.records import Finding
from benchmarks.by_hand.clauses import ACCOUNT, as_period, asked_values, cohort, listed, period_of, totals, within

TENURE = """CASE WHEN a.created_at IS NULL THEN NULL WHEN t.created_at < a.created_at + INTERVAL 30 DAY THEN 30
            WHEN t.created_at < a.created_at + INTERVAL 90 DAY THEN 90 WHEN t.created_at < a.created_at + INTERVAL 365 DAY THEN 365
            ELSE 999 END AS tenure"""  # fmt: skip


def customer_journey(finding: Finding, _: Mapping[str, str]) -> list[str]:
    """Tenure by account holds tenure and accounts; of escalations only the last of the accounts that are told is needed."""
    period, named = period_of(finding), listed(asked_values(finding, "account"))
    told = listed(sorted({name for q in finding.queries for one in q.semantic["where"] if one["field"] == "account" for name in one["value"]}))  # fmt: skip
    [history] = {tuple(q.semantic["period"].items()) for q in finding.queries if "week" in q.semantic["by"]}
    year = as_period(dict(history))
    counted = within("counted_at", period)
    return [
        totals(period),
        f"SELECT display_name, tenure, sum(tickets), sum(escalated) FROM {cohort(period, f'a.display_name, {TENURE}', ACCOUNT)} GROUP BY ALL",
        f"""SELECT display_name, week, weekly FROM (SELECT account_id, date_trunc('week', created_at) AS week, count(*) AS weekly FROM tickets
            WHERE {within("created_at", year)} GROUP BY 1, 2) LEFT JOIN account_directory USING (account_id)""",
        *(
            [
                f"""SELECT display_name, max(counted_at), max(counted_at) FILTER ({counted}) FROM escalated_tickets t {ACCOUNT}
                WHERE ({within("counted_at", year)} OR {counted}) AND display_name IN ({told}) GROUP BY 1""",
                f"SELECT display_name, arr FROM account_directory WHERE display_name IN ({named})",
            ]
            if told
            else []
        ),
    ]  # fmt: skip
