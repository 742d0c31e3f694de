"""Rows set aside and fields emptied, as they are now: replaced when their file comes again, adopted when their ticket comes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analyst_agent.warehouse.generations import current_generation, open_current
from analyst_agent.warehouse.merge import merge
from analyst_agent.warehouse.raw import identifier, literal, scalar
from analyst_agent.warehouse.report import Reject
from analyst_agent.warehouse.tables import Table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_ENTRY = 'file VARCHAR, path VARCHAR, sha256 VARCHAR, line BIGINT, "column" VARCHAR, value VARCHAR, reason VARCHAR, "table" VARCHAR, key VARCHAR'
CREATE = (
    f"CREATE TABLE IF NOT EXISTS rejects ({_ENTRY}, content VARCHAR)",
    f"CREATE TABLE IF NOT EXISTS emptied ({_ENTRY}, field VARCHAR)",
    f"CREATE OR REPLACE TEMP TABLE new_rejects ({_ENTRY}, content VARCHAR)",
    f"CREATE OR REPLACE TEMP TABLE new_emptied ({_ENTRY}, field VARCHAR)",
    'CREATE OR REPLACE TEMP TABLE seen_keys ("table" VARCHAR, key VARCHAR, fields VARCHAR[], is_kept BOOLEAN)',
    "CREATE OR REPLACE TEMP TABLE loaded_files (path VARCHAR, sha256 VARCHAR)",
)
_SHOWN = 'file, line, "column", value, reason, "table", key'
UNKNOWN, BEFORE = "names a ticket that is not loaded", "is before its ticket was created"


def current_rejects(folder: Path) -> list[Reject]:
    """The rows set aside now, each source row once, by file and line; empty before the first load."""
    return _entries(folder, "rejects")


def current_emptied(folder: Path) -> list[Reject]:
    """The malformed optional values of kept rows, which were emptied, by file and line."""
    return _entries(folder, "emptied")


def _entries(folder: Path, table: str) -> list[Reject]:
    if current_generation(folder) is None:
        return []
    with open_current(folder) as warehouse:
        rows = warehouse.connection.execute(
            f'SELECT file, line, "column", value, reason, "table" FROM {table} ORDER BY file, line, "column", path'
        ).fetchall()
    return [Reject(r[0], int(r[1]), r[2] or "", r[3], r[4], r[5]) for r in rows]


def note_seen(con: DuckDBPyConnection, table: Table, rows: str, present: tuple[str, ...]) -> None:
    """Remembers the keys of a file's rows: what earlier loads set aside or emptied under them is settled by a row that is kept.

    A malformed row takes the place of an earlier malformed one with its key; it never displaces one that waits for its ticket.
    """
    of_table = f'WHERE "table" = {literal(table.name)}'
    if not scalar(con, f"SELECT (SELECT count(*) FROM rejects {of_table}) + (SELECT count(*) FROM emptied {of_table})"):
        return
    fields = ", ".join(literal(p) for p in present)
    judged = "_bad = 0" if table.natural_key else "_bad <= 100"
    con.execute(
        f"INSERT INTO seen_keys SELECT {literal(table.name)}, {identifier(table.key)}, [{fields}], _bad = 0 FROM {rows} "
        f"WHERE {identifier(table.key)} IS NOT NULL AND {judged}"
    )


def forget_files(con: DuckDBPyConnection, paths: Sequence[str]) -> None:
    """Removes the entries of files that are about to be loaded again."""
    for table in ("rejects", "emptied"):
        con.execute(f"DELETE FROM {table} WHERE list_contains(?, path)", [list(paths)])


def settle(con: DuckDBPyConnection) -> None:
    """Removes from earlier entries what this load's files replace or resolve, and adds the new ones."""
    for table, resolved in (
        ("rejects", "(s.is_kept OR old.content IS NULL)"),
        ("emptied", "s.is_kept AND list_contains(s.fields, old.field)"),
    ):
        con.execute(
            f"DELETE FROM {table} AS old WHERE EXISTS (SELECT 1 FROM loaded_files AS f WHERE f.sha256 = old.sha256) "
            f'OR EXISTS (SELECT 1 FROM seen_keys AS s WHERE s."table" = old."table" AND s.key = old.key AND {resolved})'
        )
        con.execute(f"INSERT INTO {table} FROM new_{table}")


