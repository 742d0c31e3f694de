"""Loads files into the next generation of the warehouse, every row accounted for; nothing changes for readers until all of it is right."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analyst_agent.errors import LoadError, NotPermitted, WorkspaceError
from analyst_agent.semantic.model import load_model
from analyst_agent.settings import Settings
from analyst_agent.warehouse import set_aside
from analyst_agent.warehouse.coverage import note_coverage
from analyst_agent.warehouse.file_load import FileLoader
from analyst_agent.warehouse.generations import NextGeneration, copy_current
from analyst_agent.warehouse.mappings.mapping import built_in, read_mapping
from analyst_agent.warehouse.mappings.records import SourceMapping
from analyst_agent.warehouse.meta import mark_of, note_loads, write_meta, written_for
from analyst_agent.warehouse.progress import Unwatched, Watcher
from analyst_agent.warehouse.raw import identifier, literal
from analyst_agent.warehouse.reading.files import PlannedFile, plan_files
from analyst_agent.warehouse.report import LoadReport
from analyst_agent.warehouse.settling import settle
from analyst_agent.warehouse.tables import TABLES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY_LIMIT = "1500MB"


@dataclass(slots=True)
class _Target:
    """Where a load writes: a database file, a folder for what does not fit into memory, and how to make it the one in use."""

    path: Path
    work: Path
    previous: str | None
    name: str
    generation: NextGeneration | None = None


def load(  # noqa: PLR0913 - one load, as the command line describes it
    folder: Path,
    inputs: Sequence[Path],
    *,
    settings: Settings,
    source: str | None = None,
    mapping: Path | None = None,
    dry_run: bool = False,
    derived: Mapping[str, str] | None = None,
    wait_s: float = 60.0,
    watcher: Watcher | None = None,
) -> LoadReport:
    """Loads files and folders into the workspace `folder` and returns what became of every row. Without any, it renews the derived tables.

    Without `source` (a built-in mapping's name) or `mapping` (a YAML file) the files carry the canonical columns and tables' names.
    dry_run reports the same and writes nothing. derived: name and SQL of tables to build from the canonical ones, by default the
    semantic model's. wait_s: how long to wait for another load. watcher: told of each file and phase. Raises LoadError (a file
    that cannot be read, nothing changed), UnknownName (source), InvalidDefinition (mapping).
    """
    import duckdb

    if source and mapping:
        raise NotPermitted("--source and --mapping exclude each other.", "Give the one that describes your files.")
    how = built_in(source) if source else read_mapping(mapping) if mapping else None
    files, left = plan_files(inputs, how) if inputs else ([], [])
    tables = load_model().derived if derived is None else derived
    report = LoadReport(left_aside=left, dry_run=dry_run, source=how.name if how else "")
    watch, zone = watcher or Unwatched(), _zone(how, settings)
    try:
        watch.begin(len(files), sum(f.path.stat().st_size for f in files))
        with _target(folder, dry_run, wait_s) as target:
            con = _connect(target, zone)
            try:
                _prepare(con)
                loader = FileLoader(con, target.work, how, zone, watch)
                _read(con, loader, files, report)
                watch.phase("settling")
                changed = settle(con, report, loader.changed_count)
                wanted = mark_of(tables)
                report.changed = changed or target.previous is None or written_for(con) != wanted
                if report.changed and not dry_run:
                    watch.phase("deriving")
                    for name, sql in tables.items():
                        con.execute(f"CREATE OR REPLACE TABLE {identifier(name)} AS {sql}")
                    note_loads(con, target.name, loader.history, report.source)
                    note_coverage(con, settings.time_zone)
                    write_meta(con, wanted)
                    con.execute("CHECKPOINT")  # closing would do it too, but without a word where the disk is full
            finally:
                con.close()
            report.generation = target.previous or ""
            if report.changed and target.generation is not None:
                watch.phase("publishing")
                report.generation = target.generation.publish()
    except (duckdb.Error, OSError) as error:
        raise LoadError(
            f"The load failed and nothing was changed: {str(error).splitlines()[0]}.", "Check disk space and memory."
        ) from error
    return report


def renew(folder: Path, settings: Settings, wait_s: float = 60.0) -> None:
    """Writes the generation in use anew where an earlier version of the program wrote it: its derived tables are others.

    Raises WorkspaceError where the workspace cannot be written, LoadError where another load does not end.
    """
    try:
        load(folder, (), settings=settings, wait_s=wait_s)
    except WorkspaceError as error:
        raise WorkspaceError(
            f"The loaded data were written by another version and must be renewed. {error.message}", error.hint
        ) from error


def _read(con: DuckDBPyConnection, loader: FileLoader, files: Sequence[PlannedFile], report: LoadReport) -> None:
    """Loads every file; those of a ticket come last, after what waited for the tickets has found them."""
    set_aside.forget_files(con, [str(f.path.resolve()) for f in files])
    loader.prepare(files)
    for number, one in enumerate(f for f in files if not f.of_ticket):
        report.files.append(loader.load(one, f"raw{number}"))
    report.adopted = sum(set_aside.adopt(con, t) for t in TABLES.values() if t.of_ticket)
    for number, one in enumerate((f for f in files if f.of_ticket), start=len(report.files)):
        report.files.append(loader.load(one, f"raw{number}"))
    loader.derive(report)


def _zone(how: SourceMapping | None, settings: Settings) -> str:
    return how.time_zone if how and how.time_zone else settings.time_zone


@contextmanager
def _target(folder: Path, dry_run: bool, wait_s: float) -> Iterator[_Target]:
    if dry_run:
        with tempfile.TemporaryDirectory(prefix="analyst-dry-run-") as scratch:
            path = Path(scratch) / "dry.duckdb"
            yield _Target(path, Path(scratch), copy_current(folder, path), "")
        return
    generation = NextGeneration(folder, wait_s)
    try:
        work = generation.path.with_suffix(".work")
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        try:
            yield _Target(generation.path, work, generation.previous, generation.name, generation)
        finally:
            shutil.rmtree(work, ignore_errors=True)
            generation.discard()
    finally:
        generation.release()


def _connect(target: _Target, zone: str) -> DuckDBPyConnection:
    import duckdb

    con = duckdb.connect(str(target.path), config={"autoinstall_known_extensions": "false"})
    con.execute(f"SET TimeZone = {literal(zone)}")
    con.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
    con.execute(f"SET temp_directory = {literal(str(target.work / 'spill'))}")
    con.execute("SET preserve_insertion_order = true")
    return con


def _prepare(con: DuckDBPyConnection) -> None:
    for table in TABLES.values():
        con.execute(table.create_sql())
    note_loads(con, "", [])
    for statement in set_aside.CREATE:
        con.execute(statement)
    set_aside.keep_before(con)
