"""`schedule` and `playbook activate|deactivate`: which playbooks run on their own, and the service that runs them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analyst_agent.cli.outlooks import coming_text, say_outlooks
from analyst_agent.cli.shared import Json, Today, parse_day, person, print_json, say
from analyst_agent.cli.stopping import stopping
from analyst_agent.errors import InvalidDefinition, WorkspaceError
from analyst_agent.records import to_json

if TYPE_CHECKING:
    from analyst_agent.playbook.schedule.outlook import Outlook
    from analyst_agent.playbook.schedule.records import Event
    from analyst_agent.workspace.scheduling import Bench

Name = Annotated[str, typer.Argument(metavar="NAME", help="The playbook; `analyst playbook list` shows them.")]
NONE_ACTIVE = "No playbook is active: `analyst playbook activate NAME` makes one."
By = Annotated[str, typer.Option("--by", help="Who says so; unset: the login name.")]


def register(app: typer.Typer, playbook: typer.Typer, open_bench: Callable[[], Bench]) -> None:
    """Adds the commands. playbook: the group of `playbook`; open_bench: the bench of the workspace at or above the current folder."""

    @app.command("schedule")
    def schedule(
        once: Annotated[bool, typer.Option("--once", help="Run what is due now and end; exit code 1 where something failed.")] = False,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what is due, what is next and why; run nothing.")] = False,
        today: Today = None,
        as_json: Json = False,
    ) -> None:  # fmt: skip
        """Run active playbooks when they are due, as a service until it is told to end, or with --once one pass."""
        if today and not dry_run:
            raise InvalidDefinition("--today is for --dry-run: what runs goes by the real clock.", "Add --dry-run.")
        bench = open_bench()
        with closing(bench.workspace):
            if dry_run:
                _outlook(bench, today, as_json=as_json)
            elif once:
                _once(bench, as_json=as_json)
            else:
                _serve(bench, as_json=as_json)

    @playbook.command("activate")
    def activate(name: Name, by: By = "", as_json: Json = False) -> None:
        """Have a playbook run when its schedule says. What was due before is not caught up."""
        bench = open_bench()
        with closing(bench.workspace):
            _activate(bench, name, by or person(), as_json=as_json)

    @playbook.command("deactivate")
    def deactivate(name: Name, by: By = "", as_json: Json = False) -> None:
        """Pause a playbook. What is due meanwhile is not caught up; a run at hand goes on to its end."""
        bench = open_bench()
        with closing(bench.workspace):
            _deactivate(bench, name, by or person(), as_json=as_json)


def _activate(bench: Bench, name: str, by: str, *, as_json: bool) -> None:
    from analyst_agent.playbook.schedule.loop import utc_now
    from analyst_agent.workspace.activating import activate

    done = activate(bench, name, by, utc_now())
    if as_json:
        print_json(to_json(done.outlook))
        return
    say(f"{name} is active." if done.is_changed else f"{name} was active already.")
    if done.outlook:
        say(f"Next: {coming_text(done.outlook.coming[0])}.")
    say("`analyst schedule` runs it then; docs/scheduling.md says how as a service.")


def _deactivate(bench: Bench, name: str, by: str, *, as_json: bool) -> None:
    from analyst_agent.playbook.schedule.loop import utc_now
    from analyst_agent.workspace.activating import deactivate

    done = deactivate(bench, name, by, utc_now())
    if as_json:
        print_json(to_json(done.outlook))
        return
    say(f"{name} is paused. What is due meanwhile is not caught up." if done.is_changed else f"{name} was not active.")
    if done.outlook and done.outlook.unfinished and done.outlook.unfinished.state == "running":
        say("A run that has begun goes on to its end.")


def _outlook(bench: Bench, today: str | None, *, as_json: bool) -> None:
    from analyst_agent.playbook.schedule.loop import utc_now
    from analyst_agent.playbook.schedule.outlook import last_look, outlooks

    table = bench.timetable()
    day = parse_day(today)
    now = datetime.combine(day, time(), table.calendar.zone).astimezone(UTC) if day else utc_now()
    found, looked_at = outlooks(table, bench.store, now), last_look(bench.store)
    if as_json:
        zone = table.calendar.zone
        print_json(
            {
                "now": now.astimezone(zone).isoformat(timespec="seconds"),
                "zone": zone.key,
                "looked_at": looked_at and looked_at.astimezone(zone).isoformat(timespec="seconds"),
                "playbooks": to_json(found),
            }
        )
    else:
        say_outlooks(found, table, now, looked_at)
        if bench.workspace.settings.today:
            say("`today` in analyst.toml fixes the day of questions; schedules go by the real clock.")


def _once(bench: Bench, *, as_json: bool) -> None:
    from analyst_agent.playbook.schedule.loop import Scheduler, utc_now
    from analyst_agent.playbook.schedule.outlook import outlooks

    told: list[Event] = []
    with stopping() as heard:
        for event in Scheduler(bench.store, bench.timetable, bench.run).once(lambda: heard.is_asked):
            told.append(event)
            if not as_json:
                _say_event(event)
    sent = bench.send()
    if as_json:
        print_json({"events": [_event_json(event) for event in told], "sent": to_json(sent)})
    elif not told:
        found = outlooks(bench.timetable(), bench.store, utc_now())
        soonest = _soonest(found)
        say(f"Nothing is due. Next: {soonest}." if soonest else NONE_ACTIVE)
    if any(event.is_failure for event in told) or not (sent.is_good or sent.unsent_reason):
        raise typer.Exit(1)


def _serve(bench: Bench, *, as_json: bool) -> None:
    from analyst_agent.playbook.schedule.loop import Scheduler, utc_now
    from analyst_agent.playbook.schedule.outlook import outlooks

    zone = bench.workspace.settings.zone
    try:
        soonest = _soonest(outlooks(bench.timetable(), bench.store, utc_now()))
        said = f"Next: {soonest}." if soonest else NONE_ACTIVE
    except WorkspaceError:
        said = ""  # told, and tried again, by the first pass
    with stopping() as heard:
        if not as_json:
            say(f"Scheduling in {zone.key}. {said}".strip())
            sys.stdout.flush()
        scheduler = Scheduler(bench.store, bench.timetable, bench.run)
        for event in scheduler.serve(lambda: heard.is_asked, lambda seconds: _between(bench, heard.pause, seconds)):
            at = utc_now().astimezone(zone)
            if as_json:
                say(json.dumps({"at": at.isoformat(timespec="seconds"), **_event_json(event)}))
            else:
                _say_event(event, f"{at:%Y-%m-%d %H:%M:%S} ")
            sys.stdout.flush()
    if not as_json:
        say("Ended. What was begun and not finished is taken up by the next scheduler.")


def _between(bench: Bench, pause: Callable[[float], None], seconds: float) -> None:
    """Between two looks what waits in the outbox is sent; where the state database is away, the next look tells it."""
    try:
        sent = bench.send()
    except WorkspaceError:
        sent = None
    for word in ("sent", "refused", "failed", "in_doubt"):
        if sent is not None and (ids := getattr(sent, word)):
            say(f"Outbox: {len(ids)} {word.replace('_', ' ')} ({', '.join(one[:8] for one in ids)}).")
    pause(seconds)


def _event_json(event: Event) -> dict[str, Any]:
    return {**to_json(event), "is_failure": event.is_failure}


def _say_event(event: Event, before: str = "") -> None:
    say(f"{before}{event.text}" + (f" ({event.run})" if event.run else ""), error=event.is_failure)


def _soonest(found: tuple[Outlook, ...]) -> str:
    """The next due time of the active playbooks in words, "" where none is active."""
    active = [(one.due or one.coming[0].due, one) for one in found if one.state == "active" and one.coming]
    if not active:
        return ""
    _, first = min(active, key=lambda pair: pair[0].astimezone(UTC))
    return f"{first.playbook}, " + ("due now" if first.due else coming_text(first.coming[0]))
