"""Labels of a workspace within its grants and scope: giving, listing and importing them, and how far inferred causes agree with them."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analyst_agent.errors import InvalidDefinition, LoadError, NotPermitted, UnknownName
from analyst_agent.records import Filter, to_json
from analyst_agent.semantic.model import normal_code
from analyst_agent.skillkit.causes.cause_reader import Measured
from analyst_agent.skillkit.causes.inference import Audit, audit, reader_of
from analyst_agent.skillkit.context import CauseReading
from analyst_agent.state.labels import HUMAN, Label, holding_of
from analyst_agent.statistics import Agreement
from analyst_agent.workspace.sampling import COLUMNS, UNCLASSIFIED, check_granted, read_cell, recorded_causes

if TYPE_CHECKING:
    from analyst_agent.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Listed:
    """One label of the history. holds: whether it is the one that counts for its ticket."""

    ticket: str
    cause: str
    source: str
    labelled_at: str
    note: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """A line of an imported file that was not taken, and why."""

    line: int
    ticket: str
    cause: str
    reason: str


@dataclass(frozen=True, slots=True)
class Imported:
    """Every line of the file is one of these: labelled, unchanged (the person's label was that already), empty or refused."""

    labelled: int
    unchanged: int
    empty: int
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """How far inferred causes can be trusted. audit: on the random samples that people labelled; measured: by cross-validation
    on tickets with a known cause, optimistic; problem: why nothing is inferred, "" where it is.
    """

    samples: int
    audit: Audit
    measured: Measured | None
    problem: str = ""


def causes_of(workspace: Workspace) -> tuple[str, ...]:
    """The causes a label may name: the model's, the workspace's own, and `unclassified` where a person could not tell either."""
    return (*workspace.model.root_causes, UNCLASSIFIED)


def checked_cause(workspace: Workspace, cause: str) -> str:
    """The cause as it is stored, in whatever spelling it is given. Raises UnknownName with the nearest valid one."""
    valid = causes_of(workspace)
    by_key = {normal_code(one): one for one in valid}
    found = by_key.get(normal_code(cause))
    if found is None:
        raise UnknownName("root cause", cause, valid, "Others are declared in [root_causes] of analyst.toml.")
    return found


def checked_ticket(workspace: Workspace, ticket: str) -> str:
    """The recorded cause of an escalated ticket. Raises NotPermitted where there is no such ticket within the scope, or where it
    was not escalated.
    """
    found = recorded_causes(workspace, [ticket])
    if ticket in found:
        return found[ticket]
    if workspace.engine.rows("ticket", ["ticket_id"], where=[Filter("ticket_id", "=", ticket)]).rows:
        raise NotPermitted(f"Ticket {ticket!r} was not escalated.", "A root cause is that of an escalation.")
    raise NotPermitted(
        f"There is no ticket {ticket!r} here.", "`analyst label sample` lists tickets to label, by their ids."
    )


def give_label(workspace: Workspace, ticket: str, cause: str, by: str, note: str = "") -> tuple[Label, str]:
    """Keeps a person's label of an escalated ticket; returns it with the recorded cause of the ticket. Raises an AnalystError."""
    check_granted(workspace)
    label = Label(ticket, checked_cause(workspace, cause), _source(by), note.strip())
    recorded = checked_ticket(workspace, ticket)
    workspace.labels.add([label])
    return label, recorded


def listed_labels(workspace: Workspace) -> list[Listed]:
    """The history of labels of the tickets within the scope, oldest first."""
    check_granted(workspace)
    history = workspace.labels.history()
    here = recorded_causes(workspace, [one.ticket for one in history])
    held = holding_of(history)
    return [
        Listed(one.ticket, one.cause, one.source, one.labelled_at, one.note, held[one.ticket].number == one.number)
        for one in history
        if one.ticket in here
    ]


def import_labels(workspace: Workspace, path: Path, by: str) -> Imported:
    """Labels from a CSV file with the columns ticket_id (or ticket) and cause, perhaps note and by. Raises LoadError for a file
    that cannot be read, InvalidDefinition for one without these columns; a line that is wrong is refused and told.
    """
    check_granted(workspace)
    lines = _lines(path)
    recorded = recorded_causes(workspace, [ticket for _, ticket, *_ in lines])
    held = workspace.labels.holding(list(recorded))
    labels: list[Label] = []
    refused: list[Refused] = []
    unchanged = empty = 0
    for line, ticket, cause, note, own_by in lines:
        if not cause:
            empty += 1
            continue
        try:
            named = checked_cause(workspace, cause)
            if ticket not in recorded:
                checked_ticket(workspace, ticket)
            label = Label(ticket, named, _source(own_by or by), note)
        except (UnknownName, NotPermitted) as error:
            refused.append(Refused(line, ticket, cause, f"{error.message} {error.hint}".strip()))
            continue
        known = held.get(ticket)
        if known is not None and (known.cause, known.source, known.note) == (label.cause, label.source, label.note):
            unchanged += 1
            continue
        held[ticket] = label
        labels.append(label)
    workspace.labels.add(labels)
    return Imported(len(labels), unchanged, empty, tuple(refused))


def report_of(workspace: Workspace) -> Report:
    """The inference beside the labels of the audited samples, and beside itself by cross-validation. Raises NotPermitted where
    the settings switch it off.
    """
    check_granted(workspace)
    reading: CauseReading | None = workspace.desk.context.reading
    if reading is None:
        raise NotPermitted(
            "No root cause is inferred in this workspace: inference = off.",
            "Set [analyst] inference to nearest or model.",
        )
    reader = reader_of(workspace.desk.context, reading)
    samples = workspace.labels.samples(workspace.fingerprint)
    return Report(len(samples), audit(workspace.desk.context, reading), reader.measured, reader.problem)


def report_json(report: Report) -> dict[str, Any]:
    """The report as one JSON document; intervals are 95 %."""
    found, measured = report.audit, report.measured
    confusion = Counter(zip(found.given, found.read, strict=True))
    return {
        "samples": report.samples,
        "drawn": found.drawn,
        "audited": found.labelled,
        "answered": found.answered,
        "on_audited": _agreement_json(found.agreement),
        "confusion": [{"labelled": g, "inferred": r, "tickets": n} for (g, r), n in sorted(confusion.items())],
        "by_cross_validation": None
        if measured is None
        else {
            **(_agreement_json(measured.agreement) or {}),
            "answered_share": measured.share,
            "precision": measured.precision,
            "precision_interval": list(measured.interval),
            "answered": measured.answered,
            "calibration_error": measured.calibration_error,
            "is_optimistic": True,
        },
        "problem": report.problem,
    }


def _agreement_json(found: Agreement | None) -> dict[str, Any] | None:
    if found is None:
        return None
    raw: dict[str, Any] = to_json(found)
    return {
        "n": raw["n"],
        "accuracy": raw["accuracy"],
        "accuracy_interval": raw["interval"],
        "kappa": raw["kappa"],
        "kappa_standard_error": raw["standard_error"],
        "kappa_interval": raw["kappa_interval"],
    }


def _source(by: str) -> str:
    name = " ".join(by.split())
    if not name or len(name) > 100:
        raise NotPermitted(f"{by!r} is no name of a person.", "Give it with --by NAME.")
    return f"{HUMAN}{name}"


def _lines(path: Path) -> list[tuple[int, str, str, str, str]]:
    """Line, ticket, cause, note and name of each row that is not wholly empty."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            names = {str(name).strip().lower(): name for name in reader.fieldnames or ()}
            ticket, cause = names.get("ticket_id") or names.get("ticket"), names.get("cause")
            if ticket is None or cause is None:
                raise InvalidDefinition(
                    f"{path.name} has no column {'cause' if ticket else 'ticket_id'}.",
                    f"Columns: {', '.join(COLUMNS)}.",
                )

            def cell(row: dict[str, Any], name: str | None) -> str:
                value = row.get(name) if name is not None else None
                return read_cell(value) if isinstance(value, str) else ""

            return [
                (
                    reader.line_num,
                    cell(row, ticket),
                    cell(row, cause),
                    cell(row, names.get("note")),
                    cell(row, names.get("by")),
                )
                for row in reader
                if any(isinstance(v, str) and v.strip() for v in row.values())
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no CSV file in UTF-8"
        raise LoadError(
            f"Cannot read {path}: {why}.", "Give the CSV file that `analyst label sample --out FILE` wrote."
        ) from error
