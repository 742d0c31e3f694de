"""The stored changes of a source put in order: for every ticket and field its values one after the other, through lookups, without repeats."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from analyst_agent.warehouse.mappings.records import SourceMapping
from analyst_agent.warehouse.raw import literal
from analyst_agent.warehouse.reading.inputs import translated_sql

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def build_timeline(con: DuckDBPyConnection, mapping: SourceMapping) -> None:
    """Makes two temporary tables of the source's changes of tickets that are loaded.

    said: every change (ticket_id, field, moment, place, value, is_before, by_id, _path, _line, created_at). moves: those that change the value
    (also `before`, the value until then; NULL where there was none). is_before: the value that a change says was there before it; nothing
    happened then, so no rule may rest on it alone.
    """
    known = {one.name for one in mapping.lookups}
    vias = [v for (v,) in con.execute("SELECT DISTINCT via FROM changes WHERE source = ?", [mapping.name]).fetchall()]
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE said AS SELECT ticket_id, field, thing, moment, {_value(vias, known)} AS value, "
        "is_before, by_id, _path, _line, created_at, row_number() OVER (PARTITION BY ticket_id, field, thing ORDER BY moment, version, seq) AS place "
        f"FROM changes AS c JOIN (SELECT ticket_id, created_at FROM tickets) AS t USING (ticket_id) WHERE source = {literal(mapping.name)} AND field <> ''"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE moves AS SELECT * FROM (SELECT *, lag(value) OVER w AS before FROM said "
        "WINDOW w AS (PARTITION BY ticket_id, field, thing ORDER BY place)) WHERE value IS DISTINCT FROM before"
    )


def _value(vias: Iterable[str], known: set[str]) -> str:
    """SQL of a stored value through what it still has to go through. A lookup that the mapping no longer has is passed by."""
    whens = []
    for via in sorted(v for v in vias if v):
        how = json.loads(via)
        names = [name for name in how["lookups"] if name in known]
        whens.append(f"WHEN {literal(via)} THEN {translated_sql('c.value', names, how['values'], how['keeps'])}")
    return f"CASE c.via {' '.join(whens)} ELSE c.value END" if whens else "c.value"
