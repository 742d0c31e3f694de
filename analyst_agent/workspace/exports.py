"""Exports that people hand in on the page: what is understood of them is shown first, then all of them are loaded or nothing is."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from analyst_agent.errors import AnalystError, InvalidDefinition, LoadError, UnknownName, WorkspaceError
from analyst_agent.masking import one_line
from analyst_agent.warehouse.generations import open_current
from analyst_agent.warehouse.locks import acquire
from analyst_agent.warehouse.mappings.mapping import list_sources
from analyst_agent.warehouse.reading.file_names import split_name
from analyst_agent.warehouse.reading.files import FORMATS, plan_files
from analyst_agent.warehouse.reading.workbooks import ENDING, as_csv
from analyst_agent.warehouse.report import LoadReport
from analyst_agent.warehouse.suggesting.records import FileGuess, Proposal, Trial
from analyst_agent.warehouse.suggesting.suggest import suggest
from analyst_agent.warehouse.suggesting.trial import try_load
from analyst_agent.warehouse.tables import TABLES
from analyst_agent.workspace import PRIVATE, Workspace
from analyst_agent.workspace.loading import load_files

ENDINGS = (*FORMATS, ENDING)
LONGEST_NAME = 100
WAIT_S = 60.0
"""How long a load waits for another one from the page."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What a load of the files would do. source: the built-in source that reads them; mapping: the guessed one as YAML; without either
    they carry our own columns. guesses: what is thought of each file, where a mapping was guessed. to_decide: what only a person
    knows. problem: why they cannot be loaded, "" where they can. digest: the mark of all this.
    """

    source: str = ""
    mapping: str = ""
    guesses: tuple[FileGuess, ...] = ()
    to_decide: tuple[str, ...] = ()
    trial: Trial | None = None
    problem: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: its report, and the rows of each table before and after."""

    report: LoadReport
    before: Mapping[str, int]
    after: Mapping[str, int]


def export_name(given: str) -> str:
    """The name under which a file is read: without any path or sign that means something to a system. Raises InvalidDefinition.

    >>> export_name("C:\\\\Exports\\\\Tickets (May).CSV")
    'Tickets (May).csv'
    """
    last = PurePosixPath(one_line(given).replace("\\", "/")).name
    stem, ending = split_name(re.sub(r"[^\w .()-]+", "-", last).strip(" -"))
    if ending not in ENDINGS or not stem.strip(" .-"):
        shown = ", ".join(ENDINGS)
        raise InvalidDefinition(f"{one_line(given)[:80]!r} is no file that can be loaded.", f"Hand in {shown}.")
    return stem[:LONGEST_NAME].strip(" .") + ending


@contextmanager
def incoming(root: Path) -> Iterator[Path]:
    """A folder of the workspace's own for files that come in; it is gone afterwards. Raises WorkspaceError."""
    try:
        (root / PRIVATE).mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="incoming-", dir=root / PRIVATE) as name:
            yield Path(name)
    except OSError as error:
        raise WorkspaceError(f"The files cannot be kept: {error.strerror}.", "Make room and try again.") from error


def unpacked(folder: Path) -> None:
    """Puts CSV files in the place of workbooks. Raises LoadError, also where two files would have one name."""
    for book in sorted(folder.glob(f"*{ENDING}")):
        with tempfile.TemporaryDirectory(dir=folder.parent) as name:
            made = as_csv(book, Path(name))
            if not made:
                raise LoadError(f"{book.name} has no row.", "Choose the workbook with the export.")
            for one in made:
                if (folder / one.name).exists():
                    raise LoadError(f"{one.name} is there twice.", "Hand the files in one after the other.")
                os.replace(one, folder / one.name)
        book.unlink()


def understood(workspace: Workspace, folder: Path, source: str = "") -> Understood:
    """How the files of a folder are read and what a load of them would do; nothing is loaded. source: by default it is worked out.

    Raises NotGranted or WorkspaceError where nothing may be loaded here, UnknownName for the source.
    """
    _check(workspace)
    if source and source not in (known := [one.name for one in list_sources()]):
        raise UnknownName("source", source, known)
    found = _tried(workspace, folder, source, "") if source else _worked_out(workspace, folder)
    told = hashlib.sha256(f"{found.source}\n{found.mapping}\n".encode())
    for path in sorted(folder.iterdir()):
        with path.open("rb") as stream:
            told.update(f"{path.name}\n{hashlib.file_digest(stream, 'sha256').hexdigest()}\n".encode())
    return Understood(
        found.source, found.mapping, found.guesses, found.to_decide, found.trial, found.problem, told.hexdigest()
    )


