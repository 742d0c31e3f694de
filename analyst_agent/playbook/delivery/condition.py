"""Whether reports can leave the workspace, and what waits for a person, as `analyst doctor` says it."""

from __future__ import annotations

from collections import Counter

from analyst_agent.errors import WorkspaceError
from analyst_agent.playbook.delivery.records import Mailroom
from analyst_agent.playbook.delivery.smtp import SmtpTransport
from analyst_agent.state.outbox import BAD

_WAITING = {"held": "to be approved", "in_doubt": "in doubt", "refused": "refused", "failed": "given up"}


def delivery_text(room: Mailroom) -> tuple[str, str]:
    """`ok` or `warning`, and sentences. No server is spoken to."""
    settings = room.settings
    counts = Counter(one.state for one in room.outbox.listed(("held", *BAD)))
    waits = [f"{counts[state]} {words}" for state, words in _WAITING.items() if counts[state]]
    waiting = f" In the outbox: {', '.join(waits)}; see `analyst outbox list`." if waits else ""
    state = "warning" if waits else "ok"
    if not settings.server:
        return state, f"No mail server is set: reports stay in the outbox.{waiting}"
    try:
        SmtpTransport(settings, room.root).close()
    except WorkspaceError as error:
        return "warning", f"{error.message} {error.hint}{waiting}"
    missing = [
        f"{name} is not set, so that {what}."
        for name, what in (("domains", "nothing is sent"), ("owner", "nobody is told of failures"))
        if not getattr(settings, name)
    ]
    if missing:
        return "warning", f"{' '.join(missing)} Set it in [delivery].{waiting}"
    return state, f"By {settings.server}, {settings.security}, to {', '.join(settings.domains)}.{waiting}"
