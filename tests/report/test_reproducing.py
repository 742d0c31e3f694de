"""The command under a table shows the table's numbers: it is run, and what it gives is compared with the rows."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from analyst_agent.records import Finding, Period, SemanticQuery, Table
from analyst_agent.report.reproducing import command_of_table
from analyst_agent.workspace import Workspace

QUESTIONS = {
    "How have escalations developed over the last 12 months?": 2,
    "What drove escalations in October 2026?": 2,
    "What did escalations cost in October 2026?": 2,
    "Do tiers differ in October 2026?": 1,
    "Team load in October 2026": 2,
    "Satisfaction by resolution path in October 2026": 2,
    "Impact of known issues in October 2026": 0,
    "Escalation rate by month and region in 2026": 1,
}


@pytest.fixture(scope="module")
def workspace(demo_workspace: Path) -> Iterator[Workspace]:
    workspace = Workspace.open(demo_workspace)
    yield workspace
    workspace.close()


@pytest.mark.parametrize(("question", "least"), QUESTIONS.items())
def test_a_tables_command_gives_its_numbers(workspace: Workspace, question: str, least: int):
    analyst = workspace.analyst()
    finding = analyst.desk.execute(analyst.read(question))
    compared = [_compared(workspace, table, finding) for table in finding.tables if command_of_table(table, finding)]
    assert len(compared) >= least
    assert all(compared), compared


def _compared(workspace: Workspace, table: Table, finding: Finding) -> int:
    """How many numbers of the table the command gives, each as it stands there."""
    words = shlex.split(command_of_table(table, finding))
    options = dict(zip(words[2::2], words[3::2], strict=True))
    by = options.get("--by", "").split(",") if "--by" in options else []
    metrics = options["--metrics"].split(",")
    assert "--where" not in options
    first, _, last = options["--period"].partition("..")
    period = Period(date.fromisoformat(first), date.fromisoformat(last) + timedelta(days=1))
    cost = float(options["--cost-per-hour"]) if "--cost-per-hour" in options else None
    query = SemanticQuery(tuple(metrics), tuple(by), (), period, cost_per_hour=cost)
    shown = {tuple(row[name] for name in by): row for row in workspace.desk.engine.run(query).rows}
    facts = {fact.id: fact for fact in finding.facts}
    found = 0
    for fact in (facts[i] for row in table.fact_ids for i in row if i in facts):
        if fact.metric in metrics and list(fact.dimensions) == by:
            row = shown.get(tuple(fact.dimensions.values()))
            value = row[fact.metric] if row is not None else None
            assert value == pytest.approx(fact.value, rel=1e-9) if fact.value else not value, (fact, row)
            found += 1
    return found
