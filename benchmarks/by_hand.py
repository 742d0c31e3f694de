"""SQL a person who knows the tables would write for the answers of the skills: as few scans as possible, nothing spare."""

from __future__ import annotations

from collections.abc import Collection

from analyst_agent.records import Period


def root_cause_trend(period: Period, before: Period | None, examined: Period, codes: dict[str, str]) -> list[str]:
    """Eight statements: both periods share a scan wherever they can, and the splits of causes share one. examined: whose texts are read."""
    last = before or period
    now, then = within("counted_at", period), within("counted_at", last)
    created_now, created_then = within("created_at", period), within("created_at", last)
    both = Period(min(last.start, period.start), max(last.end, period.end))
    either, created = within("counted_at", both), within("created_at", both)
    cause = cause_of(codes)
    took = "epoch(resolved_at_after - escalated_at) / 60"
    waited = "epoch(coalesce(resolved_at_after, (SELECT max(created_at) FROM tickets)) - escalated_at) / 60"
    return [
        f"""SELECT (SELECT count(*) FROM escalated_tickets WHERE {now}) AS escalated, (SELECT count(*) FROM tickets WHERE {created_now}),
            (SELECT count(*) FROM escalated_tickets WHERE {then}), (SELECT count(*) FROM tickets WHERE {created_then})""",
        f"""SELECT {cause} AS cause, count(*), count(*) - count(resolved_at_after), avg({took}), count({took}),
            sum(coalesce(handle_minutes, (SELECT avg(handle_minutes) FROM escalated_tickets WHERE {now}))) / 60 * 45
            FROM escalated_tickets WHERE {now} GROUP BY 1""",
        f"""SELECT coalesce(t.product_area, e.product_area), coalesce(t.account_id, e.account_id), t.now, t.before, e.now, e.before FROM
            (SELECT product_area, account_id, count(*) FILTER ({created_now}) AS now, count(*) FILTER ({created_then}) AS before
            FROM tickets WHERE {created} GROUP BY 1, 2) t FULL JOIN
            (SELECT product_area, account_id, count(*) FILTER ({now}) AS now, count(*) FILTER ({then}) AS before
            FROM escalated_tickets WHERE {either} GROUP BY 1, 2) e ON t.account_id = e.account_id AND t.product_area = e.product_area""",
        f"""SELECT {cause} AS cause, resolved_at_after IS NULL, floor({waited})::BIGINT, avg({waited}), count(*) FROM escalated_tickets
            WHERE {now} AND escalated_at IS NOT NULL GROUP BY 1, 2, 3""",
        f"""SELECT {cause} AS cause, account_id, count(*) FILTER ({now}), count(*) FILTER ({then}) FROM escalated_tickets WHERE {either} GROUP BY 1, 2""",
        f"""SELECT e.ticket_id, {cause} AS cause, e.product_area, t.subject, t.description, e.reason, e.reason_code, a.display_name
            FROM escalated_tickets e LEFT JOIN tickets t USING (ticket_id) LEFT JOIN account_directory a ON a.account_id = e.account_id
            WHERE {within("e.counted_at", examined)} ORDER BY e.counted_at, e.ticket_id""",
        f"""SELECT r.ticket_id, r.resolved_at, e.counted_at, r.notes FROM resolutions r LEFT JOIN escalated_tickets e USING (ticket_id)
            WHERE {within("e.counted_at", examined)} AND r.notes IS NOT NULL ORDER BY r.resolved_at, r.resolution_id""",
        f"""SELECT {cause} AS cause, product_area, reason_code, from_team, to_team, count(*) FROM escalated_tickets WHERE {now}
            GROUP BY GROUPING SETS ((cause, product_area), (cause, reason_code), (cause, from_team), (cause, from_team, to_team))""",
    ]  # fmt: skip


def segment_comparison(period: Period, examined: Collection[tuple[str, str, tuple[str, ...]]] = ()) -> list[str]:
    """The rates of the period; the cohort by account, of which the segments are sums; the cohort by tier and what is held
    alike; by tier and everything it is crossed with; and for each combination examined both sides by account, in one scan.
    """
    cohort = f"""tickets t LEFT JOIN (SELECT ticket_id FROM escalated_tickets WHERE created_at >= TIMESTAMP '{period.start}'
            AND created_at < TIMESTAMP '{period.end}') e USING (ticket_id)"""
    created, rate = within("t.created_at", period), "count(*) AS tickets, count(e.ticket_id) AS escalated"
    others = ("priority", "language", "support_level", "t.team")
    return [
        f"""SELECT tier, sum(escalated) AS escalated, sum(tickets) AS tickets FROM
            (SELECT account_id, count(*) AS escalated, 0 AS tickets FROM escalated_tickets WHERE {within("counted_at", period)} GROUP BY 1
            UNION ALL SELECT account_id, 0, count(*) FROM tickets WHERE {within("created_at", period)} GROUP BY 1)
            LEFT JOIN account_directory USING (account_id) GROUP BY 1""",
        f"""SELECT tier, display_name, tickets, escalated FROM (SELECT account_id, {rate} FROM {cohort} WHERE {created} GROUP BY 1)
            LEFT JOIN account_directory USING (account_id)""",
        f"""SELECT tier, category, product_area, channel, {rate} FROM {cohort} LEFT JOIN account_directory USING (account_id)
            WHERE {created} GROUP BY ALL""",
        f"""SELECT tier, {", ".join(others)}, {rate} FROM {cohort} LEFT JOIN account_directory USING (account_id)
            LEFT JOIN agent_directory USING (agent_id) WHERE {created}
            GROUP BY GROUPING SETS ({", ".join(f"(tier, {name})" for name in others)})""",
        *(_examined(cohort, created, *one) for one in examined),
    ]  # fmt: skip


def _examined(cohort: str, created: str, single: str, several: str, values: tuple[str, ...]) -> str:
    listed = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
    inside = f"{_column(several)} IN ({listed})"
    return f"""SELECT {_column(single)}, account_directory.display_name, count(*), count(e.ticket_id), count(*) FILTER ({inside}),
            count(e.ticket_id) FILTER ({inside}) FROM {cohort} LEFT JOIN account_directory USING (account_id)
            LEFT JOIN agent_directory USING (agent_id) WHERE {created} GROUP BY 1, 2"""


def _column(dimension: str) -> str:
    return f"t.{dimension}" if dimension in ("team", "created_at") else dimension


def within(column: str, period: Period) -> str:
    """A half-open period on a column."""
    return f"({column} >= TIMESTAMP '{period.start}' AND {column} < TIMESTAMP '{period.end}')"


def cause_of(codes: dict[str, str]) -> str:
    """Recorded causes and codes as these tables spell them."""
    by_cause: dict[str, list[str]] = {}
    for code, cause in codes.items():
        by_cause.setdefault(cause, []).append(f"'{code}'")
    arms = " ".join(
        f"WHEN lower(reason_code) IN ({', '.join(names)}) THEN '{cause}'" for cause, names in by_cause.items()
    )
    return f"coalesce(recorded_root_cause, CASE {arms} END, 'unclassified')"
