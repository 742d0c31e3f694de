"""SQL by hand for what is new: codes and areas by account in every stretch from one scan, and the texts that are read."""

from __future__ import annotations

from collections.abc import Mapping

from analyst_agent.records import Finding
from benchmarks.by_hand.clauses import as_period, asked_period, letters, period_of, spanning, totals, within


def emerging_issues(finding: Finding, _: Mapping[str, str]) -> list[str]:
    """The total of the past is the sum over its codes, so it needs no scan of its own."""
    stretches = [as_period(q.semantic["period"]) for q in finding.queries if len(q.semantic["by"]) == 3]
    past = [finding.comparison] if finding.comparison else []
    whole = spanning(period_of(finding), *past, *stretches)
    counted = ", ".join(f"count(*) FILTER ({within('counted_at', one)})" for one in stretches)
    return [
        totals(period_of(finding)),
        f"""SELECT reason_code, product_area, display_name, count(*), {counted} FROM escalated_tickets
            LEFT JOIN account_directory USING (account_id) WHERE {within("counted_at", whole)} GROUP BY 1, 2, 3""",
        letters(asked_period(finding, "subject"), ""),
    ]  # fmt: skip
