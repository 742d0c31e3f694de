"""Mails of the outbox as a browser may show them: the message that was written, taken apart, its pictures put into its HTML."""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from analyst_agent.errors import UnknownName, WorkspaceError
from analyst_agent.playbook.delivery.files import read
from analyst_agent.state.outbox import Entry
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.previewing import with_pictures


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that comes with a mail: its name and size in bytes."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class ShownMail:
    """A message as it was written. html: "" where it has none (a note to a channel)."""

    subject: str
    sender: str
    to: str
    date: str
    text: str
    html: str = ""
    attached: tuple[Attached, ...] = ()


def entry_of(workspace: Workspace, name: str) -> Entry:
    """An entry of the outbox that the caller may see: within a restriction only those of her own runs. Raises UnknownName."""
    entry = workspace.outbox.get(name)
    if entry is not None and workspace.restrictions:
        own = {one.id for one in workspace.runs.listed(entry.playbook)}
        entry = entry if entry.run in own else None
    if entry is None:
        raise UnknownName("mail", name, (), "The page of its run lists its mails.")
    return entry


def entries_waiting(workspace: Workspace) -> list[Entry]:
    """Those that somebody must decide about, the latest first: to be approved, in doubt, refused or given up."""
    own = {one.id for one in workspace.runs.listed()} if workspace.restrictions else None
    found = workspace.outbox.listed(("held", "in_doubt", "refused", "failed"))
    return [one for one in found if own is None or one.run in own]


def mail_of(workspace: Workspace, entry: Entry) -> ShownMail:
    """The message of an entry. Raises WorkspaceError where its file is gone or not what was written."""
    content = read(workspace.root, entry.path, entry.sha256)
    if isinstance(content, str):
        raise WorkspaceError(f"{content}.", "Run the playbook again to have it written anew.")
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return ShownMail(
        str(message["Subject"] or ""),
        str(message["From"] or ""),
        str(message["To"] or ""),
        str(message["Date"] or ""),
        _content(message, "plain"),
        with_pictures(_content(message, "html"), _pictures(message)),
        tuple(_attached(one) for one in message.iter_attachments() if one.get_filename()),
    )


def _content(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return "" if part is None else str(part.get_content())


def _pictures(message: EmailMessage) -> dict[str, bytes]:
    named = ((str(part["Content-ID"] or "").strip("<> "), part) for part in message.walk())
    return {name: part.get_content() for name, part in named if name and part.get_content_type() == "image/png"}


def _attached(part: EmailMessage) -> Attached:
    raw = part.get_payload(decode=True)
    return Attached(str(part.get_filename()), len(raw) if isinstance(raw, bytes) else 0)
