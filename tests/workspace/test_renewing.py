"""Data that an earlier version of the program loaded answer as if loaded today, once renewed."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyst_agent.errors import WorkspaceError
from analyst_agent.records import SemanticQuery
from analyst_agent.warehouse.load import load
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.starting import make_workspace

ESCALATED = SemanticQuery(("escalated_ticket_count",))


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """A workspace whose derived tables are of another version: here, there are none."""
    make_workspace(tmp_path)
    (tmp_path / "tickets.csv").write_text("ticket_id,created_at,is_escalated\na,2026-01-01,true\nb,2026-01-02,false\n")
    load(tmp_path, [tmp_path / "tickets.csv"], settings=Workspace.open(tmp_path).settings, derived={})
    return tmp_path


def test_an_earlier_generation_is_renewed_when_it_is_first_read(earlier: Path) -> None:
    """An error of the engine about a table that does not exist."""
    for generation in ("gen-000002", "gen-000002"):
        workspace = Workspace.open(earlier)
        assert workspace.engine.run(ESCALATED).rows[0]["escalated_ticket_count"] == 1
        assert workspace.warehouse.generation == generation
        workspace.close()


def test_where_nothing_can_be_written_it_says_what_to_do(earlier: Path) -> None:
    folder = earlier / ".analyst" / "warehouse"
    (folder / "load.lock").unlink(missing_ok=True)
    (folder / "load.lock").mkdir()
    with pytest.raises(WorkspaceError, match="another version and must be renewed"):
        _ = Workspace.open(earlier).engine
