"""What the SQL by hand shares: conditions, the root cause, totals, a cohort without a join; and what a finding says it looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from analyst_agent.records import Finding, Period
from analyst_agent.skillkit.evidence import MOST_EXAMINED

ACCOUNT = "LEFT JOIN account_directory a ON a.account_id = t.account_id"
AGENT = "LEFT JOIN agent_directory g ON g.agent_id = t.agent_id"


def period_of(finding: Finding) -> Period:
    """The period that was asked about. Raises ValueError where the finding has none."""
    if finding.period is None:
        raise ValueError(f"{finding.skill} found no period")
    return finding.period


def within(column: str, period: Period) -> str:
    """A half-open period on a column."""
    return f"({column} >= TIMESTAMP '{period.start}' AND {column} < TIMESTAMP '{period.end}')"


def spanning(*periods: Period) -> Period:
    """From the first day of all to the last."""
    return Period(min(one.start for one in periods), max(one.end for one in periods))


def listed(values: Iterable[Any]) -> str:
    """Values of a list in SQL."""
    return ", ".join("'" + str(value).replace("'", "''") + "'" for value in values)


def cause_of(codes: Mapping[str, str]) -> str:
    """Recorded causes and codes as these tables spell them."""
    by_cause: dict[str, list[str]] = {}
    for code, cause in codes.items():
        by_cause.setdefault(cause, []).append(f"'{code}'")
    arms = " ".join(
        f"WHEN lower(reason_code) IN ({', '.join(names)}) THEN '{cause}'" for cause, names in by_cause.items()
    )
    return f"coalesce(recorded_root_cause, CASE {arms} END, 'unclassified')"


def totals(period: Period, more: str = "") -> str:
    """Escalated tickets, those of unknown time, and tickets created. more: further columns over the escalated ones."""
    return f"""SELECT count(*) AS escalated, count(*) - count(escalated_at){more},
            (SELECT count(*) FROM tickets WHERE {within("created_at", period)}) AS tickets
            FROM escalated_tickets WHERE {within("counted_at", period)}"""  # fmt: skip


def cohort(period: Period, by: str, joins: str = "") -> str:
    """Tickets created in the period and those of them that were escalated, by columns of t that both tables hold: no join of the two."""
    created = within("t.created_at", period)
    return f"""(SELECT {by}, count(*) AS tickets, 0 AS escalated FROM tickets t {joins} WHERE {created} GROUP BY ALL UNION ALL
            SELECT {by}, 0, count(*) FROM escalated_tickets t {joins} WHERE {created} GROUP BY ALL)"""


def letters(period: Period, columns: str, condition: str = "TRUE") -> str:
    """What escalated tickets say, oldest first."""
    return f"""SELECT e.ticket_id, e.counted_at, e.account_id, e.product_area, e.reason_code, e.reason, t.subject, t.description{columns}
            FROM escalated_tickets e LEFT JOIN tickets t USING (ticket_id)
            WHERE {within("e.counted_at", period)} AND {condition} ORDER BY e.counted_at, e.ticket_id"""


def notes(period: Period, condition: str = "TRUE") -> str:
    """Notes of the resolutions of escalated tickets, in order."""
    return f"""SELECT r.ticket_id, r.resolved_at, e.counted_at, r.notes FROM resolutions r JOIN escalated_tickets e USING (ticket_id)
            WHERE {within("e.counted_at", period)} AND r.notes IS NOT NULL AND {condition} ORDER BY r.resolved_at, r.resolution_id"""


def drawn(finding: Finding, ticket: str) -> str:
    """Whether a ticket is in the sample that is read where there are very many escalated ones. ticket: its id."""
    escalated = int(str(finding.facts[0].value))
    if escalated <= MOST_EXAMINED:
        return "TRUE"
    return f"md5({ticket}) < '{int(MOST_EXAMINED / escalated * 16**8):08x}'"


def causes_in_detail(cause: str, period: Period) -> str:
    """Causes by area, by code and by the teams they went between, in one scan."""
    return f"""SELECT {cause} AS cause, product_area, reason_code, from_team, to_team, count(*) FROM escalated_tickets
            WHERE {within("counted_at", period)}
            GROUP BY GROUPING SETS ((cause, product_area), (cause, reason_code), (cause, from_team), (cause, from_team, to_team))"""


def asked_period(finding: Finding, field: str) -> Period:
    """The period of the first query that lists this field."""
    found = next(
        q.semantic["period"] for q in finding.queries if field in q.semantic["by"] and not q.semantic["metrics"]
    )
    return as_period(found)


def as_period(written: Mapping[str, str]) -> Period:
    """A period as a query's record writes it."""
    return Period(date.fromisoformat(written["start"]), date.fromisoformat(written["end"]))


def asked_values(finding: Finding, field: str) -> tuple[Any, ...]:
    """The values that the last query with such a filter was restricted to; empty where there is none."""
    found: tuple[Any, ...] = ()
    for record in finding.queries:
        for one in record.semantic["where"]:
            if one["field"] == field and one["op"] in ("in", "="):
                found = tuple(one["value"]) if one["op"] == "in" else (one["value"],)
    return found
