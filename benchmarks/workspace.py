"""The generated helpdesk of a benchmark and its workspace, made once per folder."""

from __future__ import annotations

import shutil
from pathlib import Path

from analyst_agent.demo import DEMO_TODAY, REASON_CODES, generate
from analyst_agent.settings import FILE_NAME, read_settings
from analyst_agent.warehouse.load import load

CSV_TABLES = ("accounts", "agents", "tickets", "escalations", "resolutions")


def make_workspace(folder: Path) -> None:
    """The settings of the demo, with its clock and its reason codes."""
    folder.mkdir(parents=True, exist_ok=True)
    codes = "".join(f'"{code}" = "{cause}"\n' for code, cause in REASON_CODES.items())
    (folder / FILE_NAME).write_text(f'[workspace]\ntoday = "{DEMO_TODAY}"\n\n[root_causes]\n{codes}', encoding="utf-8")


def prepared(folder: Path, tickets: int) -> tuple[Path, Path]:
    """Folders of the CSV files and of a loaded workspace with so many tickets; kept, and used again the next time."""
    exports, workspace = folder / f"exports-{tickets}", folder / f"workspace-{tickets}"
    done = exports / "complete"
    if not done.exists():
        shutil.rmtree(exports, ignore_errors=True)
        exports.mkdir(parents=True)
        generate(exports, tickets=tickets)
        done.touch()
    if not (workspace / "complete").exists():
        shutil.rmtree(workspace, ignore_errors=True)
        make_workspace(workspace)
        load(workspace, [exports], settings=read_settings(workspace / FILE_NAME))
        (workspace / "complete").touch()
    return exports, workspace
