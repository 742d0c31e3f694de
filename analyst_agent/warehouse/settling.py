"""After the files of a load: earlier entries settled, keys checked, sums checked, and whether anything changed at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyst_agent.errors import LoadError
from analyst_agent.warehouse import set_aside
from analyst_agent.warehouse.raw import identifier, scalar
from analyst_agent.warehouse.report import LoadReport
from analyst_agent.warehouse.tables import TABLES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def settle(con: DuckDBPyConnection, report: LoadReport, changed_count: int) -> bool:
    """Completes the report and says whether the load changed anything. changed_count: rows changed beside those of the files.

    Raises LoadError where a key would be there twice or a row is not accounted for.
    """
    set_aside.settle(con)
    touched = {f.table for f in report.files if f.inserted + f.updated}
    if report.adopted or changed_count:
        touched |= set(TABLES)
    for table in TABLES.values():
        # Rows of a ticket were compared with it when they came; only a ticket that has changed since can make them impossible.
        if table.of_ticket and (changed_count or any(f.updated for f in report.files if f.table == "tickets")):
            report.withdrawn += set_aside.withdraw(con, table)
        if table.name not in touched:
            continue
        key = identifier(table.key)
        if scalar(con, f"SELECT count(*) - count(DISTINCT {key}) FROM {table.name}"):
            raise LoadError(
                f"{table.name} would hold a key twice; nothing was changed.", "Please report this with the files."
            )
    report.check()
    report.rejects = scalar(con, "SELECT count(*) FROM rejects")
    report.unknown_accounts = _unknown(con, "account_id", "accounts")
    report.unknown_agents = _unknown(con, "agent_id", "agents")
    return bool(touched) or report.withdrawn > 0 or set_aside.have_changed(con)


def _unknown(con: DuckDBPyConnection, column: str, table: str) -> int:
    return scalar(
        con,
        f"SELECT count(*) FROM tickets WHERE {column} IS NOT NULL AND {column} NOT IN (SELECT {column} FROM {table})",
    )