def load_given(workspace: Workspace, folder: Path, source: str, digest: str) -> Loaded:
    """Loads the files of a folder as they were understood: all of them, or nothing is changed.

    Raises as `understood`, InvalidDefinition where these are not the files that were looked at, and LoadError.
    """
    seen = understood(workspace, folder, source)
    if seen.digest != digest or seen.problem:
        raise InvalidDefinition("These are not the files that were looked at.", "Look at them again, then load them.")
    root = workspace.root
    before = row_counts(root)
    with _in_its_place(root, folder) as place, tempfile.TemporaryDirectory() as name:
        mapping = Path(name) / "mapping.yml"
        mapping.write_text(seen.mapping, encoding="utf-8")
        report = load_files(workspace, [place], source=seen.source or None, mapping=mapping if seen.mapping else None)
    return Loaded(report, before, row_counts(root))


def is_nothing_loaded(root: Path) -> bool:
    """Whether no load ever brought anything into the embedded warehouse."""
    return not (root / PRIVATE / "warehouse" / "current").exists()


def row_counts(root: Path) -> dict[str, int]:
    """The rows of each table of the generation in use; empty where nothing is loaded."""
    try:
        warehouse = open_current(root)
    except WorkspaceError:
        return {}
    with warehouse:
        counted = ((name, warehouse.connection.execute(f"SELECT count(*) FROM {name}").fetchone()) for name in TABLES)
        return {name: int(row[0]) if row else 0 for name, row in counted}


def _check(workspace: Workspace) -> None:
    workspace.check_may_change("loading")
    workspace.check_embedded()


@contextmanager
def _in_its_place(root: Path, folder: Path) -> Iterator[Path]:
    """The files where a load from the page always has them: rows set aside of a file replace those of its last load."""
    place = root / PRIVATE / "uploads"
    lock = acquire(root / PRIVATE / "uploads.lock", wait_s=WAIT_S)
    if lock is None:
        raise LoadError("Somebody else is loading files.", "Wait until that has ended, then try again.")
    with lock:
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(folder, place)
        try:
            yield place
        finally:
            shutil.rmtree(place, ignore_errors=True)


def _worked_out(workspace: Workspace, folder: Path) -> Understood:
    """The files in our own columns where their names are those of tables and they can be read so; else as guessed."""
    if _are_canonical(folder):
        own = _tried(workspace, folder, "", "")
        if not own.problem:
            return own
    try:
        proposal = suggest(workspace.root, sorted(folder.iterdir()), settings=workspace.settings)
    except AnalystError as error:
        return Understood(problem=_named(f"{error.message} {error.hint}".strip(), folder))
    guesses = tuple(proposal.files)
    for one in guesses:
        one.file = Path(one.file).name
    problem, source, mapping = _how(proposal)
    decide = tuple(_named(text, folder) for text in proposal.to_decide)
    if problem:
        return Understood(guesses=guesses, to_decide=decide, problem=problem)
    mapping = _named(mapping, folder)
    tried = _tried(workspace, folder, source, mapping)
    return Understood(source, mapping, guesses, decide, tried.trial, tried.problem)


def _are_canonical(folder: Path) -> bool:
    try:
        return not plan_files([folder], None)[1]
    except LoadError:
        return False


def _how(proposal: Proposal) -> tuple[str, str, str]:
    """Why the files cannot be loaded together, or the source or mapping that reads them all."""
    for one in proposal.files:
        if not one.table:
            return f"{one.file}: none of our tables; {'; '.join(one.evidence)}.", "", ""
        if not (one.is_canonical or one.source or one.is_proposed):
            missing = f"not sure enough of {', '.join(one.missing_columns)}" if one.missing_columns else one.problem
            return f"{one.file}: {missing or 'not sure enough what its columns hold'}.", "", ""
    ways = {(one.source, bool(one.is_proposed and not one.source and not one.is_canonical)) for one in proposal.files}
    if len(ways) > 1:
        return "The files are of different layouts. Hand in those of one layout first, then the others.", "", ""
    [(source, is_mapped)] = ways
    return "", source, proposal.mapping if is_mapped else ""


def _tried(workspace: Workspace, folder: Path, source: str, mapping: str) -> Understood:
    trial = try_load(workspace.root, [folder], workspace.settings, source=source, mapping=mapping)
    if not trial.problem and trial.left_aside:
        first = trial.left_aside[0]
        return Understood(source, mapping, problem=f"{first.file} would not be loaded: {first.reason}")
    return Understood(source, mapping, trial=trial, problem=_named(trial.problem, folder))


def _named(text: str, folder: Path) -> str:
    """What is said of the files without the folder they lie in for the time being."""
    return text.replace(f"{folder.resolve()}{os.sep}", "").replace(f"{folder}{os.sep}", "")
