"""Rows that the source itself says are gone: set aside with its reason, and what earlier loads stored of them removed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analyst_agent.warehouse.checks import Checked, Fault
from analyst_agent.warehouse.mappings.records import FileMap
from analyst_agent.warehouse.raw import identifier, scalar
from analyst_agent.warehouse.reading.inputs import Texts
from analyst_agent.warehouse.tables import TABLES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FIRST_CODE = 60


def mark(con: DuckDBPyConnection, checked: Checked, spec: FileMap, texts: Texts, prefix: str = "c") -> Checked:
    """Marks the rows that are to be left out, and returns what was checked with their reasons among its faults."""
    faults = list(checked.faults)
    for code, one in enumerate(spec.leave_out, start=FIRST_CODE):
        con.execute(
            f"UPDATE {checked.name} SET _bad = {code} WHERE _bad < {FIRST_CODE} AND _row IN "
            f"(SELECT rowid FROM {checked.raw} WHERE {texts.condition(one.when, prefix)})"
        )
        shown = next((i.shown for i in checked.inputs if i.column.name == checked.table.key), checked.table.key)
        faults.append(Fault(code, "", shown, f"x_{checked.table.key}", one.reason))
    return replace(checked, faults=tuple(faults))


def remove_stored(con: DuckDBPyConnection, checked: Checked, spec: FileMap) -> int:
    """Removes the stored objects that rows of this file say are gone (unless what is stored is newer), and what belongs to them."""
    if not spec.leave_out:
        return 0
    table, key = checked.table, identifier(checked.table.key)
    newer = "s.updated_at > c.updated_at" if "updated_at" in checked.present else "false"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE gone AS SELECT s.{key} AS k FROM {table.name} AS s WHERE EXISTS (SELECT 1 FROM {checked.name} AS c "
        f"WHERE c._bad BETWEEN {FIRST_CODE} AND {FIRST_CODE + 30} AND c.{key} = s.{key} AND NOT coalesce({newer}, false))"
    )
    count = scalar(con, "SELECT count(*) FROM gone")
    con.execute(f"DELETE FROM {table.name} WHERE {key} IN (FROM gone)")
    if table.name == "tickets":
        for other in TABLES.values():
            if other.of_ticket:
                con.execute(f"DELETE FROM {other.name} WHERE ticket_id IN (FROM gone)")
    return count
