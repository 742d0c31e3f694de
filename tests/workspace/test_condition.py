"""The check-up says how fresh and complete the data are and what changed in the definitions; answers say what a changed definition alters."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analyst_agent.cli.main import app
from analyst_agent.records import Period, SemanticQuery
from analyst_agent.warehouse.load import load
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.checkup import check_up
from analyst_agent.workspace.condition import condition_json, empty_columns, gaps_of, known_coverage
from analyst_agent.workspace.starting import make_workspace

FIRST = datetime(2026, 1, 1, 9)
DAYS = 180
TODAY = date(2026, 7, 9)
SETTINGS = "[workspace]\ncost_per_hour = {cost}\n[synonyms]\n{synonyms}\n"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two tickets a day for half a year; CSAT since March, the channel until April."""
    root = tmp_path_factory.mktemp("condition")
    make_workspace(root)
    rows = []
    for n in range(2 * DAYS):
        at = FIRST + timedelta(days=n // 2)
        csat = 4 if at >= datetime(2026, 3, 1) and n % 3 == 0 else ""
        rows.append(
            [
                f"T{n}",
                at.isoformat(),
                "phone" if at < datetime(2026, 5, 1) else "",
                csat,
                "true" if n % 4 == 0 else "",
                30,
            ]
        )
    with (root / "tickets.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["ticket_id", "created_at", "channel", "csat", "is_escalated", "handle_minutes"])
        writer.writerows(rows)
    workspace = Workspace.open(root)
    load(root, [root / "tickets.csv"], settings=workspace.settings, derived=workspace.derived)
    return root


@pytest.fixture
def workspace(loaded: Path) -> Iterator[Workspace]:
    opened = rewritten(loaded)
    yield opened
    opened.close()


def rewritten(root: Path, cost: int = 45, synonyms: str = "", extra: str = "") -> Workspace:
    (root / "analyst.toml").write_text(SETTINGS.format(cost=cost, synonyms=synonyms) + extra, encoding="utf-8")
    return Workspace.open(root, TODAY)


def checks(workspace: Workspace) -> dict[str, tuple[str, str]]:
    return {c["check"]: (c["state"], c["detail"]) for c in check_up(workspace)}


def test_freshness_says_the_end_of_the_data_against_today_and_the_last_load(workspace: Workspace) -> None:
    state, text = checks(workspace)["freshness"]
    assert state == "warning"
    assert text.startswith("The data end 10 days before today (29 June 2026). Last load on ")
    assert text.endswith(": tickets.csv.")


def test_gaps_say_where_values_begin_and_end(workspace: Workspace) -> None:
    known = known_coverage(workspace)
    assert known is not None
    gaps = {f"{g.table}.{g.column}": (round(g.share, 2), g.text) for g in gaps_of(known)}
    assert gaps["tickets.csat"] == (0.22, "values begin in March 2026 (33 % since)")
    assert gaps["tickets.channel"] == (0.67, "values end in April 2026")
    assert "tickets.handle_minutes" not in gaps
    assert "category" in empty_columns(known)["tickets"]


def test_coverage_is_given_by_column_and_month_as_json(workspace: Workspace) -> None:
    made = condition_json(workspace, known_coverage(workspace))
    assert made["freshness"]["days_before_today"] == 10
    csat = next(c for c in made["coverage"] if (c["table"], c["column"]) == ("tickets", "csat"))
    assert [(m["month"], m["filled_count"]) for m in csat["months"]][:3] == [
        ("2026-01-01", 0),
        ("2026-02-01", 0),
        ("2026-03-01", 20),
    ]
    json.dumps(made)


def test_within_a_scope_the_counts_of_all_rows_are_not_shown(loaded: Path) -> None:
    opened = rewritten(loaded, extra='\n[analyst.scope]\nchannel = "phone"\n')
    assert known_coverage(opened) is None
    assert "coverage" not in checks(opened)
    opened.close()


def test_own_words_say_what_they_find(loaded: Path) -> None:
    opened = rewritten(loaded, synonyms='"calls" = "channel=phone"\n"doves" = "channel=pigeon"')
    state, text = checks(opened)["your words"]
    opened.close()
    assert state == "warning"
    assert "'doves' (channel pigeon)" in text


def test_a_changed_definition_is_said_by_answers_and_by_the_check_up(loaded: Path) -> None:
    period = Period(date(2026, 6, 1), date(2026, 7, 1))
    query = SemanticQuery(("estimated_cost",), period=period)
    first = rewritten(loaded)
    assert not [n for n in first.engine.run(query).caveats if "definition" in n]
    first.close()
    second = rewritten(loaded, cost=60)
    said = [n for n in second.engine.run(query).caveats if "definition" in n]
    assert len(said) == 1
    assert said[0].startswith("The definition of estimated cost changed on ")
    assert said[0].endswith(": cost per hour from 45 USD to 60 USD.")
    assert "cost per hour from 45 USD to 60 USD" in checks(second)["definitions"][1]
    second.close()
    rewritten(loaded).close()


def test_the_command_shows_it_and_explains_a_number(loaded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rewritten(loaded).close()
    monkeypatch.chdir(loaded)
    shown = CliRunner().invoke(app, ["doctor"])
    assert shown.exit_code == 0
    assert "tickets.csat" in shown.output
    made = json.loads(CliRunner().invoke(app, ["doctor", "--json"]).output)
    assert set(made) == {"checks", "freshness", "coverage", "definition_changes"}
    asked = ["query", "-m", "mean_csat", "-p", "2026-01-01..2026-06-30", "--explain"]
    text = CliRunner().invoke(app, asked).output
    assert "metric mean_csat (mean CSAT), version 1 since 2026-11-21" in text
    assert "values begin in March 2026" in text
    explained = json.loads(CliRunner().invoke(app, [*asked, "--json"]).output)["explain"]
    assert explained["definitions"][0]["name"] == "mean_csat"
