"""SQL by hand for what escalations cost: both periods and both splits from one scan."""

from __future__ import annotations

from collections.abc import Mapping

from analyst_agent.records import Finding, Period
from benchmarks.by_hand.clauses import (
    cause_of,
    causes_in_detail,
    drawn,
    letters,
    notes,
    period_of,
    spanning,
    totals,
    within,
)


def cost_of_escalations(finding: Finding, codes: Mapping[str, str]) -> list[str]:
    """Six statements. Tickets of no known account go by day."""
    period, cause = period_of(finding), cause_of(codes)
    last = finding.comparison or period
    both = within("counted_at", spanning(last, period))
    day, summed = "CASE WHEN account_id IS NULL THEN counted_at::DATE END AS day", f"{_summed(period)}, {_summed(last)}"
    handled, created = "sum(handle_minutes), count(handle_minutes)", within("created_at", period)
    return [
        totals(period),
        f"""SELECT {cause} AS cause, product_area, account_id, {day}, {summed} FROM escalated_tickets WHERE {both}
            GROUP BY GROUPING SETS ((cause, account_id, day), (product_area, account_id, day))""",
        f"SELECT {cause} AS cause, necessary, account_id, {_summed(period, 'cost')} FROM escalated_tickets WHERE {within('counted_at', period)} GROUP BY 1, 2, 3",
        causes_in_detail(cause, period),
        letters(period, f", {cause} AS cause", drawn(finding, "e.ticket_id")),
        notes(period, drawn(finding, "e.ticket_id")),
        f"""SELECT {handled} FROM tickets WHERE {created} UNION ALL SELECT {handled} FROM escalated_tickets WHERE {created}""",
    ]  # fmt: skip


def _summed(period: Period, name: str = "") -> str:
    """Tickets, cost (a missing handle time counts with the mean of the period), known handle time and how often it is known."""
    now = within("counted_at", period)
    mean = f"(SELECT avg(handle_minutes) FROM escalated_tickets WHERE {now})"
    cost = f"sum(coalesce(handle_minutes, {mean})) FILTER ({now}) / 60 * 45" + (f" AS {name}" if name else "")
    return f"count(*) FILTER ({now}), {cost}, sum(handle_minutes) FILTER ({now}), count(handle_minutes) FILTER ({now})"
