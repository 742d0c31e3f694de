"""Tries a load for real: into a place of its own, which is removed again; the workspace is not touched."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from analyst_agent.errors import AnalystError
from analyst_agent.settings import Settings
from analyst_agent.warehouse.generations import copy_current, generation_file, open_current, warehouse_dir
from analyst_agent.warehouse.load import load
from analyst_agent.warehouse.raw import literal
from analyst_agent.warehouse.suggesting.records import Trial, Unplaced

MOST_SHOWN = 50
_FIRST = "gen-000001"


def try_mapping(folder: Path, paths: Sequence[Path], mapping: str, settings: Settings, *, with_data: bool) -> Trial:
    """What a load of these files with this mapping would do. with_data: beside the workspace's own data, where rows refer to its tickets."""
    return try_load(folder, paths, settings, mapping=mapping, with_data=with_data)


def try_load(
    folder: Path, inputs: Sequence[Path], settings: Settings, *, source: str = "", mapping: str = "", with_data: bool = True
) -> Trial:  # fmt: skip
    """What a load of these files and folders would do, by a built-in source, a mapping as YAML, or else in our own columns."""
    with tempfile.TemporaryDirectory(prefix="analyst-suggest-") as name:
        scratch = Path(name)
        spec = scratch / "mapping.yml"
        spec.write_text(mapping, encoding="utf-8")
        how = {"source": source or None, "mapping": spec if mapping else None}
        if with_data:
            _bring(folder, scratch)
        try:
            report = load(scratch, inputs, settings=settings, derived={}, **how)  # type: ignore[arg-type]
        except AnalystError as error:
            return Trial(problem=f"{error.message} {error.hint}".strip())
        trial = Trial(left_aside=report.left_aside)
        for one in report.files:
            placed = one.inserted + one.updated + one.unchanged + one.folded
            trial.files.append(
                {"file": one.file, "table": one.table, "read": one.rows_read, "placed": placed, "folded": one.folded,
                 "unplaced": one.set_aside, "emptied": one.emptied, "escalations_found": one.escalations_found, "inserted": one.inserted, "updated": one.updated,
                 "unchanged": one.unchanged, "unknown_columns": list(one.unknown_columns), "note": one.note}
            )  # fmt: skip
            trial.read += one.rows_read
            trial.placed += placed
        read = [file for given in inputs for file in (given.iterdir() if given.is_dir() else (given,))]
        where = ", ".join(literal(str(p.resolve())) for p in read)
        trial.unplaced_count, trial.unplaced = _listed(scratch, "rejects", where)
        trial.emptied_count, trial.emptied = _listed(scratch, "emptied", where)
        return trial


def _bring(folder: Path, scratch: Path) -> None:
    """The workspace's data in use, copied."""
    warehouse_dir(scratch).mkdir(parents=True)
    if copy_current(folder, generation_file(scratch, _FIRST)):
        (warehouse_dir(scratch) / "current").write_text(_FIRST, encoding="utf-8")


def _listed(scratch: Path, table: str, paths: str) -> tuple[int, list[Unplaced]]:
    with open_current(scratch) as warehouse:
        con = warehouse.connection
        found = con.execute(f"SELECT count(*) FROM {table} WHERE path IN ({paths})").fetchone()
        rows = con.execute(
            f'SELECT file, line, "column", value, reason FROM {table} WHERE path IN ({paths}) '
            f'ORDER BY file, line, "column" LIMIT {MOST_SHOWN}'
        ).fetchall()
    return int(found[0]) if found else 0, [Unplaced(r[0], int(r[1]), r[2] or "", r[3], r[4]) for r in rows]
