"""Derives escalations, resolutions and the times and counts of tickets from all changes kept, and merges what is new or different."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analyst_agent.warehouse.deriving.rule_sql import rule_sql
from analyst_agent.warehouse.deriving.ticket_times import resolution_sql, settle_tickets
from analyst_agent.warehouse.deriving.timeline import build_timeline
from analyst_agent.warehouse.mappings.records import SourceMapping
from analyst_agent.warehouse.mappings.rule_records import Becomes, Rule, Rules
from analyst_agent.warehouse.mappings.support_lines import lines_of
from analyst_agent.warehouse.merge import merge
from analyst_agent.warehouse.raw import identifier, literal, scalar
from analyst_agent.warehouse.set_aside import BEFORE
from analyst_agent.warehouse.tables import TABLES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_MOST_NAMES = 5
_ESCALATION = (
    "escalation_id", "ticket_id", "escalated_at", "reason_code", "reason", "root_cause", "trigger", "from_team", "to_team", "level", "escalated_by",
)  # fmt: skip
# What one update of a ticket does (its group and its priority changed) is one escalation, told by the first rule; `reason` names all.
_AT_ONCE = "QUALIFY row_number() OVER (PARTITION BY ticket_id, escalated_at ORDER BY rule, escalation_id) = 1"
_REASONS = (
    "CASE WHEN count(*) OVER at_once > 1 THEN string_agg(reason_code, ', ') OVER (at_once ORDER BY rule ROWS BETWEEN UNBOUNDED PRECEDING "
    "AND UNBOUNDED FOLLOWING) END AS reason"
)
_RESOLUTION = ("resolution_id", "ticket_id", "resolved_at", "agent_id")


@dataclass(slots=True)
class Derived:
    """What was derived: how many escalations and resolutions there are now by rule, how much of it is new, gone or different, and what to say."""

    escalation_count: int = 0
    resolution_count: int = 0
    changed_count: int = 0
    remarks: list[str] = field(default_factory=list)


def derive(con: DuckDBPyConnection, mapping: SourceMapping) -> Derived:
    """Derives everything of a source anew from what is kept; what no longer follows (a late row told otherwise) is removed."""
    found, rules = Derived(), mapping.rules
    build_timeline(con, mapping)
    con.execute('CREATE TABLE IF NOT EXISTS derived_keys (source VARCHAR, "table" VARCHAR, key VARCHAR)')
    con.execute("""DELETE FROM emptied WHERE "table" = 'history'""")
    _open_targets(con, mapping)
    found.changed_count += settle_tickets(
        con, rules, {c for f in mapping.files if f.table == "tickets" for c in f.columns}
    )
    if rules.resolutions:
        con.execute(f"CREATE OR REPLACE TEMP TABLE derived AS {resolution_sql(rules.resolutions)}")
        found.resolution_count = _keep(con, mapping, "resolutions", _RESOLUTION, found)
        _note_unrecorded(con, rules.resolutions, found)
    if rules.escalations:
        _note_lines(con, mapping, found)
        _note_orders(con, mapping, found)
        end = "(SELECT max(m) FROM (SELECT max(moment) AS m FROM said UNION ALL SELECT unnest([max(created_at), max(updated_at), max(resolved_at)]) FROM tickets))"
        selects = [
            f"SELECT *, {number} AS rule FROM ({_escalation_sql(rule, end, rules)})"
            for number, rule in enumerate(rules.escalations)
        ]
        once = "QUALIFY row_number() OVER (PARTITION BY escalation_id ORDER BY escalated_at, to_team) = 1"
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE derived AS SELECT * EXCLUDE (rule), {_REASONS} FROM (SELECT * FROM ({' UNION ALL '.join(selects)}) {once}) "
            f"WINDOW at_once AS (PARTITION BY ticket_id, escalated_at) {_AT_ONCE}"
        )
        found.escalation_count = _keep(con, mapping, "escalations", _ESCALATION, found)
    return found


def _escalation_sql(rule: Rule, data_end: str, rules: Rules) -> str:
    """A rule's rows as escalations. The id is made of ticket, reason and what tells its events apart, so it is the same in every load."""
    level = f"coalesce({literal(rule.level)}, level)" if rule.level else "level::VARCHAR"
    ticket = "replace(replace(ticket_id, '%', '%25'), '/', '%2F')"
    suffix = "CASE WHEN suffix <> '' THEN '/' || suffix ELSE '' END"
    return (
        f"SELECT {ticket} || '/' || {literal(rule.reason)} || {suffix} AS escalation_id, ticket_id, moment AS escalated_at, "
        f"{literal(rule.reason)} AS reason_code, nullif({literal(rule.root_cause)}, '') AS root_cause, {literal(rule.trigger)} AS \"trigger\", "
        f"from_team::VARCHAR AS from_team, to_team::VARCHAR AS to_team, {level} AS level, by_id::VARCHAR AS escalated_by, _path::VARCHAR AS _path, "
        f"_line::BIGINT AS _line FROM ({rule_sql(rule, data_end, _known_by(rule, rules))})"
    )


def _known_by(rule: Rule, rules: Rules) -> str:
    """The field without which nothing is known of the time that stops a rule's clock; empty where a file gives it."""
    derived = rules.of_tickets.get(rule.until)
    return derived.field if derived else ""


