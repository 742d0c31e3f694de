"""JSON Lines files: one object a line; nested values are kept as JSON text."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analyst_agent.errors import LoadError
from analyst_agent.warehouse.progress import Advance, unseen
from analyst_agent.warehouse.raw import LONGEST_SHOWN, Raw, literal, must_add_up, path_literal, scalar
from analyst_agent.warehouse.reading.csv_files import read_clean
from analyst_agent.warehouse.reading.scan import TextFile, scan_text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(slots=True)
class JsonLinesFile:
    """A JSON Lines file; its header is the union of the keys of its objects. `table` holds its lines as (_line, text, is_object)."""

    path: Path
    header: Sequence[str]
    sha256: str
    note: str
    table: str
    line_count: int

    def read(self, con: DuckDBPyConnection, name: str, needed: Sequence[int]) -> Raw:
        """Objects as rows; lines that hold no object, or name a field twice, in `<name>_bad`."""
        pointers = ", ".join(literal(_pointer(self.header[i])) for i in needed) or "'/'"
        fields = ", ".join(f"v[{place}] AS c{i}" for place, i in enumerate(needed, start=1))
        con.execute(
            f"CREATE TEMP TABLE {name} AS SELECT _line{', ' if fields else ''}{fields} FROM "
            f"(SELECT _line, json_extract_string(text, [{pointers}]) AS v FROM {self.table} WHERE problem IS NULL)"
        )
        con.execute(
            f"CREATE TEMP TABLE {name}_bad AS SELECT _line AS line, CASE WHEN length(text) > {LONGEST_SHOWN} THEN "
            f"left(text, {LONGEST_SHOWN}) || '... (' || length(text) || ' characters)' ELSE text END AS value, problem AS reason "
            f"FROM {self.table} WHERE problem IS NOT NULL"
        )
        con.execute(f"CREATE TEMP VIEW {name}_lines AS SELECT rowid AS _row, _line FROM {name}")
        good, bad = (scalar(con, f"SELECT count(*) FROM {t}") for t in (name, f"{name}_bad"))
        must_add_up(str(self.path), good + bad, self.line_count)
        con.execute(f"DROP TABLE {self.table}")
        return Raw(name, good, bad)


def _pointer(key: str) -> str:
    """A JSON pointer (RFC 6901) to a key of the object."""
    return "/" + key.replace("~", "~0").replace("/", "~1")


def open_json_lines(
    con: DuckDBPyConnection, path: Path, work: Path, table: str, advance: Advance = unseen
) -> JsonLinesFile:
    """Reads the lines and the keys; advance is told of the bytes read. Raises LoadError where not one line holds an object though there are lines."""
    text = scan_text(path, work, advance)
    _read_lines(con, text, table, work)
    con.execute(
        f"CREATE TEMP TABLE {table}_ok AS SELECT _line, text, CASE "
        "WHEN NOT json_valid(text) THEN 'is not valid JSON' "
        "WHEN (CASE WHEN json_valid(text) THEN json_type(text) END) <> 'OBJECT' THEN 'is not a JSON object' "
        "WHEN (CASE WHEN json_valid(text) THEN len(json_keys(text)) <> len(list_distinct(json_keys(text))) END) "
        f"THEN 'names a field twice' END AS problem FROM {table} WHERE text IS NOT NULL AND text <> ''"
    )
    con.execute(f"DROP TABLE {table}")
    table = f"{table}_ok"
    line_count, good = (scalar(con, f"SELECT count(*) FROM {table}{where}") for where in ("", " WHERE problem IS NULL"))
    if line_count and not good:
        raise LoadError(f"{path} holds no JSON object on any line.", "JSON Lines has one {...} a line.")
    keys = con.execute(
        f"SELECT k FROM (SELECT unnest(json_keys(text)) AS k, _line FROM {table} WHERE problem IS NULL) "
        "GROUP BY k ORDER BY min(_line), k"
    ).fetchall()
    return JsonLinesFile(path, tuple(str(k[0]) for k in keys), text.sha256, text.note, table, line_count)


def _read_lines(con: DuckDBPyConnection, text: TextFile, table: str, work: Path) -> None:
    """A temporary table (_line, text) of the physical lines."""
    import duckdb

    if not text.has_bare_cr and not text.has_unit_separator:
        try:  # one column, and a delimiter that does not occur: each physical line is one row, blank ones NULL
            con.execute(
                f"CREATE TEMP TABLE {table}_all AS FROM read_csv({path_literal(text.path)}, header = false, auto_detect = false, "
                "columns = {text: 'VARCHAR'}, delim = chr(31), quote = '', escape = '', strict_mode = false, "
                f"max_line_size = 30000000{', compression = gzip' if text.is_gzipped else ''})"
            )
        except duckdb.Error:
            pass
        else:
            if scalar(con, f"SELECT count(*) FROM {table}_all") == text.line_count:
                con.execute(f"CREATE TEMP TABLE {table} AS SELECT rowid + 1 AS _line, text FROM {table}_all")
                con.execute(f"DROP TABLE {table}_all")
                return
            con.execute(f"DROP TABLE {table}_all")
    clean = work / f"{table}.csv"
    with clean.open("w", encoding="utf-8", newline="") as stream, text.lines() as lines:
        rows = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for number, line in enumerate(lines, start=1):
            rows.writerow([number, line.rstrip("\r\n")])
    read_clean(con, table, clean, "_line: 'BIGINT', text: 'VARCHAR'")
