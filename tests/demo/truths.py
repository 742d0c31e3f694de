"""The planted truths of the demo, measured from its CSV files with plain SQL: the numbers in the demo's README."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from analyst_agent.demo import COLUMNS, REASON_CODES

OCTOBER = ("2026-10-01", "2026-11-01")
SEPTEMBER = ("2026-09-01", "2026-10-01")
EVER = ("2024-11-01", "2026-11-03")

# First escalation of each ticket, its root cause, and the resolution after it, as DESIGN defines them.
_VIEWS = """
CREATE TABLE first AS
SELECT e.ticket_id, e.escalated_at::TIMESTAMP AS escalated, e.reason_code, e.from_team, e.to_team, e.necessary, e.trigger,
       coalesce(e.root_cause, c.cause, 'unclassified') AS cause, count(*) OVER w AS event_count
FROM escalations e LEFT JOIN causes c ON c.code = e.reason_code
WINDOW w AS (PARTITION BY e.ticket_id)
QUALIFY row_number() OVER (PARTITION BY e.ticket_id ORDER BY e.escalated_at, e.escalation_id) = 1;
CREATE TABLE wide AS
SELECT t.*, t.created_at::TIMESTAMP AS created, f.escalated, f.cause, f.reason_code, f.from_team, f.event_count, f.necessary,
       a.tier, a.segment, a.region, a.industry, a.plan,
       coalesce(t.subject, '') || ' ' || coalesce(t.description, '') AS words,
       CASE WHEN t.resolved_at::TIMESTAMP >= f.escalated THEN t.resolved_at::TIMESTAMP ELSE (
           SELECT min(r.resolved_at::TIMESTAMP) FROM resolutions r
           WHERE r.ticket_id = t.ticket_id AND r.resolved_at::TIMESTAMP >= f.escalated) END AS ended
