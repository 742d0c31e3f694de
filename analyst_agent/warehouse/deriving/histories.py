"""Changes of tickets: rows of history files, kept in the workspace as they are, so that what is derived rests on all that was ever loaded."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from analyst_agent.warehouse.checks import Origin, value_sql
from analyst_agent.warehouse.deriving.lookups import version_sql
from analyst_agent.warehouse.mappings.records import Change, ColumnMap, History
from analyst_agent.warehouse.raw import literal, scalar
from analyst_agent.warehouse.reading.inputs import Texts, id_sql
from analyst_agent.warehouse.set_aside import UNKNOWN
from analyst_agent.warehouse.tables import Column

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

CREATE = (
    "CREATE TABLE IF NOT EXISTS changes (source VARCHAR, history VARCHAR, object_key VARCHAR, ticket_id VARCHAR, field VARCHAR, thing VARCHAR, "
    "moment TIMESTAMP, value VARCHAR, via VARCHAR, is_before BOOLEAN, by_id VARCHAR, version DOUBLE[], seq BIGINT, _path VARCHAR, _line BIGINT)"
)
_SAID = "object_key, ticket_id, field, thing, moment, value, via, is_before, by_id, version"
_TIME = Column("at", "timestamp")


def via_of(how: ColumnMap) -> str:
    """What a raw value still has to go through, as it is stored beside it."""
    if not how.lookups and not how.values:
        return ""
    return json.dumps({"lookups": how.lookups, "values": how.values, "keeps": how.otherwise == "keep"}, sort_keys=True)


def keep_changes(
    con: DuckDBPyConnection,
    source: str,
    histories: Sequence[History],
    raw: str,
    texts: Texts,
    zone: str,
    origin: Origin,
) -> int:
    """Keeps the changes that the rows of `raw` show and returns how many are new or different. `<raw>_faults` has the rows that cannot
    be used: (_line, column, value, reason, ticket), each once."""
    con.execute(CREATE)
    con.execute(
        f'CREATE TEMP TABLE {raw}_faults (_line BIGINT, "column" VARCHAR, value VARCHAR, reason VARCHAR, ticket VARCHAR)'
    )
    return sum(_keep(con, source, one, raw, texts, zone, origin) for one in histories)


def _keep(con: DuckDBPyConnection, source: str, one: History, raw: str, texts: Texts, zone: str, origin: Origin) -> int:
    rows = _read(con, one, raw, texts, zone)
    _note_faults(con, one, raw, rows, texts)
    by_change = []
    for number, change in enumerate(one.changes):
        for column, how in ((f"o{number}", change.old), (f"v{number}", change.value)):
            if how is None:
                continue
            is_before = how is change.old
            by_change.append(
                f"SELECT _row, _line, object_key, ticket, {literal(change.field)} AS field, thing{number} AS thing, at{number} AS moment, {column} AS value, "
                f"{literal(via_of(how))} AS via, {is_before} AS is_before, by_id, version FROM {rows} WHERE want{number} AND problem IN (0, 2)"
                + (f" AND {column} IS NOT NULL" if is_before else "")
            )
    if one.key:  # that a row was there is kept too: an object that no longer shows a change takes the earlier one back
        by_change.append(
            f"SELECT _row, _line, object_key, ticket, '', '', NULL, NULL, '', false, by_id, version FROM {rows} WHERE problem IN (0, 2)"
        )
    con.execute(f"CREATE OR REPLACE TEMP TABLE new_changes AS {' UNION ALL '.join(by_change)}")
    con.execute(f"DROP TABLE {rows}")
    before = "(SELECT coalesce(max(seq), 0) FROM changes)"
    columns = (
        f"{literal(source)}, {literal(one.names.shown)}, object_key, ticket, field, thing, moment, value, via, is_before, by_id, version, "
        f"{before} + row_number() OVER (ORDER BY _row, field, NOT is_before), {literal(origin.path)}, _line"
    )
    return (_merge_objects if one.key else _merge_rows)(con, source, one.names.shown, columns)


def _read(con: DuckDBPyConnection, one: History, raw: str, texts: Texts, zone: str) -> str:
    """The rows of a history with, for every change, whether it is wanted, its time and its own value."""
    columns = [f"{id_sql('t')} AS ticket" if not one.ticket.lookups else "t AS ticket"]
    inner = [f"{texts.value(one.ticket)} AS t"]
    for name, how in (("by_id", one.by), ("object_key", one.key)):
        has = how is not None and texts.has_all(how)
        inner.append(f"{texts.own(how) if how is not None and has else 'NULL::VARCHAR'} AS {name}")
    inner.append(f"{version_sql(one.order, texts, zone)} AS version")
    missing, own_key = [], texts.own(one.key) if one.key else "''"
    for number, change in enumerate(one.changes):
        at = change.at or one.at
        inner.append(f"{value_sql(_TIME, texts.own(at), at.date_format or texts.date_format, zone)} AS at{number}")
        inner.append(f"{texts.own(change.value) if texts.has_all(change.value) else 'NULL::VARCHAR'} AS v{number}")
        if change.old is not None:
            inner.append(f"{texts.own(change.old) if texts.has_all(change.old) else 'NULL::VARCHAR'} AS o{number}")
        inner.append(f"{_wanted(change, texts)} AS want{number}")
        thing = texts.own(change.thing) if change.thing else own_key if not change.is_of_ticket else "''"
        inner.append(f"coalesce({thing}, '') AS thing{number}")
        missing.append(f"(want{number} AND at{number} IS NULL)")
    known = "EXISTS (SELECT 1 FROM tickets AS t WHERE t.ticket_id = h.ticket)"
    no_key = "WHEN object_key IS NULL THEN 4 " if one.key else ""
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {raw}_rows AS SELECT *, CASE WHEN ticket IS NULL THEN 1 {no_key}WHEN {' OR '.join(missing)} THEN 3 "
        f"WHEN NOT {known} THEN 2 ELSE 0 END AS problem FROM (SELECT * EXCLUDE (t), {columns[0]} FROM "
        f"(SELECT r.rowid AS _row, l._line, {', '.join(inner)} FROM {raw} AS r JOIN {raw}_lines AS l ON l._row = r.rowid)) AS h"
    )
    return f"{raw}_rows"


def _wanted(change: Change, texts: Texts) -> str:
    """SQL of whether a row says this change."""
    found = texts.condition(change.when) if change.when else "true"
    barred = [texts.condition([one]) for one in change.unless]
    return f"({found} AND NOT ({' OR '.join(barred)}))" if barred else found


def _note_faults(con: DuckDBPyConnection, one: History, raw: str, rows: str, texts: Texts) -> None:
    """Remembers the rows that cannot be used, each once however many histories read the file."""
    ticket, at = (_shown(how) for how in (one.ticket, one.at))
    key = _shown(one.key) if one.key else ""
    con.execute(
        f"INSERT INTO {raw}_faults SELECT h._line, CASE h.problem WHEN 3 THEN {literal(at)} WHEN 4 THEN {literal(key)} ELSE {literal(ticket)} END, "
        f"CASE h.problem WHEN 2 THEN h.ticket WHEN 3 THEN {texts.own(one.at)} END, "
        f"CASE h.problem WHEN 2 THEN {literal(UNKNOWN)} WHEN 3 THEN 'is not a time that can be read' ELSE 'is missing' END, h.ticket "
        f"FROM {rows} AS h JOIN {raw} AS r ON r.rowid = h._row WHERE h.problem NOT IN (0{', 2' if one.folds_others else ''}) AND h._line NOT IN (SELECT _line FROM {raw}_faults)"
    )


def _shown(how: ColumnMap) -> str:
    return (how.columns or ("",))[0]


def note_set_aside(con: DuckDBPyConnection, raw: str, origin: Origin) -> int:
    """Sets the rows of a pure history file aside that cannot be used, and returns how many."""
    con.execute(
        f"INSERT INTO new_rejects BY POSITION SELECT {origin.sql}, _line, \"column\", value, reason, 'history', ticket, NULL "
        f"FROM {raw}_faults ORDER BY _line"
    )
    return scalar(con, f"SELECT count(*) FROM {raw}_faults")


def adopt(con: DuckDBPyConnection) -> int:
    """Takes history rows off the list of what is set aside whose ticket has come. Returns how many."""
    waits = f"\"table\" = 'history' AND reason = {literal(UNKNOWN)} AND key IN (SELECT ticket_id FROM tickets)"
    count = scalar(con, f"SELECT count(*) FROM rejects WHERE {waits}")
    con.execute(f"DELETE FROM rejects WHERE {waits}")
    return count


def say_others(con: DuckDBPyConnection, source: str) -> list[str]:
    """What to tell of kept changes whose ticket is not loaded, where they are not set aside."""
    of_others = (
        f"SELECT DISTINCT ticket_id FROM changes WHERE source = {literal(source)} AND field <> '' "
        "AND ticket_id NOT IN (SELECT ticket_id FROM tickets)"
    )
    count = scalar(con, f"SELECT count(*) FROM ({of_others})")
    if not count:
        return []
    row = con.execute(f"SELECT min(ticket_id) FROM ({of_others})").fetchone()
    name = "" if row is None else row[0]
    return [
        f"The histories also tell of {count:,} records that are no loaded tickets (such as {name!r}); they count once they are loaded."
    ]


def _merge_rows(con: DuckDBPyConnection, source: str, history: str, columns: str) -> int:
    """Adds changes that are not stored yet; a change is its ticket, field, time and own value."""
    same = (
        f"s.source = {literal(source)} AND s.ticket_id = n.ticket AND s.field = n.field AND s.thing = n.thing AND s.moment = n.moment "
        "AND s.value IS NOT DISTINCT FROM n.value AND s.is_before = n.is_before AND s.object_key IS NULL"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE merge_changes AS SELECT * FROM new_changes "
        "QUALIFY row_number() OVER (PARTITION BY ticket, field, thing, moment, value, is_before ORDER BY version DESC, _row) = 1"
    )
    other = f"{same} AND s.via <> n.via"
    changed = scalar(con, f"SELECT count(*) FROM changes AS s JOIN merge_changes AS n ON {other}")
    if changed:
        con.execute(f"UPDATE changes AS s SET via = n.via FROM merge_changes AS n WHERE {other}")
    con.execute(f"DELETE FROM merge_changes AS n WHERE EXISTS (SELECT 1 FROM changes AS s WHERE {same})")
    con.execute(f"INSERT INTO changes SELECT {columns} FROM merge_changes")
    return changed + scalar(con, "SELECT count(*) FROM merge_changes")


def _merge_objects(con: DuckDBPyConnection, source: str, history: str, columns: str) -> int:
    """Replaces what is stored of an object by its newest row, where that is not older and says something else."""
    mine = f"source = {literal(source)} AND history = {literal(history)}"
    con.execute(
        "CREATE OR REPLACE TEMP TABLE merge_changes AS SELECT *, ticket AS ticket_id FROM new_changes AS n "
        "WHERE _row = (SELECT arg_max(m._row, (m.version, m._row)) FROM new_changes AS m WHERE m.object_key = n.object_key) "
        f"AND NOT EXISTS (SELECT 1 FROM changes AS s WHERE {mine} AND s.object_key = n.object_key AND s.version > n.version)"
    )
    stored = f"SELECT {_SAID} FROM changes WHERE {mine} AND object_key IN (SELECT object_key FROM merge_changes)"
    read = f"SELECT {_SAID} FROM merge_changes"
    con.execute(
        "CREATE OR REPLACE TEMP TABLE other_objects AS SELECT DISTINCT object_key FROM "
        f"((({stored}) EXCEPT ({read})) UNION ALL (({read}) EXCEPT ({stored})))"
    )
    con.execute(f"DELETE FROM changes WHERE {mine} AND object_key IN (FROM other_objects)")
    con.execute(f"INSERT INTO changes SELECT {columns} FROM merge_changes WHERE object_key IN (FROM other_objects)")
    return scalar(con, "SELECT count(*) FROM other_objects")
