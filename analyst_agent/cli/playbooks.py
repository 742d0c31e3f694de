"""`playbook`: list, run, preview, and what became of runs."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analyst_agent.cli import scheduling
from analyst_agent.cli.shared import Json, Today, open_workspace, print_json, print_table, say
from analyst_agent.errors import BadPeriod, UnknownName

if TYPE_CHECKING:
    from analyst_agent.playbook.records import Playbook
    from analyst_agent.records import Period
    from analyst_agent.state.runs import Run
    from analyst_agent.workspace import Workspace
    from analyst_agent.workspace.scheduling import Bench
    from analyst_agent.workspace.standing import Standing

playbook = typer.Typer(help="Playbooks: reports that are run, previewed, resumed and compared.", no_args_is_help=True)
DELIVER = ("outbox", "smtp")
Month = Annotated[str | None, typer.Option("--month", metavar="YYYY-MM", help="The month to report on.")]
Day = Annotated[
    str | None,
    typer.Option("--day", metavar="DAY", help="A day of the period to report on, for weekly and daily ones."),
]
Variables = Annotated[
    list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A variable of the playbook; JSON or a text.")
]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(playbook, name="playbook")
    scheduling.register(app, playbook, _open_bench)


@playbook.command("list")
def list_playbooks(as_json: Json = False) -> None:
    """List the playbooks, built-in and the workspace's own, with when they run on their own and how the last run ended."""
    from analyst_agent.workspace.standing import standings

    workspace = open_workspace()
    rows = [_listed(one) for one in standings(workspace, datetime.now(UTC))]
    if as_json:
        print_json({"playbooks": rows})
    else:
        print_table(
            ("name", "origin", "covers", "schedule", "state", "next due", "last run", "what it is"),
            [
                (
                    row["name"],
                    row["origin"],
                    row["covers"],
                    row["schedule"] or "by hand",
                    row["state"] or "cannot run",
                    row["next_due"][:16].replace("T", " ") if row["next_due"] else "",
                    f"{row['last_run']} {row['last_state']}" if row["last_run"] else "never",
                    row["problem"] or row["description"],
                )
                for row in rows
            ],
        )
    workspace.close()


def _listed(one: Standing) -> dict[str, Any]:
    listed, due = one.listed, one.next_due
    return {
        "name": listed.name,
        "origin": "built-in" if listed.is_builtin else "workspace",
        "covers": listed.playbook.covers if listed.playbook else None,
        "schedule": listed.playbook.schedule if listed.playbook else None,
        "description": listed.playbook.description if listed.playbook else None,
        "steps": [step.name for step in listed.playbook.steps] if listed.playbook else [],
        "problem": listed.problem or None,
        "state": one.state or None,
        "next_due": due.isoformat(timespec="minutes") if due else None,
        "last_run": one.last_run or None,
        "last_state": one.last_state or None,
    }


@playbook.command("run")
def run_playbook(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The playbook.")],
    month: Month = None,
    day: Day = None,
    deliver: Annotated[
        str, typer.Option("--deliver", help="outbox keeps what would be sent; smtp sends it.")
    ] = "outbox",
    variables: Variables = None,
    as_json: Json = False,
    today: Today = None,
) -> None:
    """Run a playbook on the last complete period, or another one, and put its mails into the outbox."""
    from analyst_agent.workspace.playbooks import find_playbook
    from analyst_agent.workspace.playing import Play, run

    _check_deliver(deliver)
    workspace = open_workspace(today)
    chosen = find_playbook(workspace, name)
    play = Play.of(workspace, chosen, _period(workspace, chosen, month, day), _given(variables), deliver)
    try:
        done = run(play, tell=_teller(as_json))
        _print_run(workspace, done, as_json)
    finally:
        play.close()
        workspace.close()


@playbook.command("preview")
def preview_playbook(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The playbook.")],
    month: Month = None,
    day: Day = None,
    variables: Variables = None,
    no_open: Annotated[bool, typer.Option("--no-open", help="Only write the files.")] = False,
    as_json: Json = False,
    today: Today = None,
) -> None:
    """Compute a report and open its mail as it would be; nothing is kept as a run and nothing is sent."""
    from analyst_agent.workspace.playbooks import find_playbook
    from analyst_agent.workspace.playing import Play
    from analyst_agent.workspace.previewing import preview_files

    workspace = open_workspace(today)
    chosen = find_playbook(workspace, name)
    play = Play.of(workspace, chosen, _period(workspace, chosen, month, day), _given(variables), "preview")
    try:
        files = preview_files(play, _teller(as_json))
    finally:
        play.close()
        workspace.close()
    if as_json:
        print_json({"files": [str(path) for path in files]})
        return
    for path in files:
        say(path)
    if not no_open:
        for path in files:
            if path.suffix == ".html":
                typer.launch(str(path))


@playbook.command("runs")
def list_runs(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Only of this playbook.")] = None,
    as_json: Json = False,
) -> None:
    """List the runs, the latest first."""
    workspace = open_workspace()
    found = workspace.runs.listed(name)
    if as_json:
        print_json({"runs": [_run_json(workspace, one) for one in found]})
    elif not found:
        say("Nothing was run yet. Try: analyst playbook run monthly_escalation_report")
    else:
        print_table(
            ("run", "period", "state", "begun", "delivered", "what happened"),
            [(one.id, _days(one), one.state, one.started_at[:16], one.deliver, one.error or one.note) for one in found],
        )
    workspace.close()


