"""Writes rows in the layouts of the exports under test: the seed's own columns where the third-party data is there, every format that is loaded."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

START = datetime(2031, 1, 6, 8, 0)
Row = dict[str, str]
Files = dict[str, list[Row]]


def at(minutes: float) -> datetime:
    """A moment, counted from the first of the exports."""
    return START + timedelta(minutes=minutes)


def text(moment: datetime | None) -> str:
    """A time as these exports write it; empty for none."""
    return "" if moment is None else moment.strftime("%Y-%m-%d %H:%M:%S")


def seed_rows(folder: Path, stem: str) -> list[Row]:
    """The rows of a seed file."""
    with (folder / f"{stem}.csv").open(newline="", encoding="utf-8-sig") as stream:
        return list(csv.DictReader(stream))


def in_layout_of(folder: Path, files: Files, names: Mapping[str, str], keep_seed: bool = True) -> Files:
    """The rows in all columns of the seed files (the seed's own rows first), by the seed's stem."""
    found: Files = {}
    for name, rows in files.items():
        stem = names[name]
        seed = seed_rows(folder, stem)
        header = list(seed[0])
        unknown = {k for row in rows for k in row} - set(header)
        assert not unknown, f"{stem} has no columns {sorted(unknown)}"
        found[stem] = (seed if keep_seed else []) + [{c: row.get(c, "") for c in header} for row in rows]
    return found


def write(folder: Path, files: Files, ending: str = ".csv") -> None:
    """Writes each table as `<name><ending>`: .csv, .csv.gz, .jsonl or .parquet."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in files.items():
        header = list(dict.fromkeys(k for row in rows for k in row))
        path = folder / f"{name}{ending}"
        if ending == ".parquet":
            _write_parquet(path, header, rows)
        elif ending == ".jsonl":
            path.write_text("".join(json.dumps({k: v for k, v in r.items() if v != ""}) + "\n" for r in rows))
        else:
            content = _csv(header, rows)
            path.write_bytes(gzip.compress(content, mtime=0) if ending.endswith(".gz") else content)


def _csv(header: Sequence[str], rows: Sequence[Row]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


def _write_parquet(path: Path, header: Sequence[str], rows: Sequence[Row]) -> None:
    import duckdb

    con = duckdb.connect()
    columns = ", ".join(f'"{c}" VARCHAR' for c in header)
    con.execute(f"CREATE TABLE t ({columns})")
    con.executemany(
        f"INSERT INTO t VALUES ({', '.join('?' * len(header))})", [[r.get(c) or None for c in header] for r in rows]
    )
    con.execute(f"COPY t TO '{path}' (FORMAT parquet)")
    con.close()


def escalations_of(desk: Any) -> dict[str, list[datetime | None]]:
    """What the warehouse says: the times of each escalated ticket's escalations, in order; [None] for a flag alone."""
    found: dict[str, list[datetime | None]] = {}
    for ticket, moment in desk.query("SELECT ticket_id, escalated_at FROM escalations ORDER BY escalated_at"):
        found.setdefault(ticket, []).append(moment)
    for (ticket,) in desk.query("SELECT ticket_id FROM tickets WHERE is_escalated"):
        found.setdefault(ticket, [None])
    return found


def differences(desk: Any, table: str, key: str, expected: Mapping[str, Mapping[str, object]]) -> list[str]:
    """Where a table and the truth differ: a row too many or too few, a value."""
    columns = list(next(iter(expected.values())))
    rows = desk.query(f"SELECT {key}, {', '.join(columns)} FROM {table}")
    found = {row[0]: dict(zip(columns, row[1:], strict=True)) for row in rows}
    wrong = [f"{k} is missing" for k in expected if k not in found]
    wrong += [f"{k} is too many" for k in found if k not in expected]
    for k, values in expected.items():
        wrong += [f"{k}.{c}: {found[k][c]!r} for {v!r}" for c, v in values.items() if k in found and found[k][c] != v]
    return wrong
