"""Reference files of an export: what they say of an id is kept in the workspace, the newest row of a key winning, for this load and later ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from analyst_agent.warehouse.checks import Origin, value_sql
from analyst_agent.warehouse.mappings.records import Lookup, Ordering, SourceMapping
from analyst_agent.warehouse.raw import identifier, literal, scalar
from analyst_agent.warehouse.reading.inputs import Texts, id_sql
from analyst_agent.warehouse.tables import Column

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from analyst_agent.warehouse.reading.files import PlannedFile

CREATE = (
    "CREATE TABLE IF NOT EXISTS reference_values (source VARCHAR, lookup VARCHAR, key VARCHAR, valid_from TIMESTAMP, value VARCHAR, "
    "version DOUBLE[])"
)
_NEVER = "-1.7e308::DOUBLE"


def time_sql(texts: Texts, column: str, zone: str) -> str:
    """SQL of a source column's time."""
    return value_sql(Column(column, "timestamp"), texts.column(column), texts.date_format, zone)


def version_sql(order: Sequence[Ordering], texts: Texts, zone: str) -> str:
    """SQL of a list of numbers by which rows are put in order; columns that the file lacks are skipped."""
    parts = []
    for one in order:
        if not texts.has(one.column):
            continue
        if one.kind == "flag":
            parts.append(
                f"CASE WHEN lower({texts.column(one.column)}) IN ('true', 't', 'yes', 'y', '1') THEN 1 ELSE 0 END"
            )
        elif one.kind == "number":
            parts.append(f"coalesce(try_cast({texts.column(one.column)} AS DOUBLE), {_NEVER})")
        else:
            parts.append(f"coalesce(epoch_us({time_sql(texts, one.column, zone)})::DOUBLE, {_NEVER})")
    return f"[{', '.join(parts)}]::DOUBLE[]"


def keep_values(
    con: DuckDBPyConnection, source: str, lookups: Sequence[Lookup], raw: str, texts: Texts, zone: str
) -> int:
    """Keeps what the rows of `raw` say for these lookups, and returns how many kept values are new or different."""
    con.execute(CREATE)
    return sum(_keep(con, source, one, raw, texts, zone) for one in lookups)


def _keep(con: DuckDBPyConnection, source: str, one: Lookup, raw: str, texts: Texts, zone: str) -> int:
    where = texts.condition(one.where) if one.where else "true"
    valid_from = time_sql(texts, one.valid_from, zone) if one.valid_from else "NULL::TIMESTAMP"
    way = "ASC" if one.is_oldest else "DESC"
    con.execute(
        "CREATE OR REPLACE TEMP TABLE new_values AS SELECT * FROM ("
        f"SELECT rowid AS _row, {id_sql('k')} AS key, valid_from, value, version FROM (SELECT rowid, {texts.value(one.key)} AS k, "
        f"{valid_from} AS valid_from, {texts.value(one.value)} AS value, {version_sql(one.order, texts, zone)} AS version "
        f"FROM {raw} WHERE {where})) WHERE key IS NOT NULL{' AND valid_from IS NOT NULL' if one.valid_from else ''} "
        f"QUALIFY row_number() OVER (PARTITION BY key, valid_from ORDER BY version {way}, _row {way}) = 1"
    )
    mine = f"s.source = {literal(source)} AND s.lookup = {literal(one.name)} AND s.key = n.key AND s.valid_from IS NOT DISTINCT FROM n.valid_from"
    stays = "n.version >= s.version" if one.is_oldest else "n.version < s.version"
    con.execute(
        f"DELETE FROM new_values AS n WHERE EXISTS (SELECT 1 FROM reference_values AS s WHERE {mine} AND "
        f"({stays} OR (n.version = s.version AND n.value IS NOT DISTINCT FROM s.value)))"
    )
    con.execute(f"DELETE FROM reference_values AS s WHERE EXISTS (SELECT 1 FROM new_values AS n WHERE {mine})")
    con.execute(
        f"INSERT INTO reference_values SELECT {literal(source)}, {literal(one.name)}, key, valid_from, value, version FROM new_values"
    )
    return scalar(con, "SELECT count(*) FROM new_values")