def adopt(con: DuckDBPyConnection, table: Table) -> int:
    """Merges earlier rows of this table whose ticket has come, and says of the others why they still wait. Returns how many were adopted."""
    waiting = f'"table" = {literal(table.name)} AND content IS NOT NULL'
    if not scalar(con, f"SELECT count(*) FROM rejects WHERE {waiting}"):
        return 0
    types = "{" + ", ".join(f'"{c.name}": "{c.sql_type}"' for c in table.columns) + "}"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE waiting AS SELECT rowid AS _row, path AS _path, line AS _line, json_keys(content) AS _present, "
        f"unnest(json_transform(content, {literal(types)})) FROM rejects WHERE {waiting}"
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE judged AS SELECT w.*, CASE WHEN t.ticket_id IS NULL THEN {literal(UNKNOWN)} "
        f"WHEN w.{table.after} < t.created_at THEN {literal(BEFORE)} END AS _why "
        "FROM waiting AS w LEFT JOIN tickets AS t USING (ticket_id)"
    )
    con.execute(
        "UPDATE rejects AS r SET reason = j._why, "
        f"\"column\" = CASE j._why WHEN {literal(UNKNOWN)} THEN 'ticket_id' ELSE {literal(table.after)} END, "
        f"value = CASE j._why WHEN {literal(UNKNOWN)} THEN j.ticket_id ELSE j.{table.after}::VARCHAR END "
        "FROM judged AS j WHERE j._row = r.rowid AND j._why IS NOT NULL AND j._why <> r.reason"
    )
    adopted = 0
    groups = con.execute("SELECT DISTINCT _present FROM judged WHERE _why IS NULL ORDER BY _present").fetchall()
    for (present,) in groups:
        same = ", ".join(literal(p) for p in present)
        con.execute(f"CREATE OR REPLACE TEMP TABLE adopted AS FROM judged WHERE _why IS NULL AND _present = [{same}]")
        adopted += merge(con, table, "adopted", tuple(present)).rows
    con.execute("DELETE FROM rejects WHERE rowid IN (SELECT _row FROM judged WHERE _why IS NULL)")
    return adopted


def withdraw(con: DuckDBPyConnection, table: Table) -> int:
    """Sets stored rows aside that precede their ticket's creation since the ticket changed. Returns how many."""
    key, content = identifier(table.key), ", ".join(f"{literal(n)}: e.{identifier(n)}" for n in table.names)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE withdrawn AS SELECT e.rowid AS _row, e.{key} AS k, e._path, e._line, e.{table.after}::VARCHAR AS value, "
        f"to_json({{{content}}})::VARCHAR AS content FROM {table.name} AS e JOIN tickets AS t USING (ticket_id) WHERE e.{table.after} < t.created_at"
    )
    count = scalar(con, "SELECT count(*) FROM withdrawn")
    if count:
        con.execute(
            f"INSERT INTO rejects SELECT coalesce((SELECT arg_max(l.file, l.loaded_at) FROM loads AS l WHERE l.path = w._path), parse_filename(w._path)), "
            f"w._path, NULL, w._line, {literal(table.after)}, w.value, {literal(BEFORE)}, {literal(table.name)}, w.k, w.content FROM withdrawn AS w "
            f'WHERE NOT EXISTS (SELECT 1 FROM rejects AS r WHERE r."table" = {literal(table.name)} AND r.key = w.k)'
        )
        con.execute(f"DELETE FROM {table.name} WHERE rowid IN (SELECT _row FROM withdrawn)")
    return count


def keep_before(con: DuckDBPyConnection) -> None:
    """Remembers the entries as they were, to tell afterwards whether the load changed them."""
    for table in ("rejects", "emptied"):
        con.execute(f"CREATE OR REPLACE TEMP TABLE {table}_before AS SELECT {_SHOWN} FROM {table}")


def have_changed(con: DuckDBPyConnection) -> bool:
    """Whether the entries differ from those remembered."""
    for table in ("rejects", "emptied"):
        now = f"SELECT {_SHOWN} FROM {table}"
        for one, other in ((now, f"FROM {table}_before"), (f"FROM {table}_before", now)):
            if scalar(con, f"SELECT count(*) FROM (({one}) EXCEPT ALL ({other}))"):
                return True
    return False
