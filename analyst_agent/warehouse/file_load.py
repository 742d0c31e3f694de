"""Loads one file: read, check, fold, merge, and the file's accounting."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analyst_agent.warehouse.checks import Checked, Origin, check, check_tickets, note_emptied, note_set_aside
from analyst_agent.warehouse.deriving import histories, left_out, lookups
from analyst_agent.warehouse.deriving.derivation import derive
from analyst_agent.warehouse.deriving.events import (
    Folded,
    escalation_rows,
    fold,
    kept_objects,
    note_events_of_bad_objects,
    object_inputs,
)
from analyst_agent.warehouse.deriving.unseen import note_unseen
from analyst_agent.warehouse.mappings.records import SourceMapping
from analyst_agent.warehouse.merge import Outcome, merge
from analyst_agent.warehouse.meta import LoadedFile
from analyst_agent.warehouse.progress import Watcher
from analyst_agent.warehouse.raw import SourceFile, literal, scalar
from analyst_agent.warehouse.reading.csv_files import open_csv
from analyst_agent.warehouse.reading.files import HISTORY, LOOKUP, PlannedFile
from analyst_agent.warehouse.reading.inputs import Input, Texts, canonical
from analyst_agent.warehouse.reading.json_lines import open_json_lines
from analyst_agent.warehouse.reading.parquet_files import open_parquet
from analyst_agent.warehouse.report import FileReport, LoadReport
from analyst_agent.warehouse.set_aside import note_seen
from analyst_agent.warehouse.tables import TABLES, normal_name

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class FileLoader:
    """Loads the files of one load, one after the other, into the generation that `con` is building."""

    def __init__(
        self, con: DuckDBPyConnection, work: Path, mapping: SourceMapping | None, zone: str, watch: Watcher
    ) -> None:
        self.con = con
        self.work = work
        self.mapping = mapping
        self.zone = zone
        self.watch = watch
        self.history: list[LoadedFile] = []
        self.changed_count = 0
        self.removed_count = 0
        self.remarks: list[str] = []
        self._lookup_reports: dict[Path, FileReport] = {}

    def prepare(self, files: Sequence[PlannedFile]) -> None:
        """Reads what the reference files among these say, before any table needs it."""
        if self.mapping is None:
            return
        for number, planned in enumerate(f for f in files if f.lookups):
            self._names(planned, f"names{number}", self.mapping)
        lookups.open_names(self.con, self.mapping)
        self.remarks += lookups.say_absent(self.con, self.mapping, files)
        self.remarks += lookups.say_late(self.con, self.mapping, files)

    def load(self, planned: PlannedFile, name: str) -> FileReport:
        """Loads one file. Raises LoadError where it cannot be read; `name` begins the names of its temporary tables."""
        if planned.table == LOOKUP:
            return self._lookup_reports[planned.path]
        source = self._open(planned, name)
        origin = Origin(planned.shown, str(planned.path.resolve()), source.sha256)
        report = FileReport(planned.shown, planned.table, note=source.note)
        if source.header or planned.format != "json_lines":
            self._rows(planned, source, origin, report, name)
        self._close(origin, report, name)
        return report

    def derive(self, report: LoadReport) -> None:
        """Derives escalations, resolutions and times of tickets from the changes kept, once every file is loaded."""
        if self.mapping is not None and self.mapping.histories:
            self.con.execute(histories.CREATE)
            report.adopted += histories.adopt(self.con)
            derived = derive(self.con, self.mapping)
            if any(one.folds_others for one in self.mapping.histories):
                self.remarks += histories.say_others(self.con, self.mapping.name)
            self.changed_count += derived.changed_count
            self.remarks += derived.remarks
            self.remarks += note_unseen(self.con, self.mapping, (f.file for f in report.files))
            report.escalations_derived = derived.escalation_count
            report.resolutions_derived = derived.resolution_count
        tickets = [f for f in report.files if f.table == "tickets" and f.rows_read]
        if self.mapping is not None and tickets and not scalar(self.con, "SELECT count(*) FROM tickets"):
            names = ", ".join(f.file for f in tickets)
            self.remarks.append(
                f"No ticket is loaded: every row of {names} was folded or set aside (see `analyst rejects`)."
            )
        report.withdrawn += self.removed_count
        report.remarks += self.remarks

    def _close(self, origin: Origin, report: FileReport, name: str) -> None:
        self._drop(name)
        report.check()
        self.con.execute(f"INSERT INTO loaded_files VALUES ({literal(origin.path)}, {literal(origin.sha256)})")
        self.history.append(LoadedFile(origin.path, origin.sha256, report))

    def _names(self, planned: PlannedFile, name: str, mapping: SourceMapping) -> None:
        """Reads one file for the lookups it feeds; where it feeds nothing else, this is all that becomes of its rows."""
        source = self._open(planned, name)
        origin = Origin(planned.shown, str(planned.path.resolve()), source.sha256)
        report = FileReport(planned.shown, LOOKUP, note=source.note)
        if source.header or planned.format != "json_lines":
            texts = Texts(source.header, planned.shown, mapping)
            texts.need(c for one in planned.lookups for c in (*one.source_columns(), *texts.known(one.order)))
            told = [one for one in planned.lookups if texts.has_all(one.key) and texts.has_all(one.value)]
            for one in told:
                for how in (one.key, one.value):
                    texts.own(how)
                texts.condition(one.where)
            raw = source.read(self.con, name, sorted(texts.used))
            self.changed_count += lookups.keep_values(self.con, mapping.name, told, name, texts, self.zone)
            if planned.table == LOOKUP:
                report.unknown_columns = texts.unused()
                report.rows_read = raw.row_count + raw.bad_count
                self._note_bad(name, origin, LOOKUP)
                without = lookups.note_without_key(self.con, told, name, texts, origin)
                report.set_aside = raw.bad_count + without
                report.folded = report.rows_read - report.set_aside
        if planned.table == LOOKUP:
            self._close(origin, report, name)
            self._lookup_reports[planned.path] = report
        else:
            self._drop(name)

    def _note_bad(self, name: str, origin: Origin, table: str) -> None:
        """Sets aside the records that are no rows."""
        self.con.execute(
            f"INSERT INTO new_rejects BY POSITION SELECT {origin.sql}, line, '', value, reason, {literal(table)}, NULL, NULL "
            f"FROM {name}_bad ORDER BY line"
        )

    def _open(self, planned: PlannedFile, name: str) -> SourceFile:
        self.watch.file(planned.shown, planned.path.stat().st_size)
        self.watch.phase("reading")
        if planned.format == "parquet":
            return open_parquet(self.con, planned.path)
        if planned.format == "json_lines":
            return open_json_lines(self.con, planned.path, self.work, f"{name}_text", self.watch.advance)
        return open_csv(planned.path, self.work, lambda header: self._recognised(planned, header), self.watch.advance)

    def _recognised(self, planned: PlannedFile, header: Sequence[str]) -> int:
        """How many of a header's names are known."""
        known = planned.source_columns() or TABLES[planned.table].names
        return len({normal_name(h) for h in header} & {normal_name(k) for k in known})

    def _rows(self, planned: PlannedFile, source: SourceFile, origin: Origin, report: FileReport, name: str) -> None:
        spec = planned.spec
        inputs: list[Input] = []
        if self.mapping is None:
            inputs, texts = canonical(TABLES[planned.table], source.header, planned.shown)
        else:
            texts = Texts(source.header, planned.shown, self.mapping)
            texts.need(planned.source_columns())
            for one in planned.histories:
                texts.need(texts.known(one.order))
                for how in one.values:
                    if texts.has_all(how):
                        texts.own(how)
                texts.condition(one.conditions)
            if spec is not None:
                table = TABLES[spec.table]
                texts.condition([*spec.fold_when, *(c for gone in spec.leave_out for c in gone.when)])
                inputs = object_inputs(spec, texts) if spec.events else texts.all_mapped(table, spec.columns)
        report.unknown_columns = texts.unused()
        needed = sorted(texts.used)
        raw = source.read(self.con, name, needed)
        report.rows_read = raw.row_count + raw.bad_count
        report.set_aside = raw.bad_count
        self.watch.phase("checking", raw.row_count)
        self._note_bad(name, origin, planned.table)
        if planned.table != HISTORY:
            self._table(planned, name, needed, texts, inputs, origin, report)
        if planned.histories and self.mapping is not None:
            self.changed_count += histories.keep_changes(
                self.con, self.mapping.name, planned.histories, name, texts, self.zone, origin
            )
            if planned.table == HISTORY:
                report.set_aside += histories.note_set_aside(self.con, name, origin)
                report.folded = report.rows_read - report.set_aside

    def _table(
        self,
        planned: PlannedFile,
        name: str,
        needed: Sequence[int],
        texts: Texts,
        inputs: Sequence[Input],
        origin: Origin,
        report: FileReport,
    ) -> None:
        """Checks and merges the rows of a file that feeds a table."""
        spec = planned.spec
        if spec is not None and spec.events:
            folded = fold(self.con, name, needed, spec, texts, self.zone, origin)
            self._objects(planned, folded, texts, inputs, origin, report)
            return
        keep = "true"
        if spec is not None and spec.fold_when:
            condition = texts.condition(spec.fold_when)
            report.folded = scalar(self.con, f"SELECT count(*) FROM {name} WHERE {condition}")
            keep = f"NOT {condition}"
        checked = check(self.con, name, f"{name}_typed", TABLES[planned.table], inputs, self.zone, keep)
        if spec is not None:
            checked = left_out.mark(self.con, checked, spec, texts)
        self._keep(checked, origin, report)
        if spec is not None:
            self.removed_count += left_out.remove_stored(self.con, checked, spec)

    def _keep(self, checked: Checked, origin: Origin, report: FileReport) -> None:
        """Sets aside what cannot be kept, merges the rest."""
        if checked.table.of_ticket:
            check_tickets(self.con, checked)
        report.set_aside += note_set_aside(self.con, checked, origin, "new_rejects")
        report.emptied += note_emptied(self.con, checked, origin, "new_emptied")
        outcome = self._merge(checked, origin)
        report.inserted, report.updated, report.unchanged, report.stale = (
            outcome.inserted,
            outcome.updated,
            outcome.unchanged,
            outcome.stale,
        )

    def _merge(self, checked: Checked, origin: Origin) -> Outcome:
        good, raw = f"{checked.name}_good", checked.raw
        self.watch.phase("merging", scalar(self.con, f"SELECT count(*) FROM {checked.name}"))
        note_seen(self.con, checked.table, checked.name, checked.present)
        if checked.table.of_ticket:
            self.con.execute(
                f"CREATE TEMP TABLE {good} AS SELECT c.*, {literal(origin.path)} AS _path, l._line FROM {checked.name} AS c "
                f"JOIN {raw}_lines AS l USING (_row) WHERE c._bad = 0"
            )
        else:
            self.con.execute(f"CREATE TEMP VIEW {good} AS FROM {checked.name} WHERE _bad = 0")
        return merge(self.con, checked.table, good, checked.present)

    def _objects(
        self,
        planned: PlannedFile,
        folded: Folded,
        texts: Texts,
        inputs: Sequence[Input],
        origin: Origin,
        report: FileReport,
    ) -> None:
        """Keeps the objects of an event log; every event that is not an object's outcome is folded, or set aside with it."""
        con, spec = self.con, planned.spec
        assert spec is not None
        checked = check(con, folded.name, f"{folded.name}_typed", TABLES[planned.table], inputs, self.zone)
        checked = left_out.mark(con, checked, spec, texts, "l")
        if checked.table.of_ticket:
            check_tickets(con, checked)
        con.execute("CREATE OR REPLACE TEMP TABLE object_rejects AS FROM new_rejects LIMIT 0")
        note_set_aside(con, checked, origin, "object_rejects")
        report.set_aside += folded.set_aside + note_events_of_bad_objects(
            con, folded, checked, origin, "object_rejects"
        )
        report.emptied += note_emptied(con, checked, origin, "new_emptied")
        outcome = self._merge(checked, origin)
        report.inserted, report.updated, report.unchanged, report.stale = (
            outcome.inserted,
            outcome.updated,
            outcome.unchanged,
            outcome.stale,
        )
        report.folded = report.rows_read - report.set_aside - outcome.rows
        self.removed_count += left_out.remove_stored(con, checked, spec)
        if spec.escalations:
            self._escalations(planned, folded, checked, texts, origin, report)

    def _escalations(
        self, planned: PlannedFile, folded: Folded, objects: Checked, texts: Texts, origin: Origin, report: FileReport
    ) -> None:
        """Merges the escalations that the events show. One that cannot be is listed as emptied: its events are accounted for already."""
        con, spec = self.con, planned.spec
        assert spec is not None
        name = f"{folded.name}_escalations"
        inputs = escalation_rows(con, folded, spec, texts, name)
        checked = check(
            con, name, f"{name}_typed", TABLES["escalations"], inputs, self.zone, kept_objects(folded, objects)
        )
        check_tickets(con, checked)
        con.execute("CREATE OR REPLACE TEMP TABLE object_rejects AS FROM new_rejects LIMIT 0")
        report.emptied += note_set_aside(con, checked, origin, "object_rejects") + note_emptied(
            con, checked, origin, "new_emptied"
        )
        con.execute("INSERT INTO new_emptied SELECT * EXCLUDE (content), 'escalated_at' FROM object_rejects")
        outcome = self._merge(checked, origin)
        report.escalations_found = outcome.rows
        self.changed_count += outcome.inserted + outcome.updated

    def _drop(self, name: str) -> None:
        """Frees the file's temporary tables."""
        rows = self.con.execute(
            "SELECT view_name, 'VIEW' FROM duckdb_views() WHERE temporary AND NOT internal AND starts_with(view_name, ?) "
            "UNION ALL SELECT table_name, 'TABLE' FROM duckdb_tables() WHERE temporary AND starts_with(table_name, ?)",
            [f"{name}_", f"{name}_"],
        ).fetchall()
        for found, kind in [*rows, (name, "TABLE")]:
            self.con.execute(f"DROP {kind} IF EXISTS {found}")
