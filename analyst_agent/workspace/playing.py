"""Playbooks of a workspace: the built-in and its own, run within the workspace's grants and each recipient's scope."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from analyst_agent.errors import AnalystError, UnknownName
from analyst_agent.playbook.kinds.kind import Post, StepContext
from analyst_agent.playbook.reading.reader import read_playbook, variables_with
from analyst_agent.playbook.records import Playbook, Result
from analyst_agent.playbook.running.folder import RunFolder
from analyst_agent.playbook.running.runner import (
    Ledger,
    NoLedger,
    RunLedger,
    Scope,
    Telling,
    beating,
    check_ready,
    editions_of,
    name_of,
    run_edition,
)
from analyst_agent.records import Finding, Period
from analyst_agent.resources import builtin_dir
from analyst_agent.semantic.effective import effective_definitions
from analyst_agent.semantic.periods import Clock, complete_before, shift
from analyst_agent.state.runs import DONE, Run
from analyst_agent.warehouse.querying.restrictions import parse_restrictions
from analyst_agent.workspace import PRIVATE, Workspace

FOLDER = "playbooks"
ENDINGS = (".yml", ".yaml")


@dataclass(frozen=True, slots=True)
class ListedPlaybook:
    """A playbook's file as `analyst playbook list` shows it; problem: why it cannot be run."""

    name: str
    path: Path
    is_builtin: bool
    playbook: Playbook | None = None
    problem: str = ""


def listed_playbooks(workspace: Workspace) -> list[ListedPlaybook]:
    """Every playbook there is, built-in ones first. One of the workspace replaces a built-in only where the settings say so."""
    built_in = {path.stem: path for path in _files(builtin_dir(FOLDER))}
    own = {path.stem: path for path in _files(workspace.root / FOLDER)}
    replaceable = workspace.settings.replace_playbooks
    for name in replaceable:
        if name not in built_in:
            raise UnknownName("built-in playbook in analyst.toml [playbooks] replace", name, built_in)
    kept = [_listed(path, True) for name, path in built_in.items() if name not in own or name not in replaceable]
    for name, path in own.items():
        if name in built_in and name not in replaceable:
            hint = f'It has the name of a built-in playbook; replace = ["{name}"] in analyst.toml [playbooks] puts it in its place.'
            kept.append(ListedPlaybook(name, path, False, None, hint))
        else:
            kept.append(_listed(path, False))
    return kept


def find_playbook(workspace: Workspace, name: str) -> Playbook:
    """The playbook of that name. Raises UnknownName, or what is wrong with it."""
    known = listed_playbooks(workspace)
    chosen = [one for one in known if one.name == name]
    if not chosen:
        raise UnknownName("playbook", name, [one.name for one in known], "`analyst playbook list` lists them.")
    usable = [one for one in chosen if one.playbook is not None]
    if not usable:
        return read_playbook(chosen[0].path, is_builtin=chosen[0].is_builtin)
    assert usable[0].playbook is not None
    return usable[0].playbook


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.suffix in ENDINGS and path.is_file())


def _listed(path: Path, is_builtin: bool) -> ListedPlaybook:
    try:
        return ListedPlaybook(path.stem, path, is_builtin, read_playbook(path, is_builtin=is_builtin))
    except AnalystError as error:
        return ListedPlaybook(path.stem, path, is_builtin, None, f"{error.message} {error.hint}".strip())


def period_of(playbook: Playbook, clock: Clock, as_of: date | None = None) -> Period:
    """What a run on a day reports on: the last complete unit before it. as_of: else the clock's today."""
    at = replace(clock, today=as_of) if as_of else clock
    return complete_before(at, 1, playbook.covers)


