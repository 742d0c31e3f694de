"""Runs as people and programs read them, and two runs of one playbook compared number by number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from analyst_agent.errors import InvalidDefinition
from analyst_agent.playbook.records import Posted, Report, Result
from analyst_agent.playbook.running.differences import differences, told
from analyst_agent.records import to_json
from analyst_agent.state.runs import Run
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.playing import findings_of, results_of

_INPUTS = {
    "playbook": "the playbook's file",
    "variables": "the variables",
    "period": "the period",
    "generation": "the data",
    "documents": "the documents",
    "definitions": "the definitions of metrics",
    "scope": "the scope",
    "marks": "what became of recommendations",
    "model": "the model",
    "editions": "the recipients' scopes",
}


@dataclass(frozen=True, slots=True)
class Compared:
    """What differs between a run and another: inputs in words, numbers as lines, by edition where there are several."""

    run: str
    other: str
    inputs: tuple[str, ...] = field(default=())
    lines: tuple[str, ...] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {"run": self.run, "other": self.other, "inputs": list(self.inputs), "numbers": list(self.lines)}


def compared(workspace: Workspace, run: Run, other: Run | None = None, most: int = 1_000) -> Compared:
    """The run against another, else against the one of its period before it. Raises InvalidDefinition where there is none."""
    before = other or workspace.runs.last_done(run.playbook, (run.start, run.end), before=run.started_at)
    if before is None:
        raise InvalidDefinition(f"There is no earlier run of {run.playbook} on this period.", "Name the other run.")
    if before.playbook != run.playbook:
        raise InvalidDefinition(f"{before.id} is a run of another playbook.", "Name a run of the same one.")
    changed = tuple(
        f"{_INPUTS[name]} changed" + _values(before.inputs.get(name), run.inputs.get(name))
        for name in _INPUTS
        if before.inputs.get(name) != run.inputs.get(name)
    )
    now, then = results_of(workspace, run), results_of(workspace, before)
    lines: list[str] = []
    for edition in dict.fromkeys([*then, *now]):
        found = differences(findings_of(then.get(edition, {})), findings_of(now.get(edition, {})))
        opening = f"{edition}: " if edition and found else ""
        lines += [f"{opening}{line}" for line in told(found, workspace.desk.wording, most)]
    return Compared(run.id, before.id, changed, tuple(lines))


def _values(before: Any, now: Any) -> str:
    short = all(isinstance(one, str) and len(one) < 40 for one in (before, now))
    return f": {before or 'none'} before, {now or 'none'} now" if short else ""


def run_json(workspace: Workspace, run: Run) -> dict[str, Any]:
    """A run with its steps, the subjects of its reports, what was sent to whom, and what changed since the run before it."""
    results = results_of(workspace, run) if run.steps else {}
    before = workspace.runs.last_done(run.playbook, (run.start, run.end), before=run.started_at) if run.steps else None
    changed = compared(workspace, run, before, most=12) if before is not None and run.state == "done" else None
    return {
        "id": run.id,
        "playbook": run.playbook,
        "state": run.state,
        "period": {"start": run.start.isoformat(), "end": run.end.isoformat()},
        "days": f"{run.start} to {run.end - timedelta(days=1)}",
        "fingerprint": run.fingerprint,
        "inputs": dict(run.inputs),
        "deliver": run.deliver,
        "note": run.note,
        "error": run.error,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "holder": run.holder,
        "steps": [to_json(step) for step in run.steps],
        "reports": _reports(results),
        "messages": _messages(workspace, results),
        "quiet": [one.quiet for one in _posted(results) if one.quiet],
        "earlier": changed.other if changed and (changed.inputs or changed.lines) else None,
        "changed_since": [*changed.inputs, *changed.lines] if changed else [],
    }


def _reports(results: Mapping[str, Mapping[str, Result]]) -> list[dict[str, Any]]:
    return [
        {
            "edition": edition,
            "step": name,
            "subject": one.subject,
            "grounding": to_json(one.grounding),
            "worded_by": one.worded_by or None,
            "wording_note": one.wording_note or None,
        }
        for edition, steps in results.items()
        for name, one in steps.items()
        if isinstance(one, Report)
    ]


def _posted(results: Mapping[str, Mapping[str, Result]]) -> list[Posted]:
    return [one for steps in results.values() for one in steps.values() if isinstance(one, Posted)]


def _messages(workspace: Workspace, results: Mapping[str, Mapping[str, Result]]) -> list[dict[str, Any]]:
    found = []
    for posted in _posted(results):
        for name in posted.entries:
            entry = workspace.outbox.get(name)
            if entry is not None:
                found.append(
                    {
                        "id": entry.id,
                        "message_id": entry.message_id,
                        "channel": entry.channel,
                        "recipient": entry.recipient,
                        "edition": entry.edition,
                        "state": entry.state,
                        "attempts": entry.attempts,
                        "path": entry.path,
                        "error": entry.last_error or "",
                        "repeated": name in posted.repeated,
                    }
                )
    return found
