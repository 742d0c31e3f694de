"""`sessions`, `feedback`, `verify`, `audit` and the words of `chat`, as typed."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from analyst_agent.cli.main import app, run
from analyst_agent.workspace import Workspace

QUESTION = "escalation rate in October 2026"


@pytest.fixture
def desk(demo_workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with one conversation, `monday`, of one turn."""
    copy = tmp_path / "desk"
    shutil.copytree(demo_workspace, copy, ignore=shutil.ignore_patterns("state.db*"))
    monkeypatch.chdir(copy)
    typed("ask", "--session", "monday", "--by", "Dana", QUESTION)
    return copy


def typed(*words: str, given: str | None = None) -> Result:
    result = CliRunner().invoke(app, list(words), input=given)
    assert result.exit_code == 0, result.output
    return result


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[object, str]:
    with pytest.raises(SystemExit) as ended:
        run(list(words))
    return ended.value.code, capsys.readouterr().err


def test_a_conversation_is_listed_shown_and_exported(desk: Path):
    assert "monday" in typed("sessions", "list").output
    [listed] = json.loads(typed("sessions", "list", "--json").output)["sessions"]
    assert (listed["conversation"], listed["turns"], listed["question"]) == ("monday", 1, QUESTION)
    shown = typed("sessions", "show", "mon").output
    assert f"1> {QUESTION}" in shown
    assert "Escalation rate in October 2026: 11.4 %" in shown
    assert json.loads(typed("sessions", "show", "monday", "--json").output)["turns"][0]["question"] == QUESTION
    assert typed("sessions", "export", "monday").output.startswith("# Conversation monday")
    typed("sessions", "export", "monday", "kept.md")
    assert (desk / "kept.md").read_text().count("11.4 %") == 1


def test_an_export_to_nowhere_is_said(desk: Path, capsys: pytest.CaptureFixture[str]):
    code, said = refused(capsys, "sessions", "export", "monday", "none/kept.md")
    assert (code, "Cannot write" in said) == (1, True)


def test_feedback_takes_a_turn_or_the_last(desk: Path):
    typed("feedback", "monday", "wrong", "--correction", "12 %", "--by", "Eve")
    assert "Said to be wrong by Eve" in typed("sessions", "show", "monday").output
    given = json.loads(typed("feedback", "monday", "1", "right", "--by", "Dana", "--json").output)
    assert (given["turn"], given["verdict"], given["by"]) == (1, "right", "Dana")
    assert "Said to be right by Dana" in typed("sessions", "show", "monday").output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("monday", "rihgt"), "Did you mean 'right'?"),
        (("monday", "7", "right"), "Unknown turn '7'"),
        (("monday", "first", "right"), "'first' is no number of a turn"),
        (("tuesday", "right"), "Unknown conversation 'tuesday'"),
        (("monday", "1", "right", "really"), "Unknown verdict"),
    ],
)
def test_feedback_on_nothing_is_refused(desk: Path, capsys: pytest.CaptureFixture[str], words, said):
    code, error = refused(capsys, "feedback", *words)
    assert (code, said in error) == (2, True), error


def test_verifying_is_by_somebody_and_can_be_taken_back(desk: Path, capsys: pytest.CaptureFixture[str]):
    assert "Nobody is named" in refused(capsys, "verify", "monday", "1")[1]
    assert "Nothing is verified yet" in typed("verify").output
    assert "Verified by Dana" in typed("verify", "monday", "1", "--by", "Dana").output
    assert typed("ask", QUESTION).output.startswith("Verified by Dana on ")
    [listed] = json.loads(typed("verify", "--json").output)["verified"]
    assert (listed["by"], listed["question"]) == ("Dana", QUESTION)
    assert "Dana vouched for how it was read" in typed("feedback", "monday", "1", "wrong").output
    assert "no longer verified" in typed("verify", "monday", "--revoke").output
    assert "Verified" not in typed("ask", QUESTION).output
    assert refused(capsys, "verify", "monday", "--revoke")[0] == 2


def test_lines_older_than_the_settings_keep_them_are_removed_and_their_number_is_said(desk: Path):
    workspace = Workspace.open(desk)
    [line] = workspace.audit.lines()
    workspace.audit.add(line.content, workspace.fingerprint, datetime.now(UTC) - timedelta(days=40))
    workspace.close()
    assert len(typed("audit", "--json").stdout.splitlines()) == 2
    settings = desk / "analyst.toml"
    settings.write_text(settings.read_text() + "\n[privacy]\naudit_days = 30\n", encoding="utf-8")
    for _ in range(2):
        told = typed("audit", "--json")
        assert len(told.stdout.splitlines()) == 1
        assert told.stderr.startswith("1 line was removed for their age so far, last on ")


def test_the_audit_is_told_as_a_table_and_as_lines_of_json(desk: Path):
    typed("ask", "what will the weather be?")
    table = typed("audit").output
    assert "Dana" in table
    assert "query_metrics" in table
    lines = [json.loads(line) for line in typed("audit", "--json").output.splitlines()]
    assert [(line["question"], line["status"]) for line in lines] == [
        (QUESTION, "answered"),
        ("what will the weather be?", "refused"),
    ]
    assert typed("audit", "--since", "2999-01-01").output == "No answers were given in this time.\n"


def test_chat_takes_what_is_thought_of_the_last_answer(desk: Path):
    typed("ask", "--session", "cat", QUESTION)
    said = typed(
        "chat", "--session", "c", "--by", "Dana", given=f"/right\n{QUESTION}\n/wrong it was 12 %\n/undo\n/right\n"
    ).output
    assert "Nothing was answered in this conversation yet." in said
    assert "Kept: the last answer is said to be wrong." in said
    assert "Write /right, or /wrong and what would be right." in said
    assert "Kept: the last answer is said to be right." in said
    shown = json.loads(typed("sessions", "show", "c", "--json").output)
    assert [turn["question"] for turn in shown["turns"]] == [QUESTION]
    assert (shown["turns"][0]["feedback"]["verdict"], shown["turns"][0]["feedback"]["by"]) == ("right", "Dana")
