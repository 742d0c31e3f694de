"""`outbox`: what waits, what was sent to whom, what is in doubt; to approve, to decide and to send."""

from __future__ import annotations

from datetime import UTC, datetime
from time import sleep
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analyst_agent.cli.shared import Json, open_workspace, person, print_json, print_table, say
from analyst_agent.errors import UnknownName

if TYPE_CHECKING:
    from analyst_agent.playbook.delivery import Mailroom, Outcome
    from analyst_agent.state.outbox import Entry

outbox = typer.Typer(help="Mails and notes of playbooks: look at them, approve and send them.", no_args_is_help=True)
By = Annotated[str, typer.Option("--by", help="Who says so; unset: the login name.")]
Note = Annotated[str, typer.Option("--note", help="Why.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="Its id, or the beginning of it.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(outbox, name="outbox")


@outbox.command("list")
def list_entries(
    state: Annotated[str, typer.Option("--state", help="Only those in this state, such as held, in_doubt, sent.")] = "",
    run: Annotated[str, typer.Option("--run", help="Only those of this run.")] = "",
    as_json: Json = False,
) -> None:
    """List the entries of the outbox, those made last first."""
    from analyst_agent.records import to_json
    from analyst_agent.state.outbox import STATES

    if state and state not in STATES:
        raise UnknownName("state", state, STATES)
    found = _mailroom().outbox.listed((state,) if state else (), run)
    if as_json:
        print_json({"entries": to_json(found)})
    elif not found:
        say("The outbox is empty." if not state and not run else "No such entry.")
    else:
        columns = ("id", "state", "to", "subject", "made", "tries", "what kept it")
        print_table(columns, [_row(one) for one in found])


@outbox.command("show")
def show_entry(name: Id, as_json: Json = False) -> None:
    """Show an entry, its file and all that happened to it."""
    from analyst_agent.playbook.delivery.files import read
    from analyst_agent.records import to_json
    from analyst_agent.state.outbox import STATES

    room = _mailroom()
    entry = room.outbox.find(name)
    history = room.outbox.history(entry)
    content = read(room.root, entry.path, entry.sha256)
    file_state = content if isinstance(content, str) else "as it was written"
    if as_json:
        print_json({"entry": to_json(entry), "file": file_state, "history": to_json(history)})
        return
    say(f"{entry.subject}\nto {entry.recipient} by {entry.channel}, {entry.playbook}, run {entry.run}")
    say(f"{entry.state.replace('_', ' ')}: {STATES[entry.state]}. {entry.last_error}".rstrip())
    say(f"Message-ID {entry.message_id}, {entry.size:,} bytes, {entry.path}: {file_state}")
    print_table(("at", "state", "by", "note"), [(one.at[:19], one.state, one.by, one.note) for one in history])


@outbox.command("approve")
def approve_entries(
    names: Annotated[list[str] | None, typer.Argument(metavar="[ID...]", help="Their ids, or the beginnings.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All that wait for approval.")] = False,
    by: By = "",
    note: Note = "",
    as_json: Json = False,
) -> None:
    """Say that entries may be sent: those that wait for approval, and those only kept in the outbox. They are queued."""
    from analyst_agent.playbook.delivery import approve

    room = _mailroom()
    wanted = [one.id for one in room.outbox.listed(("held",))] if every else list(names or ())
    if not wanted and not every:
        raise UnknownName("entry of the outbox", "", [one.id[:8] for one in room.outbox.listed(("held", "outbox"))])
    for name in wanted:
        room.outbox.find(name)
    _changed([approve(room, name, by or person(), _now(), note) for name in wanted], as_json)


@outbox.command("resolve")
def resolve_entry(
    name: Id,
    decision: Annotated[str, typer.Argument(metavar="sent|resend|drop", help="What becomes of it.")],
    by: By = "",
    note: Note = "",
    as_json: Json = False,
) -> None:
    """Decide about an entry that is in doubt, refused or given up (or drop one that waits). A resent one keeps its Message-ID."""
    from analyst_agent.playbook.delivery import resolve

    _changed([resolve(_mailroom(), name, decision, by or person(), _now(), note)], as_json)


@outbox.command("send")
def send_entries(
    wait: Annotated[bool, typer.Option("--wait", help="Go on until nothing is left to be tried again.")] = False,
    as_json: Json = False,
) -> None:
    """Send what is queued and due. Exit 1 where something was refused, given up, left in doubt, or could not be tried."""
    from analyst_agent.playbook.delivery import deliver_due
    from analyst_agent.records import to_json

    room = _mailroom()
    outcome = deliver_due(room, _now)
    is_good = outcome.is_good
    while wait and (queued := room.outbox.listed(("queued", "claimed", "sending"))) and not outcome.unsent_reason:
        due_at = min(datetime.fromisoformat(one.held_until or one.next_try_at) for one in queued)
        if not as_json:
            say(_told(outcome, room))
        sleep(max(1.0, (due_at - _now()).total_seconds()))
        outcome = deliver_due(room, _now)
        is_good = is_good and outcome.is_good
    if as_json:
        print_json(to_json(outcome))
    else:
        say(_told(outcome, room))
    if not is_good:
        raise typer.Exit(1)


def _told(outcome: Outcome, room: Mailroom) -> str:
    counts = {
        "sent": outcome.sent,
        "to be tried again": outcome.postponed,
        "refused": outcome.refused,
        "given up": outcome.failed,
        "in doubt": outcome.in_doubt,
    }
    told = ", ".join(f"{len(ids)} {word}" for word, ids in counts.items() if ids) or "Nothing was due"
    waiting = room.outbox.listed(("queued",))
    soonest = min((one.next_try_at for one in waiting), default="")[:16].replace("T", " ")
    later = f" {len(waiting)} wait, the next to be tried at {soonest} UTC." if waiting else ""
    return f"{told}.{later} {outcome.unsent_reason}".rstrip()


def _changed(entries: list[Entry], as_json: bool) -> None:
    from analyst_agent.records import to_json

    if as_json:
        print_json({"entries": to_json(entries)})
        return
    for one in entries:
        say(f"{one.id[:8]} is {one.state.replace('_', ' ')}: {one.recipient}, {one.subject}")
    if not entries:
        say("Nothing waits for approval.")


def _row(one: Entry) -> tuple[Any, ...]:
    made = one.made_at[:16].replace("T", " ")
    return (one.id[:8], one.state.replace("_", " "), one.recipient, one.subject, made, one.attempts, one.last_error)


def _mailroom() -> Mailroom:
    """The workspace's mailroom. Whoever is restricted to a part of the data may not see mails that are about all of it."""
    workspace = open_workspace()
    workspace.check_may_change("looking into the outbox")
    return workspace.mailroom


def _now() -> datetime:
    return datetime.now(UTC)
