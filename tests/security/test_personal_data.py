"""Personal data in names and documents is masked on every path, but for the roles that may see it; secrets are for nobody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from analyst_agent.agent.ledger import Ledger
from analyst_agent.agent.tools import Bench
from analyst_agent.cli.main import app
from analyst_agent.errors import UnknownName
from analyst_agent.records import Filter, Period, SemanticQuery
from analyst_agent.report import answer_json
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.conversing import converse
from tests.security.personal import ACCOUNTS, CARD, PERSONAL, SECRET, make

QUESTIONS = (
    "What happened with ticket T0?",
    "How many tickets did we get by account in October 2026?",
    "How many escalated tickets by agent last month?",
    "How many escalated tickets by csm last month?",
    "Do agents differ in escalations last month?",
    "What drove escalations last month?",
    "List the tickets of last month.",
    "Which known issues cost most last month?",
    "Which accounts escalate again and again?",
    "What can I ask?",
    "Which accounts are there?",
    "What do the documents say about exports that time out?",
    "How many tickets did Jane have last month?",
)
COMMANDS = (
    ["query", "--metrics", "ticket_count", "--by", "account,agent", "--period", "all time", "--json"],
    ["query", "--metrics", "ticket_count", "--by", "csm", "--period", "all time", "--explain"],
    ["query", "--metrics", "ticket_count", "--by", "account", "--top", "2", "--period", "all time", "--json"],
    ["query", "--metrics", "ticket_count", "--where", "account=nobody", "--json"],
    ["knowledge", "search", "exports time out", "--json"],
    ["knowledge", "list", "--json"],
    ["doctor", "--json"],
    ["recommendations", "list", "--json"],
    ["sessions", "list", "--json"],
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("personal") / "w")


@pytest.fixture
def workspace(folder: Path) -> Iterator[Workspace]:
    opened = Workspace.open(folder)
    yield opened
    opened.close()


def told(value: Any, words: tuple[str, ...] = (*PERSONAL, *SECRET)) -> list[str]:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return [word for word in words if word in text]


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_answer_holds_personal_data_of_names_and_documents(workspace: Workspace, question: str) -> None:
    answer = converse(workspace, question)
    assert told(answer_json(answer)) == []


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_command_prints_personal_data(folder: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    monkeypatch.chdir(folder)
    result = CliRunner().invoke(app, command)
    assert told(result.output + str(result.exception)) == []


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("describe_data", {}),
        ("describe_data", {"names": ["account", "agent", "csm"]}),
        ("query_metrics", {"metrics": ["ticket_count"], "by": ["account"], "period": "all time"}),
        ("search_knowledge", {"query": "exports time out"}),
        ("ticket_story", {"ticket": "T0"}),
    ],
)
def test_no_tool_tells_a_model_personal_data(workspace: Workspace, tool: str, arguments: dict[str, Any]) -> None:
    said = Bench(workspace.desk, Ledger(workspace.desk.wording)).run(tool, arguments)
    assert "error" not in said
    assert told(said) == []


def test_masked_names_are_told_apart_and_understood(workspace: Workspace) -> None:
    engine = workspace.engine
    assert sorted(engine.values("account")) == [
        "Acme 360012345678"[:5] + "[number]", "Jane Roe [email]", "Jon Poe [phone]", "[email]", "[email] (2)",
    ]  # fmt: skip
    period = Period(engine.first_day, engine.last_day, "all", "all")  # type: ignore[arg-type]
    counts = {}
    for shown in engine.values("account"):
        query = SemanticQuery(("ticket_count",), ("account",), (Filter("account", "=", shown),), period)
        rows = engine.run(query).rows
        assert [row["account"] for row in rows] == [shown]
        counts[shown] = rows[0]["ticket_count"]
    assert sum(counts.values()) == engine.run(SemanticQuery(("ticket_count",), period=period)).rows[0]["ticket_count"]


def test_the_query_of_an_answer_names_nobody(workspace: Workspace) -> None:
    for value in (ACCOUNTS[0], "Jane Roe [email]"):
        record = workspace.engine.run(
            SemanticQuery(("ticket_count",), ("account",), (Filter("account", "=", value),))
        ).query
        assert told([record.sql, record.semantic]) == []
    with pytest.raises(UnknownName) as error:
        workspace.engine.run(SemanticQuery(("ticket_count",), where=(Filter("account", "=", "jane.roe@example.org"),)))
    assert told(error.value.hint) == []


def test_a_role_that_is_allowed_sees_personal_data_and_no_secret(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANALYST_ROLE", "data protection")
    workspace = Workspace.open(folder)
    answer = answer_json(converse(workspace, "How many tickets did we get by account in October 2026?"))
    assert told(answer, ACCOUNTS) == list(ACCOUNTS)
    story = answer_json(converse(workspace, "What happened with ticket T0?"))
    assert told(story, ("jane.roe@example.com", "owner@firm.example")) == ["jane.roe@example.com", "owner@firm.example"]
    assert told(story, ("personal data masked",)) == []
    quoted = workspace.desk.library.passages("exports time out workaround", limit=4)
    assert told(str([story, quoted]), SECRET) == []
    workspace.close()


@pytest.mark.parametrize("role", ["", "support", "Data Protection", "data protection, support"])
def test_any_other_role_sees_nothing_more(folder: Path, role: str) -> None:
    workspace = Workspace.open(folder, role=role)
    assert told(workspace.engine.values("account")) == []
    workspace.close()


def test_what_one_role_was_told_another_does_not_see(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    allowed = Workspace.open(folder, role="data protection")
    converse(allowed, "How many tickets did we get by account in October 2026?", "shared")
    allowed.close()
    monkeypatch.chdir(folder)
    shown = CliRunner().invoke(app, ["sessions", "show", "shared", "--json"]).output
    assert told(shown) == []


def test_lines_of_a_document_stay_lines(workspace: Workspace) -> None:
    quotes = "\n".join(c.quote for c in workspace.desk.library.passages("Export fails with RPT-504", limit=4))
    assert "Export fails with RPT-504. Call [phone]; password: [secret]" in quotes
    assert "\n" in quotes
    assert CARD not in quotes
