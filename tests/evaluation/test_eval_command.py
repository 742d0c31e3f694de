"""`analyst eval` on real cases, from a folder that is no workspace."""

from __future__ import annotations

import json
import shutil

import pytest

from analyst_agent.cli.main import run
from analyst_agent.evaluation.result import read_result
from analyst_agent.evaluation.run import CaseResult
from analyst_agent.workspace.remembering import kept_cards
from tests.agent.model_server import model_server, says


def evaluate(capsys, *arguments):
    return command(capsys, "eval", *arguments)


def command(capsys, *words):
    with pytest.raises(SystemExit) as ended:
        run(list(words))
    said = capsys.readouterr()
    return ended.value.code, said.out, said.err


def test_an_unknown_case_names_the_nearest(capsys):
    code, _, err = evaluate(capsys, "--case", "rate_last_mont")
    assert code == 2
    assert "'rate_last_month'" in err


@pytest.mark.thorough
def test_demo_cases_end_to_end(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ids = (
        "rate_last_month",
        "time_to_escalation",
        "by_account_tier",
        "the_month_before",
        "rate_outside_the_data",
        "weather",
        "scope_and_restriction_hold_together",
        "accounts_are_not_granted",
        "notes_for_a_role_that_may_see_them",
        "notes_for_any_other_role",
    )
    code, out, _ = evaluate(capsys, "--json", *(word for name in ids for word in ("--case", name)))
    result = json.loads(out)
    wrong = [(c["id"], t["failures"]) for c in result["cases"] for a in c["attempts"] for t in a if t["failures"]]
    assert wrong == []
    assert code == 0
    assert result["card"]["total"]["cases"] == len(ids)
    assert result["card"]["total"]["numbers"] >= 4


OWN = """
cases:
  - {id: tickets, tier: must, data: workspace, turns: [How many tickets in October 2026],
     expect: {numbers: [{metric: ticket_count, sql: "SELECT count(*) FROM tickets WHERE created_at >= '2026-10-01' AND created_at < '2026-11-01'"}]}}
  - {id: broken, tier: track, data: workspace, turns: [How many tickets in October 2026],
     expect: {numbers: [{metric: ticket_count, sql: SELECT count(*) FROM no_such_table}]}}
  - {id: draft, tier: draft, data: workspace, turns: [How many tickets in October 2026], expect: {status: answered}}
"""


@pytest.fixture
def own(demo_workspace, tmp_path, monkeypatch):
    """A workspace with cases of its own beside it."""
    shutil.copytree(demo_workspace, tmp_path / "desk", ignore=shutil.ignore_patterns("state.db*"))
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "own.yml").write_text(OWN)
    monkeypatch.chdir(tmp_path / "desk")
    return tmp_path


@pytest.fixture
def small_demo(demo_workspace, monkeypatch):
    """The cases over the demo ask its tenth, where it is told apart from others only that they are asked."""

    def copied(folder):
        shutil.copytree(demo_workspace, folder, ignore=shutil.ignore_patterns("state.db*"))

    monkeypatch.setattr("analyst_agent.workspace.evaluating.make_demo", copied)


def test_cases_of_ones_own_are_asked_over_the_workspace_and_leave_no_trace(own, capsys, home):
    code, out, err = evaluate(capsys, "--cases", str(own / "cases"), "--out", str(own / "run.json"))
    assert code == 1
    assert "1 of 1 must cases right, 1 of 2 in all. Broken cases: 1." in out
    assert "BROKEN CASE broken" in out
    assert "no_such_table" in out
    assert "1 cases, a draft" in out
    assert "2/3 broken: BROKEN" in err
    assert "It reads English only." in out
    written = read_result(own / "run.json")
    assert [(c["id"], c["right"], bool(c["broken"]), bool(c["skipped"])) for c in written["cases"]] == [
        ("tickets", True, False, False),
        ("broken", False, True, False),
        ("draft", False, False, True),
    ]
    assert kept_cards() == []
    assert not (own / "desk" / ".analyst" / "state.db").exists()


def test_a_run_with_a_model_says_whose_the_answers_are(own, small_demo, capsys, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "local")
    out_file = own / "run.json"
    asked = ("--case", "rate_last_month", "--case", "drivers_last_month", "--case", "weather", "--sample", "3")
    with model_server(says("[c1]"), says("Nothing comes to mind.")) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        _, out, _ = evaluate(capsys, "--model", "openai:m", *asked, "--model-seconds", "30", "--out", str(out_file))
    document = json.loads(out_file.read_text())
    assert document["chosen"] == 3
    rows = {row["origin"]: (row["questions"], row["cases"], row["right"]) for row in document["card"]["by_origin"]}
    assert rows == {"model": (0, 0, 0), "plan": (1, 1, 1), "fallback": (1, 1, 1), "unasked": (1, 1, 1)}
    assert "Right without a default text or another model: 2 of all 3 cases, and of the 2 cases without one." in out


