"""A playbook run within the workspace's grants and each recipient's scope: begun, gone on with, previewed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from analyst_agent import ways
from analyst_agent.agent.models import OpenChat, open_model
from analyst_agent.errors import AnalystError, InvalidDefinition
from analyst_agent.playbook.block import blocks_starting
from analyst_agent.playbook.delivery import Deliver, Failure, check_ready, deliver_due, tell_owner
from analyst_agent.playbook.kinds.kind import Earlier, Post, StepContext
from analyst_agent.playbook.page.pictures import renderer_at_hand
from analyst_agent.playbook.reading.reader import variables_with
from analyst_agent.playbook.records import Playbook, Result
from analyst_agent.playbook.running.folder import RunFolder
from analyst_agent.playbook.running.runner import (
    Ledger,
    NoLedger,
    RunLedger,
    Scope,
    Stopped,
    Telling,
    beating,
    check_steps,
    editions_of,
    name_of,
    run_edition,
)
from analyst_agent.playbook.whole_files import write_whole
from analyst_agent.records import Finding, Period
from analyst_agent.semantic.effective import effective_definitions
from analyst_agent.semantic.periods import Clock, calendar_period, complete_before, shift
from analyst_agent.state.runs import DONE, FAILED, STOPPED, NewRun, Run
from analyst_agent.warehouse.querying.restrictions import parse_restrictions
from analyst_agent.workspace import PRIVATE, Workspace
from analyst_agent.workspace.playbooks import find_playbook
from analyst_agent.workspace.posting import NoPost, OutboxPost

PREVIEW = "preview"


class InputsChanged(InvalidDefinition):
    """A run whose inputs are others now: it is to be begun anew."""


def period_of(playbook: Playbook, clock: Clock, as_of: date | None = None) -> Period:
    """What a run on a day reports on: the last complete unit before it. as_of: else the clock's today."""
    at = replace(clock, today=as_of) if as_of else clock
    return complete_before(at, 1, playbook.covers)


@dataclass
class Play:
    """A playbook about to run on a period: its variables, and a workspace for each edition, opened when it is needed.

    deliver: `outbox`, `smtp`, or `preview`, which keeps and posts nothing. run: the id of its run, once there is one. stop:
    asked before each step; once it is true the run ends as stopped. open_chat: sets up a configured model by its name.
    """

    workspace: Workspace
    playbook: Playbook
    period: Period
    variables: Mapping[str, Any]
    deliver: Deliver | str = "outbox"
    run: str = ""
    stop: Callable[[], bool] = lambda: False
    open_chat: OpenChat = open_model
    _open: dict[Scope, Workspace] = field(default_factory=dict)

    @classmethod
    def of(
        cls, workspace: Workspace, playbook: Playbook, period: Period, variables: Mapping[str, Any], deliver: str
    ) -> Play:
        """With the variables given in place of the playbook's. Raises UnknownName for one it has not."""
        return cls(workspace, playbook, period, variables_with(playbook, dict(variables)), deliver)

    @property
    def editions(self) -> tuple[Scope, ...]:
        """The scopes it is computed in."""
        return editions_of(self.playbook, self.variables)

    def inputs(self) -> dict[str, Any]:
        """Everything a run's numbers depend on: equal inputs, equal report."""
        workspace = self._within(())
        before = shift(self.period, -1)
        marks = [
            (one.id, one.mark, one.marks[-1].note if one.marks else "")
            for one in workspace.recommendations.listed()
            if (one.start, one.end) == (before.start, before.end)
        ]
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
        """Raises an AnalystError where the playbook names what does not exist here, or nothing could be sent that is to be."""
        if self.deliver != PREVIEW:
            check_ready(self.workspace.settings.delivery, self.deliver)  # type: ignore[arg-type]
        for scope in self.editions:
            check_steps(self.playbook, self._context(scope, {}))

    def edition(self, scope: Scope, ledger: Ledger, tell: Telling) -> dict[str, Result]:
        """The results of one edition; what it recommends is kept, so that it can be marked and followed up."""
        results = run_edition(self.playbook, scope, lambda given: self._context(scope, given), ledger, tell, self.stop)
        if self.deliver != PREVIEW:
            inside = self._within(scope)
            for finding in findings_of(results).values():
                where = finding.facts[0].filters if finding.facts else ()
                if finding.skill in inside.skills and finding.period == self.period:
                    inside.recommendations.keep(finding.skill, finding.period, where, finding.recommendations)
        return results

    def close(self) -> None:
        """Frees the editions' workspaces."""
        for one in self._open.values():
            one.close()

    def _context(self, scope: Scope, results: Mapping[str, Result]) -> StepContext:
        inside = self._within(scope)
        return StepContext(
            self.playbook,
            inside.desk,
            self.period,
            shift(self.period, -1),
            self.variables,
            results,
            self.workspace.root,
            inside.recommendations,
            self._post(scope),
            scope,
            lambda name, text: self._keep_text(scope, name, text),
            lambda: self._earlier(scope),
            self.open_chat,
        )

    def _earlier(self, scope: Scope) -> Iterator[Earlier]:
        """The runs that were done before this one began, the latest first."""
        runs, days = self.workspace.runs, (self.period.start, self.period.end)
        own = runs.get(self.run) if self.run else None
        at = own.started_at if own is not None else ""
        while (one := runs.last_done(self.playbook.name, days, before=at)) is not None:
            yield _earlier(self.workspace, one, name_of(scope))
            at = one.started_at

    def _keep_text(self, scope: Scope, name: str, text: str) -> None:
        if self.run:
            number = self.editions.index(scope) + 1
            write_whole(run_folder(self.workspace, self.run).path / f"{number}-{name}", text.encode())

    def _post(self, scope: Scope) -> Post:
        if self.deliver == PREVIEW:
            return NoPost()
        room, settings = self.workspace.mailroom, self.workspace.settings
        return OutboxPost(
            room,
            self.playbook,
            self.period,
            settings,
            self.run,
            name_of(scope),
            self.deliver,  # type: ignore[arg-type]
        )

    def _within(self, scope: Scope) -> Workspace:
        """The workspace within a scope, its clock standing on the day after the period."""
        if scope not in self._open:
            within = [one for text in scope for one in parse_restrictions(text, "the recipient's scope")]
            restrictions = (*self.workspace.restrictions, *within)
            self._open[scope] = Workspace(self.workspace.root, self.workspace.settings, self.period.end, restrictions)
        return self._open[scope]


