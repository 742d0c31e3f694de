"""Runs of playbooks and their steps: what was asked, what is done, who is at it, so that a run that dies can be taken up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from analyst_agent import ways
from analyst_agent.errors import InvalidDefinition, UnknownName, WorkspaceError
from analyst_agent.state.database import Database
from analyst_agent.state.processes import is_gone, this_process

RUNNING, DONE, FAILED, STOPPED = "running", "done", "failed", "stopped"
LEASE = timedelta(seconds=90)
"""A run whose process says nothing for so long is taken for dead; it says something every few seconds."""
_schema = sa.MetaData()
_runs = sa.Table(
    "playbook_runs",
    _schema,
    sa.Column("id", sa.String(120), primary_key=True),
    sa.Column("seen_by", sa.String(64), nullable=False),
    sa.Column("playbook", sa.String(64), nullable=False),
    sa.Column("period_start", sa.String(10), nullable=False),
    sa.Column("period_end", sa.String(10), nullable=False),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("inputs", sa.Text, nullable=False),
    sa.Column("deliver", sa.String(20), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("due", sa.String(40), nullable=False),
    sa.Column("started_at", sa.String(40), nullable=False),
    sa.Column("finished_at", sa.String(40)),
    sa.Column("error", sa.Text),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("held_until", sa.String(40), nullable=False),
)
_steps = sa.Table(
    "playbook_run_steps",
    _schema,
    sa.Column("run", sa.String(120), primary_key=True),
    sa.Column("edition", sa.String(300), primary_key=True),
    sa.Column("step", sa.String(64), primary_key=True),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("started_at", sa.String(40), nullable=False),
    sa.Column("finished_at", sa.String(40)),
    sa.Column("seconds", sa.Float),
    sa.Column("rows", sa.Integer),
    sa.Column("file", sa.Text),
    sa.Column("sha256", sa.String(64)),
    sa.Column("error", sa.Text),
)


@dataclass(frozen=True, slots=True)
class RunStep:
    """A step of a run. edition: the scope it was computed in, "" for none. file: its result, in the run's folder. attempt counts are no part of it."""

    edition: str
    step: str
    place: int
    state: str
    started_at: str
    finished_at: str | None = None
    seconds: float | None = None
    rows: int | None = None
    file: str | None = None
    sha256: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A run: the calendar period it reports on, the fingerprint of its inputs, its state and steps in their order. due: what
    it was begun for and is found again by: a time of the schedule, the mark of an errand of the page, "" for a command.
    """

    id: str
    playbook: str
    start: date
    end: date
    fingerprint: str
    inputs: Mapping[str, Any]
    deliver: str
    state: str
    note: str
    due: str
    started_at: str
    finished_at: str | None
    error: str | None
    holder: str
    held_until: str
    steps: tuple[RunStep, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class NewRun:
    """A run to begin. period: its first day and the day after its last. label: the period in its id. note: what a person reads of it."""

    playbook: str
    period: tuple[date, date]
    label: str
    fingerprint: str
    inputs: Mapping[str, Any]
    deliver: str = "outbox"
    note: str = ""
    due: str = ""


class Runs:
    """The store of runs. seen_by: the mark of grants and scope; others' do not exist."""

    def __init__(self, url: str, seen_by: str = "") -> None:
        self._database = Database(url, _schema)
        self._seen_by = seen_by

    def begin(self, new: NewRun, now: datetime | None = None) -> Run:
        """A new run, held by this process. Its id is the playbook's name, the period and a number."""
        at = now or datetime.now(UTC)
        for _ in range(50):
            taken = self._database.rows(sa.select(_runs.c.id).where(_runs.c.id.like(f"{new.playbook}-{new.label}-%")))
            number = 1 + max((int(tail) for row in taken if (tail := row.id.rpartition("-")[2]).isdigit()), default=0)
            name = f"{new.playbook}-{new.label}-{number}"
            row = {
                "id": name,
                "seen_by": self._seen_by,
                "playbook": new.playbook,
                "period_start": new.period[0].isoformat(),
                "period_end": new.period[1].isoformat(),
                "fingerprint": new.fingerprint,
                "inputs": json.dumps(new.inputs, sort_keys=True, default=str),
                "deliver": new.deliver,
                "state": RUNNING,
                "note": new.note,
                "due": new.due,
                "started_at": _text(at),
                "holder": this_process(),
                "held_until": _text(at + LEASE),
            }
            if self._database.insert(_runs, row):  # else another process took the number between reading and writing
                return self.get(name)
        raise WorkspaceError("Too many processes begin runs of this playbook at once.", "Run it again.")

    def get(self, name: str) -> Run:
        """A run by its id or the beginning of it. Raises UnknownName or InvalidDefinition."""
        rows = self._database.rows(
            sa.select(_runs).where(_runs.c.seen_by == self._seen_by, _runs.c.id.startswith(name, autoescape=True))
        )
        exact = [row for row in rows if row.id == name]
        if not name or not rows:
            raise UnknownName("run", name, [one.id for one in self.listed()], ways.RUNS)
        if len(rows) > 1 and not exact:
            shown = ", ".join(sorted(row.id for row in rows)[:4])
            raise InvalidDefinition(f"{name!r} begins {len(rows)} runs: {shown}.", "Give more of it.")
        [row] = exact or rows
        return _run(row, self._steps_of(row.id))

    def listed(self, playbook: str | None = None, limit: int | None = None) -> list[Run]:
        """Runs, the latest begun first, without their steps."""
        query = sa.select(_runs).where(_runs.c.seen_by == self._seen_by)
        query = query.where(_runs.c.playbook == playbook) if playbook else query
        query = query.order_by(_runs.c.started_at.desc(), _runs.c.id.desc())
        return [_run(row, ()) for row in self._database.rows(query.limit(limit) if limit else query)]

    def last_done(self, playbook: str, period: tuple[date, date], before: str = "") -> Run | None:
        """The latest run of the playbook on this period that was finished; before: only of those begun before that time."""
        found = [
            one
            for one in self.listed(playbook)
            if one.state == DONE and (one.start, one.end) == period and (not before or one.started_at < before)
        ]
        return self.get(found[0].id) if found else None

    def of_due(self, playbook: str, due: str) -> Run | None:
        """The latest run that was begun for that time of the schedule, or that errand."""
        found = [one for one in self.listed(playbook) if one.due == due]
        return self.get(found[0].id) if found else None

    def take(self, run: Run, now: datetime | None = None) -> Run:
        """Takes a run that failed, or whose process is gone, over to this process. Raises InvalidDefinition where it is done or alive."""
        at = now or datetime.now(UTC)
        if run.state == DONE:
            raise InvalidDefinition(f"The run {run.id} is done.", "Run the playbook again to make a new one.")
        if run.state == RUNNING and is_alive(run, at):
            raise InvalidDefinition(
                f"The run {run.id} is running ({run.holder}).", "Wait for it, or stop that process."
            )
        with self._database.writing() as connection:
            done = connection.execute(
                _runs.update()
                .where(_runs.c.id == run.id, _runs.c.holder == run.holder, _runs.c.held_until == run.held_until)
                .values(
                    state=RUNNING, error=None, finished_at=None, holder=this_process(), held_until=_text(at + LEASE)
                )
            )
        if done.rowcount != 1:
            raise InvalidDefinition(f"The run {run.id} was taken up by another process just now.", "Look at it again.")
        return self.get(run.id)

    def beat(self, run: str, now: datetime | None = None) -> bool:
        """Says that this process is at it; False where another one took it over."""
        at = now or datetime.now(UTC)
        with self._database.writing() as connection:
            done = connection.execute(
                _runs.update()
                .where(_runs.c.id == run, _runs.c.holder == this_process())
                .values(held_until=_text(at + LEASE))
            )
        return done.rowcount == 1

    def note_step(self, run: str, step: RunStep) -> None:
        """Writes the state of a step; of a run that another process took over, nothing. Raises WorkspaceError then."""
        row = {"run": run, **{name: getattr(step, name) for name in RunStep.__slots__}}
        with self._database.writing() as connection:
            held = connection.execute(
                _runs.update()
                .where(_runs.c.id == run, _runs.c.holder == this_process())
                .values(held_until=_text(datetime.now(UTC) + LEASE))
            )
            if held.rowcount != 1:
                raise WorkspaceError(f"The run {run} was taken up by another process.", ways.RUNS)
            keys = (_steps.c.run == run, _steps.c.edition == step.edition, _steps.c.step == step.step)
            connection.execute(_steps.delete().where(*keys))
            connection.execute(_steps.insert().values(**row))

    def finish(self, run: str, error: str | None = None, state: str = "", now: datetime | None = None) -> Run:
        """Ends a run: done, failed for a reason, or stopped to be gone on with."""
        at = now or datetime.now(UTC)
        with self._database.writing() as connection:
            connection.execute(
                _runs.update()
                .where(_runs.c.id == run, _runs.c.holder == this_process())
                .values(
                    state=state or (FAILED if error else DONE), error=error, finished_at=_text(at), held_until=_text(at)
                )
            )
        return self.get(run)

    def close(self) -> None:
        """Closes the database's connections."""
        self._database.close()

    def _steps_of(self, run: str) -> tuple[RunStep, ...]:
        rows = self._database.rows(
            sa.select(_steps).where(_steps.c.run == run).order_by(_steps.c.edition, _steps.c.place)
        )
        return tuple(RunStep(**{name: getattr(row, name) for name in RunStep.__slots__}) for row in rows)


def is_alive(run: Run, now: datetime) -> bool:
    """Whether the process of a running run still is at it: told by the process where that can be seen, else by its lease."""
    if run.holder == this_process():
        return False
    return not is_gone(run.holder) and run.held_until > _text(now)


def _run(row: Any, steps: tuple[RunStep, ...]) -> Run:
    return Run(
        row.id,
        row.playbook,
        date.fromisoformat(row.period_start),
        date.fromisoformat(row.period_end),
        row.fingerprint,
        json.loads(row.inputs),
        row.deliver,
        row.state,
        row.note,
        row.due,
        row.started_at,
        row.finished_at,
        row.error,
        row.holder,
        row.held_until,
        steps,
    )


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