def _keep(con: DuckDBPyConnection, mapping: SourceMapping, name: str, present: tuple[str, ...], found: Derived) -> int:
    """Merges the rows of `derived`, removes what no longer follows, and returns how many there are."""
    table = TABLES[name]
    key, source = identifier(table.key), literal(mapping.name)
    early = f"derived AS d JOIN tickets AS t USING (ticket_id) WHERE d.{table.after} < t.created_at"
    con.execute(
        f"INSERT INTO emptied SELECT parse_filename(d._path), d._path, NULL, d._line, {literal(table.after)}, d.{table.after}::VARCHAR, "
        f"{literal(BEFORE)}, 'history', d.{key}, {literal(table.after)} FROM {early} AND d._path IS NOT NULL"
    )
    con.execute(f"DELETE FROM derived WHERE {key} IN (SELECT d.{key} FROM {early})")
    gone = (
        f'SELECT k.key FROM derived_keys AS k WHERE k.source = {source} AND k."table" = {literal(name)} '
        f"AND k.key NOT IN (SELECT {key} FROM derived)"
    )
    removed = scalar(con, f"SELECT count(*) FROM {name} WHERE {key} IN ({gone})")
    con.execute(f"DELETE FROM {name} WHERE {key} IN ({gone})")
    con.execute("CREATE OR REPLACE TEMP TABLE derived_rows AS SELECT row_number() OVER () AS _row, * FROM derived")
    outcome = merge(con, table, "derived_rows", present)
    con.execute(f'DELETE FROM derived_keys WHERE source = {source} AND "table" = {literal(name)}')
    con.execute(f"INSERT INTO derived_keys SELECT {source}, {literal(name)}, {key} FROM derived ORDER BY {key}")
    found.changed_count += removed + outcome.inserted + outcome.updated
    return outcome.rows


def _open_targets(con: DuckDBPyConnection, mapping: SourceMapping) -> None:
    """Makes <lookup>_versions (key, valid_from, value) of the lookups that rules take their targets from."""
    for name in {r.targets for r in mapping.rules.escalations if r.targets}:
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {name}_versions AS SELECT lower(key) AS key, coalesce(valid_from, TIMESTAMP '0001-01-01') AS valid_from, "
            f"value FROM reference_values WHERE source = {literal(mapping.name)} AND lookup = {literal(name)} AND value IS NOT NULL"
        )


def _note_unrecorded(con: DuckDBPyConnection, rule: Becomes, found: Derived) -> None:
    """Says how many tickets are resolved by their status though nothing says when."""
    listed = ", ".join(literal(v.strip().lower()) for v in rule.values)
    count = scalar(con, f"SELECT count(*) FROM tickets WHERE resolved_at IS NULL AND lower(status) IN ({listed})")
    if count:
        found.remarks.append(
            f"Tickets that are {' or '.join(rule.values)} with no record of when, so they count as not resolved: {count:,}."
        )


def _note_lines(con: DuckDBPyConnection, mapping: SourceMapping, found: Derived) -> None:
    """Makes group_lines (name, line) and says which groups have an unknown line."""
    fields = sorted({r.field for r in mapping.rules.escalations if r.rule == "line_raised"})
    listed = ", ".join(literal(f) for f in fields) or "''"
    counts = dict(
        con.execute(
            f"SELECT value, count(*) FROM moves WHERE field IN ({listed}) AND value IS NOT NULL GROUP BY 1 ORDER BY 1"
        ).fetchall()
    )
    lines = lines_of(counts, mapping.rules.lines)
    con.execute("CREATE OR REPLACE TEMP TABLE group_lines (name VARCHAR, line INTEGER)")
    known = [(name, line) for name, line in lines.items() if line is not None]
    if known:
        con.executemany("INSERT INTO group_lines VALUES (?, ?)", known)
    unknown = {name: counts[name] for name, line in lines.items() if line is None}
    if unknown:
        found.remarks.append(
            f"Groups of no known line of support, so a move to or from them is no escalation by line (see `lines` in the mapping): {_some(unknown)}."
        )


def _note_orders(con: DuckDBPyConnection, mapping: SourceMapping, found: Derived) -> None:
    """Says which values a rule's order does not list."""
    for rule in mapping.rules.escalations:
        if rule.rule != "raised":
            continue
        listed = ", ".join(literal(v.strip().lower()) for v in rule.order)
        unknown = dict(
            con.execute(
                f"SELECT value, count(*) FROM moves WHERE field = {literal(rule.field)} AND lower(value) NOT IN ({listed}) GROUP BY 1 ORDER BY 1"
            ).fetchall()
        )
        if unknown:
            found.remarks.append(
                f"Values of {rule.field} outside the order of the rule {rule.reason}, passed by: {_some(unknown)}."
            )


def _some(counts: dict[str, int]) -> str:
    """The most frequent names with their numbers of changes, the rest counted."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown = ", ".join(f"{' '.join(name.split())[:60]!r} ({count:,})" for name, count in ranked[:_MOST_NAMES])
    rest = len(ranked) - _MOST_NAMES
    return f"{shown} and {rest:,} more" if rest > 0 else shown