def play_of(workspace: Workspace, begun: Run) -> Play:
    """A run's playbook, period and variables again. Raises InputsChanged where its file is another now."""
    playbook = find_playbook(workspace, begun.playbook)
    if playbook.digest != begun.inputs.get("playbook"):
        raise InputsChanged(
            f"The file of {begun.playbook} was changed since {begun.id} began.", "Run it again instead of going on."
        )
    period = calendar_period(playbook.covers, begun.start, workspace.settings.week_start)
    return Play.of(workspace, playbook, period, begun.inputs["variables"], begun.deliver)


def run(play: Play, note: str = "", tell: Telling = lambda _: None, due: str = "") -> Run:
    """A new run of all editions, kept step by step, then what is due is sent. due: the time of the schedule it is for.

    Raises an AnalystError of the step that failed; the run then is failed and its owner told.
    """
    play.check()
    inputs = play.inputs()
    days = (play.period.start, play.period.end)
    label = label_of(play.period, play.playbook)
    name = play.playbook.name
    made = play.workspace.runs.begin(NewRun(name, days, label, _digest(inputs), inputs, str(play.deliver), note, due))
    return _through(play, made, tell)


def resume(play: Play, stopped: Run, tell: Telling = lambda _: None) -> Run:
    """A run that failed or died, from its last finished step. Raises InvalidDefinition where it is done or alive,
    InputsChanged where its inputs are others now: its steps would not belong together.
    """
    inputs = play.inputs()
    changed = [name for name, value in stopped.inputs.items() if inputs.get(name) != value]
    if changed:
        raise InputsChanged(
            f"Since {stopped.id} began, {', '.join(changed)} changed; its steps would not belong together.",
            ways.run_again(stopped.playbook),
        )
    return _through(play, play.workspace.runs.take(stopped), tell)


def results_of(workspace: Workspace, done: Run) -> dict[str, dict[str, Result]]:
    """The stored results of a run by edition and step; what is not there any more is left out."""
    folder = run_folder(workspace, done.id)
    found: dict[str, dict[str, Result]] = {}
    for step in done.steps:
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


def label_of(period: Period, playbook: Playbook) -> str:
    """A period in the name of a run or a file."""
    return period.start.strftime("%Y-%m") if playbook.covers == "month" else period.start.isoformat()


def _through(play: Play, begun: Run, tell: Telling) -> Run:
    runs, play.run = play.workspace.runs, begun.id
    folder = run_folder(play.workspace, begun.id)
    try:
        blocks = sum(step.kind == "python" for step in play.playbook.steps) * len(play.editions)
        with beating(runs, begun.id), renderer_at_hand(), blocks_starting(blocks):
            for scope in play.editions:
                play.edition(scope, RunLedger(runs, begun, folder), tell)
            if play.deliver == "smtp":
                # Before the run is done: one that dies here is gone on with, and its mail does not wait for somebody else's round.
                deliver_due(play.workspace.mailroom, lambda: datetime.now(UTC))
    except Stopped:
        return runs.finish(begun.id, state=STOPPED)
    except AnalystError as error:
        failed = runs.finish(begun.id, f"{error.message} {error.hint}".strip())
        _tell_owner(play, failed, error)
        raise
    return runs.finish(begun.id)


def _tell_owner(play: Play, failed: Run, error: AnalystError) -> None:
    """Only the owner, and only of what was to be sent: who runs it by hand for the outbox sees it fail."""
    if play.deliver != "smtp":
        return
    step = next((one.step for one in failed.steps if one.state == FAILED), "before its first step")
    days = (failed.start, failed.end)
    failure = Failure(failed.id, failed.playbook, days, step, error.message, error.hint)
    tell_owner(play.workspace.mailroom, failure, datetime.now(UTC))
    deliver_due(play.workspace.mailroom, lambda: datetime.now(UTC))


def _earlier(workspace: Workspace, done: Run, edition: str) -> Earlier:
    folder = run_folder(workspace, done.id)
    steps = {step.step: step for step in done.steps if step.edition == edition and step.state == DONE}
    digests = {name: step.sha256 for name, step in steps.items() if step.sha256}
    return Earlier(done.id, digests, lambda name: folder.read(steps[name]) if name in steps else None)


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()
