"""Finds the files of a load: which table each one feeds, and what is left aside with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analyst_agent.errors import LoadError, nearest
from analyst_agent.warehouse.mappings.records import FileMap, History, Lookup, SourceMapping
from analyst_agent.warehouse.reading.file_names import split_name
from analyst_agent.warehouse.report import LeftAside
from analyst_agent.warehouse.tables import TABLES

FORMATS = {".csv": "csv", ".csv.gz": "csv", ".parquet": "parquet"} | {
    f"{stem}{end}": "json_lines" for stem in (".jsonl", ".ndjson") for end in ("", ".gz")
}
_SAY_FORMATS = "CSV, JSON Lines (.jsonl, .ndjson), both also gzipped (.gz), and Parquet can be loaded."

_LINK = "it is a link out of the folder; give what it points to by its own path."
LOOKUP, HISTORY = "lookup", "history"
_STAGES = (LOOKUP, "accounts", "agents", "tickets", HISTORY, "escalations", "resolutions")


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """One file to load. shown: its name as given, or relative to the folder given. spec: its mapping, None for canonical columns.

    table: the table it feeds, "history" where it feeds none but has changes of tickets, else "lookup".
    """

    path: Path
    shown: str
    format: str
    table: str
    spec: FileMap | None = None
    lookups: tuple[Lookup, ...] = ()
    histories: tuple[History, ...] = ()

    @property
    def of_ticket(self) -> bool:
        """Whether its rows belong to tickets, which must be loaded first."""
        return self.table == HISTORY or (self.table in TABLES and TABLES[self.table].of_ticket)

    def source_columns(self) -> tuple[str, ...]:
        """The source columns that its mapping needs."""
        every: list[FileMap | Lookup | History] = [*self.lookups, *self.histories]
        if self.spec:
            every.insert(0, self.spec)
        return tuple(dict.fromkeys(c for one in every for c in one.source_columns()))


def plan_files(inputs: Sequence[Path], mapping: SourceMapping | None) -> tuple[list[PlannedFile], list[LeftAside]]:
    """Every file to load, in the order the tables need, and the files left aside. Raises LoadError where nothing can be loaded."""
    planned: dict[Path, PlannedFile] = {}
    left: list[LeftAside] = []
    for given in inputs:
        if not given.exists():
            raise LoadError(f"There is no file or folder {given}.", _say_near(given))
        if given.is_dir():
            for path in sorted(given.iterdir()):
                found = _plan(path, path.name, mapping) if _is_inside(path, given) else _LINK
                if isinstance(found, PlannedFile):
                    planned.setdefault(path.resolve(), found)
                else:
                    left.append(LeftAside(path.name, found))
            continue
        found = _plan(given, str(given), mapping)
        if isinstance(found, str):
            raise LoadError(f"{given} cannot be loaded: {found}", _say_names(mapping))
        planned.setdefault(given.resolve(), found)
    if not planned:
        where = ", ".join(str(i) for i in inputs) or "Nothing"
        raise LoadError(f"{where}: no file there can be loaded{_say_left(left)}.", _say_names(mapping))
    return sorted(planned.values(), key=lambda f: _STAGES.index(f.table)), left


def _plan(path: Path, shown: str, mapping: SourceMapping | None) -> PlannedFile | str:
    """The plan of one file, or why there is none."""
    if path.is_dir():
        return "it is a folder; give it by itself."
    if not path.is_file():
        return "it is no ordinary file."
    stem, ending = split_name(path.name)
    spec: FileMap | None = None
    lookups: tuple[Lookup, ...] = ()
    histories: tuple[History, ...] = ()
    if mapping is not None:
        spec = next((f for f in mapping.files if f.names.matches(path.name)), None)
        lookups = tuple(one for one in mapping.lookups if one.names.matches(path.name))
        histories = tuple(one for one in mapping.histories if one.names.matches(path.name))
        if spec is None and not lookups and not histories:
            return f"the source {mapping.name} reads no file of that name."
        table = spec.table if spec else HISTORY if histories else LOOKUP
    else:
        table = stem.lower()
        if table not in TABLES:
            close = nearest(stem, TABLES)
            return f"{stem!r} is no table" + (f"; did you mean {close[0]!r}?" if close else ".")
    if ending not in FORMATS:
        return f"{ending or 'a name without ending'} is no format that can be loaded. {_SAY_FORMATS}"
    return PlannedFile(path, shown, FORMATS[ending], table, spec, lookups, histories)


def _is_inside(path: Path, folder: Path) -> bool:
    """Whether what a folder holds lies in it: somebody else's folder must not choose among one's own files."""
    return path.resolve().is_relative_to(folder.resolve())


def _say_names(mapping: SourceMapping | None) -> str:
    if mapping is not None:
        every: list[FileMap | Lookup | History] = [*mapping.files, *mapping.histories, *mapping.lookups]
        return f"The source {mapping.name} reads: {', '.join(dict.fromkeys(one.names.shown for one in every))}."
    return f"Name files after the tables: {', '.join(TABLES)}. {_SAY_FORMATS} Other layouts: --source NAME or --mapping FILE."


def _say_left(left: Sequence[LeftAside]) -> str:
    """The file that looks most like one to load, and why it is not."""
    if not left:
        return ""
    first = next((one for one in left if "did you mean" in one.reason), left[0])
    others = f" and {len(left) - 1} more" if len(left) > 1 else ""
    return f" ({first.file}: {first.reason.rstrip('.')}{others})"


def _say_near(path: Path) -> str:
    parent = path.parent
    close = nearest(path.name, [p.name for p in parent.iterdir()]) if parent.is_dir() else []
    return f"Did you mean {parent / close[0]}?" if close else "Give an existing file or folder."
