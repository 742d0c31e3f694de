"""What `analyst load --suggest` prints: the proposal in words, the mapping as YAML, the next command."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analyst_agent.cli.shared import print_json, say
from analyst_agent.errors import LoadError
from analyst_agent.workspace import Workspace

if TYPE_CHECKING:
    from analyst_agent.warehouse.suggesting.records import FileGuess, Proposal, Unplaced

MOST_ROWS = 20


def suggest_mapping(workspace: Workspace, paths: Sequence[Path], out: Path | None, *, as_json: bool) -> None:
    """Proposes a mapping. It goes to the file `out`, which must not exist, else to the output, with the words on the error stream."""
    from analyst_agent.warehouse.suggesting.suggest import MAPPING_NAME, suggest

    if out is not None and out.exists():
        raise _exists(out)
    proposal = suggest(workspace.root, paths, settings=workspace.settings, name=str(out or MAPPING_NAME))
    if out is not None and proposal.mapping:
        try:
            with out.open("x", encoding="utf-8") as stream:
                stream.write(proposal.mapping)
        except FileExistsError as error:
            raise _exists(out) from error
        except OSError as error:
            raise LoadError(f"Cannot write {out}: {error.strerror}.", "Name a file in a folder that exists.") from error
    if as_json:
        print_json(proposal.to_dict())
        return
    is_apart = out is None and bool(proposal.mapping)
    for line in _words(proposal):
        say(line, error=is_apart)
    if is_apart:
        sys.stderr.flush()
        say(proposal.mapping.rstrip("\n"))
        sys.stdout.flush()
    elif proposal.mapping:
        say(f"Written to {out}: edit it, then load with it.")
    for line in _next(proposal, MAPPING_NAME if out is None else ""):
        say(line, error=is_apart)


def _exists(out: Path) -> LoadError:
    return LoadError(f"{out} exists already; it was not overwritten.", "Give another file to --out, or remove it.")


def _words(proposal: Proposal) -> list[str]:
    lines = [line for one in proposal.files for line in _file(one)]
    if proposal.left_aside:
        lines.append(f"Left aside, no file that can be loaded: {', '.join(proposal.left_aside[:MOST_ROWS])}.")
    trial = proposal.trial
    if trial is not None and trial.problem:
        lines.append(f"Tried, and it cannot be loaded yet: {trial.problem}")
    elif trial is not None:
        lines.append(
            f"Tried on all rows: {trial.read:,} read, {trial.placed:,} placed, {trial.unplaced_count:,} not placed."
        )
        found = sum(one["escalations_found"] for one in trial.files)
        if found:
            lines.append(f"Escalations found in these rows: {found:,}.")
        lines += _rows("not placed", trial.unplaced_count, trial.unplaced)
        if trial.emptied_count:
            lines.append(f"Values that cannot be read, emptied in rows that are kept: {trial.emptied_count:,}.")
            lines += _rows("emptied", trial.emptied_count, trial.emptied)
    lines += [f"To decide: {text}" for text in proposal.to_decide]
    return lines


def _file(one: FileGuess) -> list[str]:
    if not one.table:
        return [f"{one.file}: none of our tables; {'; '.join(one.evidence)}."]
    if one.is_canonical:
        return [f"{one.file}: {one.table}, already in our form; it needs no mapping."]
    if one.source:
        return [f"{one.file}: {one.table} of the built-in source {one.source}; it needs no mapping."]
    asked = [c for c in one.columns if not c.is_proposed]
    lines = [
        f"{one.file}: {one.table}, {one.confidence:.0%} sure ({'; '.join(one.evidence)}).",
        f"  {len(one.proposed)} columns proposed, {len(asked)} only as comments, {len(one.unused)} of the file's columns not used.",
    ]
    if one.escalations and one.escalations.is_proposed:
        column = one.escalations.condition[0]
        lines.append(f"  Escalated where {column} has a value, which is when ({one.escalations.confidence:.0%} sure).")
    lines += [f"  {name} is not used: {why}." for name, why in list(one.aside.items())[:MOST_ROWS]]
    if one.missing_columns:
        lines.append(
            f"  Not sure enough of {', '.join(one.missing_columns)}, which {one.table} need: complete the mapping."
        )
    if one.problem:
        lines.append(f"  {one.problem}.")
    return lines


def _rows(what: str, count: int, rows: Sequence[Unplaced]) -> list[str]:
    lines = [
        f"  {r.file}, line {r.line}: {r.column or 'the record'} {r.value!r:.80} {r.reason}" for r in rows[:MOST_ROWS]
    ]
    if count > MOST_ROWS:
        lines.append(f"  ... and {count - MOST_ROWS:,} more {what}; the first {len(rows):,} are in --json.")
    return lines


def _next(proposal: Proposal, name: str) -> list[str]:
    if not proposal.commands:
        return ["Nothing here can be loaded as it is; docs/sources.md says how to write a mapping."]
    save = [f"Save it with `--out {name}`, edit it, then:"] if name and proposal.mapping else ["Next:"]
    return [*save, *(f"  {command}" for command in proposal.commands)]
