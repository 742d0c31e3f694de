"""Runs the steps of a playbook, an edition for each scope of its recipients; what is done already is taken from the run's folder."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import perf_counter
from typing import Any, Protocol

from analyst_agent.errors import AnalystError, NotGranted, NotPermitted, OutsideData, UnknownName
from analyst_agent.playbook.kinds import KINDS
from analyst_agent.playbook.kinds.kind import StepContext
from analyst_agent.playbook.records import Playbook, Posted, Report, Result, Step
from analyst_agent.playbook.running.folder import RunFolder
from analyst_agent.playbook.running.settling import settled
from analyst_agent.records import Caveat, Finding
from analyst_agent.state.runs import DONE, FAILED, RUNNING, Run, Runs, RunStep

BEAT_S = 10
NOT_THERE = (NotGranted, NotPermitted, OutsideData, UnknownName)
"""Errors that leave an optional step empty."""
NOT_AVAILABLE = "not_available"
Scope = tuple[str, ...]


class Stopped(Exception):
    """The run is to end between two steps and to be gone on with later."""


class Ledger(Protocol):
    """Where a run keeps what is done."""

    def finished(self, edition: str, step: str) -> Result | None:
        """The result of a step that was finished before, None where there is none that can be used."""
        ...

    @contextmanager
    def at(self, edition: str, step: Step, place: int) -> Iterator[Callable[[Result], None]]:
        """Within it the step runs; what is called with its result keeps it."""
        ...


@dataclass(frozen=True, slots=True)
class Progress:
    """A step that begins (state running), was taken over from before (kept), or is done."""

    edition: str
    step: str
    state: str
    number: int
    of: int
    seconds: float = 0.0


Telling = Callable[[Progress], None]


def editions_of(playbook: Playbook, variables: Mapping[str, Any]) -> tuple[Scope, ...]:
    """The scopes its recipients are told within, each once; one without any where nobody is named."""
    found = [recipient.scope for step in playbook.steps for recipient in KINDS[step.kind].recipients(step, variables)]
    return tuple(dict.fromkeys(found)) or ((),)


def name_of(scope: Scope) -> str:
    """An edition's name in the ledger."""
    return "; ".join(scope)


def run_edition(
    playbook: Playbook,
    scope: Scope,
    context: Callable[[Mapping[str, Result]], StepContext],
    ledger: Ledger,
    tell: Telling = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> dict[str, Result]:
    """The results of all steps by name. context: what a step is given, from the results of its inputs. stop: asked before each step.

    Raises an AnalystError of the step that failed, Stopped where it is to stop.
    """
    results: dict[str, Result] = {}
    edition, count = name_of(scope), len(playbook.steps)
    for place, step in enumerate(playbook.steps, start=1):
        kept = ledger.finished(edition, step.name)
        if kept is not None:
            results[step.name] = kept
            tell(Progress(edition, step.name, "kept", place, count))
            continue
        if stop():
            raise Stopped
        tell(Progress(edition, step.name, RUNNING, place, count))
        began = perf_counter()
        with ledger.at(edition, step, place) as keep:
            result = settled(_result(step, context({name: results[name] for name in step.inputs})))
            keep(result)
        results[step.name] = result
        for later in playbook.steps[place:]:
            if step.name in later.inputs:
                KINDS[later.kind].ahead(later, step.name, context({step.name: result}))
        tell(Progress(edition, step.name, DONE, place, count, perf_counter() - began))
    return results


def _result(step: Step, context: StepContext) -> Result:
    try:
        return KINDS[step.kind].run(step, context)
    except NOT_THERE as error:
        if not step.is_optional:
            raise
        caveat = Caveat(f"{_plain(error)} That part is left out.", NOT_AVAILABLE)
        return Finding(step.name.replace("_", " ").capitalize(), step.kind, context.period, caveats=(caveat,))


def _plain(error: AnalystError) -> str:
    """The message without the place in the file, which a reader of the report has no use for."""
    return error.message.rpartition(": ")[2] if ", line " in error.message else error.message


def check_steps(playbook: Playbook, context: StepContext) -> None:
    """Raises an AnalystError where a step names what does not exist here; before anything runs."""
    for step in playbook.steps:
        try:
            KINDS[step.kind].ready(step, context.desk)
        except NOT_THERE:
            if not step.is_optional:
                raise


class NoLedger:
    """Keeps nothing: of a preview."""

    def finished(self, edition: str, step: str) -> Result | None:
        """None."""
        return None

    @contextmanager
    def at(self, edition: str, step: Step, place: int) -> Iterator[Callable[[Result], None]]:
        """The step runs."""
        yield lambda _: None


class RunLedger:
    """Keeps a run's steps in the state database and their results in its folder."""

    def __init__(self, runs: Runs, run: Run, folder: RunFolder) -> None:
        self._runs, self._run, self._folder = runs, run, folder
        self._done = {(one.edition, one.step): one for one in run.steps if one.state == DONE}

    def finished(self, edition: str, step: str) -> Result | None:
        """The result of a step that was finished before the run died."""
        known = self._done.get((edition, step))
        return None if known is None else self._folder.read(known)

    @contextmanager
    def at(self, edition: str, step: Step, place: int) -> Iterator[Callable[[Result], None]]:
        """Notes that the step runs, that it is done with its result's file, or why it failed."""
        began, at = perf_counter(), _now()
        row = RunStep(edition, step.name, place, RUNNING, at)
        self._runs.note_step(self._run.id, row)

        def keep(result: Result) -> None:
            number = _edition_number(edition, self._run)
            file, digest = self._folder.write(f"{number}-{place:02d}-{step.name}.json", result)
            done = replace(row, state=DONE, finished_at=_now(), seconds=perf_counter() - began, rows=rows_of(result))
            self._runs.note_step(self._run.id, replace(done, file=file, sha256=digest))

        try:
            yield keep
        except AnalystError as error:
            failed = replace(row, state=FAILED, finished_at=_now(), seconds=perf_counter() - began, error=error.message)
            self._runs.note_step(self._run.id, failed)
            raise


@contextmanager
def beating(runs: Runs, run: str) -> Iterator[None]:
    """Says every few seconds that this process is at the run."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(BEAT_S):
            if not runs.beat(run):
                return

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def rows_of(result: Result) -> int:
    """How many rows of tables, or entries of the outbox, a result has."""
    if isinstance(result, Finding):
        return sum(len(table.rows) for table in result.tables)
    if isinstance(result, Report):
        return sum(len(table.cells) for section in result.sections for table in section.tables)
    return len(result.entries) if isinstance(result, Posted) else 0


def _edition_number(edition: str, run: Run) -> int:
    names: Sequence[str] = run.inputs.get("editions", [""])
    return names.index(edition) + 1 if edition in names else 1


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