@dataclass
class Play:
    """A playbook about to run on a period: its variables, and a workspace for each edition, opened when it is needed."""

    workspace: Workspace
    playbook: Playbook
    period: Period
    variables: Mapping[str, Any]
    post: Callable[[Play, Workspace, Scope], Post]
    _open: dict[Scope, Workspace] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        workspace: Workspace,
        playbook: Playbook,
        period: Period,
        variables: Mapping[str, Any],
        post: Callable[[Play, Workspace, Scope], Post],
    ) -> Play:
        """With the variables given in place of the playbook's. Raises UnknownName for one it has not."""
        return cls(workspace, playbook, period, variables_with(playbook, dict(variables)), post)

    @property
    def editions(self) -> tuple[Scope, ...]:
        """The scopes it is computed in."""
        return editions_of(self.playbook, self.variables)

    def inputs(self) -> dict[str, Any]:
        """Everything a run's numbers depend on: equal inputs, equal report."""
        workspace = self._of(())
        marks = [(one.id, one.mark) for one in workspace.recommendations.listed(since=None)]
        return {
            "playbook": self.playbook.digest,
            "variables": json.loads(json.dumps(dict(self.variables), default=str)),
            "period": [self.period.start.isoformat(), self.period.end.isoformat()],
            "generation": workspace.engine.generation,
            "documents": workspace.knowledge.generation or "",
            "definitions": _digest(effective_definitions(workspace.settings)),
            "scope": workspace.scope,
            "marks": _digest(sorted(marks)),
            "model": workspace.settings.model,
            "editions": [name_of(one) for one in self.editions],
        }

    def check(self) -> None:
        """Raises an AnalystError where the playbook names what does not exist here, in any edition."""
        for scope in self.editions:
            check_ready(self.playbook, self._context(scope, {}))

    def edition(self, scope: Scope, ledger: Ledger, tell: Telling) -> dict[str, Result]:
        """The results of one edition."""
        return run_edition(self.playbook, scope, lambda results: self._context(scope, results), ledger, tell)

    def close(self) -> None:
        """Frees the editions' workspaces."""
        for one in self._open.values():
            one.close()

    def _context(self, scope: Scope, results: Mapping[str, Result]) -> StepContext:
        inside = self._of(scope)
        return StepContext(
            self.playbook,
            inside.desk,
            self.period,
            shift(self.period, -1),
            self.variables,
            results,
            self.workspace.root,
            inside.recommendations,
            self.post(self, inside, scope),
            scope,
        )

    def _of(self, scope: Scope) -> Workspace:
        """The workspace within a scope, its clock standing on the day after the period."""
        if scope not in self._open:
            within = [one for text in scope for one in parse_restrictions(text, "the recipient's scope")]
            restrictions = (*self.workspace.restrictions, *within)
            self._open[scope] = Workspace(self.workspace.root, self.workspace.settings, self.period.end, restrictions)
        return self._open[scope]


def run(play: Play, deliver: str, note: str = "", tell: Telling = lambda _: None) -> Run:
    """A new run of all editions, kept step by step. Raises an AnalystError of the step that failed; the run then is failed."""
    play.check()
    inputs = play.inputs()
    runs = play.workspace.runs
    label = _label(play.period, play.playbook)
    begun = runs.begin(
        play.playbook.name, (play.period.start, play.period.end), label, _digest(inputs), inputs, deliver, note
    )
    return _through(play, begun, tell)


def resume(play: Play, run_to_go_on: Run, tell: Telling = lambda _: None) -> Run:
    """The run from its last finished step. Raises InvalidDefinition where it is done or alive, or its inputs are others now."""
    return _through(play, play.workspace.runs.take(run_to_go_on), tell)


def results_of(workspace: Workspace, run_of: Run) -> dict[str, dict[str, Result]]:
    """The stored results of a run by edition and step; what is not there any more is left out."""
    folder = run_folder(workspace, run_of.id)
    found: dict[str, dict[str, Result]] = {}
    for step in run_of.steps:
        if step.state == DONE and (result := folder.read(step)) is not None:
            found.setdefault(step.edition, {})[step.step] = result
    return found


def findings_of(results: Mapping[str, Result]) -> dict[str, Finding]:
    """Those of the results that are findings."""
    return {name: one for name, one in results.items() if isinstance(one, Finding)}


def run_folder(workspace: Workspace, name: str) -> RunFolder:
    """Where a run's results lie."""
    return RunFolder(workspace.root / PRIVATE / "runs" / name)


def preview(play: Play, tell: Telling = lambda _: None) -> dict[Scope, dict[str, Result]]:
    """Every edition's results; nothing is kept and nothing is sent."""
    play.check()
    return {scope: play.edition(scope, NoLedger(), tell) for scope in play.editions}


def _through(play: Play, begun: Run, tell: Telling) -> Run:
    runs = play.workspace.runs
    folder = run_folder(play.workspace, begun.id)
    try:
        with beating(runs, begun.id):
            for scope in play.editions:
                play.edition(scope, RunLedger(runs, begun, folder), tell)
    except AnalystError as error:
        runs.finish(begun.id, f"{error.message} {error.hint}".strip())
        raise
    return runs.finish(begun.id)


def _label(period: Period, playbook: Playbook) -> str:
    return period.start.strftime("%Y-%m") if playbook.covers == "month" else period.start.isoformat()


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()