def note_without_key(con: DuckDBPyConnection, lookups: Sequence[Lookup], raw: str, texts: Texts, origin: Origin) -> int:
    """Sets aside the rows of a pure lookup file that have no key for any of its lookups, and returns how many."""
    keys = [texts.value(one.key) for one in lookups]
    where = " AND ".join(f"{key} IS NULL" for key in keys)
    shown = (lookups[0].key.columns or ("",))[0]
    con.execute(
        f"INSERT INTO new_rejects BY POSITION SELECT {origin.sql}, l._line, {literal(shown)}, NULL, 'is missing', 'lookup', NULL, NULL "
        f"FROM {raw} AS r JOIN {raw}_lines AS l ON l._row = r.rowid WHERE {where} ORDER BY l._line"
    )
    return scalar(con, f"SELECT count(*) FROM {raw} WHERE {where}")


def open_names(con: DuckDBPyConnection, mapping: SourceMapping) -> None:
    """Makes the temporary tables names_<lookup> (key, value) of everything known now."""
    con.execute(CREATE)
    for one in mapping.lookups:
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE names_{one.name} AS SELECT key, arg_max(value, coalesce(valid_from, TIMESTAMP '0001-01-01')) "
            f"AS value FROM reference_values WHERE source = {literal(mapping.name)} AND lookup = {literal(one.name)} "
            "AND value IS NOT NULL GROUP BY key"
        )


def say_absent(con: DuckDBPyConnection, mapping: SourceMapping, files: Sequence[PlannedFile]) -> list[str]:
    """What to tell of lookups of which nothing is known: which file is missing, and what the values that need it become."""
    needs: dict[str, dict[str, str]] = {}
    given = {one.name for file in files for one in file.lookups}
    for file in files:
        columns = {} if file.spec is None else dict(file.spec.columns)
        columns |= {c.field: c.value for h in file.histories for c in h.changes}
        for name, how in columns.items():
            way = how.first_of[-1] if how.first_of else how  # another way than the last has one to fall back on
            keeps = (way.otherwise == "keep" or way.values) and not how.matches
            falls = "keep their ids" if keeps else "stay empty"
            for lookup in way.lookups:
                needs.setdefault(lookup, {})[name] = falls if len(way.lookups) == 1 else "stay empty"
    said = []
    for one in mapping.lookups:
        if one.name in needs and one.name not in given and not scalar(con, f"SELECT count(*) FROM names_{one.name}"):
            fates: dict[str, list[str]] = {}
            for name, fate in needs[one.name].items():
                fates.setdefault(fate, []).append(name)
            fate = "; ".join(f"values of {', '.join(names)} {fate}" for fate, names in fates.items())
            said.append(f"No file {one.names.shown} was loaded (lookup {one.name}): {fate}.")
    return said


def say_late(con: DuckDBPyConnection, mapping: SourceMapping, files: Sequence[PlannedFile]) -> list[str]:
    """What to tell of rows stored with an id for which only this load has the name, where their own file is not among these."""
    given = {one.name for file in files for one in file.lookups}
    said = []
    for spec in mapping.files:
        if any(file.spec is spec for file in files):
            continue
        for column, how in dict(spec.columns).items():
            if len(how.lookups) != 1 or how.lookups[0] not in given or how.otherwise != "keep":
                continue
            names = f"names_{how.lookups[0]}"
            count = scalar(
                con,
                f"SELECT count(*) FROM {spec.table} WHERE {identifier(column)}::VARCHAR IN (SELECT key FROM {names}) "
                f"AND {identifier(column)}::VARCHAR NOT IN (SELECT value FROM {names})",
            )
            if count:
                lookup = next(one for one in mapping.lookups if one.name == how.lookups[0])
                values, names_of = ("value is an id", "name") if count == 1 else ("values are ids", "names")
                said.append(
                    f"Of {column} in the loaded {spec.table}, {count:,} {values} that {lookup.names.shown} names only now; "
                    f"load {spec.names.shown} again to have the {names_of}."
                )
    return said
