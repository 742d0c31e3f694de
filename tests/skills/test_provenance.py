"""A fact names the query that its number was read from: one that asked for the metric, or the rows it was counted in."""

from __future__ import annotations

import pytest

from analyst_agent.workspace import Workspace

FROM_ROWS = {"known_issue_matches", "workaround_uptake", "matched_by_any", "last_seen", "first_seen"}


@pytest.fixture
def workspace(demo_workspace):
    workspace = Workspace.open(demo_workspace)
    yield workspace
    workspace.close()


@pytest.mark.parametrize("question", ["impact of known issues in October 2026", "what is new in October 2026"])
def test_what_was_counted_in_rows_names_the_query_of_the_rows(workspace: Workspace, question: str):
    answer = workspace.analyst().ask(question)
    semantic = {query.id: query.semantic for query in answer.queries}
    counted = [fact for fact in answer.facts if fact.metric in FROM_ROWS and "reason_code" not in fact.dimensions]
    assert len(counted) > 5
    assert [fact for fact in counted if semantic[fact.query].get("metrics")] == []