@playbook.command("show")
def show_run(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Its id, or the beginning of it.")],
    as_json: Json = False,
) -> None:
    """Show a run: its inputs, steps, files, and what was sent to whom."""
    workspace = open_workspace()
    _print_run(workspace, workspace.runs.get(run), as_json)
    workspace.close()


@playbook.command("resume")
def resume_run(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Its id, or the beginning of it.")],
    as_json: Json = False,
) -> None:
    """Go on with a run that failed or whose process died, from its last finished step."""
    from analyst_agent.workspace.playing import play_of, resume

    workspace = open_workspace()
    begun = workspace.runs.get(run)
    play = play_of(workspace, begun)
    try:
        _print_run(workspace, resume(play, begun, _teller(as_json)), as_json)
    finally:
        play.close()
        workspace.close()


@playbook.command("diff")
def compare_runs(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Its id, or the beginning of it.")],
    other: Annotated[
        str | None, typer.Argument(metavar="OTHER", help="Unset: the run of the same period before it.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say which numbers of a run differ from another's, and which of their inputs."""
    from analyst_agent.workspace.comparing_runs import compared

    workspace = open_workspace()
    found = compared(workspace, workspace.runs.get(run), workspace.runs.get(other) if other else None)
    if as_json:
        print_json(found.to_dict())
    else:
        say(f"{found.run} against {found.other}")
        for line in (*found.inputs, *found.lines) or ("Every number and every input is the same.",):
            say(f"- {line}")
    workspace.close()


def _open_bench() -> Bench:
    from analyst_agent.workspace.scheduled import bench_of

    return bench_of(open_workspace())


def _period(workspace: Workspace, chosen: Playbook, month: str | None, day: str | None) -> Period:
    from analyst_agent.semantic.periods import calendar_period
    from analyst_agent.workspace.playing import period_of

    if month is None and day is None:
        return period_of(chosen, workspace.clock)
    if month is not None and chosen.covers != "month":
        raise BadPeriod(
            f"{chosen.name} reports on a {chosen.covers}, not on a month.", "Give a day of it: --day 2026-10-30."
        )
    text = f"{month}-01" if month is not None else str(day)
    try:
        within = date.fromisoformat(text)
    except ValueError as error:
        shown = f"--month {month!r} is no month." if month is not None else f"--day {day!r} is no day."
        raise BadPeriod(shown, "Write it as 2026-10, or a day as 2026-10-30.") from error
    return calendar_period(chosen.covers, within, workspace.settings.week_start)


def _check_deliver(deliver: str) -> None:
    if deliver not in DELIVER:
        raise UnknownName("way to deliver", deliver, DELIVER)


def _given(variables: list[str] | None) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for one in variables or []:
        name, separator, text = one.partition("=")
        if not separator:
            raise UnknownName("variable", one, (), "Write it as NAME=VALUE.")
        try:
            given[name.strip()] = json.loads(text)
        except json.JSONDecodeError:
            given[name.strip()] = text
    return given


def _teller(as_json: bool) -> Any:
    def tell(progress: Any) -> None:
        if as_json or progress.state == "running":
            return
        where = f" ({progress.edition})" if progress.edition else ""
        how = "kept from before" if progress.state == "kept" else f"{progress.seconds:.1f} s"
        say(f"{progress.number}/{progress.of} {progress.step}{where}: {how}", error=True)

    return tell


def _days(run: Run) -> str:
    return f"{run.start} to {run.end - timedelta(days=1)}"


def _print_run(workspace: Workspace, run: Run, as_json: bool) -> None:
    shown = _run_json(workspace, run)
    if as_json:
        print_json(shown)
        return
    say(f"{run.id}: {run.state}, {_days(run)}, inputs {run.fingerprint[:12]}")
    for line in (run.note, run.error):
        if line:
            say(line)
    print_table(
        ("step", "edition", "state", "seconds", "rows", "file"),
        [
            (
                step.step,
                step.edition or "everything",
                step.state if not step.error else f"{step.state}: {step.error}",
                "" if step.seconds is None else f"{step.seconds:.1f}",
                step.rows,
                step.file,
            )
            for step in run.steps
        ],
    )
    for report in shown["reports"]:
        say(f"Subject: {report['subject']}")
        if report["worded_by"] or report["wording_note"]:
            say(report["wording_note"] or f"Opening worded by {report['worded_by']}.")
    for line in shown["changed_since"]:
        say(f"Changed since {shown['earlier']}: {line}")
    if shown["messages"]:
        print_table(
            ("message", "to", "state", "tries", "file", "what happened"),
            [(m["id"], m["recipient"], m["state"], m["attempts"], m["path"], m["error"]) for m in shown["messages"]],
        )


def _run_json(workspace: Workspace, run: Run) -> dict[str, Any]:
    from analyst_agent.workspace.comparing_runs import run_json

    return run_json(workspace, run)
