"""The guess over all given files together: tables, columns, what refers to what, one form of dates, markers of missing values."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analyst_agent.warehouse.mappings.records import SourceMapping
from analyst_agent.warehouse.suggesting.deciding import Keys, TableGuess
from analyst_agent.warehouse.suggesting.guessing import guess_file, guess_table, key_counts, markers_in
from analyst_agent.warehouse.suggesting.names import Vocabulary
from analyst_agent.warehouse.suggesting.profile import FileProfile, profile
from analyst_agent.warehouse.suggesting.records import FileGuess, Proposal
from analyst_agent.warehouse.tables import TABLES, normal_name

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def propose(
    con: DuckDBPyConnection,
    paths: Sequence[Path],
    work: Path,
    known: Vocabulary,
    sources: Sequence[SourceMapping] = (),
) -> Proposal:
    """The guess alone, without a trial. sources: the mappings that may read a file already."""
    profiles = [
        profile(con, path, str(path), work, f"file{i}", known, lambda header: 0) for i, path in enumerate(paths)
    ]
    keys = [key_counts(con, one, known) for one in profiles]
    decided = [guess_table(one, known, k) for one, k in zip(profiles, keys, strict=True)]
    others = _keys_of(profiles, decided, keys)
    files: list[FileGuess] = []
    markers: set[str] = set()
    seen: set[str] = set()
    for one, table, k in zip(profiles, decided, keys, strict=True):
        guess = guess_file(con, one, table, {t: o for t, o in others.items() if o[0] is not one}, known, k)
        found = markers_in(con, one, guess, known) if guess.table else set()
        _recognise(guess, one, found, sources)
        if one.path.name.lower() in seen:
            guess.problem, guess.is_proposed = (
                "another given file has the same name, and a mapping knows files by name",
                False,
            )
        seen.add(one.path.name.lower())
        if guess.is_proposed and not guess.source and not guess.is_canonical:
            markers |= found
        files.append(guess)
    proposal = Proposal(files, tuple(sorted(markers)))
    _settle_formats(proposal, profiles)
    return proposal


def _keys_of(
    profiles: Sequence[FileProfile], decided: Sequence[TableGuess | None], keys: Sequence[Keys]
) -> dict[str, tuple[FileProfile, int]]:
    """Of each table that a file surely is: the file and the place of its key."""
    found: dict[str, tuple[FileProfile, int]] = {}
    for one, guess, k in zip(profiles, decided, keys, strict=True):
        if guess is None or guess.confidence < 0.6 or guess.table.name in found:
            continue
        unique = [p for p in guess.pairs if p.column == guess.table.key and k.is_unique(p.source.name, one.rows)]
        bare = [p for p in unique if normal_name(p.source.name) == "id"]
        if unique:
            found[guess.table.name] = (one, (bare or unique)[0].source.place)
    return found


def _recognise(guess: FileGuess, file: FileProfile, markers: set[str], sources: Sequence[SourceMapping]) -> None:
    """Whether the file needs no mapping of its own: our own form, or that of a built-in source."""
    if not guess.table:
        return
    stem = file.path.name.split(".")[0].lower()
    header = {normal_name(c.name) for c in file.columns}
    ours = {c.column for c in guess.proposed if normal_name(c.source) == c.column}
    plain = all(not c.values and not c.date_format and not c.join for c in guess.proposed)
    guess.is_canonical = (
        guess.is_proposed and plain and not markers and stem == guess.table and guess.events is None
        and ours == {c.column for c in guess.proposed} == header & set(TABLES[guess.table].names)
    )  # fmt: skip
    for source in sources:
        for spec in source.files:
            needed = {normal_name(c) for c in spec.source_columns()}
            if (
                spec.table == guess.table
                and len(needed) >= 3
                and needed <= header
                and spec.names.matches(file.path.name)
            ):
                guess.source = source.name
                return


def _settle_formats(proposal: Proposal, profiles: Sequence[FileProfile]) -> None:
    """One date format for all where the files have one; the order of an event log is always read by it."""
    live = [f for f in proposal.files if f.is_proposed and not f.source and not f.is_canonical]
    formats = {c.date_format for f in live for c in f.proposed if TABLES[f.table].column(c.column).kind == "timestamp"}
    ordered = {f.formats.get(c, "") for f in live if f.events for c, kind in f.events.order if kind == "time"}
    if len(formats | ordered) == 1:
        proposal.date_format = formats.pop() if formats else ""
    for one in live:  # an order that is not read by the common format is left to the order of the rows
        if one.events:
            kept = tuple(
                (c, k) for c, k in one.events.order if k != "time" or one.formats.get(c, "") == proposal.date_format
            )
            if kept != one.events.order:
                proposal.to_decide.append(
                    f"the events of {one.file} are in the order of its rows, because its times are written in several ways."
                )
            one.events.order = kept
    zones = {
        c.time.zone
        for f, p in zip(proposal.files, profiles, strict=True)
        if f in live
        for c in p.columns
        if c.time and c.name in {g.source for g in f.proposed} and c.time.date_format
    }
    proposal.time_zone = "UTC" if zones == {"UTC"} else ""
