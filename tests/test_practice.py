"""A documented target beside the data: the same cases, counted independently, or nothing said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from analyst_agent.knowledge.documents import Document
from analyst_agent.knowledge.markdown import read_markdown
from analyst_agent.knowledge.norms import Norm, norms_of
from analyst_agent.practice import KEPT, LATE, MISSED, filters_for, metric_for, practice_of
from analyst_agent.records import Filter
from analyst_agent.workspace import Workspace


@pytest.fixture(scope="module")
def workspace(demo_workspace: Path) -> Iterator[Workspace]:
    opened = Workspace.open(demo_workspace)
    yield opened
    opened.close()


def _targets(text: str, title: str = "Handbook") -> list[Norm]:
    return norms_of(Document("H-1", title, "policies", "/h.md", "x", {}, tuple(read_markdown(text))))


def _practice(workspace: Workspace, text: str) -> Any:
    return practice_of(workspace.desk.context, _targets(text), workspace.engine.values_index())


def _acknowledged(workspace: Workspace, priority: str) -> list[float]:
    """Minutes to acknowledgement of the 90 days before today, from the canonical tables with SQL of its own."""
    end = datetime.combine(workspace.clock.today, datetime.min.time(), UTC).replace(tzinfo=None)
    rows = workspace.warehouse.connection.cursor().execute(
        """
        SELECT date_diff('second', first.escalated_at, first.acknowledged_at) / 60.0
        FROM (SELECT DISTINCT ON (ticket_id) * FROM escalations ORDER BY ticket_id, escalated_at) AS first
        JOIN tickets USING (ticket_id)
        WHERE priority = ? AND first.escalated_at >= ? AND first.escalated_at < ? AND first.acknowledged_at IS NOT NULL
        """,
        [priority, end - timedelta(days=90), end],
    )  # fmt: skip
    return [row[0] for row in rows.fetchall()]


@pytest.mark.parametrize("target", ["5 minutes", "2 hours", "30 days"])
def test_the_share_beyond_the_target_is_that_of_independent_sql(workspace: Workspace, target: str) -> None:
    found = _practice(workspace, f"An escalation of P3 must be acknowledged within {target}.")
    minutes = _acknowledged(workspace, "P3")
    limit = {"5 minutes": 5, "2 hours": 120, "30 days": 43200}[target]
    late = next(fact for fact in found.facts if fact.metric == LATE)
    mean = next(fact for fact in found.facts if fact.metric == "mean_minutes_to_acknowledge")
    assert late.n == len(minutes) >= 30
    assert late.value == pytest.approx(sum(m > limit for m in minutes) / len(minutes))
    assert mean.value == pytest.approx(sum(minutes) / len(minutes), rel=1e-3)
    [said] = found.caveats
    assert said.code == {"5 minutes": MISSED, "2 hours": MISSED, "30 days": KEPT}[target]
    assert f"{sum(m > limit for m in minutes):,} of {len(minutes):,}" in said.text
    assert set(said.facts) == {late.id, mean.id}
    assert len(found.queries) == 2


@pytest.mark.parametrize(
    "text",
    [
        "An escalation of P3 must be acknowledged within 2 working hours.",
        "An escalation of P3 must be acknowledged within 5 minutes at weekends.",
        "An escalation of P9 must be acknowledged within 5 minutes.",
        "An escalation of P3 is acknowledged every 5 minutes.",
        "A letter of P3 must be acknowledged within 5 minutes.",
        "An escalation of P3 gets its first response within 5 minutes.",
        "A P3 is resolved within 8 hours.",
        "Escalated complaints are recorded within 5 minutes.",
        "At most 5 % of P3 escalations are acknowledged late.",
    ],
)
def test_other_units_cases_and_subjects_are_not_compared(workspace: Workspace, text: str) -> None:
    found = _practice(workspace, text)
    assert found.facts == ()
    assert found.caveats == ()


def test_too_few_cases_say_nothing(workspace: Workspace) -> None:
    few = _acknowledged(workspace, "P1")
    assert len(few) < 30
    assert _practice(workspace, "An escalation of P1 must be acknowledged within 5 minutes.").caveats == ()


def test_a_resolution_target_is_compared_only_where_it_starts_at_the_escalation(workspace: Workspace) -> None:
    metrics = workspace.model.metrics
    [target] = _targets("An escalation of P3 must be acknowledged within 5 minutes.")
    assert metric_for(target, {name: m for name, m in metrics.items() if name != "mean_minutes_to_acknowledge"}) is None
    found = metric_for(target, metrics)
    assert found is not None
    assert found.name == "mean_minutes_to_acknowledge"


def test_a_condition_is_a_filter_only_where_one_dimension_has_it() -> None:
    values = {"priority": ("P1", "P2"), "tier": ("Enterprise", "Starter"), "plan": ("Starter", "Pro")}
    assert filters_for(frozenset({"p1", "enterpris"}), values) == (
        Filter("tier", "=", "Enterprise"),
        Filter("priority", "=", "P1"),
    )
    assert filters_for(frozenset({"starter"}), values) is None
    assert filters_for(frozenset({"weekend"}), values) is None
    assert filters_for(frozenset(), values) == ()


def test_an_answer_tells_policy_contradiction_and_practice_with_their_sources(workspace: Workspace) -> None:
    answer = workspace.analyst().ask("How fast must a P1 escalation be acknowledged?")
    assert {"POL-1", "POL-3"} <= {c.document for c in answer.citations}
    said = {c.code: c.text for c in answer.caveats}
    assert '"15 minutes"' in said["contradiction"]
    assert '"30 minutes"' in said["contradiction"]
    assert "POL-3 is newer" in said["contradiction"]
    assert "The documents contradict each other" in answer.answer
    answer = workspace.analyst().ask("How fast must a P3 escalation be acknowledged?")
    assert any(c.code in (KEPT, MISSED) for c in answer.caveats)
    assert {q.id for q in answer.queries} == {f.query for f in answer.facts}
