"""SQL by hand for what drove escalations: both periods share a scan wherever they can, and the splits of causes share one."""

from __future__ import annotations

from collections.abc import Mapping

from analyst_agent.records import Finding
from benchmarks.by_hand.clauses import (
    cause_of,
    causes_in_detail,
    drawn,
    letters,
    notes,
    period_of,
    spanning,
    within,
)


def root_cause_trend(finding: Finding, codes: Mapping[str, str]) -> list[str]:
    """Eight statements."""
    period = period_of(finding)
    last = finding.comparison or period
    both, cause = spanning(last, period), cause_of(codes)
    now, then = within("counted_at", period), within("counted_at", last)
    created_now, created_then = within("created_at", period), within("created_at", last)
    either, created = within("counted_at", both), within("created_at", both)
    took = "epoch(resolved_at_after - escalated_at) / 60"
    waited = "epoch(coalesce(resolved_at_after, (SELECT data_end FROM meta)) - escalated_at) / 60"
    return [
        f"""SELECT (SELECT count(*) FROM escalated_tickets WHERE {now}) AS escalated, (SELECT count(*) FROM tickets WHERE {created_now}) AS tickets,
            (SELECT count(*) FROM escalated_tickets WHERE {then}), (SELECT count(*) FROM tickets WHERE {created_then})""",
        f"""SELECT {cause} AS cause, count(*), count(*) - count(resolved_at_after), avg({took}), count({took}),
            sum(coalesce(handle_minutes, (SELECT avg(handle_minutes) FROM escalated_tickets WHERE {now}))) / 60 * 45 AS cost
            FROM escalated_tickets WHERE {now} GROUP BY 1""",
        f"""SELECT coalesce(t.product_area, e.product_area), coalesce(t.account_id, e.account_id), t.now, t.before, e.now, e.before FROM
            (SELECT product_area, account_id, count(*) FILTER ({created_now}) AS now, count(*) FILTER ({created_then}) AS before
            FROM tickets WHERE {created} GROUP BY 1, 2) t FULL JOIN
            (SELECT product_area, account_id, count(*) FILTER ({now}) AS now, count(*) FILTER ({then}) AS before
            FROM escalated_tickets WHERE {either} GROUP BY 1, 2) e ON t.account_id = e.account_id AND t.product_area = e.product_area""",
        f"""SELECT {cause} AS cause, resolved_at_after IS NULL, floor({waited})::BIGINT, avg({waited}), count(*) FROM escalated_tickets
            WHERE {now} AND escalated_at IS NOT NULL GROUP BY 1, 2, 3""",
        f"""SELECT {cause} AS cause, account_id, count(*) FILTER ({now}), count(*) FILTER ({then}) FROM escalated_tickets WHERE {either} GROUP BY 1, 2""",
        letters(period, f", {cause} AS cause", drawn(finding, "e.ticket_id")),
        notes(period, drawn(finding, "e.ticket_id")),
        causes_in_detail(cause, period),
    ]  # fmt: skip
