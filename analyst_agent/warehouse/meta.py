"""What a generation says about itself: the data's first and last moment, its size, and the history of loads."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from analyst_agent.warehouse.report import FileReport

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FORMAT = "2"
"""What a generation holds beside the canonical and derived tables; a load writes an older one anew."""
_COUNTS = ("rows_read", "inserted", "updated", "unchanged", "folded", "set_aside")


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """One file of a load, for the history."""

    path: str
    sha256: str
    report: FileReport


def note_loads(con: DuckDBPyConnection, generation: str, files: Sequence[LoadedFile], source: str = "") -> None:
    """Adds the files, read with the mapping `source`, to the table `loads`, which it makes where it is missing."""
    counts = ", ".join(f"{c} BIGINT" for c in _COUNTS)
    con.execute(
        "CREATE TABLE IF NOT EXISTS loads (loaded_at TIMESTAMP, generation VARCHAR, file VARCHAR, path VARCHAR, sha256 VARCHAR, "
        f'"table" VARCHAR, {counts})'
    )
    con.execute("ALTER TABLE loads ADD COLUMN IF NOT EXISTS source VARCHAR")
    now = datetime.now(UTC).replace(tzinfo=None)
    for one in files:
        report = one.report
        values = [
            now,
            generation,
            report.file,
            one.path,
            one.sha256,
            report.table,
            *(getattr(report, c) for c in _COUNTS),
            source,
        ]
        con.execute(f"INSERT INTO loads VALUES ({', '.join('?' * len(values))})", values)


def write_meta(con: DuckDBPyConnection, derived: str) -> None:
    """Writes the one row of the table `meta`. data_end: the latest created_at, escalated_at, resolved_at or updated_at of tickets,
    escalations and resolutions (an account's own times say nothing of the helpdesk's data)."""
    con.execute(
        f"""CREATE OR REPLACE TABLE meta AS SELECT
        (SELECT max(t) FROM (
            SELECT unnest([max(created_at), max(updated_at), max(resolved_at)]) AS t FROM tickets
            UNION ALL SELECT max(escalated_at) FROM escalations UNION ALL SELECT max(resolved_at) FROM resolutions)) AS data_end,
        (SELECT min(created_at) FROM tickets) AS first_created_at,
        (SELECT max(created_at) FROM tickets) AS last_created_at,
        (SELECT count(*) FROM accounts) AS account_count,
        (SELECT count(*) FROM agents) AS agent_count,
        (SELECT count(*) FROM tickets) AS ticket_count,
        (SELECT count(*) FROM escalations) AS escalation_count,
        (SELECT count(*) FROM resolutions) AS resolution_count,
        (SELECT count(*) FROM tickets WHERE account_id IS NOT NULL AND account_id NOT IN (SELECT account_id FROM accounts)) AS unknown_account_count,
        '{derived}' AS derived"""
    )


def mark_of(derived: Mapping[str, str]) -> str:
    """The mark of a generation whose derived tables (name to SQL) are these."""
    return hashlib.sha256(json.dumps([FORMAT, *sorted(derived.items())]).encode()).hexdigest()


def written_for(con: DuckDBPyConnection) -> str:
    """The mark of the derived tables that the generation was written with."""
    row = con.execute("SELECT derived FROM meta").fetchone()
    return str(row[0]) if row else ""
