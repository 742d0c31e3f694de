"""`analyst eval` on real cases, from a folder that is no workspace."""

from __future__ import annotations

import json

import pytest

from analyst_agent.cli.main import run


def evaluate(capsys, *arguments):
    with pytest.raises(SystemExit) as ended:
        run(["eval", *arguments])
    said = capsys.readouterr()
    return ended.value.code, said.out, said.err


def test_an_unknown_case_names_the_nearest(capsys):
    code, _, err = evaluate(capsys, "--case", "rate_last_mont")
    assert code == 2
    assert "'rate_last_month'" in err


def test_demo_cases_end_to_end(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ids = (
        "rate_last_month",
        "time_to_escalation",
        "by_account_tier",
        "the_month_before",
        "rate_outside_the_data",
        "weather",
    )
    code, out, _ = evaluate(capsys, "--json", *(word for name in ids for word in ("--case", name)))
    result = json.loads(out)
    wrong = [(c["id"], t["failures"]) for c in result["cases"] for a in c["attempts"] for t in a if t["failures"]]
    assert wrong == []
    assert code == 0
    assert result["card"]["total"]["cases"] == len(ids)
    assert result["card"]["total"]["numbers"] >= 4


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
