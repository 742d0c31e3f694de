"""Loading files into a workspace, and what its first answers would otherwise wait for made ready at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analyst_agent.errors import AnalystError
from analyst_agent.semantic.periods import complete_before
from analyst_agent.skillkit.causes.inference import texts_of_period
from analyst_agent.warehouse.load import load
from analyst_agent.warehouse.progress import Unwatched, Watcher
from analyst_agent.workspace import Workspace

if TYPE_CHECKING:
    from analyst_agent.warehouse.report import LoadReport


def load_files(
    workspace: Workspace,
    paths: Sequence[Path],
    *,
    source: str | None = None,
    mapping: Path | None = None,
    dry_run: bool = False,
    watcher: Watcher | None = None,
) -> LoadReport:
    """`warehouse.load.load` into this workspace, with its errors; where data came in, `make_ready` follows.

    The workspace stays with the generation it has open, if any; open it anew to see what was loaded. That something could not be
    made ready is a remark of the report: the data are in use all the same.
    """
    watch = watcher or Unwatched()
    report = load(
        workspace.root, paths, settings=workspace.settings, source=source, mapping=mapping, dry_run=dry_run,
        derived=workspace.derived, watcher=watch,
    )  # fmt: skip
    if report.changed and not dry_run:
        watch.phase("comparing")
        opened = Workspace(workspace.root, workspace.settings, workspace.today)
        try:
            make_ready(opened)
        except AnalystError as error:
            report.remarks.append(f"What tickets say could not be compared yet: {error.message} {error.hint}".rstrip())
        finally:
            opened.close()
    return report


def make_ready(workspace: Workspace) -> int:
    """Embeds what root causes are inferred from: the examples with a known cause, and last month's tickets without one. How many texts
    that are; 0 where nothing is to be inferred. Texts embedded before cost nothing.
    """
    context = workspace.desk.context
    if context.reading is None:
        return 0
    texts = texts_of_period(context, context.reading, complete_before(workspace.clock, 1, "month"))
    context.reading.embed(texts)
    return len(texts)
