"""`analyst load --suggest`: a proposal for unknown files, tried for real; nothing is loaded."""

from __future__ import annotations

import shlex
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analyst_agent.errors import LoadError, nearest
from analyst_agent.settings import Settings
from analyst_agent.warehouse.mappings.mapping import built_in, list_sources
from analyst_agent.warehouse.raw import literal
from analyst_agent.warehouse.reading.files import FORMATS
from analyst_agent.warehouse.suggesting.names import vocabulary
from analyst_agent.warehouse.suggesting.profile import format_of
from analyst_agent.warehouse.suggesting.proposing import propose
from analyst_agent.warehouse.suggesting.records import FileGuess, Proposal
from analyst_agent.warehouse.suggesting.times import AMBIGUOUS, swap_day_and_month
from analyst_agent.warehouse.suggesting.trial import try_mapping
from analyst_agent.warehouse.suggesting.writing import write_mapping
from analyst_agent.warehouse.tables import TABLES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MAPPING_NAME = "mapping.suggested.yml"
_MEMORY_LIMIT = "1GB"


def suggest(folder: Path, inputs: Sequence[Path], *, settings: Settings, name: str = MAPPING_NAME) -> Proposal:
    """A proposal for files and folders, tried beside the data of the workspace `folder`, which stays as it is.

    name: the file that the mapping will be written to, for the next command. Raises LoadError where a given file cannot be read.
    """
    paths, left = _paths(inputs)
    known = vocabulary()
    with tempfile.TemporaryDirectory(prefix="analyst-suggest-") as scratch:
        con = _connect(Path(scratch))
        try:
            proposal = propose(con, paths, Path(scratch), known, [built_in(s.name) for s in list_sources()])
        finally:
            con.close()
    proposal.left_aside = left
    by_name = {f.file: p for p, f in zip(paths, proposal.files, strict=True)}
    mapped = [f for f in proposal.files if f.is_proposed and not f.source and not f.is_canonical]
    _ask(proposal, mapped, settings)
    if mapped:
        with_data = any(TABLES[f.table].of_ticket for f in mapped) and not any(f.table == "tickets" for f in mapped)
        tried = [by_name[f.file] for f in mapped]
        proposal.trial = try_mapping(folder, tried, write_mapping(proposal), settings, with_data=with_data)
    if any(f.table and not f.source and not f.is_canonical for f in proposal.files):
        proposal.mapping = write_mapping(proposal)
    proposal.commands = _commands(proposal, by_name, name)
    return proposal


def _connect(work: Path) -> DuckDBPyConnection:
    import duckdb

    con = duckdb.connect(str(work / "suggest.duckdb"), config={"autoinstall_known_extensions": "false"})
    con.execute("SET TimeZone = 'UTC'")
    con.execute(f"SET memory_limit = '{_MEMORY_LIMIT}'")
    con.execute(f"SET temp_directory = {literal(str(work / 'spill'))}")
    con.execute("SET preserve_insertion_order = true")
    return con


def _paths(inputs: Sequence[Path]) -> tuple[list[Path], list[str]]:
    """Every file given or found in a given folder, once, and what is left aside there."""
    found: dict[Path, Path] = {}
    left: list[str] = []
    for given in inputs:
        if not given.exists():
            close = nearest(given.name, [p.name for p in given.parent.iterdir()]) if given.parent.is_dir() else []
            raise LoadError(
                f"There is no file or folder {given}.",
                f"Did you mean {given.parent / close[0]}?" if close else "Give an existing file or folder.",
            )
        if not given.is_dir():
            if format_of(given) is None:
                raise LoadError(f"{given} has no format that can be loaded.", f"Endings: {', '.join(FORMATS)}.")
            found.setdefault(given.resolve(), given)
            continue
        for path in sorted(given.iterdir()):
            if path.is_file() and format_of(path) and path.resolve().is_relative_to(given.resolve()):
                found.setdefault(path.resolve(), path)
            else:
                left.append(path.name)
    if not found:
        raise LoadError(
            f"{', '.join(map(str, inputs))}: no file there can be loaded.", f"Endings: {', '.join(FORMATS)}."
        )
    return list(found.values()), left


def _ask(proposal: Proposal, mapped: Sequence[FileGuess], settings: Settings) -> None:
    """What only a person can know."""
    for one in mapped:
        for column in one.proposed:
            swapped = swap_day_and_month(column.date_format)
            if swapped and column.remark == AMBIGUOUS:
                proposal.to_decide.append(
                    f"{column.source} in {one.file} reads as {column.date_format} and as {swapped}: no day above 12 shows which."
                )
    times = any(TABLES[f.table].column(c.column).kind == "timestamp" for f in mapped for c in f.proposed)
    if times and not proposal.time_zone:
        proposal.to_decide.append(
            f"times without an offset are read in the workspace's time zone, {settings.time_zone}; write time_zone: if the helpdesk's is another."
        )
    tickets = [f for f in mapped if f.table == "tickets"]
    escalations = any(f.table == "escalations" for f in proposal.files)
    for one in tickets:
        flagged = any(c.column == "is_escalated" for c in one.proposed) or (
            one.escalations and one.escalations.is_proposed
        )
        if not flagged and not escalations:
            proposal.to_decide.append(f"nothing in {one.file} says for sure which tickets were escalated.")


def _commands(proposal: Proposal, paths: dict[str, Path], name: str) -> list[str]:
    """The next commands, for files in our form, of a built-in source, and by the mapping."""
    groups: dict[str, list[str]] = {}
    for one in proposal.files:
        if not one.table:
            continue
        how = "" if one.is_canonical else f" --source {one.source}" if one.source else f" --mapping {shlex.quote(name)}"
        if how.startswith(" --mapping") and not one.is_proposed:
            continue
        groups.setdefault(how, []).append(shlex.quote(str(paths[one.file])))
    return [f"analyst load {' '.join(files)}{how}" for how, files in groups.items()]
