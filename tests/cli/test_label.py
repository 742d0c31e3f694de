"""`analyst label`: labels given, refused and imported, samples to audit, the report, all within the scope."""

from __future__ import annotations

import csv
import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from analyst_agent.cli.main import app
from analyst_agent.errors import AnalystError, NotGranted, NotPermitted, UnknownName
from analyst_agent.records import Filter
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.sampling import COLUMNS, draw_sample, plain_cell, read_cell


@pytest.fixture
def demo(demo_workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A demo workspace with no label yet; the vectors of another test are used again."""
    folder = tmp_path / "demo"
    shutil.copytree(demo_workspace, folder, ignore=shutil.ignore_patterns("state.db*"))
    monkeypatch.chdir(folder)
    monkeypatch.setenv("LOGNAME", "ana")
    return folder


def _said(*words: str) -> str:
    result = CliRunner().invoke(app, ["label", *words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def _json(*words: str) -> Any:
    return json.loads(_said(*words, "--json"))


def _tickets(where: tuple[Filter, ...], folder: Path | None = None) -> list[str]:
    workspace = Workspace.open(folder)
    rows = workspace.engine.rows("escalated_ticket", ["ticket_id"], where=where).rows
    workspace.close()
    return [str(row["ticket_id"]) for row in rows]


def _unclassified() -> list[str]:
    return _tickets((Filter("root_cause", "=", "unclassified"),))


def test_a_label_is_given_listed_and_replaced_and_the_history_stays(demo: Path):
    ticket = _unclassified()[0]
    assert _said(ticket, "Product-Bug", "--note", "read the log") == f"{ticket}: product_bug (human:ana).\n"
    _said("set", ticket, "policy_gap", "--by", "Bo  Lee")
    listed = _json("list")["labels"]
    assert [(one["cause"], one["source"], one["note"], one["holds"]) for one in listed] == [
        ("product_bug", "human:ana", "read the log", False),
        ("policy_gap", "human:Bo Lee", "", True),
    ]
    assert "human:Bo Lee" in _said("list")


def test_a_recorded_cause_stays_in_the_counts_and_that_is_said(demo: Path):
    ticket = _tickets((Filter("root_cause", "=", "policy_gap"),))[0]
    assert "Its recorded cause, policy_gap, stays in the counts." in _said(ticket, "product_bug")


@pytest.mark.parametrize(
    ("ticket", "cause", "error", "said"),
    [
        ("T-000066", "prodct_bug", UnknownName, "Unknown root cause 'prodct_bug'."),
        ("T-9999999", "product_bug", NotPermitted, "There is no ticket 'T-9999999' here."),
        ("' OR 1=1 --", "product_bug", NotPermitted, "There is no ticket"),
    ],
)
def test_what_is_not_known_is_refused(demo: Path, ticket: str, cause: str, error: type[AnalystError], said: str):
    with pytest.raises(error, match=said) as raised:
        _said("set", "--", ticket, cause)
    assert raised.value.exit_code == 2
    if cause != "product_bug":
        assert "'product_bug'" in raised.value.hint
    assert _json("list")["labels"] == []


def test_a_ticket_that_was_not_escalated_has_no_cause(demo: Path):
    escalated = set(_tickets(()))
    workspace = Workspace.open()
    quiet = next(
        str(row["ticket_id"])
        for row in workspace.engine.rows("ticket", ["ticket_id"], limit=200).rows
        if row["ticket_id"] not in escalated
    )
    workspace.close()
    with pytest.raises(NotPermitted, match="was not escalated"):
        _said(quiet, "product_bug")


def test_a_ticket_outside_the_scope_does_not_exist(demo: Path, monkeypatch: pytest.MonkeyPatch):
    inside = _tickets((Filter("region", "=", "EMEA"),))
    outside = next(t for t in _unclassified() if t not in inside)
    _said(outside, "product_bug")
    monkeypatch.setenv("ANALYST_RESTRICT", "region = EMEA")
    with pytest.raises(NotPermitted) as raised:
        _said(outside, "policy_gap")
    with pytest.raises(NotPermitted) as unknown:
        _said("T-nowhere", "policy_gap")
    assert raised.value.message.replace(outside, "T-nowhere") == unknown.value.message
    assert _json("list")["labels"] == []
    drawn = {row["ticket_id"] for row in _json("sample", "10", "--seed", "1")["tickets"]}
    assert drawn <= set(inside)
    monkeypatch.delenv("ANALYST_RESTRICT")
    assert [one["ticket"] for one in _json("list")["labels"]] == [outside]
    assert _json("report")["drawn"] == 0


def test_without_escalated_tickets_granted_there_is_nothing_to_label(demo: Path):
    settings = demo / "analyst.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('# objects = ["ticket", "escalated_ticket", "resolution", "agent"]', 'objects = ["ticket"]'), encoding="utf-8")  # fmt: skip
    for words in (["list"], ["sample"], ["report"], ["T-1", "product_bug"]):
        with pytest.raises(NotGranted):
            _said(*words)


def test_a_sample_is_blind_masked_remembered_and_the_same_for_its_seed(demo: Path):
    unclassified = _unclassified()
    first, again, other = (_json("sample", "8", "--seed", seed) for seed in ("5", "5", "6"))
    ids = [row["ticket_id"] for row in first["tickets"]]
    assert ids == [row["ticket_id"] for row in again["tickets"]] != [row["ticket_id"] for row in other["tickets"]]
    assert len(set(ids)) == 8
    assert set(ids) <= set(unclassified)
    assert first["population"] == len(unclassified)
    assert all(set(row) == set(COLUMNS) and row["cause"] == row["note"] == "" for row in first["tickets"])
    assert "@example" not in json.dumps(first)
    workspace = Workspace.open()
    assert {one.name for one in workspace.labels.samples()} == {first["sample"], again["sample"], other["sample"]}
    workspace.close()


@pytest.mark.thorough
def test_a_sample_is_uniform_over_the_unlabelled_population(demo: Path):
    workspace = Workspace.open()
    unclassified = _unclassified()
    for ticket in unclassified[:5]:
        _said(ticket, "product_bug")
    left = unclassified[5:]
    size, rounds = len(left) // 2, 24
    drawn = Counter(t for seed in range(rounds) for t in draw_sample(workspace, size, seed)[0].tickets)
    workspace.close()
    assert set(drawn) <= set(left)
    expected = rounds * size / len(left)
    spread = rounds * size / len(left) * (1 - size / len(left))
    # Each count is hypergeometric; the sum of squared deviations is about chi-square with one degree less than tickets.
    score = sum((drawn[t] - expected) ** 2 for t in left) / spread
    assert abs(score - len(left)) < 5 * (2 * len(left)) ** 0.5


def test_a_whole_population_can_be_drawn_and_then_nothing_is_left(demo: Path):
    unclassified = _unclassified()
    rows = _json("sample", "500", "--seed", "1")["tickets"]
    assert sorted(row["ticket_id"] for row in rows) == sorted(unclassified)
    sheet = demo / "all.csv"
    sheet.write_text("ticket,cause\n" + "".join(f"{t},unclassified\n" for t in unclassified), encoding="utf-8")
    _said("import", str(sheet))
    with pytest.raises(NotPermitted, match="still to be labelled"):
        _said("sample")


def test_a_sheet_is_filled_in_and_taken_back_line_by_line(demo: Path):
    sheet = demo / "sheet.csv"
    _said("sample", "4", "--seed", "2", "--out", str(sheet))
    with sheet.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [*rows[0]] == [*COLUMNS]
    rows[0]["cause"], rows[1]["cause"], rows[2]["cause"] = "product_bug", "nonsense", "Policy gap"
    rows.append(dict.fromkeys(COLUMNS, "") | {"ticket_id": "T-nowhere", "cause": "product_bug"})
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    found = _json("import", str(sheet), "--by", "Bo")
    assert (found["labelled"], found["unchanged"], found["empty"]) == (2, 0, 1)
    assert [(one["ticket"], one["cause"]) for one in found["refused"]] == [
        (rows[1]["ticket_id"], "nonsense"),
        ("T-nowhere", "product_bug"),
    ]
    assert "Unknown root cause" in found["refused"][0]["reason"]
    assert _json("import", str(sheet), "--by", "Bo")["unchanged"] == 2
    said = _said("import", str(sheet), "--by", "Bo")
    assert "0 labelled, 2 unchanged, 1 without a cause, 2 refused." in said
    assert {(one["ticket"], one["source"]) for one in _json("list")["labels"]} == {
        (rows[0]["ticket_id"], "human:Bo"),
        (rows[2]["ticket_id"], "human:Bo"),
    }


def test_a_file_that_is_none_is_refused_whole(demo: Path):
    wrong = demo / "wrong.csv"
    wrong.write_text("id,cause\n1,product_bug\n", encoding="utf-8")
    with pytest.raises(AnalystError, match="no column ticket_id"):
        _said("import", str(wrong))
    with pytest.raises(AnalystError, match="Cannot read"):
        _said("import", str(demo / "none.csv"))
    (demo / "bytes.csv").write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(AnalystError, match="Cannot read"):
        _said("import", str(demo / "bytes.csv"))


@pytest.mark.parametrize("text", ["=cmd()", "+1", "-2", "@x", "plain", "'quoted'", ""])
def test_a_cell_is_no_formula_and_comes_back_as_it_was(text: str):
    assert not plain_cell(text).startswith(("=", "+", "-", "@"))
    assert read_cell(plain_cell(text)) == text


def test_the_report_counts_what_people_said_against_what_was_read(demo: Path):
    assert "Nothing is audited yet" in _said("report")
    rows = _json("sample", "25", "--seed", "3")["tickets"]
    for row in rows[:20]:
        _said(row["ticket_id"], "product_bug", "--by", "Bo")
    found = _json("report")
    assert (found["samples"], found["drawn"], found["audited"]) == (1, 25, 20)
    assert sum(one["tickets"] for one in found["confusion"]) == 20
    right = sum(one["tickets"] for one in found["confusion"] if one["inferred"] == one["labelled"])
    answered = sum(one["tickets"] for one in found["confusion"] if one["inferred"] != "unclassified")
    assert found["answered"] == answered
    if answered:
        assert found["on_audited"]["accuracy"] == pytest.approx(right / answered)
    crossed = found["by_cross_validation"]
    assert crossed["is_optimistic"] is True
    assert crossed["precision"] >= 0.8
    said = _said("report")
    assert "optimistic" in said
    assert "Not every ticket drawn is labelled" in said


def test_inference_that_is_off_is_not_reported_and_not_answered(demo: Path):
    settings = demo / "analyst.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("[analyst]\n", '[analyst]\ninference = "off"\n'), encoding="utf-8"
    )
    with pytest.raises(NotPermitted, match="inference = off"):
        _said("report")
    workspace = Workspace.open()
    assert workspace.desk.context.reading is None
    workspace.close()


def test_a_model_that_is_not_configured_is_said_to_be_missing(demo: Path):
    settings = demo / "analyst.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("[analyst]\n", '[analyst]\ninference = "model"\n'),
        encoding="utf-8",
    )
    answer = json.loads(CliRunner().invoke(app, ["ask", "What drove escalations last month?", "--json"]).output)
    assert "needs a model, but it is offline" in next(c["text"] for c in answer["caveats"] if c["code"] == "no_model")
