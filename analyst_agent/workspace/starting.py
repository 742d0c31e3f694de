"""Making a workspace: an `analyst.toml` to begin with, or the whole demo."""

from __future__ import annotations

import tempfile
from pathlib import Path

from analyst_agent.errors import WorkspaceError
from analyst_agent.resources import builtin_dir
from analyst_agent.settings import FILE_NAME

TEMPLATE = """\
# The settings of this workspace; `analyst settings` lists all of them with their meaning.

[analyst]
name = "Escalation Analyst"

[analyst.grants]
# What it may use; a line left out grants everything of its kind.
# sources = ["helpdesk", "crm"]
# objects = ["ticket", "escalated_ticket", "resolution", "agent"]
# knowledge = ["escalation_policies", "known_issues"]

[workspace]
time_zone = "UTC"
currency = "USD"
cost_per_hour = 45
"""


def make_workspace(folder: Path) -> Path:
    """Writes `analyst.toml` into the folder, without data or documents, and returns its path. Raises WorkspaceError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FILE_NAME).write_text(TEMPLATE, encoding="utf-8")
    except OSError as error:
        raise WorkspaceError(
            f"Cannot make a workspace in {folder}: {error.strerror}.", "Choose another folder."
        ) from error
    return folder / FILE_NAME


def make_demo(folder: Path, tickets: int | None = None) -> str:
    """The demo workspace: generated helpdesk loaded, demo documents indexed, clock fixed. Run again, it changes nothing.

    tickets: a smaller or larger helpdesk than the story's own.
    """
    from analyst_agent.demo import DEMO_TODAY, REASON_CODES, TICKETS, generate
    from analyst_agent.workspace import Workspace
    from analyst_agent.workspace.loading import load_files

    file = folder / FILE_NAME
    if not file.exists():
        make_workspace(folder)
        codes = "\n".join(f'"{code}" = "{cause}"' for code, cause in REASON_CODES.items())
        clock = f'today = "{DEMO_TODAY.isoformat()}"  # the demo ends on the day before'
        text = TEMPLATE.replace('time_zone = "UTC"', f'time_zone = "UTC"\n{clock}') + f"\n[root_causes]\n{codes}\n"
        file.write_text(text, encoding="utf-8")
    workspace = Workspace.open(folder)
    if workspace.settings.today != DEMO_TODAY:
        raise WorkspaceError(
            f"{file} is no demo workspace.", "Choose an empty folder for the demo; nothing was changed."
        )
    with tempfile.TemporaryDirectory() as place:
        counts = generate(Path(place), tickets=tickets or TICKETS)
        report = load_files(workspace, [Path(place)])
    documents = workspace.knowledge.add([builtin_dir("knowledge")])
    workspace.close()
    counted = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    state = "loaded" if report.changed else "already loaded"
    return (
        f"Demo helpdesk in {folder}: {counted}, {state}; {sum(documents.counts.values())} documents.\n"
        f"Its clock stands at {DEMO_TODAY.day} {DEMO_TODAY:%B %Y}."
    )
