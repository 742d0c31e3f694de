"""Reading the audit: whole for the workspace's owner, but what was asked under other grants or another scope is withheld."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from analyst_agent.state.audit import PEOPLE, AuditLine
from analyst_agent.workspace import Workspace

WITHHELD = "question", "tools"
"""What of a line could name things that are not granted now."""


ANSWERS, ACCOUNTS = "answers", "accounts"


@dataclass(frozen=True, slots=True)
class AuditWish:
    """Which lines are wanted: from a day on and up to one (both within), of one person, of answers or of accounts, with these words in
    the question or the event. What is None or "" does not matter.
    """

    since: date | None = None
    until: date | None = None
    who: str = ""
    kind: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Lines, the latest first, each with its number and time; older: the number before which others follow, None for none."""

    lines: Sequence[Mapping[str, Any]]
    older: int | None


def audit_lines(workspace: Workspace, since: date | None = None) -> list[dict[str, Any]]:
    """The lines from a day on (in the workspace's zone), oldest first, each with its time.

    Under a caller's restriction there are only the lines under the same one, and none of accounts and sign-ins. Lines older than the
    settings' `audit_days` are removed first.
    """
    workspace.audit.trim(workspace.settings.audit_days)
    mark = workspace.fingerprint
    shown = (_shown(workspace, line, mark) for line in workspace.audit.lines(_begin(workspace, since)))
    return [line for line in shown if line is not None]


def audit_page(workspace: Workspace, wish: AuditWish, before: int | None = None, most: int = 50) -> AuditPage:
    """So many of the lines that are wanted, the latest first, before that number. What is shown of each is as in `audit_lines`."""
    workspace.audit.trim(workspace.settings.audit_days)
    mark = workspace.fingerprint
    until = _begin(workspace, wish.until + timedelta(days=1)) if wish.until else None
    found: list[dict[str, Any]] = []
    for line in workspace.audit.latest(before, _begin(workspace, wish.since), until):
        shown = _shown(workspace, line, mark)
        if shown is None or not _is_wanted(shown, wish):
            continue
        if len(found) == most:
            return AuditPage(found, found[-1]["number"])
        found.append({"number": line.number, **shown})
    return AuditPage(found, None)


def _begin(workspace: Workspace, day: date | None) -> datetime | None:
    return datetime.combine(day, time(), workspace.settings.zone) if day is not None else None


def _shown(workspace: Workspace, line: AuditLine, mark: str) -> dict[str, Any] | None:
    """What of a line may be shown, None for nothing."""
    if line.seen_by == mark or (line.seen_by == PEOPLE and not workspace.restrictions):
        return {"at": line.at, **line.content}
    if workspace.restrictions:
        return None
    kept = {k: None if k in WITHHELD else v for k, v in line.content.items()}
    return {"at": line.at, **kept, "withheld": "asked under other grants or another scope"}


def _is_wanted(line: Mapping[str, Any], wish: AuditWish) -> bool:
    kind = ACCOUNTS if "event" in line else ANSWERS
    text = str(line.get("event") or line.get("question") or "")
    return (
        wish.kind in ("", kind)
        and wish.who in ("", line.get("who"), line.get("about"))
        and wish.words.casefold() in text.casefold()
    )


def said_removed(workspace: Workspace) -> str:
    """How many lines were removed for their age so far, "" for none; a restricted caller is not told how much others asked."""
    removed = None if workspace.restrictions else workspace.audit.removed()
    if removed is None:
        return ""
    lines = "1 line was" if removed.lines == 1 else f"{removed.lines:,} lines were"
    return (
        f"{lines} removed for their age so far, last on {removed.at[:10]}: those of before {removed.older_than[:10]}."
    )