def test_what_was_asked_before_a_run_is_stopped_is_written(own, capsys, monkeypatch):
    def stopping(cases, *_):
        yield CaseResult(cases[0], skipped="for a test")
        raise KeyboardInterrupt

    monkeypatch.setattr("analyst_agent.evaluation.run.run_cases", stopping)
    evaluate(capsys, "--sample", "5", "--out", str(own / "run.json"))
    document = read_result(own / "run.json")
    assert (document["chosen"], len(document["cases"])) == (5, 1)


def test_a_restricted_workspace_is_not_measured_by_unrestricted_sql(own, capsys, monkeypatch):
    monkeypatch.setenv("ANALYST_RESTRICT", "region = EMEA")
    code, out, _ = evaluate(capsys, "--cases", str(own / "cases"), "--json")
    assert (code, json.loads(out)["card"]["total"]["cases"]) == (0, 0)


def test_two_runs_are_compared_and_a_run_with_a_file(own, capsys):
    arguments = ("--cases", str(own / "cases"), "--case", "tickets")
    evaluate(capsys, *arguments, "--out", str(own / "a.json"))
    before = json.loads((own / "a.json").read_text())
    before["cases"][0]["right"] = False
    (own / "a.json").write_text(json.dumps(before))
    code, out, _ = evaluate(capsys, *arguments, "--compare", str(own / "a.json"), "--out", str(own / "b.json"))
    assert code == 0
    assert "Became right: 1 (tickets)" in out
    assert "p = 1, no more than chance would" in out
    code, out, _ = evaluate(capsys, "--compare", str(own / "a.json"), str(own / "b.json"), "--json")
    assert (code, json.loads(out)["gained"], json.loads(out)["p_value"]) == (0, ["tickets"], 1.0)


def test_a_card_is_kept_and_shown_beside_the_skills(own, small_demo, capsys):
    evaluate(capsys, "--case", "drivers_last_month", "--case", "weather")
    code, out, _ = command(capsys, "skills")
    assert code == 0
    assert "1 of 1 (21 to 100 %)" in out
    assert "with the model offline, of chosen cases only" in " ".join(out.split())
    listed = {one["name"]: one for one in json.loads(command(capsys, "skills", "--json")[1])["skills"]}
    [measured] = listed["root_cause_trend"]["evals"]
    assert (measured["model"], measured["cases"], measured["right"], measured["is_whole"]) == ("offline", 1, 1, False)
    assert listed["team_load"]["evals"][0]["cases"] == 0


def test_a_card_that_cannot_be_kept_loses_no_run(own, small_demo, capsys, monkeypatch):
    (own / "file").write_text("no folder")
    monkeypatch.setenv("ANALYST_HOME", str(own / "file"))
    code, out, err = evaluate(capsys, "--case", "weather")
    assert code == 0
    assert "1 of 1 must cases right" in out
    assert "could not be kept" in err


def test_drafts_of_feedback_are_written_once(own, capsys):
    assert command(capsys, "eval", "--from-feedback")[2].startswith("Nobody said anything")
    command(capsys, "ask", "--session", "s", "escalation rate in October 2026")
    command(capsys, "feedback", "s", "wrong", "--correction", "12 %", "--by", "Eve")
    code, _, err = evaluate(capsys, "--from-feedback", str(own / "cases" / "drafts.yml"))
    assert (code, "Wrote 1 draft case to" in err) == (0, True)
    assert 'about: "Said to be wrong by Eve on' in (own / "cases" / "drafts.yml").read_text()
    assert evaluate(capsys, "--from-feedback", str(own / "cases" / "drafts.yml"))[0] == 1
    code, out, _ = evaluate(capsys, "--cases", str(own / "cases"), "--case", "feedback_s_1", "--json")
    assert (code, json.loads(out)["card"]["total"]["cases"]) == (0, 0)


def test_a_file_that_nothing_asks_for_is_refused(capsys):
    code, _, err = evaluate(capsys, "some.yml")
    assert code == 2
    assert "--from-feedback" in err


def test_absent_data_are_skipped_and_never_right(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("ANALYST_TEST_DATA", str(tmp_path))
    code, out, _ = evaluate(capsys, "--data", "uci_incident", "--json")
    total = json.loads(out)["card"]["total"]
    assert (code, total["cases"], total["right"]) == (0, 0, 0)
    assert total["skipped"] >= 5


@pytest.mark.parametrize("data", ["drapertoby_itsm", "uci_incident"])
def test_real_data_end_to_end(capsys, third_party, data):
    third_party(data)
    name = {"drapertoby_itsm": "reopening_rate_of_a_month", "uci_incident": "incident_rate_of_a_month"}[data]
    code, out, _ = evaluate(capsys, "--case", name, "--json")
    assert code == 0, out