FROM tickets t LEFT JOIN first f USING (ticket_id) LEFT JOIN accounts a USING (account_id);
"""


def connect(folder: Path) -> duckdb.DuckDBPyConnection:
    """The five files as text tables, and `wide`: one row a ticket with its first escalation and its account."""
    connection = duckdb.connect()
    for table in COLUMNS:
        path = str(folder / f"{table}.csv")
        connection.execute(
            f"CREATE TABLE {table} AS SELECT * FROM read_csv(?, header = true, all_varchar = true)", [path]
        )
    connection.execute("CREATE TABLE causes (code VARCHAR, cause VARCHAR)")
    connection.executemany("INSERT INTO causes VALUES (?, ?)", list(REASON_CODES.items()))
    connection.execute(_VIEWS)
    return connection


def number(connection: duckdb.DuckDBPyConnection, sql: str, *values: object) -> float:
    """The one number a query answers."""
    row = connection.execute(sql, list(values)).fetchone()
    assert row is not None
    return float(row[0])


def cohort(connection: duckdb.DuckDBPyConnection, where: str, period: tuple[str, str]) -> tuple[int, int]:
    """(tickets created in the period that meet the condition, those of them escalated by the data's end)."""
    sql = f"SELECT count(*), count(escalated) FROM wide WHERE ({where}) AND created >= ?::DATE AND created < ?::DATE"
    row = connection.execute(sql, list(period)).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


def measured(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Every number the README quotes, as it is written there, by what it is."""
    found: dict[str, str] = {}
    for table in COLUMNS:
        found[f"rows in {table}.csv"] = f"{int(number(connection, f'SELECT count(*) FROM {table}')):,}"
    found["escalated tickets, all 24 months"] = f"{cohort(connection, 'true', EVER)[1]:,}"
    found["escalation rate, all tickets"] = _percent(*cohort(connection, "true", EVER))
    for name, period in (("September 2026", SEPTEMBER), ("October 2026", OCTOBER)):
        tickets = cohort(connection, "true", period)[0]
        escalated = int(number(connection, _ESCALATED, *period))
        found[f"{name}: tickets, escalated tickets, escalation rate"] = (
            f"{tickets:,}, {escalated}, {_percent(tickets, escalated)}"
        )
        found[f"{name}: cohort escalation rate"] = _percent(*cohort(connection, "true", period))
        found[f"{name}: escalated tickets by root cause"] = _causes(connection, period)
    found["Reports, October 2026, cohort rate"] = _percent(*cohort(connection, "product_area = 'Reports'", OCTOBER))
    found["Reports, August 2026, cohort rate"] = _percent(
        *cohort(connection, "product_area = 'Reports'", ("2026-08-01", "2026-09-01"))
    )
    for cause in ("policy_gap", "process_failure", "product_bug", "documentation_gap", "training_gap"):
        found[f"mean hours from escalation to resolution, {cause}"] = f"{number(connection, _HOURS, cause):.1f}"
    for month in ("2025-11", "2026-03", "2026-05", "2026-07", "2026-08", "2026-10"):
        found[f"training_gap in Sign-on from Frontline Coral, {month}"] = f"{int(number(connection, _TRAINING, month))}"
    for column, values in (
        ("tier", ("Enterprise", "Business", "Starter")),
        ("region", ("EMEA", "AMER", "APAC", "LATAM")),
    ):
        for period_name, period in (("October 2026", OCTOBER), ("all 24 months", EVER)):
            shares = [f"{value} {_percent(*cohort(connection, f'{column} = {value!r}', period))}" for value in values]
            found[f"cohort rate by {column}, {period_name}"] = ", ".join(shares)
    public = cohort(connection, "segment = 'Public sector'", OCTOBER)
    found["Public sector, October 2026: tickets, escalated"] = f"{public[0]}, {public[1]}"
    found["Public sector, median tickets a month"] = f"{number(connection, _PUBLIC):.0f}"
    found["escalated tickets still open at the data's end"] = (
        f"{int(number(connection, 'SELECT count(*) FROM wide WHERE escalated IS NOT NULL AND ended IS NULL'))}"
    )
    found["tickets not resolved at the data's end"] = (
        f"{int(number(connection, 'SELECT count(*) FROM wide WHERE resolved_at IS NULL')):,}"
    )
    found["escalated tickets with more than one escalation"] = (
        f"{int(number(connection, 'SELECT count(*) FROM wide WHERE event_count > 1'))}"
    )
    found["escalated tickets without a root cause (unclassified)"] = f"{int(number(connection, _UNCLASSIFIED))}"
    found["Reports tickets since 21 September 2026 with RPT-504 or a timeout in their text"] = (
        f"{int(number(connection, _EVIDENCE))}"
    )
    found["letters, and notes, that try to instruct a machine"] = (
        f"{int(number(connection, 'SELECT count(*) FROM wide WHERE ' + _ATTACK.format('words')))}, "
        f"{int(number(connection, 'SELECT count(*) FROM resolutions WHERE ' + _ATTACK.format('notes')))}"
    )
    return found


_ATTACK = """regexp_matches({}, 'previous instructions|assistant reading|instructions for the AI|automated reader|'
'<system>|print your config|Assistant:', 'i')"""
_ESCALATED = "SELECT count(*) FROM wide WHERE escalated >= ?::DATE AND escalated < ?::DATE"
_HOURS = "SELECT avg(date_diff('second', escalated, ended)) / 3600 FROM wide WHERE cause = ? AND ended IS NOT NULL"
_TRAINING = """SELECT count(*) FROM wide WHERE cause = 'training_gap' AND product_area = 'Sign-on'
AND from_team = 'Frontline Coral' AND strftime(escalated, '%Y-%m') = ?"""
_PUBLIC = """SELECT median(n) FROM (SELECT count(*) AS n FROM wide WHERE segment = 'Public sector'
AND created < DATE '2026-11-01' GROUP BY date_trunc('month', created))"""
_UNCLASSIFIED = "SELECT count(*) FROM wide WHERE cause = 'unclassified'"
_EVIDENCE = """SELECT count(*) FROM wide WHERE product_area = 'Reports' AND created >= DATE '2026-09-21'
AND regexp_matches(words, 'rpt.?504|time[sd]? ?out|timing out|timeout|zeitüber|délai dépassé|tiempo de espera|tempo esgotado', 'i')"""


def _percent(tickets: int, escalated: int) -> str:
    return f"{100 * escalated / tickets:.1f} %"


def _causes(connection: duckdb.DuckDBPyConnection, period: tuple[str, str]) -> str:
    sql = """SELECT cause, count(*) FROM wide WHERE escalated >= ?::DATE AND escalated < ?::DATE
             GROUP BY cause ORDER BY count(*) DESC, cause"""
    return ", ".join(f"{cause} {count}" for cause, count in connection.execute(sql, list(period)).fetchall())


def main() -> None:
    """Prints the table of the README for a folder of CSV files: `python -m tests.demo.truths FOLDER`."""
    for what, value in measured(connect(Path(sys.argv[1]))).items():
        print(f"| {what} | {value} |")


if __name__ == "__main__":
    main()
