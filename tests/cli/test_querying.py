"""What `analyst query` prints of comparisons, shares and the first N, in words and in JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analyst_agent.cli.main import app


@pytest.fixture
def demo(demo_workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(demo_workspace)
    return demo_workspace


def test_json_has_what_was_compared_and_every_column(demo: Path):
    asked = ["query", "-m", "escalation_rate", "--by", "product_area", "--period", "last month", "--compare", "previous", "--top", "2", "--json"]  # fmt: skip
    found = json.loads(CliRunner().invoke(app, asked).output)
    assert set(found) == {"columns", "rows", "period", "compared_with", "queries", "caveats"}
    assert found["compared_with"] == {"start": "2026-09-01", "end": "2026-10-01", "label": "September 2026"}
    assert {"escalation_rate__previous", "escalation_rate__change", "product_area__other"} <= set(found["columns"])
    places = [found["columns"].index(c) for c in ("product_area", "product_area__other")]
    assert [row[places[1]] for row in found["rows"]][:2] == [0, 0]
    assert found["rows"][-1][places[0]] == f"other ({found['rows'][-1][places[1]]} values)"


def test_the_terminal_says_it_in_few_columns(demo: Path):
    asked = ["query", "-m", "escalated_ticket_count", "--by", "root_cause", "--period", "last month", "--compare", "2026-07-01..2026-07-31", "--share"]  # fmt: skip
    said = CliRunner().invoke(app, asked).output
    assert "compared with July 2026 (1 to 31 July 2026)" in said
    heads = ["root_cause", "escalated_ticket_count", "share", "previous", "change", "change_ratio"]
    assert heads in [line.split() for line in said.splitlines()]
    plain = json.loads(CliRunner().invoke(app, ["query", "-m", "ticket_count", "--json"]).output)
    assert plain["compared_with"] is None


def test_each_of_several_compared_metrics_has_a_table_of_its_own(demo: Path):
    asked = ["query", "-m", "ticket_count,escalation_rate", "--by", "channel", "--period", "last month", "--compare", "previous"]  # fmt: skip
    said = [line.split() for line in CliRunner().invoke(app, asked).output.splitlines()]
    assert ["channel", "ticket_count", "previous", "change", "change_ratio", "per_day"] in said
    assert ["channel", "escalation_rate", "n", "previous", "change", "change_ratio"] in said


def test_one_source_may_be_listed_alone(demo: Path):
    said = CliRunner().invoke(app, ["sources", "jira"]).output
    assert said.startswith("jira: ")
    assert "zendesk" not in said
    refused = CliRunner().invoke(app, ["sources", "jria"])
    assert "jira" in f"{getattr(refused.exception, 'hint', '')}"


def test_several_columns_may_order(demo: Path):
    asked = ["query", "-m", "ticket_count", "--by", "channel,priority", "--order", "channel,-ticket_count", "--json"]
    rows = json.loads(CliRunner().invoke(app, asked).output)["rows"]
    known = [(row[0], -row[2]) for row in rows if row[0] is not None]
    assert known == sorted(known)


@pytest.mark.parametrize(
    ("options", "says"),
    [(["--share"], "do not add up"), (["--compare", "lately"], "period"), (["--top", "3"], "No dimension")],
)
def test_what_cannot_be_is_said(demo: Path, options: list[str], says: str):
    result = CliRunner().invoke(app, ["query", "-m", "mean_csat", *options])
    assert result.exit_code != 0
    assert says in f"{result.output} {getattr(result.exception, 'message', '')} {getattr(result.exception, 'hint', '')}"
